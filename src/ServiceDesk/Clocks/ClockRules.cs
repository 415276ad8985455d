using System.Collections.Immutable;
using ServiceLoop.ServiceDesk.Calendars;

namespace ServiceLoop.ServiceDesk.Clocks;

/// <summary>What may happen to a clock, and what becomes of it. Pure: moments are arguments, and one before the last change counts as that one.</summary>
public static class ClockRules
{
    /// <summary>The first step of a clock. Give it with an open run from its start.</summary>
    public static ClockStep Start(SlaClock clock, WorkingTime time)
    {
        var at = ClockMath.Whole(clock.StartedAt);
        var started = clock with { State = ClockState.Running, StartedAt = at, Runs = [new(at, null)], Rev = 1 };
        return Settled(clock with { Rev = 0 }, started, time, at, [new(at, "Started", clock.Target.ToString())]);
    }

    /// <summary>Stops counting for a while.</summary>
    public static ClockStep Pause(SlaClock clock, WorkingTime time, DateTimeOffset at, string reason, ImmutableArray<string> allowed)
    {
        if (clock.State == ClockState.Paused)
            return Same(clock);

        if (clock.State != ClockState.Running)
            return Refused(clock, $"The clock is {clock.State} and cannot pause.");

        if (clock.Metric == Metrics.FirstResponse)
            return Refused(clock, "A clock of 'first_response' never pauses.");

        if (!allowed.Contains(reason, StringComparer.Ordinal))
            return Refused(clock, $"'{reason}' is no reason to pause by its policy. There are: {string.Join(", ", allowed)}.");

        at = NotBefore(clock, at);
        var paused = clock with { State = ClockState.Paused, PauseReason = reason, Runs = Closed(clock.Runs, at) };
        return Settled(clock, paused, time, at, [new(at, "Paused", reason)]);
    }

    /// <summary>Counts again.</summary>
    public static ClockStep Resume(SlaClock clock, WorkingTime time, DateTimeOffset at)
    {
        if (clock.State is not (ClockState.Paused or ClockState.Pending))
            return clock.IsOpen ? Same(clock) : Refused(clock, $"The clock is {clock.State} and cannot go on.");

        at = NotBefore(clock, at);
        var isFresh = clock.State == ClockState.Pending;
        var running = clock with
        {
            State = ClockState.Running,
            PauseReason = null,
            StartedAt = isFresh ? at : clock.StartedAt,
            Runs = clock.Runs.Add(new(at, null)),
        };
        return Settled(clock, running, time, at, [new(at, isFresh ? "Started" : "Resumed", clock.PauseReason)]);
    }

    /// <summary>Ends it: met when the target was not used up before.</summary>
    public static ClockStep Stop(SlaClock clock, WorkingTime time, DateTimeOffset at)
    {
        if (!clock.IsOpen)
            return Same(clock);

        // The moment counts, not when it became known: a timer that was faster than the commit of the stop has told too much.
        at = NotBefore(clock, at);
        var ended = clock with { Runs = Closed(clock.Runs, at), StoppedAt = at, PauseReason = null };
        var isWithdrawn = clock.BreachedAt >= at && clock.BreachReason == "due";

        if (isWithdrawn)
            ended = ended with { BreachedAt = null, BreachReason = null };

        var step = Settled(clock, ended, time, at, isWithdrawn ? [new(at, "BreachWithdrawn", "stopped at that moment or before")] : []);
        var state = step.Clock.BreachedAt is null ? ClockState.Met : ClockState.Missed;
        return step with
        {
            Clock = step.Clock with { State = state, DueAt = clock.DueAt },
            Events = step.Events.Add(new(at, state.ToString(), LatenessOf(step.Clock, time))),
        };
    }

    /// <summary>Ends it without a result.</summary>
    public static ClockStep Cancel(SlaClock clock, WorkingTime time, DateTimeOffset at, string? reason)
    {
        if (!clock.IsOpen)
            return Same(clock);

        at = NotBefore(clock, at);
        var ended = clock with { State = ClockState.Cancelled, Runs = Closed(clock.Runs, at), StoppedAt = at, PauseReason = null };
        return Settled(clock, ended, time, at, [new(at, "Cancelled", reason)]);
    }

