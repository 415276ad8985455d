namespace ServiceLoop.Runtime.Postgres.Store;

/// <summary>How the store uses its server. The defaults suit two shared cores as well as a large machine.</summary>
public sealed record PostgresStoreOptions
{
    /// <summary>Connections that commit, each one group at a time; an instance always goes to the same one. 1 to 16. Default: 1.</summary>
    /// <remarks>More than one pays when the disk is slow and the server has cores to spare.</remarks>
    public int Writers { get; init; } = 1;

    /// <summary>Connections that load, each one group at a time. 1 to 16. Default: 1.</summary>
    public int Readers { get; init; } = 1;

    /// <summary>Most commits in one transaction, and most instances in one load. 1 to 10 000. Default: 256.</summary>
    public int MaxGroup { get; init; } = 256;

    /// <summary>Most commits that may wait; beyond it callers are refused at once. Default: 20 000.</summary>
    public int MaxWaiting { get; init; } = 20_000;

    /// <summary>How long one statement may take before the server counts as unavailable. Default: 15 s.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How long a commit whose answer was lost is looked for while the server cannot be reached. Afterwards its callers are told that it is not known.
    /// Default: 30 s.
    /// </summary>
    public TimeSpan LostAnswerPatience { get; init; } = TimeSpan.FromSeconds(30);

    internal PostgresStoreOptions Validated()
    {
        Require(nameof(Writers), Writers, 1, 16);
        Require(nameof(Readers), Readers, 1, 16);
        Require(nameof(MaxGroup), MaxGroup, 1, 10_000);
        Require(nameof(MaxWaiting), MaxWaiting, 1, 10_000_000);
        Require(nameof(CommandTimeout), CommandTimeout.TotalSeconds, 1, 3600);
        Require(nameof(LostAnswerPatience), LostAnswerPatience.TotalSeconds, 0, 3600);
        return this;
    }

    private static void Require(string name, double value, double least, double most)
    {
        if (value < least || value > most)
            throw new ArgumentOutOfRangeException(name, value, $"{name} must lie between {least} and {most}.");
    }
}
