using System.Collections.Immutable;
using System.Diagnostics;
using ServiceLoop.ServiceDesk.Triage;
using ServiceLoop.ServiceDesk.TriageModels;
using ServiceLoop.Triage.Features;
using ServiceLoop.Triage.Scoring;

namespace ServiceLoop.Triage.Training;

/// <summary>A model with what was measured of it.</summary>
/// <param name="Content">The model: a zip.</param>
/// <param name="Report">What was measured.</param>
public sealed record TrainingResult(byte[] Content, TrainingReport Report)
{
    /// <summary>As it is kept.</summary>
    /// <param name="note">From what it was trained.</param>
    public TrainedModel ToKept(string note) => new(Content, Report.ToJson(), Report.Rows, Report.Labels, Report.Chosen.Threshold, note);
}

/// <summary>A model cannot be trained from what was given; the message says why.</summary>
/// <param name="message">A sentence with the cure.</param>
public sealed class TrainingRefusedException(string message) : Exception(message);

/// <summary>Trains models: cross-validation first, for honest figures, calibration and threshold; then the model itself from all examples.</summary>
public static class ModelTraining
{
    private const int MostExamples = 200_000;

    /// <summary>Trains a model.</summary>
    /// <param name="examples">What it learns from.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Is told each part that begins; null for nobody.</param>
    /// <param name="ct">Cancels, between the parts.</param>
    /// <exception cref="TrainingRefusedException">There are too few or too many examples for it; the message says which.</exception>
    public static TrainingResult Run(
        IReadOnlyList<LabelledText> examples,
        TrainingOptions options,
        Action<string>? progress,
        CancellationToken ct
    )
    {
        var labels = examples.Select(e => e.Label).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToImmutableArray();
        Check(examples, labels, options);
        var places = labels.Select((l, i) => KeyValuePair.Create(l, i)).ToDictionary(StringComparer.Ordinal);
        var truth = examples.Select(e => places[e.Label]).ToArray();
        var tokens = examples.Select(e => (IReadOnlyList<string>)Tokens.Of(e.Text)).ToArray();
        var folds = Folds(truth, options);
        var clock = Stopwatch.StartNew();
        var scores = new float[examples.Count][];

        for (var fold = 0; fold < options.Folds; fold++)
        {
            ct.ThrowIfCancellationRequested();
            progress?.Invoke($"fold {fold + 1} of {options.Folds}");
            Validate(fold, folds, tokens, truth, labels, options, scores);
        }

        var validated = clock.Elapsed;
        ct.ThrowIfCancellationRequested();
        progress?.Invoke($"training from all {examples.Count} examples");
        clock.Restart();
        using var model = Fit(tokens, truth, labels, options, Calibration.Fit(scores, truth));
        var content = model.ToBytes();
        return new(content, Report(examples, truth, labels, folds, scores, model, options, validated, clock.Elapsed));
    }

    private static void Check(IReadOnlyList<LabelledText> examples, ImmutableArray<string> labels, TrainingOptions options)
    {
        if (options.Folds is < 2 or > 20)
            throw new TrainingRefusedException($"{options.Folds} folds cannot be made; choose 2 to 20.");

        if (examples.Count > MostExamples)
            throw new TrainingRefusedException(
                $"There are {examples.Count:N0} examples; at most {MostExamples:N0} are taken. Leave some out."
            );

        if (labels.Length < 2)
            throw new TrainingRefusedException($"There are {labels.Length} labels; a classifier needs at least two.");

        var rare = examples
            .GroupBy(e => e.Label, StringComparer.Ordinal)
            .Where(g => g.Count() < options.Folds)
            .Select(g => $"'{g.Key}' ({g.Count()})")
            .ToList();

        if (rare.Count > 0)
            throw new TrainingRefusedException(
                $"Each label needs at least as many examples as there are folds ({options.Folds}). Too few: {string.Join(", ", rare.Take(10))}. Add examples, or choose fewer folds."
            );
    }

    // Of each label about the same number in each fold; always the same for the same examples.
    private static int[] Folds(int[] truth, TrainingOptions options)
    {
        var random = new Random(options.Seed);
        var folds = new int[truth.Length];

        foreach (var group in Enumerable.Range(0, truth.Length).GroupBy(i => truth[i]).OrderBy(g => g.Key))
        {
            var shuffled = group.ToArray();
            random.Shuffle(shuffled);
            var first = random.Next(options.Folds);

            for (var i = 0; i < shuffled.Length; i++)
                folds[shuffled[i]] = (first + i) % options.Folds;
        }

        return folds;
    }

