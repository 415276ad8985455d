using System.Collections.Immutable;
using System.Text.Json;
using ServiceLoop.Engine.Graph;

namespace ServiceLoop.Engine.Definitions;

/// <summary>An Elsa 3 definition version: the JSON as it came, and a typed view of its envelope. Immutable.</summary>
/// <remarks>The JSON is the truth: unknown members, order and the text of numbers are kept, so reading and writing changes nothing.</remarks>
public sealed record WorkflowDefinition
{
    /// <summary>The whole document.</summary>
    public required JsonElement Json { get; init; }

    /// <summary>Id of this version; empty when the file has none.</summary>
    public string Id { get; init; } = "";

    /// <summary>Id of the line of versions; empty when the file has none.</summary>
    public string DefinitionId { get; init; } = "";

    /// <summary>Name; when used as activity it gives the type name.</summary>
    public string? Name { get; init; }

    /// <summary>What it is for.</summary>
    public string? Description { get; init; }

    /// <summary>Number of the version, from 1.</summary>
    public int Version { get; init; } = 1;

    /// <summary>The designer that wrote it. From 3.0.0.0 on, expressions find outputs by the name of the activity, before by its id.</summary>
    public Version? ToolVersion { get; init; }

    /// <summary>Hides editing.</summary>
    public bool IsReadonly { get; init; }

    /// <summary>Hidden.</summary>
    public bool IsSystem { get; init; }

    /// <summary>Newest version.</summary>
    public bool IsLatest { get; init; }

    /// <summary>The version that new instances start on.</summary>
    public bool IsPublished { get; init; }

    /// <summary>Variables of the workflow.</summary>
    public ImmutableArray<VariableDefinition> Variables { get; init; } = [];

    /// <summary>Declared inputs.</summary>
    public ImmutableArray<ArgumentDefinition> Inputs { get; init; } = [];

    /// <summary>Declared outputs.</summary>
    public ImmutableArray<ArgumentDefinition> Outputs { get; init; } = [];

    /// <summary>Outcomes when used as activity.</summary>
    public ImmutableArray<string> Outcomes { get; init; } = [];

    /// <summary>May be used as activity.</summary>
    public bool UsableAsActivity { get; init; }

    /// <summary>Category when used as activity.</summary>
    public string? ActivityCategory { get; init; }

    /// <summary>What a fault does; null means the host's default.</summary>
    public IncidentStrategy? IncidentStrategy { get; init; }

    /// <summary>Whether it may start beside others.</summary>
    public ActivationStrategy ActivationStrategy { get; init; }

    /// <summary>When the burst is committed; null means at its end.</summary>
    public string? CommitStrategy { get; init; }

    /// <summary>The semantics that it asks for in <c>customProperties.flowSemantics</c>; null means the default.</summary>
    public string? FlowSemantics { get; init; }

    /// <summary>The root activity; undefined or null means an empty sequence.</summary>
    public JsonElement Root { get; init; }

    /// <summary>True when outputs are found by the name of the activity.</summary>
    public bool HasModernTooling => ToolVersion is { Major: >= 3 } || ToolVersion is null;

    /// <summary>The type name that it has when used as activity.</summary>
    public string ActivityTypeName => PascalCase(Name is { Length: > 0 } ? Name : DefinitionId);

    /// <summary>"Refund request" as "RefundRequest".</summary>
    internal static string PascalCase(string text)
    {
        var result = new System.Text.StringBuilder(text.Length);
        var upper = true;

        foreach (var c in text)
        {
            if (!char.IsLetterOrDigit(c))
            {
                upper = true;
                continue;
            }

            result.Append(upper ? char.ToUpperInvariant(c) : c);
            upper = false;
        }

        return result.ToString();
    }
}

/// <summary>A declared variable.</summary>
/// <param name="Id">Id that activities bind to.</param>
/// <param name="Name">Name, matched without regard to case.</param>
/// <param name="TypeName">Alias of the type.</param>
/// <param name="IsArray">True: an array of the type.</param>
/// <param name="Value">Default value as it stands in the JSON, plain.</param>
/// <param name="Path">JSON path.</param>
public sealed record VariableDefinition(string Id, string Name, string TypeName, bool IsArray, object? Value, string Path)
{
    /// <summary>True: its values are secret. They are encrypted where they are stored, and masked where they are shown.</summary>
    public bool IsSensitive { get; init; }
}

/// <summary>A declared input or output.</summary>
/// <param name="Name">Name.</param>
/// <param name="TypeName">Alias of the type.</param>
/// <param name="IsArray">True: an array of the type.</param>
/// <param name="DisplayName">Name in the designer.</param>
/// <param name="Description">One sentence.</param>
/// <param name="Category">Tab in the designer.</param>
/// <param name="UIHint">Editor in the designer.</param>
/// <param name="DefaultValue">Default, as plain value.</param>
public sealed record ArgumentDefinition(
    string Name,
    string TypeName,
    bool IsArray,
    string? DisplayName,
    string? Description,
    string? Category,
    string? UIHint,
    object? DefaultValue
)
{
    /// <summary>True: its values are secret. They are encrypted where they are stored, and masked where they are shown.</summary>
    public bool IsSensitive { get; init; }
}
