using System.Collections.Immutable;
using System.Text.Json;

namespace ServiceLoop.Engine.Comparison;

/// <summary>One step that makes one document of another (RFC 6902).</summary>
/// <param name="Op"><c>add</c>, <c>remove</c> or <c>replace</c>.</param>
/// <param name="Path">JSON pointer (RFC 6901) into the document as the steps before have left it.</param>
/// <param name="Before">What stood there; null for <c>add</c>.</param>
/// <param name="After">What stands there then; null for <c>remove</c>.</param>
public sealed record JsonChange(string Op, string Path, JsonElement? Before, JsonElement? After);

/// <summary>Finds the steps that make one JSON document of another. Items of lists are told apart by their <c>id</c>, else by name or label.</summary>
public static class JsonComparison
{
    private static readonly string[] Keys = ["id", "name", "label"];

    /// <summary>Pairs of items that are compared to line up two lists; longer ones are lined up by their keys in order only.</summary>
    private const long MaxPairs = 4_000_000;

    /// <summary>The steps, to be taken in this order; empty when the documents are equal.</summary>
    public static ImmutableArray<JsonChange> Compare(JsonElement before, JsonElement after)
    {
        var changes = ImmutableArray.CreateBuilder<JsonChange>();
        Compare(before, after, "", changes);
        return changes.DrainToImmutable();
    }

    private static void Compare(JsonElement before, JsonElement after, string path, ImmutableArray<JsonChange>.Builder changes)
    {
        if (before.ValueKind == JsonValueKind.Object && after.ValueKind == JsonValueKind.Object)
            CompareObjects(before, after, path, changes);
        else if (before.ValueKind == JsonValueKind.Array && after.ValueKind == JsonValueKind.Array)
            CompareLists([.. before.EnumerateArray()], [.. after.EnumerateArray()], path, changes);
        else if (!JsonElement.DeepEquals(before, after))
            changes.Add(new("replace", path, before, after));
    }

    private static void CompareObjects(JsonElement before, JsonElement after, string path, ImmutableArray<JsonChange>.Builder changes)
    {
        foreach (var member in before.EnumerateObject())
            if (!after.TryGetProperty(member.Name, out _))
                changes.Add(new("remove", $"{path}/{Escaped(member.Name)}", member.Value, null));

        foreach (var member in after.EnumerateObject())
            if (before.TryGetProperty(member.Name, out var old))
                Compare(old, member.Value, $"{path}/{Escaped(member.Name)}", changes);
            else
                changes.Add(new("add", $"{path}/{Escaped(member.Name)}", null, member.Value));
    }

    /// <summary>Removes from the end, adds from the start, then compares what is left in its final places.</summary>
    private static void CompareLists(JsonElement[] before, JsonElement[] after, string path, ImmutableArray<JsonChange>.Builder changes)
    {
        var pairs = Line(before, after);
        var kept = pairs.Select(p => p.Before).ToHashSet();
        var found = pairs.ToDictionary(p => p.After, p => p.Before);

        for (var i = before.Length - 1; i >= 0; i--)
            if (!kept.Contains(i))
                changes.Add(new("remove", $"{path}/{i}", before[i], null));

        for (var i = 0; i < after.Length; i++)
            if (!found.ContainsKey(i))
                changes.Add(new("add", $"{path}/{i}", null, after[i]));

        foreach (var (old, now) in pairs)
            Compare(before[old], after[now], $"{path}/{now}", changes);
    }

    /// <summary>Which item of one list is which of the other, in the order of both.</summary>
    private static List<(int Before, int After)> Line(JsonElement[] before, JsonElement[] after)
    {
        var (old, now) = (KeysOf(before), KeysOf(after));
        var pairs = new List<(int, int)>();
        var start = 0;

        while (start < old.Length && start < now.Length && Same(start, start))
            pairs.Add((start, start++));

        var (end, endNow) = (old.Length, now.Length);
        var tail = new List<(int, int)>();

        while (end > start && endNow > start && Same(end - 1, endNow - 1))
            tail.Add((--end, --endNow));

        pairs.AddRange((long)(end - start) * (endNow - start) <= MaxPairs ? Longest(start, end, endNow) : InOrder(start, end, endNow));
        tail.Reverse();
        pairs.AddRange(tail);
        return pairs;

        bool Same(int i, int j) =>
            old[i] is { } key
                ? key == now[j]
                : now[j] is null && (before.Length == after.Length || JsonElement.DeepEquals(before[i], after[j]));

        List<(int, int)> Longest(int from, int to, int toNow)
        {
            var (rows, columns) = (to - from, toNow - from);
            var length = new int[rows + 1, columns + 1];

            for (var i = rows - 1; i >= 0; i--)
            for (var j = columns - 1; j >= 0; j--)
                length[i, j] = Same(from + i, from + j) ? length[i + 1, j + 1] + 1 : Math.Max(length[i + 1, j], length[i, j + 1]);

            var found = new List<(int, int)>();

            for (var (i, j) = (0, 0); i < rows && j < columns; )
                if (Same(from + i, from + j))
                    found.Add((from + i++, from + j++));
                else if (length[i + 1, j] >= length[i, j + 1])
                    i++;
                else
                    j++;

            return found;
        }

        List<(int, int)> InOrder(int from, int to, int toNow)
        {
            var places = new Dictionary<string, int>(StringComparer.Ordinal);

            for (var i = from; i < to; i++)
                if (old[i] is { } key)
                    places.TryAdd(key, i);

            var found = new List<(int, int)>();
            var last = from - 1;

            for (var j = from; j < toNow; j++)
                if (now[j] is { } key && places.TryGetValue(key, out var i) && i > last)
                    found.Add((last = i, j));

            return found;
        }
    }

    private static string?[] KeysOf(JsonElement[] items)
    {
        foreach (var name in Keys)
            if (
                Array.TrueForAll(
                    items,
                    i => i.ValueKind == JsonValueKind.Object && i.TryGetProperty(name, out var key) && key.ValueKind == JsonValueKind.String
                )
            )
                return Array.ConvertAll(items, i => i.GetProperty(name).GetString());

        return new string?[items.Length];
    }

    private static string Escaped(string name) =>
        name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}
