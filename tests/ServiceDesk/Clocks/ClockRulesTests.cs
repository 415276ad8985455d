using CsCheck;
using ServiceLoop.ServiceDesk.Calendars;
using ServiceLoop.ServiceDesk.Clocks;
using static ServiceLoop.ServiceDesk.Tests.Calendars.Sample;

namespace ServiceLoop.ServiceDesk.Tests.Clocks;

public sealed class ClockRulesTests
{
    private static readonly WorkingTime Office = new(China);

    [Fact]
    public void V10_a_pause_moves_the_due_moment()
    {
        var clock = Started("2026-03-04 10:00", 240);

        var paused = Pause(clock, "2026-03-04 11:00").Clock;
        var resumed = ClockRules.Resume(paused, Office, At("2026-03-05 15:00")).Clock;

        paused.DueAt.ShouldBeNull();
        paused.Consumed.TotalMinutes.ShouldBe(60);
        resumed.Consumed.TotalMinutes.ShouldBe(60);
        resumed.DueAt.ShouldBe(At("2026-03-05 18:00"));
    }

    [Theory]
    [InlineData(80, "14:42")]
    [InlineData(100, "15:30")]
    [InlineData(150, "17:30")]
    public void V11_thresholds_are_moments(int percent, string time) =>
        ClockMath.ThresholdMoment(Started("2026-03-04 10:00", 240), Office, percent).ShouldBe(At($"2026-03-04 {time}"));

    [Fact]
    public void A_clock_is_met_when_it_stops_at_the_very_end_and_missed_a_millisecond_later()
    {
        var clock = Started("2026-03-04 17:00", 60);

        ClockRules.Stop(clock, Office, At("2026-03-04 18:00")).Clock.State.ShouldBe(ClockState.Met);
        var late = ClockRules.Stop(clock, Office, At("2026-03-04 18:00").AddMilliseconds(1)).Clock;
        late.State.ShouldBe(ClockState.Missed);
        late.BreachedAt.ShouldBe(At("2026-03-04 18:00"));
    }

    [Fact]
    public void A_miss_is_a_fact_and_the_clock_goes_on()
    {
        var clock = Started("2026-03-04 09:00", 60);

        var (fired, reached) = ClockRules.Fire(clock, Office, At("2026-03-04 10:00"));
        var ended = ClockRules.Stop(fired.Clock, Office, At("2026-03-04 11:30"));

        reached.ShouldBe([50, 80, 100]);
        fired.Clock.State.ShouldBe(ClockState.Running);
        fired.Clock.BreachedAt.ShouldBe(At("2026-03-04 10:00"));
        ended.Clock.State.ShouldBe(ClockState.Missed);
        ended.Events[^1].Detail.ShouldBe("used 150 of 60 min");
    }

    [Fact]
    public void A_timer_that_was_faster_than_the_news_of_the_stop_is_withdrawn()
    {
        var clock = ClockRules.Fire(Started("2026-03-04 09:00", 60), Office, At("2026-03-04 10:00")).Step.Clock;

        var ended = ClockRules.Stop(clock, Office, At("2026-03-04 10:00").AddMilliseconds(-5));

        ended.Clock.State.ShouldBe(ClockState.Met);
        ended.Events.ShouldContain(e => e.Kind == "BreachWithdrawn");
    }

    [Fact]
    public void A_threshold_that_is_early_late_or_repeated_is_told_once()
    {
        var clock = Started("2026-03-04 09:00", 100);

        ClockRules.Fire(clock, Office, At("2026-03-04 09:49")).Reached.ShouldBeEmpty();
        var (first, reached) = ClockRules.Fire(clock, Office, At("2026-03-04 09:50"));
        var again = ClockRules.Fire(first.Clock, Office, At("2026-03-04 09:50"));

        reached.ShouldBe([50]);
        first.Clock.Generation.ShouldBeGreaterThan(clock.Generation);
        again.Reached.ShouldBeEmpty();
        again.Step.Clock.ShouldBe(first.Clock);
    }

    [Fact]
    public void A_tighter_target_misses_at_once_and_says_why()
    {
        var clock = Started("2026-03-04 09:00", 240);

        var step = ClockRules.Retarget(clock, Office, At("2026-03-04 11:00"), SlaTarget.Minutes(60), "P1");

        step.Clock.BreachedAt.ShouldBe(At("2026-03-04 11:00"));
        step.Clock.BreachReason.ShouldBe("retargeted");
        step.Clock.Consumed.TotalMinutes.ShouldBe(120);
        ClockRules
            .Retarget(clock, Office, At("2026-03-04 11:00"), SlaTarget.Minutes(300), "P3")
            .Clock.DueAt.ShouldBe(At("2026-03-04 15:30"));
    }

