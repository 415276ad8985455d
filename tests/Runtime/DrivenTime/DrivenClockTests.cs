using Microsoft.Extensions.Time.Testing;
using ServiceLoop.Runtime.DrivenTime;

namespace ServiceLoop.Runtime.Tests.DrivenTime;

public sealed class DrivenClockTests
{
    private static readonly DateTimeOffset Then = new(2010, 1, 13, 9, 0, 0, TimeSpan.Zero);
    private readonly FakeTimeProvider real = new(new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero));

    private DrivenClock Clock(double speed = 1) => new(new Pace(Then, real.GetUtcNow(), speed), real);

    [Fact]
    public void Time_passes_from_its_start_at_its_speed()
    {
        var clock = Clock(speed: 60);

        real.Advance(TimeSpan.FromSeconds(2));

        clock.GetUtcNow().ShouldBe(Then.AddMinutes(2));
        clock.GetElapsedTime(Then.UtcTicks).ShouldBe(TimeSpan.FromMinutes(2));
    }

    [Fact]
    public void Two_nodes_that_were_given_the_same_pace_agree_whenever_they_got_it()
    {
        var one = Clock(speed: 1000);
        var pace = new Pace(Then.AddHours(1), real.GetUtcNow(), 1000);

        one.TryDrive(pace).ShouldBeTrue();
        real.Advance(TimeSpan.FromMilliseconds(250));
        var other = new DrivenClock(pace, real);

        other.GetUtcNow().ShouldBe(one.GetUtcNow());
    }

    [Fact]
    public void A_jump_wakes_at_once_what_it_passes_over_and_leaves_the_rest()
    {
        var clock = Clock();
        var woken = new List<string>();
        using var soon = clock.CreateTimer(_ => woken.Add("soon"), null, TimeSpan.FromHours(1), Timeout.InfiniteTimeSpan);
        using var late = clock.CreateTimer(_ => woken.Add("late"), null, TimeSpan.FromHours(3), Timeout.InfiniteTimeSpan);

        clock.TryDrive(new Pace(Then.AddHours(2), real.GetUtcNow(), 1)).ShouldBeTrue();
        real.Advance(TimeSpan.FromMilliseconds(1));
        woken.ShouldBe(["soon"]);
        real.Advance(TimeSpan.FromHours(1));

        woken.ShouldBe(["soon", "late"]);
    }

    [Fact]
    public void What_recurs_is_woken_once_for_all_that_a_jump_passes_over()
    {
        var clock = Clock();
        var ticks = 0;
        using var timer = clock.CreateTimer(_ => ticks++, null, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5));

        clock.TryDrive(new Pace(Then.AddDays(30), real.GetUtcNow(), 1)).ShouldBeTrue();
        real.Advance(TimeSpan.FromMilliseconds(1));
        ticks.ShouldBe(1);
        real.Advance(TimeSpan.FromSeconds(5));
        real.Advance(TimeSpan.FromSeconds(5));

        ticks.ShouldBe(3);
    }

    [Fact]
    public void Time_does_not_go_back()
    {
        var clock = Clock();
        real.Advance(TimeSpan.FromSeconds(10));

        clock.TryDrive(new Pace(Then.AddSeconds(9), real.GetUtcNow(), 1)).ShouldBeFalse();

        clock.GetUtcNow().ShouldBe(Then.AddSeconds(10));
    }

    [Fact]
    public void Time_does_not_go_back_when_the_machine_is_set_back()
    {
        var away = new SettableTime(real.GetUtcNow());
        var clock = new DrivenClock(new Pace(Then, away.Now, 1), away);
        away.Now += TimeSpan.FromSeconds(10);
        var before = clock.GetUtcNow();

        away.Now -= TimeSpan.FromSeconds(5);

        clock.GetUtcNow().ShouldBe(before);
    }

    [Fact]
    public void A_fast_loop_is_held_to_the_resolution_of_the_clock()
    {
        var clock = Clock(speed: 100_000);
        var ticks = 0;
        using var timer = clock.CreateTimer(_ => ticks++, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));

        for (var millisecond = 0; millisecond < 100; millisecond++)
            real.Advance(TimeSpan.FromMilliseconds(1));

        ticks.ShouldBe(10);
    }

    [Fact]
    public void A_timer_that_was_stopped_sleeps_through_jumps_until_it_is_set_again()
    {
        var clock = Clock();
        var ticks = 0;
        using var timer = clock.CreateTimer(_ => ticks++, null, TimeSpan.FromHours(1), Timeout.InfiniteTimeSpan);

        timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        clock.TryDrive(new Pace(Then.AddHours(2), real.GetUtcNow(), 1)).ShouldBeTrue();
        real.Advance(TimeSpan.FromSeconds(1));
        ticks.ShouldBe(0);
        timer.Change(TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        real.Advance(TimeSpan.FromSeconds(1));

        ticks.ShouldBe(1);
    }

    [Fact]
    public async Task A_delay_of_weeks_ends_with_the_jump()
    {
        var clock = Clock();
        var delay = Task.Delay(TimeSpan.FromDays(40), clock, TestContext.Current.CancellationToken);

        clock.TryDrive(new Pace(Then.AddDays(41), real.GetUtcNow(), 1)).ShouldBeTrue();
        real.Advance(TimeSpan.FromMilliseconds(1));

        await delay.WaitAsync(TimeSpan.FromSeconds(180), TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("Clock:Start", ClockMode.Real, "", true, 1)]
    [InlineData("Clock:OnlyFor", ClockMode.Driven, "", true, 1)]
    [InlineData("Clock:OnlyFor", ClockMode.Driven, "another", true, 1)]
    [InlineData("Clock:Start", ClockMode.Driven, "replay", false, 1)]
    [InlineData("Clock:Speed", ClockMode.Driven, "replay", true, 0)]
    [InlineData("Clock:Speed", ClockMode.Driven, "replay", true, 1e9)]
    public void Settings_that_do_not_fit_are_refused(string named, ClockMode mode, string onlyFor, bool hasStart, double speed)
    {
        var options = new ClockOptions
        {
            Mode = mode,
            OnlyFor = onlyFor,
            Start = hasStart ? Then : null,
            Speed = speed,
        };

        options.Fault("replay").ShouldNotBeNull().ShouldContain(named);
    }

    [Fact]
    public void Without_settings_time_is_real_and_with_all_of_them_it_is_driven()
    {
        var driven = new ClockOptions
        {
            Mode = ClockMode.Driven,
            OnlyFor = "replay",
            Start = Then,
        };

        new ClockOptions().Fault("production").ShouldBeNull();
        new ClockOptions().Open(real).ShouldBeNull();
        driven.Fault("replay").ShouldBeNull();
        driven.Open(real)!.GetUtcNow().ShouldBe(Then);
    }

    private sealed class SettableTime(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
