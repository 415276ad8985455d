using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ServiceLoop.Engine.Comparison;

namespace ServiceLoop.Engine.Tests.Comparison;

public sealed class JsonComparisonTests
{
    [Theory]
    [InlineData("""{"a":1}""", """{"a":1}""", "")]
    [InlineData("""{"a":1,"b":2}""", """{"a":2,"c":3}""", "remove /b, replace /a, add /c")]
    [InlineData("""[1,2,3]""", """[1,3]""", "remove /1")]
    [InlineData("""[{"id":"a","x":1},{"id":"b"}]""", """[{"id":"c"},{"id":"a","x":2}]""", "remove /1, add /0, replace /1/x")]
    [InlineData("""{"a/b":{"~":1}}""", """{"a/b":{"~":2}}""", "replace /a~1b/~0")]
    public void Two_documents_are_told_apart(string before, string after, string expected)
    {
        string.Join(", ", Compare(before, after).Select(c => $"{c.Op} {c.Path}")).ShouldBe(expected);
    }

    [Fact]
    public void The_steps_make_one_definition_of_another()
    {
        string? before = null;

        foreach (var definition in DefinitionComparisonTests.Definitions())
        {
            var after = definition.Json.GetRawText();
            Compare(after, after).ShouldBeEmpty();

            if (before is not null)
                JsonNode.DeepEquals(Applied(before, Compare(before, after)), JsonNode.Parse(after)).ShouldBeTrue($"{before}\n{after}");

            before = after;
        }
    }

    [Fact]
    public void Long_lists_are_lined_up_by_their_keys()
    {
        var before = JsonSerializer.Serialize(Enumerable.Range(0, 3_000).Select(i => new { id = $"a{i}", x = i }));
        var after = JsonSerializer.Serialize(Enumerable.Range(1, 3_000).Reverse().Select(i => new { id = $"a{i}", x = i }));

        JsonNode.DeepEquals(Applied(before, Compare(before, after)), JsonNode.Parse(after)).ShouldBeTrue();
    }

    private static IReadOnlyList<JsonChange> Compare(string before, string after)
    {
        using var one = JsonDocument.Parse(before);
        using var other = JsonDocument.Parse(after);
        return JsonComparison.Compare(one.RootElement.Clone(), other.RootElement.Clone());
    }

    /// <summary>RFC 6902, as far as it is needed.</summary>
    private static JsonNode? Applied(string document, IReadOnlyList<JsonChange> changes)
    {
        var root = JsonNode.Parse(document);

        foreach (var change in changes)
        {
            var value = change.After is { } after ? JsonNode.Parse(after.GetRawText()) : null;

            if (change.Path.Length == 0)
            {
                root = value;
                continue;
            }

            var steps = change
                .Path[1..]
                .Split('/')
                .Select(s => s.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))
                .ToList();
            var parent = steps[..^1]
                .Aggregate(
                    root,
                    (node, step) => node is JsonArray list ? list[int.Parse(step, CultureInfo.InvariantCulture)] : node![step]
                );

            switch (parent)
            {
                case JsonArray list:
                    var place = int.Parse(steps[^1], CultureInfo.InvariantCulture);

                    if (change.Op != "add")
                        list.RemoveAt(place);

                    if (change.Op != "remove")
                        list.Insert(place, value);

                    break;
                case JsonObject members when change.Op == "remove":
                    members.Remove(steps[^1]).ShouldBeTrue();
                    break;
                default:
                    ((JsonObject)parent!)[steps[^1]] = value;
                    break;
            }
        }

        return root;
    }
}
