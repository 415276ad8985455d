using System.ComponentModel;
using System.Text.RegularExpressions;

namespace ServiceLoop.Runtime.Postgres.Embedded;

/// <summary>A folder with <c>initdb</c>, <c>pg_ctl</c> and <c>postgres</c> of one version.</summary>
internal sealed partial record PostgresBinaries(string Directory, Version Version)
{
    public string InitDb => ProgramIn(Directory, "initdb");

    public string PgCtl => ProgramIn(Directory, "pg_ctl");

    public string Postgres => ProgramIn(Directory, "postgres");

    /// <summary>Asks the programs in <paramref name="directory"/> who they are.</summary>
    /// <returns>The binaries, or null and why they cannot be used.</returns>
    public static async Task<(PostgresBinaries? Found, string WhyNot)> ProbeAsync(string directory, CancellationToken ct)
    {
        var missing = Needed.Where(name => !File.Exists(ProgramIn(directory, name))).ToList();
        if (missing.Count > 0)
        {
            return (null, $"{string.Join(", ", missing)} is missing");
        }

        try
        {
            var result = await Command.Of(ProgramIn(directory, "postgres"), "--version").RunAsync(directory, ct);
            var match = VersionPattern().Match(result.Output);
            return result.Succeeded && match.Success
                ? (new(directory, Version.Parse($"{match.Groups["major"].ValueSpan}.0{match.Groups["minor"].ValueSpan}")), "")
                : (null, $"'postgres --version' said: {result.Said}");
        }
        catch (Win32Exception error)
        {
            return (null, error.Message);
        }
    }

    private static readonly string[] Needed = ["initdb", "pg_ctl", "postgres"];

    private static string ProgramIn(string directory, string name) =>
        Path.Combine(directory, OperatingSystem.IsWindows() ? name + ".exe" : name);

    private const int MatchMilliseconds = 1000;

    // "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", "postgres (PostgreSQL) 19beta1"
    [GeneratedRegex(
        @"\(PostgreSQL\) (?<major>\d+)(\.(?<minor>\d+))?",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        MatchMilliseconds
    )]
    private static partial Regex VersionPattern();
}
