using ServiceLoop.Engine;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Migration;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Migrating;
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

/// <summary>Lives the life of an instance again from its journal: same stimuli, same moments, same moves between versions; every state must be the same, bit for bit.</summary>
/// <param name="store">Where journal and state are; only read.</param>
/// <param name="graphs">Compiled versions.</param>
public sealed class Replay(IWorkflowStore store, GraphCache graphs)
{
    /// <summary>Replays one instance.</summary>
    /// <exception cref="InstanceNotFoundException">There is no such instance.</exception>
    public async Task<ReplayResult> RunAsync(string instanceId, CancellationToken ct)
    {
        var row = await store.FindInstanceAsync(instanceId, ct) ?? throw new InstanceNotFoundException(instanceId);
        var journal = await store.ReadJournalAsync(instanceId, ct);

        // The first move tells on which version it began.
        var first = journal.Select(j => MoveJournal.Find(j.Stimuli)).FirstOrDefault(m => m is not null)?.FromVersionId ?? row.VersionId;
        var graph = await graphs.GetAsync(first, ct);
        var state = WorkflowState.New(instanceId, graph);
        var unmoved = new Dictionary<long, WorkflowState>();
        var bursts = 0;
        var stimuli = 0;

        foreach (var burst in journal)
        {
            if (burst.Sequence != bursts + 1)
                return Differs(
                    $"Burst {bursts + 1} is not in the journal; the next there is {burst.Sequence}. Retention may have removed it."
                );

            if (MoveJournal.Find(burst.Stimuli) is { } move)
            {
                if (move.FromVersionId != state.DefinitionVersionId)
                    return Differs(
                        $"Burst {burst.Sequence} moves the instance from version '{move.FromVersionId}', but it runs on '{state.DefinitionVersionId}'."
                    );

                var target = await graphs.GetAsync(move.ToVersionId, ct);
                var moved = move.Undoes > 0 ? unmoved.GetValueOrDefault(move.Undoes) : Moved(graph, target, state, move);

                if (moved is null)
                    return Differs(
                        $"Burst {burst.Sequence} of {burst.At:O} moved the instance to another version, which is not possible now."
                    );

                unmoved[burst.Sequence] = state;
                (graph, state) = (target, moved);
            }
            else
            {
                (state, stimuli) = Lived(graph, state, burst, stimuli);
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

    private static (WorkflowState State, int Stimuli) Lived(WorkflowGraph graph, WorkflowState state, JournalRow burst, int stimuli)
    {
        foreach (var (stimulus, now) in StimulusJson.Read(burst.Stimuli))
        {
            state = WorkflowEngine.Advance(graph, state, stimulus, now).State;
            stimuli++;
        }

        return (state, stimuli);
    }

    internal static WorkflowState? Moved(WorkflowGraph from, WorkflowGraph to, WorkflowState state, MoveJournal move) =>
        StateMigration.Map(from, to, state, move.Plan ?? MigrationPlan.Default).State;
}
