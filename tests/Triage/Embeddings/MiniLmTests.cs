using System.Numerics.Tensors;
using ServiceLoop.Triage.Embeddings;

namespace ServiceLoop.Triage.Tests.Embeddings;

/// <summary>The network itself, loaded once.</summary>
public sealed class MiniLmFixture : IDisposable
{
    internal MiniLm Embedding { get; } = new();

    public void Dispose() => Embedding.Dispose();
}

public sealed class MiniLmTests(MiniLmFixture fixture) : IClassFixture<MiniLmFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void Sentences_of_one_meaning_lie_closer_than_sentences_with_the_same_words()
    {
        var vectors = Of("I want my money back", "Please give me a refund", "I want my card back");

        Likeness(vectors[0], vectors[1]).ShouldBeGreaterThan(Likeness(vectors[0], vectors[2]));
        vectors.ShouldAllBe(v => v.Length == fixture.Embedding.Size);

        foreach (var half in vectors.SelectMany(v => new[] { v[..(v.Length / 2)], v[(v.Length / 2)..] }))
            TensorPrimitives.Norm(half).ShouldBe(1, 1e-3f);
    }

    [Fact]
    public void A_text_has_the_same_numbers_in_whatever_company()
    {
        string[] texts =
        [
            .. Enumerable.Range(0, 70).Select(i => string.Join(' ', Enumerable.Repeat("where is my parcel", 1 + i % 5))),
            new string('x', 50_000),
            "\ud83d half of a character",
            "?",
        ];

        var together = Of(texts);

        for (var i = 60; i < texts.Length; i++)
            TensorPrimitives.Distance(Of(texts[i])[0], together[i]).ShouldBeLessThan(1e-4f);
    }

    [Theory]
    [InlineData("where is my parcel", true)]
    [InlineData("où est mon colis", true)]
    [InlineData("我的包裹在哪里", false)]
    [InlineData("我的 iPhone 坏了", false)]
    [InlineData("где моя посылка", false)]
    [InlineData("123 ?", false)]
    [InlineData("", false)]
    public void English_is_covered_and_nothing_is_loaded_to_say_so(string text, bool isCovered)
    {
        using var embedding = new MiniLm();

        embedding.Covers(text).ShouldBe(isCovered);
        embedding.IsLoaded.ShouldBeFalse();
    }

    private float[][] Of(params string[] texts) => fixture.Embedding.Of(texts, 2, Ct).ShouldNotBeNull();

    private static float Likeness(float[] a, float[] b) => TensorPrimitives.CosineSimilarity(a, b);
}
