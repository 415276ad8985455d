using System.Collections.Immutable;

namespace ServiceLoop.ServiceDesk.Triage;

/// <summary>How much there is to a contact.</summary>
public enum Complexity
{
    /// <summary>One thing, said in a few words.</summary>
    Simple,

    /// <summary>Some more: several questions, a longer story, or more than one thing it may be.</summary>
    Medium,

    /// <summary>Several things at once, a long story, or a history of contacts.</summary>
    Complex,
}

/// <summary>Judges how much there is to a contact. Pure.</summary>
public static class ComplexityRule
{
    // A Chinese character says about as much as three letters.
    private const int UnitsOfAnIdeograph = 3;
    private const int LongText = 280;
    private const int VeryLongText = 800;
    private const int SeveralQuestions = 2;
    private const int ManyQuestions = 4;
    private const int OftenContacted = 3;
    private const double Rival = 0.2;
    private const int ComplexPoints = 4;
    private const int MediumPoints = 2;

    /// <summary>How much there is to a contact: points for length, questions, what else it may be about, and contacts before.</summary>
    /// <param name="text">What the customer said.</param>
    /// <param name="ranked">What it may be about, the likeliest first.</param>
    /// <param name="contactNo">Which contact about the same this is, from 1.</param>
    public static Complexity Of(string text, ImmutableArray<RankedIntent> ranked, int contactNo)
    {
        var (units, questions) = (0, 0);

        foreach (var rune in text.EnumerateRunes())
        {
            units += TextLanguage.IsIdeograph(rune) ? UnitsOfAnIdeograph : 1;
            questions += rune.Value is '?' or '？' ? 1 : 0;
        }

        var points =
            (
                units > VeryLongText ? 3
                : units > LongText ? 2
                : 0
            )
            + (
                questions >= ManyQuestions ? 2
                : questions >= SeveralQuestions ? 1
                : 0
            )
            + (!ranked.IsDefault && ranked.Length > 1 && ranked[1].Probability >= Rival ? 1 : 0)
            + (
                contactNo >= OftenContacted ? 2
                : contactNo > 1 ? 1
                : 0
            );

        return points >= ComplexPoints ? Complexity.Complex
            : points >= MediumPoints ? Complexity.Medium
            : Complexity.Simple;
    }
}
