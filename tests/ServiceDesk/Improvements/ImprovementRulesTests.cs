using CsCheck;
using ServiceLoop.ServiceDesk.Improvements;

namespace ServiceLoop.ServiceDesk.Tests.Improvements;

public sealed class ImprovementRulesTests
{
    private static readonly ImprovementState[] States = Enum.GetValues<ImprovementState>();

    [Theory]
    [InlineData(5, 4, 3, 4, 38.4)]
    [InlineData(3, 5, 5, 5, 60.0)]
    [InlineData(5, 2, 1, 3, 4.8)]
    public void Priority_is_the_product_of_the_four_terms(int impact, int frequency, int ease, int confidence, double score) =>
        new ImprovementScore(impact, frequency, ease, confidence).Value.ShouldBe(score, 1e-9);

    [Theory]
    [InlineData(0.0049, 1)]
    [InlineData(0.005, 2)]
    [InlineData(0.0199, 2)]
    [InlineData(0.02, 3)]
    [InlineData(0.05, 4)]
    [InlineData(0.15, 5)]
    public void Frequency_follows_the_share_of_cases(double share, int frequency) =>
        ImprovementScore.FrequencyOf(share).ShouldBe(frequency);

    [Fact]
    public void A_term_outside_its_range_is_refused_by_name() =>
        Should.Throw<DeskRefusedException>(() => new ImprovementScore(5, 6, 1, 1).Checked()).Fields.Keys.ShouldBe(["score.frequency"]);

    [Fact]
    public void A_cause_contributes_by_its_counts()
    {
        // By hand: 30·180 / (20·70); standard error of its logarithm 0.3212.
        var found = Fishbone.Of(new(30, 20, 70, 180));

        found.Share.ShouldBe(0.3, 1e-12);
        found.OddsRatio.ShouldBe(3.857, 0.001);
        found.Low.ShouldBe(2.055, 0.002);
        found.High.ShouldBe(7.239, 0.005);
        found.P.ShouldBe(2.63e-5, 0.05e-5);
    }

    [Fact]
    public void A_cause_that_no_sound_case_has_still_has_a_finite_ratio()
    {
        var found = Fishbone.Of(new(10, 0, 10, 100));

        double.IsFinite(found.OddsRatio).ShouldBeTrue();
        found.OddsRatio.ShouldBeGreaterThan(10);
    }

    [Fact]
    public void With_more_causes_each_is_less_sure()
    {
        FishboneLeaf Leaf(string cause, CauseCounts counts) => new(FishboneBranch.Process, cause, true, counts);
        var alone = Fishbone.Measured([Leaf("a", new(30, 20, 70, 180))])[0];
        var among = Fishbone.Measured([
            Leaf("a", new(30, 20, 70, 180)),
            Leaf("b", new(20, 40, 80, 160)),
            Leaf("c", new(10, 21, 90, 179)),
            new(FishboneBranch.People, "d", false),
        ]);

        alone.Measured!.Q.ShouldBe(alone.Measured.P);
        among[0].Cause.ShouldBe("a");
        among[0].Measured!.Q.ShouldBe(3 * alone.Measured.P, 1e-12);
        among[^1].Measured.ShouldBeNull();
    }

    [Theory]
    [InlineData(420, 1000, 360, 1000, -2.751)]
    [InlineData(168, 400, 152, 400, -1.155)]
    [InlineData(42, 100, 18, 100, -3.703)]
    public void Two_shares_are_compared_by_the_pooled_z(long good, long all, long candidateGood, long candidate, double z) =>
        Evaluation.ZOf(new(good, all, candidateGood, candidate)).ShouldBe(z, 0.001);

    [Theory]
    [InlineData(360, 420, 4, 20, false, ImprovementState.Promoting)]
    [InlineData(360, 420, 1, 20, false, ImprovementState.Extending)]
    [InlineData(360, 420, 4, 10, false, ImprovementState.Extending)]
    [InlineData(360, 420, 4, 20, true, ImprovementState.RevertingPilot)]
    [InlineData(420, 360, 2, 20, false, ImprovementState.Extending)]
    [InlineData(420, 360, 4, 20, false, ImprovementState.RevertingPilot)]
    [InlineData(400, 405, 4, 42, false, ImprovementState.RevertingPilot)]
    public void A_pilot_is_promoted_extended_or_taken_back(
        long before,
        long after,
        int look,
        int days,
        bool isGuardrailBroken,
        ImprovementState state
    ) =>
        new Evaluation
        {
            Counts = new(before, 1000, after, 1000),
            Look = look,
            Days = days,
            SmallestEffect = 0.06,
            MinimumCases = 900,
            BrokenGuardrails = isGuardrailBroken ? ["csat"] : [],
        }
            .Decide()
            .ShouldBe(state);

    [Fact]
    public void A_card_must_have_all_eight_indicators()
    {
        var counts = new PilotCounts(1, 2, 1, 2);
        var all = Evaluation.Indicators.Select(n => new Indicator(n.TrimStart('-'), 1, 2)).ToList();

        new Evaluation { Counts = counts, Card = [.. all] }
            .Checked()
            .Card.Length.ShouldBe(8);
        Should.Throw<DeskRefusedException>(() => new Evaluation { Counts = counts, Card = [.. all.Skip(1)] }.Checked());
        all.Single(i => i.Name == "csat").IsBetter.ShouldBe(true);
        all.Single(i => i.Name == "reopen_rate").IsBetter.ShouldBe(false);
    }

    [Fact]
    public void No_walk_reaches_the_end_without_passing_every_gate_of_the_cycle() =>
        Gen.Int[0, States.Length - 1]
            .Array[0, 60]
            .Sample(wishes =>
            {
                var (state, parkedFrom) = (ImprovementState.Registered, (ImprovementState?)null);
                var seen = new List<ImprovementState> { state };

                foreach (var wish in wishes.Select(w => States[w]))
                {
                    if (!ImprovementCycle.Allows(state, wish, parkedFrom))
                        continue;

                    if (state is ImprovementState.Rejected or ImprovementState.Merged)
                        throw new InvalidOperationException($"{state} went on to {wish}.");

                    parkedFrom = wish == ImprovementState.Parked ? state : null;
                    state = wish;
                    seen.Add(wish);
                }

                // What is closed was promoted, and what was promoted was approved, piloted and evaluated before.
                ImprovementState[] needed =
                [
                    ImprovementState.Analysing,
                    ImprovementState.Designed,
                    ImprovementState.ChangeApproved,
                    ImprovementState.Piloting,
                    ImprovementState.Evaluating,
                    ImprovementState.Promoting,
                    ImprovementState.Standardising,
                ];
                return state != ImprovementState.Closed
                    || needed.Select(n => seen.IndexOf(n)).Order().SequenceEqual(needed.Select(n => seen.IndexOf(n)))
                        && needed.All(seen.Contains);
            });

    [Fact]
    public void A_parked_one_goes_back_to_where_it_stood_and_nowhere_else()
    {
        foreach (var to in States.Where(s => s is not (ImprovementState.Rejected or ImprovementState.Designed)))
            ImprovementCycle.Allows(ImprovementState.Parked, to, ImprovementState.Designed).ShouldBeFalse($"{to}");

        ImprovementCycle.Allows(ImprovementState.Parked, ImprovementState.Designed, ImprovementState.Designed).ShouldBeTrue();
    }
}
