using Scriban.Runtime;

namespace ServiceLoop.Scripting.Liquid;

/// <summary>Filters on lists.</summary>
internal static class ListFilters
{
    /// <summary>Name and body of each.</summary>
    public static IEnumerable<KeyValuePair<string, Func<FilterCall, object?>>> All { get; } =
        new Dictionary<string, Func<FilterCall, object?>>(StringComparer.Ordinal)
        {
            ["first"] = static f =>
                f[0] is string text ? text[..Math.Min(1, text.Length)]
                : f.List(0) is [var item, ..] ? item
                : null,
            ["last"] = static f =>
                f[0] is string text ? text[^Math.Min(1, text.Length)..]
                : f.List(0) is [.., var item] ? item
                : null,
            ["size"] = static f => (decimal)Size(f),
            ["join"] = static f => Join(f),
            ["reverse"] = static f => new LiquidList(f.List(0).Reverse()),
            ["sort"] = static f => Sorted(f, StringComparison.Ordinal),
            ["sort_natural"] = static f => Sorted(f, StringComparison.OrdinalIgnoreCase),
            ["uniq"] = static f => new LiquidList(f.List(0).DistinctBy(LiquidValues.Text)),
            ["compact"] = static f => new LiquidList(f.List(0).Where(static item => item is not null)),
            ["concat"] = static f => f.Limited(f.List(0).Concat(f.List(1))),
            ["map"] = static f => new LiquidList(Members(f, f.Text(1))),
            ["where"] = static f => Where(f),
            ["sum"] = static f => f.List(0).Sum(item => new FilterCall(f.Context, [item]).Number(0)),
            ["slice"] = static f => Slice(f),
        };

    private static int Size(FilterCall filter) =>
        filter[0] switch
        {
            null => 0,
            string text => text.Length,
            IScriptObject members and not ScriptArray => members.Count,
            ScriptArray list => list.Count,
            _ => filter.List(0).Count,
        };

    private static string Join(FilterCall filter)
    {
        var separator = filter.Count > 1 ? filter.Text(1) : " ";
        var parts = filter.List(0).Select(LiquidValues.Text).ToList();
        filter.Reserve(parts.Sum(part => (long)part.Length + separator.Length));
        return string.Join(separator, parts);
    }

    private static LiquidList Sorted(FilterCall filter, StringComparison comparison)
    {
        var member = filter.Count > 1 ? filter.Text(1) : null;
        return new(
            filter
                .List(0)
                .OrderBy(
                    item => member is null ? item : Member(item, member),
                    Comparer<object?>.Create((a, b) => Compare(a, b, comparison))
                )
        );
    }

    // What is missing comes last, numbers and moments compare as such, all else as text.
    private static int Compare(object? a, object? b, StringComparison comparison) =>
        (a, b) switch
        {
            (null, null) => 0,
            (null, _) => 1,
            (_, null) => -1,
            (decimal x, decimal y) => x.CompareTo(y),
            (DateTimeOffset x, DateTimeOffset y) => x.CompareTo(y),
            _ => string.Compare(LiquidValues.Text(a), LiquidValues.Text(b), comparison),
        };

    private static IEnumerable<object?> Members(FilterCall filter, string name) => filter.List(0).Select(item => Member(item, name));

    private static object? Member(object? item, string name) =>
        item is ScriptObject members && members.TryGetValue(name, out var value) ? value : null;

    private static LiquidList Where(FilterCall filter)
    {
        var name = filter.Text(1);
        var expected = filter.Count > 2 ? filter.Text(2) : null;

        return new(
            filter
                .List(0)
                .Where(item =>
                    expected is null
                        ? Member(item, name) is not (null or false)
                        : Member(item, name) is { } value && LiquidValues.Text(value) == expected
                )
        );
    }

    private static object Slice(FilterCall filter)
    {
        var length = filter.Count > 2 ? Math.Max(0, filter.Whole(2)) : 1;
        var count = Size(filter);
        var from = filter.Whole(1) is var at && at < 0 ? count + at : at;

        if (from < 0 || from > count)
            return filter[0] is ScriptArray ? new LiquidList() : "";

        length = Math.Min(length, count - from);
        return filter[0] is ScriptArray list ? new LiquidList(list.Skip(from).Take(length)) : filter.Text(0).Substring(from, length);
    }
}
