using ServiceLoop.ServiceDesk.Calendars;
using ServiceLoop.ServiceDesk.Escalations;
using static ServiceLoop.ServiceDesk.Tests.Calendars.Sample;

namespace ServiceLoop.ServiceDesk.Tests.Escalations;

public sealed class LadderRulesTests
{
    private static readonly WorkingTime Office = new(China);

    [Theory]
    [InlineData(SignalKinds.ClockPercent, 50, "P3", 0)]
    [InlineData(SignalKinds.ClockPercent, 80, "P3", 1)]
    [InlineData(SignalKinds.ClockPercent, 100, "P3", 2)]
    [InlineData(SignalKinds.ClockPercent, 150, "P3", 2)]
    [InlineData(SignalKinds.ClockPercent, 150, "P2", 3)]
    [InlineData(SignalKinds.Opened, 1, "P1", 2)]
    [InlineData(SignalKinds.Opened, 1, "P2", 0)]
    [InlineData(SignalKinds.Sigma, 2, null, 1)]
    [InlineData(SignalKinds.Sigma, 3.5, null, 2)]
    [InlineData(SignalKinds.Declines, 2, null, 0)]
    [InlineData(SignalKinds.Declines, 3, null, 2)]
    [InlineData(SignalKinds.LowScores, 2, null, 1)]
    [InlineData(SignalKinds.Complaint, 1, null, 2)]
    [InlineData(SignalKinds.SameCause, 10, null, 3)]
    [InlineData(SignalKinds.EngineDown, 1, null, 3)]
    [InlineData(SignalKinds.Security, 1, null, 3)]
    [InlineData(SignalKinds.PilotHalt, 1, null, 3)]
    public void A_signal_raises_the_highest_level_that_it_may(string kind, double value, string? priority, int level) =>
        LadderRules.LevelFor(Ladder.Standard, Signal(kind) with { Value = (decimal)value, Priority = priority }).ShouldBe(level);

    [Fact]
    public void Deadlines_are_in_working_time_by_the_wall_for_P1_and_disasters_and_a_share_of_what_is_left()
    {
        var at = At("2026-03-06 17:50");

        Deadline(1, "P3", TimeSpan.FromMinutes(48)).ShouldBe(At("2026-03-09 09:02"), "a quarter of 48 min: 10 on Friday, 2 on Monday");
        Deadline(2, "P3", null).ShouldBe(At("2026-03-09 09:20"));
        Deadline(2, "P1", null).ShouldBe(At("2026-03-06 18:00"));
        Deadline(3, "P3", null).ShouldBe(At("2026-03-06 18:05"));

        DateTimeOffset Deadline(int level, string priority, TimeSpan? remaining) =>
            LadderRules.AckDeadline(Ladder.Standard.Level(level), priority, remaining, Office, at);
    }

    [Fact]
    public void Nobody_is_told_of_the_lower_levels_at_night_who_is_not_on_call()
    {
        var midnight = At("2026-03-04 00:00");
        var resting = new Recipient("lee", "calendar", IsOnCall: false, 0);

        Told(1, "P3", resting).ShouldBe(At("2026-03-04 09:00"));
        Told(2, "P3", resting).ShouldBe(At("2026-03-04 09:00"));
        Told(1, "P3", resting with { IsOnCall = true }).ShouldBe(midnight);
        Told(2, "P1", resting).ShouldBe(midnight);
        Told(3, "P3", resting).ShouldBe(midnight);

        DateTimeOffset Told(int level, string priority, Recipient recipient) =>
            LadderRules.ToldAt(Ladder.Standard.Level(level), priority, recipient, Office, midnight);
    }

    [Fact]
    public void A_ladder_may_have_two_levels_or_five_and_what_is_wrong_with_one_is_told()
    {
        var standard = Ladder.Standard;
        LadderRules.Check(standard).ShouldBeEmpty();
        LadderRules.Check(standard with { Levels = standard.Levels[..2] }).ShouldBeEmpty();

        (string Field, Ladder Odd)[] cases =
        [
            ("levels", standard with { Levels = [] }),
            ("levels", standard with { Levels = standard.Levels[1..] }),
            ("name", standard with { Name = "a\0" }),
            ("storm", standard with { Storm = new(0, 15) }),
            ("hysteresisMinutes", standard with { HysteresisMinutes = -1 }),
            ("levels[3].audience", standard with { Levels = standard.Levels.SetItem(2, standard.Top with { Audience = [] }) }),
            ("levels[3].ackMinutes", standard with { Levels = standard.Levels.SetItem(2, standard.Top with { AckMinutes = 0 }) }),
            (
                "levels[3].triggers",
                standard with
                {
                    Levels = standard.Levels.SetItem(2, standard.Top with { Triggers = [new("moon", 1, [])] }),
                }
            ),
            (
                "levels[3].authority",
                standard with
                {
                    Levels = standard.Levels.SetItem(2, standard.Top with { Authority = new("all", "all", 5) }),
                }
            ),
        ];

        foreach (var (field, odd) in cases)
            LadderRules.Check(odd).ShouldContain(p => p.Field == field);
    }

    internal static EscalationSignal Signal(string kind, string subject = "case-1") =>
        new()
        {
            Key = Guid.NewGuid().ToString("N"),
            Kind = kind,
            SubjectKind = "case",
            SubjectId = subject,
            Metric = "resolution",
            At = At("2026-03-04 10:00"),
        };
}
