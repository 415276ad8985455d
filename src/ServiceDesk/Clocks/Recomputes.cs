using Npgsql;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Work;
using ServiceLoop.ServiceDesk.Calendars;

namespace ServiceLoop.ServiceDesk.Clocks;

/// <summary>How far the open clocks of a calendar are reckoned again after a change.</summary>
/// <param name="Id">Id.</param>
/// <param name="CalendarId">The calendar.</param>
/// <param name="Version">Its version that is reckoned with.</param>
/// <param name="Total">Clocks that were to be reckoned at the beginning.</param>
/// <param name="Done">Clocks that are reckoned by it; those that were changed otherwise meanwhile are reckoned by that.</param>
/// <param name="Moved">Of them with another due moment.</param>
/// <param name="Missed">Of them that are missed by it.</param>
/// <param name="Reprieves">Of them that missed and were in time by it: they wait for approval.</param>
/// <param name="AskedBy">Who has changed the calendar.</param>
/// <param name="StartedAt">When, UTC.</param>
/// <param name="ChangedAt">When its last batch was done, UTC.</param>
/// <param name="FinishedAt">When it was finished, UTC; null while it runs.</param>
public sealed record Recompute(
    string Id,
    string CalendarId,
    int Version,
    long Total,
    long Done,
    long Moved,
    long Missed,
    long Reprieves,
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
/// Reckons open clocks again after their calendar was changed: batch by batch, each a message of its own, so that it goes on after a crash and nobody waits.
/// Clocks that somebody is changing are passed by and come in another round; a changed clock is reckoned by that change itself.
/// </summary>
internal sealed class Recomputes(
    Database database,
    ClockStore store,
    PolicyStore policies,
    WorkingTimes times,
    IWorkSignal signal,
    TimeProvider wall
)
{
    /// <summary>Clocks of one transaction: it holds their rows for some tens of milliseconds.</summary>
    internal const int BatchSize = 250;

    // Rows that somebody held a moment ago are tried again after it, not at once.
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(200);

    private static readonly string Insert = SqlFile.Beside<Recomputes>("calendar_recompute.insert");
    private static readonly string Find = SqlFile.Beside<Recomputes>("calendar_recompute.find");
    private static readonly string List = SqlFile.Beside<Recomputes>("calendar_recompute.list");
    private static readonly string Advance = SqlFile.Beside<Recomputes>("calendar_recompute.advance");

    /// <summary>The commands that begin one, in the transaction of the change.</summary>
    public IEnumerable<NpgsqlBatchCommand> Begin(string id, string calendarId, int version, string who, DateTimeOffset now) =>
        [
            ClockWrites.Command(Insert, Arg.Text(id), Arg.Text(calendarId), Arg.Integer(version), Arg.Text(who), Arg.Time(now)),
            WorkRowsCommand.Adding([ClockWork.Reckoning(id, 0, now)]),
        ];

    public Task<IReadOnlyList<Recompute>> ListAsync(string calendarId, CancellationToken ct) =>
        database.ReadAsync(List, RowOf, ct, Arg.Text(calendarId));

    public async Task<Recompute?> FindAsync(string id, CancellationToken ct) =>
        (await database.ReadAsync(Find, RowOf, ct, Arg.Text(id))).SingleOrDefault();

    /// <summary>Does one batch, and asks for the next.</summary>
    public async Task StepAsync(string id, int step, CancellationToken ct)
    {
        if (await FindAsync(id, ct) is not { FinishedAt: null } row || row.Step != step)
            return;

        var time = await times.GetAsync(row.CalendarId, ct);
        var clocks = await store.StaleAsync(row.CalendarId, time.Calendar.Version, row.LastId, BatchSize, ct);
        var now = ClockMath.Whole(wall.GetUtcNow());
        var isLastOfRound = clocks.Count < BatchSize;

        // Nothing is left from the beginning on: finished. Something may be left that was held: another round.
        if (clocks.Count == 0 && row.LastId.Length == 0)
        {
            await store.WriteAsync([Next(row, new(0, 0, 0), "", now, isFinished: true)], ct);
            return;
        }

        var changes = await ReckonedAsync(clocks, time, now, ct);
        var dueAt = isLastOfRound ? now + Breath : now;

        await store.UnchangedAsync(
            clocks,
            free =>
            {
                var mine = changes.Where(c => free.Contains(c.After.Id)).ToList();
                var tally = new Tally(
                    mine.Count(c => c.Before!.DueAt != c.After.DueAt),
                    mine.Count(c => c.Before!.BreachedAt is null && c.After.BreachedAt is not null),
                    mine.Count(c => c.Before!.ReprieveAt is null && c.After.ReprieveAt is not null)
                )
                {
                    Done = mine.Count,
                };
                var last = isLastOfRound ? "" : clocks[^1].Id;
                return
                [
                    Next(row, tally, last, now, isFinished: false),
                    .. ClockWrites.Changed(mine, "system", now),
                    WorkRowsCommand.Adding([ClockWork.Reckoning(id, step + 1, dueAt)]),
                ];
            },
            ct
        );
        signal.Ring(dueAt);
    }

    private async Task<List<ClockChange>> ReckonedAsync(
        IReadOnlyList<SlaClock> clocks,
        WorkingTime time,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        var changes = new List<ClockChange>(clocks.Count);

        foreach (var clock in clocks)
            if (await policies.FindAsync(clock.PolicyId, clock.PolicyVersion, ct) is { } policy)
                changes.Add(ClockChange.Of(clock, ClockRules.Recompute(clock, time, now), [], time, policy.Content, now));

        return changes;
    }

    private static NpgsqlBatchCommand Next(Recompute row, Tally tally, string lastId, DateTimeOffset now, bool isFinished) =>
        ClockWrites.Command(
            Advance,
            Arg.Text(row.Id),
            Arg.Integer(row.Step),
            Arg.Number(tally.Done),
            Arg.Number(tally.Moved),
            Arg.Number(tally.Missed),
            Arg.Number(tally.Reprieves),
            Arg.Text(lastId),
            Arg.Time(now),
            Arg.Flag(isFinished)
        );

    private static Recompute RowOf(NpgsqlDataReader row) =>
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

    private sealed record Tally(int Moved, int Missed, int Reprieves)
    {
        public int Done { get; init; }
    }
}
