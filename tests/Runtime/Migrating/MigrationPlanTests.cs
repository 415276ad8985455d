using Npgsql;
using ServiceLoop.Runtime.Migrating;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Tests.Store;
using ServiceLoop.TestKit;

namespace ServiceLoop.Runtime.Tests.Migrating;

/// <summary>No statement of a migration reads a big table from end to end.</summary>
public sealed class MigrationPlanTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private const int Rows = 30_000;
    private const string Noon = "'2026-03-01 12:00:00+00'::timestamptz";

    private NpgsqlDataSource database = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Statement, and its parameters as SQL.</summary>
    public static TheoryData<string, string[]> Statements =>
        new()
        {
            { "migration_run.find", ["'r7'"] },
            { "migration_item.fill", ["'r7'", "'d7'", "'d7-2'", "array['d7-1']", "null", "null", Noon] },
            { "migration_item.fill", ["'r7'", "'d7'", "'d7-2'", "null", "array['i7','i8']", "null", Noon] },
            { "workflow_instance.candidates", ["'d7'", "'d7-2'", "null", "null", "null", "'i7'", "500"] },
            { "workflow_instance.candidates", ["'d7'", "'d7-2'", "array['d7-1']", "null", "'c7'", "null", "500"] },
            { "migration_item.lease", ["'r7'", "0::smallint", Noon, Noon, "100"] },
            {
                "migration_item.note",
                ["'r7'", "array['i7']", "0::smallint", "array[2::smallint]", "array['x']", "array[1]", $"array[{Noon}]", Noon]
            },
            { "migration_item.count", ["'r7'"] },
            { "migration_item.list", ["'r7'", "null", "'i7'", "100"] },
            { "migration_item.list", ["'r7'", "1::smallint", "null", "100"] },
            { "migration_item.next_due", ["'r7'", "0::smallint"] },
            { "migration_item.held", ["'r7'", "0::smallint", Noon] },
            { "migration_item.load", ["'r7'", "array['i7','i8']"] },
            { "migration_item.reopen", ["'r7'", "array[2::smallint]", Noon] },
            {
                "migration_item.moved",
                [
                    "array['r7']",
                    "array['i7']",
                    "array[1::smallint]",
                    "array[2::bigint]",
                    "array['d7-1']",
                    "array[1]",
                    "array[''::bytea]",
                    $"array[{Noon}]",
                ]
            },
            {
                "bookmark.move",
                ["array['i7']", "array[1::bigint]", "array['h']", "array['a']", "array['R/a']", $"array[{Noon}]", "array[''::bytea]"]
            },
            { "work.drop_timers", ["array['t:i7:1']"] },
        };

    public async ValueTask InitializeAsync()
    {
        database = await postgres.OpenAsync(Ct);

        if (await StoreUnderTest.AskAsync<long>(database, "select count(*) from migration_item", Ct) == Rows)
            return;

        await StoreUnderTest.RunAsync(
            database,
            $"""
            insert into workflow_instance (
              id, definition_id, version_id, version, row_version, sub_status, correlation_id, incident_count, state, created_at, updated_at, finished_at
            )
            select 'i' || n, 'd' || n % 300, 'd' || n % 300 || '-1', 1, 1, 2, 'c' || n % 5000, 0, convert_to(repeat('state', 100), 'UTF8'),
              timestamptz '2026-03-01' + n * interval '1 s', '2026-03-01', case when n % 2 = 0 then timestamptz '2026-03-01' end
            from generate_series(1, {Rows}) n;
            insert into bookmark select 'i' || n, 1, 'h' || n, 'Event', 'W', 'R/W', null, '', '2026-03-01' from generate_series(1, {Rows}) n;
            insert into work (key, kind, instance_id, target, payload, due_at) select 't:i' || n || ':1', 0, 'i' || n, 1, '', '2026-03-01' from generate_series(1, {Rows}) n;
            insert into migration_run select 'r' || n, 'd' || n, 'd' || n || '-2', 2, '', '', '', 1, null, null, null, 0, '2026-03-01' from generate_series(0, 299) n;
            insert into migration_item (run_id, instance_id, status, due_at, lease_until, from_version_id, updated_at)
            select 'r' || n % 300, 'i' || n, n % 4, '2026-03-01', case when n % 50 = 0 then timestamptz '2026-03-02' end, 'd' || n % 300 || '-1', '2026-03-01'
            from generate_series(1, {Rows}) n;
            analyze;
            """,
            Ct
        );
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [MemberData(nameof(Statements))]
    public async Task Statement_uses_an_index(string name, string[] parameters)
    {
        var sql = SqlFile.Beside<MigrationStore>(name);

        for (var i = parameters.Length; i > 0; i--)
            sql = sql.Replace($"${i}", parameters[i - 1], StringComparison.Ordinal);

        await using var command = database.CreateCommand("explain " + sql);
        await using var reader = await command.ExecuteReaderAsync(Ct);
        var plan = new List<string>();

        while (await reader.ReadAsync(Ct))
            plan.Add(reader.GetString(0));

        plan.ShouldNotContain(
            line =>
                line.Contains("Seq Scan on workflow_instance", StringComparison.Ordinal)
                || line.Contains("Seq Scan on migration_item", StringComparison.Ordinal)
                || line.Contains("Seq Scan on bookmark", StringComparison.Ordinal)
                || line.Contains("Seq Scan on work", StringComparison.Ordinal),
            string.Join('\n', plan)
        );
    }
}
