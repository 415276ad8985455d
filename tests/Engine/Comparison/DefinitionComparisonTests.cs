using System.Text.Json;
using System.Text.Json.Nodes;
using ServiceLoop.Engine.Comparison;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Engine.Tests.Charts;
using ServiceLoop.TestKit;
using ServiceLoop.TestKit.Chance;

namespace ServiceLoop.Engine.Tests.Comparison;

public sealed class DefinitionComparisonTests
{
    [Fact]
    public void Added_removed_changed_and_moved_activities_are_told()
    {
        var before = Draw.Chart("A>B B>C", At(Draw.Line("A"), 0), At(Draw.Line("B"), 200), At(Draw.Line("C"), 400));
        var after = Draw.Chart("A>B B>D", At(Draw.Line("A"), 50), At(Draw.Line("B", "variables.Text"), 200), At(Draw.Line("D"), 400));

        var diff = Compare(before, after);

        diff.Activities.Select(a => $"{a.ActivityId} {a.Kind}").ShouldBe(["A Moved", "B Changed", "C Removed", "D Added"]);
        diff.Activities.Single(a => a.ActivityId == "B")
            .Values.ShouldHaveSingleItem()
            .ShouldBe(new ValueChange(ValuePlace.Input, "text", new("B", "Literal"), new("variables.Text", "JavaScript")));
        diff.Connections.ShouldHaveSingleItem().ShouldBe(new ConnectionChange(ChangeKind.Changed, "chart-A", "B", "Done", "C", "D"));
        diff.Members.ShouldBeEmpty();
    }

    [Fact]
    public void An_activity_in_a_nested_container_is_matched_by_its_id()
    {
        var before = Draw.Sequence("s", Draw.Sequence("in", Draw.Line("A", "1 + 1")), Draw.Line("B"));
        var after = Draw.Sequence("s", Draw.Sequence("in", Draw.Line("A", "1 + 2"), Draw.Line("B")));

        var diff = Compare(before, after);

        diff.Activities.Select(a => $"{a.ActivityId} {a.Kind}").ShouldBe(["A Changed", "B Changed"]);
        diff.Activities[1].Values.ShouldHaveSingleItem().ShouldBe(new ValueChange(ValuePlace.Container, "", new("s"), new("in")));
    }

