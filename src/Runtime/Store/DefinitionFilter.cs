using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;

namespace ServiceLoop.Runtime.Store;

/// <summary>Which versions of a line count.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct VersionOption
{
    private VersionOption(VersionKind kind, int number) => (Kind, Number) = (kind, number);

    /// <summary>All of them; also the default.</summary>
    public static VersionOption All => default;

    /// <summary>The newest.</summary>
    public static VersionOption Latest => new(VersionKind.Latest, 0);

    /// <summary>The one that new instances start on.</summary>
    public static VersionOption Published => new(VersionKind.Published, 0);

    /// <summary>The newest and the published one: one or two of each line.</summary>
    public static VersionOption LatestOrPublished => new(VersionKind.LatestOrPublished, 0);

    /// <summary>The newest, where that is the published one.</summary>
    public static VersionOption LatestAndPublished => new(VersionKind.LatestAndPublished, 0);

    /// <summary>The newest, where that is not the published one: what publishing would publish.</summary>
    public static VersionOption Draft => new(VersionKind.Draft, 0);

    /// <summary>What is asked for.</summary>
    public VersionKind Kind { get; }

    /// <summary>The number, from 1; 0 unless <see cref="Kind"/> is <see cref="VersionKind.Number"/>.</summary>
    public int Number { get; }

    /// <summary>The version with a number.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not above 0.</exception>
    public static VersionOption Of(int number) =>
        number > 0
            ? new(VersionKind.Number, number)
            : throw new ArgumentOutOfRangeException(nameof(number), number, "Versions count from 1.");

    /// <summary>Reads Elsa's words, without regard to case: <c>Latest</c>, <c>Published</c>, <c>LatestOrPublished</c>, <c>LatestAndPublished</c>,
    /// <c>Draft</c>, <c>All</c> or <c>AllVersions</c>, a number; nothing means all.</summary>
    /// <returns>False when it is none of these.</returns>
    public static bool TryParse(string? text, out VersionOption option)
    {
        text = text?.Trim() ?? "";
        option = default;

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            option = new(VersionKind.Number, number);
            return number > 0;
        }

        if (text.Length == 0 || text.Equals("AllVersions", StringComparison.OrdinalIgnoreCase))
            return true;

        foreach (var kind in Enum.GetValues<VersionKind>())
            if (kind != VersionKind.Number && text.Equals(kind.ToString(), StringComparison.OrdinalIgnoreCase))
            {
                option = new(kind, 0);
                return true;
            }

        return false;
    }

    /// <summary>Whether a version is meant.</summary>
    public bool Matches(DefinitionRow row) =>
        Kind switch
        {
            VersionKind.All => true,
            VersionKind.Latest => row.IsLatest,
            VersionKind.Published => row.IsPublished,
            VersionKind.LatestOrPublished => row.IsLatest || row.IsPublished,
            VersionKind.LatestAndPublished => row is { IsLatest: true, IsPublished: true },
            VersionKind.Draft => row is { IsLatest: true, IsPublished: false },
            VersionKind.Number => row.Version == Number,
            _ => throw new InvalidOperationException($"Unknown version option {Kind}."),
        };

    /// <inheritdoc/>
    public override string ToString() => Kind == VersionKind.Number ? Number.ToString(CultureInfo.InvariantCulture) : Kind.ToString();
}

/// <summary>Kinds of <see cref="VersionOption"/>; their numbers stand in SQL.</summary>
public enum VersionKind
{
    /// <summary>All.</summary>
    All,

    /// <summary>The newest.</summary>
    Latest,

    /// <summary>The published one.</summary>
    Published,

    /// <summary>Either.</summary>
    LatestOrPublished,

    /// <summary>Both in one.</summary>
    LatestAndPublished,

    /// <summary>The newest that is not published.</summary>
    Draft,

    /// <summary>A number.</summary>
    Number,
}

/// <summary>What a list of versions is ordered by; ties by line and number.</summary>
public enum DefinitionOrder
{
    /// <summary>When the version was made.</summary>
    Created,

    /// <summary>Name, without regard to case; byte by byte.</summary>
    Name,

    /// <summary>Number.</summary>
    Version,
}

/// <summary>Which versions to list, and in which order; null and empty members do not count.</summary>
public sealed record DefinitionFilter
{
    /// <summary>Which versions of each line.</summary>
    public VersionOption Versions { get; init; }

    /// <summary>Only these lines.</summary>
    public ImmutableArray<string> DefinitionIds { get; init; } = [];

    /// <summary>Only these versions; snapshots of drafts are found by this alone.</summary>
    public ImmutableArray<string> Ids { get; init; } = [];

    /// <summary>A part of name, description, line or id of the version, without regard to case.</summary>
    public string? SearchTerm { get; init; }

    /// <summary>True: only those of the system; false: only the others.</summary>
    public bool? IsSystem { get; init; }

    /// <summary>True: only those that are not to be edited; false: only the others.</summary>
    public bool? IsReadonly { get; init; }

    /// <summary>True: only those that may be used as activities; false: only the others.</summary>
    public bool? UsableAsActivity { get; init; }

    /// <summary>The order.</summary>
    public DefinitionOrder OrderBy { get; init; }

    /// <summary>True: the largest first.</summary>
    public bool Descending { get; init; }

    /// <summary>The term as it is looked for; null for none.</summary>
    internal string? Term => string.IsNullOrWhiteSpace(SearchTerm) ? null : SearchTerm.Trim().ToLowerInvariant();
}
