using ServiceLoop.Runtime.Work;
using ServiceLoop.ServiceDesk.Calendars;
using ServiceLoop.ServiceDesk.Clocks;

namespace ServiceLoop.ServiceDesk.Escalations;

/// <summary>Lets escalations climb, whoever asks: clocks, services, steps of workflows, deadlines. Asks no gate.</summary>
internal sealed class EscalationDesk(
    EscalationStore store,
    ClockStore clocks,
    IAudience audience,
    INoticeSender sender,
    WorkingTimes times,
    IWorkSignal signal,
    TimeProvider wall
)
{
    public EscalationStore Store => store;

    /// <summary>Heeds a signal, once.</summary>
    public async Task HeedAsync(EscalationSignal news, CancellationToken ct)
    {
        news = await KnownAsync(news with { At = ClockMath.Whole(news.At) }, ct);
        var ladder = await store.LadderAsync(ct);
        var time = await TimeAsync(news.CalendarId, ct);
        var id = Guid.CreateVersion7(news.At).ToString("N");
        var parentId = Guid.CreateVersion7(news.At).ToString("N");
        var level = news.IsClear ? 0 : LadderRules.LevelFor(ladder, news);
        var plan = await PlanAsync(Draft(news, id), ladder, 1, news.At, ct);

        await WithinAsync(
            async rows =>
            {
                if (!await rows.HeedAsync(news))
                    return;

                if (level > 0 && news.Cause is { } cause)
                    await rows.HoldAsync($"cause:{cause}");

                await rows.HoldAsync($"{news.SubjectKind}:{news.SubjectId}:{news.Metric}");
                var open = await rows.LockSubjectAsync(news.SubjectKind, news.SubjectId, news.Metric);

                if (open is null && level == 0)
                    return;

                // A value below every level is no reason to end: only a clear signal is, for what raised it may be another one.
                var step =
                    news.IsClear ? EscalationRules.Clear(open!, ladder, news.At)
                    : level == 0 ? new(open!, [], [])
                    : EscalationRules.Raise(open, id, news, ladder, time);

                if (open is null)
                    step = await StormRules.CalmedAsync(rows, step, parentId, ladder, e => Of(plan, e), news.At);

                await rows.WriteAsync(open, step, ladder, Of(plan, step.After), news.At);
                await rows.AttachAsync(news.Key, step.After.Id);

                if (news.InstanceId is not null && step.After.State == EscalationState.Acknowledged)
                    await rows.AnswerAsync(step.After, news.At);
            },
            ct
        );
    }

    /// <summary>The moment of an escalation has come. A timer of an older generation does nothing.</summary>
    public async Task ElapseAsync(string id, int generation, CancellationToken ct)
    {
        if (await store.FindAsync(id, ct) is not { } seen || seen.Generation != generation)
            return;

        var isAtRisk = seen.SubjectKind != "clock" || await clocks.FindAsync(seen.SubjectId, ct) is not { } clock || IsAtRisk(clock);

        await ChangeAsync(
            id,
            (escalation, ladder, time, now) =>
                escalation.Generation != generation ? new(escalation, [], [])
                // A clock of another machine may be ahead: what it took for due is done when it is.
                : escalation.NextAt > now ? new(escalation with { Generation = generation + 1, Rev = escalation.Rev + 1 }, [], [])
                : EscalationRules.Elapse(escalation, ladder, isAtRisk, time, now),
            ct
        );
    }

    /// <summary>Changes an escalation under a lock.</summary>
    /// <returns>What became of it; null when there is none of that id.</returns>
    public async Task<EscalationStep?> ChangeAsync(
        string id,
        Func<Escalation, Ladder, WorkingTime?, DateTimeOffset, EscalationStep> change,
        CancellationToken ct
    )
    {
        if (await store.FindAsync(id, ct) is not { } seen)
            return null;

        var ladder = await store.LadderAsync(ct);
        var time = await TimeAsync(seen.CalendarId, ct);
        var now = ClockMath.Whole(wall.GetUtcNow());

        // What stands on a level tells that one or higher ones; only whoever was silent tells all again.
        var plan = await PlanAsync(seen, ladder, seen.IsSilent ? 1 : seen.Level, now, ct);
        EscalationStep? result = null;

        await WithinAsync(
            async rows =>
            {
                if (await rows.LockAsync(id) is not { } escalation)
                    return;

                result = change(escalation, ladder, time, now);
                await rows.WriteAsync(escalation, result, ladder, Of(plan, result.After), now);
            },
            ct
        );
        return result;
    }

    /// <summary>Takes a notice to its recipient, unless the escalation is over or silent by now.</summary>
    public async Task NotifyAsync(string id, int level, string recipient, CancellationToken ct)
    {
        if (await store.FindNoticeAsync(id, level, recipient, ct) is not { } notice || await store.FindAsync(id, ct) is not { } escalation)
            return;

        var suppressed =
            !escalation.IsOpen ? $"it was {escalation.State} before"
            : escalation.IsSilent ? "its parent speaks for it"
            : null;

        var message = suppressed is null
            ? await sender.PrepareAsync(escalation, (await store.LadderAsync(ct)).Level(level), notice, $"{id}:{level}:{recipient}", ct)
            : null;
        await store.EndNoticeAsync(notice, suppressed is null ? wall.GetUtcNow() : null, suppressed, message, ct);

        if (message is not null)
            signal.Ring(message.CreatedAt);
    }

    /// <summary>Lets those speak for themselves again whose parent has ended.</summary>
    public async Task ReleaseAsync(string parentId, CancellationToken ct)
    {
        foreach (var child in await store.ChildrenAsync(parentId, ct))
            await ChangeAsync(child, EscalationRules.Release, ct);
    }

    /// <summary>All who might be told, looked up before the transaction.</summary>
    private async Task<IReadOnlyList<PlannedNotice>> PlanAsync(
        Escalation escalation,
        Ladder ladder,
        int lowest,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        var plan = new List<PlannedNotice>();
        var known = new Dictionary<string, WorkingTime?>(StringComparer.Ordinal);

        foreach (var level in ladder.Levels.Where(l => l.Number >= Math.Min(lowest, ladder.Top.Number)))
        foreach (var role in level.Audience)
        foreach (var recipient in await audience.FindAsync(role, escalation, ct))
        {
            if (!known.TryGetValue(recipient.CalendarId ?? "", out var time))
                known[recipient.CalendarId ?? ""] = time = await TimeAsync(recipient.CalendarId, ct);

            plan.Add(new(level.Number, role, recipient, LadderRules.ToldAt(level, escalation.Priority, recipient, time, now)));
        }

        return plan;
    }

    /// <summary>Those who are told now: the first rank of each role, and with each round without answer one rank more.</summary>
    private static IEnumerable<PlannedNotice> Of(IReadOnlyList<PlannedNotice> plan, Escalation escalation) =>
        plan.GroupBy(p => (p.Level, p.Role))
            .SelectMany(g => g.Where(p => p.Recipient.Rank <= g.Min(x => x.Recipient.Rank) + escalation.Round));

    private static Escalation Draft(EscalationSignal news, string id) =>
        new()
        {
            Id = id,
            SubjectKind = news.SubjectKind,
            SubjectId = news.SubjectId,
            Metric = news.Metric,
            CaseId = news.CaseId,
            Priority = news.Priority,
            Assignee = news.Assignee,
            QueueId = news.QueueId,
            CalendarId = news.CalendarId,
            Level = 0,
            State = EscalationState.Raised,
            Reason = "",
            RaisedAt = news.At,
            LevelAt = news.At,
        };

    private static bool IsAtRisk(SlaClock clock) => clock.State == ClockState.Running || (clock.IsOpen && clock.BreachedAt is not null);

    private async Task<WorkingTime?> TimeAsync(string? calendarId, CancellationToken ct) =>
        calendarId is null ? null : await times.FindAsync(calendarId, ct);

    /// <summary>Fills in what is known of the case, where the signal does not say it.</summary>
    private async Task<EscalationSignal> KnownAsync(EscalationSignal news, CancellationToken ct) =>
        news.CaseId is { } id && await store.FindCaseAsync(id, ct) is { } known
            ? news with
            {
                Priority = news.Priority ?? known.PriorityName,
                Cause = news.Cause ?? known.Category,
                QueueId = news.QueueId ?? known.QueueId,
                Assignee = news.Assignee ?? known.Assignee,
            }
            : news;

    /// <summary>One transaction over escalations; the work that it asks for is rung for after it.</summary>
    public async Task WithinAsync(Func<EscalationTransaction, Task> work, CancellationToken ct)
    {
        DateTimeOffset? dueAt = null;
        await store.Database.TransactionAsync(
            async (connection, transaction) =>
            {
                var rows = new EscalationTransaction(connection, transaction, ct);
                await work(rows);
                dueAt = await rows.FinishAsync();
            },
            ct
        );

        if (dueAt is { } at)
            signal.Ring(at);
    }
}
