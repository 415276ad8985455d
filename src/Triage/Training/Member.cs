using System.Collections.Concurrent;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace ServiceLoop.Triage.Training;

/// <summary>An example as ML.NET sees it.</summary>
internal sealed class Example
{
    /// <summary>The text.</summary>
    public VBuffer<float> Features { get; set; }

    /// <summary>Place of its label, from 0.</summary>
    public uint Label { get; set; }
}

/// <summary>A text to be judged, as ML.NET sees it.</summary>
internal sealed class Query
{
    /// <summary>The text.</summary>
    public VBuffer<float> Features { get; set; }
}

/// <summary>What ML.NET says of a text.</summary>
internal sealed class Answer
{
    /// <summary>A probability for each label.</summary>
    public float[] Score { get; set; } = [];
}

/// <summary>One maximum-entropy model of ML.NET over vectors of words, with a pool of its engines, which are not safe for many threads by themselves.</summary>
internal sealed class Member : IDisposable
{
    // More never answer at once.
    private static readonly int MostEngines = Environment.ProcessorCount * 2;

    private readonly MLContext ml;
    private readonly SchemaDefinition form;
    private readonly ConcurrentBag<PredictionEngine<Query, Answer>> engines = [];
    private int kept;

    private Member(MLContext ml, ITransformer transformer, int size)
    {
        this.ml = ml;
        Transformer = transformer;
        form = Form<Query>(size);
    }

    /// <summary>The model itself.</summary>
    public ITransformer Transformer { get; }

    /// <summary>Learns from examples.</summary>
    /// <param name="vectors">The texts.</param>
    /// <param name="labels">The place of the label of each.</param>
    /// <param name="labelCount">How many labels there are.</param>
    /// <param name="options">How.</param>
    public static Member Fit(IReadOnlyList<VBuffer<float>> vectors, IReadOnlyList<int> labels, int labelCount, TrainingOptions options)
    {
        var context = new MLContext(options.Seed);
        var size = vectors[0].Length;
        var shape = Form<Example>(size);
        shape[nameof(Example.Label)].ColumnType = new KeyDataViewType(typeof(uint), labelCount);
        var rows = vectors.Select((v, i) => new Example { Features = v, Label = (uint)labels[i] }).ToArray();
        var trainer = context.MulticlassClassification.Trainers.LbfgsMaximumEntropy(
            new LbfgsMaximumEntropyMulticlassTrainer.Options
            {
                LabelColumnName = nameof(Example.Label),
                FeatureColumnName = nameof(Example.Features),
                L1Regularization = 0,
                L2Regularization = options.L2,
                MaximumNumberOfIterations = options.Iterations,
                OptimizationTolerance = options.Tolerance,
                HistorySize = options.History,
                NumberOfThreads = options.Threads,
            }
        );
        return new(context, trainer.Fit(context.Data.LoadFromEnumerable(rows, shape)), size);
    }

    /// <summary>Reads what was written.</summary>
    public static Member Read(Stream from, int size)
    {
        var context = new MLContext(0);
        return new(context, context.Model.Load(from, out _), size);
    }

    /// <summary>Writes it.</summary>
    public void Write(Stream to)
    {
        var schema = ml.Data.LoadFromEnumerable(Array.Empty<Query>(), form).Schema;
        ml.Model.Save(Transformer, schema, to);
    }

    /// <summary>A probability for each label. Safe for many threads.</summary>
    public float[] Score(VBuffer<float> vector)
    {
        var engine = Take();

        try
        {
            return engine.Predict(new Query { Features = vector }).Score;
        }
        finally
        {
            GiveBack(engine);
        }
    }

    /// <summary>A bare engine, for who measures; not safe for many threads.</summary>
    public PredictionEngine<Query, Answer> NewEngine() =>
        ml.Model.CreatePredictionEngine<Query, Answer>(Transformer, inputSchemaDefinition: form);

    public void Dispose()
    {
        while (engines.TryTake(out var engine))
            engine.Dispose();
    }

    private PredictionEngine<Query, Answer> Take()
    {
        if (!engines.TryTake(out var engine))
            return NewEngine();

        Interlocked.Decrement(ref kept);
        return engine;
    }

    private void GiveBack(PredictionEngine<Query, Answer> engine)
    {
        if (Interlocked.Increment(ref kept) <= MostEngines)
            engines.Add(engine);
        else
        {
            Interlocked.Decrement(ref kept);
            engine.Dispose();
        }
    }

    private static SchemaDefinition Form<T>(int size)
    {
        var shape = SchemaDefinition.Create(typeof(T));
        shape[nameof(Query.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, size);
        return shape;
    }
}
