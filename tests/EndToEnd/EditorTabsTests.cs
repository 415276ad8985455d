using System.Text.Json;
using Microsoft.Playwright;
using ServiceLoop.EndToEnd.Tests.Browser;

namespace ServiceLoop.EndToEnd.Tests;

/// <summary>The tabs and menus of Studio's editor.</summary>
public sealed class EditorTabsTests(House house)
{
    private readonly Doors doors = new(house.Client);

    [Fact]
    public Task A_step_is_tested_its_commits_are_chosen_the_code_is_edited_and_all_is_saved_under_another_name() =>
        house.VisitAsync(async visit =>
        {
            const string Id = "tabs-flow";
            var page = visit.Page;
            var editor = new FlowEditor(visit);
            await doors.SaveAsync(Id, Chart.Of(Chart.WriteLine("Say", "hello"), Chart.WriteLine("End", "bye")));
            await visit.OpenStudioAsync($"/studio/workflows/definitions/{Id}/edit");
            await editor.IsThereAsync();

            await editor.SelectAsync("Say");
            await editor.TabAsync("Test");
            await page.GetByRole(AriaRole.Button, new() { Name = "Start", Exact = true }).ClickAsync();
            await Assertions.Expect(page.GetByText("Completed", new() { Exact = true }).First).ToBeVisibleAsync();
            await visit.ShowAsync("studio-tab-test", "A step is tried out by itself");
            (await LatestAsync(Id)).GetProperty("version").GetInt32().ShouldBe(1);

            await editor.TabAsync("Commit Strategy");
            await editor.SavingAsync(() => editor.ChooseAsync("Commit Strategy", "Never"));
            await visit.ShowAsync("studio-tab-commit", "When a step commits");
            var saved = await LatestAsync(Id);
            saved.GetProperty("version").GetInt32().ShouldBe(2);
            saved.GetProperty("root").GetRawText().ShouldContain("\"commitStrategyName\":\"CommitNever\"");

            await editor.TabAsync("Code view");
            var code = page.Locator(".monaco-editor:visible").First;
            await code.ClickAsync();
            await page.Keyboard.PressAsync("Control+h");
            await page.Keyboard.TypeAsync("hello");
            await page.Keyboard.PressAsync("Tab");
            await page.Keyboard.TypeAsync("good day");
            await editor.SavingAsync(() => page.Keyboard.PressAsync("Control+Alt+Enter"));
            await visit.ShowAsync("studio-tab-code", "A flow is edited as text");
            (await LatestAsync(Id)).GetProperty("root").GetRawText().ShouldContain("good day");

            await editor.TabAsync(Id);
            await page.Locator(".mud-toolbar .mud-button-group-root .mud-menu button").First.ClickAsync();
            await page.Locator(".mud-popover-open").GetByText("Save As", new() { Exact = true }).ClickAsync();
            await page.Locator(".mud-dialog").GetByLabel("Name").First.FillAsync("Tabs under another name");
            await page.Locator(".mud-dialog-actions button").Last.ClickAsync();
            await page.WaitForURLAsync(url =>
                url.Contains("/edit", StringComparison.Ordinal) && !url.Contains(Id, StringComparison.Ordinal)
            );
            var copy = await LatestAsync(page.Url.Split('/')[^2]);
            copy.GetProperty("name").GetString().ShouldBe("Tabs under another name");
            copy.GetProperty("root").GetRawText().ShouldContain("good day");
        });

    [Fact]
    public Task Old_versions_are_looked_at_made_the_newest_draft_and_deleted() =>
        house.VisitAsync(async visit =>
        {
            const string Id = "history-flow";
            var editor = new FlowEditor(visit);
            var list = new StudioList(visit);
            await doors.SaveAsync(Id, Chart.Of(Chart.WriteLine("First", "one")));
            await doors.SaveAsync(Id, Chart.Of(Chart.WriteLine("Second", "two")));
            await visit.OpenStudioAsync($"/studio/workflows/definitions/{Id}/edit");
            await editor.IsThereAsync();
            await editor.TabAsync("Version history");
            var rows = visit.Page.Locator(".mud-table:visible tbody tr");
            await Assertions.Expect(rows).ToHaveCountAsync(2);

            await MenuAsync(rows.Last, "View");
            await Assertions.Expect(editor.Node("First")).ToHaveCountAsync(1);
            await visit.ShowAsync("studio-history-view", "An older version, to look at");

            await MenuAsync(rows.Last, "Rollback to this version");
            await Assertions.Expect(rows).ToHaveCountAsync(3);
            await Assertions.Expect(editor.Node("First")).ToHaveCountAsync(1);
            var latest = await LatestAsync(Id);
            latest.GetProperty("version").GetInt32().ShouldBe(3);
            latest.GetProperty("isPublished").GetBoolean().ShouldBeFalse();
            latest.GetProperty("root").GetRawText().ShouldContain("one");

            await MenuAsync(rows.Last, "Delete");
            await list.ConfirmAsync();
            await Assertions.Expect(rows).ToHaveCountAsync(2);
            (await VersionsAsync(Id)).ShouldBe([2, 3], ignoreOrder: true);

            // The published one stays, and why is told.
            visit.Expect(400, "/workflow-definition-versions/");
            await MenuAsync(rows.Last, "Delete");
            await list.ConfirmAsync();
            await Assertions.Expect(list.Refusal).ToContainTextAsync("is published");
            (await VersionsAsync(Id)).ShouldBe([2, 3], ignoreOrder: true);
            await visit.ShowAsync("studio-history-refused", "A published version is not deleted");

            async Task MenuAsync(ILocator row, string item)
            {
                await row.Locator("button").Last.ClickAsync();
                await visit.Page.Locator(".mud-popover-open").GetByText(item, new() { Exact = true }).ClickAsync();
            }
        });

    private Task<JsonElement> LatestAsync(string id) =>
        doors.GetAsync($"/elsa/api/workflow-definitions/by-definition-id/{id}?versionOptions=Latest");

    private async Task<List<int>> VersionsAsync(string id) =>
        [
            .. (await doors.GetAsync($"/elsa/api/workflow-definitions?versionOptions=AllVersions&definitionIds={id}"))
                .GetProperty("items")
                .EnumerateArray()
                .Select(v => v.GetProperty("version").GetInt32()),
        ];
}
