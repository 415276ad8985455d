using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Engine.Graph;

namespace ServiceLoop.TestKit.Chance;

/// <summary>A random definition with everything that it uses, as Elsa JSON. The same seed gives the same text.</summary>
/// <param name="Seed">What it was made from.</param>
/// <param name="Semantics">The semantics to run it under.</param>
/// <param name="Main">The definition.</param>
/// <param name="Subs">Definitions that it uses as activities.</param>
public sealed record RandomWorkflow(ulong Seed, FlowSemantics Semantics, JsonObject Main, ImmutableArray<JsonObject> Subs)
{
    /// <summary>Shared by all tests: catalog and language do not change.</summary>
    public static WorkflowCompiler Compiler { get; } = new(TestActivities.Catalog, [new WordScript()]);

    public static RandomWorkflow Of(ulong seed, FlowSemantics? semantics = null) =>
        new RandomDefinition(new Dice(seed)).Make(seed, semantics ?? (FlowSemantics)(seed % 3));

    /// <summary>The ids of the activities, for those who want to change something by hand.</summary>
    public CompileResult Compile() => Compile(Main);

    /// <summary>Compiles a changed copy of the main definition with the same sub-workflows.</summary>
    public CompileResult Compile(JsonObject main) => Compiler.Compile(Read(main), new DefinitionSet([.. Subs.Select(Read)]), Semantics);

    public WorkflowGraph Graph() => Compile().GraphOrThrow();

    public override string ToString() =>
        $"seed {Seed}, {Semantics}: {Main.ToJsonString()} with {string.Join(' ', Subs.Select(s => s.ToJsonString()))}";

    private static WorkflowDefinition Read(JsonObject json) => ElsaJson.Read(JsonSerializer.SerializeToUtf8Bytes(json));
}

/// <summary>Makes one random definition.</summary>
internal sealed partial class RandomDefinition(Dice dice)
{
    private static readonly string[] Types =
    [
        "Object",
        "String",
        "Boolean",
        "Int16",
        "Int32",
        "Int64",
        "Single",
        "Double",
        "Decimal",
        "Guid",
        "DateTime",
        "DateTimeOffset",
        "TimeSpan",
        "ByteArray",
        "JSON",
        "String[]",
        "List<Int32>",
    ];

    private readonly List<(string Id, string Name)> variables = [];
    private readonly List<string> ids = [];
    private readonly List<JsonObject> subs = [];
    private int lastId;
    private int left;
    private int loops;
    private bool hasCommits;

    public RandomWorkflow Make(ulong seed, FlowSemantics semantics)
    {
        hasCommits = dice.Percent(30);

        for (var i = dice.Weighted(50, 35, 15); i > 0; i--)
            subs.Add(Definition($"sub{subs.Count}", dice.Between(2, 6), isSub: true));

        var main = Definition("main", dice.Between(3, 26), isSub: false);
        return new(seed, semantics, main, [.. subs]);
    }

    private JsonObject Definition(string id, int size, bool isSub)
    {
        variables.Clear();
        loops = 0;
        left = size;

        var options = new JsonObject { ["usableAsActivity"] = isSub };

        if (dice.Percent(35))
            options["incidentStrategyType"] = "Elsa.Workflows.IncidentStrategies.ContinueWithIncidentsStrategy";

        if (hasCommits && dice.Percent(40))
            options["commitStrategyName"] = dice.Of("WorkflowExecuting", "ActivityExecuting", "ActivityExecuted", "Every 10 seconds");

        return new JsonObject
        {
            ["id"] = id + "v1",
            ["definitionId"] = id,
            ["name"] = id,
            ["version"] = 1,
            ["isPublished"] = true,
            ["isLatest"] = true,
            ["variables"] = Variables(
                new JsonObject
                {
                    ["id"] = "x-" + id,
                    ["name"] = "x",
                    ["typeName"] = "Object",
                    ["value"] = "0",
                }
            ),
            ["inputs"] = Arguments("in"),
            ["outputs"] = Arguments("out"),
            ["outcomes"] = new JsonArray("Done", "Other"),
            ["options"] = options,
            ["root"] = dice.Percent(65) ? Flowchart(0) : Composite(0),
        };
    }

    private JsonArray Arguments(string prefix)
    {
        var arguments = new JsonArray();

        for (var i = dice.Below(3); i > 0; i--)
            arguments.Add(
                new JsonObject
                {
                    ["name"] = prefix + Text(i),
                    ["type"] = dice.Of(Types),
                    ["isArray"] = dice.Percent(10),
                    ["defaultValue"] = dice.Percent(50) ? Literal() : null,
                }
            );

        return arguments;
    }

