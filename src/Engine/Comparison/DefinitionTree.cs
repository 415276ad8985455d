using System.Collections.Immutable;
using System.Text.Json;
using ServiceLoop.Engine.Definitions;

namespace ServiceLoop.Engine.Comparison;

/// <summary>The tree of activities of a definition as its JSON shows it, compiled or not. Immutable.</summary>
/// <param name="Root">The root activity; null when the definition has none.</param>
public sealed record DefinitionTree(ActivityOutline? Root)
{
    /// <summary>Activities inside each other; what is deeper is left out.</summary>
    private const int MaxDepth = 100;

    /// <summary>Members of an activity that hold no activities.</summary>
    private static readonly HashSet<string> Leaves = new(StringComparer.OrdinalIgnoreCase)
    {
        "connections",
        "customProperties",
        "metadata",
        "variables",
        "inputs",
        "outputs",
        "expression",
        "memoryReference",
        "originalActivityJson",
    };

    /// <summary>All activities, outer before inner, in the order of the file.</summary>
    public IEnumerable<ActivityOutline> All => Root is null ? [] : Root.WithDescendants();

    /// <summary>Reads a definition.</summary>
    public static DefinitionTree Of(WorkflowDefinition definition) =>
        new(definition.Root.ValueKind == JsonValueKind.Object ? Read(definition.Root, "$.root", null, null, 0) : null);

    private static ActivityOutline Read(JsonElement json, string path, string? containerPath, string? slot, int depth)
    {
        var type = ElsaJson.Text(ElsaJson.Find(json, "type")) ?? "";

        // What its designer did not know either is shown as what it stands for.
        if (type == "Elsa.NotFoundActivity" && ElsaJson.Text(ElsaJson.Find(json, "missingTypeName")) is { Length: > 0 } missing)
            type = missing;

        var id = ElsaJson.Text(ElsaJson.Find(json, "id")) is { Length: > 0 } given ? given : $"{type}@{path}";
        var nodePath = containerPath is null ? id : $"{containerPath}:{id}";
        var children = ImmutableArray.CreateBuilder<ActivityOutline>();

        if (depth < MaxDepth)
            foreach (var member in json.EnumerateObject())
                if (!Leaves.Contains(member.Name))
                    Collect(member.Value, $"{path}.{member.Name}", member.Name, nodePath, depth + 1, children);

        var metadata = ElsaJson.Find(json, "metadata") ?? default;
        var designer = ElsaJson.Find(metadata, "designer") ?? default;
        var name = ElsaJson.Text(ElsaJson.Find(json, "name"));

        return new ActivityOutline
        {
            Id = id,
            NodePath = nodePath,
            Type = type,
            Label =
                ElsaJson.Text(ElsaJson.Find(metadata, "displayText")) is { Length: > 0 } text ? text
                : name is { Length: > 0 } ? name
                : id,
            Path = path,
            Slot = slot,
            Position = PointOf(ElsaJson.Find(designer, "position"), "x", "y"),
            Size = PointOf(ElsaJson.Find(designer, "size"), "width", "height"),
            Children = children.DrainToImmutable(),
            Connections = ConnectionsOf(json),
            Json = json,
        };
    }

    /// <summary>Finds activities in a member: itself, items of a list, or inside items such as cases.</summary>
    private static void Collect(
        JsonElement json,
        string path,
        string slot,
        string containerPath,
        int depth,
        ImmutableArray<ActivityOutline>.Builder found
    )
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object when IsActivity(json):
                found.Add(Read(json, path, containerPath, slot, depth));
                break;
            case JsonValueKind.Object when depth < MaxDepth && !IsExpression(json):
                var label = ElsaJson.Text(ElsaJson.Find(json, "label")) ?? ElsaJson.Text(ElsaJson.Find(json, "name")) ?? slot;

