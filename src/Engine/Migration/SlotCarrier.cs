using System.Collections.Immutable;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Nodes;
using ServiceLoop.Engine.State;
using Parallel = ServiceLoop.Engine.Nodes.Parallel;

namespace ServiceLoop.Engine.Migration;

/// <summary>What an execution is to the one around it: what that gave along, and how it keeps count of it.</summary>
internal readonly record struct FrameSlot(long Tag, string? Callback, bool Backward, bool IsStep, ImmutableArray<int> Late)
{
    public FrameState Into(FrameState frame) =>
        frame with
        {
            Tag = Tag,
            Callback = Callback,
            Backward = Backward,
            IsStep = IsStep,
            Late = Late,
        };

    public static FrameSlot Of(FrameState frame) => new(frame.Tag, frame.Callback, frame.Backward, frame.IsStep, frame.Late);
}

/// <summary>Carries one execution: its inputs, variables and properties, and what it is to the one around it.</summary>
internal sealed class SlotCarrier(WorkflowGraph from, WorkflowGraph to, NodeMap map, ValueCarrier values, Findings findings)
{
    /// <summary>Where an old node goes.</summary>
    public Node? PlaceOf(int oldNode) => map.To(from.Nodes[oldNode]);

    /// <summary>What an execution becomes, but for its place.</summary>
    public FrameState Carry(Living living)
    {
        var (old, place) = (living.Old, living.Place!);
        var frame = old with
        {
            Inputs = values.Inputs(living),
            Variables = values.Variables(living),
            Given = values.Outputs(living),
            Late = [],
        };

        // What dissolved containers around it held is in sight of it still.
        for (var above = living.Parent; above is { IsDissolved: true }; above = above.Parent)
            frame = frame with
            {
                Dynamic = [.. above.Old.Dynamic.Where(d => !frame.Dynamic.Any(own => Same(own.Name, d.Name))), .. frame.Dynamic],
            };

        if (place.Activity is Parallel or Fork { JoinMode: ForkJoinMode.WaitAll })
            frame = Recounted(frame, place.Children.Length - living.OldNode.Children.Length);

        if (place.Activity is StateMachine machine)
            frame = Carry(frame, living, machine);

        if (old.Callback is { } callback && living.Parent is { IsKept: true } owner)
            CheckCallback(callback, owner, living.OldNode, old.Id);

        if (
            old.InvokeCallback is { } resumed
            && NodeMap.IsSameType(living.OldNode, place)
            && !place.Descriptor.ResumePoints.ContainsKey(resumed)
        )
            findings.Refuse(
                MigrationCodes.Callback,
                $"'{living.Name}' goes on with the method '{resumed}', which its type does not have any more.",
                living
            );

        return frame;
    }

    /// <summary>Variables of a container that begins.</summary>
    public ImmutableArray<object?> Begin(Node node, Living inside) => values.Begin(node, inside);

    /// <summary>What an execution is to the one around it; null when that is refused.</summary>
    public FrameSlot? Slot(Living around, Living living) => SlotFor(around, living, living.Place!);

    /// <summary>What <paramref name="place"/>, in which something lives now, is to the one around it; null when that is refused.</summary>
    public FrameSlot? SlotFor(Living around, Living living, Node place)
    {
        var slot = FrameSlot.Of(living.Top.Old);
        var was = living.Top.OldNode;

        // A child of another generation: scheduled by an owner that is not around it in the definition.
        if (!ReferenceEquals(place.Parent, around.Place))
            return slot;

        return Adapted(around, slot, was, place, () => living.IsRefused = true, living.Old.Id);
    }

