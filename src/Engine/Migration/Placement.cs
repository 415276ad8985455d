using System.Collections.Immutable;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Nodes;
using ServiceLoop.Engine.State;

namespace ServiceLoop.Engine.Migration;

/// <summary>Puts the living executions into the new graph: decides which containers end, which begin, and who belongs to whom.</summary>
/// <remarks>
/// <code>
/// has a place, lies within the place of what is around it        it stays, with its number
/// its container has no place, or lies elsewhere                  the container is dissolved, where its state is nothing but the one step in it
/// there are containers between it and what is around it          they begin, where their state can be told from the one step in them
/// anything else                                                  refused
/// </code>
/// </remarks>
internal sealed class Placement(WorkflowGraph to, SlotCarrier slots, Findings findings)
{
    private readonly Dictionary<(long Around, Node Node), FrameState> begun = [];
    private readonly List<FrameState> frames = [];
    private long nextId;

    /// <summary>All frames of the new state, in order.</summary>
    public ImmutableArray<FrameState> Frames => [.. frames];

    /// <summary>The next free number.</summary>
    public long NextId => nextId;

    /// <summary>Places everything; what cannot be placed is refused.</summary>
    /// <param name="all">Everything that lives, in order.</param>
    /// <param name="firstFree">The first free number.</param>
    public void Place(IReadOnlyList<Living> all, long firstFree)
    {
        nextId = firstFree;

        foreach (var root in all)
            if (root.Parent is null)
                Judge(root);

        foreach (var living in all)
            if (living is { IsKept: true, IsRefused: false })
                Settle(living);
    }

    /// <summary>From the inside out: what is dissolved, and what has no place.</summary>
    private void Judge(Living living)
    {
        foreach (var child in living.Children)
            Judge(child);

        var inside = Inside(living);

        if (living.Place is { } place && (inside.Count == 0 || inside.Exists(n => IsBeneath(n, place))))
        {
            if (!NodeMap.IsSameType(living.OldNode, place))
                findings.Refuse(
                    MigrationCodes.OtherType,
                    $"'{living.Name}' lives and is {Type(living.OldNode)}; its place '{place.Id}' in version {to.Version} is {Type(place)}. Give it a place of the same type.",
                    living
                );

            return;
        }

        // What is inside was refused; that says it all.
        if (living.Children.Exists(c => c.IsRefused) && living.Place is not null)
            return;

        if (inside.Count == 1 && living.Queued.Count == 0 && IsTransparent(living))
        {
            living.IsDissolved = true;
            return;
        }

        if (living.Place is null)
            findings.Refuse(
                MigrationCodes.NoPlace,
                living.Children.Count == 0
                    ? $"'{living.Name}' is where the instance stands, and version {to.Version} has no place for it. Name one in the plan."
                    : $"'{living.Name}' lives with what it contains, and version {to.Version} has no place for it. Name one in the plan, or move everything in it to one place outside.",
                living
            );
        else
            findings.Refuse(
                MigrationCodes.Container,
                $"What lives in '{living.Name}' goes to a place outside of it, but the {Type(living.OldNode)} itself cannot end: it keeps count of what it contains.",
                living
            );
    }

    /// <summary>New places of what lives directly in it, seen through what is dissolved.</summary>
    private List<Node> Inside(Living living)
    {
        var inside = new List<Node>();

        foreach (var child in living.Children)
            if (child.Old.IsUndo)
                continue;
            else if (child.IsDissolved)
                inside.AddRange(Inside(child));
            else if (child.Place is not null)
                inside.Add(child.Place);

        foreach (var item in living.Queued)
            if (!item.IsUndo && item.Frame == 0 && slots.PlaceOf(item.Node) is { } place)
                inside.Add(place);

        return inside;
    }

