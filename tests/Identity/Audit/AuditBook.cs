using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using ServiceLoop.Identity.Audit;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Identity.Tests.Audit;

/// <summary>The tables of the audit log, for tests: emptied, filled, and changed as only the owner of the database can.</summary>
internal static class AuditBook
{
    private const string Open = """
        alter table audit_entry disable trigger all;
        alter table audit_head disable trigger all;
        """;

    private const string Close = """
        alter table audit_entry enable always trigger audit_entry_refuse;
        alter table audit_head enable always trigger audit_head_refuse;
        alter table audit_head enable always trigger audit_head_forward;
        """;

    /// <summary>The columns of the table.</summary>
    public static readonly string[] Columns =
    [
        "number",
        "at",
        "actor_kind",
        "actor_id",
        "actor",
        "on_behalf_of",
        "address",
        "session",
        "action",
        "subject",
        "permission",
        "outcome",
        "begun",
        "before",
        "wanted",
        "after",
        "reason",
        "prev_hash",
        "hash",
    ];

    public static AuditTrail Trail(NpgsqlDataSource database, TimeProvider? time = null) =>
        new(database, time ?? TimeProvider.System, NullLogger<AuditTrail>.Instance);

    /// <summary>Empties the log.</summary>
    public static Task ClearAsync(NpgsqlDataSource database, CancellationToken ct) =>
        ForgeAsync(
            database,
            "truncate audit_entry; delete from audit_head; insert into audit_head (number, hash) values (0, decode(repeat('00', 32), 'hex'));",
            ct
        );

    /// <summary>Changes the tables with the triggers off.</summary>
    public static Task ForgeAsync(NpgsqlDataSource database, string sql, CancellationToken ct) =>
        RunAsync(database, Open + sql + "\n;" + Close, ct);

    public static async Task RunAsync(NpgsqlDataSource database, string sql, CancellationToken ct)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(ct);
    }

    public static async Task<T> AskAsync<T>(NpgsqlDataSource database, string sql, CancellationToken ct)
    {
        await using var command = database.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>Writes plain entries with the subjects 1 to <paramref name="count"/>.</summary>
    public static async Task FillAsync(NpgsqlDataSource database, int count, CancellationToken ct)
    {
        await using var trail = Trail(database);

        for (var n = 1; n <= count; n++)
            await trail.WriteAsync(Notes.Of($"{n}"), ct);
    }

    public static Task<ChainVerdict> CheckAsync(NpgsqlDataSource database, CancellationToken ct, ChainAnchor? kept = null) =>
        new ChainWalk(database).CheckAsync(kept, null, ct);

    /// <summary>Somebody who may do what they are given.</summary>
    public static Actor Somebody(params string[] permissions) => Notes.Ann with { Permissions = [.. permissions] };
}
