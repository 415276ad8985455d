using Microsoft.ML.Data;

namespace ServiceLoop.Triage.Training;

/// <summary>
/// Judges texts by their sentence embedding, and joins its verdict with that of the words: the geometric mean of both, each with the same weight. They are wrong
/// about different texts. Safe for many threads.
/// </summary>
internal sealed class Meaning : IDisposable
{
    // Longer vectors need smaller weights: the regularisation was chosen at this length.
    private const float Length = 3;
    private const float Least = 1e-9f;

    private readonly Member member;

    private Meaning(string embedding, int size, IReadOnlyList<int> known, Member member)
    {
        Embedding = embedding;
        Size = size;
        Known = known;
        this.member = member;
    }

    /// <summary>Name of the embedding.</summary>
    public string Embedding { get; }

    /// <summary>How many numbers a text has.</summary>
    public int Size { get; }

    /// <summary>Places of the labels that it knows: those with a text in a language of the embedding.</summary>
    public IReadOnlyList<int> Known { get; }

    /// <summary>Makes the joint probabilities honest.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Learns from examples; null when they do not have two labels at least.</summary>
    /// <param name="embedding">Name of the embedding.</param>
    /// <param name="vectors">The numbers of each text; null for one that it does not cover.</param>
    /// <param name="labels">The place of the label of each.</param>
    /// <param name="options">How.</param>
    /// <param name="temperature">Makes the joint probabilities honest.</param>
    public static Meaning? Fit(
        string embedding,
        IReadOnlyList<float[]?> vectors,
        IReadOnlyList<int> labels,
        TrainingOptions options,
        double temperature
    )
    {
        var covered = Enumerable.Range(0, vectors.Count).Where(i => vectors[i] is not null).ToArray();
        var known = covered.Select(i => labels[i]).Distinct().Order().ToArray();

        if (known.Length < 2)
            return null;

        var places = known.Select((label, i) => KeyValuePair.Create(label, i)).ToDictionary();
        var weights = Member.Fit(
            Array.ConvertAll(covered, i => Vector(vectors[i]!)),
            Array.ConvertAll(covered, i => places[labels[i]]),
            known.Length,
            options with
            {
                L2 = options.MeaningL2,
            }
        );
        return new(embedding, vectors[covered[0]]!.Length, known, weights) { Temperature = temperature };
    }

    /// <summary>Joins with the verdict of the words. What labels that it does not know have of it, they keep.</summary>
    /// <param name="words">A probability of each label.</param>
    /// <param name="vector">The numbers of the text.</param>
    public float[] Join(float[] words, float[] vector)
    {
        var scores = member.Score(Vector(vector));
        var joint = (float[])words.Clone();
        var share = Known.Sum(k => words[k]);

        for (var i = 0; i < scores.Length; i++)
            joint[Known[i]] = MathF.Sqrt(Math.Max(words[Known[i]], Least) * Math.Max(scores[i], Least) * share);

        var sum = joint.Sum();
        return Array.ConvertAll(joint, p => p / sum);
    }

    /// <summary>Writes its weights.</summary>
    public void Write(Stream to) => member.Write(to);

    /// <summary>Reads what was written.</summary>
    /// <exception cref="InvalidDataException">The weights are not for these labels.</exception>
    public static Meaning Read(Stream from, string embedding, int size, IReadOnlyList<int> known, double temperature)
    {
        var weights = Member.Read(from, size);

        if (weights.Score(new VBuffer<float>(size, new float[size])).Length != known.Count)
            throw new InvalidDataException($"The weights of the model for sentence embeddings are not for {known.Count} intents.");

        return new(embedding, size, known, weights) { Temperature = temperature };
    }

    public void Dispose() => member.Dispose();

    private static VBuffer<float> Vector(float[] numbers) => new(numbers.Length, Array.ConvertAll(numbers, n => n * Length));
}
