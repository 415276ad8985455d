using System.Collections.Immutable;
using Npgsql;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Work;
using ServiceLoop.ServiceDesk.Calendars;
using ServiceLoop.ServiceDesk.Cases;
using ServiceLoop.ServiceDesk.Routing;

namespace ServiceLoop.ServiceDesk.Clocks;

/// <summary>
/// Hears the histories of cases: each line that was applied once, in order, and moves the clocks in the same transaction that notes how far the case was heard.
/// So a message that comes twice, late, or before an earlier one changes nothing: whichever comes first hears all that is there.
/// </summary>
internal sealed class CaseClocks(
    Database database,
    ClockStore store,
    PolicyStore policies,
    WorkingTimes times,
    RoutingStore alarms,
    IEnumerable<ICaseFollower> followers,
    IWorkSignal signal,
    TimeProvider wall
)
{
    /// <summary>Lines of one transaction.</summary>
    private const int Batch = 100;

    private static readonly string ListNews = SqlFile.Beside<ServiceCase>("case_news.list");
    private static readonly string Hold = SqlFile.Beside<ServiceCase>("case_news.hold");
    private static readonly string Heard = SqlFile.Beside<ServiceCase>("case_news.heard");
    private static readonly string LockOfCase = SqlFile.Beside<ClockStore>("sla_clock.lock_case");

    private readonly ImmutableArray<ICaseFollower> followers = [.. followers];

    /// <summary>Hears all that a case has not been heard of.</summary>
    public async Task CatchUpAsync(string caseId, CancellationToken ct)
    {
        while (await NewsAsync(caseId, ct) is { Count: > 0 } seen)
            await HearAsync(
                caseId,
                [.. seen.Where(n => n.IsApplied).Select(n => n.News)],
                async db =>
                    await db.ReadAsync(Hold, row => row.GetInt64(0), ct, Arg.Text(caseId)) is [var heard] && heard < seen[0].News.Seq
                        ? ClockWrites.Command(Heard, Arg.Text(caseId), Arg.Number(seen[^1].News.Seq))
                        : null,
                ct
            );
    }

    /// <summary>Hears an event that stands in no history.</summary>
    public Task TellAsync(CaseEvent news, CancellationToken ct) => MoveAsync(news.CaseId, [news], [], null, ct);

    private Task HearAsync(
        string caseId,
        IReadOnlyList<CaseNews> news,
        Func<NpgsqlConnection, Task<NpgsqlBatchCommand?>> hold,
        CancellationToken ct
    ) => MoveAsync(caseId, [.. news.Select(CaseEvent.Of).OfType<CaseEvent>()], news, hold, ct);

    private async Task MoveAsync(
        string caseId,
        IReadOnlyList<CaseEvent> events,
        IReadOnlyList<CaseNews> news,
        Func<NpgsqlConnection, Task<NpgsqlBatchCommand?>>? hold,
        CancellationToken ct
    )
    {
        var isDone = false;

        while (!isDone)
        {
            // Read before the lock: while it is held, no other connection is needed.
            var known = await SurroundingsAsync(caseId, events, ct);
            CaseClockRound? round = null;
            await database.TransactionAsync(
                async (db, transaction) =>
                {
                    (isDone, round) = (false, null);
                    NpgsqlBatchCommand? heard = null;

                    // Somebody else has heard it meanwhile.
                    if (hold is not null && (heard = await hold(db)) is null)
                    {
                        isDone = true;
                        return;
                    }

                    var clocks = events.Count == 0 ? [] : await db.ReadAsync(LockOfCase, ClockRows.Read, ct, Arg.Text(caseId));

                    if (!known.Covers(clocks))
                        return;

                    var now = ClockMath.Whole(wall.GetUtcNow());
                    round = new(known, now);

                    foreach (var clock in clocks)
                        round.Add(clock, clock.IsOpen ? await ClockStore.WaitingAsync(db, clock, ct) : []);

                    foreach (var one in events)
                        round.Hear(one);

                    await using var batch = new NpgsqlBatch(db, transaction);

                    foreach (var command in round.Writes.SelectMany(w => w.Commands(now)))
                        batch.BatchCommands.Add(command);

                    if (round.Answers.Count > 0)
                        batch.BatchCommands.Add(ClockStore.Answers(round.Answers, now));

                    foreach (var command in followers.SelectMany(f => news.SelectMany(n => f.Follow(n, now))))
                        batch.BatchCommands.Add(command);

                    if (heard is not null)
                        batch.BatchCommands.Add(heard);

                    if (batch.BatchCommands.Count > 0)
                        await batch.ExecuteNonQueryAsync(ct);

                    isDone = true;
                },
                ct
            );

            if (isDone && round is not null)
                await AfterAsync(round, ct);
        }
    }

    private async Task AfterAsync(CaseClockRound round, CancellationToken ct)
    {
        var now = wall.GetUtcNow();
        signal.Ring(now);

        foreach (var policy in round.WithoutCalendar)
            await alarms.AlarmAsync(
                $"policy.no-calendar:{policy}",
                "policy.no-calendar",
                policy,
                $"Neither the policy '{policy}' nor the company has a calendar: its clocks do not start. Make a calendar and set it as the company's.",
                now,
                ct
            );
    }

    private Task<IReadOnlyList<(CaseNews News, bool IsApplied)>> NewsAsync(string caseId, CancellationToken ct) =>
        database.ReadAsync(ListNews, row => (CaseNews.RowOf(row), row.GetBoolean(9)), ct, Arg.Text(caseId), Arg.Integer(Batch));

    private async Task<CaseSurroundings> SurroundingsAsync(string caseId, IReadOnlyList<CaseEvent> events, CancellationToken ct)
    {
        if (events.Count == 0)
            return CaseSurroundings.Nothing;

        var clocks = await store.OfCaseAsync(caseId, ct);
        var active = await policies.ListAsync(null, PolicyState.Active, null, ct);
        var contents = active.ToDictionary(p => (p.PolicyId, p.Number), p => p.Content);

        foreach (var clock in clocks)
            if (!contents.ContainsKey((clock.PolicyId, clock.PolicyVersion)))
                contents[(clock.PolicyId, clock.PolicyVersion)] =
                    (await policies.FindAsync(clock.PolicyId, clock.PolicyVersion, ct))?.Content
                    ?? throw new InvalidOperationException(
                        $"Clock '{clock.Id}' has version {clock.PolicyVersion} of policy '{clock.PolicyId}', which is gone."
                    );

        var company = await times.DefaultAsync(ct);
        var known = new CaseSurroundings([.. active], contents, company, CaseSurroundings.Nothing.Times);
        var wanted = clocks
            .Select(c => c.CalendarId)
            .Concat(active.SelectMany(p => events.Select(e => known.CalendarFor(p.Content, e.Facts))).OfType<string>())
            .Distinct(StringComparer.Ordinal);
        var calendars = new Dictionary<string, WorkingTime>(StringComparer.Ordinal);

        foreach (var id in wanted)
            if (await times.FindAsync(id, ct) is { } time)
                calendars[id] = time;

        return known with
        {
            Times = calendars,
        };
    }
}