    /// <summary>Begins anew: nothing is used up, nothing was told. A miss stays a fact of the past in the history.</summary>
    public static ClockStep Reset(SlaClock clock, WorkingTime time, DateTimeOffset at, bool starts)
    {
        if (!clock.IsOpen)
            return Refused(clock, $"The clock is {clock.State} and cannot begin anew.");

        at = NotBefore(clock, at);
        var fresh = clock with
        {
            State = starts ? ClockState.Running : ClockState.Pending,
            StartedAt = at,
            Runs = starts ? [new(at, null)] : [],
            BreachedAt = null,
            BreachReason = null,
            ReprieveAt = null,
            PauseReason = null,
            Fired = [],
            Extension = TimeSpan.Zero,
        };
        return Settled(clock, fresh, time, at, [new(at, "Reset", clock.BreachedAt is null ? null : "after a miss")]);
    }

    /// <summary>Another target; what is used up stays. Missed at once when that is more already.</summary>
    public static ClockStep Retarget(SlaClock clock, WorkingTime time, DateTimeOffset at, SlaTarget target, string? priority)
    {
        if (!clock.IsOpen)
            return Refused(clock, $"The clock is {clock.State} and gets no other target.");

        var changed = clock with { Target = target, Priority = priority ?? clock.Priority };

        if (changed == clock)
            return Same(clock);

        at = NotBefore(clock, at);
        changed = Rearmed(changed, time, at);
        var reason = ClockMath.DueMoment(clock, time) < at ? "due" : "retargeted";
        return Settled(clock, changed, time, at, [new(at, "Retargeted", $"{clock.Target} → {target}")], reason);
    }

    /// <summary>More time, granted by somebody.</summary>
    public static ClockStep Extend(SlaClock clock, WorkingTime time, DateTimeOffset at, TimeSpan more, string reason)
    {
        if (!clock.IsOpen)
            return Refused(clock, $"The clock is {clock.State} and gets no more time.");

        at = NotBefore(clock, at);
        var longer = Rearmed(clock with { Extension = clock.Extension + more }, time, at);
        return Settled(clock, longer, time, at, [new(at, "Extended", $"{more.TotalMinutes:0} min: {reason}")]);
    }

    /// <summary>Goes on after its end; the time between does not count.</summary>
    /// <param name="clock">The clock.</param>
    /// <param name="time">Its calendar.</param>
    /// <param name="at">When.</param>
    /// <param name="window">How long after its end that is possible, by the wall.</param>
    public static ClockStep Reopen(SlaClock clock, WorkingTime time, DateTimeOffset at, TimeSpan window)
    {
        if (clock.IsOpen)
            return Same(clock);

        if (clock.State == ClockState.Cancelled || clock.StoppedAt is not { } stopped)
            return Refused(clock, "The clock was cancelled. Start a new one.");

        if (at - stopped > window)
            return Refused(clock, $"The clock ended more than {window.TotalDays:0.#} days ago. Start a new one.");

        at = NotBefore(clock, at);
        var running = clock with { State = ClockState.Running, StoppedAt = null, Runs = clock.Runs.Add(new(at, null)) };
        return Settled(clock, running, time, at, [new(at, "Reopened", null)]);
    }

    /// <summary>Tells all thresholds that have been reached. Nothing for one that came early, late, or twice.</summary>
    /// <returns>The step, and the thresholds that are told by it.</returns>
    public static (ClockStep Step, ImmutableArray<int> Reached) Fire(SlaClock clock, WorkingTime time, DateTimeOffset now)
    {
        if (clock.State != ClockState.Running || clock.NextAt is null || clock.NextAt > now)
            return (Same(clock), []);

        var reached = clock
            .Thresholds.Where(p => !clock.Fired.Contains(p))
            .Select(p => (Percent: p, At: ClockMath.ThresholdMoment(clock, time, p)))
            .Where(p => p.At <= now)
            .ToImmutableArray();
        var fired = clock with { Fired = [.. clock.Fired.AddRange(reached.Select(r => r.Percent)).Order()] };
        ImmutableArray<ClockEvent> events = [.. reached.Select(r => new ClockEvent(r.At!.Value, "ThresholdReached", $"{r.Percent} %"))];
        return (Settled(clock, fired, time, now, events, isTimer: true), [.. reached.Select(r => r.Percent)]);
    }

    /// <summary>Reckons with another version of the calendar. A miss that is none by it waits for approval.</summary>
    public static ClockStep Recompute(SlaClock clock, WorkingTime time, DateTimeOffset now)
    {
        var moved = clock with { CalendarVersion = time.Calendar.Version };
        var step = Settled(clock, moved, time, now, [], "calendar", isTimer: true);
        var due = ClockMath.DueMoment(step.Clock, time);

        if (clock.BreachedAt is not null)
        {
            var isReprieved = due is null || due > (clock.StoppedAt ?? now);
            step = step with { Clock = step.Clock with { ReprieveAt = isReprieved ? clock.ReprieveAt ?? now : null } };
        }

        var told = $"calendar {clock.CalendarVersion} → {moved.CalendarVersion}, due {clock.DueAt:u} → {step.Clock.DueAt:u}";
        return step with { Events = step.Events.Insert(0, new(now, "Recomputed", told)) };
    }

