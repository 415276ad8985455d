using ServiceLoop.Engine.Execution;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Migrating;
using ServiceLoop.Runtime.Secrets;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Instances;

/// <summary>Histories and execution records of instances, for viewers that ask again and again: what was read once is kept, and only new bursts are read.</summary>
/// <remarks>Safe for all threads. Nothing of it is ever written; a burst costs nothing for it.</remarks>
/// <param name="store">Where journals are.</param>
/// <param name="graphs">Compiled versions.</param>
/// <param name="access">The gate.</param>
public sealed class Histories(IWorkflowStore store, GraphCache graphs, IAccess access)
{
    /// <summary>Lines that are kept of all instances together; a line takes about 200 bytes.</summary>
    private const int MaxLines = 300_000;

    /// <summary>Instances that are kept, however short.</summary>
    private const int MaxInstances = 1_000;

    /// <summary>Executions of one instance whose values are taken down together and kept; of a larger instance only those that are asked for.</summary>
    private const int MaxRecalled = 2_000;

    private readonly Lock gate = new();
    private readonly LinkedList<Kept> recent = new();
    private readonly Dictionary<string, LinkedListNode<Kept>> kept = new(StringComparer.Ordinal);

    private sealed class Kept(InstanceHistory history)
    {
        public InstanceHistory History => history;

        public Recollection? Recollection { get; set; }

        public KnownMask? Mask { get; set; }

        /// <summary>Commits of the instance when its row was looked at because the journal told nothing.</summary>
        public long RowLookedAt { get; set; }
    }

    /// <summary>The mask for the secrets of an instance, and the commit until which they are known.</summary>
    private sealed record KnownMask(SecretMask Mask, long RowVersion);

    /// <summary>The history of an instance up to its last commit; null when there is no such instance.</summary>
    public async Task<InstanceHistory?> FindAsync(string instanceId, CancellationToken ct)
    {
        access.Demand(Permissions.InstancesRead);

        if (await StandingAsync(instanceId, ct) is not { } standing)
            return null;

        return (await ReadAsync(standing, ct)).History;
    }

    /// <summary>Inputs, outputs and properties of executions of an instance, by living its life again from the journal.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="frameIds">The executions.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The values; null when there is no such instance.</returns>
    public async Task<Recollection?> RecallAsync(string instanceId, IReadOnlyCollection<long> frameIds, CancellationToken ct)
    {
        access.Demand(Permissions.InstancesRead);

        if (await StandingAsync(instanceId, ct) is not { } standing)
            return null;

        var known = await ReadAsync(standing, ct);

        if (known.Recollection is { } recalled && recalled.RowVersion == standing.RowVersion)
            return recalled;

        if (known.History.ExecutionCount > MaxRecalled)
        {
            var wanted = frameIds.ToHashSet();
            return Masking(known, await RecallAsync(standing, wanted.Contains, ct));
        }

        return known.Recollection = Masking(known, await RecallAsync(standing, static _ => true, ct));
    }

    /// <summary>What was recalled of an instance as far as this history goes; null when it was not, or only in part.</summary>
    public Recollection? FindRecalled(InstanceHistory history)
    {
        access.Demand(Permissions.InstancesRead);

        lock (gate)
            return
                kept.TryGetValue(history.InstanceId, out var node)
                && node.Value.Recollection is { } recalled
                && recalled.RowVersion >= history.Burst
                ? recalled
                : null;
    }

    /// <summary>The same as <see cref="FindAsync"/>, for who has asked the gate already.</summary>
    internal async Task<InstanceHistory?> LookAsync(string instanceId, CancellationToken ct) =>
        await StandingAsync(instanceId, ct) is { } standing ? (await ReadAsync(standing, ct)).History : null;

    /// <summary>Values of executions, for who has asked the gate already.</summary>
    internal async Task<Recollection?> LookAsync(string instanceId, IReadOnlyCollection<long> frameIds, CancellationToken ct) =>
        await StandingAsync(instanceId, ct) is { } standing ? await RecallAsync(standing, frameIds.Contains, ct) : null;

