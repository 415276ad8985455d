using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using ServiceLoop.EndToEnd.Tests.Browser;

namespace ServiceLoop.EndToEnd.Tests;

/// <summary>What a workflow declares: variables of every type, inputs, outputs, outcomes; and outputs of steps that are bound to them.</summary>
public sealed class DeclarationsTests(House house)
{
    private const string Flow = "declared-by-hand";
    private const string InInstance = "Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core";

    private readonly Doors doors = new(house.Client);

    /// <summary>A default of each type as a person types it, and the value that it is; those that are typed here are one of each kind.</summary>
    private static readonly IReadOnlyDictionary<string, (string? Text, string Value, bool ByHand)> Defaults = new Dictionary<
        string,
        (string?, string, bool)
    >(StringComparer.Ordinal)
    {
        ["Object"] = ("anything", "\"anything\"", true),
        ["String"] = ("hello", "\"hello\"", true),
        ["Boolean"] = ("true", "true", true),
        ["Int16"] = ("-3", "-3", false),
        ["Int32"] = ("7", "7", true),
        ["Int64"] = ("12345678901", "12345678901", false),
        ["Single"] = ("1.5", "1.5", false),
        ["Double"] = ("2.25", "2.25", true),
        ["Decimal"] = ("19.99", "19.99", true),
        ["Guid"] = ("0f8fad5b-d9cb-469f-a165-70867728950e", "\"0f8fad5b-d9cb-469f-a165-70867728950e\"", true),
        ["DateTime"] = ("2026-01-02T03:04:05Z", "\"2026-01-02T03:04:05Z\"", false),
        ["DateTimeOffset"] = ("2026-01-02T03:04:05+02:00", "\"2026-01-02T03:04:05+02:00\"", true),
        ["TimeSpan"] = ("1.02:00:00", "\"1.02:00:00\"", true),
        ["ByteArray"] = ("aGk=", "\"aGk=\"", true),
        ["JSON"] = ("""{"a":1}""", """{"a":1}""", false),
        ["JsonObject"] = ("""{"b":2}""", """{"b":2}""", true),
        ["JsonArray"] = ("[1,2]", "[1,2]", true),
        ["ObjectDictionary"] = ("""{"c":3}""", """{"c":3}""", true),
        ["StringDictionary"] = ("""{"d":"4"}""", """{"d":"4"}""", false),
        ["HttpStatusCode"] = ("404", "404", false),
        ["HttpRequest"] = (null, "null", false),
        ["HttpHeaders"] = (null, "null", false),
        ["HttpFile"] = (null, "null", false),
    };

    [Fact]
    public async Task What_is_declared_by_hand_is_stored_shown_again_and_has_its_values()
    {
        var types = await TypesAsync();
        types.Keys.ShouldBe(Defaults.Keys, ignoreOrder: true, "A type that the server offers has no default here, or the other way round.");
        await PrepareAsync();

        await house.VisitAsync(
            async visit =>
            {
                await visit.OpenStudioAsync($"/studio/workflows/definitions/{Flow}/edit");
                var editor = new FlowEditor(visit);
                var side = new SidePanel(visit);
                await editor.IsThereAsync();

                await side.OpenAsync("Variables");
                foreach (var (type, (text, _, _)) in Defaults.Where(d => d.Value.ByHand))
                    await side.AddVariableAsync(Named(type), types[type], isArray: false, text);

                await side.AddVariableAsync(
                    "MyList",
                    types["String"],
                    isArray: true,
                    """["a","b"]""",
                    "Workflow Instance",
                    "studio-variable-dialog"
                );
                await visit.ShowAsync("studio-variables", "Variables of many types");

                await side.OpenAsync("Input/Output");
                await side.AddInputAsync("Who", types["String"], "Multi line");
                await side.AddOutputAsync("Answer", types["String"]);
                await side.AddOutcomeAsync("Good");
                await visit.ShowAsync("studio-declared", "Inputs, outputs and outcomes of the workflow");

                await BindAsync(visit, editor, "First", "MyString");
                await BindAsync(visit, editor, "Second", "Answer");
                await visit.ShowAsync("studio-output-bound", "An output of a step becomes an output of the workflow");
                ShouldBeStored(await doors.LatestAsync(Flow));

                await visit.Page.ReloadAsync();
                await editor.IsThereAsync();
                await side.OpenAsync("Variables");
                await Assertions.Expect(side.Line("MyList")).ToContainTextAsync("Workflow Instance");
                await side.OpenAsync("Input/Output");
                await Assertions.Expect(side.Line("Who")).ToContainTextAsync("String");
                await Assertions.Expect(side.Line("Answer")).ToContainTextAsync("String");
                await editor.SavingAsync(editor.PublishAsync);
            },
            VisitOptions.Tall
        );

        var instance = await doors.RunAsync(Flow, new JsonObject { ["Who"] = "me" });
        var ended = await doors.WaitAsync(instance, "Finished");

        var values = await doors.VariablesAsync(instance);
        foreach (var (type, (_, value, _)) in Defaults.Where(d => d.Key != "String"))
            values[Named(type)].GetRawText().ShouldBe(value, type);

        values["MyList"].GetRawText().ShouldBe("""["a","b"]""");
        values["MyString"].GetString().ShouldBe("hello, me");
        ended.GetProperty("workflowState").GetProperty("output").GetProperty("Answer").GetString().ShouldBe("hello, me!");
    }

