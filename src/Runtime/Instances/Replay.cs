using ServiceLoop.Engine;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Instances;

/// <summary>What a replay came to.</summary>
/// <param name="InstanceId">The instance.</param>
/// <param name="Bursts">Bursts that came to the same state as in life.</param>
/// <param name="Stimuli">Stimuli that they were made of.</param>
/// <param name="Difference">The first burst that did not, and why, as a sentence; null when all is equal.</param>
/// <param name="State">The state that the replay came to last.</param>
public sealed record ReplayResult(string InstanceId, int Bursts, int Stimuli, string? Difference, WorkflowState? State)
{
    /// <summary>True when the replay came to every state of the life, and to the stored one.</summary>
    public bool IsEqual => Difference is null;
}

/// <summary>Lives the life of an instance again from its journal: same stimuli, same moments; every state must be the same, bit for bit.</summary>
/// <param name="store">Where journal and state are; only read.</param>
/// <param name="graphs">Compiled versions.</param>
public sealed class Replay(IWorkflowStore store, GraphCache graphs)
{
    /// <summary>Replays one instance.</summary>
    /// <exception cref="InstanceNotFoundException">There is no such instance.</exception>
    public async Task<ReplayResult> RunAsync(string instanceId, CancellationToken ct)
    {
        var row = await store.FindInstanceAsync(instanceId, ct) ?? throw new InstanceNotFoundException(instanceId);
        var graph = await graphs.GetAsync(row.VersionId, ct);
        var state = WorkflowState.New(instanceId, graph);
        var bursts = 0;
        var stimuli = 0;

        foreach (var burst in await store.ReadJournalAsync(instanceId, ct))
        {
            if (burst.Sequence != bursts + 1)
                return Differs(
                    $"Burst {bursts + 1} is not in the journal; the next there is {burst.Sequence}. Retention may have removed it."
                );

            foreach (var (stimulus, now) in StimulusJson.Read(burst.Stimuli))
            {
                state = WorkflowEngine.Advance(graph, state, stimulus, now).State;
                stimuli++;
            }

            if (StateHash.Of(StateJson.Write(state)) != burst.StateHash)
                return Differs($"Burst {burst.Sequence} of {burst.At:O} came to another state than in life.");

            bursts++;
        }

        if (bursts != row.RowVersion)
            return Differs($"The journal has {bursts} bursts, but the instance was committed {row.RowVersion} times.");

        return StateJson.Write(state).AsSpan().SequenceEqual(row.State.Span)
            ? new(instanceId, bursts, stimuli, null, state)
            : Differs("The stored state differs from the state after the last burst of the journal.");

        ReplayResult Differs(string why) => new(instanceId, bursts, stimuli, why, state);
    }
}