    /// <summary>
    /// The mask for all secrets that an instance has ever had, found by living its life again; <see cref="SecretMask.None"/> when it never had any, or is not
    /// there.
    /// </summary>
    internal async Task<SecretMask> MaskAsync(string instanceId, CancellationToken ct)
    {
        if (await StandingAsync(instanceId, ct) is not { } standing)
            return SecretMask.None;

        var known = await ReadAsync(standing, ct);

        if (!known.History.MayHoldSecrets)
            return SecretMask.None;

        if (known.Mask is { } found && found.RowVersion == standing.RowVersion)
            return found.Mask;

        var recalled = await RecallAsync(standing, static _ => false, ct);
        Masking(known, recalled);
        return MaskOf(recalled);
    }

    /// <summary>Keeps the mask of what was recalled: one life is lived again for values and mask.</summary>
    private static Recollection Masking(Kept known, Recollection recalled)
    {
        known.Mask = new(MaskOf(recalled), recalled.RowVersion);
        return recalled;
    }

    private static SecretMask MaskOf(Recollection recalled) => SecretMask.Of(recalled.Secrets, hidesPast: recalled.Gap is not null);

    private async Task<InstanceStanding?> StandingAsync(string instanceId, CancellationToken ct) =>
        await store.FindStandingsAsync([instanceId], ct) is [var standing] ? standing : null;

    private async Task<Kept> ReadAsync(InstanceStanding standing, CancellationToken ct)
    {
        var known = Touch(standing);
        var history = known.History;

        if (history.Burst >= standing.RowVersion)
            return known;

        var rows = await store.ReadHappenedAsync(history.InstanceId, history.Burst, ct);

        if (rows.Count == 0)
        {
            await NoteRowAsync(known, standing, ct);
            return known;
        }

        var graph = history.Graph ?? await graphs.FindAsync(standing.Summary.VersionId, ct);
        var last = graph;
        history.Note(graph);
        history.Note(rows);
        var lines = await History.ReadAsync(
            rows,
            async version =>
            {
                history.Note(last = await graphs.FindAsync(version, ct));
                return last;
            },
            graph
        );
        history.Append(lines, rows[^1].Sequence, last);
        Trim();
        return known;
    }

    /// <summary>A journal that was removed does not tell whether the instance has held secrets; how it stands in the store does.</summary>
    private async Task NoteRowAsync(Kept known, InstanceStanding standing, CancellationToken ct)
    {
        if (known.RowLookedAt >= standing.RowVersion || await store.FindInstanceAsync(standing.Summary.Id, ct) is not { } row)
            return;

        known.History.Note(await graphs.FindAsync(row.VersionId, ct));
        known.History.Note(row);
        known.RowLookedAt = row.RowVersion;
    }

    /// <summary>The kept history, or a new one; others move back in line.</summary>
    private Kept Touch(InstanceStanding standing)
    {
        var id = standing.Summary.Id;

        lock (gate)
        {
            if (kept.Remove(id, out var node))
            {
                recent.Remove(node);

                if (
                    node.Value.History is { } history
                    && history.CreatedAt == standing.Summary.CreatedAt
                    && history.Burst <= standing.RowVersion
                )
                {
                    recent.AddFirst(node);
                    kept.Add(id, node);
                    return node.Value;
                }
            }

            var fresh = recent.AddFirst(new Kept(new InstanceHistory(id, standing.Summary.CreatedAt)));
            kept.Add(id, fresh);
            return fresh.Value;
        }
    }

    private void Trim()
    {
        lock (gate)
        {
            var lines = recent.Sum(k => (long)k.History.Count);

            // The newest one stays, however large.
            while ((lines > MaxLines && recent.Count > 1) || recent.Count > MaxInstances)
            {
                var oldest = recent.Last!.Value;
                lines -= oldest.History.Count;
                recent.RemoveLast();
                kept.Remove(oldest.History.InstanceId);
            }
        }
    }

