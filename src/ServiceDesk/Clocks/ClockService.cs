using System.Globalization;
using ServiceLoop.Runtime.Access;
using ServiceLoop.ServiceDesk.Calendars;

namespace ServiceLoop.ServiceDesk.Clocks;

/// <summary>Clocks: start, pause, resume, stop; how their figures come about.</summary>
public sealed class ClockService
{
    private const int MaxWord = 200;
    private const int MaxReason = 500;

    private readonly ClockDesk desk;
    private readonly CaseClocks cases;
    private readonly WorkingTimes times;
    private readonly IAccess access;
    private readonly TimeProvider wall;

    internal ClockService(ClockDesk desk, CaseClocks cases, WorkingTimes times, IAccess access, TimeProvider wall) =>
        (this.desk, this.cases, this.times, this.access, this.wall) = (desk, cases, times, access, wall);

    /// <summary>A page of clocks, newest first.</summary>
    /// <exception cref="DeskRefusedException">A value is wrong.</exception>
    public async Task<IReadOnlyList<SlaClock>> ListAsync(ClockFilter filter, CancellationToken ct)
    {
        access.Demand(Permissions.ClocksRead);
        TextRules.Optional(filter.CaseId, "caseId", MaxWord);
        TextRules.Optional(filter.Metric, "metric", MaxWord);
        TextRules.Optional(filter.PolicyId, "policyId", MaxWord);
        TextRules.Optional(filter.Before, "before", MaxWord);
        return await desk.Store.PageAsync(filter, ct);
    }

    /// <summary>A clock.</summary>
    /// <exception cref="DeskRefusedException">There is none of that id.</exception>
    public async Task<SlaClock> GetAsync(string id, CancellationToken ct)
    {
        access.Demand(Permissions.ClocksRead);
        return await OneAsync(id, ct);
    }

    /// <summary>All clocks of a case.</summary>
    public async Task<IReadOnlyList<SlaClock>> OfCaseAsync(string caseId, CancellationToken ct)
    {
        access.Demand(Permissions.ClocksRead);
        return await desk.Store.OfCaseAsync(TextRules.Required(caseId, "caseId", MaxWord), ct);
    }

    /// <summary>What happened to a clock.</summary>
    public async Task<IReadOnlyList<ClockHistoryLine>> HistoryAsync(string id, CancellationToken ct)
    {
        access.Demand(Permissions.ClocksRead);
        await OneAsync(id, ct);
        return await desk.Store.HistoryAsync(id, ct);
    }

    /// <summary>How the figures of a clock come about: runs, days, spans, with sums.</summary>
    /// <exception cref="DeskRefusedException">There is none of that id.</exception>
    public async Task<ClockExplanation> ExplainAsync(string id, CancellationToken ct)
    {
        access.Demand(Permissions.ClocksRead);
        var clock = await OneAsync(id, ct);
        var time = await times.GetAsync(clock.CalendarId, ct);

        // The sums of a clock are those of its version of the calendar, also while a later one is being worked in.
        if (time.Calendar.Version > clock.CalendarVersion)
            time = new(time.Calendar with { Versions = [.. time.Calendar.Versions.Where(v => v.Number <= clock.CalendarVersion)] });

        return ClockExplanation.Of(clock, time, wall.GetUtcNow());
    }

    /// <summary>Works out a clock without writing it, for steps that write it with their own rows: record what comes back.</summary>
    /// <returns>Null when no active policy has a target for the case.</returns>
    /// <exception cref="DeskRefusedException">A value is wrong, or there is no calendar.</exception>
    public async Task<StartedClock?> PrepareAsync(ClockStart start, CancellationToken ct)
    {
        access.Demand(Permissions.ClocksManage);
        return await desk.PrepareAsync(start, ct);
    }

    /// <summary>Starts a clock.</summary>
    /// <exception cref="DeskRefusedException">A value is wrong, there is no calendar, or no active policy has a target for the case.</exception>
    public async Task<SlaClock> StartAsync(ClockStart start, CancellationToken ct)
    {
        access.Demand(Permissions.ClocksManage);
        var started =
            await desk.PrepareAsync(start, ct)
            ?? throw DeskRefusedException.Conflict(
                "clock.no-target",
                $"No active policy has a target of '{SoundText.Quoted(start.Metric)}' for the case. Look at the policies and their conditions."
            );

        return await access.ActAsync(
            new Deed(Permissions.ClocksManage, "clock.start", started.Clock.Id)
            {
                Wanted = Facts.Of(("case", start.CaseId), ("metric", start.Metric)),
            },
            async () =>
            {
                await desk.BeginAsync(started, access.Actor.Name, ct);
                return await OneAsync(started.Clock.Id, ct);
            },
            ct
        );
    }

