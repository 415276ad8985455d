using System.Globalization;
using System.Text;
using ServiceLoop.TestKit.Chance;

namespace ServiceLoop.Fuzz;

/// <summary>Definitions that are large or deep in one dimension: what a reader that recurses or enumerates paths does not survive.</summary>
public static class HostileDefinitions
{
    /// <summary>All kinds, by name.</summary>
    public static IReadOnlyDictionary<string, Func<int, string>> Kinds { get; } =
        new Dictionary<string, Func<int, string>>(StringComparer.Ordinal)
        {
            ["nested sequences"] = n => Definition(Nested(n, "{\"type\":\"Elsa.Sequence\",\"activities\":[", "]}", Line("in"))),
            ["nested loops"] = n =>
                Definition(
                    Nested(n, "{\"type\":\"Elsa.ForEach\",\"items\":" + Input("Object", "\"[1,2,3]\"") + ",\"body\":", "}", Line("in"))
                ),
            ["nested charts"] = n => Definition(Nested(n, "{\"type\":\"Elsa.Flowchart\",\"activities\":[", "]}", Line("in"))),
            ["deep json"] = n => Nested(n, "{\"root\":", "}", "null"),
            ["deep lists"] = n => "{\"variables\":[{\"name\":\"x\",\"typeName\":\"Object\",\"value\":" + Nested(n, "[", "]", "1") + "}]}",
            ["array types"] = n => Variable("Int32" + Repeat("[]", n), "null"),
            ["nullable types"] = n => Variable("Int32" + new string('?', n), "null"),
            ["list types"] = n => Variable(Repeat("List<", n) + "Int32" + new string('>', n), "null"),
            ["qualified types"] = n => Variable(Repeat("System.", n) + "Int32", "null"),
            ["long chain"] = n => Chart(n, i => i + 1 < n ? [(i, i + 1, "Done")] : []),
            ["skipped chain"] = n => Chart(n, i => i + 1 < n ? [(i, i + 1, i == 0 ? "Never" : "Done")] : []),
            ["ladder"] = n => Chart(n, i => [.. Ahead(i, n, 1), .. Ahead(i, n, 2)]),
            ["wide fork"] = n => Chart(n, i => i == 0 ? [.. Enumerable.Range(1, n - 1).Select(t => (0, t, "Done"))] : [(i, n - 1, "Done")]),
            ["every pair"] = n =>
                Chart((int)Math.Sqrt(n) + 1, i => [.. Enumerable.Range(0, (int)Math.Sqrt(n) + 1).Select(t => (i, t, "Done"))]),
            ["forward pairs"] = n =>
                Chart((int)Math.Sqrt(n) + 1, i => [.. Enumerable.Range(i + 1, (int)Math.Sqrt(n) - i).Select(t => (i, t, "Done"))]),
            ["loops back"] = n => Chart(n, i => [.. Ahead(i, n, 1), (i, 0, "Never"), (i, i / 2, "Never")]),
            // Two ways on from each step, anywhere: nearly all are one strong component, and nothing dominates anything.
            ["tangle"] = n => Chart(n, i => [(i, (i + 1) % n, "Done"), (i, (int)((i + 1L) * 48_271 % n), "Done")]),
            // From each step on to the next and to the one join at the end.
            ["comb"] = n => Chart(n, i => i + 1 < n ? [(i, i + 1, "Done"), (i, n - 1, "Done")] : []),
            ["many variables"] = n =>
                $"{{\"variables\":[{Join(n, i => $"{{\"name\":\"v{i}\",\"typeName\":\"String\",\"value\":\"{i}\"}}")}],\"root\":{Line("a")}}}",
            ["long list of items"] = n =>
                Definition(
                    "{\"type\":\"Elsa.ParallelForEach\",\"items\":"
                        + Input("Object", $"\"[{Join(n, _ => "1")}]\"")
                        + ",\"body\":"
                        + Line("a")
                        + "}"
                ),
            ["huge count"] = n =>
                Definition("{\"type\":\"Elsa.For\",\"end\":" + Input("Int32", "2147483647") + ",\"body\":" + Line("a") + "}"),
            ["many cases"] = n =>
                Definition(
                    "{\"type\":\"Elsa.Switch\",\"cases\":["
                        + Join(n, i => $"{{\"label\":\"{i}\",\"condition\":{{\"type\":\"Literal\",\"value\":false}}}}")
                        + "]}"
                ),
            ["many undo steps"] = n =>
                Definition(
                    "{\"type\":\"Elsa.Sequence\",\"activities\":["
                        + Join(n, i => Line($"a{i}", "{\"compensation\":{\"workflow\":\"u\"}}"))
                        + ",{\"type\":\"Elsa.Fault\"}]}"
                ),
            ["long text"] = n => Definition(Line("a").Replace("\"a\"", $"\"{new string('x', n * 50)}\"", StringComparison.Ordinal)),
            ["calls itself"] = n =>
                "{\"definitionId\":\"me\",\"name\":\"Me\",\"isPublished\":true,\"options\":{\"usableAsActivity\":true},\"root\":"
                + "{\"type\":\"Elsa.Sequence\",\"activities\":[{\"type\":\"Me\",\"workflowDefinitionId\":\"me\"}]}}",
            ["text in a surrogate"] = n => Definition(Line("\\ud800").Replace("name", "n\\udc00", StringComparison.Ordinal)),
        };

    public static byte[] Any(Dice dice)
    {
        var kind = dice.Of<string>([.. Kinds.Keys.Order(StringComparer.Ordinal)]);
        return Of(kind, dice.Of(10, 90, 130, 600, 3_000, 15_000, 45_000));
    }

    public static byte[] Of(string kind, int size) => Encoding.UTF8.GetBytes(Kinds[kind](size));

    private static IEnumerable<(int, int, string)> Ahead(int from, int count, int by) =>
        from + by < count ? [(from, from + by, "Done")] : [];

    private static string Chart(int count, Func<int, IEnumerable<(int Source, int Target, string Port)>> edges)
    {
        var text = new StringBuilder("{\"type\":\"Elsa.Flowchart\",\"id\":\"chart\",\"activities\":[")
            .Append(Join(count, i => $"{{\"id\":\"s{i}\",\"type\":\"Elsa.Start\"}}"))
            .Append("],\"connections\":[");
        var first = true;

        for (var i = 0; i < count; i++)
            foreach (var (source, target, port) in edges(i))
            {
                text.Append(first ? "" : ",")
                    .Append(
                        CultureInfo.InvariantCulture,
                        $"{{\"source\":{{\"activity\":\"s{source}\",\"port\":\"{port}\"}},\"target\":{{\"activity\":\"s{target}\"}}}}"
                    );
                first = false;
            }

        return Definition(text.Append("]}").ToString());
    }

    private static string Definition(string root) => $"{{\"id\":\"h1\",\"definitionId\":\"h\",\"variables\":[],\"root\":{root}}}";

    private static string Variable(string typeName, string value) =>
        $"{{\"variables\":[{{\"name\":\"x\",\"typeName\":\"{typeName}\",\"value\":{value}}}],\"root\":{Line("a")}}}";

    private static string Line(string text, string custom = "{}") =>
        $"{{\"type\":\"Elsa.WriteLine\",\"name\":\"n\",\"customProperties\":{custom},\"text\":{Input("String", $"\"{text}\"")}}}";

    private static string Input(string typeName, string value) =>
        $"{{\"typeName\":\"{typeName}\",\"expression\":{{\"type\":\"Literal\",\"value\":{value}}}}}";

    private static string Nested(int depth, string open, string close, string inner) => Repeat(open, depth) + inner + Repeat(close, depth);

    private static string Repeat(string text, int times) => new StringBuilder(text.Length * times).Insert(0, text, times).ToString();

    private static string Join(int count, Func<int, string> item) => string.Join(',', Enumerable.Range(0, count).Select(item));
}
