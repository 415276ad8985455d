using System.Text.Json;

namespace ServiceLoop.Workflows.Tests.CommandLine;

public sealed class RunCommandTests : IDisposable
{
    private const string Ask =
        """{ "type": "Elsa.RunTask", "id": "ask", "taskName": "Approve", "result": { "typeName": "Object", "memoryReference": { "id": "answer" } } }""";
    private const string AnswerVariable = """ "variables": [ { "id": "answer", "name": "Answer", "typeName": "Object" } ], """;

    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static string Line(string script) =>
        $$"""{ "type": "Elsa.WriteLine", "text": { "typeName": "String", "expression": { "type": "JavaScript", "value": "{{script}}" } } }""";

    private static string Delay(string span) => $$"""{ "type": "Elsa.Delay", "timeSpan": "{{span}}" }""";

    private static string Event(string name) => $$"""{ "type": "Elsa.Event", "id": "E-{{name}}", "eventName": "{{name}}" }""";

    [Fact]
    public async Task A_run_prints_its_lines_and_then_what_became_of_it()
    {
        var file = folder.WriteFlow(
            "flow",
            Line("'Hello ' + getInput('Who')") + """, { "type": "Elsa.SetOutput", "outputName": "Age", "outputValue": 7 }"""
        );

        var run = await CommandRun.Of("run", file, "--input", "Who=Ann", "--correlation", "C-1");

        run.ExitCode.ShouldBe(0);
        run.Lines[0].ShouldBe("Hello Ann");
        run.Result.GetProperty("status").GetString().ShouldBe("Finished");
        run.Result.GetProperty("outcomes")[0].GetString().ShouldBe("Done");
        run.Result.GetProperty("outputs").GetProperty("Age").GetInt32().ShouldBe(7);
        run.Result.GetProperty("correlationId").GetString().ShouldBe("C-1");
        run.Result.GetProperty("time").GetString().ShouldBe("2026-01-01T12:00:00Z");
    }

    [Fact]
    public async Task An_input_is_JSON_when_it_parses_and_text_otherwise()
    {
        var file = folder.WriteFlow("flow", Line("typeof getInput('A') + ' ' + typeof getInput('B') + ' ' + getInput('C').x"));

        var run = await CommandRun.Of("run", file, "--input", "A=5", "B=five", "C={\"x\":1}");

        run.Lines[0].ShouldBe("number string 1");
    }

    [Theory]
    [InlineData("ask")]
    [InlineData("Approve")]
    public async Task A_task_is_answered_by_the_id_of_its_activity_or_its_own_name(string name)
    {
        var file = folder.WriteFlow("flow", Ask + "," + Line("getAnswer().ok"), AnswerVariable);

        var run = await CommandRun.Of("run", file, "--resume", name + "={\"ok\":\"yes\"}");

        run.Lines[0].ShouldBe("yes");
        run.Result.GetProperty("variables").GetProperty("Answer").GetProperty("ok").GetString().ShouldBe("yes");
    }

    [Fact]
    public async Task Events_are_delivered_in_the_order_given_and_time_passes_until_something_waits()
    {
        var file = folder.WriteFlow("flow", Event("first") + "," + Delay("02:00:00") + "," + Event("second") + "," + Line("'end'"));

        var run = await CommandRun.Of("run", file, "--resume", "first", "second=5");

        run.Lines[0].ShouldBe("end");
        run.Result.GetProperty("time").GetString().ShouldBe("2026-01-01T14:00:00Z");
    }

    [Fact]
    public async Task An_event_that_nobody_waits_for_is_said_so()
    {
        var file = folder.WriteFlow("flow", Line("'end'"));

        var run = await CommandRun.Of("run", file, "--resume", "nobody=1");

        run.ExitCode.ShouldBe(0);
        run.Error.ShouldContain("Nothing waits for 'nobody'.");
    }

