using ServiceLoop.ServiceDesk.Triage;

namespace ServiceLoop.ServiceDesk.Interactions;

/// <summary>How a contact sounds, in one word, where its channel did not tell. Pure.</summary>
internal static class Mood
{
    // A single "thanks" is politeness; it takes more to say that all is well.
    private const double Content = 0.5;
    private const double Unhappy = -0.3;

    /// <summary>The word for a text: <c>angry</c>, <c>negative</c>, <c>neutral</c> or <c>positive</c>; null when nothing was said.</summary>
    /// <remarks>Who asks something is not served yet, however kind the words are: such a text is neutral at best.</remarks>
    public static string? Of(string? text)
    {
        // What is quoted was said before, and mostly by us.
        var said = text is null ? "" : string.Join('\n', text.Split('\n').Where(l => !l.StartsWith('>')));

        if (string.IsNullOrWhiteSpace(said))
            return null;

        var (score, isAngry) = Sentiment.Of(said);
        return isAngry ? "angry"
            : score <= Unhappy ? "negative"
            : score >= Content && said.AsSpan().IndexOfAny('?', '？') < 0 ? "positive"
            : "neutral";
    }
}
