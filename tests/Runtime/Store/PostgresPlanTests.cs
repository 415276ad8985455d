using Npgsql;
using NpgsqlTypes;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Store;
using ServiceLoop.TestKit;

namespace ServiceLoop.Runtime.Tests.Store;

/// <summary>No statement reads one of the big tables from end to end, with tens of thousands of rows and current statistics.</summary>
public sealed class PostgresPlanTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private const int Rows = 30_000;
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly string[] Big = ["workflow_instance", "bookmark", "work", "journal"];
    private NpgsqlDataSource database = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string, object?[]> Statements =>
        new()
        {
            { "workflow_instance.lease", ["i1", 1L, "n1", Noon, Noon] },
            { "workflow_instance.release", ["i1", "n1"] },
            { "workflow_instance.find_commit", [new[] { "i1", "i2" }, Guid.Empty] },
            { "workflow_instance.any_running", ["d7", null] },
            { "workflow_instance.any_running", [null, "c77"] },
            { "workflow_instance.any_running", ["d7", "c77"] },
            { "workflow_instance.find_ended", [Noon, 200] },
            { "workflow_instance.delete", [new[] { "i1", "i2" }] },
            { "bookmark.find", ["h77", null, null] },
            { "bookmark.find", [null, "i77", null] },
            { "bookmark.find", ["h77", null, "c77"] },
            { "bookmark.find", ["common", null, "c77"] },
            { "work.lease_due", [Noon, Noon, 200] },
            { "work.renew", [new[] { 1L, 2L }, Noon] },
            { "work.next_due", [] },
            { "work.complete", [new[] { 1L, 2L }] },
            { "work.fail", [1L, Noon, "x"] },
            { "work.bury", [1L, Noon, "x"] },
            { "work.revive", [new[] { 1L, 2L }, Noon] },
            { "work.list_alive", [null, 0L, 50] },
            { "work.list_alive", ["i77", 0L, 50] },
            { "work.list_buried", [null, 0L, 50] },
            { "work.delete_buried", [Noon, 200] },
            { "work.delete_trigger_timers", ["d7", (short)5] },
            { "journal.read", ["i77"] },
            { "journal.read_happened", ["i77", 3L] },
            { "workflow_instance.stand", [new[] { "i1", "i2" }] },
            { "definition_version.delete", ["d7-1"] },
        };

    public async ValueTask InitializeAsync()
    {
        database = await postgres.OpenAsync(Ct);

        if (await StoreUnderTest.AskAsync<long>(database, "select count(*) from workflow_instance", Ct) == Rows)
            return;

        await StoreUnderTest.RunAsync(
            database,
            $"""
            select journal_prepare('2026-03-01 00:00:00+00');
            select journal_prepare('2026-04-01 00:00:00+00');
            insert into workflow_instance (
              id, definition_id, version_id, version, row_version, sub_status, correlation_id, parent_id, incident_count, state,
              created_at, updated_at, finished_at
            )
            select 'i' || n, 'd' || n % 300, 'd' || n % 300 || '-1', 1, 1, 2, 'c' || n % 5000, case when n % 3 = 0 then 'p' || n % 5000 end,
              (n % 500 = 0)::integer, convert_to(repeat('state', 100), 'UTF8'), timestamptz '2026-03-01' + n * interval '1 s', '2026-03-01',
              case when n % 2 = 0 then timestamptz '2026-03-01' + n * interval '1 s' end
            from generate_series(1, {Rows}) n;
            insert into bookmark select 'i' || n, 1, case when n % 2 = 0 then 'common' else 'h' || n % 5000 end, 'Event', 'W', 'R/W', null, '', '2026-03-01' from generate_series(1, {Rows}) n;
            insert into work (key, kind, instance_id, target, payload, due_at, lease_until, attempts, buried_at)
            select 'k' || n, 0, 'i' || n, 1, '', timestamptz '2026-03-01' + n * interval '1 s', case when n % 50 = 0 then timestamptz '2026-03-01' end,
              0, case when n % 50 = 1 then timestamptz '2026-03-01' end
            from generate_series(1, {Rows}) n;
            insert into journal select 'i' || n, 1, timestamptz '2026-03-01' + n * interval '100 s', '', '', 1 from generate_series(1, {Rows}) n;
            analyze;
            """,
            Ct
        );
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [MemberData(nameof(Statements))]
    public async Task Statement_uses_an_index(string name, object?[] values)
    {
        await using var command = database.CreateCommand("explain " + SqlFile.Beside<PostgresStore>(name));

        foreach (var value in values)
            command.Parameters.Add(value is null ? Null() : new() { Value = value is DateTimeOffset at ? at.UtcDateTime : value });

        ShouldReadNoTable(await PlanAsync(command));
    }

    public static TheoryData<string, InstanceFilter, InstanceOrder> Lists
    {
        get
        {
            var lists = new TheoryData<string, InstanceFilter, InstanceOrder>();

            // By the last commit, those that run must be sorted: no index may change with every burst.
            foreach (var sort in Enum.GetValues<InstanceSort>().Where(s => s != InstanceSort.LastExecuted))
            {
                lists.Add("page", new(), new(sort));
                lists.Add("page", new(), new(sort, IsAscending: true));
            }

            InstanceFilter[] filters =
            [
                new() { DefinitionId = "d7" },
                new() { DefinitionIds = ["d7", "d8"] },
                new() { VersionId = "d7-1" },
                new() { CorrelationId = "c77" },
                new() { ParentId = "p77" },
                new() { HasIncidents = true },
                new() { IsRunning = true },
                new() { SubStatuses = [WorkflowSubStatus.Faulted] },
                new() { SubStatuses = [WorkflowSubStatus.Finished, WorkflowSubStatus.Suspended] },
                new() { Created = TimeRange.Any.After(Noon) },
                new() { Before = (Noon, "i5") },
            ];

            foreach (var filter in filters)
                lists.Add("page", filter, default);

            lists.Add("page", new() { DefinitionId = "d7" }, new(InstanceSort.LastExecuted));
            lists.Add("page", new() { IsRunning = false }, new(InstanceSort.LastExecuted));
            lists.Add("count", new() { DefinitionId = "d7", SubStatuses = [WorkflowSubStatus.Cancelled] }, default);
            lists.Add("search", new() { Search = "i77" }, default);
            lists.Add("search", new() { Search = "i7" }, default);
            lists.Add("page", new() { Search = "i77" }, new(InstanceSort.Name));
            return lists;
        }
    }

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task Lists_use_an_index(string kind, InstanceFilter filter, InstanceOrder order)
    {
        var (statement, parameters) = InstanceLists.Explained(kind, filter, order);
        await using var command = database.CreateCommand("explain " + statement);

        foreach (var parameter in parameters)
            command.Parameters.Add(parameter);

        ShouldReadNoTable(await PlanAsync(command));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(200)]
    public async Task Every_variant_of_a_commit_uses_indexes(int size)
    {
        await using var session = await Session.OpenAsync(database, Ct);

        for (var parts = 1; parts < 256; parts++)
        {
            if ((parts & 3) == 0)
                continue;

            var columns = new CommitColumns();

            for (var i = 0; i < size; i++)
                columns.Add(Burst((CommitParts)parts, i));

            await using var command = new NpgsqlCommand("explain " + CommitStatement.Of((CommitParts)parts), session.Connection);

            foreach (var parameter in columns.ToParameters((CommitParts)parts, new() { TypedValue = Guid.Empty }))
                command.Parameters.Add(parameter);

            ShouldReadNoTable(await PlanAsync(command));
        }
    }

    [Fact]
    public async Task A_planted_scan_is_found()
    {
        await using var command = database.CreateCommand("explain select from workflow_instance i where name = 'x'");
        var plan = await PlanAsync(command);

        Should.Throw<ShouldAssertException>(() => ShouldReadNoTable(plan));
    }

    [Fact]
    public async Task Loading_uses_the_key()
    {
        await using var session = await Session.OpenAsync(database, Ct);
        await using var command = new NpgsqlCommand(
            "explain " + SqlFile.Beside<PostgresStore>("workflow_instance.load"),
            session.Connection
        );
        command.Parameters.Add(new() { Value = new[] { "i1", "i2" } });

        ShouldReadNoTable(await PlanAsync(command));
    }

    [Fact]
    public async Task A_burst_that_stays_suspended_touches_no_index_of_the_instance()
    {
        await using var store = StoreUnderTest.Open(database);
        const string Hot = "select n_tup_hot_upd from pg_stat_xact_user_tables where relname = 'workflow_instance'";
        await using var session = await Session.OpenAsync(database, Ct);
        var columns = new CommitColumns();
        columns.Add(Burst(CommitParts.Update, 7) with { CorrelationId = "c7", DefinitionId = "d7", VersionId = "d7-1" });
        await using var transaction = await session.Connection.BeginTransactionAsync(Ct);
        await using var command = new NpgsqlCommand(CommitStatement.Of(CommitParts.Update), session.Connection, transaction);

        foreach (var parameter in columns.ToParameters(CommitParts.Update, new() { TypedValue = Guid.Empty }))
            command.Parameters.Add(parameter);

        await command.ExecuteNonQueryAsync(Ct);

        await using var ask = new NpgsqlCommand(Hot, session.Connection, transaction);
        (await ask.ExecuteScalarAsync(Ct)).ShouldBe(1L);
        await transaction.RollbackAsync(Ct);
    }

    private static InstanceCommit Burst(CommitParts parts, int i) =>
        new()
        {
            InstanceId = $"i{i}",
            ExpectedVersion = parts.HasFlag(CommitParts.Insert) && (i % 2 == 0 || !parts.HasFlag(CommitParts.Update)) ? 0 : 1,
            DefinitionId = "d",
            VersionId = "d-1",
            SubStatus = WorkflowSubStatus.Suspended,
            State = new byte[500],
            DoneWorkId = parts.HasFlag(CommitParts.Done) ? i + 1 : 0,
            Burned = parts.HasFlag(CommitParts.Burn) ? [1] : [],
            Added = parts.HasFlag(CommitParts.Add) ? [new(2, "h", "Event", "W", "R/W", null, "{}"u8.ToArray())] : [],
            Work = parts.HasFlag(CommitParts.Queue)
                ?
                [
                    new()
                    {
                        Key = $"new{i}",
                        Kind = WorkKind.Resume,
                        DueAt = Noon,
                    },
                ]
                : [],
            Dropped = parts.HasFlag(CommitParts.Drop) ? [$"k{i}"] : [],
            Journal = parts.HasFlag(CommitParts.Journal) ? new(2, "[]"u8.ToArray(), "[]"u8.ToArray(), 1) : null,
            Now = Noon,
        };

    private static NpgsqlParameter Null() => new() { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    private static async Task<string> PlanAsync(NpgsqlCommand command)
    {
        var lines = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(Ct);

        while (await reader.ReadAsync(Ct))
            lines.Add(reader.GetString(0));

        return string.Join('\n', lines);
    }

    private static void ShouldReadNoTable(string plan)
    {
        foreach (var table in Big)
        foreach (var partition in new[] { "", "_2026_03", "_2026_04" })
            plan.Contains($"Seq Scan on {table}{partition} ", StringComparison.Ordinal).ShouldBeFalse(plan);
    }
}
