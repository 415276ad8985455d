using System.Text.Json.Nodes;

namespace ServiceLoop.EndToEnd.Tests.Browser;

/// <summary>Flowcharts as JSON, laid out from left to right.</summary>
internal static class Chart
{
    private const int Step = 280;
    private const int PerRow = 20;
    private const int Row = 120;

    /// <summary>A flowchart whose steps follow one another.</summary>
    public static JsonObject Of(params JsonObject[] steps) => Drawn(Chain(steps), steps);

    /// <summary>A flowchart with these connections; it begins with the first step.</summary>
    public static JsonObject Drawn(IEnumerable<(string From, string Port, string To)> lines, params JsonObject[] steps) =>
        Laid(lines, PerRow, (Step, Row), steps);

    /// <summary>A flowchart whose steps follow one another, in rows that fit a window.</summary>
    /// <param name="perRow">Steps in a row.</param>
    /// <param name="apart">Pixels from a step to the next: across, and down.</param>
    /// <param name="steps">The steps.</param>
    public static JsonObject InRows(int perRow, (int Across, int Down) apart, params JsonObject[] steps) =>
        Laid(Chain(steps), perRow, apart, steps);

    private static IEnumerable<(string From, string Port, string To)> Chain(JsonObject[] steps) =>
        steps.Zip(steps.Skip(1), (a, b) => (Id(a), "Done", Id(b)));

    private static JsonObject Laid(
        IEnumerable<(string From, string Port, string To)> lines,
        int perRow,
        (int Across, int Down) apart,
        JsonObject[] steps
    )
    {
        for (var i = 0; i < steps.Length; i++)
            steps[i]["metadata"] = new JsonObject
            {
                ["designer"] = new JsonObject
                {
                    ["position"] = new JsonObject { ["x"] = i % perRow * apart.Across, ["y"] = i / perRow * apart.Down },
                    ["size"] = new JsonObject { ["width"] = 200, ["height"] = 54 },
                },
            };

        return new JsonObject
        {
            ["id"] = "Flowchart1",
            ["type"] = "Elsa.Flowchart",
            ["version"] = 1,
            ["start"] = steps.Length > 0 ? steps[0]["id"]!.GetValue<string>() : null,
            ["activities"] = new JsonArray([.. steps]),
            ["connections"] = new JsonArray([.. lines.Select(l => (JsonNode)Line(l.From, l.Port, l.To))]),
        };
    }

    /// <summary>Takes away the lines that leave some steps.</summary>
    public static JsonObject Without(JsonObject chart, params string[] sources)
    {
        var lines = chart["connections"]!.AsArray();
        lines.RemoveAll(line => sources.Contains(line!["source"]!["activity"]!.GetValue<string>()));
        return chart;
    }

    /// <summary>Writes a line of text.</summary>
    public static JsonObject WriteLine(string id, string text) => Activity(id, "Elsa.WriteLine", ("text", Literal("String", text)));

    /// <summary>Runs a script.</summary>
    public static JsonObject Script(string id, string script) =>
        Activity(id, "Elsa.RunJavaScript", ("script", Input("String", "JavaScript", script)));

    /// <summary>Decides by a script.</summary>
    public static JsonObject Decision(string id, string script) =>
        Activity(id, "Elsa.FlowDecision", ("condition", Input("Boolean", "JavaScript", script)));

    /// <summary>A variable of the workflow.</summary>
    public static JsonObject Variable(string name, string type, string? value = null) =>
        new()
        {
            ["id"] = name.ToLowerInvariant(),
            ["name"] = name,
            ["typeName"] = type,
            ["value"] = value,
        };

    /// <summary>Waits for an event.</summary>
    public static JsonObject Event(string id, string name) => Activity(id, "Elsa.Event", ("eventName", Literal("String", name)));

    /// <summary>Any activity.</summary>
    public static JsonObject Activity(string id, string type, params (string Name, JsonNode? Value)[] inputs)
    {
        var activity = new JsonObject
        {
            ["id"] = id,
            ["name"] = id,
            ["type"] = type,
            ["version"] = 1,
        };

        foreach (var (name, value) in inputs)
            activity[name] = value;

        return activity;
    }

    /// <summary>A wrapped input with a value as it is.</summary>
    public static JsonObject Literal(string type, string value) => Input(type, "Literal", value);

    /// <summary>A wrapped input with an expression.</summary>
    public static JsonObject Input(string type, string syntax, string value) =>
        new()
        {
            ["typeName"] = type,
            ["expression"] = new JsonObject { ["type"] = syntax, ["value"] = value },
        };

    private static string Id(JsonObject step) => step["id"]!.GetValue<string>();

    private static JsonObject Line(string from, string port, string to) =>
        new()
        {
            ["source"] = new JsonObject { ["activity"] = from, ["port"] = port },
            ["target"] = new JsonObject { ["activity"] = to, ["port"] = "In" },
        };
}
