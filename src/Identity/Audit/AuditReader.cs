using Npgsql;
using NpgsqlTypes;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;

namespace ServiceLoop.Identity.Audit;

/// <summary>Reads entries; who may see them is asked by <see cref="AuditLog"/>.</summary>
internal sealed class AuditReader(NpgsqlDataSource database)
{
    // A text is looked for in all entries, if need be.
    private const int SecondsForSearch = 60;

    // An end follows its beginning within so many entries, unless the product died.
    private const int EndIsNear = 10_000;

    internal static readonly string ListText = SqlFile.Beside<AuditReader>("audit_entry.list");
    internal static readonly string FindText = SqlFile.Beside<AuditReader>("audit_entry.find");
    internal static readonly string EndOfText = SqlFile.Beside<AuditReader>("audit_entry.end_of");
    private static readonly string FitPlan = SqlFile.Beside<AuditReader>("plan.fit");
    private static readonly string InScope = SqlFile.Beside<AuditReader>("person.in_scope");

    /// <summary>Entries, newest first.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="scope">Whose; null for everybody's.</param>
    /// <param name="before">Number before which they begin; null for the newest.</param>
    /// <param name="highest">Highest number; null for any.</param>
    /// <param name="take">At most.</param>
    /// <param name="ct">Cancels.</param>
    public Task<IReadOnlyList<AuditEntry>> ListAsync(
        AuditFilter filter,
        string[]? scope,
        long? before,
        long? highest,
        int take,
        CancellationToken ct
    ) => GuardAsync(connection => ListAsync(connection, Arguments(filter, scope, before, highest, take), ct));

    /// <summary>One entry; null when there is none or it may not be seen.</summary>
    public Task<AuditEntry?> FindAsync(long number, string[]? scope, CancellationToken ct) =>
        GuardAsync(async connection =>
        {
            await using var command = new NpgsqlCommand(FindText, connection) { Parameters = { Number(number), Texts(scope) } };
            await using var reader = await command.ExecuteReaderAsync(ct);
            return await reader.ReadAsync(ct) ? EntryColumns.Read(reader) : null;
        });

    /// <summary>Number of the entry that tells how something ended; null when there is none.</summary>
    public Task<long?> FindEndAsync(long begun, string[]? scope, CancellationToken ct) =>
        GuardAsync(async connection =>
        {
            await using var command = new NpgsqlCommand(EndOfText, connection)
            {
                Parameters = { Number(begun), Number(EndIsNear), Texts(scope) },
            };
            return await command.ExecuteScalarAsync(ct) as long?;
        });

    /// <summary>End of the chain; null when somebody removed it.</summary>
    public Task<ChainHead?> HeadAsync(CancellationToken ct) => GuardAsync(connection => ChainWalk.HeadAsync(connection, null, ct));

    /// <summary>Ids of those whose entries an actor may see; null for everybody's.</summary>
    public async Task<string[]?> ScopeAsync(Actor actor, CancellationToken ct)
    {
        if (actor.Teams is null && actor.Regions is null)
            return null;

        return await GuardAsync(async connection =>
        {
            await using var command = new NpgsqlCommand(InScope, connection)
            {
                Parameters =
                {
                    Texts(actor.Teams is { } teams ? [.. teams] : null),
                    Texts(actor.Regions is { } regions ? [.. regions] : null),
                },
            };
            await using var reader = await command.ExecuteReaderAsync(ct);
            var ids = new List<string>();

            while (await reader.ReadAsync(ct))
                ids.Add(reader.GetString(0));

            return ids.ToArray();
        });
    }

    internal static NpgsqlParameter[] Arguments(AuditFilter filter, string[]? scope, long? before, long? highest, int take) =>
        [
            Text(filter.Actor?.ToLowerInvariant()),
            Text(filter.Action),
            Text(filter.Subject),
            new() { Value = filter.End is { } end ? (short)end : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Smallint },
            Time(filter.From),
            Time(filter.Until),
            Text(filter.Text is { Length: > 0 } text ? $"%{Escaped(text)}%" : null),
            Number(before),
            Number(highest),
            Texts(scope),
            new() { Value = take, NpgsqlDbType = NpgsqlDbType.Integer },
        ];

    private static async Task<IReadOnlyList<AuditEntry>> ListAsync(
        NpgsqlConnection connection,
        NpgsqlParameter[] arguments,
        CancellationToken ct
    )
    {
        await using var batch = new NpgsqlBatch(connection) { Timeout = SecondsForSearch };
        batch.BatchCommands.Add(new NpgsqlBatchCommand(FitPlan));
        var list = new NpgsqlBatchCommand(ListText);
        list.Parameters.AddRange(arguments);
        batch.BatchCommands.Add(list);
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        var entries = new List<AuditEntry>();

        while (await reader.ReadAsync(ct))
            entries.Add(EntryColumns.Read(reader));

        return entries;
    }

    private async Task<T> GuardAsync<T>(Func<NpgsqlConnection, Task<T>> read)
    {
        try
        {
            await using var connection = await database.OpenConnectionAsync();
            return await read(connection);
        }
        catch (Exception e) when (ServerFault.IsUnavailable(e))
        {
            throw ServerFault.Unavailable(e);
        }
    }

    private static string Escaped(string text) =>
        text.Replace("\0", "", StringComparison.Ordinal)
            .Replace(@"\", @"\\", StringComparison.Ordinal)
            .Replace("%", @"\%", StringComparison.Ordinal)
            .Replace("_", @"\_", StringComparison.Ordinal);

    private static NpgsqlParameter Text(string? value) =>
        new() { Value = (object?)FactText.Clean(value, FactText.LongestText) ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    private static NpgsqlParameter Texts(string[]? values) =>
        new() { Value = (object?)values ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };

    private static NpgsqlParameter Number(long? value) =>
        new() { Value = value ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint };

    private static NpgsqlParameter Time(DateTimeOffset? value) =>
        new() { Value = value?.UtcDateTime ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz };
}
