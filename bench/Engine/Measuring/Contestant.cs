namespace ServiceLoop.Engine.Bench.Measuring;

/// <summary>One thing that is measured.</summary>
/// <param name="Name">Unique within the program.</param>
/// <param name="Run">What is timed; keeps nothing from call to call.</param>
/// <param name="Operations">Operations in one call; figures are for one operation.</param>
internal sealed record Contestant(string Name, Action Run, int Operations = 1);

/// <summary>A figure that somebody else measured elsewhere, shown for orientation.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Nanoseconds">Time of one operation.</param>
/// <param name="Bytes">Allocated by one operation; null when not known.</param>
internal sealed record Recorded(string Name, double Nanoseconds, double? Bytes = null);

/// <summary>Contestants that are measured in turn, so that what disturbs one disturbs all. The first is what the others are compared with.</summary>
/// <param name="Title">What it is about.</param>
/// <param name="Unit">What one operation is, for example <c>run</c>.</param>
/// <param name="Contestants">At least one.</param>
internal sealed record Group(string Title, string Unit, IReadOnlyList<Contestant> Contestants)
{
    /// <summary>Figures from elsewhere.</summary>
    public IReadOnlyList<Recorded> Recorded { get; init; } = [];

    /// <summary>What the first contestant must reach.</summary>
    public Aim? Aim { get; init; }

    /// <summary>What a reader must know to read the table.</summary>
    public string? Note { get; init; }
}

/// <summary>What a contestant must reach.</summary>
/// <param name="Nanoseconds">At most, for one operation.</param>
/// <param name="Bytes">At most, for one operation; null when no limit is set.</param>
internal sealed record Aim(double Nanoseconds, double? Bytes = null);
