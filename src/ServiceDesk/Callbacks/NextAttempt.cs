using System.Collections.Immutable;
using ServiceLoop.ServiceDesk.Windows;

namespace ServiceLoop.ServiceDesk.Callbacks;

/// <summary>What follows an attempt to call.</summary>
public abstract record NextAttempt
{
    private static readonly TimeOnly Noon = new(12, 0);
    private static readonly TimeOnly Evening = new(17, 0);

    private NextAttempt() { }

    /// <summary>The customer was reached: no more attempts.</summary>
    public sealed record Done : NextAttempt;

    /// <summary>Call again.</summary>
    /// <param name="At">When, UTC.</param>
    /// <param name="BySameAgent">True: who was talking calls again.</param>
    public sealed record Again(DateTimeOffset At, bool BySameAgent) : NextAttempt;

    /// <summary>All was tried.</summary>
    /// <param name="Why">A stable word: <c>max-attempts</c>, <c>no-time-left</c>.</param>
    public sealed record Exhausted(string Why) : NextAttempt;

    /// <summary>The number is wrong: somebody must find the right one.</summary>
    public sealed record FixContact : NextAttempt;

    /// <summary>The customer does not want to be called.</summary>
    /// <param name="SuppressUntil">No calls until then, UTC.</param>
    public sealed record Refused(DateTimeOffset SuppressUntil) : NextAttempt;

    /// <summary>Decides what follows the last attempt.</summary>
    /// <param name="policy">Rules.</param>
    /// <param name="attempts">All attempts, in their order; at least one.</param>
    /// <param name="allowed">When the customer may be contacted, from the last attempt on.</param>
    /// <param name="zone">Zone by whose clock parts of the day are told apart.</param>
    public static NextAttempt After(
        CallbackPolicy policy,
        IReadOnlyList<CallAttempt> attempts,
        ImmutableArray<Span> allowed,
        TimeZoneInfo zone
    )
    {
        var last = attempts[^1];
        var isFreeRedial = last.Outcome == CallOutcome.Busy && attempts.Count(a => a.Outcome == CallOutcome.Busy) <= policy.MaxBusy;

        switch (last.Outcome)
        {
            case CallOutcome.Reached:
                return new Done();
            case CallOutcome.WrongNumber:
                return new FixContact();
            case CallOutcome.Refused:
                return new Refused(last.At + policy.SuppressRefused);
        }

        if (Counted(policy, attempts) >= policy.MaxAttempts)
            return new Exhausted("max-attempts");

        var until = attempts[0].At + policy.Within;
        var from = last.At + Pause(policy, last.Outcome, isFreeRedial);

        // Redialling a busy line or a broken call goes on with the attempt that was begun; it needs no other part of the day.
        var at =
            isFreeRedial || last.Outcome == CallOutcome.Dropped
                ? allowed.FirstFrom(from)
                : FirstFree(policy, attempts, allowed, zone, from, until);

        return at is { } moment && moment <= until ? new Again(moment, last.Outcome == CallOutcome.Dropped) : new Exhausted("no-time-left");
    }

    /// <summary>Attempts that count against the limit: the first busy lines do not.</summary>
    public static int Counted(CallbackPolicy policy, IReadOnlyCollection<CallAttempt> attempts) =>
        attempts.Count - Math.Min(policy.MaxBusy, attempts.Count(a => a.Outcome == CallOutcome.Busy));

    private static TimeSpan Pause(CallbackPolicy policy, CallOutcome outcome, bool isFreeRedial) =>
        outcome switch
        {
            CallOutcome.Dropped => TimeSpan.Zero,
            CallOutcome.Voicemail => policy.AfterVoicemail,
            CallOutcome.Busy when isFreeRedial => policy.AfterBusy,
            _ => policy.AfterNoAnswer,
        };

    private static DateTimeOffset? FirstFree(
        CallbackPolicy policy,
        IReadOnlyList<CallAttempt> attempts,
        ImmutableArray<Span> allowed,
        TimeZoneInfo zone,
        DateTimeOffset from,
        DateTimeOffset until
    )
    {
        if (until < from)
            return null;

        var range = new Span(from, until.AddTicks(1));
        var used = attempts.Select(a => PartOf(zone, a.At)).ToHashSet();
        var taken = new List<Span>();

        foreach (var (day, part) in used)
            taken.AddRange(LocalTimes.In(zone, [part], d => d != day, range));

        foreach (var miss in attempts.Where(a => a.Outcome is CallOutcome.NoAnswer or CallOutcome.Busy))
        {
            var wall = LocalTimes.Wall(zone, miss.At);
            var around = Around(TimeOnly.FromDateTime(wall), policy.AfterNoAnswer);
            var missDay = DateOnly.FromDateTime(wall);

            // Around midnight the stretch of the same day's miss begins the day before.
            var sameDay = around.From > TimeOnly.FromDateTime(wall) ? missDay.AddDays(-1) : missDay;
            taken.AddRange(LocalTimes.In(zone, [around], d => d == sameDay, range));
        }

        return Spans.Without(Spans.Both(allowed, [range]), Spans.Of(taken)).FirstFrom(from);
    }

    private static DailyWindow Around(TimeOnly time, TimeSpan reach) => new(time.Add(-reach), time.Add(reach).Add(TimeSpan.FromTicks(1)));

    private static (DateOnly Day, DailyWindow Part) PartOf(TimeZoneInfo zone, DateTimeOffset at)
    {
        var wall = LocalTimes.Wall(zone, at);
        var time = TimeOnly.FromDateTime(wall);
        var part =
            time < Noon ? new DailyWindow(TimeOnly.MinValue, Noon)
            : time < Evening ? new DailyWindow(Noon, Evening)
            : new DailyWindow(Evening, TimeOnly.MinValue);
        return (DateOnly.FromDateTime(wall), part);
    }
}