    /// <summary>Binds the result of a step.</summary>
    private static async Task BindAsync(Visit visit, FlowEditor editor, string step, string target)
    {
        await editor.SelectAsync(step);
        await editor.SavingAsync(() => new InputPanel(visit).BindAsync("Result", target));
        await editor.SettledAsync();
    }

    private static void ShouldBeStored(JsonElement definition)
    {
        var variables = definition.GetProperty("variables").EnumerateArray().ToDictionary(v => v.GetProperty("name").GetString()!);

        foreach (var (type, (text, _, _)) in Defaults.Where(d => d.Value.ByHand))
        {
            variables[Named(type)].GetProperty("typeName").GetString().ShouldBe(type);
            variables[Named(type)].GetProperty("value").GetString().ShouldBe(text);
            // What Studio offers first must be what keeps the value.
            variables[Named(type)].GetProperty("storageDriverTypeName").GetString().ShouldBe(InInstance);
        }

        variables["MyList"].GetProperty("isArray").GetBoolean().ShouldBeTrue();
        var input = definition.GetProperty("inputs").EnumerateArray().ShouldHaveSingleItem();
        input.GetProperty("name").GetString().ShouldBe("Who");
        input.GetProperty("uiHint").GetString().ShouldBe("multiline");
        definition.GetProperty("outputs").EnumerateArray().ShouldHaveSingleItem().GetProperty("name").GetString().ShouldBe("Answer");
        definition.GetProperty("outcomes").EnumerateArray().Select(o => o.GetString()).ShouldBe(["Good"]);
    }

    /// <summary>The types that are not typed by hand are there before; two steps make text of the input.</summary>
    private Task PrepareAsync()
    {
        var rest = Defaults
            .Where(d => !d.Value.ByHand)
            .Select(d =>
                (JsonNode)
                    new JsonObject
                    {
                        ["id"] = Named(d.Key),
                        ["name"] = Named(d.Key),
                        ["typeName"] = d.Key,
                        ["value"] = d.Value.Text,
                    }
            );
        return doors.SaveAsync(
            Flow,
            Chart.Of(
                Chart.Activity(
                    "First",
                    "Elsa.RunJavaScript",
                    ("script", Chart.Literal("String", "getMyString() + ', ' + getInput('Who')"))
                ),
                Chart.Activity("Second", "Elsa.RunJavaScript", ("script", Chart.Literal("String", "getMyString() + '!'")))
            ),
            publish: false,
            [.. rest]
        );
    }

    private async Task<Dictionary<string, string>> TypesAsync() =>
        (await doors.GetAsync("/elsa/api/descriptors/variables"))
            .GetProperty("items")
            .EnumerateArray()
            .ToDictionary(t => t.GetProperty("typeName").GetString()!, t => t.GetProperty("displayName").GetString()!);

    private static string Named(string type) => $"My{type}";
}
