using Bunit;
using ServiceLoop.Designer.Admin.Diff;

namespace ServiceLoop.Designer.Tests.Admin;

public sealed class DiffPageTests : IAsyncDisposable
{
    private readonly Page page = new();

    public ValueTask DisposeAsync() => page.DisposeAsync();

    [Fact]
    public async Task What_differs_is_listed_and_marked_in_both_diagrams()
    {
        await page.PublishAsync("flow", Line("A", "one") + "," + Line("B", "b"));
        await page.PublishAsync("flow", Line("A", "two") + "," + Line("C", "c"));

        var shown = Open(1, 2);

        var diagrams = shown.FindAll(".diagram");
        diagrams[0].QuerySelectorAll(".diagram-box.removed").Length.ShouldBe(1);
        diagrams[1].QuerySelectorAll(".diagram-box.added").Length.ShouldBe(1);
        diagrams[1].QuerySelectorAll(".diagram-box.changed").Length.ShouldBe(1);
        shown.Find(".value-changes del").TextContent.ShouldContain("one");
        shown.Find(".value-changes ins").TextContent.ShouldContain("two");
    }

    [Fact]
    public async Task Two_equal_versions_are_said_to_be_equal()
    {
        await page.PublishAsync("flow", Line("A", "one"));
        await page.PublishAsync("flow", Line("A", "two"));
        await page.PublishAsync("flow", Line("A", "one"));

        Open(1, 3).Find("p[role=status]").TextContent.ShouldContain("do not differ");
    }

    [Fact]
    public async Task A_version_that_does_not_exist_is_said_to_be_missing()
    {
        await page.PublishAsync("flow", Line("A", "one"));

        Open(1, 9).Find(".nothing").TextContent.ShouldContain("no version 9");
    }

    [Fact]
    public async Task A_line_of_the_list_marks_its_activity_in_the_diagrams()
    {
        await page.PublishAsync("flow", Line("A", "one"));
        await page.PublishAsync("flow", Line("A", "two"));
        var shown = Open(1, 2);

        shown.Find(".change-name").Click();

        shown.FindAll(".diagram-box.selected").Count.ShouldBe(2);
    }

    private IRenderedComponent<DiffPage> Open(int from, int to)
    {
        page.Address.NavigateTo($"/admin/definitions/flow/diff?from={from}&to={to}");
        var shown = page.Render<DiffPage>(p => p.Add(d => d.Id, "flow"));
        shown.WaitForState(() => shown.FindAll(".diagram, .nothing").Count > 0);
        return shown;
    }

    private static string Line(string id, string text) =>
        $$"""{ "id": "{{id}}", "type": "Elsa.WriteLine", "text": { "typeName": "String", "expression": { "type": "Literal", "value": "{{text}}" } } }""";
}
