namespace ServiceLoop.Workflows.Replay;

/// <summary>What a customer makes of an answer that a bot has sent. Pure: it depends on the seed, the case and the truth alone.</summary>
/// <param name="IsHelped">True when the matter is settled for the customer.</param>
/// <param name="Text">What the customer writes back; null for silence, which the product takes for settled after a day.</param>
/// <param name="Kind">For the totals.</param>
internal sealed record AnswerReply(bool IsHelped, string? Text, string Kind)
{
    // An answer to the very question does not help everybody: it is not understood, or not believed.
    private const double Helps = 0.8;
    private const double Thanks = 0.5;

    /// <summary>The reply of a customer.</summary>
    /// <param name="caseId">The case in the log.</param>
    /// <param name="isAbout">True when the article is about what the customer asked in truth, whatever triage took it for.</param>
    /// <param name="chance">Draws it.</param>
    public static AnswerReply Of(string caseId, bool isAbout, Chance chance) =>
        !isAbout ? new(false, "That is not what I asked about.", "of another question")
        : !chance.Happens($"helped:{caseId}", Helps) ? new(false, "I have tried that, and it did not help.", "did not help")
        : new(true, chance.Happens($"thanks:{caseId}", Thanks) ? "Thank you, that was helpful. It is solved." : null, "helped");
}