    /// <summary>Something that is scheduled and has not begun; null when it is refused.</summary>
    public QueuedState? Carry(QueuedState item, Living? owner, Living? existing)
    {
        var was = from.Nodes[item.Node];
        var place = existing is not null ? existing.Place : map.To(was);

        if (place is null || existing is { New: null } || (owner is { IsKept: false }))
        {
            if (existing is not { IsRefused: true })
                findings.Refuse(
                    MigrationCodes.NoPlace,
                    $"'{Living.NameOf(was)}' is about to run, and version {to.Version} has no place for it. Name one in the plan.",
                    was
                );

            return null;
        }

        if (existing is not null || item.IsUndo || owner is null)
            return item with { Node = place.Index, Late = item.Late.IsEmpty ? [] : existing?.New!.Late ?? [] };

        if (owner.IsRefused)
            return null;

        if (!NodeMap.IsSameType(was, place) || !ReferenceEquals(place.Parent, owner.Place))
        {
            findings.Refuse(
                MigrationCodes.Container,
                $"'{Living.NameOf(was)}' is about to run in '{owner.Name}', but its place in version {to.Version} is another type, or is not directly in it.",
                was
            );
            return null;
        }

        var slot = Adapted(owner, new(item.Tag, item.Callback, item.Backward, item.IsStep, item.Late), was, place, () => { }, 0);
        return slot is not { } fits
            ? null
            : item with
            {
                Node = place.Index,
                Tag = fits.Tag,
                Callback = fits.Callback,
                Backward = fits.Backward,
                IsStep = fits.IsStep,
                Late = fits.Late,
            };
    }

    /// <summary>What a child is to a container that begins with it.</summary>
    public static FrameSlot Fresh(Node around, Node child) =>
        new(around.Activity is Sequence ? child.Ordinal : 0, null, false, around.Activity is Flowchart, []);

    private FrameSlot? Adapted(Living around, FrameSlot slot, Node was, Node place, Action refused, long frameId)
    {
        // It lives directly in its container on both sides, or is the one thing left of a container that was.
        var wasDirect = ReferenceEquals(was.Parent, around.OldNode);

        switch (around.Place!.Activity)
        {
            case Flowchart:
                return slot with { Late = LateMarks(around, slot.Late) };
            case Sequence:
                // One that was scheduled by hand does not say its own position.
                return slot with
                {
                    Tag =
                        wasDirect && was.Ordinal != slot.Tag && slot.Tag < around.OldNode.Children.Length
                            ? map.To(around.OldNode.Children[(int)slot.Tag])?.Ordinal ?? place.Ordinal
                            : place.Ordinal,
                };
            case StateMachine machine:
                return Armed(around, slot, machine, place, refused, frameId);
            case Parallel or Fork or Switch or If or Loop or FlowNode or Composite:
                return slot;
        }

        // Of others nobody knows whether they count by position.
        if (!wasDirect || was.Ordinal == place.Ordinal)
            return slot;

        findings.Refuse(
            MigrationCodes.Container,
            $"'{Living.NameOf(was)}' is child {was.Ordinal + 1} of '{around.Name}' and would become child {place.Ordinal + 1}; {around.OldNode.Descriptor.DisplayName} may count by position. Keep its place among its siblings.",
            was,
            frameId
        );
        refused();
        return null;
    }

    private ImmutableArray<int> LateMarks(Living chart, ImmutableArray<int> late)
    {
        if (late.IsEmpty || chart.OldNode.Activity is not Flowchart)
            return [];

        var marks = ImmutableArray.CreateBuilder<int>();

        foreach (var join in late)
            if (map.To(chart.OldNode.Children[join]) is { } place && ReferenceEquals(place.Parent, chart.Place))
                marks.Add(place.Ordinal);

        marks.Sort();
        return marks.DrainToImmutable();
    }

    private void CheckCallback(string callback, Living owner, Node child, long frameId)
    {
        if (
            owner.OldNode.Descriptor.CompletionCallbacks.ContainsKey(callback)
            && !owner.Place!.Descriptor.CompletionCallbacks.ContainsKey(callback)
        )
            findings.Refuse(
                MigrationCodes.Callback,
                $"'{owner.Name}' is to hear of the end of '{Living.NameOf(child)}' by the method '{callback}', which its type does not have any more.",
                child,
                frameId
            );
    }