    private void Settle(Living living)
    {
        var around = living.KeptParent;

        // The workflow itself, an undo step, or one whose owner has ended.
        if (around is null || living.Old.IsUndo)
        {
            frames.Add(living.New = slots.Carry(living) with { Node = living.Place!.Index, Parent = living.Old.Parent });
            return;
        }

        if (around.IsRefused || around.Place is null)
        {
            living.IsRefused = true;
            return;
        }

        if (PathBetween(around.Place, living.Place!) is not { } path)
        {
            findings.Refuse(
                MigrationCodes.Container,
                $"'{living.Name}' lives in '{around.Name}', but its place in version {to.Version} is not inside '{around.Place.Id}'.",
                living
            );
            return;
        }

        var owner = around.Old.Id;
        var above = around.Place;
        var frame = slots.Carry(living);

        for (var i = 0; i < path.Count; i++)
        {
            var isFirst = i == 0;
            var began = Begin(around, owner, path[i], living, isFirst ? frame.Dynamic : []);

            if (began is null)
                return;

            if (isFirst)
                frame = frame with { Dynamic = [] };

            (owner, above) = (began.Id, path[i]);
        }

        var slot = path.Count == 0 ? slots.Slot(around, living) : SlotCarrier.Fresh(above, living.Place!);

        if (slot is null)
            return;

        frames.Add(living.New = slot.Value.Into(frame) with { Node = living.Place!.Index, Parent = owner });
    }

    /// <summary>Makes a container begin around something that lives, or finds the one that did for its neighbour.</summary>
    private FrameState? Begin(Living around, long owner, Node node, Living inside, ImmutableArray<NamedValue> given)
    {
        if (begun.TryGetValue((owner, node), out var shared))
        {
            // Two steps side by side are at home in a flowchart only.
            if (node.Activity is Flowchart)
                return shared;

            findings.Refuse(
                MigrationCodes.Container,
                $"'{inside.Name}' and another step would both live in '{node.Id}', which runs one at a time.",
                inside
            );
            return null;
        }

        if (!CanBegin(node))
        {
            findings.Refuse(
                MigrationCodes.Container,
                $"'{inside.Name}' would move into '{node.Id}', a {Type(node)}, which has never begun in this instance: nobody can tell its state. Move it elsewhere, or let the instance end on its version.",
                inside
            );
            return null;
        }

        var isOutermost = owner == around.Old.Id;
        var slot = isOutermost ? slots.SlotFor(around, inside, node) : SlotCarrier.Fresh(node.Parent!, node);

        if (slot is null)
            return null;

        var frame = slot.Value.Into(
            new FrameState
            {
                Id = nextId++,
                Node = node.Index,
                Parent = owner,
                FaultCount = inside.Old.FaultCount,
                Variables = slots.Begin(node, inside),
                Dynamic = given,
            }
        );
        begun[(owner, node)] = frame;
        frames.Add(frame);
        return frame;
    }

    /// <summary>Nodes between two, outermost first; null when one does not contain the other.</summary>
    private static List<Node>? PathBetween(Node around, Node inside)
    {
        var path = new List<Node>();

        for (var node = inside.Parent; node is not null; node = node.Parent)
        {
            if (ReferenceEquals(node, around))
            {
                path.Reverse();
                return path;
            }

            path.Add(node);
        }

        return null;
    }

    private static bool IsBeneath(Node node, Node around)
    {
        for (var above = node.Parent; above is not null; above = above.Parent)
            if (ReferenceEquals(above, around))
                return true;

        return false;
    }

    /// <summary>True for a container whose state is nothing but the one step that lives in it.</summary>
    private static bool IsTransparent(Living living) =>
        living.Old.Status == ActivityStatus.Running
        && living.OldNode.Activity switch
        {
            Sequence or FlowNode or If or While => true,
            Flowchart => living.Old.Flow.Length <= 1,
            _ => false,
        };

    /// <summary>True for a container that can begin in the middle: its state can be told from the one step that lives in it.</summary>
    private bool CanBegin(Node node) =>
        node.Activity switch
        {
            Sequence or FlowNode or If or While => true,
            Flowchart => to.Semantics == FlowSemantics.Sound,
            _ => false,
        };

    private static string Type(Node node) => node.Descriptor.DisplayName;
}
