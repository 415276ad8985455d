using System.Globalization;
using System.Text;
using ServiceLoop.Triage.Training;

namespace ServiceLoop.Workflows.CommandLine;

/// <summary>What was measured of a model, for the terminal.</summary>
internal static class TrainingTable
{
    private const int LongestName = 48;

    // Around the chosen one all are shown, else every tenth.
    private const double Near = 0.03;

    /// <summary>The tables.</summary>
    public static string Of(TrainingReport report)
    {
        var text = new StringBuilder();
        Intents(text, report);
        Reliability(text, report);
        Thresholds(text, report);
        Line(text, $"");
        Line(
            text,
            $"Accuracy {report.Accuracy:P2} in {report.Folds}-fold cross-validation (folds {string.Join(", ", report.AccuracyOfFolds.Select(a => Share(a)))}), macro F1 {report.MacroF1:P2}"
        );

        if (report.Languages.Length > 1)
            Line(text, $"By language: {string.Join(", ", report.Languages.Select(l => $"{l.Language} {Share(l.Accuracy)} of {l.Count}"))}");

        Line(text, $"{report.Rows} examples, {report.Labels} intents, {report.Tokens} tokens; temperature {report.Temperature:0.00}");

        if (report.Embedding is { } embedding)
            Line(
                text,
                $"Words, and meaning by {embedding} for {report.Embedded} examples ({report.EmbeddingSeconds:0.0} s); temperature of both together {report.MeaningTemperature:0.00}"
            );

        Line(text, $"Training {report.TrainingSeconds:0.0} s, cross-validation {report.ValidationSeconds:0.0} s");
        return text.ToString();
    }

    private static void Intents(StringBuilder text, TrainingReport report)
    {
        var width = Math.Min(LongestName, report.Intents.Max(i => i.Intent.Length));
        Line(text, $"");
        Line(text, $"{"Intent".PadRight(width)} precision    recall        F1       n");

        foreach (var i in report.Intents)
            Line(text, $"{Cut(i.Intent, width)} {i.Precision, 9:P1} {i.Recall, 9:P1} {i.F1, 9:P1} {i.Count, 7}");
    }

    private static void Reliability(StringBuilder text, TrainingReport report)
    {
        Line(text, $"");
        Line(text, $"Confidence   mean   accuracy       n");

        foreach (var b in report.Reliability)
            Line(
                text,
                b.Count == 0
                    ? $"{b.From:0.0}–{b.To:0.0}           –          –       0"
                    : (FormattableString)$"{b.From:0.0}–{b.To:0.0}     {b.Confidence, 7:P1}  {b.Accuracy, 9:P1} {b.Count, 7}"
            );

        Line(text, $"Expected calibration error {report.CalibrationError:P2} (without calibration {report.CalibrationErrorBefore:P2})");
    }

    private static void Thresholds(StringBuilder text, TrainingReport report)
    {
        Line(text, $"");
        Line(
            text,
            $"Threshold  automatic   wrong routes  right of these   cost (a wrong route {report.WrongRouteCost:0.##}, a question 1)"
        );
        var chosen = report.Chosen.Threshold;

        foreach (var t in report.Thresholds.Append(report.Chosen).DistinctBy(t => t.Threshold).OrderBy(t => t.Threshold))
            if (Math.Abs(t.Threshold - chosen) <= Near || Math.Round(t.Threshold * 100) % 10 == 0)
                Line(
                    text,
                    $"{(t.Threshold == chosen ? "→" : " ")} {t.Threshold:0.00}    {t.Automatic, 9:P1}      {t.Wrong, 9:P2}       {t.Accuracy, 9:P1}   {t.Cost:0.0000}"
                );

        var everything = report.Thresholds[0];
        var why = report.IsThresholdGiven ? "as it was given" : "there the cost is lowest";
        Line(
            text,
            $"Threshold {chosen:0.00}, {why}: {report.Chosen.Automatic:P1} go on without a person, {report.Chosen.Wrong:P2} are sent wrong; without a threshold {everything.Wrong:P2} would be (cost {everything.Cost:0.0000})."
        );
    }

    private static string Cut(string name, int width) => name.Length > width ? $"{name[..(width - 1)]}…" : name.PadRight(width);

    private static string Share(double share) => share.ToString("P1", CultureInfo.InvariantCulture);

    private static void Line(StringBuilder text, FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture));
}
