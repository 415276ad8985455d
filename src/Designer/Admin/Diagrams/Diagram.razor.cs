using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.JSInterop;
using ServiceLoop.Engine.Comparison;

namespace ServiceLoop.Designer.Admin.Diagrams;

/// <summary>Draws the activities of a definition, one container at a time; a click on a container opens it. Panning and zooming happen in the browser.</summary>
public sealed partial class Diagram
{
    private readonly string arrow = "arrow-" + Guid.NewGuid().ToString("N");
    private DiagramLayout? layout;
    private ActivityOutline? drawn;
    private ElementReference canvas;
    private IJSObjectReference? module;
    private bool isNew;

    /// <summary>The root activity; null draws nothing.</summary>
    [Parameter, EditorRequired]
    public ActivityOutline? Root { get; set; }

    /// <summary>What the diagram shows, for its heading.</summary>
    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    /// <summary>Marks by path of ids.</summary>
    [Parameter]
    public IReadOnlyDictionary<string, DiagramMark> Marks { get; set; } = new Dictionary<string, DiagramMark>(StringComparer.Ordinal);

    /// <summary>Looks of connections, by source, outcome and target; <c>added</c> or <c>removed</c>.</summary>
    [Parameter]
    public IReadOnlyDictionary<(string Source, string Port, string Target), string>? LineLooks { get; set; }

    /// <summary>Path of ids of the container that is open; null for the root. What is not there is not opened.</summary>
    [Parameter]
    public string? Open { get; set; }

    /// <summary>Another container was opened.</summary>
    [Parameter]
    public EventCallback<string?> OpenChanged { get; set; }

    /// <summary>Id of the activity that is looked at; null for none.</summary>
    [Parameter]
    public string? Selected { get; set; }

    /// <summary>Another activity is looked at.</summary>
    [Parameter]
    public EventCallback<string?> SelectedChanged { get; set; }

    /// <summary>Diagrams of the same group pan and zoom together; null for none.</summary>
    [Parameter]
    public string? Group { get; set; }

    private string Arrow => arrow;

    private ActivityOutline? Shown => Root?.WithDescendants().FirstOrDefault(a => a.NodePath == Open && !a.Children.IsEmpty) ?? Root;

    private string Bounds => layout is null ? "" : string.Join(' ', new[] { layout.X, layout.Y, layout.Width, layout.Height }.Select(N));

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (module is null)
            return;

        try
        {
            await module.InvokeVoidAsync("detach", canvas);
            await module.DisposeAsync();
        }
        catch (JSDisconnectedException)
        {
            // The browser has gone.
        }
    }

    /// <inheritdoc />
    protected override void OnParametersSet()
    {
        if (ReferenceEquals(drawn, Shown))
            return;

        drawn = Shown;
        layout = drawn is null ? null : DiagramLayout.Of(drawn);
        isNew = true;
    }

    /// <inheritdoc />
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!isNew || layout is null)
            return;

        isNew = false;
        module ??= await Script.InvokeAsync<IJSObjectReference>("import", "./_content/ServiceLoop.Designer/diagram.js");
        await module.InvokeVoidAsync("attach", canvas, Group ?? arrow);
    }

    private async Task ZoomAsync(double factor)
    {
        if (module is not null)
            await module.InvokeVoidAsync("zoom", canvas, factor);
    }

    private async Task ChooseAsync(ActivityOutline activity)
    {
        await SelectedChanged.InvokeAsync(activity.Id);

        if (!activity.Children.IsEmpty && activity != Shown)
            await OpenAsync(activity.NodePath);
    }

    private Task OpenAsync(string? path) => OpenChanged.InvokeAsync(path == Root?.NodePath ? null : path);

    private Task OnKeyAsync(KeyboardEventArgs e, ActivityOutline activity) =>
        e.Key is "Enter" or " " ? ChooseAsync(activity) : Task.CompletedTask;

    /// <summary>The containers around what is shown, outermost first; none while the root is shown.</summary>
    private List<ActivityOutline> Trail() =>
        Root is null || Shown is null || Shown == Root
            ? []
            :
            [
                .. Root.WithDescendants()
                    .Where(a => Shown.NodePath == a.NodePath || Shown.NodePath.StartsWith(a.NodePath + ":", StringComparison.Ordinal)),
            ];

    private DiagramMark? MarkOf(ActivityOutline activity) => Marks.GetValueOrDefault(activity.NodePath);

    private int Inside(ActivityOutline activity) =>
        activity.Children.IsEmpty ? 0 : activity.WithDescendants().Skip(1).Count(a => Marks.ContainsKey(a.NodePath));

    private string? LineLook(DiagramLine line) => LineLooks?.GetValueOrDefault((line.Source, line.Port ?? "Done", line.Target));

    private string Spoken(ActivityOutline activity, DiagramMark? mark, int inside) =>
        string.Join(
            ", ",
            new[]
            {
                activity.Label,
                ShortType(activity.Type),
                mark?.Text,
                inside > 0 ? T["InsideMarked", activity.Children.Length, inside].Value : null,
            }.OfType<string>()
        );

    private static string ShortType(string type) => type[(type.LastIndexOf('.') + 1)..];

    private static double SignWidth(DiagramMark mark) => Math.Max(24, 14 + (mark.Sign.Length * 8));

    /// <summary>Chinese letters are twice as wide as others.</summary>
    private static string Cut(string text, double width, double letter)
    {
        var room = width - 28;

        for (var i = 0; i < text.Length; i++)
            if ((room -= text[i] > 0x2E80 ? letter * 1.75 : letter) < 0)
                return text[..Math.Max(0, i - 1)] + "…";

        return text;
    }

    private static string N(double number) => number.ToString("0.##", CultureInfo.InvariantCulture);
}
