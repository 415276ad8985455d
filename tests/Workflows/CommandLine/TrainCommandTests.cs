using System.Text.Json;
using Npgsql;
using ServiceLoop.TestKit;

namespace ServiceLoop.Workflows.Tests.CommandLine;

public sealed class TrainCommandTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IDisposable
{
    private readonly ScratchFolder folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_dry_run_prints_all_tables_and_keeps_nothing()
    {
        var json = Path.Combine(folder.Path, "report.json");

        var run = await CommandRun.Of("train", Small(), "--dry-run", "--folds", "4", "--json", json, "--cost", "3");

        run.Error.ShouldBeEmpty();
        run.ExitCode.ShouldBe(0);
        run.Lines[0].ShouldBe("24 examples, 2 intents");
        run.Output.ShouldContain("… fold 4 of 4");
        run.Lines.ShouldContain(l => l.StartsWith("refund ", StringComparison.Ordinal) && l.EndsWith(" 12", StringComparison.Ordinal));
        run.Output.ShouldContain("Expected calibration error");
        run.Output.ShouldContain("a wrong route 3, a question 1");
        run.Lines.ShouldContain(l => l.StartsWith("→ ", StringComparison.Ordinal));
        run.Lines.ShouldContain(l => l.StartsWith("Accuracy ", StringComparison.Ordinal) && l.Contains("4-fold cross-validation"));
        run.Lines[^1].ShouldStartWith("Training ");
        using var report = JsonDocument.Parse(await File.ReadAllTextAsync(json, Ct));
        report.RootElement.GetProperty("rows").GetInt32().ShouldBe(24);
        report.RootElement.GetProperty("reliability").GetArrayLength().ShouldBe(10);
    }

    [Fact]
    public async Task A_model_is_kept_and_put_in_force()
    {
        var address = await postgres.AddressAsync(Ct);

        var kept = await CommandRun.Of("train", Small(), "--database", address, "--folds", "2", "--threshold", "0.8");
        var active = await CommandRun.Of("train", Small(), "--database", address, "--folds", "2", "--activate", "--corrections");

        kept.Error.ShouldBeEmpty();
        kept.Lines[^1].ShouldContain("not in force");
        kept.Output.ShouldContain("Threshold 0.80, as it was given");
        active.Error.ShouldBeEmpty();
        active.Lines[0].ShouldBe("0 corrected texts");
        active.Lines[^1].ShouldEndWith("in force.");
        await using var database = NpgsqlDataSource.Create(address);
        await using var command = database.CreateCommand(
            "select count(*), max(m.threshold) filter (where m.version = 1), (select max(version) from triage_model_activation) from triage_model m"
        );
        await using var row = await command.ExecuteReaderAsync(Ct);
        await row.ReadAsync(Ct);
        (row.GetInt64(0), row.GetDouble(1), row.GetInt64(2)).ShouldBe((2, 0.8, 2));
    }

    [Theory]
    [InlineData("--folds", "1")]
    [InlineData("--folds", "2.5")]
    [InlineData("--threshold", "1.1")]
    [InlineData("--threshold", "sure")]
    [InlineData("--cost", "-1")]
    public async Task Odd_options_are_refused(string option, string value)
    {
        var run = await CommandRun.Of("train", Small(), "--dry-run", option, value);

        run.ExitCode.ShouldBe(1);
        run.Error.ShouldContain($"{option} is '{value}'");
    }

    [Fact]
    public async Task Wrong_files_are_told_with_line_and_cure()
    {
        var broken = folder.Write("broken.csv", "text,label\nhello,a\nbye\n");
        var few = folder.Write("few.csv", "text,label\nhello,a\nbye,b\n");

        (await CommandRun.Of("train", broken, "--dry-run")).ShouldSatisfyAllConditions(
            r => r.ExitCode.ShouldBe(1),
            r => r.Error.ShouldStartWith($"{broken}:3: 1 column(s)")
        );
        (await CommandRun.Of("train", few, "--dry-run")).Error.ShouldContain("'a' (1), 'b' (1)");
        (await CommandRun.Of("train", Path.Combine(folder.Path, "none.csv"), "--dry-run")).Error.ShouldContain("none.csv");
        (await CommandRun.Of("train", "--dry-run")).Error.ShouldContain("Name at least one file.");
        (await CommandRun.Of("train", few, "--dry-run", "--activate")).Error.ShouldContain("--dry-run opens no database");
    }

    private string Small() =>
        folder.Write(
            "small.csv",
            "text,category\n"
                + string.Concat(
                    Enumerable
                        .Range(0, 12)
                        .Select(i => $"\"please, refund order {i} and pay the money back\",refund\nwhere is parcel {i} now,order_status\n")
                )
        );
}
