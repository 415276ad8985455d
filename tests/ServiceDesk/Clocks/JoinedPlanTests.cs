using Npgsql;
using NpgsqlTypes;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.ServiceDesk.Cases;
using ServiceLoop.ServiceDesk.Clocks;
using ServiceLoop.ServiceDesk.Routing;
using ServiceLoop.ServiceDesk.Upkeep;
using ServiceLoop.TestKit;

namespace ServiceLoop.ServiceDesk.Tests.Clocks;

/// <summary>No statement that joins cases, clocks and queues reads a large table from end to end.</summary>
public sealed class JoinedPlanTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private const string Fill = """
        insert into service_case (id, impact, urgency, priority, channel, opened_at, status, instance_id)
        select 's' || n, 'one', 'normal', 3, 'email', now(), 'new', 'w' || n from generate_series(1, 20000) n;
        insert into service_case_event (key, case_id, at, actor, action, is_applied)
        select 'k' || n, 's' || n, now(), 'x', 'open', true from generate_series(1, 20000) n;
        insert into case_news (case_id, heard_seq) select 's' || n, 0 from generate_series(1, 20000) n;
        insert into sla_clock (id, case_id, metric, policy_id, policy_version, calendar_id, calendar_version, target_amount, target_unit, extension, state,
          started_at, runs, consumed, thresholds, fired, generation, rev)
        select 'c' || n, 's' || n, 'resolution', 'p', 1, 'cal', 1, 60, 0, 0, 1, now(), '{}', 0, '{}', '{}', 1, 1 from generate_series(1, 20000) n;
        insert into clock_event (clock_id, at, kind, who, said_at) select 'c' || n, now(), 'Started', 'x', now() from generate_series(1, 20000) n;
        analyze service_case; analyze service_case_event; analyze case_news; analyze sla_clock; analyze clock_event;
        """;

    private static readonly string[] Large = ["service_case", "service_case_event", "case_news", "sla_clock", "clock_event"];
    private NpgsqlDataSource database = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        database = await postgres.OpenAsync(Ct);
        await using var count = database.CreateCommand("select count(*) from service_case");

        if ((long)(await count.ExecuteScalarAsync(Ct))! > 0)
            return;

        await using var fill = database.CreateCommand(Fill);
        await fill.ExecuteNonQueryAsync(Ct);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public Task News_of_a_case_are_found() => ShouldUseIndexesAsync(SqlFile.Beside<ServiceCase>("case_news.list"), Text("s7"), Int(100));

    [Fact]
    public Task The_place_of_hearing_is_held() => ShouldUseIndexesAsync(SqlFile.Beside<ServiceCase>("case_news.hold"), Text("s7"));

    [Fact]
    public Task The_place_of_hearing_is_moved() =>
        ShouldUseIndexesAsync(SqlFile.Beside<ServiceCase>("case_news.heard"), Text("s7"), new() { Value = 5L });

    [Fact]
    public Task Clocks_of_a_case_are_locked() => ShouldUseIndexesAsync(SqlFile.Beside<ClockStore>("sla_clock.lock_case"), Text("s7"));

    [Fact]
    public Task Many_clocks_are_locked() =>
        ShouldUseIndexesAsync(SqlFile.Beside<ClockStore>("sla_clock.lock_many"), Texts("c7", "c8"), Int(2));

    [Fact]
    public Task The_place_of_a_task_is_found() => ShouldUseIndexesAsync(SqlFile.Beside<CasePlace>("case.place"), Text("s7"), Text(null));

    [Fact]
    public Task Old_lines_are_found_from_their_end() =>
        ShouldUseIndexesAsync(
            SqlFile.Beside<DeskUpkeep>("clock_event.delete_old"),
            new() { Value = DateTime.UnixEpoch, NpgsqlDbType = NpgsqlDbType.TimestampTz },
            Int(10)
        );

    private static NpgsqlParameter Text(string? value) =>
        new() { Value = value is null ? DBNull.Value : value, NpgsqlDbType = NpgsqlDbType.Text };

    private static NpgsqlParameter Texts(params string[] values) => new() { Value = values };

    private static NpgsqlParameter Int(int value) => new() { Value = value };

    private async Task ShouldUseIndexesAsync(string sql, params NpgsqlParameter[] parameters)
    {
        await using var command = database.CreateCommand($"explain {sql}");
        command.Parameters.AddRange(parameters);
        await using var reader = await command.ExecuteReaderAsync(Ct);
        var plan = new List<string>();

        while (await reader.ReadAsync(Ct))
            plan.Add(reader.GetString(0));

        foreach (var table in Large)
            plan.ShouldNotContain(
                line => line.Contains($"Seq Scan on {table} ") || line.EndsWith($"Seq Scan on {table}"),
                string.Join('\n', plan)
            );
    }
}
