using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ServiceLoop.Workflows.Golden;

/// <summary>What is answered differently from a record, on purpose.</summary>
/// <param name="Reason">Why, as a sentence.</param>
/// <param name="Aspects">Keys of <c>expect</c> that differ.</param>
/// <param name="Expect">For one case: the only other values that are right, by aspect. Null for a rule.</param>
/// <param name="Where">For a rule: what a case must expect for the rule to hold for it.</param>
/// <param name="Instead">For a rule: endings of the items of a list, and what stands there instead.</param>
internal sealed record Deviation(
    string Reason,
    IReadOnlyList<string> Aspects,
    JsonObject? Expect,
    JsonObject? Where = null,
    IReadOnlyDictionary<string, string>? Instead = null
)
{
    /// <summary>The value that is right instead of a recorded one; null when nothing but the record is right.</summary>
    public JsonNode? Replacement(string aspect, JsonElement recorded)
    {
        if (!Aspects.Contains(aspect))
            return null;

        if (Expect is not null)
            return Expect[aspect];

        return GoldenCase.Find(recorded, aspect) is { ValueKind: JsonValueKind.Array } list && HoldsFor(recorded)
            ? new JsonArray([.. list.EnumerateArray().Select(item => (JsonNode?)Replaced(item.ToString()))])
            : null;
    }

    private bool HoldsFor(JsonElement recorded) =>
        Where is null || Where.All(w => GoldenCase.Text(recorded, w.Key) is { } text && text == w.Value?.ToString());

    private string Replaced(string item)
    {
        foreach (var (ending, other) in Instead!)
            if (item.EndsWith(ending, StringComparison.Ordinal))
                return item[..^ending.Length] + other;

        return item;
    }
}

/// <summary>All deviations of a file: those of a case by its name, and rules that hold for every case.</summary>
/// <param name="byName">Deviations of one case.</param>
/// <param name="rules">Deviations of the name <c>*</c>.</param>
internal sealed class Deviations(IReadOnlyDictionary<string, Deviation> byName, IReadOnlyList<Deviation> rules)
{
    private const string Rule = "*";

    /// <summary>The list of the product, part of this assembly: <c>tests/Golden/deviations.json</c>.</summary>
    private static readonly Lazy<Deviations> OfProduct = new(() =>
    {
        using var stream =
            Assembly.GetExecutingAssembly().GetManifestResourceStream("deviations.json")
            ?? throw new InvalidOperationException("deviations.json is not part of the assembly.");
        return Read(stream, "deviations.json");
    });

    public static readonly Deviations None = new(new Dictionary<string, Deviation>(), []);

    /// <summary>What differs on purpose from the record of Elsa 3.6.3.</summary>
    public static Deviations Listed => OfProduct.Value;

    /// <summary>Names of the cases that have a deviation of their own.</summary>
    public IEnumerable<string> Names => byName.Keys;

    /// <summary>Reads a file: an array of <c>{name, aspects, reason, expect}</c>, or <c>{name: "*", aspects, reason, where, instead}</c> for a rule.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public static Deviations Read(string path)
    {
        using var stream = File.OpenRead(path);
        return Read(stream, path);
    }

    /// <summary>What may differ in a case, the more special first.</summary>
    public IReadOnlyList<Deviation> For(string name) => byName.TryGetValue(name, out var own) ? [own, .. rules] : rules;

    private static Deviations Read(Stream stream, string path)
    {
        using var document = JsonDocument.Parse(stream, new JsonDocumentOptions { MaxDepth = GoldenCase.MaxDepth });
        var byName = new Dictionary<string, Deviation>(StringComparer.Ordinal);
        var rules = new List<Deviation>();

        if (document.RootElement.ValueKind != JsonValueKind.Array)
            throw new JsonException($"'{path}' is not an array of deviations.");

        foreach (var item in document.RootElement.EnumerateArray())
        {
            var name = GoldenCase.Text(item, "name") ?? throw new JsonException($"A deviation in '{path}' has no \"name\".");
            var deviation = Read(item, name, path);

            if (name == Rule)
                rules.Add(deviation);
            else if (!byName.TryAdd(name, deviation))
                throw new JsonException($"'{path}' names the case '{name}' twice; put its aspects together.");
        }

        return new Deviations(byName, rules);
    }

    private static Deviation Read(JsonElement item, string name, string path)
    {
        var reason =
            GoldenCase.Text(item, "reason") is { Length: > 0 } text
                ? text
                : throw new JsonException($"The deviation '{name}' in '{path}' has no \"reason\".");
        List<string> aspects = [.. GoldenCase.Items(item, "aspects").Select(a => a.ToString())];
        var expect = ObjectOf(item, "expect");

        if (aspects.Count == 0)
            throw new JsonException($"The deviation '{name}' in '{path}' lists no \"aspects\".");

        if (name != Rule)
            return aspects.Find(a => expect?.ContainsKey(a) != true) is { } missing
                ? throw new JsonException($"The deviation '{name}' in '{path}' does not say in \"expect\" what '{missing}' is instead.")
                : new Deviation(reason, aspects, expect);

        var instead = ObjectOf(item, "instead")?.ToDictionary(i => i.Key, i => i.Value?.ToString() ?? "", StringComparer.Ordinal);
        return instead is { Count: > 0 }
            ? new Deviation(reason, aspects, null, ObjectOf(item, "where"), instead)
            : throw new JsonException($"A rule (\"*\") in '{path}' has no \"instead\": endings of items and what stands there instead.");
    }

    private static JsonObject? ObjectOf(JsonElement item, string name) =>
        GoldenCase.Find(item, name) is { ValueKind: JsonValueKind.Object } value ? JsonObject.Create(value.Clone()) : null;
}