    [Theory]
    [InlineData("1.00:00:00")]
    [InlineData("2026-01-02T12:00:00Z")]
    public async Task Timers_fire_until_the_moment_given(string until)
    {
        var file = folder.WriteFlow("flow", Delay("20:00:00") + "," + Line("'one'") + "," + Delay("20:00:00") + "," + Line("'two'"));

        var run = await CommandRun.Of("run", file, "--until", until);

        run.Lines.Count.ShouldBe(2);
        run.Result.GetProperty("subStatus").GetString().ShouldBe("Suspended");
        run.Result.GetProperty("bookmarks")[0].GetProperty("dueAt").GetString().ShouldBe("2026-01-03T04:00:00Z");
        run.Result.GetProperty("time").GetString().ShouldBe("2026-01-02T12:00:00Z");
    }

    [Fact]
    public async Task A_workflow_that_faulted_has_an_exit_code_of_its_own()
    {
        var file = folder.WriteFlow("flow", """{ "type": "Elsa.Fault", "id": "F", "message": "boom" }""");

        var run = await CommandRun.Of("run", file);

        run.ExitCode.ShouldBe(2);
        var incident = run.Result.GetProperty("incidents")[0];
        incident.GetProperty("message").GetString().ShouldBe("boom");
        incident.GetProperty("activity").GetString().ShouldBe("F");
        incident.GetProperty("path").GetString().ShouldBe("Workflow1:Sequence1:F");
    }

    [Fact]
    public async Task The_journal_is_one_object_a_line()
    {
        var file = folder.WriteFlow("flow", Line("'one'"));

        var run = await CommandRun.Of("run", file, "--journal");

        run.Lines.Skip(1)
            .SkipLast(1)
            .Select(l => JsonDocument.Parse(l).RootElement)
            .Select(e => $"{e.GetProperty("activity").GetString()}:{e.GetProperty("event").GetString()}")
            .ShouldBe([
                "Workflow1:Started",
                "Sequence1:Started",
                "WriteLine1:Started",
                "WriteLine1:Completed",
                "Sequence1:Completed",
                "Workflow1:Completed",
            ]);
    }

    [Fact]
    public async Task Further_definitions_are_children_and_activities()
    {
        var child = folder.WriteFlow("Child", Line("'child'"));
        var used = folder.WriteFlow("Used", Line("'used'"), """ "options": { "usableAsActivity": true }, """);
        var file = folder.WriteFlow(
            "flow",
            """{ "type": "Used" }, { "type": "Elsa.DispatchWorkflow", "workflowDefinitionId": "Child", "waitForCompletion": true },"""
                + Line("'end'")
        );

        var run = await CommandRun.Of("run", file, "--with", child, used);

        run.Lines.SkipLast(1).ShouldBe(["used", "child", "end"]);
        run.Result.GetProperty("instances")[0].GetProperty("definitionId").GetString().ShouldBe("Child");
    }

    [Fact]
    public async Task A_definition_that_does_not_compile_is_not_run()
    {
        var file = folder.WriteFlow("flow", """{ "type": "Elsa.WriteLine", "text": { "expression": { "value": "x" } } }""");

        var run = await CommandRun.Of("run", file);

        run.ExitCode.ShouldBe(1);
        run.Output.ShouldBeEmpty();
        run.Error.ShouldContain("$.root.activities[0].text input.no-type-name");
    }

    [Fact]
    public async Task The_semantics_can_be_chosen()
    {
        var file = folder.WriteFlow("flow", """{ "type": "Elsa.WriteLine", "text": { "expression": { "value": "x" } } }""");

        var run = await CommandRun.Of("run", file, "--semantics", "elsa-counter");

        run.ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task A_reminder_that_nobody_stops_ends_the_run()
    {
        var file = folder.Write(
            "flow.json",
            """
            { "definitionId": "flow", "root": { "type": "Elsa.While", "condition": true,
              "body": { "type": "Elsa.Delay", "timeSpan": "01:00:00" } } }
            """
        );

        var run = await CommandRun.Of("run", file);

        run.ExitCode.ShouldBe(0);
        run.Error.ShouldContain("--until");
    }
}
