namespace ServiceLoop.Triage.Embeddings;

/// <summary>Turns what a sentence means into numbers: sentences of the same meaning lie close together, in whatever words.</summary>
/// <remarks>Safe for many threads. The same text gives the same numbers.</remarks>
public interface ISentenceEmbedding
{
    /// <summary>Names it, and what its numbers are; stands in each model that was trained with it.</summary>
    string Name { get; }

    /// <summary>How many numbers a sentence has.</summary>
    int Size { get; }

    /// <summary>Whether it knows the language of a text. Cheap, and needs nothing to be loaded.</summary>
    bool Covers(string text);

    /// <summary>The numbers of each text, in their order; null when it cannot be used on this machine.</summary>
    /// <param name="texts">Texts that it covers; of a long one the beginning counts.</param>
    /// <param name="threads">How many are used at once.</param>
    /// <param name="ct">Cancels.</param>
    float[][]? Of(IReadOnlyList<string> texts, int threads, CancellationToken ct);
}
