using System.Collections.Immutable;

namespace ServiceLoop.Runtime.Postgres.Embedded;

/// <summary>Where the embedded PostgreSQL lives and which binaries it may use. The defaults suit <c>dotnet run</c> on a fresh machine.</summary>
public sealed record EmbeddedPostgresOptions
{
    /// <summary>Environment variable that overrides <see cref="Home"/>.</summary>
    public const string HomeVariable = "SERVICELOOP_DATA";

    /// <summary>Environment variable that overrides <see cref="BinDirectory"/>; PostgreSQL's own tools know it too.</summary>
    public const string BinVariable = "PG_BINDIR";

    /// <summary>Folder for the cluster, its password and the npm bundle; made if absent.</summary>
    /// <value>Null = <c>/var/lib/serviceloop</c> for root, else the folder <c>serviceloop</c> in the user's local application data.</value>
    public string? Home { get; init; }

    /// <summary>Folder with <c>initdb</c>, <c>pg_ctl</c> and <c>postgres</c>. Null = the system's newest, else the npm bundle.</summary>
    public string? BinDirectory { get; init; }

    /// <summary>Whether binaries installed on the system are looked for when <see cref="BinDirectory"/> is null.</summary>
    public bool UseSystemBinaries { get; init; } = true;

    /// <summary>Folder that the npm bundle is installed to. Null = <c>pg</c> in <see cref="Home"/>. Several homes may share one.</summary>
    public string? BundleDirectory { get; init; }

    /// <summary>Settings of <c>postgresql.conf</c> that win over ours, for example <c>fsync = off</c> in a test of something else.</summary>
    public ImmutableDictionary<string, string> Settings { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>How long a start may take, crash recovery included. Default: 10 minutes.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The defaults, with <see cref="HomeVariable"/> and <see cref="BinVariable"/> where they are set and not empty.</summary>
    public static EmbeddedPostgresOptions FromEnvironment() =>
        new() { Home = Variable(HomeVariable), BinDirectory = Variable(BinVariable) };

    private static string? Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? Path.GetFullPath(value) : null;
}