    /// <summary>Asks something of a clock: pause, resume, stop, cancel, reset, another target, reopen, more time.</summary>
    /// <param name="id">The clock.</param>
    /// <param name="verb">What.</param>
    /// <param name="ask">More about it: reason, target, priority, minutes. Its moment is that of the call.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="DeskRefusedException">There is no such clock, or it cannot do that as it stands.</exception>
    public async Task<SlaClock> AskAsync(string id, ClockVerb verb, ClockAsk ask, CancellationToken ct)
    {
        access.Demand(Permissions.ClocksManage);
        Checked(verb, ask);
        await OneAsync(id, ct);

        return verb switch
        {
            ClockVerb.Pause => await ActAsync("clock.pause", id, verb, ask, ct),
            ClockVerb.Resume => await ActAsync("clock.resume", id, verb, ask, ct),
            ClockVerb.Stop => await ActAsync("clock.stop", id, verb, ask, ct),
            ClockVerb.Cancel => await ActAsync("clock.cancel", id, verb, ask, ct),
            ClockVerb.Reset => await ActAsync("clock.reset", id, verb, ask, ct),
            ClockVerb.Retarget => await ActAsync("clock.retarget", id, verb, ask, ct),
            ClockVerb.Reopen => await ActAsync("clock.reopen", id, verb, ask, ct),
            ClockVerb.Extend => await ActAsync("clock.extend", id, verb, ask, ct),
            _ => throw DeskRefusedException.Invalid("clock.verb", "verb", $"A clock cannot be asked to {verb}."),
        };
    }

    /// <summary>Takes a miss back that a later calendar has undone.</summary>
    /// <exception cref="DeskRefusedException">There is no such clock, no reason, or nothing to take back.</exception>
    public async Task<SlaClock> ApproveReprieveAsync(string id, string? reason, CancellationToken ct)
    {
        access.Demand(Permissions.ClocksManage);
        var said = TextRules.Required(reason, "reason", MaxReason);
        var before = await OneAsync(id, ct);

        return await access.ActAsync(
            new Deed(Permissions.ClocksManage, "clock.reprieve", id)
            {
                Before = Facts.Of(("breachedAt", before.BreachedAt?.ToString("O", CultureInfo.InvariantCulture))),
                Wanted = Facts.Of(("reason", said)),
            },
            async () =>
            {
                var step = await desk.ChangeAsync(
                    id,
                    (clock, time, _, now) => (ClockRules.Reprieve(clock, time, now, said), []),
                    access.Actor.Name,
                    ct
                );
                return step.Refusal is { } sentence ? throw DeskRefusedException.Conflict("clock.refused", sentence) : step.Clock;
            },
            ct
        );
    }

    /// <summary>Tells the clocks of a case of an event that stands not in its history; the conditions of policies say what that means.</summary>
    public async Task TellAsync(CaseEvent news, CancellationToken ct)
    {
        access.Demand(Permissions.ClocksManage);
        TextRules.Required(news.CaseId, "caseId", MaxWord);
        await cases.TellAsync(news, ct);
    }

    private Task<SlaClock> ActAsync(string action, string id, ClockVerb verb, ClockAsk ask, CancellationToken ct) =>
        access.ActAsync(
            new Deed(Permissions.ClocksManage, action, id)
            {
                Wanted = Facts.Of(
                    ("reason", ask.Reason),
                    ("target", ask.Target?.ToString()),
                    ("priority", ask.Priority),
                    ("minutes", ask.Minutes == 0 ? null : ask.Minutes.ToString(CultureInfo.InvariantCulture))
                ),
            },
            async () =>
            {
                var step = await desk.AskAsync(id, ask with { Verb = verb, At = wall.GetUtcNow() }, access.Actor.Name, ct);
                return step.Refusal is { } sentence ? throw DeskRefusedException.Conflict("clock.refused", sentence) : step.Clock;
            },
            ct
        );

    private async Task<SlaClock> OneAsync(string id, CancellationToken ct) =>
        SoundText.IsSound(id) && await desk.Store.FindAsync(id, ct) is { } clock
            ? clock
            : throw DeskRefusedException.Unknown(
                "clock.unknown",
                $"There is no clock '{SoundText.Quoted(id)}'. Look at the list of clocks."
            );

    private static void Checked(ClockVerb verb, ClockAsk ask)
    {
        ask.Validated();

        if (verb is ClockVerb.Cancel or ClockVerb.Extend)
            TextRules.Required(ask.Reason, "reason", MaxReason);

        if (verb == ClockVerb.Extend && ask.Minutes is < 1 or > PolicyRules.MaxMinutes)
            throw DeskRefusedException.Invalid(
                "clock.minutes",
                "minutes",
                $"{ask.Minutes} is not a number of minutes from 1 to {PolicyRules.MaxMinutes}."
            );

        var most = ask.Target?.Unit == TargetUnit.Days ? PolicyRules.MaxDays : PolicyRules.MaxMinutes;

        if (ask.Target is { } target && (target.Amount < 1 || target.Amount > most))
            throw DeskRefusedException.Invalid("clock.target", "target.amount", $"{target.Amount} is not a target. Give 1 to {most}.");
    }
}
