using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.ML;
using ServiceLoop.ServiceDesk.Triage;
using ServiceLoop.Triage.Embeddings;
using ServiceLoop.Triage.Features;
using ServiceLoop.Triage.Training;

namespace ServiceLoop.Triage.Scoring;

/// <summary>A model in memory: tells what texts want. Safe for many threads.</summary>
public sealed class IntentModel : IDisposable
{
    private const int Format = 1;
    private const int FormatWithMeaning = 2;
    private const string HeadEntry = "model.json";
    private const string TokensEntry = "tokens.tsv";
    private const string WeightsEntry = "weights.zip";
    private const string MeaningEntry = "meaning.zip";

    private readonly Vocabulary vocabulary;
    private readonly Member member;
    private readonly Meaning? meaning;
    private readonly ISentenceEmbedding? embedding;
    private PredictionEngine<Query, Answer>? bare;

    /// <param name="labels">The intents, in the order in which the parts know them.</param>
    /// <param name="vocabulary">Makes vectors.</param>
    /// <param name="member">Judges them by weights.</param>
    /// <param name="meaning">Judges what texts mean; null for one that knows words only.</param>
    /// <param name="embedding">That of <paramref name="meaning"/>.</param>
    internal IntentModel(
        IReadOnlyList<string> labels,
        Vocabulary vocabulary,
        Member member,
        Meaning? meaning,
        ISentenceEmbedding? embedding
    )
    {
        Labels = labels;
        this.vocabulary = vocabulary;
        this.member = member;
        this.meaning = meaning;
        this.embedding = embedding;
    }

    /// <summary>The intents.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Tokens that it knows.</summary>
    public int Tokens => vocabulary.Size;

    /// <summary>The sentence embedding that it was trained with; null for none.</summary>
    public string? Embedding => meaning?.Embedding;

    /// <summary>Makes the probabilities of words alone honest.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Makes those of words and meaning together honest; null for a model of words only.</summary>
    public double? MeaningTemperature => meaning?.Temperature;

    /// <summary>A bare engine of ML.NET over the vector of a text, made before: the ceiling for who measures. Not safe for many threads.</summary>
    public Func<float[]> BareEngine(string text)
    {
        var query = new Query { Features = vocabulary.VectorOf(Features.Tokens.Of(text)) };
        var engine = bare ??= member.NewEngine();
        return () => engine.Predict(query).Score;
    }

    /// <summary>What a text wants, the likeliest first; none when no token of it is known.</summary>
    public IReadOnlyList<RankedIntent> Rank(string text)
    {
        if (Score(Features.Tokens.Of(text)) is not { } words)
            return [];

        var probabilities =
            meaning is { } also && VectorOf(text) is { } vector
                ? Calibration.At(also.Join(words, vector), also.Temperature)
                : Calibration.At(words, Temperature);
        return
        [
            .. probabilities
                .Select((p, i) => new RankedIntent(Labels[i], p))
                .OrderByDescending(r => r.Probability)
                .ThenBy(r => r.Intent, StringComparer.Ordinal),
        ];
    }

    /// <summary>Probabilities by words and meaning, before calibration, of those by words; null for a model of words only.</summary>
    /// <param name="words">What <see cref="Score"/> gave.</param>
    /// <param name="vector">The numbers of the text.</param>
    internal float[]? Join(float[] words, float[] vector) => meaning?.Join(words, vector);

    /// <summary>Probabilities by words, before calibration, in the order of the labels; null when no token is known.</summary>
    internal float[]? Score(IReadOnlyList<string> tokens)
    {
        var vector = vocabulary.VectorOf(tokens);

        if (vector.GetValues().Length == 0)
            return null;

        return member.Score(vector);
    }

    /// <summary>Writes it: a zip.</summary>
    internal byte[] ToBytes()
    {
        using var buffer = new MemoryStream();

        using (var zip = new ZipArchive(buffer, ZipArchiveMode.Create, leaveOpen: true))
        {
            Write(zip, HeadEntry, s => JsonSerializer.Serialize(s, HeadOf()));
            Write(zip, TokensEntry, vocabulary.Write);
            Write(zip, WeightsEntry, member.Write);

            if (meaning is not null)
                Write(zip, MeaningEntry, meaning.Write);
        }

        return buffer.ToArray();
    }

