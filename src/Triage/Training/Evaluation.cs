using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace ServiceLoop.Triage.Training;

/// <summary>What a model said of a text that it had not seen.</summary>
/// <param name="Label">Place of the right label.</param>
/// <param name="Guess">Place of the likeliest label.</param>
/// <param name="Confidence">Its probability, calibrated.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Verdict(int Label, int Guess, double Confidence)
{
    /// <summary>Whether it was right.</summary>
    public bool IsRight => Label == Guess;
}

/// <summary>How well one intent is told.</summary>
/// <param name="Intent">The intent.</param>
/// <param name="Count">Examples.</param>
/// <param name="Precision">Of those that were called so, the share that are.</param>
/// <param name="Recall">Of those that are, the share that were called so.</param>
public sealed record IntentFigure(string Intent, int Count, double Precision, double Recall)
{
    /// <summary>Harmonic mean of both.</summary>
    public double F1 => Precision + Recall == 0 ? 0 : 2 * Precision * Recall / (Precision + Recall);
}

/// <summary>Texts whose confidence lies in a range.</summary>
/// <param name="From">From, 0 to 1.</param>
/// <param name="To">To.</param>
/// <param name="Count">Texts.</param>
/// <param name="Confidence">Mean confidence.</param>
/// <param name="Accuracy">Share that was right.</param>
public sealed record ReliabilityBin(double From, double To, int Count, double Confidence, double Accuracy);

/// <summary>What a threshold means.</summary>
/// <param name="Threshold">From which confidence on the model acts alone.</param>
/// <param name="Automatic">Share of texts on which it does.</param>
/// <param name="Wrong">Share of all texts that are sent wrong.</param>
/// <param name="Accuracy">Share that is right of those on which it acts.</param>
/// <param name="Cost">Cost for a text: a question to a person costs 1.</param>
public sealed record ThresholdFigure(double Threshold, double Automatic, double Wrong, double Accuracy, double Cost);

/// <summary>Figures of verdicts. Pure.</summary>
public static class Evaluation
{
    private const int Bins = 10;

    /// <summary>Share that was right.</summary>
    public static double Accuracy(IReadOnlyCollection<Verdict> verdicts) =>
        verdicts.Count == 0 ? 0 : (double)verdicts.Count(v => v.IsRight) / verdicts.Count;

    /// <summary>Figures by intent, in the order of the labels.</summary>
    public static ImmutableArray<IntentFigure> ByIntent(IReadOnlyCollection<Verdict> verdicts, IReadOnlyList<string> labels)
    {
        var (count, called, right) = (new int[labels.Count], new int[labels.Count], new int[labels.Count]);

        foreach (var v in verdicts)
        {
            count[v.Label]++;
            called[v.Guess]++;
            right[v.Label] += v.IsRight ? 1 : 0;
        }

        return
        [
            .. labels.Select(
                (l, i) =>
                    new IntentFigure(
                        l,
                        count[i],
                        called[i] == 0 ? 0 : (double)right[i] / called[i],
                        count[i] == 0 ? 0 : (double)right[i] / count[i]
                    )
            ),
        ];
    }

    /// <summary>The reliability table: ten ranges of confidence.</summary>
    public static ImmutableArray<ReliabilityBin> Reliability(IReadOnlyCollection<Verdict> verdicts)
    {
        var bins = verdicts.ToLookup(v => Math.Min(Bins - 1, (int)(v.Confidence * Bins)));
        return
        [
            .. Enumerable
                .Range(0, Bins)
                .Select(i =>
                {
                    var inside = bins[i].ToList();
                    return new ReliabilityBin(
                        (double)i / Bins,
                        (double)(i + 1) / Bins,
                        inside.Count,
                        inside.Count == 0 ? 0 : inside.Average(v => v.Confidence),
                        Accuracy(inside)
                    );
                }),
        ];
    }

    /// <summary>Expected calibration error: how far confidence and accuracy lie apart, on average over the texts.</summary>
    public static double CalibrationError(IReadOnlyCollection<ReliabilityBin> bins)
    {
        var all = bins.Sum(b => b.Count);
        return all == 0 ? 0 : bins.Sum(b => b.Count * Math.Abs(b.Confidence - b.Accuracy)) / all;
    }

    /// <summary>What thresholds from 0 to 0.99 mean, in steps of 0.01.</summary>
    public static ImmutableArray<ThresholdFigure> Thresholds(IReadOnlyCollection<Verdict> verdicts, double wrongRouteCost) =>
        [.. Enumerable.Range(0, 100).Select(i => At(verdicts, i / 100.0, wrongRouteCost))];

    /// <summary>What a threshold means.</summary>
    public static ThresholdFigure At(IReadOnlyCollection<Verdict> verdicts, double threshold, double wrongRouteCost)
    {
        var automatic = verdicts.Count(v => v.Confidence >= threshold);
        var wrong = verdicts.Count(v => v.Confidence >= threshold && !v.IsRight);
        double all = Math.Max(1, verdicts.Count);
        return new(
            threshold,
            automatic / all,
            wrong / all,
            automatic == 0 ? 1 : (double)(automatic - wrong) / automatic,
            (wrong * wrongRouteCost + (verdicts.Count - automatic)) / all
        );
    }

    /// <summary>The threshold of the lowest cost; of equals the lowest one.</summary>
    public static ThresholdFigure Cheapest(IEnumerable<ThresholdFigure> figures) => figures.MinBy(f => f.Cost)!;
}
