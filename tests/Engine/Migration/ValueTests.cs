using ServiceLoop.Engine.Migration;
using static ServiceLoop.Engine.Tests.Migration.Versions;

namespace ServiceLoop.Engine.Tests.Migration;

/// <summary>Variables, inputs and timers of instances that are carried over.</summary>
public sealed class ValueTests
{
    private const string Old = """ "variables": [ { "id": "v1", "name": "Amount", "typeName": "String", "value": "7" } ], """;

    private static readonly string Body = Sequence(Wait("w"), Read("Amount"));

    [Fact]
    public void A_variable_keeps_its_value_under_the_same_id_or_name()
    {
        Changed()
            .Move(
                Body,
                envelope: """ "variables": [ { "id": "n", "name": "New", "typeName": "String", "value": "x" }, { "id": "v2", "name": "amount", "typeName": "String", "value": "0" } ], """
            )
            .Wake("w")
            .Lines.ShouldBe(["12"]);
        Changed()
            .Move(
                Sequence(Wait("w"), Read("Total")),
                envelope: """ "variables": [ { "id": "v1", "name": "Total", "typeName": "String" } ], """
            )
            .Wake("w")
            .Lines.ShouldBe(["12"]);
    }

    [Fact]
    public void A_variable_is_renamed_dropped_or_given_by_the_plan()
    {
        const string Other = """ "variables": [ { "id": "x", "name": "Total", "typeName": "String", "value": "default" } ], """;
        var body = Sequence(Wait("w"), Read("Total"));

        Changed().Move(body, new() { Variables = [new("Amount", "Total")] }, Other).Wake("w").Lines.ShouldBe(["12"]);
        Changed().Move(body, new() { Variables = [new("Amount", null)] }, Other).Wake("w").Lines.ShouldBe(["default"]);
        Changed()
            .Move(body, new() { Variables = [new(null, "Total") { HasValue = true, Value = "given" }] }, Other)
            .Wake("w")
            .Lines.ShouldBe(["given"]);
        Changed().Try(body, null, Other).Notes.ShouldHaveSingleItem().Reason.ShouldContain("'Amount' is left behind");
    }

    [Fact]
    public void A_value_is_converted_to_its_new_type_or_refused()
    {
        const string Number = """ "variables": [ { "id": "v1", "name": "Amount", "typeName": "Int32" } ], """;
        const string Moment = """ "variables": [ { "id": "v1", "name": "Amount", "typeName": "Guid" } ], """;

        Changed().Move(Body, envelope: Number).Wake("w").Lines.ShouldBe(["12"]);
        var refusal = Changed().Try(Body, null, Moment).Refusals.ShouldHaveSingleItem();
        (refusal.Code, refusal.Reason.Contains("'Amount' is not a Guid", StringComparison.Ordinal)).ShouldBe((MigrationCodes.Value, true));
        Changed().Move(Body, new() { Variables = [new("Amount", null)] }, Moment);
    }

    [Fact]
    public void A_step_in_the_middle_keeps_the_inputs_that_it_has_read()
    {
        static string Loop(string items) => $$"""{ "id": "L", "type": "Elsa.ForEach", "items": {{items}}, "body": {{Wait("w")}} }""";
        var life = Start(Sequence(Loop("""["a", "b"]"""), Line("end")));

        life.Move(Sequence(Loop("""["a", "b", "c", "d"]"""), Line("end"))).Wake("w").Wake("w");

        life.Lines.ShouldBe(["end"]);
    }

    [Fact]
    public void A_timer_is_kept_or_counted_anew_from_the_beginning_of_the_wait()
    {
        static string Pause(string span) => Sequence($$"""{ "id": "p", "type": "Elsa.Delay", "timeSpan": "{{span}}" }""", Line("end"));
        var life = Start(Pause("01:00:00"));
        var began = life.Now;
        life.Now += TimeSpan.FromMinutes(5);

        var kept = life.Try(Pause("00:10:00")).State!.Bookmarks.ShouldHaveSingleItem();
        kept.DueAt.ShouldBe(began.AddHours(1));
        var result = life.Try(Pause("00:10:00"), new() { Timers = TimerPolicy.Recompute });
        var renewed = result.State!.Bookmarks.ShouldHaveSingleItem();
        renewed.DueAt.ShouldBe(began.AddMinutes(10));
        (renewed.Id, renewed.FrameId).ShouldBe((kept.Id, kept.FrameId));
        var wait = result.Moves.Single(m => !m.Waits.IsEmpty).Waits[0];
        (wait.DueBefore, wait.DueAfter).ShouldBe((began.AddHours(1), began.AddMinutes(10)));
    }

    [Fact]
    public void A_timer_that_cannot_be_computed_is_refused()
    {
        var life = Start(Sequence("""{ "id": "p", "type": "Elsa.Delay", "timeSpan": "01:00:00" }"""));
        const string Broken =
            """{ "id": "p", "type": "Elsa.Delay", "timeSpan": { "typeName": "TimeSpan", "expression": { "type": "JavaScript", "value": "throw" } } }""";

        life.Try(Sequence(Broken), new() { Timers = TimerPolicy.Recompute })
            .Refusals.ShouldHaveSingleItem()
            .Code.ShouldBe(MigrationCodes.Timer);
        life.Move(Sequence(Broken));
    }

    [Fact]
    public void What_was_done_can_still_be_undone_or_is_refused()
    {
        static string Pay(string undo) =>
            $$"""{ "id": "pay", "type": "Elsa.WriteLine", "text": "pay", "customProperties": { "compensation": { "activity": "{{undo}}" } } }""";
        var life = Start(Chart($"{Pay("refund")}, {Wait("w")}, {Line("refund")}", "pay-w"));

        life.Try(Chart($"{Wait("w")}", "")).Refusals.ShouldHaveSingleItem().Code.ShouldBe(MigrationCodes.Undo);
        life.Try(Chart($"{Wait("w")}", ""), new() { Activities = [new("pay", null)] }).Verdict.ShouldBe(MigrationVerdict.Ready);
        life.Move(Chart($"{Wait("w")}, {Line("n")}, {Line("refund", "refund 2")}, {Pay("refund")}", "pay-w"))
            .Take(new Stimulus.Cancel(Compensate: true));

        life.Lines.ShouldBe(["pay", "refund 2"]);
    }

    private static string Read(string variable) =>
        $$"""{ "id": "read", "type": "Elsa.WriteLine", "text": { "typeName": "String", "expression": { "type": "JavaScript", "value": "get {{variable}}" } } }""";

    private static Versions Changed() => Start(Body, Old).Take(new Stimulus.Alter([new Alteration.ModifyVariable("Amount", "12")]));
}
