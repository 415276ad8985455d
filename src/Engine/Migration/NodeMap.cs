using System.Collections.Immutable;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Nodes;

namespace ServiceLoop.Engine.Migration;

/// <summary>Where each node of the old graph goes in the new one: as the plan says, else by the same path of ids, else by an id that is unique in both.</summary>
internal sealed class NodeMap
{
    private readonly Node?[] to;
    private readonly bool[] isChosen;
    private readonly Node?[] origin;

    public NodeMap(WorkflowGraph from, WorkflowGraph target, MigrationPlan plan)
    {
        to = new Node?[from.Nodes.Length];
        isChosen = new bool[from.Nodes.Length];
        origin = new Node?[target.Nodes.Length];
        var taken = new HashSet<Node>();
        var problems = ImmutableArray.CreateBuilder<MigrationRefusal>();

        foreach (var move in plan.Activities)
        {
            if (Find(from, move.From) is not { } source)
            {
                problems.Add(Unknown(move.From, "old", from));
                continue;
            }

            var place = move.To is null ? null : Find(target, move.To);

            if (move.To is not null && place is null)
            {
                problems.Add(Unknown(move.To, "new", target));
                continue;
            }

            if (isChosen[source.Index] || (place is not null && !taken.Add(place)))
                problems.Add(
                    new(
                        MigrationCodes.PlanUnknown,
                        $"The plan names '{(isChosen[source.Index] ? move.From : move.To)}' twice. Each activity goes to one place, and each place takes one.",
                        source.Id
                    )
                );

            (to[source.Index], isChosen[source.Index]) = (place, true);
        }

        Problems = problems.DrainToImmutable();
        ByPath(from, target, taken);
        ById(from, target, taken);

        foreach (var node in from.Nodes)
            if (to[node.Index] is { } place)
                origin[place.Index] ??= node;
    }

    /// <summary>What is wrong with the plan.</summary>
    public ImmutableArray<MigrationRefusal> Problems { get; }

    /// <summary>Where an old node goes; null when it has no place.</summary>
    public Node? To(Node old) => to[old.Index];

    /// <summary>Which old node came to a new one; null when it is new.</summary>
    public Node? Origin(Node place) => origin[place.Index];

    /// <summary>True: the plan says so.</summary>
    public bool IsChosen(Node old) => isChosen[old.Index];

    /// <summary>Finds a node by its path of ids, else by an id that only one has.</summary>
    public static Node? Find(WorkflowGraph graph, string name)
    {
        if (graph.FindByNodeId(name) is { } exact)
            return exact;

        Node? found = null;

        foreach (var node in graph.Nodes)
        {
            if (!string.Equals(node.Id, name, StringComparison.Ordinal))
                continue;

            if (found is not null)
                return null;

            found = node;
        }

        return found;
    }

    private static MigrationRefusal Unknown(string name, string which, WorkflowGraph graph) =>
        new(
            MigrationCodes.PlanUnknown,
            graph.Nodes.Any(n => string.Equals(n.Id, name, StringComparison.Ordinal))
                ? $"The plan names '{name}', which several activities of the {which} version {graph.Version} are called. Use the path of ids."
                : $"The plan names '{name}', which the {which} version {graph.Version} does not have. Use the id of an activity, or its path of ids.",
            name
        );

    /// <summary>From the outside in: the workflow itself, then in each container that has a place the children with the same id.</summary>
    private void ByPath(WorkflowGraph from, WorkflowGraph target, HashSet<Node> taken)
    {
        foreach (var node in from.Nodes)
        {
            if (isChosen[node.Index])
                continue;

            if (node.Parent is null)
                Place(node, target.Root, taken);
            else if (to[node.Parent.Index] is { } around)
                Place(
                    node,
                    around.Children.FirstOrDefault(c => string.Equals(c.Id, node.Id, StringComparison.Ordinal) && !taken.Contains(c))
                        ?? RootOf(node, around),
                    taken
                );
        }
    }

    /// <summary>The one activity that a composite is made of is the same one, whatever its id.</summary>
    private static Node? RootOf(Node old, Node around) =>
        old.Parent!.Activity is Composite { Root: { } root }
        && ReferenceEquals(root.Node, old)
        && around.Activity is Composite { Root: { } place }
        && IsSameType(old, place.Node)
            ? place.Node
            : null;

    private void ById(WorkflowGraph from, WorkflowGraph target, HashSet<Node> taken)
    {
        var places = target.Nodes.Where(n => n.Parent is not null).ToLookup(n => (n.Id, IdOf(n.Composite)));
        var sources = from.Nodes.Where(n => n.Parent is not null).ToLookup(n => (n.Id, IdOf(n.Composite)));

        foreach (var node in from.Nodes)
            if (
                to[node.Index] is null
                && !isChosen[node.Index]
                && node.Parent is not null
                && sources[(node.Id, IdOf(node.Composite))].Count() == 1
                && places[(node.Id, IdOf(node.Composite))].ToList() is [var only]
                && IsSameType(node, only)
            )
                Place(node, only, taken);

        static string IdOf(Node? composite) => composite is null or { Parent: null } ? "" : composite.NodeId;
    }

    private void Place(Node node, Node? place, HashSet<Node> taken)
    {
        if (place is not null && taken.Add(place))
            to[node.Index] = place;
    }

    /// <summary>True when what lives in one may go on in the other.</summary>
    public static bool IsSameType(Node old, Node place) =>
        old.Activity is WorkflowCall call
            ? place.Activity is WorkflowCall other && call.Definition.DefinitionId == other.Definition.DefinitionId
            : old.Descriptor.TypeName == place.Descriptor.TypeName;
}
