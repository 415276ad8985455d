using System.Text;
using System.Text.Json;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Tests.Charts;

namespace ServiceLoop.Engine.Tests.Definitions;

public sealed class ElsaJsonTests
{
    [Fact]
    public void Reading_and_writing_changes_nothing()
    {
        const string File = """
            {"$schema":"https://elsaworkflows.io/schemas/workflow-definition/v3.0.0/schema.json","id":"1","definitionId":"d","unknown":{"b":1,"a":[1.50,2e3,-0]},"name":" Erstattung 退款 ","version":4,"root":{"type":"Elsa.WriteLine","x-own":true,"metadata":{"designer":{"position":{"x":-320.50,"y":80}}},"text":{"typeName":"String","expression":{"type":"Literal","value":"<ä>"}}},"links":[]}
            """;

        var once = ElsaJson.Write(ElsaJson.Read(Encoding.UTF8.GetBytes(File)));
        var twice = ElsaJson.Write(ElsaJson.Read(once));

        Encoding.UTF8.GetString(once).ShouldBe(File.Trim());
        twice.ShouldBe(once);
    }

    [Fact]
    public void Every_recorded_definition_survives_reading_and_writing()
    {
        var definitions = GoldenFile
            .Read("elsa-3.6.3.jsonl")
            .Concat(GoldenFile.Read("own.jsonl"))
            .SelectMany(c => c.GetProperty("given").GetProperty("defs").EnumerateArray())
            .Where(d => d.ValueKind == JsonValueKind.Object)
            .ToList();

        foreach (var definition in definitions)
        {
            var written = ElsaJson.Write(ElsaJson.Read(definition));
            JsonElement.DeepEquals(JsonDocument.Parse(written).RootElement, definition).ShouldBeTrue(definition.GetRawText());
        }

        definitions.Count.ShouldBeGreaterThan(300);
    }

    [Fact]
    public void A_byte_order_mark_and_the_form_of_the_API_are_understood()
    {
        byte[] file = [0xEF, 0xBB, 0xBF, .. "{\"model\":{\"definitionId\":\"d\",\"name\":\"N\",\"root\":null},\"publish\":true}"u8];

        var definition = ElsaJson.Read(file);

        definition.DefinitionId.ShouldBe("d");
        definition.Version.ShouldBe(1);
    }

    [Theory]
    [InlineData("", "json.malformed")]
    [InlineData("{", "json.malformed")]
    [InlineData("{\"root\":{\"type\":\"Elsa.WriteLine\"", "json.malformed")]
    [InlineData("[]", "definition.not-an-object")]
    [InlineData("\"x\"", "definition.not-an-object")]
    [InlineData("{\"root\":7}", "definition.root")]
    [InlineData("{\"options\":{\"incidentStrategyType\":\"Some.WrongStrategy, X\"},\"root\":null}", "options.incident-strategy")]
    public void What_is_not_a_definition_is_refused_with_a_code_and_a_place(string text, string code)
    {
        var refusal = Should.Throw<WorkflowCompilationException>(() => ElsaJson.Read(Encoding.UTF8.GetBytes(text)));

        refusal.Errors.ShouldContain(e => e.Code == code);
        refusal.Errors.ShouldAllBe(e => e.Path.StartsWith('$') && e.Message.Length > 10);
    }

    [Fact]
    public void Ten_megabytes_are_refused_by_size()
    {
        var huge = Encoding.UTF8.GetBytes("{\"name\":\"" + new string('x', 10 * 1024 * 1024) + "\"}");

        Should.Throw<WorkflowCompilationException>(() => ElsaJson.Read(huge)).Errors.ShouldHaveSingleItem().Code.ShouldBe("json.too-large");
    }

    [Theory]
    [InlineData("{\"root\":", "{\"type\":\"Elsa.Sequence\",\"activities\":[", "]}")]
    [InlineData("{\"root\":{\"type\":\"Elsa.WriteLine\",\"text\":", "[", "]")]
    public void Ten_thousand_levels_are_refused_by_depth(string head, string open, string close)
    {
        var text = head + string.Concat(Enumerable.Repeat(open, 10_000)) + string.Concat(Enumerable.Repeat(close, 10_000)) + "}";

        Should
            .Throw<WorkflowCompilationException>(() => ElsaJson.Read(Encoding.UTF8.GetBytes(text)))
            .Errors.ShouldHaveSingleItem()
            .Code.ShouldBe("json.too-deep");
    }

    [Theory]
    [InlineData("Elsa.Workflows.Runtime.ActivationValidators.SingletonStrategy, Elsa.Workflows.Runtime", ActivationStrategy.Singleton)]
    [InlineData("Elsa.Workflows.ActivationValidators.AllowAlwaysStrategy, Elsa.Workflows.Core", ActivationStrategy.Always)]
    [InlineData("CorrelationStrategy", ActivationStrategy.Correlation)]
    public void Strategies_are_found_by_the_last_part_of_their_name(string name, ActivationStrategy expected) =>
        ElsaJson
            .Read(Encoding.UTF8.GetBytes($"{{\"options\":{{\"activationStrategyType\":\"{name}\"}},\"root\":null}}"))
            .ActivationStrategy.ShouldBe(expected);

    [Theory]
    [InlineData("Refund request", "RefundRequest")]
    [InlineData("send-a.mail", "SendAMail")]
    public void The_type_name_of_a_workflow_used_as_activity_is_its_name_in_pascal_case(string name, string expected) =>
        ElsaJson.Read(Encoding.UTF8.GetBytes($"{{\"name\":\"{name}\",\"root\":null}}")).ActivityTypeName.ShouldBe(expected);
}
