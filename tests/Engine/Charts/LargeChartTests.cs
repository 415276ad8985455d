using ServiceLoop.Engine.Definitions;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.State;
using ServiceLoop.Fuzz;
using ServiceLoop.TestKit;
using ServiceLoop.TestKit.Chance;

namespace ServiceLoop.Engine.Tests.Charts;

/// <summary>
/// What large charts cost, in processor time of the thread and in bytes: limits several times above what was measured, far below what they cost once.
/// </summary>
public sealed class LargeChartTests
{
    public static TheoryData<string, int, FlowSemantics> Charts
    {
        get
        {
            var data = new TheoryData<string, int, FlowSemantics>();

            foreach (var semantics in Enum.GetValues<FlowSemantics>())
            {
                data.Add("ladder", 15_000, semantics);
                data.Add("loops back", 15_000, semantics);
                data.Add("every pair", 40_000, semantics);
                data.Add("forward pairs", 40_000, semantics);
                data.Add("tangle", 15_000, semantics);
                data.Add("comb", 15_000, semantics);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Charts))]
    public void A_large_chart_is_compiled_and_run_within_limits(string kind, int size, FlowSemantics semantics)
    {
        var bytes = HostileDefinitions.Of(kind, size);
        var time = ProcessorTime.OfThisThread();
        var before = GC.GetAllocatedBytesForCurrentThread();

        var graph = RandomWorkflow.Compiler.Compile(ElsaJson.Read(bytes), semantics: semantics).GraphOrThrow();
        var step = WorkflowEngine.Advance(graph, WorkflowState.New("wf-1", graph), new Stimulus.Start(), ChartRun.Noon);

        step.Journal.Length.ShouldBeGreaterThan(4);
        time.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(5));
        ((GC.GetAllocatedBytesForCurrentThread() - before) / 1_000_000).ShouldBeLessThan(250);
    }

    [Theory]
    [InlineData(FlowSemantics.Sound)]
    [InlineData(FlowSemantics.ElsaCounter)]
    [InlineData(FlowSemantics.ElsaToken)]
    public void A_branch_costs_as_many_bytes_among_a_thousand_as_among_ten(FlowSemantics semantics)
    {
        (BytesPerBranch(1_000, semantics) / (double)BytesPerBranch(10, semantics)).ShouldBeLessThan(1.5);
    }

    private static long BytesPerBranch(int branches, FlowSemantics semantics)
    {
        var ids = Enumerable.Range(0, branches).Select(i => $"b{i}").Append("S").Append("J");
        var graph = Draw.Chart(
                string.Join(' ', Enumerable.Range(0, branches).Select(i => $"S>b{i}"))
                    + string.Concat(Enumerable.Range(0, branches).Select(i => $" b{i}>J")),
                [.. ids.Select(id => Draw.Of("Elsa.Start", id))]
            )
            .Graph(semantics);
        var state = WorkflowState.New("wf-1", graph);

        // The first runs fill what the graph keeps.
        for (var i = 0; i < 3; i++)
            WorkflowEngine.Advance(graph, state, new Stimulus.Start(), ChartRun.Noon);

        var before = GC.GetAllocatedBytesForCurrentThread();
        WorkflowEngine.Advance(graph, state, new Stimulus.Start(), ChartRun.Noon).State.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        return (GC.GetAllocatedBytesForCurrentThread() - before) / branches;
    }
}