    [Fact]
    public void Another_order_in_a_sequence_is_told_and_in_a_chart_it_is_none()
    {
        var diff = Compare(Draw.Sequence("s", Draw.Line("A"), Draw.Line("B")), Draw.Sequence("s", Draw.Line("B"), Draw.Line("A")));

        diff.Activities.ShouldHaveSingleItem().Values.ShouldHaveSingleItem().After!.Text.ShouldBe("B, A");
        Compare(Draw.Chart("A>B"), Draw.Chart("A>B").With("activities", new JsonArray(Draw.Line("B"), Draw.Line("A"))))
            .IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void Ids_that_stand_twice_are_matched_by_their_container()
    {
        var before = Draw.Sequence("s", Draw.Sequence("one", Draw.Line("A")), Draw.Sequence("two", Draw.Line("A")));
        var after = Draw.Sequence("s", Draw.Sequence("one", Draw.Line("A")), Draw.Sequence("two", Draw.Line("A", "2")));

        Compare(before, after).Activities.ShouldHaveSingleItem().After!.NodePath.ShouldBe("s:two:A");
    }

    [Fact]
    public void What_the_designer_adds_when_it_saves_is_no_difference()
    {
        var before = Draw.Sequence("s", Draw.Line("A"));
        var line = Draw.Line("A").With("nodeId", "Workflow1:s:A").With("metadata", new JsonObject()).With("result", null);
        var after = Draw.Sequence("s", line.Custom("canStartWorkflow", false).Custom("runAsynchronously", false)).AsDefinition();
        after["outcomes"] = new JsonArray();
        after["version"] = 2;
        after["isLatest"] = true;

        Compare(before, after).IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void Conditions_of_cases_and_what_stands_in_them_are_told_apart()
    {
        var diff = Compare(Choice("variables.A", "1"), Choice("variables.B", "2"));

        diff.Activities.Select(a => $"{a.ActivityId} {a.Values.Single().Name}").ShouldBe(["A text", "C cases"]);
        diff.Activities[1].Values[0].After!.Text.ShouldContain("variables.B");

        static JsonObject Choice(string condition, string text) =>
            Draw.Of("Elsa.Switch", "C")
                .With(
                    "cases",
                    new JsonArray(
                        new JsonObject
                        {
                            ["label"] = "one",
                            ["condition"] = new JsonObject { ["type"] = "JavaScript", ["value"] = condition },
                            ["activity"] = Draw.Line("A", text),
                        }
                    )
                );
    }

    [Fact]
    public void Outputs_name_text_and_variables_of_a_container_are_told()
    {
        var before = Draw.Sequence("s", Task("One", "a")).With("variables", new JsonArray(Draw.Variable("X")));
        var after = Draw.Sequence("s", Task("Two", "b")).With("variables", new JsonArray(Draw.Variable("X", "Int32"), Draw.Variable("Y")));

        var diff = Compare(before, after);

        diff.Activities.Single(a => a.ActivityId == "T")
            .Values.ShouldBe([
                new(ValuePlace.Output, "result", new("a"), new("b")),
                new(ValuePlace.Property, "metadata.displayText", new("One"), new("Two")),
            ]);
        diff.Activities.Single(a => a.ActivityId == "s").Values.Select(v => $"{v.Place} {v.Name}").ShouldBe(["Variable X", "Variable Y"]);

        static JsonObject Task(string text, string variable) =>
            Draw.Of("Elsa.RunTask", "T")
                .With(
                    "result",
                    new JsonObject
                    {
                        ["typeName"] = "Object",
                        ["memoryReference"] = new JsonObject { ["id"] = variable },
                    }
                )
                .With("metadata", new JsonObject { ["displayText"] = text });
    }

    [Fact]
    public void Variables_arguments_outcomes_and_settings_of_the_workflow_are_told()
    {
        var before = Draw.Sequence("s").AsDefinition(variables: [Draw.Variable("A"), Draw.Variable("B", value: 1)]);
        var after = Draw.Sequence("s")
            .AsDefinition(goesOnWithIncidents: true, variables: [Draw.Variable("B", value: 2), Draw.Variable("C")]);
        before["inputs"] = new JsonArray(new JsonObject { ["name"] = "In", ["type"] = "String" });
        before["outcomes"] = new JsonArray("Yes");
        after["outcomes"] = new JsonArray("No");
        after["outputs"] = new JsonArray(new JsonObject { ["name"] = "Out", ["type"] = "String" });
        after["description"] = "New";
        after["customProperties"] = new JsonObject { ["flowSemantics"] = "elsa-counter" };

        Compare(before, after)
            .Members.Select(m => $"{m.Place} {m.Kind} {m.Name}")
            .ShouldBe([
                "Variable Removed A",
                "Variable Changed B",
                "Variable Added C",
                "Input Removed In",
                "Output Added Out",
                "Outcome Added No",
                "Outcome Removed Yes",
                "Setting Added customProperties.flowSemantics",
                "Setting Added description",
                "Setting Added options.incidentStrategyType",
            ]);
    }

    [Fact]
    public void Connections_are_told_with_their_outcome()
    {
        var before = Draw.Chart("A>d d.True>B d.False>C", Draw.If("d", "true"));
        var after = Draw.Chart("A>d d.True>B d.True>C B C", Draw.If("d", "true"));

        Compare(before, after)
            .Connections.ShouldBe([
                new(ChangeKind.Removed, "chart-A", "d", "False", "C", null),
                new(ChangeKind.Added, "chart-A", "d", "True", null, "C"),
            ]);
    }

    /// <summary>Each definition with the next one, and with itself.</summary>
    [Fact]
    public void A_definition_does_not_differ_from_itself_and_both_directions_tell_the_same()
    {
        WorkflowDefinition? before = null;
        var count = 0;

        foreach (var definition in Definitions())
        {
            DefinitionComparison.Compare(definition, definition).IsEmpty.ShouldBeTrue(definition.Json.ToString());

            if (before is not null)
                Lines(DefinitionComparison.Compare(definition, before))
                    .Except(Lines(DefinitionComparison.Compare(before, definition).Reversed()))
                    .ShouldBeEmpty();

            before = definition;
            count++;
        }

        count.ShouldBeGreaterThan(800);
    }

    private static List<string> Lines(DefinitionDiff diff) =>
        [
            .. diff.Activities.Select(a => JsonSerializer.Serialize(a)),
            .. diff.Connections.Select(a => JsonSerializer.Serialize(a)),
            .. diff.Members.Select(a => JsonSerializer.Serialize(a)),
        ];

    internal static IEnumerable<WorkflowDefinition> Definitions() =>
        new[] { "elsa-3.6.3.jsonl", "own.jsonl" }
            .SelectMany(GoldenFile.Read)
            .SelectMany(c => c.GetProperty("given").GetProperty("defs").EnumerateArray())
            .Select(ElsaJson.Read)
            .Concat(
                Enumerable
                    .Range(1, 500)
                    .Select(seed => ElsaJson.Read(JsonSerializer.SerializeToUtf8Bytes(RandomWorkflow.Of((ulong)seed).Main)))
            );

    private static JsonObject At(JsonObject activity, int x) =>
        activity.With(
            "metadata",
            new JsonObject
            {
                ["designer"] = new JsonObject
                {
                    ["position"] = new JsonObject { ["x"] = x, ["y"] = 0 },
                },
            }
        );

    private static DefinitionDiff Compare(JsonObject before, JsonObject after) => DefinitionComparison.Compare(Read(before), Read(after));

    private static WorkflowDefinition Read(JsonObject activity) =>
        ElsaJson.Read(JsonSerializer.SerializeToUtf8Bytes(activity.ContainsKey("root") ? activity : activity.AsDefinition()));
}
