using ServiceLoop.Triage.Scoring;

namespace ServiceLoop.Triage.Training;

/// <summary>What the models of a cross-validation say of the examples that each had not seen, before calibration.</summary>
/// <param name="set">All examples.</param>
/// <param name="folds">The part of each.</param>
/// <param name="count">How many parts there are.</param>
internal sealed class FoldScores(LabelledSet set, int[] folds, int count)
{
    private readonly float[][] words = new float[folds.Length][];
    private readonly float[]?[] joint = new float[]?[folds.Length];

    /// <summary>How many parts there are.</summary>
    public int Count => count;

    /// <summary>Has a model judge the examples of a part.</summary>
    public void Judge(IntentModel model, int fold, int threads)
    {
        var nothing = Enumerable.Repeat(1f / set.Labels.Length, set.Labels.Length).ToArray();
        Parallel.For(
            0,
            folds.Length,
            new ParallelOptions { MaxDegreeOfParallelism = threads },
            i =>
            {
                if (folds[i] != fold)
                    return;

                var known = model.Score(set.Tokens[i]);
                words[i] = known ?? nothing;
                joint[i] = known is not null && set.Vectors[i] is { } vector ? model.Join(known, vector) : null;
            }
        );
    }

    /// <summary>What makes the probabilities of words alone honest: fitted on all, or on all but one part.</summary>
    /// <param name="without">A part that is left out; null for none.</param>
    public double Temperature(int? without = null) => Fitted(i => words[i], without);

    /// <summary>The same for words and meaning together, of the examples that the embedding covers; 1 when it covers none.</summary>
    /// <param name="without">A part that is left out; null for none.</param>
    public double MeaningTemperature(int? without = null) => Fitted(i => joint[i], without);

    /// <summary>Verdicts; each calibrated by the other parts: what was fitted is not measured by itself.</summary>
    public Verdict[] Verdicts()
    {
        var temperatures = Enumerable.Range(0, count).Select(f => (Words: Temperature(f), Meaning: MeaningTemperature(f))).ToArray();
        return VerdictsAt(i => joint[i] is null ? temperatures[folds[i]].Words : temperatures[folds[i]].Meaning);
    }

    /// <summary>Verdicts without calibration.</summary>
    public Verdict[] BareVerdicts() => VerdictsAt(_ => 1);

    /// <summary>Of the verdicts, those of a part.</summary>
    public IReadOnlyCollection<Verdict> Of(int fold, IEnumerable<Verdict> verdicts) => [.. verdicts.Where((_, i) => folds[i] == fold)];

    private double Fitted(Func<int, float[]?> scores, int? without)
    {
        var used = Enumerable.Range(0, folds.Length).Where(i => folds[i] != without && scores(i) is not null).ToArray();
        return used.Length == 0 ? 1 : Calibration.Fit(Array.ConvertAll(used, i => scores(i)!), Array.ConvertAll(used, i => set.Truth[i]));
    }

    private Verdict[] VerdictsAt(Func<int, double> temperature) =>
        [
            .. set.Truth.Select(
                (label, i) =>
                {
                    var scores = joint[i] ?? words[i];
                    var guess = Array.IndexOf(scores, scores.Max());
                    return new Verdict(label, guess, Calibration.At(scores, temperature(i))[guess]);
                }
            ),
        ];
}
