using System.Text.Json;
using System.Text.Json.Nodes;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Lint;
using ServiceLoop.Engine.Tests.Charts;
using ServiceLoop.Fuzz;
using ServiceLoop.TestKit;

namespace ServiceLoop.Engine.Tests.Lint;

public sealed class WorkflowLintTests
{
    [Fact]
    public void A_type_that_was_removed_is_told_when_the_compiler_does_not()
    {
        var missing = Draw.Of("Elsa.NotFoundActivity", "Gone")
            .With("missingTypeName", "Acme.Fax")
            .With("originalActivityJson", """{"id":"Gone","type":"Acme.Fax"}""")
            .With("metadata", new JsonObject { ["displayText"] = "Send a fax" });

        var warning = WorkflowLint.Check(LintRun.Compile(Draw.Sequence("s", missing))).ShouldHaveSingleItem();

        warning.Code.ShouldBe("lint.removed-type");
        warning.ActivityName.ShouldBe("Send a fax");
        warning.Severity.ShouldBe(CompileSeverity.Warning);
        WorkflowLint.Check(LintRun.Compile(Draw.Sequence("s", Draw.Of("Acme.Fax", "Gone")))).ShouldBeEmpty();
    }

    [Fact]
    public void Warnings_stand_in_the_order_of_the_activities()
    {
        var chart = Draw.Chart("S>W W>T X>Y", Draw.Of("Elsa.Start", "S"), Draw.Wait("W"), LintRun.Task("T"));

        WorkflowLint
            .Check(LintRun.Compile(chart))
            .Select(w => $"{w.ActivityId} {w.Code}")
            .ShouldBe([
                "W lint.wait-without-limit",
                "T lint.step-without-owner",
                "T lint.wait-without-limit",
                "X lint.unreachable",
                "Y lint.unreachable",
            ]);
    }

    [Fact]
    public void A_workflow_used_as_activity_is_not_judged_again()
    {
        var inner = Draw.Sequence("s", Draw.Wait("W")).AsDefinition();
        inner["id"] = "inner-1";
        inner["definitionId"] = "inner";
        inner["name"] = "Inner";
        inner["options"] = new JsonObject { ["usableAsActivity"] = true };
        var outer = Draw.Sequence("s", Draw.Of("Inner", "Call")).AsDefinition();

        var graph = LintRun
            .Compiler.Compile(
                ElsaJson.Read(JsonSerializer.SerializeToUtf8Bytes(outer)),
                new DefinitionSet([ElsaJson.Read(JsonSerializer.SerializeToUtf8Bytes(inner))])
            )
            .GraphOrThrow();

        graph.Nodes.ShouldContain(n => n.Id == "W");
        WorkflowLint.Check(graph).ShouldBeEmpty();
    }

    [Fact]
    public void All_golden_definitions_can_be_judged()
    {
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var judged = 0;

        foreach (var file in new[] { "elsa-3.6.3.jsonl", "own.jsonl", "sound-random.jsonl.gz" })
        foreach (var chart in GoldenFile.Read(file))
        {
            var definitions = chart.GetProperty("given").GetProperty("defs").EnumerateArray().Select(ElsaJson.Read).ToList();
            var source = new DefinitionSet(definitions);
            WorkflowGraph? previous = null;

            foreach (var definition in definitions)
            {
                if (LintRun.Compiler.Compile(definition, source).Graph is not { } graph)
                    continue;

                judged++;

                foreach (var warning in WorkflowLint.Check(graph, previous))
                {
                    warning.Severity.ShouldBe(CompileSeverity.Warning);
                    WorkflowLint.Codes.ShouldContain(warning.Code);
                    warning.Path.ShouldStartWith("$");
                    warning.ActivityName.ShouldNotBeNullOrEmpty();
                    counts[warning.Code] = counts.GetValueOrDefault(warning.Code) + 1;
                }

                previous = graph;
            }
        }

        TestContext.Current.SendDiagnosticMessage(
            $"{judged} definitions judged: {string.Join(", ", counts.Select(c => $"{c.Key} {c.Value}"))}"
        );
        judged.ShouldBeGreaterThan(6_000);
    }

    [Theory]
    [InlineData("ladder")]
    [InlineData("loops back")]
    [InlineData("every pair")]
    [InlineData("tangle")]
    [InlineData("comb")]
    public void A_large_chart_is_judged_within_limits(string kind)
    {
        var graph = LintRun.Compiler.Compile(ElsaJson.Read(HostileDefinitions.Of(kind, 15_000))).GraphOrThrow();
        var time = ProcessorTime.OfThisThread();

        WorkflowLint.Check(graph);

        time.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void Three_thousand_activities_with_a_thousand_waits_are_judged_quickly()
    {
        const int rows = 1_000;
        var steps = new List<JsonObject>();
        var connections = new List<string>();

        for (var i = 0; i < rows; i++)
        {
            steps.AddRange([Draw.Wait($"W{i}"), LintRun.Delay($"T{i}"), Draw.If($"d{i}", "variables.Nobody == 1")]);
            connections.Add($"d{i}.True>W{i} d{i}.False>T{i} W{i}>d{(i + 1) % rows} T{i}>d{(i + 1) % rows}");
        }

        var graph = LintRun.Compile(Draw.Chart(string.Join(' ', connections), steps));
        var time = ProcessorTime.OfThisThread();

        var warnings = WorkflowLint.Check(graph);

        time.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(2));
        warnings.Count(w => w.Code == "lint.wait-without-limit").ShouldBe(rows);
        warnings.Count(w => w.Code == "lint.unknown-name").ShouldBe(rows);
    }
}