    [Fact]
    public void What_was_told_is_told_again_when_more_time_has_put_it_ahead()
    {
        var warned = ClockRules.Fire(Started("2026-03-04 09:00", 100), Office, At("2026-03-04 10:20")).Step.Clock;
        warned.Fired.ShouldBe([50, 80]);

        var extended = ClockRules.Extend(warned, Office, At("2026-03-04 10:21"), TimeSpan.FromMinutes(60), "x").Clock;
        var retargeted = ClockRules.Retarget(warned, Office, At("2026-03-04 10:21"), SlaTarget.Minutes(160), "P4").Clock;

        foreach (var clock in new[] { extended, retargeted })
        {
            clock.Fired.ShouldBe([50]);
            (clock.NextPercent, clock.NextAt).ShouldBe((80, At("2026-03-04 11:08")));
            ClockRules.Fire(clock, Office, At("2026-03-04 11:08")).Reached.ShouldBe([80]);
        }
    }

    [Fact]
    public void The_first_response_never_pauses_and_reasons_are_those_of_the_policy()
    {
        var first = Started("2026-03-04 09:00", 60) with { Metric = Metrics.FirstResponse };

        Pause(first, "2026-03-04 09:10").Refusal.ShouldNotBeNull().ShouldContain("never pauses");
        ClockRules
            .Pause(Started("2026-03-04 09:00", 60), Office, At("2026-03-04 09:10"), "lunch", PauseReasons.All)
            .Refusal.ShouldNotBeNull()
            .ShouldContain("'lunch'");
    }

    [Fact]
    public void A_reopened_clock_goes_on_without_the_time_between()
    {
        var ended = ClockRules.Stop(Started("2026-03-04 09:00", 240), Office, At("2026-03-04 10:00")).Clock;

        var reopened = ClockRules.Reopen(ended, Office, At("2026-03-06 09:00"), TimeSpan.FromDays(7)).Clock;

        reopened.State.ShouldBe(ClockState.Running);
        reopened.DueAt.ShouldBe(At("2026-03-06 12:00"));
        ClockRules.Reopen(ended, Office, At("2026-03-11 10:01"), TimeSpan.FromDays(7)).Refusal.ShouldNotBeNull();
    }

    [Fact]
    public void A_late_holiday_moves_the_due_moment_and_takes_a_miss_back_only_with_approval()
    {
        var clock = Started("2026-03-03 17:00", 120);
        var missed = ClockRules.Fire(clock, Office, At("2026-03-04 10:30")).Step.Clock;
        var holiday = WithHoliday(new(2026, 3, 4));

        var moved = ClockRules.Recompute(clock, holiday, At("2026-03-03 17:30")).Clock;
        var asked = ClockRules.Recompute(missed, holiday, At("2026-03-04 11:00")).Clock;
        var free = ClockRules.Reprieve(asked, holiday, At("2026-03-04 12:00"), "holiday").Clock;

        moved.DueAt.ShouldBe(At("2026-03-05 10:00"));
        moved.CalendarVersion.ShouldBe(2);
        asked.BreachedAt.ShouldNotBeNull();
        asked.ReprieveAt.ShouldBe(At("2026-03-04 11:00"));
        free.BreachedAt.ShouldBeNull();
        free.Fired.ShouldBe([50]);
        free.NextPercent.ShouldBe(80);
    }

    [Fact]
    public void A_target_in_days_ends_at_the_same_time_of_a_working_day_and_is_not_24_hours()
    {
        var clock = Start("2026-03-06 20:00", new(1, TargetUnit.Days));

        clock.DueAt.ShouldBe(At("2026-03-10 09:00"));
        var pausedOverNight = ClockRules.Resume(Pause(clock, "2026-03-06 21:00").Clock, Office, At("2026-03-07 10:00")).Clock;
        pausedOverNight.DueAt.ShouldBe(At("2026-03-10 09:00"), "no working time was left out");
        var pausedAtWork = ClockRules.Resume(Pause(clock, "2026-03-09 10:00").Clock, Office, At("2026-03-09 11:00")).Clock;
        pausedAtWork.DueAt.ShouldBe(At("2026-03-10 10:00"));
    }

