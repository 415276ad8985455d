using System.Globalization;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Workflows.Api;

/// <summary>Which version of a line a caller means, in Elsa's words.</summary>
internal static class VersionOptions
{
    private const int Latest = -1;
    private const int Published = 0;

    /// <summary>True for the published one, also when nothing is said.</summary>
    public static bool IsPublished(string? text) => string.IsNullOrWhiteSpace(text) || Is(text, "Published");

    /// <summary>0 for the published one, -1 for the latest, else the number.</summary>
    /// <exception cref="RequestException">It names neither.</exception>
    public static int Number(string text) =>
        Is(text, "Published") ? Published
        : Is(text, "Latest") || Is(text, "LatestOrPublished") || Is(text, "Draft") ? Latest
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number
        : throw new RequestException(
            "version-options.unknown",
            $"'{text}' in versionOptions names no version. Use Published, Latest, LatestOrPublished, Draft or a number from 1."
        );

    /// <summary>Which versions are meant; nothing means all.</summary>
    /// <exception cref="RequestException">It is none of Elsa's words and no number.</exception>
    public static VersionOption Read(string? text) =>
        VersionOption.TryParse(text, out var option)
            ? option
            : throw new RequestException(
                "version-options.unknown",
                $"'{text}' in versionOptions names no version. Use Latest, Published, LatestOrPublished, LatestAndPublished, Draft, AllVersions or a number from 1."
            );

    /// <summary>Whether a version is meant; nothing means all.</summary>
    /// <exception cref="RequestException">It is none of Elsa's words and no number.</exception>
    public static bool Matches(string? text, DefinitionRow version) => Read(text).Matches(version);

    private static bool Is(string text, string name) => string.Equals(text.Trim(), name, StringComparison.OrdinalIgnoreCase);
}
