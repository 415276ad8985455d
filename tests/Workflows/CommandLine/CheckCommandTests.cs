namespace ServiceLoop.Workflows.Tests.CommandLine;

public sealed class CheckCommandTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_good_definition_has_nothing_to_say()
    {
        var file = folder.WriteFlow("flow", """{ "type": "Elsa.WriteLine", "text": "Hello" }""");

        var run = await CommandRun.Of("check", file);

        run.ExitCode.ShouldBe(0);
        run.Lines.ShouldBe(["1 checked: 0 errors, 0 warnings."]);
    }

    [Fact]
    public async Task Every_error_is_a_line_with_file_place_code_and_sentence()
    {
        var file = folder.WriteFlow(
            "flow",
            """{ "type": "Elsa.WriteLine", "text": { "expression": { "value": "x" } } }, { "type": "Elsa.WriteLin", "id": "U" }"""
        );

        var run = await CommandRun.Of("check", file);

        run.ExitCode.ShouldBe(1);
        run.Lines[0].ShouldStartWith($"{file}: error $.root.activities[0].text input.no-type-name: ");
        run.Lines[1].ShouldStartWith($"{file}: warning $.root.activities[1] activity.unknown-type: ");
        run.Lines[1].ShouldContain("Did you mean 'Elsa.WriteLine'?");
        run.Lines[2].ShouldBe("1 checked: 1 errors, 1 warnings.");
    }

    [Fact]
    public async Task Warnings_alone_are_no_failure()
    {
        var file = folder.WriteFlow("flow", """{ "type": "Acme.Unknown", "id": "U" }""");

        var run = await CommandRun.Of("check", file);

        run.ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task A_trigger_that_cannot_be_indexed_is_an_error()
    {
        var file = folder.WriteFlow("flow", """{ "type": "Elsa.Timer", "interval": "00:00:00", "canStartWorkflow": true }""");

        var run = await CommandRun.Of("check", file);

        run.ExitCode.ShouldBe(1);
        run.Lines[0].ShouldContain("trigger.input");
    }

    [Fact]
    public async Task A_folder_stands_for_the_definitions_in_it()
    {
        folder.WriteFlow("one", """{ "type": "Two" }""");
        folder.WriteFlow("Two", "", """ "options": { "usableAsActivity": true }, """);

        var run = await CommandRun.Of("check", folder.Path);

        run.Lines.ShouldBe(["2 checked: 0 errors, 0 warnings."]);
    }

    [Fact]
    public async Task What_is_odd_in_a_sub_workflow_is_said_once_in_its_own_file()
    {
        const string Usable = """ "options": { "usableAsActivity": true }, """;
        folder.WriteFlow("A", """{ "type": "B" }, { "type": "B" }""", Usable);
        var b = folder.WriteFlow("B", """{ "type": "Acme.Unknown", "id": "U" }""", Usable);

        var run = await CommandRun.Of("check", folder.Path);

        run.Lines.Count.ShouldBe(2);
        run.Lines[0].ShouldStartWith($"{b}: warning $.root.activities[0] activity.unknown-type: ");
        run.Lines[1].ShouldBe("2 checked: 0 errors, 1 warnings.");
    }

    [Fact]
    public async Task Workflows_that_contain_each_other_are_refused()
    {
        const string Usable = """ "options": { "usableAsActivity": true }, """;
        var a = folder.WriteFlow("A", """{ "type": "B" }""", Usable);
        var b = folder.WriteFlow("B", """{ "type": "A" }""", Usable);

        var run = await CommandRun.Of("check", a, "--with", b);

        run.ExitCode.ShouldBe(1);
        run.Output.ShouldContain("workflow.cycle");
        run.Output.ShouldContain("A → B → A");
    }

    [Fact]
    public async Task A_file_that_does_not_exist_is_one_line()
    {
        var run = await CommandRun.Of("check", Path.Combine(folder.Path, "none.json"));

        ShouldBeOneLine(run, "file.missing");
    }

    [Theory]
    [InlineData("", "json.malformed")]
    [InlineData("{ \"root\": ", "json.malformed")]
    [InlineData("hello", "json.malformed")]
    [InlineData("[]", "definition.not-an-object")]
    [InlineData("{ \"root\": 5 }", "definition.root")]
    [InlineData("{ \"root\": { \"type\": \"Elsa.WriteLine\", \"text\": \"\\ud800\" } }", "json.text")]
    public async Task A_file_that_is_no_definition_is_one_line(string text, string code)
    {
        var run = await CommandRun.Of("check", folder.Write("bad.json", text));

        ShouldBeOneLine(run, code);
    }

    [Fact]
    public async Task A_file_that_is_not_UTF_8_is_one_line()
    {
        var file = Path.Combine(folder.Path, "bad.json");
        await File.WriteAllBytesAsync(file, [.. "{\"name\":\""u8, 0xFF, 0xFE, .. "\"}"u8], TestContext.Current.CancellationToken);

        var run = await CommandRun.Of("check", file);

        ShouldBeOneLine(run, "json.text");
    }

    [Fact]
    public async Task Ten_megabytes_are_too_large()
    {
        var file = folder.WriteFlow("big", $$"""{ "type": "Elsa.WriteLine", "text": "{{new string('x', 10_000_000)}}" }""");

        var run = await CommandRun.Of("check", file);

        ShouldBeOneLine(run, "json.too-large");
    }

    [Theory]
    [InlineData(10_000, "json.too-deep")]
    [InlineData(120, "activity.too-deep")]
    public async Task What_nests_too_deep_is_refused(int levels, string code)
    {
        var open = string.Concat(Enumerable.Repeat("{\"type\":\"Elsa.Sequence\",\"activities\":[", levels));
        var file = folder.Write("deep.json", $"{{\"root\":{open}{string.Concat(Enumerable.Repeat("]}", levels))}}}");

        var run = await CommandRun.Of("check", file);

        ShouldBeOneLine(run, code);
    }

    [Theory]
    [InlineData("check")]
    [InlineData("run")]
    public async Task A_folder_or_file_that_cannot_be_read_never_shows_a_stack_trace(string verb)
    {
        var run = await CommandRun.Of(verb, folder.Write("x.json", "\0\0"));

        run.ExitCode.ShouldBe(1);
        (run.Output + run.Error).ShouldNotContain("   at ");
    }

    private static void ShouldBeOneLine(CommandRun run, string code)
    {
        run.ExitCode.ShouldBe(1);
        run.Error.ShouldBeEmpty();
        run.Lines.Count.ShouldBe(2);
        run.Lines[0].ShouldContain($" {code}: ");
        run.Lines[1].ShouldBe("1 checked: 1 errors, 0 warnings.");
    }
}
