using System.Collections.Immutable;
using ServiceLoop.ServiceDesk.Calendars;

namespace ServiceLoop.ServiceDesk.Clocks;

/// <summary>The working time of one day within a run.</summary>
/// <param name="Day">The day in the zone of the calendar.</param>
/// <param name="Spans">The spans, with the offset of the zone.</param>
/// <param name="Minutes">Their sum.</param>
/// <param name="Exception">Name of the exception of that day; null for none.</param>
public sealed record ExplainedDay(DateOnly Day, ImmutableArray<WorkingSpan> Spans, decimal Minutes, string? Exception);

/// <summary>A span in which the clock ran, and what of it was working time.</summary>
/// <param name="From">When it began to run.</param>
/// <param name="To">When it was paused or stopped; the moment of the question while it runs.</param>
/// <param name="IsOpen">Whether it still runs.</param>
/// <param name="Days">Working time by day.</param>
/// <param name="Minutes">Sum of the days.</param>
public sealed record ExplainedRun(DateTimeOffset From, DateTimeOffset To, bool IsOpen, ImmutableArray<ExplainedDay> Days, decimal Minutes);

/// <summary>When a threshold is or was reached.</summary>
/// <param name="Percent">Per cent of the target.</param>
/// <param name="At">The moment; null when it is not as the clock stands.</param>
/// <param name="IsTold">Whether it was told.</param>
public sealed record ExplainedThreshold(int Percent, DateTimeOffset? At, bool IsTold);

/// <summary>How the figures of a clock come about: to be checked by hand.</summary>
/// <param name="Clock">The clock.</param>
/// <param name="Zone">Zone in which all moments are written.</param>
/// <param name="At">The moment of the question.</param>
/// <param name="Runs">Runs with their working time.</param>
/// <param name="ConsumedMinutes">Sum of the runs.</param>
/// <param name="TargetMinutes">The target in working time, with what was granted; null when the calendar has not so much.</param>
/// <param name="RemainingMinutes">Target less sum; negative when it is over.</param>
/// <param name="DueAt">When the target is used up.</param>
/// <param name="Thresholds">Thresholds.</param>
/// <param name="IsCut">True: the clock ran for so long that only the latest days are listed; the sums hold all.</param>
public sealed record ClockExplanation(
    SlaClock Clock,
    string Zone,
    DateTimeOffset At,
    ImmutableArray<ExplainedRun> Runs,
    decimal ConsumedMinutes,
    decimal? TargetMinutes,
    decimal? RemainingMinutes,
    DateTimeOffset? DueAt,
    ImmutableArray<ExplainedThreshold> Thresholds,
    bool IsCut
)
{
    private const int MaxDays = 400;

    /// <summary>Explains a clock.</summary>
    public static ClockExplanation Of(SlaClock clock, WorkingTime time, DateTimeOffset now)
    {
        now = ClockMath.Whole(now);
        var names = time.Calendar.Versions.SelectMany(v => v.Exceptions).GroupBy(e => e.Date).ToDictionary(g => g.Key, g => g.Last().Name);
        var runs = clock.Runs.Select(run => Explained(run, time, now, names)).ToImmutableArray();
        var consumed = runs.Sum(r => r.Minutes);
        var target = ClockMath.TargetSpan(clock, time) is { } span ? Minutes(span) : (decimal?)null;
        var isCut = runs.Any(r => r.Days.Length > MaxDays);

        return new(
            clock,
            time.Calendar.Zone,
            time.Local(now),
            isCut ? [.. runs.Select(r => r with { Days = [.. r.Days.TakeLast(MaxDays)] })] : runs,
            consumed,
            target,
            target - consumed,
            Local(time, clock.State == ClockState.Running ? ClockMath.DueMoment(clock, time) : clock.DueAt),
            [
                .. clock.Thresholds.Select(p => new ExplainedThreshold(
                    p,
                    Local(time, ClockMath.ThresholdMoment(clock, time, p)),
                    clock.Fired.Contains(p)
                )),
            ],
            isCut
        );
    }

    private static ExplainedRun Explained(ClockRun run, WorkingTime time, DateTimeOffset now, Dictionary<DateOnly, string> names)
    {
        var to = run.To ?? (now > run.From ? now : run.From);
        var days = time.Spans(run.From, to)
            .Select(s => new WorkingSpan(time.Local(s.From), time.Local(s.To)))
            .GroupBy(s => DateOnly.FromDateTime(s.From.DateTime))
            .Select(day => new ExplainedDay(day.Key, [.. day], day.Sum(s => Minutes(s.Length)), names.GetValueOrDefault(day.Key)))
            .ToImmutableArray();
        return new(time.Local(run.From), time.Local(to), run.To is null, days, days.Sum(d => d.Minutes));
    }

    private static DateTimeOffset? Local(WorkingTime time, DateTimeOffset? at) => at is { } moment ? time.Local(moment) : null;

    private static decimal Minutes(TimeSpan span) => (decimal)span.Ticks / TimeSpan.TicksPerMinute;
}
