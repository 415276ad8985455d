using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Npgsql;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Work;
using ServiceLoop.ServiceDesk.Calendars;

namespace ServiceLoop.ServiceDesk.Clocks;

/// <summary>How far the open clocks of a policy are moved to a version.</summary>
/// <param name="Id">Id.</param>
/// <param name="PolicyId">The policy.</param>
/// <param name="Version">The version that they get.</param>
/// <param name="Total">Clocks of other versions at the beginning.</param>
/// <param name="Done">Clocks that were looked at.</param>
/// <param name="Changed">Of them with another target or due moment.</param>
/// <param name="Missed">Of them that are missed by it.</param>
/// <param name="NoTarget">Of them for which the version has no target: they stay.</param>
/// <param name="AskedBy">Who wanted it.</param>
/// <param name="StartedAt">When, UTC.</param>
/// <param name="ChangedAt">When its last batch was done, UTC.</param>
/// <param name="FinishedAt">When it was finished, UTC; null while it runs.</param>
public sealed record PolicyRebind(
    string Id,
    string PolicyId,
    int Version,
    long Total,
    long Done,
    long Changed,
    long Missed,
    long NoTarget,
    string AskedBy,
    DateTimeOffset StartedAt,
    DateTimeOffset ChangedAt,
    DateTimeOffset? FinishedAt
)
{
    internal string LastId { get; init; } = "";

    internal int Step { get; init; }
}

/// <summary>
/// Moves the open clocks of a policy to another of its versions: batch by batch, each a message of its own, so that it goes on after a crash and no request waits.
/// The targets are those for what is known of the cases. A clock that somebody holds is waited for, never passed by.
/// </summary>
internal sealed class Rebinds(
    Database database,
    ClockStore store,
    PolicyStore policies,
    WorkingTimes times,
    IWorkSignal signal,
    TimeProvider wall
)
{
    /// <summary>Clocks of one transaction.</summary>
    internal const int BatchSize = 250;

    private static readonly string Insert = SqlFile.Beside<Rebinds>("policy_rebind.insert");
    private static readonly string Find = SqlFile.Beside<Rebinds>("policy_rebind.find");
    private static readonly string List = SqlFile.Beside<Rebinds>("policy_rebind.list");
    private static readonly string Advance = SqlFile.Beside<Rebinds>("policy_rebind.advance");
    private static readonly string LockMany = SqlFile.Beside<Rebinds>("sla_clock.lock_many");
    private static readonly string FactsOf = SqlFile.Beside<Rebinds>("service_case.facts");

    /// <summary>Begins one.</summary>
    public async Task<PolicyRebind> BeginAsync(string policyId, int version, string who, CancellationToken ct)
    {
        var now = wall.GetUtcNow();
        var id = Guid.CreateVersion7(now).ToString("N");
        await store.WriteAsync(
            [
                ClockWrites.Command(Insert, Arg.Text(id), Arg.Text(policyId), Arg.Integer(version), Arg.Text(who), Arg.Time(now)),
                WorkRowsCommand.Adding([ClockWork.Rebinding(id, 0, now)]),
            ],
            ct
        );
        signal.Ring(now);
        return (await FindAsync(id, ct))!;
    }

    public Task<IReadOnlyList<PolicyRebind>> ListAsync(string policyId, CancellationToken ct) =>
        database.ReadAsync(List, RowOf, ct, Arg.Text(policyId));

    public async Task<PolicyRebind?> FindAsync(string id, CancellationToken ct) =>
        (await database.ReadAsync(Find, RowOf, ct, Arg.Text(id))).SingleOrDefault();

    /// <summary>Does one batch, and asks for the next.</summary>
    public async Task StepAsync(string id, int step, CancellationToken ct)
    {
        if (await FindAsync(id, ct) is not { FinishedAt: null } row || row.Step != step)
            return;

        var policy =
            await policies.FindAsync(row.PolicyId, row.Version, ct)
            ?? throw new InvalidOperationException($"Version {row.Version} of policy '{row.PolicyId}' is gone.");
        var page = await store.OfPolicyAsync(row.PolicyId, row.Version, row.LastId, BatchSize, ct);
        var now = ClockMath.Whole(wall.GetUtcNow());

        if (page.Count == 0)
        {
            await store.WriteAsync([Next(row, [], 0, row.LastId, now, isFinished: true)], ct);
            return;
        }

        var known = await KnownAsync(page, ct);
        await database.TransactionAsync(
            async (db, transaction) =>
            {
                var clocks = await db.ReadAsync(LockMany, ClockRows.Read, ct, Arg.Texts(page.Select(c => c.Id)), Arg.Integer(row.Version));
                var changes = clocks.Select(c => known.Moved(c, policy, now)).OfType<ClockChange>().ToList();
                await using var batch = new NpgsqlBatch(db, transaction);
                batch.BatchCommands.Add(Next(row, changes, clocks.Count, page[^1].Id, now, isFinished: false));

                foreach (var command in ClockWrites.Changed(changes, row.AskedBy, now))
                    batch.BatchCommands.Add(command);

                batch.BatchCommands.Add(WorkRowsCommand.Adding([ClockWork.Rebinding(id, step + 1, now)]));
                await batch.ExecuteNonQueryAsync(ct);
            },
            ct
        );
        signal.Ring(now);
    }

    /// <summary>What is known of the cases of some clocks, and their calendars.</summary>
    public async Task<RebindFacts> KnownAsync(IReadOnlyList<SlaClock> clocks, CancellationToken ct)
    {
        var facts = await database.ReadAsync(
            FactsOf,
            row => (Id: row.GetString(0), Facts: JsonSerializer.Deserialize<Dictionary<string, string?>>(row.GetString(1))!),
            ct,
            Arg.Texts(clocks.Select(c => c.CaseId).Distinct(StringComparer.Ordinal))
        );
        var calendars = new Dictionary<string, WorkingTime>(StringComparer.Ordinal);

        foreach (var id in clocks.Select(c => c.CalendarId).Distinct(StringComparer.Ordinal))
            calendars[id] = await times.GetAsync(id, ct);

        return new(
            facts.ToDictionary(
                f => f.Id,
                f => f.Facts.ToImmutableSortedDictionary(StringComparer.OrdinalIgnoreCase),
                StringComparer.Ordinal
            ),
            calendars
        );
    }

    private static NpgsqlBatchCommand Next(
        PolicyRebind row,
        List<ClockChange> changes,
        int looked,
        string lastId,
        DateTimeOffset now,
        bool isFinished
    ) =>
        ClockWrites.Command(
            Advance,
            Arg.Text(row.Id),
            Arg.Integer(row.Step),
            Arg.Number(looked),
            Arg.Number(changes.Count(RebindFacts.IsChanged)),
            Arg.Number(changes.Count(RebindFacts.IsMissed)),
            Arg.Number(looked - changes.Count),
            Arg.Text(lastId),
            Arg.Time(now),
            Arg.Flag(isFinished)
        );

    private static PolicyRebind RowOf(NpgsqlDataReader row) =>
        new(
            row.GetString(0),
            row.GetString(1),
            row.GetInt32(2),
            row.GetInt64(3),
            row.GetInt64(4),
            row.GetInt64(5),
            row.GetInt64(6),
            row.GetInt64(7),
            row.GetString(10),
            row.GetTime(11),
            row.GetTime(12),
            row.FindTime(13)
        )
        {
            LastId = row.GetString(8),
            Step = row.GetInt32(9),
        };
}

