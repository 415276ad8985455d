using ServiceLoop.EndToEnd.Tests.Browser;

namespace ServiceLoop.EndToEnd.Tests;

/// <summary>Every screen in both languages, at a desk, in a hand and in the dark; looked at by people in the gallery.</summary>
public sealed class ScreensTests(House house)
{
    private const string Flow = "shown-flow";

    private readonly Doors doors = new(house.Client);

    public static TheoryData<string, bool, bool> Windows =>
        new()
        {
            { "en-US", false, false },
            { "zh-CN", false, false },
            { "en-US", true, false },
            { "zh-CN", true, false },
            { "zh-CN", false, true },
        };

    [Theory]
    [MemberData(nameof(Windows))]
    public async Task Screens_of_Studio(string language, bool isPhone, bool isDark)
    {
        var instance = await PrepareAsync();

        await house.VisitAsync(
            async visit =>
            {
                await visit.OpenStudioAsync("/studio/");
                await visit.Page.Locator("tbody tr").First.WaitForAsync();
                await visit.ShowAsync("studio-definitions", "All flows");

                // Within Studio screens change without a new start of its runtime.
                await visit.Page.Locator(".frame-nav a[data-screen=Instances]").ClickAsync();
                await visit.Page.Locator("elsa-workflow-instance-list tbody tr").First.WaitForAsync();
                await visit.StudioIsThereAsync();
                await visit.ShowAsync("studio-instances", "All instances");

                await MoveAsync(visit, $"/studio/workflows/definitions/{Flow}/edit");
                await visit.ShowAsync("studio-editor", "A flow in the editor");

                await MoveAsync(visit, $"/studio/workflows/instances/{instance}/view");
                await visit.ShowAsync("studio-viewer", "An instance in the viewer");
            },
            Options(language, isPhone, isDark)
        );
    }

    private static VisitOptions Options(string language, bool isPhone, bool isDark) =>
        new()
        {
            Language = language,
            Size = isPhone ? VisitOptions.Phone : VisitOptions.Desktop,
            IsDark = isDark,
        };

    private static async Task MoveAsync(Visit visit, string path)
    {
        await visit.MoveStudioAsync(path);
        var canvas = new FlowEditor(visit);
        await canvas.IsCanvasThereAsync();
        await canvas.Nodes.First.WaitForAsync();
    }

    private async Task<string> PrepareAsync()
    {
        await doors.SaveAsync(
            Flow,
            Chart.Of(Chart.WriteLine("Greet", "Hello"), Chart.Event("Wait", "go-on"), Chart.WriteLine("End", "Bye"))
        );
        return await doors.RunAsync(Flow);
    }
}