/// <summary>What moving the clocks of a case needs beside them.</summary>
/// <param name="Active">Policies in force.</param>
/// <param name="Policies">What the policies of its clocks say, by id and version.</param>
/// <param name="CompanyCalendarId">Calendar of the company; null for none.</param>
/// <param name="Times">Calendars by id.</param>
internal sealed record CaseSurroundings(
    ImmutableArray<SlaPolicy> Active,
    IReadOnlyDictionary<(string Id, int Version), PolicyContent> Policies,
    string? CompanyCalendarId,
    IReadOnlyDictionary<string, WorkingTime> Times
)
{
    /// <summary>For no events.</summary>
    public static readonly CaseSurroundings Nothing = new(
        [],
        new Dictionary<(string, int), PolicyContent>(),
        null,
        new Dictionary<string, WorkingTime>(StringComparer.Ordinal)
    );

    public PolicyContent PolicyOf(SlaClock clock) => Policies[(clock.PolicyId, clock.PolicyVersion)];

    public WorkingTime? TimeOf(string calendarId) => Times.GetValueOrDefault(calendarId);

    public string? CalendarFor(PolicyContent policy, IReadOnlyDictionary<string, string?> facts) =>
        PolicyRules.CalendarFor(
            policy,
            facts.GetValueOrDefault("contractCalendar"),
            facts.GetValueOrDefault("queueCalendar"),
            CompanyCalendarId
        );

    /// <summary>Whether clocks that are locked by now are all known.</summary>
    public bool Covers(IReadOnlyList<SlaClock> clocks) =>
        clocks.All(c => Policies.ContainsKey((c.PolicyId, c.PolicyVersion)) && Times.ContainsKey(c.CalendarId));
}