    /// <summary>A container that waits for all of its branches: branches that were added do not run in this instance, branches that are gone have run.</summary>
    private static FrameState Recounted(FrameState frame, int added)
    {
        if (added == 0)
            return frame;

        const string Completed = "Completed";
        var known = frame.Properties.FirstOrDefault(p => p.Name == Completed).Value;
        var count = Values.ValueConverter.To<long>(Plain(known)) + added;
        return frame with { Properties = With(frame.Properties, Completed, count == 0 ? null : count) };
    }

    private static ImmutableArray<NamedValue> With(ImmutableArray<NamedValue> values, string name, object? value)
    {
        for (var i = 0; i < values.Length; i++)
            if (values[i].Name == name)
                return value is null ? values.RemoveAt(i) : values.SetItem(i, new(name, value));

        return value is null ? values : values.Add(new(name, value));
    }

    /// <summary>The state that a machine stands in, and the transition that it is on.</summary>
    private FrameState Carry(FrameState frame, Living living, StateMachine machine)
    {
        if (living.OldNode.Activity is not StateMachine old)
            return frame;

        var state = Plain(frame.Properties.FirstOrDefault(p => p.Name == StateMachine.StateKey).Value) as string;

        if (state is not null && machine.States.All(s => s.Name != state))
        {
            findings.Refuse(
                MigrationCodes.Machine,
                $"'{living.Name}' stands in the state '{state}', which version {to.Version} does not have.",
                living
            );
            return frame;
        }

        foreach (var transition in machine.Transitions)
            if (transition.From == state && transition.Trigger is { } trigger && map.Origin(trigger.Node) is null)
                findings.Note(
                    $"'{living.Name}' stands in '{state}'; its new transition '{transition.Name}' waits from the next time on that this state is entered.",
                    living.OldNode,
                    living.Old.Id
                );

        if (Plain(frame.Properties.FirstOrDefault(p => p.Name == StateMachine.TransitionKey).Value) is not { } taken)
            return frame;

        var index = Find(machine, old.Transitions[Values.ValueConverter.To<int>(taken)]);
        var isOnIt = living.Children.Exists(c => StateMachine.IsOnTransition(c.Old.Tag));

        if (index < 0 && isOnIt)
            findings.Refuse(
                MigrationCodes.Machine,
                $"'{living.Name}' is on the transition '{old.Transitions[Values.ValueConverter.To<int>(taken)].Name}', which version {to.Version} does not have.",
                living
            );

        return frame with
        {
            Properties = With(frame.Properties, StateMachine.TransitionKey, index < 0 ? null : (object)(long)index),
        };
    }

    private FrameSlot? Armed(Living around, FrameSlot slot, StateMachine machine, Node place, Action refused, long frameId)
    {
        if (!StateMachine.IsArmed(slot.Tag))
            return slot;

        for (var i = 0; i < machine.Transitions.Count; i++)
            if (ReferenceEquals(machine.Transitions[i].Trigger?.Node, place))
            {
                var was = ((StateMachine)around.OldNode.Activity).Transitions[StateMachine.TransitionOf(slot.Tag)];

                if (was.From == machine.Transitions[i].From)
                    return slot with { Tag = StateMachine.ArmedTag(i) };
            }

        findings.Refuse(
            MigrationCodes.Machine,
            $"'{Living.NameOf(place)}' waits as a way out of a state of '{around.Name}', and is none of this state in version {to.Version}.",
            place,
            frameId
        );
        refused();
        return null;
    }

    private static int Find(StateMachine machine, MachineTransition transition)
    {
        for (var i = 0; i < machine.Transitions.Count; i++)
            if (
                machine.Transitions[i].Name == transition.Name
                && machine.Transitions[i].From == transition.From
                && machine.Transitions[i].To == transition.To
            )
                return i;

        return -1;
    }

    private static object? Plain(object? value) => value is RawValue raw ? Values.ValueJson.ReadStored(raw.Utf8, typeof(object)) : value;

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);
}
