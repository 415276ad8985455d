using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Migration;
using ServiceLoop.Engine.State;
using static ServiceLoop.Engine.Tests.Migration.Versions;

namespace ServiceLoop.Engine.Tests.Migration;

/// <summary>What people change in a flow, and what becomes of instances that stand in the middle of it.</summary>
public sealed class EditTests
{
    [Fact]
    public void A_step_that_is_put_behind_the_waiting_one_runs_and_one_before_it_does_not()
    {
        var life = Start(Sequence(Line("a"), Wait("w"), Line("b")));

        life.Move(Sequence(Line("a"), Line("new before"), Wait("w"), Line("new after"), Line("b"))).Wake("w");

        life.Lines.ShouldBe(["a", "new after", "b"]);
        life.ShouldBeFinished();
    }

    [Fact]
    public void The_same_in_a_chart()
    {
        var life = Start(Chart($"{Line("a")}, {Wait("w")}, {Line("b")}", "a-w w-b"));

        life.Move(Chart($"{Line("x")}, {Line("b")}, {Wait("w")}, {Line("y")}, {Line("a")}", "a-x x-w w-y y-b", "C2")).Wake("w");

        life.Lines.ShouldBe(["a", "y", "b"]);
        life.ShouldBeFinished();
    }

    [Fact]
    public void Steps_that_do_not_wait_may_go()
    {
        var life = Start(Sequence(Line("a"), Wait("w"), Line("b"), Line("c")));

        life.Move(Sequence(Wait("w"), Line("c"))).Wake("w");

        life.Lines.ShouldBe(["a", "c"]);
    }

    [Fact]
    public void A_step_that_waits_and_has_no_place_is_named_with_its_reason()
    {
        var life = Start(Sequence(Line("a"), Wait("w"), Line("b")));

        var result = life.Try(Sequence(Line("a"), Line("b")));

        result.Verdict.ShouldBe(MigrationVerdict.Blocked);
        result.State.ShouldBeNull();
        var refusal = result.Refusals.ShouldHaveSingleItem();
        (refusal.Code, refusal.ActivityId, refusal.FrameId).ShouldBe((MigrationCodes.NoPlace, "w", life.State.Bookmarks[0].FrameId));
        refusal.Reason.ShouldContain("version 2 has no place for it");
        var move = result.Moves.Single(m => !m.Waits.IsEmpty);
        (move.To, move.Waits[0].Stimulus).ShouldBe((null, "Elsa.Event"));
    }

    [Fact]
    public void A_renamed_step_is_found_by_the_plan()
    {
        var life = Start(Sequence(Line("a"), Wait("w"), Line("b")));
        var renamed = Sequence(Line("a"), Wait("ask customer", "w"), Line("b"));
        life.Try(renamed).Verdict.ShouldBe(MigrationVerdict.Blocked);

        life.Move(renamed, new() { Activities = [new("w", "ask customer")] }).Wake("ask customer");

        life.Lines.ShouldBe(["a", "b"]);
    }

    [Fact]
    public void A_step_of_another_type_is_no_place()
    {
        var life = Start(Sequence(Wait("w")));

        life.Try(Sequence("""{ "id": "w", "type": "Elsa.Delay", "timeSpan": "01:00:00" }"""))
            .Refusals.ShouldHaveSingleItem()
            .Code.ShouldBe(MigrationCodes.OtherType);
    }

    [Fact]
    public void A_plan_that_names_what_does_not_exist_is_refused()
    {
        var life = Start(Sequence(Wait("w")));

        life.Try(Sequence(Wait("w")), new() { Activities = [new("w", "nowhere")], Variables = [new("none", null)] })
            .Refusals.Select(r => r.Code)
            .ShouldBe([MigrationCodes.PlanUnknown, MigrationCodes.PlanUnknown]);
    }

    [Fact]
    public void A_step_may_move_into_containers_that_can_begin_in_the_middle_and_out_again()
    {
        var flat = Sequence(Line("a"), Wait("w"), Line("b"));
        var nested = Sequence(
            Line("a"),
            $$"""{ "id": "If", "type": "Elsa.If", "condition": true, "then": {{Chart($"{Line("c")}, {Wait("w")}, {Line("d")}", "c-w w-d", "Inner")}} }""",
            Line("b")
        );
        var life = Start(flat);

        life.Move(nested);
        var back = life.Try(Compile(3, flat));
        back.Verdict.ShouldBe(MigrationVerdict.Ready);
        back.State!.Frames.Length.ShouldBe(3);
        life.Wake("w");

        life.Lines.ShouldBe(["a", "d", "b"]);
        life.ShouldBeFinished();
    }

