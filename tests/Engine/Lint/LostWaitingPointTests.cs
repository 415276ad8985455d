using System.Text.Json.Nodes;
using ServiceLoop.Engine.Lint;
using ServiceLoop.TestKit;

namespace ServiceLoop.Engine.Tests.Lint;

public sealed class LostWaitingPointTests
{
    [Fact]
    public void A_wait_that_is_gone_is_told()
    {
        var warning = Hits(Draw.Sequence("s", Draw.Wait("A"), Draw.Line("B")), Draw.Sequence("s", Draw.Line("B"))).ShouldHaveSingleItem();

        warning.Code.ShouldBe("lint.lost-waiting-point");
        warning.ActivityId.ShouldBe("A");
        warning.Message.ShouldContain("does not exist");
    }

    [Fact]
    public void A_wait_that_has_become_something_else_is_told()
    {
        Hits(Draw.Sequence("s", Draw.Wait("A")), Draw.Sequence("s", Draw.Line("A")))
            .ShouldHaveSingleItem()
            .Message.ShouldContain("another type");
    }

    [Fact]
    public void A_wait_that_moved_into_a_container_is_not_told()
    {
        Hits(
                Draw.Sequence("s", Draw.Wait("A"), LintRun.Delay("T")),
                Draw.Sequence("s", Draw.Sequence("x", Draw.Wait("A")), LintRun.Delay("T"))
            )
            .ShouldBeEmpty();
    }

    [Fact]
    public void A_step_that_does_not_wait_may_go()
    {
        Hits(Draw.Sequence("s", Draw.Line("A"), Draw.Wait("B")), Draw.Sequence("s", Draw.Wait("B"))).ShouldBeEmpty();
    }

    private static IReadOnlyList<Engine.Compilation.CompileError> Hits(JsonObject before, JsonObject now) =>
        [.. WorkflowLint.Check(LintRun.Compile(now), LintRun.Compile(before)).Where(w => w.Code == "lint.lost-waiting-point")];
}