    private static void Validate(
        int fold,
        int[] folds,
        IReadOnlyList<string>[] tokens,
        int[] truth,
        ImmutableArray<string> labels,
        TrainingOptions options,
        float[][] scores
    )
    {
        var seen = Enumerable.Range(0, truth.Length).Where(i => folds[i] != fold).ToArray();
        using var model = Fit([.. seen.Select(i => tokens[i])], [.. seen.Select(i => truth[i])], labels, options, 1);
        var nothing = Enumerable.Repeat(1f / labels.Length, labels.Length).ToArray();
        Parallel.For(
            0,
            truth.Length,
            new ParallelOptions { MaxDegreeOfParallelism = options.Threads },
            i =>
            {
                if (folds[i] == fold)
                    scores[i] = model.Score(tokens[i]) ?? nothing;
            }
        );
    }

    private static IntentModel Fit(
        IReadOnlyList<IReadOnlyList<string>> tokens,
        int[] truth,
        ImmutableArray<string> labels,
        TrainingOptions options,
        double temperature
    )
    {
        var vocabulary = Vocabulary.Of(tokens, options.LeastTexts);
        var vectors = tokens.AsParallel().AsOrdered().WithDegreeOfParallelism(options.Threads).Select(vocabulary.VectorOf).ToArray();
        return new(labels, vocabulary, Member.Fit(vectors, truth, labels.Length, options)) { Temperature = temperature };
    }

    private static TrainingReport Report(
        IReadOnlyList<LabelledText> examples,
        int[] truth,
        ImmutableArray<string> labels,
        int[] folds,
        float[][] scores,
        IntentModel model,
        TrainingOptions options,
        TimeSpan validation,
        TimeSpan training
    )
    {
        // The table of a fold is made with the temperature of the other folds: what was fitted is not measured by itself.
        var temperatures = Enumerable
            .Range(0, options.Folds)
            .Select(f => Calibration.Fit([.. scores.Where((_, i) => folds[i] != f)], [.. truth.Where((_, i) => folds[i] != f)]))
            .ToArray();
        var verdicts = truth.Select((t, i) => VerdictOf(scores[i], t, temperatures[folds[i]])).ToArray();
        var before = truth.Select((t, i) => VerdictOf(scores[i], t, 1)).ToArray();
        var reliability = Evaluation.Reliability(verdicts);
        var thresholds = Evaluation.Thresholds(verdicts, options.WrongRouteCost);
        var intents = Evaluation.ByIntent(verdicts, labels);
        return new()
        {
            Rows = truth.Length,
            Labels = labels.Length,
            Folds = options.Folds,
            Tokens = model.Tokens,
            Accuracy = Evaluation.Accuracy(verdicts),
            AccuracyOfFolds =
            [
                .. Enumerable.Range(0, options.Folds).Select(f => Evaluation.Accuracy([.. verdicts.Where((_, i) => folds[i] == f)])),
            ],
            MacroF1 = intents.Average(i => i.F1),
            Languages =
            [
                .. examples
                    .Select((e, i) => (Language: TextLanguage.Of(e.Text), Verdict: verdicts[i]))
                    .GroupBy(v => v.Language, StringComparer.Ordinal)
                    .OrderBy(g => g.Key, StringComparer.Ordinal)
                    .Select(g => new LanguageFigure(g.Key, g.Count(), Evaluation.Accuracy([.. g.Select(v => v.Verdict)]))),
            ],
            Temperature = model.Temperature,
            CalibrationError = Evaluation.CalibrationError(reliability),
            CalibrationErrorBefore = Evaluation.CalibrationError(Evaluation.Reliability(before)),
            Reliability = reliability,
            WrongRouteCost = options.WrongRouteCost,
            Thresholds = thresholds,
            Chosen = options.Threshold is { } given
                ? Evaluation.At(verdicts, given, options.WrongRouteCost)
                : Evaluation.Cheapest(thresholds),
            IsThresholdGiven = options.Threshold is not null,
            Intents = intents,
            TrainingSeconds = training.TotalSeconds,
            ValidationSeconds = validation.TotalSeconds,
            Options = options,
        };
    }

    private static Verdict VerdictOf(float[] scores, int label, double temperature)
    {
        var guess = Array.IndexOf(scores, scores.Max());
        return new(label, guess, Calibration.At(scores, temperature)[guess]);
    }
}
