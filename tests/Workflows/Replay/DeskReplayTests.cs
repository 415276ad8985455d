using System.Globalization;
using System.Text;
using System.Text.Json;
using ServiceLoop.TestKit;
using ServiceLoop.Workflows.Tests.CommandLine;

namespace ServiceLoop.Workflows.Tests.Replay;

public sealed class DeskReplayTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_small_log_on_two_nodes_of_which_one_is_killed_ends_every_case_once()
    {
        using var folder = new ScratchFolder();
        var log = folder.Write("log.csv", MadeLog(30));
        var messages = folder.Write(
            "messages.csv",
            "text,category\nWhere is my card?,card_arrival\nMy card is lost,lost_card\n\"Pay, please\",refund\n"
        );
        var flows = Directory.CreateDirectory(Path.Combine(folder.Path, "flows")).FullName;
        var shelf = Directory.CreateDirectory(Path.Combine(folder.Path, "shelf")).FullName;
        folder.Write(
            "shelf/age.md",
            "---\nkey: age\nlanguage: en\ntitle: Age\ncategory: age_limit\nintents: age_limit\nstandard: true\n---\n\nFrom 18 on.\n"
        );
        var undisturbed = Path.Combine(folder.Path, "undisturbed.json");
        var json = Path.Combine(folder.Path, "report.json");
        var page = Path.Combine(folder.Path, "report.html");
        string[] both =
        [
            .. (string[])["replay", "--log", log, "--messages", messages, "--agents", "3", "--definitions", flows],
            .. (string[])["--articles", shelf],
            "--database",
            await postgres.AddressAsync(Ct),
        ];

        var first = await CommandRun.Of([.. both, "--json", undisturbed]).WaitAsync(Patience, Ct);
        first.ExitCode.ShouldBe(0, first.Output + first.Error);
        var run = await CommandRun
            .Of([.. both, "--nodes", "2", "--kill-after", "0.5", "--json", json, "--report", page, "--same-as", undisturbed])
            .WaitAsync(Patience, Ct);

        run.ExitCode.ShouldBe(0, run.Output + run.Error);
        run.Output.ShouldContain("1 killed and started again");
        run.Output.ShouldContain("Every case has ended");
        run.Output.ShouldNotContain("MUST AGREE");
        var report = JsonElement.Parse(await File.ReadAllTextAsync(json, Ct));
        report.GetProperty("killed").GetInt32().ShouldBe(1);
        report.GetProperty("open").GetArrayLength().ShouldBe(0);
        report.GetProperty("articles").GetInt32().ShouldBe(1);
        run.Output.ShouldContain("No message is about age_limit, of which articles say that they answer it.");
        // The small flow asks a person each time.
        var settled = report.GetProperty("automation").GetProperty("all");
        (settled.GetProperty("auto").GetInt32(), settled.GetProperty("human").GetInt32()).ShouldBe((0, 30));
        Figure(report, "cases-opened").ShouldBe(30);
        Figure(report, "tasks-done").ShouldBe(30);
        Figure(report, "messages-sent").ShouldBe(30);
        Figure(report, "double-tasks").ShouldBe(0);
        var html = await File.ReadAllTextAsync(page, Ct);
        html.ShouldContain("<svg");
        html.ShouldContain("Settled without a person");
        // It would end the picture that it stands in.
        html.ShouldNotContain("\"end\"><span");
        html.ShouldNotContain("http://");
        html.ShouldNotContain("https://");
    }

    [Theory]
    [InlineData("--log FILE.csv is missing")]
    [InlineData("There is no file 'nowhere.csv' for --log", "--log", "nowhere.csv")]
    [InlineData("--nodes is '0'. Give a whole number, 1 to 16", "--log", "LOG", "--messages", "LOG", "--nodes", "0")]
    [InlineData("--speed is 'fast'. Give a number above 0", "--log", "LOG", "--messages", "LOG", "--speed", "fast")]
    [InlineData("--kill-after needs at least two nodes", "--log", "LOG", "--messages", "LOG", "--kill-after", "0.5")]
    [InlineData("There is no option '--node'", "--log", "LOG", "--messages", "LOG", "--node", "2")]
    [InlineData("There is no folder 'nowhere' for --articles", "--log", "LOG", "--messages", "LOG", "--articles", "nowhere")]
    // The log is read before anything is started.
    [InlineData(
        "(1): The first line is 'CaseID,ActivityID,CompleteTimestamp', and must be 'text,category'",
        "--log",
        "LOG",
        "--messages",
        "LOG"
    )]
    public async Task What_is_wrong_with_a_call_is_told_with_its_cure(string says, params string[] arguments)
    {
        using var folder = new ScratchFolder();
        var log = folder.Write("log.csv", MadeLog(1));

        var run = await CommandRun.Of(["replay", .. arguments.Select(a => a == "LOG" ? log : a)]);

        run.ExitCode.ShouldBe(1);
        run.Error.ShouldContain(says);
    }

    /// <summary>Cases of some days in March 2026, in working hours; each begins, is worked on and ends, and every third customer returns.</summary>
    private static string MadeLog(int cases)
    {
        var text = new StringBuilder("CaseID,ActivityID,CompleteTimestamp\n");
        var monday = new DateTime(2026, 3, 2, 9, 0, 0);

        for (var no = 1; no <= cases; no++)
        {
            var at = monday.AddDays(no % 3).AddMinutes(7 * no);
            Add(no, 1, at);
            Add(no, 8, at.AddMinutes(5));

            if (no % 3 == 0)
                Add(no, 1, at.AddSeconds(30));

            Add(no, 6, at.AddHours(3));
        }

        return text.ToString();

        void Add(int no, int activity, DateTime at) =>
            text.AppendLine(CultureInfo.InvariantCulture, $"{no},{activity},{at:yyyy-MM-dd HH:mm:ss}");
    }

    private static double Figure(JsonElement report, string name) =>
        report
            .GetProperty("kpis")
            .EnumerateArray()
            .First(k => k.GetProperty("name").GetString() == name && k.GetProperty("segment").GetString() == "")
            .GetProperty("value")
            .GetDouble();
}
