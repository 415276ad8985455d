using System.Text.Json.Nodes;
using ServiceLoop.TestKit;

namespace ServiceLoop.Engine.Tests.Lint;

public sealed class WaitWithoutLimitTests
{
    private const string Code = "lint.wait-without-limit";

    [Theory]
    [InlineData("S>W W>E")]
    [InlineData("S>W W>T T>E")] // The clock begins when the wait is over.
    [InlineData("S>T T>W W>E")] // It is over when the wait begins.
    [InlineData("S>d d.True>W d.False>T W>J T>J")] // One or the other, never both.
    [InlineData("S>F F>A F>T A>J T>J J>W W>d d.False>F d.True>E")] // The clock of the step before, around a loop.
    [InlineData("S>A S>W A>W W>T")] // Both ways to the clock pass the wait.
    public void A_wait_beside_which_no_clock_runs_is_told(string chart)
    {
        LintRun.Hits(Code, Chart(chart)).ShouldBe(["W"]);
    }

    [Theory]
    [InlineData("S>W S>T W>J T>J")]
    [InlineData("S>A A>W S>B B>T W>J T>J")]
    [InlineData("S>T S>A A>d d.True>W d.False>E")]
    [InlineData("S>f f.x>W f.y>T W>J T>J")]
    [InlineData("S>W S>T W>J T>J J>d d.False>S d.True>E")]
    [InlineData("S>W S>T T>R R>T")]
    public void A_wait_beside_a_clock_is_not_told(string chart)
    {
        LintRun.Hits(Code, Chart(chart)).ShouldBeEmpty();
    }

    [Fact]
    public void A_clock_beside_a_container_limits_what_waits_inside()
    {
        LintRun.Hits(Code, Draw.Chart("S>Inner S>T", Inner(), LintRun.Delay("T"))).ShouldBeEmpty();
        LintRun.Hits(Code, Draw.Chart("S>Inner Inner>T", Inner(), LintRun.Delay("T"))).ShouldBe(["W"]);

        static JsonObject Inner() => Draw.Sequence("Inner", Draw.Line("A"), Draw.Wait("W"));
    }

    [Fact]
    public void A_branch_of_a_fork_limits_the_others()
    {
        LintRun.Hits(Code, Draw.Many("Elsa.Fork", "F", "branches", Draw.Wait("W"), Clock())).ShouldBeEmpty();
        LintRun.Hits(Code, Draw.Sequence("F", Draw.Wait("W"), Clock())).ShouldBe(["W"]);

        static JsonObject Clock() => Draw.Sequence("Later", LintRun.Delay("T"), Draw.Line("Remind"));
    }

    [Fact]
    public void A_task_may_carry_its_limit()
    {
        var task = LintRun.Task("W", new JsonObject { ["team"] = "refunds", ["dueAt"] = "2026-12-01T00:00:00Z" });

        LintRun.Hits(Code, Draw.Sequence("s", task)).ShouldBeEmpty();
        LintRun.Hits(Code, Draw.Sequence("s", LintRun.Task("W", new JsonObject { ["team"] = "refunds" }))).ShouldBe(["W"]);
    }

    [Fact]
    public void A_trigger_that_starts_the_workflow_is_no_wait()
    {
        LintRun.Hits(Code, Draw.Sequence("s", Draw.Wait("W").Custom("canStartWorkflow", true))).ShouldBeEmpty();
    }

    private static JsonObject Chart(string connections) =>
        Draw.Chart(
            connections,
            [
                .. new[]
                {
                    Draw.Wait("W"),
                    LintRun.Delay("T"),
                    Draw.If("d", "true"),
                    Draw.Of("Elsa.FlowFork", "f").With("branches", Draw.Literal("String[]", """["x","y"]""")),
                    Draw.Join("J", "WaitAny"),
                }.Where(s => connections.Split(' ', '>', '.').Contains((string)s["id"]!)),
            ]
        );
}
