using System.Text.Json.Nodes;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.State;
using ServiceLoop.Engine.Tests.Charts;
using ServiceLoop.Engine.Values;
using ServiceLoop.TestKit;

namespace ServiceLoop.Engine.Tests.States;

/// <summary>What is left of the variables of a workflow when it has ended.</summary>
public sealed class FinalVariablesTests
{
    [Theory]
    [InlineData(FlowSemantics.Sound)]
    [InlineData(FlowSemantics.ElsaCounter)]
    [InlineData(FlowSemantics.ElsaToken)]
    public void They_are_kept_when_something_outlives_the_workflow(FlowSemantics semantics)
    {
        // In Elsa's modes End completes the chart, but what was queued beside it still runs, and here waits.
        var run = new ChartRun(
            Draw.Chart("S>X S>W", Draw.Of("Elsa.End", "X"), Draw.Wait("W"))
                .AsDefinition(variables: Draw.Variable("n", "Int32", "7"))
                .Graph(semantics)
        );
        run.Take(new Stimulus.Start());
        run.Resume("W").ShouldBe(semantics != FlowSemantics.Sound);

        run.Status.ShouldBe("Finished/Finished");
        Value(run).ShouldBe(7);
    }

    [Theory]
    [InlineData("Int32?", null, null)]
    [InlineData("Int32?", "5", 5)]
    [InlineData("Int32", null, 0)]
    [InlineData("Boolean?", null, null)]
    public void A_variable_that_may_be_empty_is_empty_at_first(string typeName, string? value, object? expected)
    {
        var run = new ChartRun(
            Draw.Sequence("s", Draw.Wait("W"))
                .AsDefinition(variables: Draw.Variable("n", typeName, value is null ? null : (JsonNode)value))
                .Graph()
        );
        run.Take(new Stimulus.Start());
        run.Resume("W");

        Value(run).ShouldBe(expected);
    }

    private static object? Value(ChartRun run) =>
        run.State.FinalVariables.ShouldHaveSingleItem().Value is RawValue raw
            ? ValueJson.ReadStored(raw.Utf8, typeof(object))
            : run.State.FinalVariables[0].Value;
}