    /// <summary>Takes a miss back that a later calendar has undone, as somebody has approved.</summary>
    public static ClockStep Reprieve(SlaClock clock, WorkingTime time, DateTimeOffset now, string reason)
    {
        if (clock.ReprieveAt is null)
            return Refused(clock, "No later calendar says that the clock was in time.");

        var state = clock.State == ClockState.Missed ? ClockState.Met : clock.State;
        var free = Rearmed(clock with { BreachedAt = null, BreachReason = null, ReprieveAt = null, State = state }, time, now);
        return Settled(clock, free, time, now, [new(now, "Reprieved", reason)], isTimer: true);
    }

    /// <summary>What was told and is ahead again by a longer target will be told when it comes.</summary>
    private static SlaClock Rearmed(SlaClock clock, WorkingTime time, DateTimeOffset at) =>
        clock.Fired.All(p => ClockMath.ThresholdMoment(clock, time, p) <= at)
            ? clock
            : clock with
            {
                Fired = [.. clock.Fired.Where(p => ClockMath.ThresholdMoment(clock, time, p) <= at)],
            };

    /// <summary>Sums, due date, miss and next threshold of a clock after a change.</summary>
    private static ClockStep Settled(
        SlaClock before,
        SlaClock clock,
        WorkingTime time,
        DateTimeOffset at,
        ImmutableArray<ClockEvent> events,
        string breachReason = "due",
        bool isTimer = false
    )
    {
        var isRunning = clock.Runs is [.., { To: null }];
        var due = ClockMath.DueMoment(clock, time);
        clock = clock with
        {
            Consumed = ClockMath.Consumed(clock, time, isRunning && isTimer ? Later(at, clock.Runs[^1].From) : at),
            DueAt = clock.IsOpen && !isRunning ? null : due ?? before.DueAt,
            Rev = before.Rev + 1,
        };

        if (clock.BreachedAt is null && clock.State != ClockState.Cancelled && due is { } end && IsBreached(clock, time, end, at, isTimer))
        {
            // Before a change of the rules it was not over: then the change is when it became so.
            var moment = breachReason == "due" ? end : at;
            clock = clock with { BreachedAt = moment, BreachReason = breachReason };
            events = events.Add(new(moment, "Breached", breachReason));
        }

        var next = isRunning && clock.IsOpen ? NextOf(clock, time) : default;

        if (next.At != clock.NextAt || next.Percent != clock.NextPercent)
            clock = clock with { NextAt = next.At, NextPercent = next.Percent, Generation = clock.Generation + 1 };

        return new(clock, events);
    }

    /// <summary>Stopped or paused at the very end is in time; still running then is not.</summary>
    private static bool IsBreached(SlaClock clock, WorkingTime time, DateTimeOffset end, DateTimeOffset at, bool isTimer) =>
        clock.Runs.Any(run => run.From <= end && (run.To ?? at) > end)
        || clock.Consumed > ClockMath.TargetSpan(clock, time)
        || (isTimer && clock.Runs is [.., { To: null }] && end <= at);

    private static (int? Percent, DateTimeOffset? At) NextOf(SlaClock clock, WorkingTime time)
    {
        foreach (var percent in clock.Thresholds)
            if (!clock.Fired.Contains(percent))
                return ClockMath.ThresholdMoment(clock, time, percent) is { } at ? (percent, at) : (null, null);

        return (null, null);
    }

    private static string LatenessOf(SlaClock clock, WorkingTime time) =>
        ClockMath.TargetSpan(clock, time) is not { } target
            ? $"used {clock.Consumed.TotalMinutes:0.##} min"
            : $"used {clock.Consumed.TotalMinutes:0.##} of {target.TotalMinutes:0.##} min";

    private static ImmutableArray<ClockRun> Closed(ImmutableArray<ClockRun> runs, DateTimeOffset at) =>
        runs is [.., { To: null } last] ? runs.SetItem(runs.Length - 1, last with { To = at }) : runs;

    private static DateTimeOffset NotBefore(SlaClock clock, DateTimeOffset at)
    {
        var last = clock.Runs is [.., var run] ? run.To ?? run.From : clock.StartedAt;
        return Later(ClockMath.Whole(at), last);
    }

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private static ClockStep Same(SlaClock clock) => new(clock, []);

    private static ClockStep Refused(SlaClock clock, string sentence) => new(clock, [], sentence);
}
