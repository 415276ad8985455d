using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using Microsoft.ML.Data;

namespace ServiceLoop.Triage.Features;

/// <summary>The tokens that a model knows, each with its place and its weight; makes vectors of texts (TF-IDF, each group of length one, then all).</summary>
/// <remarks>Immutable and safe for many threads.</remarks>
internal sealed class Vocabulary
{
    private readonly FrozenDictionary<string, int> places;
    private readonly string[] tokens;
    private readonly float[] weights;

    private Vocabulary(string[] tokens, float[] weights)
    {
        this.tokens = tokens;
        this.weights = weights;
        places = tokens.Select((t, i) => KeyValuePair.Create(t, i)).ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>How long vectors are.</summary>
    public int Size => tokens.Length;

    /// <summary>The vocabulary of some texts.</summary>
    /// <param name="texts">Tokens of each.</param>
    /// <param name="least">In how many texts a token must stand.</param>
    public static Vocabulary Of(IReadOnlyList<IReadOnlyList<string>> texts, int least)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);

        foreach (var text in texts)
        foreach (var token in text.Distinct(StringComparer.Ordinal))
            counts[token] = counts.GetValueOrDefault(token) + 1;

        var known = counts.Where(c => c.Value >= least).OrderBy(c => c.Key, StringComparer.Ordinal).ToArray();
        return new([.. known.Select(k => k.Key)], [.. known.Select(k => (float)(Math.Log((1.0 + texts.Count) / (1 + k.Value)) + 1))]);
    }

    /// <summary>The vector of a text; empty when it has no token that is known.</summary>
    public VBuffer<float> VectorOf(IEnumerable<string> text)
    {
        var counts = new Dictionary<int, int>();

        foreach (var token in text)
            if (places.TryGetValue(token, out var place))
                counts[place] = counts.GetValueOrDefault(place) + 1;

        var indices = counts.Keys.ToArray();
        Array.Sort(indices);
        var values = new float[indices.Length];
        Span<float> squares = stackalloc float[128];

        for (var i = 0; i < indices.Length; i++)
        {
            values[i] = (1 + MathF.Log(counts[indices[i]])) * weights[indices[i]];
            squares[Group(indices[i])] += values[i] * values[i];
        }

        var groups = 0;

        foreach (var square in squares)
            groups += square > 0 ? 1 : 0;

        for (var i = 0; i < indices.Length; i++)
            values[i] /= MathF.Sqrt(squares[Group(indices[i])] * groups);

        return new(Size, indices.Length, values, indices);
    }

    /// <summary>Writes it: a line for each token, with its weight.</summary>
    public void Write(Stream to)
    {
        using var writer = new StreamWriter(to, new UTF8Encoding(false), leaveOpen: true);

        for (var i = 0; i < tokens.Length; i++)
            writer.Write(string.Create(CultureInfo.InvariantCulture, $"{weights[i]:R}\t{tokens[i]}\n"));
    }

    /// <summary>Reads what was written.</summary>
    /// <exception cref="FormatException">It is no vocabulary.</exception>
    public static Vocabulary Read(Stream from)
    {
        using var reader = new StreamReader(from, new UTF8Encoding(false), false, -1, leaveOpen: true);
        var (tokens, weights) = (new List<string>(), new List<float>());

        while (reader.ReadLine() is { } line)
        {
            var tab = line.IndexOf('\t', StringComparison.Ordinal);

            if (tab < 0)
                throw new FormatException($"Line {tokens.Count + 1} of the vocabulary has no tab.");

            weights.Add(float.Parse(line.AsSpan(0, tab), NumberStyles.Float, CultureInfo.InvariantCulture));
            tokens.Add(line[(tab + 1)..]);
        }

        return new([.. tokens], [.. weights]);
    }

    // Tokens begin with an ASCII letter that names their group.
    private int Group(int place) => tokens[place][0];
}
