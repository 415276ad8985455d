using System.Collections.Immutable;
using ServiceLoop.Workflows.Replay;

namespace ServiceLoop.Workflows.Tests.Replay;

public sealed class ReplayComparisonTests
{
    [Fact]
    public void Equal_totals_do_not_differ()
    {
        var totals = Totals(("ended closed, solved", 3), ("contact first", 3));

        ReplayComparison.Of(totals, totals).ShouldBeEmpty();
        ReplayComparison.ToText("one.json", []).ShouldBe("All totals are those of one.json.");
    }

    [Fact]
    public void A_case_that_ended_elsewhere_must_not_be_and_another_reason_for_its_end_may_be()
    {
        var before = Totals(("ended closed, solved", 3), ("ended closed, workaround", 1), ("message reminder", 2));
        var otherwise = Totals(("ended closed, solved", 4), ("message reminder", 2));
        var elsewhere = Totals(("ended closed, solved", 3), ("ended cancelled", 1), ("message reminder", 1));

        ReplayComparison.Of(before, otherwise).ShouldNotContain(d => d.MustAgree);
        ReplayComparison.Of(before, otherwise).Select(d => d.What).ShouldBe(["reason closed, solved", "reason closed, workaround"]);
        var differences = ReplayComparison.Of(before, elsewhere);
        differences
            .Where(d => d.MustAgree)
            .Select(d => (d.What, d.Before, d.Now))
            .ShouldBe([("ended cancelled", 0, 1), ("ended closed", 4, 3)]);
        ReplayComparison.ToText("one.json", differences).ShouldContain("MUST AGREE ended closed");
    }

    [Fact]
    public void Another_seed_or_number_of_cases_cannot_be_compared_unseen()
    {
        var before = Totals();

        ReplayComparison
            .Of(before, before with { Cases = 5, Seed = 2 })
            .Where(d => d.MustAgree)
            .Select(d => d.What)
            .ShouldBe(["cases", "seed"]);
    }

    private static ReplayTotalsFile Totals(params (string What, int Count)[] counts) =>
        new(4, 1, counts.ToImmutableSortedDictionary(c => c.What, c => c.Count, StringComparer.Ordinal));
}
