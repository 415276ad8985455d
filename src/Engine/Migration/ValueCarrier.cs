using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.State;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.Engine.Migration;

/// <summary>Carries values: inputs by name as they were read, variables by id or name, or as the plan says.</summary>
internal sealed class ValueCarrier(WorkflowGraph from, WorkflowGraph to, MigrationPlan plan, Findings findings)
{
    private readonly List<(Living Owner, int Slot)> unused = [];
    private readonly HashSet<(long Frame, int Slot)> used = [];

    /// <summary>Looks through what lives before anything is carried: variables whose scope goes may have another place.</summary>
    public void Survey(IReadOnlyList<Living> all)
    {
        foreach (var living in all)
            for (var i = 0; i < living.Old.Variables.Length; i++)
                unused.Add((living, i));

        foreach (var move in plan.Variables)
        {
            if (move.From is { } old && !from.Nodes.Any(n => Slot(n, old) >= 0))
                findings.Add(
                    new(MigrationCodes.PlanUnknown, $"The plan names the variable '{old}', which version {from.Version} does not have.")
                );

            if (move.To is { } place && !to.Nodes.Any(n => Slot(n, place) >= 0))
                findings.Add(
                    new(MigrationCodes.PlanUnknown, $"The plan names the variable '{place}', which version {to.Version} does not have.")
                );
        }
    }

    /// <summary>Says which values are left behind.</summary>
    public void NoteDropped()
    {
        foreach (var (owner, slot) in unused)
        {
            var variable = owner.OldNode.Variables[slot];

            if (
                !used.Contains((owner.Old.Id, slot))
                && owner.Old.Variables[slot] is not null
                && !plan.Variables.Any(m => m.From is { } name && m.To is null && Is(variable, name))
            )
                findings.Note(
                    $"The value of variable '{variable.Name}' is left behind: version {to.Version} has no place for it.",
                    owner.OldNode,
                    owner.Old.Id
                );
        }
    }

    /// <summary>Inputs as they were read; those that are new are constants or empty.</summary>
    public ImmutableArray<object?> Inputs(Living living)
    {
        var (old, place) = (living.OldNode, living.Place!);

        if (place.Inputs.Length == 0 || !NodeMap.IsSameType(old, place))
            return [];

        // It has not come to reading them.
        if (living.Old.Inputs.IsEmpty && old.ConstantInputs is null && old.Inputs.Length > 0)
            return [];

        var values = new object?[place.Inputs.Length];
        var isConstant = place.ConstantInputs is not null;

        for (var i = 0; i < values.Length; i++)
        {
            var binding = place.Inputs[i];
            var j = Array.FindIndex(old.Inputs, b => b.Name == binding.Name);
            values[i] =
                j < 0 ? binding.Constant
                : living.Old.Inputs.IsEmpty
                    ? Converted(old.ConstantInputs![j], old.Inputs[j].Type, binding.Type, living, $"input '{binding.Name}'")
                : Converted(living.Old.Inputs[j], old.Inputs[j].Type, binding.Type, living, $"input '{binding.Name}'");
            isConstant = isConstant && IsSame(values[i], place.ConstantInputs![i]);
        }

        return isConstant ? [] : [.. values];
    }

    /// <summary>Outputs that were set and are kept for an undo.</summary>
    public ImmutableArray<object?> Outputs(Living living)
    {
        if (living.Old.Given.IsEmpty)
            return [];

        var values = new object?[living.Place!.Outputs.Length];

        for (var i = 0; i < values.Length; i++)
        {
            var j = Array.FindIndex(living.OldNode.Outputs, b => b.Name == living.Place.Outputs[i].Name);
            values[i] = j < 0 || j >= living.Old.Given.Length ? null : living.Old.Given[j];
        }

        return [.. values];
    }

    /// <summary>Variables that the execution declares.</summary>
    public ImmutableArray<object?> Variables(Living living)
    {
        var place = living.Place!;

        // None, or it has not come to making them.
        if (place.Variables.Length == 0 || (living.OldNode.Variables.Length > 0 && living.Old.Variables.IsEmpty))
            return [];

        var values = ImmutableArray.CreateBuilder<object?>(place.Variables.Length);

        for (var i = 0; i < place.Variables.Length; i++)
            values.Add(ValueOf(place, i, living, living));

        return values.MoveToImmutable();
    }

    /// <summary>Variables of a container that begins around something that lives.</summary>
    public ImmutableArray<object?> Begin(Node node, Living inside)
    {
        var values = ImmutableArray.CreateBuilder<object?>(node.Variables.Length);

        for (var i = 0; i < node.Variables.Length; i++)
            values.Add(ValueOf(node, i, null, inside));

        return values.MoveToImmutable();
    }

