using Microsoft.Playwright;
using ServiceLoop.EndToEnd.Tests.Browser;

namespace ServiceLoop.EndToEnd.Tests;

/// <summary>Definitions whose root is no flowchart.</summary>
public sealed class RootsTests(House house)
{
    private readonly Doors doors = new(house.Client);

    [Fact]
    public Task A_sequence_is_drawn_published_and_run() =>
        house.VisitAsync(async visit =>
        {
            var editor = new FlowEditor(visit);
            var id = await CreateAsync(visit, "Drawn in sequence", "Sequence");
            await editor.SavingAsync(() => editor.DragAsync("Console", "Write Line", 200, 120));
            await editor.SavingAsync(() => editor.DragAsync("Console", "Write Line", 200, 300));
            await Assertions.Expect(editor.Lines).ToHaveCountAsync(1);
            await visit.ShowAsync("studio-sequence", "A sequence");

            await visit.Page.ReloadAsync();
            await editor.IsThereAsync();
            await Assertions.Expect(editor.Nodes).ToHaveCountAsync(2);
            await editor.SavingAsync(editor.PublishAsync);
            (await doors.GetAsync($"/elsa/api/workflow-definitions/by-definition-id/{id}?versionOptions=Published"))
                .GetProperty("root")
                .GetProperty("type")
                .GetString()
                .ShouldBe("Elsa.Sequence");

            await editor.RunAsync();
            await visit.Page.WaitForURLAsync("**/studio/workflows/instances/*/view**");
            await editor.IsViewerThereAsync();
            await Assertions.Expect(editor.Badge("WriteLine2")).ToHaveTextAsync("1");
        });

    [Fact]
    public Task A_state_machine_gets_states_and_a_transition_and_keeps_them() =>
        house.VisitAsync(async visit =>
        {
            var page = visit.Page;
            var editor = new FlowEditor(visit);
            var id = await CreateAsync(visit, "Machine of states", "State machine");

            foreach (var state in new[] { "Open", "Closed" })
                await editor.SavingAsync(async () =>
                {
                    var menu = Menu(page, "Add state");

                    if (await menu.GetAttributeAsync("open") is null)
                        await menu.Locator("summary").ClickAsync();

                    await menu.Locator("input").FillAsync(state);
                    await menu.Locator("input").PressAsync("Tab");
                    await menu.Locator("button").ClickAsync();
                });

            await editor.SavingAsync(async () =>
            {
                var menu = Menu(page, "Add transition");
                await menu.Locator("summary").ClickAsync();
                await menu.Locator("input").FillAsync("Close");
                await menu.Locator("input").PressAsync("Tab");
                await menu.Locator("select").Nth(1).SelectOptionAsync(new SelectOptionValue { Label = "Closed" });
                await menu.Locator("button").ClickAsync();
            });

            await page.ReloadAsync();
            await visit.StudioIsThereAsync();
            await Assertions.Expect(page.GetByText("Initial · Current").First).ToBeVisibleAsync();
            await visit.ShowAsync("studio-state-machine", "A machine of two states");
            await editor.SavingAsync(editor.PublishAsync);

            var root = (await doors.GetAsync($"/elsa/api/workflow-definitions/by-definition-id/{id}?versionOptions=Published")).GetProperty(
                "root"
            );
            root.GetProperty("type").GetString().ShouldBe("Elsa.StateMachine");
            root.GetProperty("initialState").GetString().ShouldBe("Open");
            root.GetProperty("states").EnumerateArray().Select(s => s.GetProperty("name").GetString()).ShouldBe(["Open", "Closed"]);
            root.GetProperty("transitions")[0].GetProperty("to").GetString().ShouldBe("Closed");
        });

    private static ILocator Menu(IPage page, string name) =>
        page.Locator("details", new() { Has = page.Locator("summary", new() { HasText = name }) });

    private static async Task<string> CreateAsync(Visit visit, string name, string root)
    {
        var page = visit.Page;
        await new StudioList(visit).OpenAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Create workflow" }).ClickAsync();
        await page.Locator(".mud-dialog").GetByLabel("Name").First.FillAsync(name);
        await page.Locator(".mud-dialog").GetByText(root, new() { Exact = true }).ClickAsync();
        await page.Locator(".mud-dialog").GetByRole(AriaRole.Button, new() { Name = "Ok", Exact = true }).ClickAsync();
        await page.WaitForURLAsync("**/studio/workflows/definitions/*/edit");
        await visit.StudioIsThereAsync();
        await page.Locator(".mud-expand-panel").First.WaitForAsync();
        return page.Url.Split('/')[^2];
    }
}
