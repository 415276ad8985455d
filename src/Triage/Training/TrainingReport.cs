using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ServiceLoop.Triage.Training;

/// <summary>How well texts of one language are told.</summary>
/// <param name="Language"><c>zh</c> or <c>en</c>.</param>
/// <param name="Count">Texts.</param>
/// <param name="Accuracy">Share that was right.</param>
public sealed record LanguageFigure(string Language, int Count, double Accuracy);

/// <summary>What was measured of a model, by cross-validation: each text was judged by a model that had not seen it.</summary>
public sealed record TrainingReport
{
    private static readonly JsonSerializerOptions Compact = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly JsonSerializerOptions Indented = new(Compact) { WriteIndented = true };

    /// <summary>Examples.</summary>
    public required int Rows { get; init; }

    /// <summary>Intents.</summary>
    public required int Labels { get; init; }

    /// <summary>Parts of the cross-validation.</summary>
    public required int Folds { get; init; }

    /// <summary>Tokens that the model knows.</summary>
    public required int Tokens { get; init; }

    /// <summary>Share that was right.</summary>
    public required double Accuracy { get; init; }

    /// <summary>Accuracy of each fold.</summary>
    public required ImmutableArray<double> AccuracyOfFolds { get; init; }

    /// <summary>Mean of the F1 of all intents.</summary>
    public required double MacroF1 { get; init; }

    /// <summary>By language.</summary>
    public required ImmutableArray<LanguageFigure> Languages { get; init; }

    /// <summary>Fitted on the verdicts of the cross-validation.</summary>
    public required double Temperature { get; init; }

    /// <summary>The sentence embedding that it was trained with, besides the words; null for none.</summary>
    public string? Embedding { get; init; }

    /// <summary>How many of the examples the embedding covers.</summary>
    public int Embedded { get; init; }

    /// <summary>As <see cref="Temperature"/>, of the texts that the embedding covers; null for none.</summary>
    public double? MeaningTemperature { get; init; }

    /// <summary>Seconds that the embedding of all examples took.</summary>
    public double EmbeddingSeconds { get; init; }

    /// <summary>Expected calibration error; of each fold with the temperature of the others.</summary>
    public required double CalibrationError { get; init; }

    /// <summary>The same without calibration.</summary>
    public required double CalibrationErrorBefore { get; init; }

    /// <summary>The reliability table.</summary>
    public required ImmutableArray<ReliabilityBin> Reliability { get; init; }

    /// <summary>What a wrong route costs; a question to a person costs 1.</summary>
    public required double WrongRouteCost { get; init; }

    /// <summary>What thresholds mean.</summary>
    public required ImmutableArray<ThresholdFigure> Thresholds { get; init; }

    /// <summary>The chosen one.</summary>
    public required ThresholdFigure Chosen { get; init; }

    /// <summary>Whether it was given, and not chosen by its cost.</summary>
    public required bool IsThresholdGiven { get; init; }

    /// <summary>By intent.</summary>
    public required ImmutableArray<IntentFigure> Intents { get; init; }

    /// <summary>Seconds that training the model took.</summary>
    public required double TrainingSeconds { get; init; }

    /// <summary>Seconds that the cross-validation took.</summary>
    public required double ValidationSeconds { get; init; }

    /// <summary>How it was trained.</summary>
    public required TrainingOptions Options { get; init; }

    /// <summary>As JSON.</summary>
    public string ToJson(bool isIndented = false) => JsonSerializer.Serialize(this, isIndented ? Indented : Compact);
}
