using System.Collections.Immutable;
using System.Diagnostics;
using ServiceLoop.ServiceDesk.Triage;
using ServiceLoop.ServiceDesk.TriageModels;
using ServiceLoop.Triage.Embeddings;
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
    /// <param name="embedding">Tells what texts mean, besides their words; null for words only.</param>
    /// <param name="progress">Is told each part that begins; null for nobody.</param>
    /// <param name="ct">Cancels, between the parts.</param>
    /// <exception cref="TrainingRefusedException">There are too few or too many examples for it; the message says which.</exception>
    public static TrainingResult Run(
        IReadOnlyList<LabelledText> examples,
        TrainingOptions options,
        ISentenceEmbedding? embedding,
        Action<string>? progress,
        CancellationToken ct
    )
    {
        var labels = examples.Select(e => e.Label).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToImmutableArray();
        Check(examples, labels, options);
        var set = LabelledSet.Of(examples, labels, embedding, options, progress, ct);
        var folds = Folds(set.Truth, options);
        var clock = Stopwatch.StartNew();
        var scores = new FoldScores(set, folds, options.Folds);

        for (var fold = 0; fold < options.Folds; fold++)
        {
            ct.ThrowIfCancellationRequested();
            progress?.Invoke($"fold {fold + 1} of {options.Folds}");
            using var validated = Fit(set.Where(i => folds[i] != fold), options, 1, 1);
            scores.Judge(validated, fold, options.Threads);
        }

        var validation = clock.Elapsed;
        ct.ThrowIfCancellationRequested();
        progress?.Invoke($"training from all {examples.Count} examples");
        clock.Restart();
        using var model = Fit(set, options, scores.Temperature(), scores.MeaningTemperature());
        var content = model.ToBytes();
        return new(content, Report(examples, set, scores, model, options, validation, clock.Elapsed));
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

    private static IntentModel Fit(LabelledSet set, TrainingOptions options, double temperature, double meaningTemperature)
    {
        var vocabulary = Vocabulary.Of(set.Tokens, options.LeastTexts);
        var vectors = set.Tokens.AsParallel().AsOrdered().WithDegreeOfParallelism(options.Threads).Select(vocabulary.VectorOf).ToArray();
        var words = Member.Fit(vectors, set.Truth, set.Labels.Length, options);
        var meaning = set.Embedding is { } by ? Meaning.Fit(by.Name, set.Vectors, set.Truth, options, meaningTemperature) : null;
        return new(set.Labels, vocabulary, words, meaning, set.Embedding) { Temperature = temperature };
    }

    private static TrainingReport Report(
        IReadOnlyList<LabelledText> examples,
        LabelledSet set,
        FoldScores scores,
        IntentModel model,
        TrainingOptions options,
        TimeSpan validation,
        TimeSpan training
    )
    {
        var verdicts = scores.Verdicts();
        var reliability = Evaluation.Reliability(verdicts);
        var thresholds = Evaluation.Thresholds(verdicts, options.WrongRouteCost);
        var intents = Evaluation.ByIntent(verdicts, set.Labels);
        return new()
        {
            Rows = examples.Count,
            Labels = set.Labels.Length,
            Folds = options.Folds,
            Tokens = model.Tokens,
            Accuracy = Evaluation.Accuracy(verdicts),
            AccuracyOfFolds = [.. Enumerable.Range(0, scores.Count).Select(f => Evaluation.Accuracy(scores.Of(f, verdicts)))],
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
            Embedding = model.Embedding,
            Embedded = set.Embedded,
            MeaningTemperature = model.MeaningTemperature,
            EmbeddingSeconds = set.EmbeddingTook.TotalSeconds,
            CalibrationError = Evaluation.CalibrationError(reliability),
            CalibrationErrorBefore = Evaluation.CalibrationError(Evaluation.Reliability(scores.BareVerdicts())),
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
}