                foreach (var member in json.EnumerateObject())
                    if (!Leaves.Contains(member.Name) && member.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
                        Collect(member.Value, $"{path}.{member.Name}", label, containerPath, depth + 1, found);

                break;
            case JsonValueKind.Array:
                var i = 0;

                foreach (var item in json.EnumerateArray())
                    Collect(item, $"{path}[{i++}]", slot, containerPath, depth + 1, found);

                break;
        }
    }

    private static bool IsExpression(JsonElement json) =>
        ElsaJson.Find(json, "expression") is not null || ElsaJson.Find(json, "memoryReference") is not null;

    private static bool IsActivity(JsonElement json) =>
        ElsaJson.Find(json, "type") is { ValueKind: JsonValueKind.String }
        && !IsExpression(json)
        && (
            ElsaJson.Find(json, "id") is { ValueKind: JsonValueKind.String }
            || ElsaJson.Text(ElsaJson.Find(json, "type"))!.Contains('.', StringComparison.Ordinal)
        );

    private static ImmutableArray<ConnectionOutline> ConnectionsOf(JsonElement json)
    {
        if (ElsaJson.Find(json, "connections") is not { } list)
            return [];

        var connections = ImmutableArray.CreateBuilder<ConnectionOutline>();

        foreach (var item in ElsaJson.Items(list))
        {
            var (source, port) = Nodes.FlowConnections.EndPoint(item, "source", "sourcePort");
            var (target, _) = Nodes.FlowConnections.EndPoint(item, "target", "targetPort");

            if (source is null || target is null)
                continue;

            var vertices = ElsaJson.Find(item, "vertices") is { ValueKind: JsonValueKind.Array } points
                ? points.EnumerateArray().Select(p => PointOf(p, "x", "y")).OfType<DesignerPoint>()
                : [];
            connections.Add(new ConnectionOutline(source, port is { Length: > 0 } ? port : "Done", target, [.. vertices]));
        }

        return connections.DrainToImmutable();
    }

    private static DesignerPoint? PointOf(JsonElement? json, string x, string y) =>
        json is { ValueKind: JsonValueKind.Object } point
        && Number(ElsaJson.Find(point, x)) is { } left
        && Number(ElsaJson.Find(point, y)) is { } top
            ? new DesignerPoint(left, top)
            : null;

    private static double? Number(JsonElement? json) =>
        json is { ValueKind: JsonValueKind.Number } number && number.TryGetDouble(out var value) && double.IsFinite(value) ? value : null;
}

/// <summary>One activity, and what it holds.</summary>
public sealed record ActivityOutline
{
    /// <summary>Its id; made of its type and place when the file has none.</summary>
    public required string Id { get; init; }

    /// <summary>Ids from the root down, joined by colons.</summary>
    public required string NodePath { get; init; }

    /// <summary>Type name.</summary>
    public required string Type { get; init; }

    /// <summary>What a person calls it: the text in its box, else its name, else its id.</summary>
    public required string Label { get; init; }

    /// <summary>JSON path.</summary>
    public required string Path { get; init; }

    /// <summary>Where in its container it stands: <c>activities</c>, <c>body</c>, <c>then</c>, the label of a case; null for the root.</summary>
    public string? Slot { get; init; }

    /// <summary>Upper left corner in the designer; null when nobody has placed it.</summary>
    public DesignerPoint? Position { get; init; }

    /// <summary>Width and height in the designer; null when not known.</summary>
    public DesignerPoint? Size { get; init; }

    /// <summary>What it holds, in order.</summary>
    public ImmutableArray<ActivityOutline> Children { get; init; } = [];

    /// <summary>Connections between its children.</summary>
    public ImmutableArray<ConnectionOutline> Connections { get; init; } = [];

    /// <summary>The activity as it stands.</summary>
    public required JsonElement Json { get; init; }

    /// <summary>Itself and all inside it, outer before inner.</summary>
    public IEnumerable<ActivityOutline> WithDescendants()
    {
        var pending = new Stack<ActivityOutline>();
        pending.Push(this);

        while (pending.TryPop(out var activity))
        {
            yield return activity;

            for (var i = activity.Children.Length - 1; i >= 0; i--)
                pending.Push(activity.Children[i]);
        }
    }
}

/// <summary>A connection between two activities of one container.</summary>
/// <param name="Source">Id of the activity that it leaves.</param>
/// <param name="Port">Outcome under which it is taken.</param>
/// <param name="Target">Id of the activity that it enters.</param>
/// <param name="Vertices">Corners that the designer gave it.</param>
public sealed record ConnectionOutline(string Source, string Port, string Target, ImmutableArray<DesignerPoint> Vertices);

/// <summary>A place or a size on the designer's canvas, in its own units.</summary>
/// <param name="X">To the right.</param>
/// <param name="Y">Down.</param>
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
public readonly record struct DesignerPoint(double X, double Y);
