using System.Text.Json.Nodes;

namespace ServiceLoop.Workflows.Api.Descriptors;

/// <summary>A list in Elsa's words.</summary>
/// <param name="Items">The items; never null.</param>
/// <param name="Count">How many.</param>
internal sealed record ItemsView<T>(IReadOnlyList<T> Items, int Count)
{
    /// <summary>A list of these.</summary>
    public static ItemsView<T> Of(IReadOnlyList<T> items) => new(items, items.Count);
}

/// <summary>An activity type as the designer sees it. Lists and objects are never null; a type and version comes once.</summary>
internal sealed record ActivityDescriptorView
{
    public required string TypeName { get; init; }

    public required string Namespace { get; init; }

    public required string Name { get; init; }

    public required int Version { get; init; }

    public required string Category { get; init; }

    public required string DisplayName { get; init; }

    public required string Description { get; init; }

    public required string Kind { get; init; }

    public bool RunAsynchronously { get; init; }

    public bool IsBrowsable { get; init; } = true;

    public bool IsContainer { get; init; }

    public bool IsStart { get; init; }

    public bool IsTerminal { get; init; }

    public IReadOnlyList<InputView> Inputs { get; init; } = [];

    public IReadOnlyList<OutputView> Outputs { get; init; } = [];

    public IReadOnlyList<PortView> Ports { get; init; } = [];

    /// <summary>What the designer asks about the type.</summary>
    public IReadOnlyDictionary<string, object> CustomProperties { get; init; } = new Dictionary<string, object>(StringComparer.Ordinal);

    /// <summary>What a new activity is born with.</summary>
    public IReadOnlyDictionary<string, object> ConstructionProperties { get; init; } =
        new Dictionary<string, object>(StringComparer.Ordinal);
}

/// <summary>An input of an activity type.</summary>
internal sealed record InputView
{
    public required string Name { get; init; }

    public required string TypeName { get; init; }

    public required string DisplayName { get; init; }

    public string Description { get; init; } = "";

    public string? Category { get; init; }

    public float Order { get; init; }

    public bool IsBrowsable { get; init; } = true;

    /// <summary>True: declared by a workflow, not by a class.</summary>
    public bool IsSynthetic { get; init; }

    /// <summary>True: stored with an expression; false: stored as plain JSON.</summary>
    public bool IsWrapped { get; init; } = true;

    public required string UiHint { get; init; }

    public JsonNode? DefaultValue { get; init; }

    public string DefaultSyntax { get; init; } = "Literal";

    public bool IsReadOnly { get; init; }

    public bool IsSensitive { get; init; }

    public bool IsSerializable { get; init; } = true;

    public bool AutoEvaluate { get; init; } = true;

    public string? StorageDriverType { get; init; }

    /// <summary>By hint: what its editor needs.</summary>
    public JsonObject UiSpecifications { get; init; } = [];
}

/// <summary>An output of an activity type.</summary>
internal sealed record OutputView(string Name, string TypeName, string DisplayName, string Description, bool IsSynthetic = false)
{
    public float Order { get; init; }

    public bool IsBrowsable { get; init; } = true;

    public bool IsSerializable { get; init; } = true;
}

/// <summary>A port of an activity type.</summary>
/// <param name="Name">Outcome, or name of the member that holds the child.</param>
/// <param name="DisplayName">Name for people.</param>
/// <param name="Type"><c>Flow</c>: a connection starts here; <c>Embedded</c>: a child is held here.</param>
/// <param name="IsBrowsable">False: the designer shows nothing for it.</param>
internal sealed record PortView(string Name, string DisplayName, string Type, bool IsBrowsable = true)
{
    public static PortView Flow(string outcome) => new(outcome, outcome, "Flow");

    public static PortView Embedded(string member, string displayName, bool isBrowsable = true) =>
        new(member, displayName, "Embedded", isBrowsable);
}
