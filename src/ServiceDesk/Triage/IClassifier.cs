using System.Collections.Immutable;

namespace ServiceLoop.ServiceDesk.Triage;

/// <summary>An intent with how likely it is.</summary>
/// <param name="Intent">Name of the intent, as the model was taught it.</param>
/// <param name="Probability">0 to 1; calibrated: of many with 0.8, eight of ten are right.</param>
public sealed record RankedIntent(string Intent, double Probability);

/// <summary>What a classifier makes of a text.</summary>
/// <param name="ModelVersion">Which model it was; <c>none</c> when there is none.</param>
/// <param name="Ranked">Intents, the likeliest first; none when there is no model, or nothing in the text to go by.</param>
/// <param name="Threshold">From which probability on the model may be trusted, as was chosen when it was trained.</param>
public sealed record Classification(string ModelVersion, ImmutableArray<RankedIntent> Ranked, double Threshold)
{
    /// <summary>The version when there is no model.</summary>
    public const string NoModel = "none";

    /// <summary>Nothing is known: a person decides.</summary>
    public static readonly Classification None = new(NoModel, [], 1);
}

/// <summary>Tells what a message of a customer wants. Another one may be put in the place of the built-in.</summary>
public interface IClassifier
{
    /// <summary>Classifies a text. May be called by many at once; never throws for what stands in a text.</summary>
    /// <param name="text">What the customer said, in any language.</param>
    /// <param name="ct">Cancels.</param>
    ValueTask<Classification> ClassifyAsync(string text, CancellationToken ct);
}

/// <summary>Where no classifier is installed every contact goes to a person.</summary>
internal sealed class NoClassifier : IClassifier
{
    public ValueTask<Classification> ClassifyAsync(string text, CancellationToken ct) => new(Classification.None);
}
