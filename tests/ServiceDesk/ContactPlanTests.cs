using Npgsql;
using NpgsqlTypes;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.ServiceDesk.Callbacks;
using ServiceLoop.ServiceDesk.Cases;
using ServiceLoop.ServiceDesk.Customers;
using ServiceLoop.ServiceDesk.FollowUps;
using ServiceLoop.ServiceDesk.Interactions;
using ServiceLoop.ServiceDesk.Messages;
using ServiceLoop.TestKit;

namespace ServiceLoop.ServiceDesk.Tests;

/// <summary>No statement of contacts reads a large table from end to end.</summary>
public sealed class ContactPlanTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private const string Fill = """
        insert into customer (id, state, root_id, preferences, created_at, changed_at)
        select 'c' || n, 'active', 'c' || n, '{}', now() + n * interval '1 s', now() from generate_series(1, 20000) n;
        insert into customer_identity (kind, value, customer_id, is_verified, added_at)
        select 'email', 'm' || n || '@example.org', 'c' || n, false, now() from generate_series(1, 20000) n;
        insert into service_case (id, customer_id, category, impact, urgency, priority, channel, opened_at, status, closed_at)
        select 's' || n, 'c' || n, 'billing', 'one', 'normal', 3, 'email', now() + n * interval '1 s', case when n % 10 = 0 then 'new' else 'closed' end,
          case when n % 10 = 0 then null else now() end
        from generate_series(1, 20000) n;
        insert into interaction (id, channel, external_id, digest, direction, state, customer_id, case_id, transcript, attachments, started_at, received_at)
        select 'i' || n, 'email', 'e' || n, '', 'inbound', 'received', 'c' || n, 's' || n, '[]', '[]', now(), now() + n * interval '1 s'
        from generate_series(1, 20000) n;
        insert into callback (id, case_id, customer_id, channel, numbers, requested_at)
        select 'b' || n, 's' || n, 'c' || n, 'phone', '{}', now() + n * interval '1 s' from generate_series(1, 20000) n;
        insert into follow_up (id, case_id, customer_id, kind, metric, cause, channel, settled_at, expires_at, made_at)
        select 'f' || n, 's' || n, 'c' || n, 'survey', 'csat', 'advice', 'email', now(), now(), now() + n * interval '1 s' from generate_series(1, 20000) n;
        analyze customer; analyze customer_identity; analyze service_case; analyze interaction; analyze callback; analyze follow_up;
        """;

    private static readonly string[] Large = ["customer", "customer_identity", "service_case", "interaction", "callback", "follow_up"];
    private NpgsqlDataSource database = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        database = await postgres.OpenAsync(Ct);
        await using var count = database.CreateCommand("select count(*) from customer");

        if ((long)(await count.ExecuteScalarAsync(Ct))! > 0)
            return;

        await using var fill = database.CreateCommand(Fill);
        await fill.ExecuteNonQueryAsync(Ct);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public Task Customers_are_found_by_identity() =>
        ShouldUseIndexesAsync<Customer>("customer_identity.match", Texts("email"), Texts("m7@example.org"));

    [Fact]
    public Task A_family_is_found() => ShouldUseIndexesAsync<Customer>("customer.family", Text("c7"));

    [Fact]
    public Task Customers_are_listed() => ShouldUseIndexesAsync<Customer>("customer.list", Text(null), Time(null), Text(null), Number(50));

    [Fact]
    public Task What_tells_when_to_contact_is_found() => ShouldUseIndexesAsync<Customer>("customer.contact", Text("c7"));

    [Fact]
    public Task Similar_cases_are_found() =>
        ShouldUseIndexesAsync<ServiceCase>("service_case.similar", Text("s7"), Text("billing"), Time(DateTime.UtcNow));

    [Fact]
    public Task Open_cases_of_a_customer_are_found() => ShouldUseIndexesAsync<ServiceCase>("service_case.open_of_customer", Text("c7"));

    [Theory]
    [InlineData(null, null, false)]
    [InlineData("new", null, true)]
    [InlineData(null, "c7", false)]
    public Task Cases_are_listed(string? status, string? customer, bool open) =>
        ShouldUseIndexesAsync<ServiceCase>(
            "service_case.list",
            Text(status),
            Text(customer),
            new() { Value = open },
            Time(null),
            Text(null),
            Number(50)
        );

    [Theory]
    [InlineData(null, null)]
    [InlineData("s7", null)]
    [InlineData(null, "c7")]
    public Task Contacts_are_listed(string? caseId, string? customer) =>
        ShouldUseIndexesAsync<Interaction>(
            "interaction.list",
            Text(caseId),
            Text(customer),
            Text(null),
            Time(null),
            Text(null),
            Number(50)
        );

    [Theory]
    [InlineData(null, null, false)]
    [InlineData("s7", null, true)]
    [InlineData(null, "c7", false)]
    public Task Callbacks_are_listed(string? caseId, string? customer, bool open) =>
        ShouldUseIndexesAsync<Callback>(
            "callback.list",
            Text(null),
            Text(caseId),
            Text(customer),
            new() { Value = open },
            Time(null),
            Text(null),
            Number(50)
        );

    [Fact]
    public Task The_language_of_a_reader_is_found() => ShouldUseIndexesAsync<Message>("message.language", Text("c7"), Text("s7"));

    [Fact]
    public Task What_spares_a_customer_is_found() => ShouldUseIndexesAsync<FollowUp>("follow_up.facts", Text("f7"));

    private async Task ShouldUseIndexesAsync<T>(string name, params NpgsqlParameter[] parameters)
    {
        await using var command = database.CreateCommand("explain " + SqlFile.Beside<T>(name));

        foreach (var parameter in parameters)
            command.Parameters.Add(parameter);

        var lines = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(Ct);

        while (await reader.ReadAsync(Ct))
            lines.Add(reader.GetString(0));

        var plan = string.Join('\n', lines);

        foreach (var table in Large)
            plan.ShouldNotContain($"Seq Scan on {table} ");
    }

    private static NpgsqlParameter Text(string? value) =>
        new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    private static NpgsqlParameter Texts(params string[] values) => new() { Value = values };

    private static NpgsqlParameter Number(int value) => new() { Value = value };

    private static NpgsqlParameter Time(DateTime? value) =>
        new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz };
}
