using System.Text.Json;
using Microsoft.Playwright;
using ServiceLoop.EndToEnd.Tests.Browser;

namespace ServiceLoop.EndToEnd.Tests;

public sealed class DrawingTests(House house)
{
    private readonly Doors doors = new(house.Client);

    [Fact]
    public Task A_flow_is_drawn_published_run_and_watched_while_it_runs() =>
        house.VisitAsync(async visit =>
        {
            var page = visit.Page;
            await new StudioList(visit).OpenAsync();
            await page.GetByRole(AriaRole.Button, new() { Name = "Create workflow" }).ClickAsync();
            await page.Locator(".mud-dialog").GetByLabel("Name").First.FillAsync("Drawn by hand");
            await visit.ShowAsync("studio-create", "A new flow gets its name");
            await page.Locator(".mud-dialog").GetByRole(AriaRole.Button, new() { Name = "Ok", Exact = true }).ClickAsync();

            var editor = new FlowEditor(visit);
            await page.WaitForURLAsync("**/studio/workflows/definitions/*/edit");
            await editor.IsThereAsync();
            var definitionId = page.Url.Split('/')[^2];

            await editor.SavingAsync(() => editor.DragAsync("Console", "Write Line", 110, 90));
            await editor.SavingAsync(() => editor.DragAsync("Primitives", "Run Task", 400, 90));
            await editor.SavingAsync(() => editor.DragAsync("Console", "Write Line", 400, 260));
            await editor.SavingAsync(() => editor.ConnectAsync("WriteLine1", "Done", "RunTask1"));
            await editor.SavingAsync(() => editor.ConnectAsync("RunTask1", "Done", "WriteLine2"));

            await editor.SelectAsync("RunTask1");
            await editor.SavingAsync(() => editor.FillAsync("Task Name", "Ring back"));
            await editor.SelectAsync("WriteLine1");
            var saved = await editor.SavingAsync(() => editor.FillAsync("Text", "Hello"));
            await visit.ShowAsync("studio-editor-drawn", "Three steps, drawn by hand");

            var root = saved.GetProperty("model").GetProperty("root");
            root.GetProperty("connections").GetArrayLength().ShouldBe(2);
            root.GetProperty("activities").GetArrayLength().ShouldBe(3);
            root.GetRawText().ShouldContain("Hello");

            await page.ReloadAsync();
            await editor.IsThereAsync();
            await Assertions.Expect(editor.Nodes).ToHaveCountAsync(3);
            await Assertions.Expect(editor.Lines).ToHaveCountAsync(2);

            var published = await editor.SavingAsync(editor.PublishAsync);
            published.GetProperty("publish").GetBoolean().ShouldBeTrue();
            (await doors.GetAsync($"/elsa/api/workflow-definitions/by-definition-id/{definitionId}?versionOptions=Published"))
                .GetProperty("version")
                .GetInt32()
                .ShouldBe(1);

            await editor.RunAsync();
            await page.WaitForURLAsync("**/studio/workflows/instances/*/view**");
            var instanceId = new Uri(page.Url).AbsolutePath.Split('/')[^2];
            await editor.IsViewerThereAsync();
            await Assertions.Expect(editor.Badge("WriteLine1")).ToHaveTextAsync("1");
            await Assertions.Expect(editor.Badge("WriteLine2")).ToHaveCountAsync(0);
            await visit.ShowAsync("studio-viewer-waiting", "An instance waits for its task");

            var waiting = await doors.WaitAsync(instanceId, "Suspended");
            await doors.PostAsync($"/elsa/api/tasks/{TaskOf(waiting)}/complete");

            // Without any click: the viewer hears of it.
            await Assertions.Expect(editor.Badge("WriteLine2")).ToHaveTextAsync("1");
            await visit.ShowAsync("studio-viewer-finished", "The instance has finished, and the viewer has followed");
            await page.GoBackAsync();
            await editor.IsThereAsync();
            page.Url.ShouldContain($"/definitions/{definitionId}/edit");
        });

    private static string TaskOf(JsonElement instance) =>
        instance
            .GetProperty("workflowState")
            .GetProperty("bookmarks")
            .EnumerateArray()
            .Select(b => b.GetProperty("payload").EnumerateObject().First(p => p.Name.Equals("taskId", StringComparison.OrdinalIgnoreCase)))
            .Single()
            .Value.GetString()!;
}
