using CsCheck;
using ServiceLoop.Triage.Training;

namespace ServiceLoop.Triage.Tests.Training;

public sealed class CalibrationTests
{
    [Fact]
    public void A_temperature_keeps_the_order_and_the_sum()
    {
        Gen.Select(Gen.Float[1e-6f, 1].Array[2, 20], Gen.Double[0.2, 5])
            .Sample(
                (raw, temperature) =>
                {
                    var sum = raw.Sum();
                    var probabilities = raw.Select(p => p / sum).ToArray();
                    var scaled = Calibration.At(probabilities, temperature);
                    var isOrdered = Enumerable
                        .Range(0, raw.Length)
                        .Zip(Enumerable.Range(1, raw.Length - 1))
                        .All(pair =>
                            probabilities[pair.First] >= probabilities[pair.Second]
                                ? scaled[pair.First] >= scaled[pair.Second] - 1e-9
                                : scaled[pair.First] <= scaled[pair.Second] + 1e-9
                        );
                    return isOrdered && Math.Abs(scaled.Sum() - 1) < 1e-9;
                }
            );
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(2)]
    public void Probabilities_that_were_bent_are_made_honest_again(double bent)
    {
        // Labels are drawn by honest probabilities; the model shows bent ones.
        var random = new Random(11);
        var (shown, labels) = (new List<float[]>(), new List<int>());

        for (var i = 0; i < 20_000; i++)
        {
            var raw = Enumerable.Range(0, 5).Select(_ => (float)Math.Pow(random.NextDouble(), 4) + 1e-3f).ToArray();
            var honest = raw.Select(p => p / raw.Sum()).ToArray();
            var (draw, label) = (random.NextDouble(), 0);

            while (label < 4 && (draw -= honest[label]) > 0)
                label++;

            labels.Add(label);
            shown.Add([.. Calibration.At(honest, bent).Select(p => (float)p)]);
        }

        var temperature = Calibration.Fit(shown, labels);

        temperature.ShouldBe(1 / bent, 0.05 / bent);
        Error(shown, labels, temperature).ShouldBeLessThan(0.02);
    }

    [Fact]
    public void Figures_are_those_of_a_table_by_hand()
    {
        Verdict[] verdicts = [new(0, 0, 0.95), new(0, 1, 0.65), new(1, 1, 0.85), new(1, 1, 0.3)];

        Evaluation.Accuracy(verdicts).ShouldBe(0.75);
        Evaluation.ByIntent(verdicts, ["a", "b"]).ShouldBe([new("a", 2, 1, 0.5), new("b", 2, 2.0 / 3, 1)]);
        Evaluation.At(verdicts, 0.6, 5).ShouldBe(new ThresholdFigure(0.6, 0.75, 0.25, 2.0 / 3, 1.5));
        Evaluation.Cheapest(Evaluation.Thresholds(verdicts, 5)).ShouldBe(new ThresholdFigure(0.66, 0.5, 0, 1, 0.5));
        Evaluation.CalibrationError(Evaluation.Reliability(verdicts)).ShouldBe((0.05 + 0.65 + 0.15 + 0.7) / 4, 1e-9);
    }

    private static double Error(List<float[]> shown, List<int> labels, double temperature) =>
        Evaluation.CalibrationError(
            Evaluation.Reliability([
                .. shown.Select(
                    (p, i) =>
                    {
                        var guess = Array.IndexOf(p, p.Max());
                        return new Verdict(labels[i], guess, Calibration.At(p, temperature)[guess]);
                    }
                ),
            ])
        );
}