    /// <summary>The graph of a version; null when it does not compile here, for example because an activity type was taken away.</summary>
    /// <exception cref="AccessDeniedException">The actor lacks <see cref="Permissions.InstancesRead"/>.</exception>
    public ValueTask<WorkflowGraph?> FindGraphAsync(string versionId, CancellationToken ct)
    {
        access.Demand(Permissions.InstancesRead);
        return graphs.FindAsync(versionId, ct);
    }

    private async Task<Recollection> RecallAsync(InstanceStanding standing, Func<long, bool> isWanted, CancellationToken ct)
    {
        var id = standing.Summary.Id;
        var values = new ExecutionValues(isWanted);
        var secrets = new HashSet<object>();
        var unmoved = new Dictionary<long, WorkflowState>();
        WorkflowState? state = null;
        WorkflowGraph? graph = null;
        long burst = 0;

        foreach (var row in await store.ReadJournalAsync(id, ct))
        {
            if (row.Sequence != burst + 1)
                return await UntilAsync($"Burst {burst + 1} is not in the journal any more.");

            var before = (Graph: graph, State: state);

            if (VersionOf(row) is { } version && (graph = await graphs.FindAsync(version, ct)) is not null && burst == 0)
                state = WorkflowState.New(id, graph);

            try
            {
                if (MoveJournal.Find(row.Stimuli) is { } move && before is { Graph: { } from, State: { } last } && graph is not null)
                {
                    state = move.Undoes > 0 ? unmoved.GetValueOrDefault(move.Undoes) : Replay.Moved(from, graph, last, move);
                    unmoved[row.Sequence] = last;
                }

                if (graph is null || state is null || state.DefinitionVersionId != graph.DefinitionVersionId)
                    return await UntilAsync($"Burst {row.Sequence} ran on a version that cannot be run again here.");

                if (MoveJournal.Find(row.Stimuli) is null)
                    foreach (var (stimulus, now) in StimulusJson.Read(row.Stimuli))
                    {
                        state = Engine.WorkflowEngine.Repeat(graph, state, stimulus, now, values).State;
                        secrets.UnionWith(StateSecrets.Of(graph, state));
                    }
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // The message of the exception may quote a value.
                return await UntilAsync($"Burst {row.Sequence} cannot be run again: {e.GetType().Name}.");
            }

            if (StateHash.Of(StateJson.Write(state)) != row.StateHash)
                return await UntilAsync(
                    $"Burst {row.Sequence} comes to another state than in life; it was run by another version of an activity."
                );

            burst = row.Sequence;
        }

        return burst < standing.RowVersion ? await UntilAsync($"Burst {burst + 1} is not in the journal any more.") : Until(null);

        Recollection Until(string? why) => new(values, standing.RowVersion, why) { Secrets = [.. secrets, .. values.Secrets] };

        // At least what it holds now is known.
        async Task<Recollection> UntilAsync(string why)
        {
            if (
                await store.FindInstanceAsync(id, ct) is { } row
                && await graphs.FindAsync(row.VersionId, ct) is { HoldsSecrets: true } current
            )
                secrets.UnionWith(StateSecrets.Of(current, StateJson.Read(row.State)));

            return Until(why);
        }
    }

    private static string? VersionOf(JournalRow row)
    {
        using var document = System.Text.Json.JsonDocument.Parse(row.Entries);
        return StimulusJson.Text(document.RootElement, "version");
    }
}

/// <summary>Values of executions, recalled from the journal.</summary>
/// <param name="Values">What was recalled.</param>
/// <param name="RowVersion">Commits of the instance until then.</param>
/// <param name="Gap">Why later values are missing, as a sentence; null when none is.</param>
public sealed record Recollection(ExecutionValues Values, long RowVersion, string? Gap)
{
    /// <summary>Secrets that it has had, as far as they are known; plain, some perhaps twice.</summary>
    internal IReadOnlyList<object> Secrets { get; init; } = [];
}
