using ServiceLoop.ServiceDesk.Calendars;

namespace ServiceLoop.ServiceDesk.Clocks;

/// <summary>The arithmetic of clocks: sums over their runs with the working time of a calendar. Pure.</summary>
public static class ClockMath
{
    /// <summary>Working time used up until a moment.</summary>
    public static TimeSpan Consumed(SlaClock clock, WorkingTime time, DateTimeOffset at)
    {
        var sum = TimeSpan.Zero;

        foreach (var run in clock.Runs)
            sum += time.Between(run.From, run.To ?? at);

        return sum;
    }

    /// <summary>The target in working time; null when the calendar has not so many days.</summary>
    public static TimeSpan? TargetSpan(SlaClock clock, WorkingTime time) =>
        clock.Target.Unit == TargetUnit.Minutes ? TimeSpan.FromMinutes(clock.Target.Amount) + clock.Extension
        : time.AddDays(clock.StartedAt, clock.Target.Amount) is { } due ? time.Between(clock.StartedAt, due) + clock.Extension
        : null;

    /// <summary>When so much working time is used up: a moment of the past, or one ahead if it goes on as it is; null when it never is.</summary>
    public static DateTimeOffset? MomentOf(SlaClock clock, WorkingTime time, TimeSpan worked)
    {
        var before = TimeSpan.Zero;

        foreach (var run in clock.Runs)
        {
            if (run.To is not { } to)
                return time.Add(run.From, worked - before);

            var length = time.Between(run.From, to);

            if (worked <= before + length)
                return time.Add(run.From, worked - before);

            before += length;
        }

        return null;
    }

    /// <summary>When the target is used up; null when it never is as it stands.</summary>
    public static DateTimeOffset? DueMoment(SlaClock clock, WorkingTime time)
    {
        if (TargetSpan(clock, time) is not { } target || MomentOf(clock, time, target) is not { } due)
            return null;

        // Days end at a time of day. The sum alone cannot tell Monday's closing from Tuesday's opening; as long as no working time was left out, the day can.
        if (clock is { Target.Unit: TargetUnit.Days, Extension.Ticks: 0 } && clock.Runs[^1].To is null)
            if (time.Between(clock.StartedAt, clock.Runs[^1].From) == Consumed(clock, time, clock.Runs[^1].From))
                return time.AddDays(clock.StartedAt, clock.Target.Amount);

        return due;
    }

    /// <summary>When a share of the target is used up.</summary>
    public static DateTimeOffset? ThresholdMoment(SlaClock clock, WorkingTime time, int percent)
    {
        if (percent == 100)
            return DueMoment(clock, time);

        return TargetSpan(clock, time) is { } target ? MomentOf(clock, time, Share(target, percent)) : null;
    }

    /// <summary>A share of a span, in whole milliseconds.</summary>
    public static TimeSpan Share(TimeSpan span, int percent) =>
        TimeSpan.FromTicks(span.Ticks / TimeSpan.TicksPerMillisecond * percent / 100 * TimeSpan.TicksPerMillisecond);

    /// <summary>A moment without what is finer than a millisecond, so that sums are exact.</summary>
    public static DateTimeOffset Whole(DateTimeOffset moment) =>
        new(moment.UtcTicks - (moment.UtcTicks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero);
}
