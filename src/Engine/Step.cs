using System.Collections.Immutable;
using ServiceLoop.Engine.Execution;
using ServiceLoop.Engine.State;

namespace ServiceLoop.Engine;

/// <summary>The result of one step.</summary>
/// <param name="State">What the instance is now.</param>
/// <param name="Effects">What the world must do, in order.</param>
/// <param name="Journal">What happened, in order.</param>
public sealed record Step(WorkflowState State, ImmutableArray<Effect> Effects, ImmutableArray<JournalEntry> Journal)
{
    /// <summary>The host activity to run before the burst can go on, if any.</summary>
    public Effect.Invoke? Invocation => Effects.IsEmpty ? null : Effects[^1] as Effect.Invoke;

    /// <summary>True: commit, then go on.</summary>
    public bool IsCheckpoint => !Effects.IsEmpty && Effects[^1] is Effect.Checkpoint;
}
