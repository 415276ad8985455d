namespace ServiceLoop.Triage.Training;

/// <summary>How a model is trained. The defaults were chosen by cross-validation on public messages to a bank; see <c>bench/RESULTS.md</c>.</summary>
public sealed record TrainingOptions
{
    /// <summary>In how many examples a token must stand to be known.</summary>
    public int LeastTexts { get; init; } = 2;

    /// <summary>Regularisation: larger keeps weights smaller.</summary>
    public float L2 { get; init; } = 0.02f;

    /// <summary>The same for the numbers of a sentence embedding.</summary>
    public float MeaningL2 { get; init; } = 0.1f;

    /// <summary>Steps of the optimiser, at most.</summary>
    public int Iterations { get; init; } = 80;

    /// <summary>The optimiser stops when a step changes less.</summary>
    public float Tolerance { get; init; } = 1e-4f;

    /// <summary>Steps that the optimiser remembers.</summary>
    public int History { get; init; } = 5;

    /// <summary>Threads of the optimiser.</summary>
    public int Threads { get; init; } = Math.Min(4, Environment.ProcessorCount);

    /// <summary>Makes folds the same in every run.</summary>
    public int Seed { get; init; } = 7;

    /// <summary>Parts of the cross-validation, 2 to 20.</summary>
    public int Folds { get; init; } = 5;

    /// <summary>What a wrong route costs, where a question to a person costs 1.</summary>
    public double WrongRouteCost { get; init; } = 5;

    /// <summary>From which probability on the model is trusted; null: where the cost is lowest.</summary>
    public double? Threshold { get; init; }
}
