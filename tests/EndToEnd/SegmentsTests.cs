using System.Text.Json.Nodes;
using Microsoft.Playwright;
using ServiceLoop.EndToEnd.Tests.Browser;

namespace ServiceLoop.EndToEnd.Tests;

/// <summary>Going into what a step holds, in the editor and in the viewer.</summary>
public sealed class SegmentsTests(House house)
{
    private const string Id = "nested-flow";

    private readonly Doors doors = new(house.Client);

    [Fact]
    public Task The_inside_of_a_step_is_opened_edited_and_watched() =>
        house.VisitAsync(async visit =>
        {
            await doors.SaveAsync(Id, Nested());
            var page = visit.Page;
            var editor = new FlowEditor(visit);
            await visit.OpenStudioAsync($"/studio/workflows/definitions/{Id}/edit");
            await editor.IsThereAsync();

            await editor.OpenAsync("Choose", "Flowchart");
            await Assertions.Expect(editor.Node("Deep")).ToHaveCountAsync(1);
            await Assertions.Expect(page.Locator(".mud-breadcrumbs")).ToContainTextAsync("Choose");
            await editor.SelectAsync("Deep");
            await editor.SavingAsync(() => editor.FillAsync("Text", "changed inside"));
            await visit.ShowAsync("studio-segment-editor", "The inside of a step");
            await page.Locator(".mud-breadcrumbs").GetByText("Root").ClickAsync();
            await Assertions.Expect(editor.Node("Choose")).ToHaveCountAsync(1);
            await editor.SavingAsync(editor.PublishAsync);

            var id = await doors.RunAsync(Id);
            await doors.WaitAsync(id, "Finished");
            await visit.MoveStudioAsync($"/studio/workflows/instances/{id}/view");
            await editor.IsViewerThereAsync();
            await editor.OpenAsync("Choose", "Flowchart");
            await Assertions.Expect(editor.Badge("Deep")).ToHaveTextAsync("1");

            // The printed line stands in the journal of the step that printed it.
            var printed = page.Locator(".mud-timeline-item", new() { HasText = "WriteLine" }).First;
            await Assertions.Expect(printed).ToContainTextAsync("Deep");
            await printed.ClickAsync();
            await editor.TabAsync("Event");
            await Assertions.Expect(page.GetByText("changed inside").First).ToBeVisibleAsync();
            await visit.ShowAsync("studio-journal-event", "What a step printed");
            await Assertions.Expect(page.GetByText("Unknown Activity")).ToHaveCountAsync(0);

            await editor.TabAsync("Activity call stack");
            // Studio asks for it when a step is chosen while the tab is open.
            await editor.SelectAsync("Deeper");
            await Assertions.Expect(page.GetByText("Call stack (5)")).ToBeVisibleAsync();
            await visit.ShowAsync("studio-call-stack", "By what a step was called");
        });

    [Fact]
    public Task A_double_click_in_the_viewer_opens_the_workflow_that_a_step_uses() =>
        house.VisitAsync(async visit =>
        {
            var editor = new FlowEditor(visit);
            await doors.SaveAsync(
                new JsonObject
                {
                    ["definitionId"] = "seen-inside",
                    ["name"] = "Seen inside",
                    ["options"] = new JsonObject { ["usableAsActivity"] = true },
                    ["root"] = Chart.Of(Chart.WriteLine("Hidden", "inside")),
                },
                publish: true
            );
            // Written by hand, and not drawn from the toolbox: it says no more than its type.
            await doors.SaveAsync("seen-outside", Chart.Of(Chart.WriteLine("Before", "before"), Chart.Activity("Use", "SeenInside")));
            var id = await doors.RunAsync("seen-outside");
            await doors.WaitAsync(id, "Finished");

            await visit.OpenStudioAsync($"/studio/workflows/instances/{id}/view");
            await editor.IsViewerThereAsync();
            await Assertions.Expect(editor.Badge("Use")).ToHaveTextAsync("1");
            await editor.OpenUsedAsync("Use");
            await Assertions.Expect(visit.Page.Locator(".mud-breadcrumbs")).ToContainTextAsync("Use: Root");
            await Assertions.Expect(editor.Badge("Hidden")).ToHaveTextAsync("1");
            await visit.ShowAsync("studio-viewer-inside", "The workflow that a step uses, in the viewer");
        });

    private static JsonObject Nested()
    {
        var choose = Chart.Activity("Choose", "Elsa.If", ("condition", Chart.Literal("Boolean", "True")));
        var inside = Chart.Of(Chart.WriteLine("Deep", "inside"), Chart.WriteLine("Deeper", "further inside"));
        inside["id"] = "Inner";
        choose["then"] = inside;
        return Chart.Of(Chart.WriteLine("Begin", "begin"), choose);
    }
}
