using System.IO.Compression;
using System.Text.Json;
using Microsoft.ML;
using ServiceLoop.ServiceDesk.Triage;
using ServiceLoop.Triage.Features;
using ServiceLoop.Triage.Training;

namespace ServiceLoop.Triage.Scoring;

/// <summary>A model in memory: tells what texts want. Safe for many threads.</summary>
public sealed class IntentModel : IDisposable
{
    private const int Format = 1;
    private const string HeadEntry = "model.json";
    private const string TokensEntry = "tokens.tsv";
    private const string WeightsEntry = "weights.zip";

    private readonly Vocabulary vocabulary;
    private readonly Member member;
    private PredictionEngine<Query, Answer>? bare;

    /// <param name="labels">The intents, in the order in which the parts know them.</param>
    /// <param name="vocabulary">Makes vectors.</param>
    /// <param name="member">Judges them by weights.</param>
    internal IntentModel(IReadOnlyList<string> labels, Vocabulary vocabulary, Member member)
    {
        Labels = labels;
        this.vocabulary = vocabulary;
        this.member = member;
    }

    /// <summary>The intents.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Tokens that it knows.</summary>
    public int Tokens => vocabulary.Size;

    /// <summary>Makes probabilities honest.</summary>
    public double Temperature { get; init; } = 1;

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
        if (Score(Features.Tokens.Of(text)) is not { } scores)
            return [];

        var probabilities = Calibration.At(scores, Temperature);
        return
        [
            .. probabilities
                .Select((p, i) => new RankedIntent(Labels[i], p))
                .OrderByDescending(r => r.Probability)
                .ThenBy(r => r.Intent, StringComparer.Ordinal),
        ];
    }

    /// <summary>Probabilities before calibration, in the order of the labels; null when no token is known.</summary>
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
            Write(zip, HeadEntry, s => JsonSerializer.Serialize(s, new Head(Format, Temperature, [.. Labels])));
            Write(zip, TokensEntry, vocabulary.Write);
            Write(zip, WeightsEntry, member.Write);
        }

        return buffer.ToArray();
    }

    /// <summary>Reads what was written.</summary>
    /// <exception cref="InvalidDataException">It is no model, or one of a later program.</exception>
    public static IntentModel Read(byte[] content)
    {
        try
        {
            using var zip = new ZipArchive(new MemoryStream(content), ZipArchiveMode.Read);
            var head = Read(zip, HeadEntry, s => JsonSerializer.Deserialize<Head>(s))!;

            if (head.Format != Format)
                throw new InvalidDataException($"The model has format {head.Format}; this program reads {Format}.");

            var tokens = Read(zip, TokensEntry, Vocabulary.Read);
            var weights = Read(zip, WeightsEntry, s => Member.Read(s, tokens.Size));

            // Parts that do not fit are found here, and not by the first contact.
            if (weights.Score(tokens.VectorOf([])).Length != head.Labels.Length)
                throw new InvalidDataException($"The weights of the model are not for its {head.Labels.Length} intents.");

            return new(head.Labels, tokens, weights) { Temperature = head.Temperature };
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

    private sealed record Head(int Format, double Temperature, string[] Labels);
}
