using System.Text;
using System.Text.Json;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Engine.Tests.Charts;

namespace ServiceLoop.Engine.Tests.Definitions;

public sealed class ElsaModelTests
{
    private static readonly ActivityCatalog Catalog = ActivityCatalog.WithEngineActivities();

    private static JsonElement ModelOf(string json) => Parse(ElsaModel.Write(ElsaJson.Read(Encoding.UTF8.GetBytes(json)), Catalog));

    private static JsonElement RootOf(string root) => ModelOf($$"""{ "definitionId": "d", "root": {{root}} }""").GetProperty("root");

    private static JsonElement Parse(ReadOnlyMemory<byte> utf8)
    {
        using var document = JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = ElsaJson.MaxDepth });
        return document.RootElement.Clone();
    }

    [Fact]
    public void Members_that_nobody_knows_are_kept()
    {
        var model = ModelOf(
            """{ "definitionId": "d", "toolVersion": "3.6.0.0", "acme": { "x": 1.50 }, "root": { "type": "Elsa.WriteLine", "text": "A", "acme": [1] } }"""
        );

        model.GetProperty("toolVersion").GetString().ShouldBe("3.6.0.0");
        model.GetProperty("acme").GetRawText().ShouldBe("{\"x\":1.50}");
        model.GetProperty("root").GetProperty("acme").GetRawText().ShouldBe("[1]");
    }

    [Fact]
    public void Ids_are_generated_and_paths_written()
    {
        var root = RootOf("""{ "type": "Elsa.Sequence", "activities": [ { "type": "Elsa.WriteLine" }, { "type": "Elsa.WriteLine" } ] }""");

        root.GetProperty("nodeId").GetString().ShouldBe("Workflow1:Sequence1");
        root.GetProperty("activities")[1].GetProperty("nodeId").GetString().ShouldBe("Workflow1:Sequence1:WriteLine2");
    }

    [Theory]
    [InlineData("""{ "source": "A", "sourcePort": "Done", "target": "B", "targetPort": "In" }""")]
    [InlineData("""{ "source": { "activity": "A", "port": "Done" }, "target": { "activity": "B", "port": "In" } }""")]
    public void Connections_are_written_in_the_object_form(string connection)
    {
        var root = RootOf(
            $$"""
            { "type": "Elsa.Flowchart", "activities": [ { "id": "A", "type": "Elsa.WriteLine" }, { "id": "B", "type": "Elsa.WriteLine" } ],
              "connections": { "$values": [ {{connection}}, {{connection}}, { "source": "A", "target": "nobody" } ] } }
            """
        );

        root.GetProperty("connections")
            .GetRawText()
            .ShouldBe("""[{"source":{"activity":"A","port":"Done"},"target":{"activity":"B","port":"In"},"vertices":[]}]""");
    }

    [Fact]
    public void Flags_of_older_files_move_to_the_custom_properties()
    {
        var root = RootOf("""{ "type": "Elsa.Event", "canStartWorkflow": true, "customProperties": { "acme": 1 } }""");

        root.GetProperty("customProperties").GetRawText().ShouldBe("""{"acme":1,"canStartWorkflow":true,"runAsynchronously":false}""");
        root.TryGetProperty("canStartWorkflow", out _).ShouldBeFalse();
    }

    [Fact]
    public void Activities_in_cases_are_written_like_all_others()
    {
        var root = RootOf(
            """{ "type": "Elsa.Switch", "cases": [ { "label": "a", "condition": { "type": "Literal", "value": true }, "activity": { "type": "Elsa.WriteLine" } } ] }"""
        );

        root.GetProperty("cases")[0].GetProperty("label").GetString().ShouldBe("a");
        root.GetProperty("cases")[0].GetProperty("activity").GetProperty("nodeId").GetString().ShouldBe("Workflow1:Switch1:WriteLine1");
    }

    [Fact]
    public void An_activity_whose_type_is_known_again_comes_back_where_its_stand_in_was()
    {
        var root = RootOf(
            """
            { "type": "Elsa.NotFoundActivity", "version": 1, "id": "U", "missingTypeName": "Elsa.WriteLine",
              "originalActivityJson": "{\"id\":\"U\",\"type\":\"Elsa.WriteLine\",\"version\":1,\"text\":\"hi\",\"metadata\":{\"x\":0}}",
              "metadata": { "designer": { "position": { "x": 5, "y": 6 } } } }
            """
        );

        root.GetProperty("type").GetString().ShouldBe("Elsa.WriteLine");
        root.GetProperty("text").GetProperty("expression").GetProperty("value").GetString().ShouldBe("hi");
        root.GetProperty("metadata").GetProperty("designer").GetProperty("position").GetProperty("x").GetInt32().ShouldBe(5);
    }

    [Fact]
    public void What_was_wrapped_is_not_wrapped_again()
    {
        var once = RootOf("""{ "type": "Acme.X", "id": "U", "foo": 1 }""");

        var twice = RootOf(once.GetRawText());

        JsonElement.DeepEquals(once, twice).ShouldBeTrue(twice.GetRawText());
    }

    [Theory]
    [InlineData("elsa-3.6.3.jsonl")]
    [InlineData("own.jsonl")]
    public void Writing_what_was_written_changes_nothing(string file)
    {
        var definitions = GoldenFile.Read(file).SelectMany(c => c.GetProperty("given").GetProperty("defs").EnumerateArray());

        foreach (var definition in definitions.Where(d => d.ValueKind == JsonValueKind.Object).Select(ElsaJson.Read))
        {
            var once = ElsaModel.Write(definition, Catalog);
            var twice = ElsaModel.Write(ElsaJson.Read(once), Catalog);

            JsonElement
                .DeepEquals(Parse(once), Parse(twice))
                .ShouldBeTrue($"{Encoding.UTF8.GetString(once)}\n{Encoding.UTF8.GetString(twice)}");
        }
    }
}