/// <summary>What decides about clocks that are to get another version of their policy. Pure.</summary>
/// <param name="Cases">Facts of cases by id; a clock whose case is unknown has only its priority.</param>
/// <param name="Calendars">Calendars by id.</param>
internal sealed record RebindFacts(
    IReadOnlyDictionary<string, ImmutableSortedDictionary<string, string?>> Cases,
    IReadOnlyDictionary<string, WorkingTime> Calendars
)
{
    /// <summary>A clock with the version; null when it has no target for it.</summary>
    public ClockChange? Moved(SlaClock clock, SlaPolicy policy, DateTimeOffset now)
    {
        var facts =
            Cases.GetValueOrDefault(clock.CaseId)
            ?? ImmutableSortedDictionary<string, string?>
                .Empty.WithComparers(StringComparer.OrdinalIgnoreCase)
                .Add("priority", clock.Priority);

        if (PolicyRules.TargetFor(policy.Content, facts) is not { } target)
            return null;

        var time = Calendars[clock.CalendarId];
        var bound = clock with { PolicyVersion = policy.Number, Thresholds = policy.Content.Thresholds };
        var step = ClockRules.Retarget(bound, time, now, target, facts.GetValueOrDefault("priority") ?? clock.Priority);

        if (step.Events.IsEmpty)
            step = ClockRules.Recompute(bound, time, now);

        var told = new ClockEvent(
            now,
            "Rebound",
            string.Create(CultureInfo.InvariantCulture, $"policy version {clock.PolicyVersion} → {policy.Number}")
        );
        return ClockChange.Of(clock, step with { Events = step.Events.Insert(0, told) }, [], time, policy.Content, now);
    }

    public static bool IsChanged(ClockChange change) =>
        change.Before!.Target != change.After.Target || change.Before.DueAt != change.After.DueAt;

    public static bool IsMissed(ClockChange change) => change.Before!.BreachedAt is null && change.After.BreachedAt is not null;
}