    /// <summary>Reads what was written.</summary>
    /// <param name="content">The zip.</param>
    /// <param name="embedding">What the program has; a model of words only does without.</param>
    /// <exception cref="InvalidDataException">It is no model, one of a later program, or was trained with another embedding.</exception>
    public static IntentModel Read(byte[] content, ISentenceEmbedding? embedding)
    {
        try
        {
            using var zip = new ZipArchive(new MemoryStream(content), ZipArchiveMode.Read);
            var head = Read(zip, HeadEntry, s => JsonSerializer.Deserialize<Head>(s))!;

            if (head.Format is not (Format or FormatWithMeaning))
                throw new InvalidDataException(
                    $"The model has format {head.Format}; this program reads {Format} and {FormatWithMeaning}. Use a later program, or train the model again."
                );

            var tokens = Read(zip, TokensEntry, Vocabulary.Read);
            var weights = Read(zip, WeightsEntry, s => Member.Read(s, tokens.Size));

            // Parts that do not fit are found here, and not by the first contact.
            if (weights.Score(tokens.VectorOf([])).Length != head.Labels.Length)
                throw new InvalidDataException($"The weights of the model are not for its {head.Labels.Length} intents.");

            var sense = head.Meaning is { } known ? ReadMeaning(zip, known, head.Labels.Length, embedding) : null;
            return new(head.Labels, tokens, weights, sense, embedding) { Temperature = head.Temperature };
        }
        catch (Exception e) when (e is not (InvalidDataException or OutOfMemoryException))
        {
            throw new InvalidDataException($"The content is no triage model: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        bare?.Dispose();
        member.Dispose();
        meaning?.Dispose();
    }

    private float[]? VectorOf(string text) =>
        embedding is not null && embedding.Covers(text) ? embedding.Of([text], 1, CancellationToken.None)?[0] : null;

    private Head HeadOf() =>
        meaning is null
            ? new(Format, Temperature, [.. Labels])
            : new(FormatWithMeaning, Temperature, [.. Labels])
            {
                Meaning = new(meaning.Embedding, meaning.Size, meaning.Temperature, [.. meaning.Known]),
            };

    private static Meaning ReadMeaning(ZipArchive zip, MeaningHead head, int labels, ISentenceEmbedding? embedding)
    {
        if (embedding?.Name != head.Embedding || embedding.Size != head.Size)
            throw new InvalidDataException(
                $"The model was trained with the sentence embedding '{head.Embedding}' ({head.Size} numbers); this program has {(embedding is null ? "none" : $"'{embedding.Name}' ({embedding.Size})")}. Train the model again with this program, or use the one that made it."
            );

        if (head.Known.Length < 2 || head.Known.Any(k => k < 0 || k >= labels) || head.Known.Distinct().Count() != head.Known.Length)
            throw new InvalidDataException($"The model names intents for its sentence embedding that are not among its {labels}.");

        return Read(zip, MeaningEntry, s => Meaning.Read(s, head.Embedding, head.Size, head.Known, head.Temperature));
    }

    private static void Write(ZipArchive zip, string name, Action<Stream> write)
    {
        using var entry = zip.CreateEntry(name, CompressionLevel.Fastest).Open();
        write(entry);
    }

    private static T Read<T>(ZipArchive zip, string name, Func<Stream, T> read)
    {
        using var entry = (zip.GetEntry(name) ?? throw new InvalidDataException($"The model lacks its part '{name}'.")).Open();

        // Parts of a zip cannot be sought in, and one of the readers wants to.
        using var buffer = new MemoryStream();
        entry.CopyTo(buffer);
        buffer.Position = 0;
        return read(buffer);
    }

    private sealed record Head(int Format, double Temperature, string[] Labels)
    {
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public MeaningHead? Meaning { get; init; }
    }

    private sealed record MeaningHead(string Embedding, int Size, double Temperature, int[] Known);
}
