using Bunit;
using ServiceLoop.Designer.Admin.Work;
using ServiceLoop.Designer.Home;

namespace ServiceLoop.Designer.Tests.Lists;

public sealed class LivePageTests : IAsyncDisposable
{
    private readonly Page page = new();

    public ValueTask DisposeAsync() => page.DisposeAsync();

    [Fact]
    public void While_the_database_is_away_a_sentence_stands_there_and_then_the_page_comes_by_itself()
    {
        page.Store.IsBlocked = true;
        var shown = page.Render<WorkPage>();
        shown.Find("[role=alert]").TextContent.ShouldContain("The database does not answer");
        shown.Markup.ShouldNotContain("StoreUnavailableException");

        page.Store.IsBlocked = false;
        page.Clock.Advance(TimeSpan.FromSeconds(3));

        shown.WaitForAssertion(() => shown.Markup.ShouldContain("Nothing was set aside"));
        shown.FindAll("[role=alert]").ShouldBeEmpty();
    }

    [Fact]
    public void What_was_shown_stays_when_the_database_goes_away()
    {
        var shown = page.Render<HomePage>();
        shown.WaitForElement(".tile");

        page.Store.IsBlocked = true;
        page.Clock.Advance(TimeSpan.FromSeconds(10));

        shown.WaitForElement("[role=alert]");
        shown.FindAll(".tile").ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_page_that_was_left_asks_no_more()
    {
        page.Render<HomePage>();

        await page.DisposeComponentsAsync();
        page.Store.IsBlocked = true;

        Should.NotThrow(() => page.Clock.Advance(TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public void The_first_picture_asks_nothing()
    {
        page.Store.IsBlocked = true;
        page.SetRendererInfo(new Microsoft.AspNetCore.Components.RendererInfo("Static", isInteractive: false));

        var shown = page.Render<WorkPage>();

        shown.Find("[role=status]").GetAttribute("aria-label").ShouldBe("Loading…");
    }
}
