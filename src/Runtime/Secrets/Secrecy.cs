using System.Collections.Immutable;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.InMemory;
using ServiceLoop.Runtime.Instances;

namespace ServiceLoop.Runtime.Secrets;

/// <summary>What may be shown of instances that hold secrets: the same, with a mask in each secret place and wherever else a secret got to.</summary>
/// <remarks>Instances without secrets come back as they are, and cost nothing. Safe for all threads.</remarks>
/// <param name="histories">Tells which secrets an instance has had.</param>
/// <param name="graphs">Compiled versions.</param>
public sealed class Secrecy(Histories histories, GraphCache graphs)
{
    /// <summary>The mask for the history of an instance; <see cref="SecretMask.None"/> when it never held secrets, or is not there.</summary>
    public Task<SecretMask> OfAsync(string instanceId, CancellationToken ct) => histories.MaskAsync(instanceId, ct);

    /// <summary>A state as it may be shown.</summary>
    /// <param name="state">As it is.</param>
    /// <param name="graph">The graph of its version; null when that does not compile any more: then no value is shown at all.</param>
    /// <param name="isSealed">Whether it stands encrypted: then it may have held secrets on an earlier version, too.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<WorkflowState> ShownAsync(WorkflowState state, WorkflowGraph? graph, bool isSealed, CancellationToken ct)
    {
        if (graph is { HoldsSecrets: false } && !isSealed)
            return state;

        var past = await histories.MaskAsync(state.InstanceId, ct);

        if (graph is null)
            return past.IsNone && !isSealed ? state : Bare(state);

        // This version does not tell what was secret on an earlier one, and what does is gone.
        return past.HidesPast && !graph.HoldsSecrets ? Bare(state) : Shown(state, graph, past);
    }

    /// <summary>What a start came to as it may be shown, for who has started it.</summary>
    /// <returns>The state; null when it was refused. The graph of its version; null when that does not compile any more.</returns>
    public async Task<(WorkflowState? State, WorkflowGraph? Graph)> ShownAsync(StartInstanceResult result, CancellationToken ct)
    {
        if (result.State is not { } state)
            return default;

        var graph = await graphs.FindAsync(state.DefinitionVersionId, ct);
        // One that was there already may have come from another version.
        return (await ShownAsync(state, graph, isSealed: !result.IsNew, ct), graph);
    }

    /// <summary>An instance as it may be shown.</summary>
    public async Task<InstanceView> ShownAsync(InstanceView view, CancellationToken ct) =>
        view.Graph is not { HoldsSecrets: false } || view.Row.IsSealed
            ? view with
            {
                State = await ShownAsync(view.State, view.Graph, view.Row.IsSealed, ct),
                Row = view.Row with { State = default },
            }
            : view;

    /// <summary>Lines of a history as they may be shown.</summary>
    public static HistoryEntry Shown(HistoryEntry entry, SecretMask mask) =>
        mask.IsNone
            ? entry
            : entry with
            {
                Message = entry.Event is null || entry.Fault is not null ? mask.Past(entry.Message) : mask.Text(entry.Message),
                Outcomes = [.. entry.Outcomes.Select(o => mask.Text(o)!)],
                Fault = entry.Fault is { } fault ? Shown(fault, mask) : null,
            };

    /// <summary>A fault of the past as it may be shown.</summary>
    public static HistoryFault Shown(HistoryFault fault, SecretMask mask) =>
        mask.IsNone ? fault : fault with { Message = mask.Past(fault.Message)!, Detail = mask.Past(fault.Detail) };

    /// <summary>An execution as it may be shown.</summary>
    public static ExecutionRecord Shown(ExecutionRecord record, SecretMask mask) =>
        mask.IsNone
            ? record
            : record with
            {
                Outcomes = [.. record.Outcomes.Select(o => mask.Text(o)!)],
                Fault = record.Fault is { } fault ? Shown(fault, mask) : null,
                Retries = [.. record.Retries.Select(r => r with { Fault = Shown(r.Fault, mask) })],
            };

