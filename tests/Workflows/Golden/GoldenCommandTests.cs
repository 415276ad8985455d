using ServiceLoop.Workflows.Tests.CommandLine;

namespace ServiceLoop.Workflows.Tests.Golden;

public sealed class GoldenCommandTests : IDisposable
{
    private const string Definition =
        """{"definitionId":"d","root":{"type":"Elsa.Sequence","activities":[{"type":"Elsa.WriteLine","id":"A","text":"one"},{"type":"Elsa.Event","id":"E","eventName":"go"},{"type":"Elsa.WriteLine","id":"B","text":"two"}]}}""";

    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static string Case(string given, string expect, string name = "c", string definition = Definition) =>
        $$"""{"name":"{{name}}","given":{"defs":[{{definition}}]{{given}}},"expect":{{expect}}}""";

    private Task<CommandRun> GoldenAsync(string lines, params string[] options) =>
        CommandRun.Of(["golden", folder.Write("cases.jsonl", lines), .. options]);

    [Fact]
    public async Task A_case_that_is_as_expected_is_ok()
    {
        var run = await GoldenAsync(
            Case(
                ""","resume":["E"]""",
                """{"lines":["one","two"],"status":"Finished/Finished","activities":["Workflow1=Completed","Sequence1=Completed","A=Completed","E=Completed","B=Completed"],"steps":["start → Running/Suspended","resume E → Finished/Finished"]}"""
            )
        );

        run.ExitCode.ShouldBe(0);
        run.Lines.ShouldBe(["""{"name":"c","ok":true,"differences":[]}""", """{"cases":1,"ok":1,"matched":1,"deviations":0,"failed":0}"""]);
    }

    [Fact]
    public async Task A_case_that_is_not_says_expected_and_actual()
    {
        var run = await GoldenAsync(Case("", """{"lines":["one","two"],"status":"Running/Suspended","bookmarks":["E Elsa.Event"]}"""));

        run.ExitCode.ShouldBe(1);
        run.Lines[0].ShouldBe("""{"name":"c","ok":false,"differences":[{"aspect":"lines","expected":["one","two"],"actual":["one"]}]}""");
    }

    [Fact]
    public async Task What_a_recorded_case_does_not_mention_must_not_be_there()
    {
        var run = await GoldenAsync(Case("", """{"lines":["one"],"status":"Running/Suspended"}"""));

        run.Lines[0].ShouldContain("\"aspect\":\"bookmarks\"");
    }