    [Fact]
    public void A_step_does_not_move_into_a_loop_that_has_never_begun()
    {
        var life = Start(Sequence(Wait("w")));

        var refusal = life.Try(Sequence($$"""{ "id": "L", "type": "Elsa.ForEach", "items": [1, 2], "body": {{Wait("w")}} }""")).Refusals[0];

        (refusal.Code, refusal.ActivityId).ShouldBe((MigrationCodes.Container, "w"));
    }

    [Fact]
    public void A_loop_goes_on_where_it_is_with_its_values()
    {
        static string Loop(string body) => $$"""{ "id": "L", "type": "Elsa.ForEach", "items": ["x", "y", "z"], "body": {{body}} }""";

        const string Script =
            """{ "id": "v", "type": "Elsa.WriteLine", "text": { "typeName": "String", "expression": { "type": "JavaScript", "value": "get CurrentValue" } } }""";
        var life = Start(Sequence(Loop(Wait("w")), Line("end")));
        life.Wake("w");

        // The wait goes into a sequence of its own, and what follows it there sees the item too.
        life.Move(
            Sequence(Loop($$"""{ "id": "body", "type": "Elsa.Sequence", "activities": [ {{Wait("w")}}, {{Script}} ] }"""), Line("end"))
        );
        life.Wake("w");
        life.Lines.ShouldBe(["y"]);

        life.Move(Sequence(Loop(Wait("w")), Line("end")));
        life.Wake("w").Lines.ShouldBe(["end"]);
        life.ShouldBeFinished();
    }

    [Fact]
    public void What_has_arrived_at_a_join_need_not_come_again()
    {
        const string Old = "f-a f-b a-j b-j j-c";
        var steps = $"{Line("f")}, {Wait("a")}, {Wait("b")}, {Line("j")}, {Line("c")}";
        var life = Start(Chart(steps, Old));
        life.Wake("a").Lines.ShouldBe(["f"]);

        // The branch that has arrived is made longer; the join keeps it.
        life.Move(Chart($"{steps}, {Line("longer")}", "f-a f-b a-longer longer-j b-j j-c"));
        life.Wake("b");

        life.Lines.ShouldBe(["j", "c"]);
        life.ShouldBeFinished();
    }

    [Fact]
    public void A_join_that_goes_with_what_has_arrived_is_refused()
    {
        var life = Start(Chart($"{Line("f")}, {Wait("a")}, {Wait("b")}, {Line("j")}", "f-a f-b a-j b-j"));
        life.Wake("a");

        life.Try(Chart($"{Line("f")}, {Wait("a")}, {Wait("b")}", "f-a f-b"))
            .Refusals.ShouldHaveSingleItem()
            .Code.ShouldBe(MigrationCodes.Join);
    }

    [Fact]
    public void A_branch_that_can_never_come_to_a_join_for_all_is_refused()
    {
        const string Join = """{ "id": "j", "type": "Elsa.FlowJoin", "mode": "WaitAll" }""";
        var life = Start(Chart($"{Line("f")}, {Wait("a")}, {Wait("b")}, {Join}, {Line("c")}", "f-a f-b a-j b-j j-c"));

        var refusal = life.Try(
                Chart($"{Line("f")}, {Wait("a")}, {Wait("b")}, {Line("n")}, {Join}, {Line("c")}", "f-a f-b f-n a-j b-j n-j j-c")
            )
            .Refusals.ShouldHaveSingleItem();

        (refusal.Code, refusal.ActivityId).ShouldBe((MigrationCodes.Join, "j"));
        refusal.Reason.ShouldContain("'n'");
    }

    [Fact]
    public void A_branch_that_is_added_does_not_hold_up_a_join_for_those_that_are_on_their_way()
    {
        var life = Start(Chart($"{Line("f")}, {Wait("a")}, {Wait("b")}, {Line("j")}", "f-a f-b a-j b-j"));

        life.Move(Chart($"{Line("f")}, {Wait("a")}, {Wait("b")}, {Wait("n")}, {Line("j")}", "f-a f-b f-n a-j b-j n-j"));
        life.Wake("b").Wake("a");

        life.Lines.ShouldBe(["f", "j"]);
        life.ShouldBeFinished();
    }