    [Fact]
    public void Invariant_3_pauses_of_no_length_change_nothing() =>
        Gen.Select(Gen.Int[0, 20_000], Gen.Int[1, 3000], Gen.Bool, Gen.Int[0, 20_000].Array[0, 6], Gen.Int[0, 40_000])
            .Sample(
                (start, target, isDays, splits, end) =>
                {
                    var begin = At("2026-02-01 00:00").AddMinutes(start);
                    var plain = Start(begin, isDays ? new(1 + (target % 9), TargetUnit.Days) : SlaTarget.Minutes(target));
                    var split = plain;

                    foreach (var minutes in splits.Order())
                    {
                        var at = begin.AddMinutes(minutes);
                        split = ClockRules.Pause(split, Office, at, "waiting-customer", PauseReasons.All).Clock;
                        split = ClockRules.Resume(split, Office, at).Clock;
                    }

                    split.DueAt.ShouldBe(plain.DueAt);
                    split.NextAt.ShouldBe(plain.NextAt);
                    var stop = begin.AddMinutes(Math.Max(end, splits.DefaultIfEmpty(0).Max()));
                    var (one, other) = (ClockRules.Stop(plain, Office, stop).Clock, ClockRules.Stop(split, Office, stop).Clock);
                    (other.Consumed, other.State, other.BreachedAt).ShouldBe((one.Consumed, one.State, one.BreachedAt));
                },
                iter: 400
            );

    [Fact]
    public void Invariant_3_what_is_used_up_never_shrinks_whatever_happens() =>
        Gen.Select(Gen.Int[0, 6], Gen.Int[0, 2000])
            .Array[1, 25]
            .Sample(
                steps =>
                {
                    var clock = Started("2026-02-10 09:00", 600);
                    var now = clock.StartedAt;

                    foreach (var (verb, minutes) in steps)
                    {
                        now = now.AddMinutes(minutes);
                        var step = verb switch
                        {
                            0 => ClockRules.Pause(clock, Office, now, "agreed-callback", PauseReasons.All),
                            1 => ClockRules.Resume(clock, Office, now),
                            2 => ClockRules.Stop(clock, Office, now),
                            3 => ClockRules.Reopen(clock, Office, now, TimeSpan.FromDays(7)),
                            4 => ClockRules.Retarget(clock, Office, now, SlaTarget.Minutes(1 + minutes), null),
                            5 => ClockRules.Extend(clock, Office, now, TimeSpan.FromMinutes(30), "x"),
                            _ => ClockRules.Fire(clock, Office, now).Step,
                        };

                        step.Clock.Consumed.ShouldBeGreaterThanOrEqualTo(clock.Consumed);
                        step.Clock.Generation.ShouldBeGreaterThanOrEqualTo(clock.Generation);

                        if (step.Clock.NextAt != clock.NextAt)
                            step.Clock.Generation.ShouldBeGreaterThan(clock.Generation);

                        step.Clock.Fired.Distinct().Count().ShouldBe(step.Clock.Fired.Length);
                        var told = ClockExplanation.Of(step.Clock, Office, now);
                        told.ConsumedMinutes.ShouldBe((decimal)ClockMath.Consumed(step.Clock, Office, now).Ticks / TimeSpan.TicksPerMinute);
                        clock = step.Clock;
                    }
                },
                iter: 300
            );

    [Fact]
    public void An_explanation_lists_the_days_and_sums_up()
    {
        var told = ClockExplanation.Of(Started("2026-02-13 17:00", 600), Office, At("2026-02-24 10:00"));

        var run = told.Runs.ShouldHaveSingleItem();
        run.Days.Select(d => (d.Day.Day, d.Minutes, d.Exception)).ShouldBe([(13, 60m, null), (14, 450m, "春节"), (24, 60m, null)]);
        (told.ConsumedMinutes, told.TargetMinutes, told.RemainingMinutes).ShouldBe((570m, 600m, 30m));
        told.DueAt.ShouldBe(At("2026-02-24 10:30"));
    }

    internal static SlaClock Started(string at, int minutes) => Start(at, SlaTarget.Minutes(minutes));

    private static SlaClock Start(string at, SlaTarget target) => Start(At(at), target);

    private static SlaClock Start(DateTimeOffset at, SlaTarget target) =>
        ClockRules
            .Start(
                new SlaClock
                {
                    Id = "clock",
                    CaseId = "case",
                    Metric = "resolution",
                    PolicyId = "policy",
                    PolicyVersion = 1,
                    CalendarId = China.Id,
                    CalendarVersion = 1,
                    Target = target,
                    State = ClockState.Running,
                    StartedAt = at,
                    Runs = [],
                    Thresholds = [50, 80, 100, 150],
                },
                Office
            )
            .Clock;

    private static ClockStep Pause(SlaClock clock, string at) =>
        ClockRules.Pause(clock, Office, At(at), "waiting-customer", PauseReasons.All);

    private static WorkingTime WithHoliday(DateOnly day) =>
        new(
            China with
            {
                Versions =
                [
                    .. China.Versions,
                    China.Versions[0] with
                    {
                        Number = 2,
                        Exceptions = [.. China.Versions[0].Exceptions, CalendarException.Closed(day, "late")],
                    },
                ],
            }
        );
}
