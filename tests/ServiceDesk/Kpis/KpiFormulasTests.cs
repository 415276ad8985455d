using ServiceLoop.ServiceDesk.Kpis;

namespace ServiceLoop.ServiceDesk.Tests.Kpis;

public sealed class KpiFormulasTests
{
    [Theory]
    // Wilson's interval, computed by hand from its formula.
    [InlineData(0, 10, 0.0, 0.2775)]
    [InlineData(5, 10, 0.2366, 0.7634)]
    [InlineData(10, 10, 0.7225, 1.0)]
    [InlineData(81, 263, 0.2553, 0.3662)]
    [InlineData(0, 0, 0.0, 1.0)]
    public void The_interval_of_a_share_is_that_of_Wilson(long hits, long n, double low, double high)
    {
        var interval = KpiFormulas.Interval(hits, n);

        interval.Low.ShouldBe(low, 0.0001);
        interval.High.ShouldBe(high, 0.0001);
    }

    [Fact]
    public void More_hits_than_there_are_is_an_error() => Should.Throw<ArgumentOutOfRangeException>(() => KpiFormulas.Interval(3, 2));

    [Theory]
    [InlineData(new double[] { 5, 5, 5, 5 }, 0)]
    [InlineData(new double[] { 0, 0, 0, 12 }, 0.75)]
    // 2 * (1*1 + 2*2 + 3*3) / (3 * 6) - 4/3
    [InlineData(new double[] { 3, 1, 2 }, 0.2222)]
    public void Gini_says_how_unevenly_work_is_shared_out(double[] amounts, double expected) =>
        KpiFormulas.Gini(amounts)!.Value.ShouldBe(expected, 0.0001);

    [Theory]
    [InlineData(new double[0])]
    [InlineData(new double[] { 0, 0 })]
    public void There_is_no_Gini_of_nothing(double[] amounts) => KpiFormulas.Gini(amounts).ShouldBeNull();

    [Fact]
    public void Names_of_key_figures_are_unique_and_every_formula_is_told()
    {
        KpiDefinitions.All.Select(d => d.Name).ShouldBeUnique();
        KpiDefinitions.All.ShouldAllBe(d => d.Version >= 1 && d.Formula.Length > 10);
    }
}