    [Fact]
    public void Branches_side_by_side_end_when_those_that_run_have_ended()
    {
        static string Parallel(params string[] branches) =>
            $$"""{ "id": "P", "type": "Elsa.Parallel", "activities": [ {{string.Join(", ", branches)}} ] }""";

        var life = Start(Sequence(Parallel(Wait("a"), Wait("b"), Line("c")), Line("end")));

        life.Move(Sequence(Parallel(Wait("new"), Wait("b"), Wait("a")), Line("end")));
        life.Move(Sequence(Parallel(Wait("b"), Wait("a")), Line("end")));
        life.Wake("a").Wake("b");

        life.Lines.ShouldBe(["c", "end"]);
        life.ShouldBeFinished();
    }

    [Fact]
    public void A_step_that_would_be_passed_by_is_refused_unless_somebody_accepts_it()
    {
        var life = Start(Sequence(Wait("w"), Line("later"), Line("end")));
        var earlier = Sequence(Line("later"), Wait("w"), Line("end"));

        var refusal = life.Try(earlier).Refusals.ShouldHaveSingleItem();
        (refusal.Code, refusal.ActivityId).ShouldBe((MigrationCodes.StepSkipped, "later"));

        life.Move(earlier, new() { Accepted = [MigrationCodes.StepSkipped] }).Wake("w");
        life.Lines.ShouldBe(["end"]);
    }

    [Fact]
    public void A_step_that_would_come_again_is_refused_unless_somebody_accepts_it()
    {
        var life = Start(Chart($"{Line("done")}, {Wait("w")}, {Line("end")}", "done-w w-end"));
        var later = Chart($"{Line("done")}, {Wait("w")}, {Line("end")}", "w-done done-end");

        var refusal = life.Try(later).Refusals.ShouldHaveSingleItem();
        (refusal.Code, refusal.ActivityId).ShouldBe((MigrationCodes.StepRepeated, "done"));

        life.Move(later, new() { Accepted = [MigrationCodes.StepRepeated] }).Wake("w");
        life.Lines.ShouldBe(["done", "done", "end"]);
    }

    [Fact]
    public void Two_steps_that_wait_side_by_side_do_not_come_to_follow_each_other()
    {
        var life = Start(Chart($"{Line("f")}, {Wait("a")}, {Wait("b")}", "f-a f-b"));

        var refusal = life.Try(Chart($"{Line("f")}, {Wait("a")}, {Wait("b")}", "f-a a-b")).Refusals.ShouldHaveSingleItem();

        (refusal.Code, refusal.ActivityId).ShouldBe((MigrationCodes.StepRepeated, "b"));
    }

    [Fact]
    public void A_way_back_that_is_added_is_no_repetition()
    {
        const string Ask = """{ "id": "ok", "type": "Elsa.FlowDecision", "condition": true }""";
        var life = Start(Chart($"{Line("a")}, {Wait("w")}, {Line("end")}", "a-w w-end"));

        life.Move(Chart($"{Line("a")}, {Wait("w")}, {Ask}, {Line("end")}", "a-w w-ok ok:True-end ok:False-a")).Wake("w");

        life.Lines.ShouldBe(["a", "end"]);
    }

    [Fact]
    public void A_failed_instance_is_repaired_by_a_better_version()
    {
        const string Broken =
            """{ "id": "calc", "type": "Elsa.WriteLine", "text": { "typeName": "String", "expression": { "type": "JavaScript", "value": "throw" } } }""";
        var life = Start(Sequence(Line("a"), Broken, Line("b")));
        life.State.SubStatus.ShouldBe(WorkflowSubStatus.Faulted);

        life.Move(Sequence(Line("a"), Line("note"), Line("calc", "fixed"), Line("b"))).Take(new Stimulus.Retry());

        life.Lines.ShouldBe(["a", "fixed", "b"]);
        life.ShouldBeFinished();
    }

