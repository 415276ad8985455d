using System.Text;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;

namespace ServiceLoop.Engine.Tests.Compilation;

/// <summary>Workflows that use others as activities, several times.</summary>
public sealed class SubWorkflowTests
{
    private static readonly WorkflowCompiler Compiler = new(ActivityCatalog.WithEngineActivities(), []);

    [Fact]
    public void Levels_that_double_are_refused_before_anything_is_expanded()
    {
        // 30 levels that each use the next one twice: a thousand million activities.
        var source = new CountingSource(Doubled(30));

        var result = Compiler.Compile(source.First, source);

        result.Graph.ShouldBeNull();
        var error = result.Errors.Where(e => e.Severity == CompileSeverity.Error).ShouldHaveSingleItem();
        (error.Code, error.Message).ShouldSatisfyAllConditions(
            e => e.Code.ShouldBe("activity.too-many"),
            e => e.Message.ShouldContain("50,000 activities")
        );
        source.LookUps.ShouldBeLessThanOrEqualTo(2 * 30);
    }

    [Theory]
    [InlineData(14, true)]
    [InlineData(15, false)]
    public void The_limit_counts_every_use(int levels, bool isAllowed)
    {
        // A level is its sequence, two calls and all that is in them; the innermost calls nothing known: 3 · 2ⁿ - 3 in all, 49 149 for 14.
        var definitions = Doubled(levels);

        var result = Compiler.Compile(definitions[0], new DefinitionSet(definitions));

        (result.Graph is not null).ShouldBe(isAllowed, string.Join('\n', result.Errors));
    }

    [Fact]
    public void What_is_odd_in_a_sub_workflow_is_said_once_however_often_it_is_used()
    {
        var definitions = Doubled(8);

        var result = Compiler.Compile(definitions[0], new DefinitionSet(definitions));

        var graph = result.Graph.ShouldNotBeNull();
        graph.Nodes.Count(n => n.Activity is Nodes.NotFoundActivity).ShouldBe(256);
        result
            .Errors.Select(e => (e.Code, e.InnermostPath()))
            .ShouldBe(
                [
                    ("variable.unknown-type", "l7:$.variables[0]"),
                    ("activity.unknown-type", "l7:$.root.activities[0]"),
                    ("activity.unknown-type", "l7:$.root.activities[1]"),
                ],
                ignoreOrder: true
            );
        graph.Warnings.Length.ShouldBe(3);
    }

    /// <summary>Workflows l0, l1 … that each use the next one twice; the last one has two unknown activities and an odd variable.</summary>
    private static List<WorkflowDefinition> Doubled(int levels) =>
        [
            .. Enumerable
                .Range(0, levels)
                .Select(i =>
                {
                    var isLast = i == levels - 1;
                    var use = "{\"type\":\"" + (isLast ? "Nowhere" : $"L{i + 1}") + "\"}";
                    var variables = isLast ? """{"id":"v","name":"v","typeName":"Bogus"}""" : "";
                    return ElsaJson.Read(
                        Encoding.UTF8.GetBytes(
                            $$"""
                            {"definitionId":"l{{i}}","name":"L{{i}}","options":{"usableAsActivity":true},"variables":[ {{variables}} ],
                             "root":{"type":"Elsa.Sequence","activities":[{{use}},{{use}}] } }
                            """
                        )
                    );
                }),
        ];

    private sealed class CountingSource(List<WorkflowDefinition> definitions) : IDefinitionSource
    {
        private readonly DefinitionSet set = new(definitions);

        public WorkflowDefinition First => definitions[0];

        public int LookUps { get; private set; }

        public WorkflowDefinition? FindVersion(string definitionVersionId) => set.FindVersion(definitionVersionId);

        public WorkflowDefinition? FindByDefinitionId(string definitionId, int version = 0) =>
            set.FindByDefinitionId(definitionId, version);

        public WorkflowDefinition? FindByTypeName(string typeName, int version = 0)
        {
            LookUps++;
            return set.FindByTypeName(typeName, version);
        }
    }
}
