using System.Text.Json;
using Microsoft.Playwright;
using ServiceLoop.EndToEnd.Tests.Browser;

namespace ServiceLoop.EndToEnd.Tests;

/// <summary>Studio's keys that take a change back.</summary>
public sealed class UndoTests(House house)
{
    private readonly Doors doors = new(house.Client);

    [Fact]
    public Task A_deleted_step_comes_back_and_goes_again_in_the_draft_too() =>
        house.VisitAsync(async visit =>
        {
            const string Id = "undo-flow";
            var editor = new FlowEditor(visit);
            await doors.SaveAsync(Id, Chart.Of(Chart.WriteLine("Keep", "one"), Chart.WriteLine("Drop", "two")), publish: false);
            await visit.OpenStudioAsync($"/studio/workflows/definitions/{Id}/edit");
            await editor.IsThereAsync();

            await editor.SelectAsync("Drop");
            await PressAsync("Delete", steps: 1, lines: 0);
            await PressAsync("Control+z", steps: 2, lines: 1);
            await visit.ShowAsync("studio-undone", "A deleted step has come back");
            await PressAsync("Control+y", steps: 1, lines: 0);

            await visit.Page.ReloadAsync();
            await editor.IsThereAsync();
            await Assertions.Expect(editor.Nodes).ToHaveCountAsync(1);

            async Task PressAsync(string key, int steps, int lines)
            {
                await visit.Page.Keyboard.PressAsync(key);
                await Assertions.Expect(editor.Nodes).ToHaveCountAsync(steps);
                await Assertions.Expect(editor.Lines).ToHaveCountAsync(lines);
                var draft = await doors.UntilAsync(() => doors.LatestAsync(Id), d => Count(d, "activities") == steps);
                Count(draft, "connections").ShouldBe(lines);
                await editor.SettledAsync();
            }
        });

    private static int Count(JsonElement definition, string list) => definition.GetProperty("root").GetProperty(list).GetArrayLength();
}
