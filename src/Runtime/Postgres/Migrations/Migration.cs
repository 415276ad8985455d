using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace ServiceLoop.Runtime.Postgres.Migrations;

/// <summary>One step of the schema: the embedded file <c>Migrations/0001_initial.sql</c>.</summary>
/// <param name="Version">From 1 upwards; unique over all assemblies.</param>
/// <param name="Name">The part of the file name after the number.</param>
/// <param name="Text">Statements, run in one transaction; so no <c>create index concurrently</c>.</param>
public sealed partial record Migration(int Version, string Name, string Text)
{
    /// <summary>SHA-256 of <see cref="Text"/> with line feeds as line ends, lower-case hex: the same on every system's checkout.</summary>
    public string Checksum => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text.ReplaceLineEndings("\n"))));

    /// <summary>As the file is called, without its extension.</summary>
    public override string ToString() => $"{Version:0000}_{Name}";

    /// <summary>All migrations embedded in <paramref name="assemblies"/>, in the order of their versions.</summary>
    /// <exception cref="MigrationException">Two files have the same version.</exception>
    public static ImmutableArray<Migration> In(params IEnumerable<Assembly> assemblies) =>
        Ordered(
            assemblies.SelectMany(assembly => assembly.GetManifestResourceNames().Select(name => Find(assembly, name)).OfType<Migration>())
        );

    internal static ImmutableArray<Migration> Ordered(IEnumerable<Migration> migrations)
    {
        var ordered = migrations.OrderBy(migration => migration.Version).ToImmutableArray();
        foreach (var (first, second) in ordered.Zip(ordered.Skip(1)).Where(pair => pair.First.Version == pair.Second.Version))
        {
            throw new MigrationException(
                $"Two migrations have the version {first.Version}: '{first}' and '{second}'. Give the newer one the next free number."
            );
        }

        return ordered;
    }

    private static Migration? Find(Assembly assembly, string resource)
    {
        if (FilePattern().Match(resource) is not { Success: true } match)
        {
            return null;
        }

        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return new(
            int.Parse(match.Groups["version"].ValueSpan, CultureInfo.InvariantCulture),
            match.Groups["name"].Value,
            reader.ReadToEnd()
        );
    }

    private const int MatchMilliseconds = 1000;

    [GeneratedRegex(
        @"\.Migrations\.(?<version>\d{4})_(?<name>\w+)\.sql$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        MatchMilliseconds
    )]
    private static partial Regex FilePattern();
}

/// <summary>The database and the program do not fit together, or a migration failed. The message says which and the cure.</summary>
public sealed class MigrationException : Exception
{
    internal MigrationException(string message, Exception? inner = null)
        : base(message, inner) { }
}
