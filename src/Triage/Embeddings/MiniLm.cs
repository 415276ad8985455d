using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using ServiceLoop.ServiceDesk.Triage;

namespace ServiceLoop.Triage.Embeddings;

/// <summary>
/// The sentence embedding all-MiniLM-L6-v2 for English. Its network (90 MB) is part of the program and loaded by the first text that needs it; where it cannot be
/// loaded, that is told in the log once, and there are no numbers.
/// </summary>
public sealed class MiniLm : ISentenceEmbedding, IDisposable
{
    private const int BatchSize = 32;

    private readonly Lazy<MiniLmNetwork?> network;

    /// <param name="logger">Is told when it cannot be used.</param>
    public MiniLm(ILogger<MiniLm> logger) => network = new(() => Load(logger));

    /// <summary>One that tells nobody when it cannot be used.</summary>
    public MiniLm()
        : this(NullLogger<MiniLm>.Instance) { }

    /// <inheritdoc/>
    public string Name => "all-MiniLM-L6-v2, mean and largest";

    /// <inheritdoc/>
    public int Size => MiniLmNetwork.Width * 2;

    /// <summary>Whether the network is in memory.</summary>
    internal bool IsLoaded => network.IsValueCreated;

    /// <inheritdoc/>
    public bool Covers(string text)
    {
        if (TextLanguage.Of(text) != TextLanguage.English)
            return false;

        var (ascii, letters) = (0, 0);

        foreach (var rune in text.EnumerateRunes())
            if (Rune.IsLetter(rune))
            {
                letters++;
                ascii += rune.IsAscii ? 1 : 0;
            }

        return ascii > 0 && ascii * 2 >= letters;
    }

    /// <inheritdoc/>
    public float[][]? Of(IReadOnlyList<string> texts, int threads, CancellationToken ct)
    {
        if (network.Value is not { } loaded)
            return null;

        var pieces = texts.Select(loaded.PiecesOf).ToArray();
        var vectors = new float[texts.Count][];

        // Texts of the same length go together: nothing is filled up, so that a text gives the same numbers in whatever company.
        var batches = Enumerable
            .Range(0, texts.Count)
            .GroupBy(i => pieces[i].Length)
            .OrderBy(g => g.Key)
            .SelectMany(g => g.Chunk(BatchSize));
        var options = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = ct };
        Parallel.ForEach(
            batches,
            options,
            batch =>
            {
                var found = loaded.Run(Array.ConvertAll(batch, i => pieces[i]));

                for (var i = 0; i < batch.Length; i++)
                    vectors[batch[i]] = found[i];
            }
        );
        return vectors;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (network.IsValueCreated)
            network.Value?.Dispose();
    }

    private static MiniLmNetwork? Load(ILogger logger)
    {
        try
        {
            return new();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The native part exists for the usual machines only: the words of a text do without it.
            Log.EmbeddingUnusable(logger, e);
            return null;
        }
    }
}
