using System.Text;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Tests.Charts;

namespace ServiceLoop.Engine.Tests.Compilation;

public sealed class WorkflowCompilerTests
{
    private static readonly WorkflowCompiler Compiler = new(ActivityCatalog.WithEngineActivities(), [new TestScript()]);

    [Fact]
    public void All_errors_are_reported_at_once_with_code_path_and_cure()
    {
        var result = Compile(
            """
            {"definitionId":"d","variables":[{"id":"v","name":"v","typeName":"Bogus"}],
             "root":{"id":"f","type":"Elsa.Flowchart","activities":[
               {"id":"a","type":"Elsa.Delay","timeSpan":{"typeName":"TimeSpan","expression":{"type":"Literal","value":"soon"}}},
               {"id":"a","type":"Elsa.WriteLine","text":{"expression":{"type":"Literal","value":"x"}}},
               {"id":"b","type":"Elsa.WriteLine","text":{"typeName":"String","expression":{"type":"Klingon","value":"x"}}},
               {"id":"c","type":"Elsa.Fork","joinMode":"Sometimes"}]}}
            """
        );

        result.Graph.ShouldBeNull();
        var errors = result.Errors.Where(e => e.Severity == CompileSeverity.Error).ToList();
        errors
            .Select(e => e.Code)
            .ShouldBe(
                ["input.no-type-name", "input.value", "input.value", "expression.unknown-language", "flow.duplicate-id"],
                ignoreOrder: true
            );
        errors.Single(e => e.Code == "expression.unknown-language").Path.ShouldBe("$.root.activities[2].text.expression");
        errors.Single(e => e.Path == "$.root.activities[3].joinMode").Message.ShouldContain("WaitAny, WaitAll");
    }

    [Fact]
    public void An_unknown_activity_type_is_a_warning_that_names_the_nearest()
    {
        var result = Compile("""{"root":{"id":"w","type":"Elsa.WriteLin"}}""");

        result.Graph.ShouldNotBeNull();
        result.Errors.ShouldHaveSingleItem().Message.ShouldContain("Did you mean 'Elsa.WriteLine'?");
    }

    [Fact]
    public void A_connection_to_a_missing_activity_is_left_out_with_a_warning()
    {
        var result = Compile(
            """{"root":{"id":"f","type":"Elsa.Flowchart","activities":[{"id":"a","type":"Elsa.End"}],"connections":[{"source":{"activity":"a"},"target":{"activity":"nobody"}}]}}"""
        );

        result.Graph.ShouldNotBeNull();
        result.Errors.ShouldHaveSingleItem().Code.ShouldBe("flow.connection-to-missing");
    }

    [Theory]
    [InlineData(FlowSemantics.Sound, CompileSeverity.Error)]
    [InlineData(FlowSemantics.ElsaCounter, CompileSeverity.Warning)]
    public void A_connection_without_an_end_is_wrong_and_in_Elsas_modes_left_out(FlowSemantics semantics, CompileSeverity severity)
    {
        var definition = Read(
            """{"root":{"id":"f","type":"Elsa.Flowchart","activities":[{"id":"a","type":"Elsa.End"}],"connections":[{"source":{"activity":"a"},"target":null}]}}"""
        );

        var error = Compiler.Compile(definition, semantics: semantics).Errors.ShouldHaveSingleItem();

        (error.Code, error.Path, error.Severity).ShouldBe(("flow.connection", "$.root.connections[0]", severity));
    }

    [Fact]
    public void Workflows_that_contain_each_other_are_refused()
    {
        var a = Read("""{"definitionId":"a","name":"A","options":{"usableAsActivity":true},"root":{"type":"B"}}""");
        var b = Read("""{"definitionId":"b","name":"B","options":{"usableAsActivity":true},"root":{"type":"A"}}""");

        var result = Compiler.Compile(a, new DefinitionSet([a, b]));

        result.Graph.ShouldBeNull();
        var error = result.Errors.ShouldHaveSingleItem();
        error.Code.ShouldBe("workflow.cycle");
        error.Message.ShouldContain("a → b → a");
    }

    [Fact]
    public void Containers_nested_too_deep_are_refused()
    {
        var text =
            "{\"root\":" + string.Concat(Enumerable.Repeat("{\"type\":\"Elsa.FlowNode\",\"body\":", 150)) + "null" + new string('}', 151);

        Compile(text).Errors.ShouldContain(e => e.Code == "activity.too-deep");
    }

    [Fact]
    public void Sub_workflows_that_multiply_are_refused_before_memory_ends()
    {
        // Each level calls the next one ten times: 10^9 activities if nobody counted.
        var levels = Enumerable
            .Range(0, 10)
            .Select(i =>
            {
                var calls = string.Join(',', Enumerable.Repeat("{\"type\":\"" + (i < 9 ? $"L{i + 1}" : "Elsa.End") + "\"}", 10));
                return Read(
                    "{\"definitionId\":\"l"
                        + i
                        + "\",\"name\":\"L"
                        + i
                        + "\",\"options\":{\"usableAsActivity\":true},\"root\":{\"type\":\"Elsa.Sequence\",\"activities\":["
                        + calls
                        + "]}}"
                );
            })
            .ToList();

        var result = Compiler.Compile(levels[0], new DefinitionSet(levels));

        result.Graph.ShouldBeNull();
        result.Errors.ShouldContain(e => e.Code == "activity.too-many");
    }

    [Fact]
    public void Ids_are_generated_children_first_and_paths_start_at_the_workflow()
    {
        var graph = Compile("""{"root":{"type":"Elsa.Sequence","activities":[{"type":"Elsa.WriteLine"},{"type":"Elsa.WriteLine"}]}}""")
            .GraphOrThrow();

        graph
            .Nodes.Select(n => n.NodeId)
            .ShouldBe(["Workflow1", "Workflow1:Sequence1", "Workflow1:Sequence1:WriteLine1", "Workflow1:Sequence1:WriteLine2"]);
    }

    [Theory]
    [InlineData("sound", FlowSemantics.Sound)]
    [InlineData("elsa-counter", FlowSemantics.ElsaCounter)]
    [InlineData("elsa-token", FlowSemantics.ElsaToken)]
    public void The_semantics_come_from_the_definition(string name, FlowSemantics expected) =>
        Compile($$$"""{"customProperties":{"flowSemantics":"{{{name}}}"},"root":null}""").GraphOrThrow().Semantics.ShouldBe(expected);

    [Fact]
    public void Unknown_semantics_are_an_error() =>
        Compile("""{"customProperties":{"flowSemantics":"magic"},"root":null}""")
            .Errors.ShouldHaveSingleItem()
            .Code.ShouldBe("definition.flow-semantics");

    private static CompileResult Compile(string json) => Compiler.Compile(Read(json));

    private static WorkflowDefinition Read(string json) => ElsaJson.Read(Encoding.UTF8.GetBytes(json));
}
