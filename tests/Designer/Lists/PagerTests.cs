using Bunit;
using ServiceLoop.Designer.Lists;

namespace ServiceLoop.Designer.Tests.Lists;

public sealed class PagerTests : IAsyncDisposable
{
    private readonly Page page = new();

    public ValueTask DisposeAsync() => page.DisposeAsync();

    [Theory]
    [InlineData(1, 25, 30, true, "1–25 of 30", true, false)]
    [InlineData(2, 5, 30, true, "26–30 of 30", false, true)]
    [InlineData(1, 25, 10000, false, "1–25 of more than 10,000", true, false)]
    [InlineData(1, 25, 25, true, "1–25 of 25", true, true)]
    public void It_tells_where_one_is_and_leads_on(int number, int here, long total, bool isExact, string text, bool isFirst, bool isLast)
    {
        var pager = page.Render<Pager>(p =>
            p.Add(x => x.Number, number).Add(x => x.Here, here).Add(x => x.Total, total).Add(x => x.IsExact, isExact)
        );

        pager.Find("[role=status]").TextContent.ShouldBe(text);
        pager.Find("[aria-label='Previous page']").HasAttribute("disabled").ShouldBe(isFirst);
        pager.Find("[aria-label='Next page']").HasAttribute("disabled").ShouldBe(isLast);
    }

    [Fact]
    public void The_next_page_is_wanted_by_its_number()
    {
        var wanted = 0;
        var pager = page.Render<Pager>(p =>
            p.Add(x => x.Number, 2).Add(x => x.Here, 25).Add(x => x.Total, 100).Add(x => x.NumberChanged, n => wanted = n)
        );

        pager.Find("[aria-label='Next page']").Click();

        wanted.ShouldBe(3);
    }
}
