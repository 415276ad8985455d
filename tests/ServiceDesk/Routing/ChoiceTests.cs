using CsCheck;
using ServiceLoop.ServiceDesk.Agents;
using ServiceLoop.ServiceDesk.Routing;

namespace ServiceLoop.ServiceDesk.Tests.Routing;

public sealed class ChoiceTests
{
    private static readonly DateTimeOffset Noon = An.Noon;
    private static readonly ChoiceWeights Weights = ChoiceWeights.Default;

    [Theory]
    [InlineData(3, 3, 1.0)]
    [InlineData(1, 3, 1.0 / 3)]
    [InlineData(5, 3, 0.95)]
    [InlineData(0, 3, 0.0)]
    [InlineData(5, 1, 0.9)]
    public void Fit_rewards_the_wanted_level_and_keeps_experts(int level, int wanted, double expected) =>
        Choice
            .FitOf(
                level == 0 ? An.Agent("a") : An.Agent("a", new AgentSkill("tv", level)),
                An.Item() with
                {
                    Preferred = An.Wanted(("tv", wanted)),
                }
            )
            .ShouldBe(expected, 1e-9);

    [Fact]
    public void Fit_is_the_mean_over_required_and_preferred_skills()
    {
        var agent = An.Agent("a", new AgentSkill("tv", 4), new AgentSkill("radio", 1));
        var item = An.Item() with { Required = An.Wanted(("tv", 2)), Preferred = An.Wanted(("radio", 4)) };

        // mean(1, 0.25) − 0.1 · mean(2, 0) / 4
        Choice.FitOf(agent, item).ShouldBe(0.625 - 0.025, 1e-9);
    }

    [Fact]
    public void The_four_terms_are_weighted()
    {
        var agent = An.Agent("a", new AgentSkill("tv", 3)) with { Load = new Load(100, 30, 20), LastAssignedAt = Noon.AddMinutes(-6) };
        var item = An.Item() with { Required = An.Wanted(("tv", 3)), LastAgent = "a" };

        var terms = Choice.TermsOf(agent, item, Weights, Noon);

        terms.Fit.ShouldBe(1);
        terms.Free.ShouldBe(0.5);
        terms.Sticky.ShouldBe(0.6);
        terms.Idle.ShouldBe(0.4, 1e-9);
        terms.Sum.ShouldBe(0.35 + 0.125 + 0.15 + 0.06, 1e-9);
    }

    [Fact]
    public void The_owner_of_the_case_counts_more_than_who_served_the_customer_last()
    {
        var item = An.Item() with { CaseOwner = "a", LastAgent = "a" };

        Choice.TermsOf(An.Agent("a"), item, Weights, Noon).Sticky.ShouldBe(1);
    }

    [Fact]
    public void Ties_go_to_fewest_assigned_then_longest_idle_then_id()
    {
        var long1 = An.Agent("z") with { LastAssignedAt = Noon.AddHours(-5), AssignedToday = 3 };
        var fewer = An.Agent("y") with { LastAssignedAt = Noon.AddHours(-1), AssignedToday = 2 };
        var longer = An.Agent("x") with { LastAssignedAt = Noon.AddHours(-2), AssignedToday = 2 };
        var twin = An.Agent("w") with { LastAssignedAt = Noon.AddHours(-2), AssignedToday = 2 };

        Choice.Rank([long1, fewer, longer, twin], An.Item(), Weights, Noon).Select(r => r.Agent.Id).ShouldBe(["w", "x", "y", "z"]);
    }

    [Fact]
    public void Preferred_skills_do_not_count_once_the_overflow_dropped_them()
    {
        var fit = An.Agent("z", new AgentSkill("tv", 3));
        var item = An.Item() with { Preferred = An.Wanted(("tv", 3)) };

        Choice.Rank([An.Agent("a"), fit], item, Weights, Noon)[0].Agent.Id.ShouldBe("z");
        Choice.Rank([An.Agent("a"), fit], item with { Overflow = OverflowStep.DropPreferred }, Weights, Noon)[0].Agent.Id.ShouldBe("a");
    }

    [Fact]
    public void The_choice_does_not_depend_on_the_order_of_the_agents()
    {
        var agents = Gen.Select(Gen.Int[0, 5], Gen.Int[0, 100], Gen.Int[0, 30], Gen.Int[0, 3]).Array[1, 12];

        Gen.Select(agents, Gen.Int[0, 1000])
            .Sample(
                (drawn, seed) =>
                {
                    var all = drawn
                        .Select(
                            (d, i) =>
                                (d.Item1 == 0 ? An.Agent($"a{i}") : An.Agent($"a{i}", new AgentSkill("tv", d.Item1))) with
                                {
                                    Load = new Load(100, d.Item2, 0),
                                    LastAssignedAt = Noon.AddMinutes(-d.Item3),
                                    AssignedToday = d.Item4,
                                }
                        )
                        .ToArray();
                    var item = An.Item() with { Preferred = An.Wanted(("tv", 3)) };
                    var ranked = Choice.Rank(all, item, Weights, Noon);

                    Random shuffler = new(seed);
                    shuffler.Shuffle(all);

                    Choice.Rank(all, item, Weights, Noon).Select(r => r.Agent.Id).ShouldBe(ranked.Select(r => r.Agent.Id));
                    ranked.ShouldAllBe(r => r.Terms.Sum >= 0 && r.Terms.Sum <= 1);
                }
            );
    }

    [Theory]
    [InlineData(true, null, 120)]
    [InlineData(false, null, 900)]
    [InlineData(true, 240, 60)]
    [InlineData(false, 1200, 300)]
    [InlineData(false, 36000, 900)]
    [InlineData(false, -60, 0)]
    public void A_sticky_agent_is_waited_for_no_longer_than_a_quarter_of_the_rest(bool isSync, int? dueInSeconds, int expected) =>
        StickyHold.Until(Noon, isSync, dueInSeconds is { } s ? Noon.AddSeconds(s) : null).ShouldBe(Noon.AddSeconds(expected));

    [Theory]
    [InlineData(0.0, OverflowStep.None)]
    [InlineData(0.29, OverflowStep.None)]
    [InlineData(0.30, OverflowStep.SecondaryMembers)]
    [InlineData(0.50, OverflowStep.DropPreferred)]
    [InlineData(0.70, OverflowStep.CopyToOverflowQueue)]
    [InlineData(0.85, OverflowStep.Supervisor)]
    [InlineData(3.0, OverflowStep.Supervisor)]
    public void The_overflow_goes_step_by_step(double waited, OverflowStep expected)
    {
        Overflow.StepAt(waited).ShouldBe(expected);

        for (var step = OverflowStep.SecondaryMembers; step <= expected; step++)
            Overflow.MomentOf(step, Noon, Noon.AddMinutes(100))!.Value.ShouldBeLessThanOrEqualTo(Noon.AddMinutes(waited * 100));
    }
}
