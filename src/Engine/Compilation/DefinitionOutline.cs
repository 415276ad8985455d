using System.Collections.Immutable;
using System.Text.Json;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Engine.Expressions;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Nodes;

namespace ServiceLoop.Engine.Compilation;

/// <summary>Where a definition has its activities and what the engine calls them; also of a definition that does not compile.</summary>
/// <remarks>Ids and node ids are those of the graph that the same definition compiles to with the same sub-workflows.</remarks>
public sealed class DefinitionOutline
{
    private readonly Dictionary<string, OutlinedActivity> byPath = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, OutlinedActivity> byNodeId = new(StringComparer.Ordinal);

    private DefinitionOutline(Node workflow) => Workflow = Remember(workflow, null);

    /// <summary>The workflow itself; its only child is the root, beside undo steps that the engine adds.</summary>
    public OutlinedActivity Workflow { get; }

    /// <summary>The versions that it uses as activities, directly or inside each other; each once.</summary>
    public IEnumerable<WorkflowDefinition> Uses => byNodeId.Values.Select(a => a.Uses).OfType<WorkflowDefinition>().DistinctBy(d => d.Id);

    /// <summary>
    /// Published versions by definition id, of the lines of <see cref="Uses"/>: what a step could be updated to. None unless it is set, for what
    /// a graph is made of does not depend on them.
    /// </summary>
    public IReadOnlyDictionary<string, WorkflowDefinition> Published { get; set; } = ImmutableDictionary<string, WorkflowDefinition>.Empty;

    /// <summary>The activity at a JSON path, as in <see cref="CompileError.Path"/>; null when none stands there.</summary>
    public OutlinedActivity? FindByPath(string path) => byPath.GetValueOrDefault(path);

    /// <summary>The activity with a node id; null when there is none.</summary>
    public OutlinedActivity? FindByNodeId(string nodeId) => byNodeId.GetValueOrDefault(nodeId);

    internal static DefinitionOutline Of(WorkflowDefinition definition, ActivityCatalog catalog, IDefinitionSource source)
    {
        var errors = new List<CompileError>();
        var workflow = new ActivityReader(catalog, source, FlowSemantics.Sound, errors).ReadWorkflow(definition);
        new GraphBuilder(catalog, new Dictionary<string, IExpressionLanguage>(), FlowSemantics.Sound, errors).Number(workflow);
        return new DefinitionOutline(workflow.Node);
    }

    private OutlinedActivity Remember(Node node, OutlinedActivity? parent)
    {
        var activity = new OutlinedActivity(node, parent);

        // A workflow, a root that is missing and undo steps stand nowhere in the file.
        if (node.Activity.Path != "$")
            byPath.TryAdd(node.Activity.Path, activity);

        byNodeId.TryAdd(node.NodeId, activity);
        activity.Children = [.. node.Children.Select(child => Remember(child, activity))];
        return activity;
    }
}

/// <summary>An activity in a <see cref="DefinitionOutline"/>.</summary>
public sealed class OutlinedActivity
{
    private readonly Node node;

    internal OutlinedActivity(Node node, OutlinedActivity? parent) => (this.node, Parent) = (node, parent);

    /// <summary>JSON path; <c>$</c> for a workflow.</summary>
    public string Path => node.Activity.Path;

    /// <summary>Id, generated when the file has none.</summary>
    public string Id => node.Id;

    /// <summary>Ids from the workflow down, joined by colons.</summary>
    public string NodeId => node.NodeId;

    /// <summary>Name by which expressions find it; null when it has none.</summary>
    public string? Name => node.Activity.Name;

    /// <summary>What is known about its type.</summary>
    public ActivityDescriptor Descriptor => node.Descriptor;

    /// <summary>Version of the type that the file asks for; 0 for none.</summary>
    public int RequestedVersion => node.Activity.RequestedVersion;

    /// <summary>The definition that it is a use of; null for all other activities.</summary>
    public WorkflowDefinition? Uses => (node.Activity as WorkflowCall)?.Definition;

    /// <summary>Name of its type where that is not known; null for all other activities.</summary>
    public string? MissingTypeName => (node.Activity as NotFoundActivity)?.MissingTypeName;

    /// <summary>True for a flowchart.</summary>
    public bool IsFlowchart => node.Activity is Flowchart;

    /// <summary>True for a workflow: the outermost, or the inside of a use.</summary>
    public bool IsWorkflow => node.Activity is Workflow;

    /// <summary>Whether it starts the workflow.</summary>
    public bool CanStartWorkflow => node.Activity.CanStartWorkflow;

    /// <summary>The activity around it; null for the workflow itself.</summary>
    public OutlinedActivity? Parent { get; }

    /// <summary>The activities in it, in order.</summary>
    public ImmutableArray<OutlinedActivity> Children { get; internal set; } = [];

    /// <summary>Finds the path, in the file, of the definition used by this activity: what stands before <c>$</c> in paths inside it.</summary>
    internal string InnerPath => $"{Path}{CompileError.Inside}{Uses!.DefinitionId}:";

    /// <summary>True when the type in the file is a stand-in for one that was not known where it was written, but is known here.</summary>
    internal bool IsRestored(JsonElement json) =>
        MissingTypeName is null && ElsaJson.Text(ElsaJson.Find(json, "type")) == NotFoundActivity.TypeName;
}
