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
            await visit.OpenStudioAsync($"/studio/workflows/instances/{id}/view");
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

    private static JsonObject Nested()
    {
        var choose = Chart.Activity("Choose", "Elsa.If", ("condition", Chart.Literal("Boolean", "True")));
        var inside = Chart.Of(Chart.WriteLine("Deep", "inside"), Chart.WriteLine("Deeper", "further inside"));
        inside["id"] = "Inner";
        choose["then"] = inside;
        return Chart.Of(Chart.WriteLine("Begin", "begin"), choose);
    }
}