    private object? ValueOf(Node place, int slot, Living? owner, Living near)
    {
        var variable = place.Variables[slot];
        var move = plan.Variables.FirstOrDefault(m => m.To is { } name && Is(variable, name));

        if (move is { HasValue: true })
        {
            // Plans are stored and shown as they are.
            if (variable.IsSecret)
                findings.Refuse(
                    MigrationCodes.Value,
                    $"The plan gives a value to variable '{variable.Name}', which is secret in version {to.Version}. Take it out of the plan, and set it in the instance afterwards.",
                    near.OldNode,
                    near.Old.Id
                );

            if (ValueConverter.TryConvert(PlainValue.Of(move.Value), variable.Type, out _))
                return GraphBuilder.SlotValue(move.Value, variable.Type);

            Refuse(near, $"The value that the plan gives to variable '{variable.Name}'", variable.Type);
            return null;
        }

        if (Source(variable, move, owner, near) is not { } source)
            return variable.Default;

        used.Add((source.Owner.Old.Id, source.Slot));
        return Converted(
            source.Owner.Old.Variables[source.Slot],
            source.Owner.OldNode.Variables[source.Slot].Type,
            variable.Type,
            near,
            $"variable '{variable.Name}'"
        );
    }

    /// <summary>The old variable whose value a new one gets: the plan's, the one of the same scope, or the only one with its id whose scope is gone.</summary>
    private (Living Owner, int Slot)? Source(VariableSlot variable, VariableMove? move, Living? owner, Living near)
    {
        if (move is { From: null })
            return null;

        if (move is { From: { } name })
        {
            for (var scope = owner ?? near; scope is not null; scope = scope.Parent)
                if (Slot(scope.OldNode, name) is >= 0 and var named && named < scope.Old.Variables.Length)
                    return (scope, named);

            var others = unused.Where(u => Is(u.Owner.OldNode.Variables[u.Slot], name)).ToList();
            return others.Count == 1 ? others[0] : null;
        }

        if (owner is not null && Slot(owner.OldNode, variable) is >= 0 and var own && own < owner.Old.Variables.Length)
            return IsGivenAway(owner.OldNode.Variables[own]) ? null : (owner, own);

        var gone = unused
            .Where(u =>
                u.Owner.OldNode.Variables[u.Slot] is var old
                && old.Id == variable.Id
                && !IsGivenAway(old)
                && (u.Owner.Place is not { } place || u.Owner.IsDissolved || Slot(place, old) < 0)
            )
            .ToList();
        return gone.Count == 1 ? gone[0] : null;
    }

    /// <summary>True when the plan sends an old variable elsewhere, or drops it.</summary>
    private bool IsGivenAway(VariableSlot old) => plan.Variables.Any(m => m.From is { } name && Is(old, name));

    private object? Converted(object? value, Type was, Type type, Living near, string what)
    {
        if (was == type || value is null)
            return value;

        var plain = value is RawValue raw ? ValueJson.ReadStored(raw.Utf8, was) : value;

        if (ValueConverter.TryConvert(plain, type, out _))
            return GraphBuilder.SlotValue(plain, type);

        Refuse(near, $"The value of {what}", type);
        return null;
    }

    private void Refuse(Living near, string what, Type type) =>
        findings.Refuse(
            MigrationCodes.Value,
            $"{what} is not a {WorkflowTypes.AliasOf(type)}, which version {to.Version} wants. Give another value in the plan, or drop it.",
            near.OldNode,
            near.Old.Id
        );

    private static int Slot(Node node, VariableSlot like) =>
        node.FindSlotById(like.Id) is >= 0 and var byId ? byId : node.FindSlotByName(like.Name);

    private static int Slot(Node node, string name) => node.FindSlotById(name) is >= 0 and var byId ? byId : node.FindSlotByName(name);

    private static bool Is(VariableSlot variable, string name) =>
        variable.Id == name || string.Equals(variable.Name, name, StringComparison.OrdinalIgnoreCase);

    private static bool IsSame(object? a, object? b) => ReferenceEquals(a, b) || Bytes(a).SequenceEqual(Bytes(b));

    private static ReadOnlySpan<byte> Bytes(object? value)
    {
        var buffer = new ArrayBufferWriter<byte>(64);

        using (var writer = new Utf8JsonWriter(buffer))
            StateJson.Value(writer, value);

        return buffer.WrittenSpan;
    }
}
