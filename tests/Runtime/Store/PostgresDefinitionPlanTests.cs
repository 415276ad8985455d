using Npgsql;
using NpgsqlTypes;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.TestKit;

namespace ServiceLoop.Runtime.Tests.Store;

/// <summary>What asks for a few definitions among ten thousand versions, one line of a thousand, does not read them all.</summary>
public sealed class PostgresDefinitionPlanTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private const int Rows = 10_000;

    // Types of the parameters of definition_version.page.
    private static readonly NpgsqlDbType[] Page =
    [
        NpgsqlDbType.Smallint,
        NpgsqlDbType.Integer,
        NpgsqlDbType.Array | NpgsqlDbType.Text,
        NpgsqlDbType.Array | NpgsqlDbType.Text,
        NpgsqlDbType.Text,
        NpgsqlDbType.Boolean,
        NpgsqlDbType.Boolean,
        NpgsqlDbType.Boolean,
        NpgsqlDbType.Smallint,
        NpgsqlDbType.Boolean,
        NpgsqlDbType.Integer,
        NpgsqlDbType.Integer,
    ];

    private NpgsqlDataSource database = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Kind, lines, ids, pattern, order, descending, skip.</summary>
    public static TheoryData<short, string?, string?, string?, short, bool, int> Pages =>
        new()
        {
            // Latest, by creation and by name; the last page of the latter.
            { 1, null, null, null, 0, false, 0 },
            { 1, null, null, null, 1, false, 0 },
            { 1, null, null, null, 1, true, 0 },
            { 2, null, null, null, 1, false, 800 },
            { 3, null, null, null, 1, false, 0 },
            { 5, null, null, null, 1, false, 0 },
            { 0, null, null, null, 0, false, 0 },
            { 0, null, null, null, 0, true, 0 },
            { 0, null, null, null, 1, false, 0 },
            { 0, "long", null, null, 2, true, 0 },
            { 0, "long", null, null, 2, true, 990 },
            { 0, null, "long-7", null, 0, false, 0 },
            { 0, null, null, "%00042f%", 0, false, 0 },
            { 1, null, null, "%00042f%", 1, false, 0 },
        };

    public static TheoryData<string, object?[]> Statements =>
        new()
        {
            { "definition_version.find", ["long-7"] },
            { "definition_version.find_number", ["long", 7] },
            { "definition_version.find_number", ["long", 0] },
            { "definition_version.find_number", ["long", -1] },
            { "definition_version.find_type", ["Type7", 0] },
            { "definition_version.list", ["long"] },
            { "definition_version.list_activities", ["long"] },
            { "definition_version.list_activities", [null] },
            { "definition_version.list_consumers", ["used"] },
            { "definition_version.list_pinners", [new[] { "used-1", "used-2" }] },
            { "definition_version.name_taken", ["Workflow 77", null] },
            { "definition_version.clear_flags", [new[] { "long-7" }] },
            { "definition_version.flag", [new[] { "long-7" }, new[] { true }, new[] { true }] },
            { "definition_version.promote", ["long"] },
            { "definition_version.delete", ["long-7"] },
            { "definition_version.prune_snapshots", [new DateTime(2026, 3, 1, 0, 0, 0, DateTimeKind.Utc), 200] },
            { "definition_version.delete_line", ["l7"] },
            { "definition_publication.list", ["long", 0, 50] },
            { "definition_publication.last_number", ["long"] },
            { "definition_publication.delete", ["long"] },
            { "workflow_instance.count_running", ["l7"] },
        };

    public async ValueTask InitializeAsync()
    {
        database = await postgres.OpenAsync(Ct);

        if (await StoreUnderTest.AskAsync<long>(database, "select count(*) from definition_version", Ct) == Rows)
            return;

        await StoreUnderTest.RunAsync(
            database,
            $$"""
            insert into definition_version (
              id, definition_id, version, name, type_name, is_latest, is_published, content, pins, created_at, published_at, consumes, uses, usable_as_activity
            )
            select line || '-' || number, line, number, 'Workflow ' || n, 'Type' || n, number = last, number = last - 1, convert_to(repeat(md5(n::text), 60), 'UTF8'), '',
              timestamptz '2026-03-01' + n * interval '1 s', '2026-03-01', case when n % 500 = 0 then '{used}'::text[] else '{}' end,
              case when n % 500 = 0 then '{used-1}'::text[] else '{}' end, n % 200 = 0
            from (
              select n, case when n <= 9000 then 'l' || (n - 1) / 10 else 'long' end as line, case when n <= 9000 then (n - 1) % 10 + 1 else n - 9000 end as number,
                case when n <= 9000 then 10 else 1000 end as last
              from generate_series(1, {{Rows}}) n
            ) made;
            update definition_version set description = 'What ' || to_hex(version * 1048576 + length(definition_id)) || ' does' where definition_id = 'long';
            insert into definition_publication (definition_id, version_id, version, kind, at)
            select definition_id, id, version, 0, created_at from definition_version;
            insert into workflow_instance (id, definition_id, version_id, version, row_version, sub_status, incident_count, state, created_at, updated_at, finished_at)
            select 'i' || n, 'l' || n % 900, 'l' || n % 900 || '-1', 1, 1, 2, 0, 'x', timestamptz '2026-03-01' + n * interval '1 s', '2026-03-01',
              case when n % 3 = 0 then timestamptz '2026-03-02' end
            from generate_series(1, 20000) n;
            analyze;
            """,
            Ct
        );
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task A_page_uses_an_index(short kind, string? line, string? id, string? pattern, short order, bool descending, int skip)
    {
        object?[] values =
        [
            kind,
            0,
            line is null ? null : new[] { line },
            id is null ? null : new[] { id },
            pattern,
            null,
            null,
            null,
            order,
            descending,
            skip,
            25,
        ];

        (await PlanAsync("definition_version.page", values, Page)).ShouldNotContain("Seq Scan on definition_version");
        if (kind != 0 || line is not null || id is not null || pattern is not null)
            (await PlanAsync("definition_version.count", values[..8], Page[..8])).ShouldNotContain("Seq Scan on definition_version");
    }

    [Theory]
    [MemberData(nameof(Statements))]
    public async Task Statement_uses_an_index(string name, object?[] values)
    {
        var plan = await PlanAsync(name, values, null);

        plan.ShouldNotContain("Seq Scan on definition_version");
        plan.ShouldNotContain("Seq Scan on definition_publication");
        plan.ShouldNotContain("Seq Scan on workflow_instance");
    }

    private async Task<string> PlanAsync(string name, object?[] values, NpgsqlDbType[]? types)
    {
        await using var command = database.CreateCommand("explain " + SqlFile.Beside<PostgresStore>(name));

        for (var i = 0; i < values.Length; i++)
            command.Parameters.Add(
                types is not null ? new() { Value = values[i] ?? DBNull.Value, NpgsqlDbType = types[i] }
                : values[i] is { } value ? new() { Value = value }
                : new() { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text }
            );

        var lines = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(Ct);

        while (await reader.ReadAsync(Ct))
            lines.Add(reader.GetString(0));

        return string.Join('\n', lines);
    }
}
