using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using ServiceLoop.Identity.Audit;
using ServiceLoop.Runtime.Access;
using ServiceLoop.TestKit;

namespace ServiceLoop.Workflows.Tests.CommandLine;

public sealed class VerifyAuditCommandTests : IAsyncLifetime
{
    private readonly PostgresFixture postgres = new();
    private NpgsqlDataSource database = null!;
    private string address = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        database = await postgres.OpenAsync(Ct);
        address = await postgres.AddressAsync(Ct);
        await using var trail = new AuditTrail(database, TimeProvider.System, NullLogger<AuditTrail>.Instance);

        for (var n = 1; n <= 5; n++)
            await trail.WriteAsync(
                new(Actor.System, new(Permissions.DefinitionsPublish, "definition.publish", $"d{n}"), DeedEnd.Done, 0, Facts.None, null),
                Ct
            );
    }

    public ValueTask DisposeAsync() => postgres.DisposeAsync();

    [Fact]
    public async Task A_whole_chain_is_counted_and_its_end_is_printed_to_be_kept()
    {
        var run = await CommandRun.Of("verify-audit", "--database", address);

        run.Error.ShouldBeEmpty();
        run.ExitCode.ShouldBe(0);
        run.Lines[0].ShouldBe("5 entries, no broken link");
        var kept = run.Lines[1]["Keep this: ".Length..];
        kept.ShouldStartWith("5:");

        var again = await CommandRun.Of("verify-audit", "--expect", kept, "--database", address);
        again.ExitCode.ShouldBe(0);
        again.Lines[0].ShouldBe("5 entries, no broken link; what was kept at 5 is still there");
    }

    [Fact]
    public async Task The_first_broken_link_is_named()
    {
        await ForgeAsync("update audit_entry set subject = 'x' where number = 3");

        var run = await CommandRun.Of("verify-audit", "--database", address);

        run.ExitCode.ShouldBe(1);
        run.Lines[0].ShouldBe("Broken at 3: Changed. Entry 3 does not fit its hash: one of its columns was changed.");
        run.Lines[1].ShouldStartWith("Sound up to 2:");
    }

    [Fact]
    public async Task An_end_that_was_cut_off_is_found_by_what_was_kept()
    {
        var kept = (await CommandRun.Of("verify-audit", "--database", address)).Lines[1]["Keep this: ".Length..];
        await ForgeAsync(
            "delete from audit_entry where number > 3; update audit_head h set number = 3, hash = e.hash from audit_entry e where e.number = 3"
        );

        (await CommandRun.Of("verify-audit", "--database", address)).ExitCode.ShouldBe(0);
        var run = await CommandRun.Of("verify-audit", "--expect", kept, "--database", address);

        run.ExitCode.ShouldBe(1);
        run.Lines[0].ShouldStartWith("Broken at 4: NotAsKept. Entry 5 was kept, but the chain ends at 3");
    }

    [Theory]
    [InlineData("--expect", "5")]
    [InlineData("--expect", "5:AB")]
    [InlineData("--expect", "x:0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("5:00")]
    public async Task A_call_that_cannot_be_understood_says_how_it_is_done(params string[] arguments)
    {
        var run = await CommandRun.Of(["verify-audit", .. arguments, "--database", address]);

        run.ExitCode.ShouldBe(1);
        run.Error.ShouldContain("verify-audit [--expect N:HASH]");
    }

    private async Task ForgeAsync(string sql)
    {
        await using var command = database.CreateCommand(
            $"alter table audit_entry disable trigger all; alter table audit_head disable trigger all; {sql}"
        );
        await command.ExecuteNonQueryAsync(Ct);
    }
}
