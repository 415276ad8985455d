using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ServiceLoop.Workflows.Golden;

/// <summary>What is answered differently from a record, on purpose.</summary>
/// <param name="Reason">Why, as a sentence.</param>
/// <param name="Aspects">Keys of <c>expect</c> that differ.</param>
/// <param name="Expect">By aspect, the only other values that are right; always there for a single case.</param>
/// <param name="Rule">For a rule: for which cases it holds, and how lists differ.</param>
internal sealed record Deviation(string Reason, IReadOnlyList<string> Aspects, JsonObject? Expect, DeviationRule? Rule = null)
{
    /// <summary>True when an actual value is right although another one was recorded.</summary>
    /// <param name="golden">The case.</param>
    /// <param name="aspect">The aspect that differs.</param>
    /// <param name="recorded">The recorded value, normalized.</param>
    /// <param name="actual">The actual value, normalized.</param>
    /// <param name="normal">Normalizes a value as the others were.</param>
    public bool Allows(GoldenCase golden, string aspect, JsonNode? recorded, JsonNode? actual, Func<JsonNode?, JsonNode?> normal)
    {
        if (!Aspects.Contains(aspect) || Rule?.HoldsFor(golden) == false)
            return false;

        return Expect?.ContainsKey(aspect) == true
            ? JsonNode.DeepEquals(normal(Expect[aspect]?.DeepClone()), actual)
            : Rule is not null && recorded is JsonArray left && actual is JsonArray right && Rule.Allows(left, right);
    }
}

/// <summary>How the lists of many cases differ, item by item.</summary>
/// <param name="Uses">A word (activity type or op) that the case must contain; null for all.</param>
/// <param name="Where">Texts that the case must expect.</param>
/// <param name="Instead">Parts of an item, and what may stand there instead.</param>
/// <param name="Added">Endings of items that may come in addition.</param>
internal sealed record DeviationRule(
    string? Uses,
    JsonObject? Where,
    IReadOnlyDictionary<string, IReadOnlyList<string>> Instead,
    IReadOnlyList<string> Added
)
{
    /// <summary>True when the rule is about this case.</summary>
    public bool HoldsFor(GoldenCase golden) =>
        (Where is null || Where.All(w => GoldenCase.Text(golden.Expect, w.Key) is { } text && text == w.Value?.ToString()))
        && (Uses is null || golden.Given.GetRawText().Contains($"\"{Uses}\"", StringComparison.Ordinal));

    /// <summary>True when the lists differ in nothing else.</summary>
    public bool Allows(JsonArray recorded, JsonArray actual)
    {
        var next = 0;

        foreach (var item in actual.Select(a => a!.ToString()))
        {
            if (next < recorded.Count && IsSame(recorded[next]!.ToString(), item))
                next++;
            else if (!Added.Any(a => item.EndsWith(a, StringComparison.Ordinal)))
                return false;
        }

        return next == recorded.Count;
    }

    private bool IsSame(string recorded, string actual) =>
        recorded == actual || Instead.Any(i => i.Value.Any(other => recorded.Replace(i.Key, other, StringComparison.Ordinal) == actual));
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

    /// <summary>Reads a file: an array of <c>{name, aspects, reason, expect}</c>, or <c>{name: "*", aspects, reason, uses, where, expect | instead, added}</c> for a rule.</summary>
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
        var reason = GoldenCase.Text(item, "reason") is { Length: > 0 } text
            ? text
            : throw new JsonException($"The deviation '{name}' in '{path}' has no \"reason\".");
        List<string> aspects = [.. GoldenCase.Items(item, "aspects").Select(a => a.ToString())];
        var expect = ObjectOf(item, "expect");

        if (aspects.Count == 0)
            throw new JsonException($"The deviation '{name}' in '{path}' lists no \"aspects\".");

        var rule = name == Rule ? RuleOf(item) : null;

        if (
            rule is not { Instead.Count: > 0 } and not { Added.Count: > 0 }
            && aspects.Find(a => expect?.ContainsKey(a) != true) is { } missing
        )
            throw new JsonException($"The deviation '{name}' in '{path}' does not say in \"expect\" what '{missing}' is instead.");

        return new Deviation(reason, aspects, expect, rule);
    }

    private static DeviationRule RuleOf(JsonElement item) =>
        new(
            GoldenCase.Text(item, "uses"),
            ObjectOf(item, "where"),
            ObjectOf(item, "instead")
                ?.ToDictionary(
                    i => i.Key,
                    i => (IReadOnlyList<string>)[.. (i.Value as JsonArray ?? []).Select(v => v!.ToString())],
                    StringComparer.Ordinal
                )
                ?? [],
            [.. GoldenCase.Items(item, "added").Select(a => a.ToString())]
        );

    private static JsonObject? ObjectOf(JsonElement item, string name) =>
        GoldenCase.Find(item, name) is { ValueKind: JsonValueKind.Object } value ? JsonObject.Create(value.Clone()) : null;
}
