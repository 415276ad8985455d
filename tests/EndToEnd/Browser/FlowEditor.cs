using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace ServiceLoop.EndToEnd.Tests.Browser;

/// <summary>Studio's editor, worked as a person does: with the mouse and the keyboard.</summary>
/// <param name="visit">The window; it shows an editor.</param>
internal sealed partial class FlowEditor(Visit visit)
{
    private const int MoveSteps = 12;

    // Studio waits half a second for more changes before it saves.
    private static readonly TimeSpan AutoSave = TimeSpan.FromMilliseconds(600);

    private readonly IPage page = visit.Page;

    /// <summary>Steps on the canvas.</summary>
    public ILocator Nodes => page.Locator(".x6-node");

    /// <summary>Lines between steps.</summary>
    public ILocator Lines => page.Locator(".x6-edge");

    /// <summary>Waits for a canvas, of the editor or of the viewer.</summary>
    public async Task IsCanvasThereAsync()
    {
        await visit.StudioIsThereAsync();
        await page.Locator(".x6-graph-svg").WaitForAsync();
    }

    /// <summary>Waits for the viewer of an instance.</summary>
    /// <remarks>
    /// The viewer chooses the root by itself and asks for its executions. An answer that comes after a person has chosen a step takes the place of
    /// that step's, in Studio; so a person, too, waits until the root's are shown.
    /// </remarks>
    public async Task IsViewerThereAsync()
    {
        await IsCanvasThereAsync();
        await page.Locator(".mud-tab", new() { HasTextRegex = RootsExecutions() }).WaitForAsync();
        await visit.RestAsync();
    }

    /// <summary>Waits for the editor.</summary>
    public async Task IsThereAsync()
    {
        await IsCanvasThereAsync();
        // The toolbox comes last.
        await page.Locator(".mud-expand-panel").First.WaitForAsync();
    }

    /// <summary>Drags an activity from the toolbox to the canvas.</summary>
    /// <param name="category">Its group in the toolbox.</param>
    /// <param name="activity">Its name there.</param>
    /// <param name="x">Where to, in pixels from the canvas's left edge.</param>
    /// <param name="y">From its upper edge.</param>
    public async Task DragAsync(string category, string activity, float x, float y)
    {
        var before = await Nodes.CountAsync();
        var item = page.Locator("[draggable=true]").GetByText(activity, new() { Exact = true });

        if (await item.CountAsync() == 0 || !await item.First.IsVisibleAsync())
            await page.Locator(".mud-expand-panel-header").GetByText(category, new() { Exact = true }).ClickAsync();

        // Its box moves as long as the group opens; a drag begins where it stands still.
        await item.First.DragToAsync(
            page.Locator(".x6-graph").First,
            new()
            {
                TargetPosition = new() { X = x, Y = y },
            }
        );
        await Assertions.Expect(Nodes).ToHaveCountAsync(before + 1);
    }

    /// <summary>Drags a line from a port of a step to another step.</summary>
    /// <param name="from">Name of the step that ends.</param>
    /// <param name="port">Name of its outcome.</param>
    /// <param name="to">Name of the step that follows.</param>
    public async Task ConnectAsync(string from, string port, string to)
    {
        var before = await Lines.CountAsync();
        var start = await CentreAsync(Node(from).Locator($"[port=\"{port}\"] circle").First);
        var end = await CentreAsync(Node(to).Locator("[port=\"In\"] circle").First);
        await page.Mouse.MoveAsync(start.X, start.Y);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(end.X, end.Y + 24, new() { Steps = MoveSteps });
        await page.Mouse.MoveAsync(end.X, end.Y, new() { Steps = MoveSteps });
        await page.Mouse.UpAsync();
        await Assertions.Expect(Lines).ToHaveCountAsync(before + 1);
    }

    /// <summary>Opens the properties of a step.</summary>
    public async Task SelectAsync(string name)
    {
        // The selection lies above the step, so only a click at a place reaches it.
        // Its name, because below it there may be places for children.
        var (x, y) = await CentreAsync(Node(name).Locator(".activity-label"));
        await page.Mouse.ClickAsync(x, y);
        await page.Locator(".mud-tab", new() { HasText = "Input" }).First.WaitForAsync();
        await visit.RestAsync();
    }

    /// <summary>Waits until Studio has saved what was changed, and shows what the server made of it.</summary>
    /// <remarks>
    /// What is being typed into a table when an answer arrives is lost, in Studio; a person, too, waits for the green dot. The dot alone is not
    /// enough: the answer to a save makes it green even when a later change still waits to be saved.
    /// </remarks>
    public async Task SettledAsync()
    {
        await visit.IsQuietAsync(AutoSave);
        await page.Locator(".elsa-toolbar-icon .mud-theme-success").WaitForAsync();
        await visit.RestAsync();
    }

    /// <summary>Opens a tab by its whole name.</summary>
    public Task TabAsync(string name) => page.Locator(".mud-tab", new() { HasTextRegex = TabOf(name) }).First.ClickAsync();

