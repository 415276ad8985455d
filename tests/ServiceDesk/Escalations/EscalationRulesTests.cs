using CsCheck;
using ServiceLoop.ServiceDesk.Escalations;
using static ServiceLoop.ServiceDesk.Tests.Calendars.Sample;

namespace ServiceLoop.ServiceDesk.Tests.Escalations;

public sealed class EscalationRulesTests
{
    private static readonly Ladder Steps = Ladder.Standard;
    private static readonly DateTimeOffset Ten = At("2026-03-04 10:00");

    [Fact]
    public void A_higher_signal_climbs_a_lower_one_changes_nothing_and_the_way_is_not_left_out()
    {
        var raised = Raise(null, 3);
        raised.Levels.ShouldBe([1, 2, 3], "those on the way are told too");

        var first = Raise(null, 1).After;
        var climbed = Raise(first, 3);
        climbed.Levels.ShouldBe([2, 3]);
        climbed.After.Level.ShouldBe(3);
        Raise(climbed.After, 2).After.Level.ShouldBe(3);
        Raise(climbed.After, 2).Levels.ShouldBeEmpty();
    }

    [Fact]
    public void Without_acknowledgement_it_climbs_and_at_the_top_tells_again_and_again()
    {
        var step = Raise(null, 1);
        var at = step.After.NextAt.ShouldNotBeNull();
        at.ShouldBe(Ten.AddMinutes(30));

        step = Elapse(step.After, at);
        step.After.Level.ShouldBe(2);
        step = Elapse(step.After, step.After.NextAt!.Value);
        (step.After.Level, step.Levels.Single()).ShouldBe((3, 3));
        step = Elapse(step.After, step.After.NextAt!.Value);
        (step.After.Round, step.Levels.Single()).ShouldBe((1, 3));
        step.After.NextAt.ShouldBe(step.After.LevelAt.AddMinutes(30));

        var known = EscalationRules.Acknowledge(step.After, Steps, "lee", Ten.AddHours(3));
        (known.After.State, known.After.AckBy, known.After.NextAt).ShouldBe((EscalationState.Acknowledged, "lee", null));
        Raise(known.After, 3).After.State.ShouldBe(EscalationState.Acknowledged);
    }

    [Fact]
    public void It_asks_until_somebody_answers_and_says_so_only_until_everybody_was_reached()
    {
        var (step, lines) = (Raise(null, 3), 0);

        for (var round = 1; round <= 100; round++)
        {
            step = Elapse(step.After, step.After.NextAt.ShouldNotBeNull());
            (step.After.Round, step.Levels.Single()).ShouldBe((round, 3), "who is on duty by now is told");
            lines += step.Events.Length;
        }

        lines.ShouldBe(EscalationRules.LastRank);
    }

    [Fact]
    public void An_early_warning_that_is_not_at_risk_says_so_once_and_waits_for_the_next_signal()
    {
        var raised = Raise(null, 1).After;

        var step = EscalationRules.Elapse(raised, Steps, isAtRisk: false, time: null, raised.NextAt!.Value);

        (step.After.Level, step.After.State).ShouldBe((1, EscalationState.Raised));
        step.After.NextAt.ShouldBeNull("no work every half hour for a clock that stands");
        step.Events.ShouldHaveSingleItem().Kind.ShouldBe("NotAtRisk");
    }

    [Fact]
    public void It_ends_when_its_cause_was_away_for_ten_minutes_and_not_before()
    {
        var raised = Raise(null, 2).After;

        var clear = EscalationRules.Clear(raised, Steps, Ten.AddMinutes(5)).After;
        clear.NextAt.ShouldBe(Ten.AddMinutes(15));
        var back = Raise(clear, 2, Ten.AddMinutes(12)).After;
        back.ClearSince.ShouldBeNull();
        back.NextAt.ShouldBe(raised.AckDeadline);
        Elapse(back, Ten.AddMinutes(15)).After.ShouldBe(back);

        Elapse(clear, Ten.AddMinutes(15)).After.State.ShouldBe(EscalationState.Resolved);
        EscalationRules.Waive(raised, Steps, "lee", "a drill", Ten).After.State.ShouldBe(EscalationState.Waived);
        EscalationRules.Extend(raised, Steps, "lee", 20, "on it", Ten).After.NextAt.ShouldBe(Ten.AddMinutes(50));
        EscalationRules.Acknowledge(Elapse(clear, Ten.AddMinutes(15)).After, Steps, "lee", Ten).Refusal.ShouldNotBeNull();
    }

    [Fact]
    public void Invariant_5_whatever_happens_a_level_is_told_once_but_for_rounds_at_the_top() =>
        Gen.Select(Gen.Int[0, 6], Gen.Int[0, 40], Gen.Int[1, 3])
            .Array[1, 60]
            .Sample(
                steps =>
                {
                    var (now, told) = (Ten, new List<(int Level, int Round)>());
                    var step = Raise(null, 1);
                    told.AddRange(step.Levels.Select(l => (l, 0)));

                    foreach (var (verb, minutes, level) in steps)
                    {
                        now = now.AddMinutes(minutes);
                        var e = step.After;
                        step = verb switch
                        {
                            0 => EscalationRules.Acknowledge(e, Steps, "x", now),
                            1 => EscalationRules.Clear(e, Steps, now),
                            2 => EscalationRules.Extend(e, Steps, "x", 10, "x", now),
                            3 => EscalationRules.Silence(e, Steps, "parent", now),
                            4 when e.IsOpen => Raise(e, level, now),
                            _ => Elapse(e, now),
                        };
                        told.AddRange(step.Levels.Select(l => (l, step.After.Round)));
                        step.After.Level.ShouldBeGreaterThanOrEqualTo(e.Level);

                        if (step.After.NextAt != e.NextAt)
                            step.After.Generation.ShouldBeGreaterThan(e.Generation);
                    }

                    told.Distinct().Count().ShouldBe(told.Count);
                },
                iter: 500
            );

    private static EscalationStep Elapse(Escalation escalation, DateTimeOffset now) =>
        EscalationRules.Elapse(escalation, Steps, isAtRisk: true, time: null, now);

    private static EscalationStep Raise(Escalation? open, int level, DateTimeOffset? at = null) =>
        EscalationRules.Raise(
            open,
            "e",
            LadderRulesTests.Signal(SignalKinds.Asked) with
            {
                Level = level,
                At = at ?? Ten,
            },
            Steps,
            time: null
        );
}
