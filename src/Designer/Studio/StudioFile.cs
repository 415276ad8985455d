using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Net.Http.Headers;

namespace ServiceLoop.Designer.Studio;

/// <summary>One file of Elsa Studio, with the compressed copies that the package brings.</summary>
/// <param name="Path">Absolute path of the plain file.</param>
/// <param name="ContentType">Of the plain file, whichever copy is sent.</param>
/// <param name="Encodings">Content codings that lie beside it, smallest first: <c>br</c>, <c>gzip</c>.</param>
/// <param name="IsFingerprinted">Its name changes with its content.</param>
internal sealed partial record StudioFile(string Path, string ContentType, ImmutableArray<string> Encodings, bool IsFingerprinted)
{
    private static readonly FileExtensionContentTypeProvider Types = new()
    {
        // The ICU tables of the runtime. Their type is not known to ASP.NET Core, and without them nothing starts.
        Mappings = { [".dat"] = "application/octet-stream", [".scss"] = "text/plain" },
    };

    private static readonly ImmutableArray<(string Name, string Suffix)> Copies = [("br", ".br"), ("gzip", ".gz")];

    /// <summary>Describes a file of the package; null for a compressed copy and for a type that browsers are not to get.</summary>
    /// <param name="path">Absolute path.</param>
    /// <param name="all">All paths of the package.</param>
    public static StudioFile? Describe(string path, IReadOnlySet<string> all)
    {
        foreach (var (_, suffix) in Copies)
            if (path.EndsWith(suffix, StringComparison.Ordinal) && all.Contains(path[..^suffix.Length]))
                return null;

        return Types.TryGetContentType(path, out var type)
            ? new(
                path,
                type.StartsWith("text/", StringComparison.Ordinal) ? $"{type}; charset=utf-8" : type,
                [.. Copies.Where(c => all.Contains(path + c.Suffix)).Select(c => c.Name)],
                Fingerprint().IsMatch(path)
            )
            : null;
    }

    /// <summary>What is sent to a client: the path of the best copy, and its content coding (null = none).</summary>
    /// <param name="accepted">Its <c>Accept-Encoding</c>.</param>
    public (string Path, string? Encoding) Choose(IList<StringWithQualityHeaderValue> accepted)
    {
        foreach (var (name, suffix) in Copies)
            if (Encodings.Contains(name) && Accepts(accepted, name))
                return (Path + suffix, name);

        return (Path, null);
    }

    private static bool Accepts(IList<StringWithQualityHeaderValue> accepted, string encoding)
    {
        var wish =
            accepted.FirstOrDefault(a => a.Value.Equals(encoding, StringComparison.OrdinalIgnoreCase))
            ?? accepted.FirstOrDefault(a => a.Value.Equals("*", StringComparison.Ordinal));
        return wish is not null && (wish.Quality ?? 1) > 0;
    }

    [GeneratedRegex(@"[\\/]_framework[\\/].*\.[a-z0-9]{10}\.[a-z0-9]+$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Fingerprint();
}