    /// <summary>Chooses from a list by its label.</summary>
    public async Task ChooseAsync(string label, string item)
    {
        await page.Locator(".mud-select:visible", new() { Has = page.Locator("label", new() { HasTextRegex = Exactly(label) }) })
            .First.ClickAsync();
        await page.Locator(".mud-popover-open").GetByText(item, new() { Exact = true }).ClickAsync();
    }

    /// <summary>Opens what a step holds in a port.</summary>
    /// <param name="step">Its name.</param>
    /// <param name="content">What stands in the port.</param>
    public Task OpenAsync(string step, string content) => Node(step).GetByText(content, new() { Exact = true }).First.ClickAsync();

    /// <summary>Opens, in the viewer, the workflow that a step uses.</summary>
    public async Task OpenUsedAsync(string step)
    {
        var (x, y) = await CentreAsync(Node(step).Locator(".activity-label"));
        await page.Mouse.DblClickAsync(x, y);
    }

    /// <summary>A step by the name it bears on the canvas.</summary>
    public ILocator Node(string name) => Nodes.Filter(new() { Has = page.GetByText(name, new() { Exact = true }) });

    /// <summary>Opens a place for a child within a step, chooses a flowchart for it, does something there, and comes back.</summary>
    /// <param name="name">Name of the step.</param>
    /// <param name="port">Name of the place; it is empty.</param>
    /// <param name="act">What is done inside.</param>
    public async Task InsideAsync(string name, string port, Func<Task> act)
    {
        // The selection of a step lies above its places.
        await page.Locator(".x6-graph")
            .First.ClickAsync(
                new()
                {
                    Position = new() { X = 15, Y = 15 },
                }
            );
        await Node(name).Locator($"[data-port-name=\"{port}\"]").ClickAsync();
        await page.Locator(".mud-dialog").GetByRole(AriaRole.Button, new() { Name = "Ok", Exact = true }).ClickAsync();
        await Assertions.Expect(page.Locator(".mud-breadcrumbs")).ToContainTextAsync($"{name}: {port}");
        await Assertions.Expect(Nodes).ToHaveCountAsync(0);
        await visit.RestAsync();
        await act();
        await visit.RestAsync();
        await page.Locator(".mud-breadcrumbs").GetByText("Root").ClickAsync();
        await Node(name).WaitForAsync();
        await SettledAsync();
    }

    /// <summary>A field of the properties by its label.</summary>
    public ILocator Field(string label) =>
        // Studio's labels do not name their fields.
        page.Locator(".mud-input-control", new() { Has = page.Locator("label", new() { HasTextRegex = Exactly(label) }) })
            .Locator("input.mud-input-slot, textarea.mud-input-slot")
            .First;

    /// <summary>Types into a field and leaves it.</summary>
    public async Task FillAsync(string label, string text)
    {
        await Field(label).FillAsync(text);
        await Field(label).PressAsync("Tab");
    }

    /// <summary>The number that the viewer shows on a step: how often it ran.</summary>
    public ILocator Badge(string name) => Node(name).Locator(".mud-badge");

    /// <summary>Presses the button that publishes.</summary>
    public Task PublishAsync() => page.Locator(".mud-toolbar .mud-button-group-root button.mud-primary-text").ClickAsync();

    /// <summary>Presses the button that starts an instance.</summary>
    public Task RunAsync() => page.Locator(".mud-toolbar button.mud-success-text").ClickAsync();

    /// <summary>Does something and waits for the save that follows by itself.</summary>
    /// <returns>What Studio sent as definition.</returns>
    public async Task<JsonElement> SavingAsync(Func<Task> act)
    {
        var answer = await page.RunAndWaitForResponseAsync(act, response => IsSave(response.Request));
        // The browser may have thrown the body away already, once the next save has gone out.
        if (answer.Status != 200)
            answer.Status.ShouldBe(200, await answer.TextAsync());

        return JsonDocument.Parse(answer.Request.PostData!).RootElement;
    }

    [GeneratedRegex(@"^\s*Executions\s*[1-9]\d*\s*$", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex RootsExecutions();

    private static Regex TabOf(string name) => new($@"^\s*{Regex.Escape(name)}[\s\d]*$", RegexOptions.IgnoreCase, TimeSpan.FromSeconds(1));

    private static Regex Exactly(string text) => new($"^{Regex.Escape(text)}$", RegexOptions.None, TimeSpan.FromSeconds(1));

    private static bool IsSave(IRequest request) =>
        request.Method == "POST" && request.Url.EndsWith("/elsa/api/workflow-definitions", StringComparison.Ordinal);

    private static async Task<(float X, float Y)> CentreAsync(ILocator element)
    {
        var box = (await element.BoundingBoxAsync()).ShouldNotBeNull();
        return (box.X + box.Width / 2, box.Y + box.Height / 2);
    }
}
