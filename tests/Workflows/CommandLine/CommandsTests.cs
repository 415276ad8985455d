using System.Diagnostics;
using ServiceLoop.Workflows.CommandLine;

namespace ServiceLoop.Workflows.Tests.CommandLine;

public sealed class CommandsTests
{
    [Fact]
    public async Task Help_lists_all_verbs()
    {
        var run = await CommandRun.Of("--help");

        run.ExitCode.ShouldBe(0);
        run.Lines.ShouldContain(l => l.StartsWith("run FILE.json"));
        run.Lines.ShouldContain(l => l.StartsWith("check FILE"));
        run.Lines.ShouldContain(l => l.StartsWith("golden FILE.jsonl"));
    }

    [Theory]
    [InlineData("run")]
    [InlineData("check")]
    [InlineData("golden")]
    public async Task Help_of_a_verb_says_its_exit_codes(string verb)
    {
        var run = await CommandRun.Of(verb, "--help");

        run.ExitCode.ShouldBe(0);
        run.Lines.ShouldContain(l => l.StartsWith("Exit code"));
    }

    [Theory]
    [InlineData("fly")]
    [InlineData("run")]
    [InlineData("run", "a.json", "b.json")]
    [InlineData("run", "a.json", "--fast")]
    [InlineData("run", "a.json", "--until")]
    [InlineData("run", "a.json", "--until", "tomorrow")]
    [InlineData("run", "a.json", "--semantics", "magic")]
    [InlineData("run", "a.json", "--input", "=5")]
    [InlineData("run", "a.json", "--input", "Amount")]
    [InlineData("run", "a.json", "--input", "Amount=1", "amount=2")]
    [InlineData("check")]
    [InlineData("golden")]
    [InlineData("golden", "a.jsonl", "--level", "3")]
    public async Task A_call_that_cannot_be_understood_gets_the_usage(params string[] arguments)
    {
        var run = await CommandRun.Of(arguments);

        run.ExitCode.ShouldBe(1);
        run.Output.ShouldBeEmpty();
        run.Error.ShouldContain("FILE");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(false, "serve")]
    [InlineData(false, "--urls=http://localhost:5000")]
    [InlineData(true, "run", "a.json")]
    [InlineData(true, "nonsense")]
    [InlineData(true, "--help")]
    public void Options_without_a_verb_are_for_the_server(bool isCommand, params string[] arguments) =>
        Commands.IsCommand(arguments).ShouldBe(isCommand);

    [Fact]
    public void Options_are_taken_apart()
    {
        var given = Arguments.Parse(["a", "--many", "x=1", "y=2", "--one=v", "--flag", "b"], ["--many", "--one"], ["--flag"], "--many");

        given.Free.ShouldBe(["a", "b"]);
        given.All("--many").ShouldBe(["x=1", "y=2"]);
        given.Find("--one").ShouldBe("v");
        given.Has("--flag").ShouldBeTrue();
        given.Find("--other").ShouldBeNull();
    }

    [Fact]
    public async Task The_program_itself_is_the_command_line()
    {
        using var folder = new ScratchFolder();
        var file = folder.WriteFlow("hello", """{ "type": "Elsa.WriteLine", "text": "Hello" }""");
        var start = new ProcessStartInfo("dotnet", [typeof(Commands).Assembly.Location, "run", file])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        using var process = Process.Start(start).ShouldNotBeNull();
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        process.ExitCode.ShouldBe(0);
        output.ShouldStartWith("Hello");
    }
}
