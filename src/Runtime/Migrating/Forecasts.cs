using System.Collections.Immutable;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Migration;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Instances;

namespace ServiceLoop.Runtime.Migrating;

/// <summary>Dry runs: the same code that moves an instance, without the commit.</summary>
internal sealed class Forecasts(MigrationStore runs, Bursts home)
{
    private const int PageSize = 500;
    private const int MaxReasons = 100;

    /// <summary>Where each activity goes.</summary>
    public static PlanOverview Compare(WorkflowGraph from, WorkflowGraph to, MigrationPlan plan)
    {
        var places = StateMigration.Places(from, to, plan, out var problems);
        return new(
            from.DefinitionVersionId,
            to.DefinitionVersionId,
            [.. from.Nodes.Zip(places, (n, p) => PlaceOf(n, p.To?.NodeId, p.IsChosen))],
            [.. to.Nodes.Select(n => PlaceOf(n, null, false))],
            problems
        );
    }

    public async Task<ForecastPage> PageAsync(MigrationRun run, string? after, int take, MigrationVerdict? only, CancellationToken ct)
    {
        var (all, next) = await LookAsync(run, after, take, ct);
        return new(only is null ? all : [.. all.Where(f => f.Verdict == only)], next);
    }

    public async Task<ForecastSummary> SummariseAsync(MigrationRun run, CancellationToken ct)
    {
        var tally = new Tally();
        string? after = null;

        do
        {
            (var page, after) = await LookAsync(run, after, PageSize, ct);

            foreach (var forecast in page)
                tally.Add(forecast);
        } while (after is not null);

        return tally.ToSummary();
    }

    private async Task<(ImmutableArray<InstanceForecast> Page, string? Next)> LookAsync(
        MigrationRun run,
        string? after,
        int take,
        CancellationToken ct
    )
    {
        var candidates = await runs.CandidatesAsync(run, after, take, ct);
        var page = ImmutableArray.CreateBuilder<InstanceForecast>(candidates.Count);

        foreach (var candidate in candidates)
            page.Add(await LookAsync(run, candidate, ct));

        return (page.DrainToImmutable(), candidates.Count < take ? null : candidates[^1].InstanceId);
    }

    private async Task<InstanceForecast> LookAsync(MigrationRun run, Candidate candidate, CancellationToken ct)
    {
        if (candidate.VersionId == run.TargetVersionId)
            return Said(MigrationVerdict.AlreadyThere, []);

        if (candidate.LeaseOwner is not null && candidate.LeaseUntil > home.Clock.GetUtcNow())
            return Said(MigrationVerdict.Later, [new(MigrationCodes.Busy, "A node runs activities of it.")]);

        MigrationResult result;

        try
        {
            var from = await home.Graphs.GetAsync(candidate.VersionId, ct);
            var to = await home.Graphs.GetAsync(run.TargetVersionId, ct);
            result = StateMigration.Map(from, to, StateJson.Read(candidate.State), run.Plan);
        }
        catch (Exception e) when (e is WorkflowCompilationException or DefinitionNotFoundException)
        {
            return Said(MigrationVerdict.Blocked, [new(MigrationCodes.NoPlace, e.Message)]);
        }

        return new(
            candidate.InstanceId,
            candidate.VersionId,
            candidate.Version,
            result.Verdict,
            result.Moves,
            result.Refusals,
            result.Notes
        );

        InstanceForecast Said(MigrationVerdict verdict, ImmutableArray<MigrationRefusal> why) =>
            new(candidate.InstanceId, candidate.VersionId, candidate.Version, verdict, [], why, []);
    }

    private static ActivityPlace PlaceOf(Node node, string? to, bool isChosen) =>
        new(
            node.NodeId,
            node.Id,
            string.IsNullOrEmpty(node.Activity.Name) ? node.Id : node.Activity.Name,
            node.Descriptor.TypeName,
            to,
            isChosen,
            !node.Descriptor.CompletesItself
        );

    /// <summary>Counts forecasts.</summary>
    private sealed class Tally
    {
        private readonly Dictionary<MigrationVerdict, int> verdicts = [];
        private readonly Dictionary<(string From, string? To), WaitCount> waits = [];
        private readonly Dictionary<(string Code, string? Activity), ReasonCount> reasons = [];
        private int total;

        public void Add(InstanceForecast forecast)
        {
            total++;
            verdicts[forecast.Verdict] = verdicts.GetValueOrDefault(forecast.Verdict) + 1;

            foreach (var move in forecast.Moves)
                if (!move.Waits.IsEmpty && move.From is { } from)
                    waits[(from, move.To)] = waits.TryGetValue((from, move.To), out var known)
                        ? known with
                        {
                            Count = known.Count + 1,
                        }
                        : new(from, move.To, move.Name, move.ActivityType, 1);

            foreach (var refusal in forecast.Refusals)
                reasons[(refusal.Code, refusal.ActivityId)] = reasons.TryGetValue((refusal.Code, refusal.ActivityId), out var known)
                    ? known with
                    {
                        Count = known.Count + 1,
                    }
                    : new(refusal.Code, refusal.Reason, refusal.ActivityId, 1, forecast.InstanceId);
        }

        public ForecastSummary ToSummary() =>
            new(
                total,
                verdicts.ToImmutableSortedDictionary(),
                [.. waits.Values.OrderByDescending(w => w.Count).ThenBy(w => w.From, StringComparer.Ordinal)],
                [.. reasons.Values.OrderByDescending(r => r.Count).ThenBy(r => r.Code, StringComparer.Ordinal).Take(MaxReasons)]
            );
    }
}