    /// <summary>Some variables of random types; they stay in sight for the rest of the definition, as wrong references are part of the test.</summary>
    private JsonArray Variables(params ReadOnlySpan<JsonObject> first)
    {
        var list = new JsonArray();

        foreach (var json in first)
            Add(json);

        for (var i = dice.Weighted(40, 40, 20); i > 0; i--)
        {
            var number = Text(++lastId);
            Add(
                new JsonObject
                {
                    ["id"] = "v" + number,
                    ["name"] = dice.Percent(80) ? "var" + number : "x",
                    ["typeName"] = dice.Of(Types),
                    ["isArray"] = dice.Percent(10),
                    ["value"] = dice.Percent(60) ? Literal() : null,
                }
            );
        }

        return list;

        void Add(JsonObject json)
        {
            list.Add(json);
            variables.Add(((string)json["id"]!, (string)json["name"]!));
        }
    }

    /// <summary>A literal that suits some types and is refused by others; refused literals stand for null in the workflow.</summary>
    private JsonNode? Literal() =>
        dice.Of<Func<JsonNode?>>(
            () => 5,
            () => 2.5,
            () => true,
            () => "7",
            () => "text",
            () => "",
            () => "00:10:00",
            () => "2026-02-03T04:05:06Z",
            () => "0f8fad5b-d9cb-469f-a165-70867728950e",
            () => "[1,2,3]",
            () => """{"a":1,"$type":"x"}""",
            () => new JsonArray(1, "b", 2.5),
            () => new JsonObject { ["a"] = new JsonArray(1), ["$b"] = null }
        )();

    private string NewId(string kind)
    {
        // Now and then an id is used again: legal outside one flowchart.
        if (ids.Count > 0 && dice.Percent(2))
            return dice.Of<string>(ids) + "bis";

        var id = kind + Text(++lastId);
        ids.Add(id);
        return id;
    }

    private JsonObject Activity(string type, string? kind = null)
    {
        var dot = type.LastIndexOf('.') + 1;
        var id = NewId(kind ?? type[dot..]);
        var json = new JsonObject
        {
            ["id"] = id,
            ["type"] = type,
            ["version"] = 1,
            ["name"] = dice.Percent(70) ? id : null,
        };

        if (hasCommits && dice.Percent(25))
            Custom(json)["commitStrategyName"] = dice.Of("CommitAlways", "CommitNever", "Executing", "Executed");

        return json;
    }

    private static JsonObject Custom(JsonObject activity) => (JsonObject)(activity["customProperties"] ??= new JsonObject());

    private static JsonObject Input(string typeName, string language, JsonNode? value) =>
        new()
        {
            ["typeName"] = typeName,
            ["expression"] = new JsonObject { ["type"] = language, ["value"] = value },
        };

    private static JsonObject Script(string typeName, string words) => Input(typeName, "JavaScript", words);

    private static JsonObject Fixed(string typeName, JsonNode? value) => Input(typeName, "Literal", value);

    /// <summary>Something that gives any value at all.</summary>
    private JsonObject Anything(string typeName = "Object") =>
        dice.Weighted(25, 20, 20, 10, 10, 5, 5, 5) switch
        {
            0 => Script(typeName, "value " + Text(dice.Below(SampleValues.Count))),
            1 => Input(typeName, "Variable", Reference()),
            2 => Script(typeName, "get " + VariableName()),
            3 => Script(typeName, "input " + dice.Of("in1", "in2", "none")),
            4 => Script(typeName, dice.Of("last", "random", "guid", "now", "names", "correlate c")),
            5 => Script(typeName, "out " + (ids.Count > 0 ? dice.Of<string>(ids) : "a") + dice.Of("", " Result", " TaskId")),
            6 => Input(typeName, "Input", dice.Of("in1", "in2")),
            _ => Script(typeName, dice.Percent(30) ? "throw" : "set " + VariableName() + " " + Text(dice.Below(SampleValues.Count))),
        };

    private JsonObject Condition() =>
        dice.Weighted(30, 30, 30, 10) switch
        {
            0 => Fixed("Boolean", dice.Percent(50)),
            1 => Script("Boolean", $"count {CounterName()} {Text(dice.Below(4))}"),
            2 => Script("Boolean", $"every {VariableName()} {Text(dice.Between(1, 3))}"),
            _ => Anything("Boolean"),
        };

    private JsonObject Reference()
    {
        var (id, name) = dice.Of<(string Id, string Name)>(variables);
        return new JsonObject { ["id"] = id, ["name"] = name };
    }

    private string VariableName() =>
        dice.Percent(20) ? dice.Of("CurrentValue", "CurrentIndex", "made", "x") : dice.Of<(string Id, string Name)>(variables).Name;

    private string CounterName() => "n" + Text(dice.Percent(80) ? ++lastId : dice.Below(5));

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
