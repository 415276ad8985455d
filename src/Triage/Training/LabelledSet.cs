using System.Collections.Immutable;
using System.Diagnostics;
using ServiceLoop.ServiceDesk.Triage;
using ServiceLoop.Triage.Embeddings;

namespace ServiceLoop.Triage.Training;

/// <summary>Examples as a trainer takes them.</summary>
/// <param name="Tokens">The words of each.</param>
/// <param name="Vectors">The numbers of each by the embedding; null for one that it does not cover.</param>
/// <param name="Truth">The place of the label of each.</param>
/// <param name="Labels">All labels.</param>
/// <param name="Embedding">Null for words only.</param>
internal sealed record LabelledSet(
    IReadOnlyList<string>[] Tokens,
    float[]?[] Vectors,
    int[] Truth,
    ImmutableArray<string> Labels,
    ISentenceEmbedding? Embedding
)
{
    /// <summary>How long the embedding took.</summary>
    public TimeSpan EmbeddingTook { get; private init; }

    /// <summary>How many examples the embedding covers.</summary>
    public int Embedded => Vectors.Count(v => v is not null);

    /// <summary>Makes it of texts.</summary>
    public static LabelledSet Of(
        IReadOnlyList<LabelledText> examples,
        ImmutableArray<string> labels,
        ISentenceEmbedding? embedding,
        TrainingOptions options,
        Action<string>? progress,
        CancellationToken ct
    )
    {
        var places = labels.Select((l, i) => KeyValuePair.Create(l, i)).ToDictionary(StringComparer.Ordinal);
        var tokens = examples.Select(e => (IReadOnlyList<string>)Features.Tokens.Of(e.Text)).ToArray();
        int[] covered = embedding is null ? [] : [.. Enumerable.Range(0, examples.Count).Where(i => embedding.Covers(examples[i].Text))];
        var vectors = new float[]?[examples.Count];
        var clock = Stopwatch.StartNew();

        if (covered.Length > 0)
        {
            progress?.Invoke($"what {covered.Length} examples mean");

            if (embedding!.Of(Array.ConvertAll(covered, i => examples[i].Text), options.Threads, ct) is { } found)
                for (var i = 0; i < covered.Length; i++)
                    vectors[covered[i]] = found[i];
            else
                progress?.Invoke("the sentence embedding cannot be used on this machine: words only");
        }

        return new(tokens, vectors, [.. examples.Select(e => places[e.Label])], labels, embedding) { EmbeddingTook = clock.Elapsed };
    }

    /// <summary>A part of it.</summary>
    public LabelledSet Where(Func<int, bool> wanted)
    {
        var kept = Enumerable.Range(0, Truth.Length).Where(wanted).ToArray();
        return this with
        {
            Tokens = Array.ConvertAll(kept, i => Tokens[i]),
            Vectors = Array.ConvertAll(kept, i => Vectors[i]),
            Truth = Array.ConvertAll(kept, i => Truth[i]),
        };
    }
}
