using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Execution;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Definitions;
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
    }

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
            return await RecallAsync(standing, wanted.Contains, ct);
        }

        return known.Recollection = await RecallAsync(standing, static _ => true, ct);
    }

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
            return known;

        var graph = history.Graph ?? await FindGraphAsync(standing.Summary.VersionId, ct);
        var last = graph;
        var lines = await History.ReadAsync(rows, async version => last = await FindGraphAsync(version, ct), graph);
        history.Append(lines, rows[^1].Sequence, last);
        Trim();
        return known;
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
    public async ValueTask<WorkflowGraph?> FindGraphAsync(string versionId, CancellationToken ct)
    {
        access.Demand(Permissions.InstancesRead);

        try
        {
            return await graphs.GetAsync(versionId, ct);
        }
        catch (Exception e) when (e is WorkflowCompilationException or DefinitionNotFoundException)
        {
            return null;
        }
    }

    private async Task<Recollection> RecallAsync(InstanceStanding standing, Func<long, bool> isWanted, CancellationToken ct)
    {
        var id = standing.Summary.Id;
        var values = new ExecutionValues(isWanted);
        WorkflowState? state = null;
        WorkflowGraph? graph = null;
        long burst = 0;

        foreach (var row in await store.ReadJournalAsync(id, ct))
        {
            if (row.Sequence != burst + 1)
                return Until($"Burst {burst + 1} is not in the journal any more.");

            if (VersionOf(row) is { } version && (graph = await FindGraphAsync(version, ct)) is not null && burst == 0)
                state = WorkflowState.New(id, graph);

            if (graph is null || state is null || state.DefinitionVersionId != graph.DefinitionVersionId)
                return Until($"Burst {row.Sequence} ran on a version that cannot be run again here.");

            try
            {
                foreach (var (stimulus, now) in StimulusJson.Read(row.Stimuli))
                    state = Engine.WorkflowEngine.Repeat(graph, state, stimulus, now, values).State;
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                return Until($"Burst {row.Sequence} cannot be run again: {e.Message}");
            }

            if (StateHash.Of(StateJson.Write(state)) != row.StateHash)
                return Until($"Burst {row.Sequence} comes to another state than in life; it was run by another version of an activity.");

            burst = row.Sequence;
        }

        return new(values, standing.RowVersion, null);

        Recollection Until(string why) => new(values, standing.RowVersion, why);
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
public sealed record Recollection(ExecutionValues Values, long RowVersion, string? Gap);
