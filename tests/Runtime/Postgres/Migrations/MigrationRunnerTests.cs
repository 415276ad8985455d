using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using ServiceLoop.Runtime.Postgres.Migrations;
using ServiceLoop.TestKit;

namespace ServiceLoop.Runtime.Tests.Postgres.Migrations;

public sealed class MigrationRunnerTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly Migration First = new(1, "first", "create table first (id integer); insert into first values (1);");
    private static readonly Migration Second = new(
        2,
        "second",
        "create table second (id integer);\nselect pg_sleep(0.2);\ninsert into first values (2);"
    );

    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Missing_migrations_are_applied_once()
    {
        var database = await postgres.CreateEmptyAsync(Ct);

        (await Runner(database, First).RunAsync(Ct)).ShouldBe(1);
        (await Runner(database, Second, First).RunAsync(Ct)).ShouldBe(1);
        (await Runner(database, First, Second).RunAsync(Ct)).ShouldBe(0);

        (await AskAsync(database, "select count(*) from first")).ShouldBe(2L);
        (
            await AskAsync(
                database,
                "select string_agg(version || ' ' || name || ' ' || applied_at, ', ' order by version) from schema_migration"
            )
        ).ShouldBe("1 first 2026-03-01 12:00:00+00, 2 second 2026-03-01 12:00:00+00");
    }

    [Fact]
    public async Task Four_nodes_that_start_at_once_apply_each_migration_once()
    {
        var database = await postgres.CreateEmptyAsync(Ct);

        var applied = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Runner(database, First, Second).RunAsync(Ct)));

        applied.Order().ShouldBe([0, 0, 0, 2]);
        (await AskAsync(database, "select count(*) from first")).ShouldBe(2L);
    }

    [Fact]
    public async Task Changed_file_is_refused()
    {
        var database = await postgres.CreateEmptyAsync(Ct);
        await Runner(database, First).RunAsync(Ct);

        var changed = First with { Text = First.Text + " -- harmless?" };
        var error = await Should.ThrowAsync<MigrationException>(() => Runner(database, changed, Second).RunAsync(Ct));

        error.Message.ShouldContain("Migration 0001_first was changed");
        (await AskAsync(database, "select to_regclass('second') is null")).ShouldBe(true);
    }

    [Fact]
    public async Task Line_ends_of_a_checkout_are_no_change()
    {
        var database = await postgres.CreateEmptyAsync(Ct);
        await Runner(database, First, Second).RunAsync(Ct);

        var onWindows = Second with { Text = Second.Text.ReplaceLineEndings("\r\n") };

        (await Runner(database, First, onWindows).RunAsync(Ct)).ShouldBe(0);
    }

    [Fact]
    public async Task Database_newer_than_the_program_is_refused()
    {
        var database = await postgres.CreateEmptyAsync(Ct);
        await Runner(database, First, Second).RunAsync(Ct);

        var error = await Should.ThrowAsync<MigrationException>(() => Runner(database, First).RunAsync(Ct));

        error.Message.ShouldContain("0002_second");
        error.Message.ShouldContain("newer version");
    }

    [Fact]
    public async Task Migration_that_comes_too_late_is_refused()
    {
        var database = await postgres.CreateEmptyAsync(Ct);
        await Runner(database, First, new Migration(3, "third", "select 1")).RunAsync(Ct);

        var error = await Should.ThrowAsync<MigrationException>(() =>
            Runner(database, First, Second, new(3, "third", "select 1")).RunAsync(Ct)
        );

        error.Message.ShouldContain("give it a number above 3");
    }

    [Fact]
    public async Task Failing_migration_leaves_the_one_before_it_and_nothing_of_its_own()
    {
        var database = await postgres.CreateEmptyAsync(Ct);
        var broken = new Migration(2, "broken", "create table half (id integer); select 1 / 0;");

        var error = await Should.ThrowAsync<MigrationException>(() => Runner(database, First, broken).RunAsync(Ct));

        error.Message.ShouldContain("Migration 0002_broken failed and was rolled back: 22012 division by zero");
        (await AskAsync(database, "select to_regclass('half') is null")).ShouldBe(true);
        (await AskAsync(database, "select max(version) from schema_migration")).ShouldBe(1);
        (await Runner(database, First, Second).RunAsync(Ct)).ShouldBe(1);
    }

    [Fact]
    public async Task Node_that_dies_lets_the_next_one_in()
    {
        var database = await postgres.CreateEmptyAsync(Ct);
        using var death = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
        var slow = new Migration(1, "slow", "create table slow (id integer); select pg_sleep(30);");
        await Should.ThrowAsync<OperationCanceledException>(() => Runner(database, slow).RunAsync(death.Token));

        (await Runner(database, First).RunAsync(Ct)).ShouldBe(1);

        (await AskAsync(database, "select to_regclass('slow') is null")).ShouldBe(true);
    }

    [Fact]
    public void Two_files_with_one_number_are_refused()
    {
        Should
            .Throw<MigrationException>(() => Migration.Ordered([First, Second, new(2, "other", "")]))
            .Message.ShouldContain("'0002_second' and '0002_other'");
    }

    [Fact]
    public async Task Shipped_migrations_apply()
    {
        var shipped = Migration.In(typeof(MigrationRunner).Assembly);

        var database = await postgres.OpenAsync(Ct);

        shipped[0].ToString().ShouldBe("0001_initial");
        (
            await AskAsync(
                database,
                $"select count(*) from schema_migration where version in ({string.Join(", ", shipped.Select(m => m.Version))})"
            )
        ).ShouldBe((long)shipped.Length);
    }

    private MigrationRunner Runner(NpgsqlDataSource database, params Migration[] migrations) =>
        new(database, [.. migrations], NullLogger<MigrationRunner>.Instance, time);

    private static async Task<object?> AskAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        return await command.ExecuteScalarAsync(Ct);
    }
}
