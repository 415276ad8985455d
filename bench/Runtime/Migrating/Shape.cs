using System.Text;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Runtime.Bench.Server;

namespace ServiceLoop.Runtime.Bench.Migrating;

/// <summary>A flow in two versions, and what each of its instances must have run in the end.</summary>
/// <param name="Id">Line of versions.</param>
/// <param name="Old">Root of version 1.</param>
/// <param name="New">Root of version 2.</param>
/// <param name="First">The wait that half of the instances have behind them when they are moved.</param>
/// <param name="FromStart">Steps and how often, of an instance that was moved before that wait.</param>
/// <param name="FromThere">The same, after it.</param>
internal sealed record Shape(string Id, string Old, string New, string First, string FromStart, string FromThere)
{
    private const string Month = "30.00:00:00";

    public static Shape[] All { get; } =
    [
        new(
            "sequence",
            Sequence("S", Line("a"), Wait("w"), Delay("p"), Line("z")),
            Sequence("S", Line("a"), Line("b"), Wait("w"), Line("n"), Delay("p"), Line("z")),
            "w",
            "a1 n1 p1 w1 z1",
            "a1 p1 w1 z1"
        ),
        new(
            "chart",
            Chart([Line("f"), Wait("w"), Delay("p"), Line("j"), Line("z")], "f-w f-p w-j p-j j-z"),
            Chart([Line("z"), Line("n"), Line("f"), Line("m"), Delay("p"), Wait("w"), Line("j")], "f-w f-p w-n n-j p-j j-m m-z"),
            "w",
            "f1 j1 m1 n1 p1 w1 z1",
            "f1 j1 m1 p1 w1 z1"
        ),
        new(
            "loop",
            Sequence("S", Loop(Wait("w")), Line("z")),
            Sequence("S", Loop(Sequence("B", Wait("w"), Line("n"))), Line("z")),
            "w",
            "n3 w3 z1",
            "n2 w3 z1"
        ),
        new(
            "parallel",
            Sequence("S", Parallel(Wait("w"), Delay("p"), Line("q")), Line("z")),
            Sequence("S", Parallel(Delay("p"), Wait("x"), Wait("w")), Line("n"), Line("z")),
            "w",
            "n1 p1 q1 w1 z1",
            "n1 p1 q1 w1 z1"
        ),
    ];

    /// <summary>True for what does something, false for what contains.</summary>
    public static bool IsStep(string activityId) => activityId.Length == 1 && char.IsAsciiLetterLower(activityId[0]);

    public string Expected(bool isFurther) => isFurther ? FromThere : FromStart;

    public async Task PublishAsync(BenchNode node, int version, CancellationToken ct)
    {
        var json = $$"""{ "definitionId": "{{Id}}", "name": "{{Id}}", "root": {{(version == 1 ? Old : New)}} }""";
        await node.Definitions.ImportAsync(ElsaJson.Read(Encoding.UTF8.GetBytes(json)), null, ct);
    }

    public async Task<string> VersionAsync(BenchNode node, int number, CancellationToken ct) =>
        (await node.Store.FindDefinitionAsync(Id, number, ct))!.Id;

    private static string Line(string id) => $$"""{ "id": "{{id}}", "type": "Elsa.WriteLine", "text": "{{id}}" }""";

    private static string Wait(string id) => $$"""{ "id": "{{id}}", "type": "Elsa.Event", "eventName": "{{id}}" }""";

    private static string Delay(string id) => $$"""{ "id": "{{id}}", "type": "Elsa.Delay", "timeSpan": "{{Month}}" }""";

    private static string Sequence(string id, params string[] steps) =>
        $$"""{ "id": "{{id}}", "type": "Elsa.Sequence", "activities": [ {{string.Join(", ", steps)}} ] }""";

    private static string Parallel(params string[] steps) =>
        $$"""{ "id": "P", "type": "Elsa.Parallel", "activities": [ {{string.Join(", ", steps)}} ] }""";

    private static string Loop(string body) => $$"""{ "id": "L", "type": "Elsa.ForEach", "items": [1, 2, 3], "body": {{body}} }""";

    private static string Chart(string[] steps, string edges) =>
        $$"""
            { "id": "C", "type": "Elsa.Flowchart", "activities": [ {{string.Join(", ", steps)}} ], "connections": [ {{string.Join(
                ", ",
                edges
                    .Split(' ')
                    .Select(e =>
                        $$"""{ "source": { "activity": "{{e[0]}}", "port": "Done" }, "target": { "activity": "{{e[2]}}", "port": "In" } }"""
                    )
            )}} ] }
            """;
}