    [Fact]
    public void A_state_machine_goes_on_in_its_state()
    {
        static string Machine(params string[] transitions) =>
            $$"""{ "id": "M", "type": "Elsa.StateMachine", "states": [ { "name": "open" }, { "name": "closed" } ], "transitions": [ {{string.Join(", ", transitions)}} ] }""";
        static string Transition(string name, string from, string to, string trigger) =>
            $$"""{ "name": "{{name}}", "from": "{{from}}", "to": "{{to}}", "trigger": {{Wait(trigger)}}, "action": {{Line($"{trigger}-done")}} }""";

        var life = Start(Sequence(Machine(Transition("close", "open", "closed", "c")), Line("end")));

        life.Move(Sequence(Machine(Transition("reopen", "closed", "open", "r"), Transition("close", "open", "closed", "c")), Line("end")));
        life.Wake("c");
        life.Waiting.ShouldBe(["r"]);
        life.Lines.ShouldBe(["c-done"]);

        life.Try(
                Sequence("""{ "id": "M", "type": "Elsa.StateMachine", "states": [ { "name": "open" } ], "transitions": [] }""", Line("end"))
            )
            .Refusals.Select(r => r.Code)
            .ShouldContain(MigrationCodes.NoPlace);
    }

    [Theory]
    [InlineData(FlowSemantics.ElsaCounter)]
    [InlineData(FlowSemantics.ElsaToken)]
    public void In_Elsas_modes_what_has_arrived_at_a_join_is_kept_or_refused(FlowSemantics semantics)
    {
        const string Join = """{ "id": "j", "type": "Elsa.FlowJoin", "mode": "WaitAll" }""";
        var steps = $"{Line("f")}, {Wait("a")}, {Wait("b")}, {Join}, {Line("c")}";
        var life = Start(Compile(1, Chart(steps, "f-a f-b a-j b-j j-c"), semantics: semantics));
        life.Wake("a");

        // Longer on the side that has arrived: the connection is gone. A new branch: it can never come.
        life.Try(Chart($"{steps}, {Line("n")}", "f-a f-b a-n n-j b-j j-c")).Refusals[0].Code.ShouldBe(MigrationCodes.Join);
        life.Try(Chart($"{steps}, {Line("n")}", "f-a f-b f-n n-j a-j b-j j-c")).Refusals[0].Code.ShouldBe(MigrationCodes.Join);

        life.Move(Chart($"{Line("m")}, {steps}, {Line("n")}", "f-a f-b a-j b-m m-j j-n n-c")).Wake("b");
        life.Lines.ShouldBe(["f", "m", "n", "c"]);
        life.ShouldBeFinished();
    }

    [Fact]
    public void A_workflow_used_as_an_activity_may_come_in_another_version()
    {
        static string Sub(int version, params string[] steps) =>
            $$"""{ "id": "s{{version}}", "definitionId": "sub", "name": "sub", "version": {{version}}, "isPublished": true, "options": { "usableAsActivity": true }, "inputs": [ { "name": "Who", "type": "String" } ], "root": {{Sequence(steps)}} }""";

        const string Call =
            """{ "id": "call", "type": "Sub", "version": 1, "who": { "typeName": "String", "expression": { "type": "Literal", "value": "ann" } } }""";
        const string Read =
            """{ "id": "read", "type": "Elsa.WriteLine", "text": { "typeName": "String", "expression": { "type": "JavaScript", "value": "input Who" } } }""";
        var life = Start(Compile(1, Sequence(Call, Line("end")), [Sub(1, Wait("w"), Line("old"))]));
        life.Waiting.ShouldBe(["w"]);

        life.Move(Compile(2, Sequence(Line("n"), Call, Line("end")), [Sub(1, Line("first"), Wait("w"), Read, Line("new"))]));
        life.Wake("w");

        life.Lines.ShouldBe(["ann", "new", "end"]);
        life.ShouldBeFinished();
    }

    [Fact]
    public void Other_rules_for_joins_are_another_world()
    {
        var life = Start(Chart($"{Wait("a")}", ""));

        life.Try(Compile(2, Chart($"{Wait("a")}", ""), semantics: FlowSemantics.ElsaCounter))
            .Refusals.ShouldHaveSingleItem()
            .Code.ShouldBe(MigrationCodes.OtherSemantics);
    }

    [Fact]
    public void One_that_has_ended_or_is_in_a_burst_is_left_alone()
    {
        var ended = Start(Sequence(Line("a")));
        var waiting = Start(Sequence(Wait("w")));

        ended.Try(Sequence(Line("a"))).Verdict.ShouldBe(MigrationVerdict.Ended);
        StateMigration
            .Map(
                waiting.Graph,
                Compile(2, Sequence(Wait("w"))),
                waiting.State with
                {
                    SubStatus = WorkflowSubStatus.Executing,
                },
                MigrationPlan.Default
            )
            .Verdict.ShouldBe(MigrationVerdict.Later);
    }
}
