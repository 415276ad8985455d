using Npgsql;
using ServiceLoop.Identity.Audit;
using ServiceLoop.Runtime.Access;
using ServiceLoop.TestKit;

namespace ServiceLoop.Identity.Tests.Audit;

/// <summary>No statement reads the whole log, with tens of thousands of entries and current statistics.</summary>
public sealed class AuditPlanTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private const int Rows = 50_000;
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private NpgsqlDataSource database = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<AuditFilter, string> Filters =>
        new()
        {
            { new(), "audit_entry_at" },
            {
                new() { Actor = "u7" },
                "audit_entry_actor"
            },
            {
                new() { Action = "a7" },
                "audit_entry_action"
            },
            {
                new() { Subject = "s77" },
                "audit_entry_subject"
            },
            {
                new() { End = DeedEnd.Denied },
                "audit_entry_trouble"
            },
            {
                new() { From = Noon, Until = Noon.AddMinutes(10) },
                "audit_entry_at"
            },
            {
                new()
                {
                    Action = "a7",
                    From = Noon,
                    Text = "s77",
                },
                "audit_entry_action"
            },
        };

    public async ValueTask InitializeAsync()
    {
        database = await postgres.OpenAsync(Ct);

        if (await AuditBook.AskAsync<long>(database, "select count(*) from audit_entry", Ct) == Rows)
            return;

        await AuditBook.RunAsync(
            database,
            $"""
            insert into audit_entry
            select n, timestamptz '2026-03-01' + n * interval '1 s', 1, 'p' || n % 300, 'u' || n % 300, null, '192.0.2.7', 's' || n % 1000, 'a' || n % 50,
              's' || n % 5000, 'p', case when n % 500 = 0 then 2 else n % 2 end, 0, null, null, repeat('x', 200), null, '', ''
            from generate_series(1, {Rows}) n;
            analyze audit_entry;
            """,
            Ct
        );
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [MemberData(nameof(Filters))]
    public async Task Lists_use_an_index(AuditFilter filter, string index)
    {
        foreach (var before in new long?[] { null, 30_000 })
        {
            var plan = await PlanAsync(AuditReader.ListText, AuditReader.Arguments(filter, null, before, Rows, 51));

            plan.ShouldNotContain("Seq Scan on audit_entry");
            plan.ShouldContain(index);
        }
    }

    [Fact]
    public async Task Single_entries_use_the_key()
    {
        NpgsqlParameter All() =>
            new() { Value = DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Array | NpgsqlTypes.NpgsqlDbType.Text };

        (await PlanAsync(AuditReader.FindText, new() { Value = 7L }, All())).ShouldContain("audit_entry_pkey");
        (await PlanAsync(AuditReader.EndOfText, new() { Value = 7L }, new() { Value = 10_000L }, All())).ShouldContain("audit_entry_pkey");
    }

    [Fact]
    public async Task A_planted_scan_is_found()
    {
        (await PlanAsync("select from audit_entry where reason = 'x'")).ShouldContain("Seq Scan on audit_entry");
    }

    private async Task<string> PlanAsync(string sql, params NpgsqlParameter[] parameters)
    {
        await using var command = database.CreateCommand("explain " + sql);
        command.Parameters.AddRange(parameters);
        await using var reader = await command.ExecuteReaderAsync(Ct);
        var lines = new List<string>();

        while (await reader.ReadAsync(Ct))
            lines.Add(reader.GetString(0));

        return string.Join('\n', lines);
    }
}
