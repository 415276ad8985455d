using System.Text.Json.Nodes;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.Workflows.Api.Descriptors;

/// <summary>Descriptors of workflows that may be used as activities.</summary>
internal static class WorkflowDescriptors
{
    private const string DefaultCategory = "Workflows";

    // Members that every activity has; an input of such a name is stored with an underscore in front.
    private static readonly string[] Reserved =
    [
        "id",
        "nodeId",
        "name",
        "type",
        "version",
        "customProperties",
        "syntheticProperties",
        "metadata",
        "root",
        "canStartWorkflow",
        "runAsynchronously",
        "workflowDefinitionId",
        "workflowDefinitionVersionId",
        "latestAvailablePublishedVersion",
        "latestAvailablePublishedVersionId",
    ];

    /// <summary>Describes a version.</summary>
    /// <param name="version">The version; it may be used as activity.</param>
    /// <param name="published">The published version of its line; null when there is none.</param>
    /// <param name="isInPalette">True: new uses are made of this descriptor, and name the published version.</param>
    public static ActivityDescriptorView Describe(WorkflowDefinition version, WorkflowDefinition? published, bool isInPalette)
    {
        var typeName = version.ActivityTypeName;
        return new ActivityDescriptorView
        {
            TypeName = typeName,
            Namespace = "Workflows",
            Name = typeName,
            Version = version.Version,
            Category = version.ActivityCategory is { Length: > 0 } category ? category : DefaultCategory,
            DisplayName = version.Name is { Length: > 0 } name ? name : version.DefinitionId,
            Description = version.Description ?? "",
            Kind = nameof(Engine.ActivityKind.Action),
            IsBrowsable = isInPalette,
            Inputs = [.. version.Inputs.Select(Describe)],
            Outputs =
            [
                .. version.Outputs.Select(o => new OutputView(
                    Stored(o.Name),
                    TypeOf(o),
                    o.DisplayName is { Length: > 0 } shown ? shown : o.Name,
                    o.Description ?? "",
                    IsSynthetic: true
                )),
            ],
            Ports =
            [
                .. (version.Outcomes is { IsEmpty: false } outcomes ? outcomes : [Engine.Outcomes.Done]).Select(PortView.Flow),
                PortView.Embedded("Root", "Root", isBrowsable: false),
            ],
            CustomProperties = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["RootType"] = "WorkflowDefinitionActivity",
                ["WorkflowDefinitionId"] = version.DefinitionId,
                ["WorkflowDefinitionVersionId"] = version.Id,
            },
            ConstructionProperties = Construction(isInPalette && published is not null ? published : version, published),
        };
    }

    private static Dictionary<string, object> Construction(WorkflowDefinition version, WorkflowDefinition? published)
    {
        var properties = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["workflowDefinitionId"] = version.DefinitionId,
            ["workflowDefinitionVersionId"] = version.Id,
        };

        if (published is not null)
        {
            properties["latestAvailablePublishedVersion"] = published.Version;
            properties["latestAvailablePublishedVersionId"] = published.Id;
        }

        return properties;
    }

    private static InputView Describe(ArgumentDefinition input)
    {
        var type = WorkflowTypes.Find(input.TypeName) ?? typeof(object);
        var hint = input.UIHint is { Length: > 0 } chosen ? chosen : InputDescriptor.HintFor(input.IsArray ? type.MakeArrayType() : type);
        return new InputView
        {
            Name = Stored(input.Name),
            TypeName = TypeOf(input),
            DisplayName = input.DisplayName is { Length: > 0 } shown ? shown : input.Name,
            Description = input.Description ?? "",
            Category = input.Category is { Length: > 0 } category ? category : null,
            IsSynthetic = true,
            UiHint = hint,
            DefaultSyntax = InputSpecifications.SyntaxOf(hint),
            DefaultValue = input.DefaultValue is null ? null : JsonNode.Parse(ValueJson.ToText(PlainValue.Of(input.DefaultValue))),
        };
    }

    private static string Stored(string name) => Reserved.Contains(name, StringComparer.OrdinalIgnoreCase) ? "_" + name : name;

    private static string TypeOf(ArgumentDefinition argument) => argument.IsArray ? $"{argument.TypeName}[]" : argument.TypeName;
}
