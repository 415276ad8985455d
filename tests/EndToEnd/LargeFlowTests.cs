using System.Diagnostics;
using Microsoft.Playwright;
using ServiceLoop.EndToEnd.Tests.Browser;

namespace ServiceLoop.EndToEnd.Tests;

public sealed class LargeFlowTests(House house)
{
    private const int Steps = 500;

    // Studio draws step by step, then finds a way for each line around all of them.
    private const float DrawingPatienceMs = 240_000;

    private readonly Doors doors = new(house.Client);

    [Fact]
    public Task Five_hundred_steps_open_and_save_on_one_canvas() =>
        house.VisitAsync(async visit =>
        {
            await doors.SaveAsync(
                "large-flow",
                Chart.Of([.. Enumerable.Range(1, Steps).Select(i => Chart.WriteLine($"Step{i}", $"line {i}"))])
            );
            var editor = new FlowEditor(visit);
            await visit.OpenStudioAsync("/studio/");

            var clock = Stopwatch.StartNew();
            await visit.GoAsync("/studio/workflows/definitions/large-flow/edit");
            await editor.IsThereAsync();
            await Assertions.Expect(editor.Nodes).ToHaveCountAsync(Steps, new() { Timeout = DrawingPatienceMs });
            var opened = clock.Elapsed;
            await Assertions.Expect(editor.Lines).ToHaveCountAsync(Steps - 1, new() { Timeout = DrawingPatienceMs });
            var drawn = clock.Elapsed;

            clock.Restart();
            var saved = await editor.SavingAsync(() => editor.FillAsync("Description", "Half a thousand steps"));
            var written = clock.Elapsed;

            saved.GetProperty("model").GetProperty("root").GetProperty("activities").GetArrayLength().ShouldBe(Steps);
            (await doors.GetAsync("/elsa/api/workflow-definitions/by-definition-id/large-flow?versionOptions=Latest"))
                .GetProperty("root")
                .GetProperty("connections")
                .GetArrayLength()
                .ShouldBe(Steps - 1);
            await visit.ShowAsync("studio-editor-500", "500 steps on one canvas");
            Console.WriteLine(
                $"{Steps} steps on one canvas: all steps there {opened.TotalSeconds:0.0} s after the address was opened, all lines {drawn.TotalSeconds:0.0} s, change to saved {written.TotalSeconds:0.0} s"
            );
        });
}