    /// <summary>Values of an execution as they may be shown.</summary>
    public static IReadOnlyDictionary<string, object?> Shown(IReadOnlyDictionary<string, object?> values, SecretMask mask) =>
        mask.IsNone ? values : values.ToDictionary(v => v.Key, v => mask.HidesPast ? SecretMask.Dots : mask.Value(v.Value));

    internal static WorkflowState Shown(WorkflowState state, WorkflowGraph graph, SecretMask past)
    {
        // The state may be ahead of the history that was read.
        var now = SecretMask.Of(StateSecrets.Of(graph, state));
        string? Text(string? text) => past.Text(now.Text(text));
        string? Past(string? text) => past.Past(now.Text(text));
        object? Value(object? value) => past.Value(now.Value(StoredValues.Decode(value)));
        ImmutableArray<NamedValue> Named(ImmutableArray<NamedValue> values) => [.. values.Select(v => v with { Value = Value(v.Value) })];
        ImmutableArray<object?> All(ImmutableArray<object?> values) => values.IsDefault ? values : [.. values.Select(Value)];
        Bookmark Waiter(Bookmark bookmark) => bookmark with { Payload = Named(bookmark.Payload) };

        var masked = StateSecrets.Masked(graph, state, SecretMask.Dots);
        return masked with
        {
            Name = Text(masked.Name),
            TriggerInput = Named(masked.TriggerInput),
            Inputs = Named(masked.Inputs),
            Outputs = Named(masked.Outputs),
            FinalVariables = Named(masked.FinalVariables),
            Bookmarks = [.. masked.Bookmarks.Select(Waiter)],
            Parked = [.. masked.Parked.Select(Waiter)],
            Incidents = [.. masked.Incidents.Select(i => i with { Message = Past(i.Message)!, Detail = Past(i.Detail) })],
            ActivityOutputs = [.. masked.ActivityOutputs.Select(o => o with { Value = Value(o.Value) })],
            Undo = [.. masked.Undo.Select(u => u with { Value = Value(u.Value) })],
            Queue = [.. masked.Queue.Select(q => q with { Variables = Named(q.Variables) })],
            Frames =
            [
                .. masked.Frames.Select(f =>
                    f with
                    {
                        ResumeInput = Named(f.ResumeInput),
                        Inputs = All(f.Inputs),
                        Variables = All(f.Variables),
                        Dynamic = Named(f.Dynamic),
                        Properties = Named(f.Properties),
                        Outputs = Named(f.Outputs),
                        Given = All(f.Given),
                    }
                ),
            ],
        };
    }

    private static WorkflowState Bare(WorkflowState state)
    {
        static ImmutableArray<NamedValue> Named(ImmutableArray<NamedValue> values) =>
            [.. values.Select(v => v with { Value = SecretMask.Dots })];

        return state with
        {
            Name = state.Name is null ? null : SecretMask.Dots,
            TriggerInput = [],
            Inputs = Named(state.Inputs),
            Outputs = Named(state.Outputs),
            FinalVariables = Named(state.FinalVariables),
            Bookmarks = [.. state.Bookmarks.Select(b => b with { Payload = Named(b.Payload) })],
            Parked = [],
            Incidents = [.. state.Incidents.Select(i => i with { Message = SecretMask.Dots, Detail = null })],
            ActivityOutputs = [],
            Undo = [],
            Queue = [],
            Frames =
            [
                .. state.Frames.Select(f =>
                    f with
                    {
                        ResumeInput = [],
                        Inputs = [],
                        Variables = [.. f.Variables.Select(object? (_) => SecretMask.Dots)],
                        Dynamic = Named(f.Dynamic),
                        Properties = [],
                        Outputs = Named(f.Outputs),
                        Given = [],
                    }
                ),
            ],
        };
    }
}