    [Fact]
    public async Task The_first_level_leaves_history_out()
    {
        var text = Case("", """{"lines":["one"],"activities":[],"journal":[],"steps":[]}""");

        var all = await GoldenAsync(text);
        var first = await GoldenAsync(text, "--level", "1");

        all.ExitCode.ShouldBe(1);
        first.ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task A_listed_deviation_is_ok_and_shown_with_its_reason()
    {
        var deviations = folder.Write(
            "deviations.json",
            """[{"name":"c","aspects":["lines"],"reason":"because","expect":{"lines":["one"]}}]"""
        );

        var run = await GoldenAsync(Case("", """{"lines":["other"]}"""), "--deviations", deviations);

        run.ExitCode.ShouldBe(0);
        run.Lines[0]
            .ShouldBe(
                """{"name":"c","ok":true,"deviation":"because","differences":[{"aspect":"lines","expected":["other"],"actual":["one"]}]}"""
            );
        run.Lines[1].ShouldBe("""{"cases":1,"ok":1,"matched":0,"deviations":1,"failed":0}""");
    }

    [Theory]
    [InlineData("""{"lines":["other"]}""", """{"lines":["else"]}""")]
    [InlineData("""{"lines":["other"],"status":"Faulted"}""", """{"lines":["one"]}""")]
    public async Task A_difference_that_is_not_the_listed_one_fails(string expect, string listed)
    {
        var deviations = folder.Write("deviations.json", $$"""[{"name":"c","aspects":["lines"],"reason":"because","expect":{{listed}}}]""");

        var run = await GoldenAsync(Case("", expect), "--deviations", deviations);

        run.ExitCode.ShouldBe(1);
        run.Lines[0].ShouldStartWith("""{"name":"c","ok":false,"differences":[{"aspect":"lines",""");
        run.Lines[1].ShouldBe("""{"cases":1,"ok":0,"matched":0,"deviations":0,"failed":1}""");
    }

    /// <summary>Cases as Elsa records them: what Finish, Cancel and a fault leave behind.</summary>
    public static TheoryData<string, string, string> LeftBehind =>
        new()
        {
            {
                """{"type":"Elsa.Finish","id":"X"}""",
                ""","journal":true""",
                """{"lines":[],"status":"Finished/Finished","activities":["Workflow1=Running","p=Running","E=Running","X=Completed"],"journal":["Workflow1:Started","p:Started","E:Started","E:Suspended","X:Started","X:Completed"]}"""
            },
            {
                """{"type":"Elsa.WriteLine","id":"X"}""",
                ""","journal":true,"ops":[{"op":"cancel"}]""",
                """{"lines":[""],"status":"Finished/Cancelled","activities":["Workflow1=Running","p=Running","E=Running","X=Completed"],"journal":["Workflow1:Started","p:Started","E:Started","E:Suspended","X:Started","X:Completed"],"steps":["start → Running/Suspended","cancel: instances[v1/Cancelled] defs[v1LP] triggers=0 bookmarks=1 queue=0"]}"""
            },
            {
                """{"type":"Elsa.Fault","id":"X"}""",
                "",
                """{"lines":[],"status":"Finished/Faulted","incidents":["X: "],"bookmarks":["E Elsa.Event cb=x"],"activities":["Workflow1=Running!1","p=Running!1","E=Running","X=Faulted!1"]}"""
            },
        };

    [Theory]
    [MemberData(nameof(LeftBehind))]
    public async Task The_list_of_the_product_has_rules_for_cases_that_it_does_not_name(string activity, string given, string expect)
    {
        var definition =
            $$"""{"definitionId":"d","root":{"type":"Elsa.Parallel","id":"p","activities":[{"type":"Elsa.Event","id":"E","eventName":"e"},{{activity}}] } }""";
        var text = Case(given, expect, "unnamed", definition);

        var byList = await GoldenAsync(text);
        var without = await GoldenAsync(text, "--deviations", "none");
        var other = await GoldenAsync(text.Replace("p=Running", "p=Pending", StringComparison.Ordinal));

        byList.Lines[0].ShouldStartWith("""{"name":"unnamed","ok":true,"deviation":""");
        byList.Lines[^1].ShouldBe("""{"cases":1,"ok":1,"matched":0,"deviations":1,"failed":0}""");
        without.ExitCode.ShouldBe(1);
        other.ExitCode.ShouldBe(1);
    }

    [Theory]
    [InlineData("""{"name":"c"}""", "array")]
    [InlineData("""[{"aspects":["lines"],"reason":"r","expect":{"lines":[]}}]""", "no \"name\"")]
    [InlineData("""[{"name":"c","aspects":["lines"],"expect":{"lines":[]}}]""", "no \"reason\"")]
    [InlineData("""[{"name":"c","aspects":[],"reason":"r"}]""", "no \"aspects\"")]
    [InlineData("""[{"name":"c","aspects":["lines"],"reason":"r","expect":{}}]""", "'lines'")]
    [InlineData("""[{"name":"*","aspects":["activities"],"reason":"r"}]""", "'activities'")]
    public async Task A_list_of_deviations_that_says_too_little_is_refused(string list, string expected)
    {
        var run = await GoldenAsync(Case("", "{}"), "--deviations", folder.Write("deviations.json", list));

        run.ExitCode.ShouldBe(1);
        run.Error.ShouldContain(expected);
    }

    [Fact]
    public async Task Only_the_named_case_is_run()
    {
        var text = Case("", """{"lines":["one"]}""", "a") + "\n" + Case("", """{"lines":["x"]}""", "b");

        var run = await GoldenAsync(text, "--only", "a");
        var unknown = await GoldenAsync(text, "--only", "z");

        run.ExitCode.ShouldBe(0);
        run.Lines.Count.ShouldBe(2);
        unknown.ExitCode.ShouldBe(1);
    }

    [Fact]
    public async Task A_bad_line_is_named_and_the_others_are_run()
    {
        var run = await GoldenAsync("nonsense\n[]\n{\"name\":\"x\"}\n\n" + Case("", """{"lines":["one"]}"""));

        run.ExitCode.ShouldBe(1);
        run.Lines[0].ShouldContain("Line 1 is not JSON");
        run.Lines[1].ShouldContain("Line 2 is not an object");
        run.Lines[2].ShouldContain("Line 3 has no object");
        run.Lines[3].ShouldContain("\"ok\":true");
        run.Lines[4].ShouldBe("""{"cases":4,"ok":1,"matched":1,"deviations":0,"failed":3}""");
    }

    [Theory]
    [InlineData("\"none.json\"")]
    [InlineData("5")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"definitionId":"d","root":{"type":"Elsa.Sequence","activities":5}}""")]
    [InlineData("""{"definitionId":"d","root":{"type":"Elsa.Flowchart","activities":[{"id":"A"},{"id":"A"}],"connections":7}}""")]
    [InlineData("""{"definitionId":"d","root":{"type":"Elsa.WriteLine","text":"\ud800"}}""")]
    [InlineData("""{"definitionId":"d","variables":[{}],"inputs":"x","options":[],"root":{"type":[]}}""")]
    public async Task An_odd_definition_fails_its_case_and_nothing_else(string definition)
    {
        var run = await GoldenAsync(
            Case(""","echo":"model" """, """{"lines":["never"],"model":{}}""", "odd", definition) + "\n" + Case("", """{"lines":["one"]}""")
        );

        run.ExitCode.ShouldBe(1);
        run.Lines[0].ShouldContain("\"ok\":false");
        run.Lines[1].ShouldContain("\"ok\":true");
        run.Output.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task A_definition_may_stand_in_a_file()
    {
        folder.Write("flow.json", "\uFEFF" + Definition);

        var run = await GoldenAsync("""{"name":"c","given":{"defs":["flow.json"]},"expect":{"lines":["one"]}}""");

        run.ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Steps_over_stored_instances_and_versions_are_noted()
    {
        const string Two = """{"definitionId":"d","root":{"type":"Elsa.WriteLine","id":"T","text":"new"}}""";

        var run = await GoldenAsync(
            Case(
                $$""","correlationId":"A","ops":[{"op":"import","def":{{Two}}},{"op":"publish"},{"op":"start","id":"d"},{"op":"revert","version":1},{"op":"event","name":"go","correlationId":"A","payload":null},{"op":"retract"},{"op":"start"},{"op":"cancel"}]""",
                """
                {"lines":["one","new","two"],"steps":["start → Running/Suspended","import: instances[v1/Suspended@A] defs[v1P v2L] triggers=9 bookmarks=1 queue=9","publish: instances[v1/Suspended@A] defs[v1 v2LP] bookmarks=1","start Finished","start: instances[v1/Suspended@A v2/Finished] defs[v1 v2LP] bookmarks=1","revert: instances[v1/Suspended@A v2/Finished] defs[v1 v2P v3L v3L] bookmarks=1","event: instances[v1/Finished@A v2/Finished] defs[v1 v2P v3L] bookmarks=0","retract: instances[v1/Finished@A v2/Finished] defs[v1 v2 v3L] bookmarks=0","start REFUSED","start: instances[v1/Finished@A v2/Finished] defs[v1 v2 v3L] bookmarks=0","cancel: instances[v1/Finished@A v2/Finished] defs[v1 v2 v3L] bookmarks=0"]}
                """.Trim()
            )
        );

        run.Lines[0].ShouldBe("""{"name":"c","ok":true,"differences":[]}""");
    }
}
