using System.Text.Json;

namespace ServiceLoop.Workflows.Golden;

/// <summary>A recorded case that is answered differently on purpose.</summary>
/// <param name="Aspects">Keys of <c>expect</c> that differ.</param>
/// <param name="Expect">The values that replace them; an aspect without one is not compared.</param>
internal sealed record Deviation(IReadOnlyList<string> Aspects, JsonElement? Expect)
{
    /// <summary>The value that replaces an expected one.</summary>
    public JsonElement? Replacement(string aspect) =>
        Expect is { ValueKind: JsonValueKind.Object } expect && expect.TryGetProperty(aspect, out var value) ? value : null;
}

/// <summary>All deviations of a file, by the name of the case.</summary>
/// <param name="byName">The deviations.</param>
internal sealed class Deviations(IReadOnlyDictionary<string, Deviation> byName)
{
    public static readonly Deviations None = new(new Dictionary<string, Deviation>());

    public IEnumerable<string> Names => byName.Keys;

    /// <summary>Reads a file: an array of <c>{name, aspects, reason, expect}</c>.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public static Deviations Read(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        var byName = new Dictionary<string, Deviation>(StringComparer.Ordinal);

        if (document.RootElement.ValueKind != JsonValueKind.Array)
            throw new JsonException($"'{path}' is not an array of deviations.");

        foreach (var item in document.RootElement.EnumerateArray())
        {
            var name = GoldenCase.Text(item, "name") ?? throw new JsonException($"A deviation in '{path}' has no \"name\".");
            byName[name] = new Deviation(
                [.. GoldenCase.Items(item, "aspects").Select(a => a.ToString())],
                GoldenCase.Find(item, "expect")?.Clone()
            );
        }

        return new Deviations(byName);
    }

    public Deviation? Find(string name) => byName.GetValueOrDefault(name);
}
