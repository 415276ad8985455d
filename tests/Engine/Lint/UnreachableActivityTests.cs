using System.Text.Json.Nodes;
using ServiceLoop.TestKit;

namespace ServiceLoop.Engine.Tests.Lint;

public sealed class UnreachableActivityTests
{
    private const string Code = "lint.unreachable";

    [Fact]
    public void What_nothing_leads_to_is_told()
    {
        LintRun.Hits(Code, Draw.Chart("S>A B>C A>D", Draw.Of("Elsa.Start", "S"))).ShouldBe(["B", "C"]);
    }

    [Fact]
    public void What_the_start_leads_to_is_not_told()
    {
        LintRun.Hits(Code, Draw.Chart("S>A A>B B>A", Draw.Of("Elsa.Start", "S"))).ShouldBeEmpty();
    }

    [Fact]
    public void What_follows_an_end_is_told()
    {
        LintRun.Hits(Code, Draw.Chart("S>X X>A", Draw.Of("Elsa.End", "X"))).ShouldBe(["A"]);
        LintRun.Hits(Code, Draw.Sequence("s", Draw.Line("A"), Draw.Of("Elsa.Finish", "X"), Draw.Line("B"))).ShouldBe(["B"]);
    }

    [Fact]
    public void A_port_that_is_never_taken_leads_nowhere()
    {
        LintRun.Hits(Code, Draw.Chart("S>d d.True>A d.Done>B", Draw.If("d", "true"))).ShouldBe(["B"]);
    }

    [Fact]
    public void A_second_trigger_is_a_start_too()
    {
        var trigger = Draw.Wait("T").Custom("canStartWorkflow", true);

        LintRun.Hits(Code, Draw.Chart("S>A T>B", Draw.Of("Elsa.Start", "S"), trigger)).ShouldBeEmpty();
    }

    [Fact]
    public void An_undo_step_needs_no_connection()
    {
        LintRun.Hits(Code, Draw.Chart("S>A U", Draw.Line("A").UndoneBy("U"), Draw.Line("U"))).ShouldBeEmpty();
    }

    [Fact]
    public void Of_a_container_that_is_not_reached_only_itself_is_told()
    {
        LintRun
            .Hits(Code, Draw.Chart("S>A B>C", Draw.Of("Elsa.Start", "S"), Draw.Sequence("B", Draw.Line("X"), Draw.Line("Y"))))
            .ShouldBe(["B", "C"]);
    }

    [Fact]
    public void A_state_that_no_transition_enters_is_told()
    {
        var machine = Draw.Of("Elsa.StateMachine", "m")
            .With("states", new JsonArray(State("One"), State("Two"), State("Three")))
            .With("transitions", new JsonArray(Transition("One", "Two")));

        LintRun.Hits(Code, machine).ShouldBe(["EnterThree"]);

        static JsonObject State(string name) => new() { ["name"] = name, ["entry"] = Draw.Line("Enter" + name) };

        static JsonObject Transition(string from, string to) =>
            new()
            {
                ["name"] = from + to,
                ["from"] = from,
                ["to"] = to,
                ["trigger"] = Draw.Wait("On" + to),
            };
    }
}
