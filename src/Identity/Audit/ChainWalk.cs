using System.Data;
using Npgsql;
using NpgsqlTypes;
using ServiceLoop.Runtime.Postgres;

namespace ServiceLoop.Identity.Audit;

/// <summary>Walks the whole chain in the database, as it was at one moment. For the command line, and for <see cref="AuditLog"/>, which asks who wants it.</summary>
public sealed class ChainWalk(NpgsqlDataSource database)
{
    private const int TellEvery = 5000;

    // As long as it takes.
    private const int NoTimeout = 0;

    private static readonly string ReadHead = SqlFile.Beside<ChainWalk>("audit_head.read");
    private static readonly string Walk = SqlFile.Beside<ChainWalk>("audit_entry.walk");
    private static readonly string FindFollower = SqlFile.Beside<ChainWalk>("audit_entry.follower");

    /// <summary>Checks every entry, up to the first link that does not hold.</summary>
    /// <param name="kept">An end that was written down earlier; null for none.</param>
    /// <param name="progress">Told from time to time; null for nobody.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<ChainVerdict> CheckAsync(ChainAnchor? kept, IProgress<ChainProgress>? progress, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);

        // One picture of both tables, however much is written meanwhile.
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct);
        var head = await HeadAsync(connection, transaction, ct);
        var check = new ChainCheck(head, kept);
        var found = check.Begin() ?? await WalkAsync(connection, transaction, check, head!.Number, progress, ct);

        if (found is { Fault: ChainFault.Changed or ChainFault.Rewritten } && check.MayBeReordered)
            found = await ReorderedAsync(connection, transaction, check.Last, ct) ?? found;

        return new(check.Count, ChainAnchor.Of(check.Last), found);
    }

    /// <summary>End of the chain; null when it was removed.</summary>
    internal static async Task<ChainHead?> HeadAsync(NpgsqlConnection connection, NpgsqlTransaction? transaction, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(ReadHead, connection, transaction);
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) ? new(reader.GetInt64(0), reader.GetFieldValue<byte[]>(1)) : null;
    }

    private static async Task<ChainBreak?> WalkAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        ChainCheck check,
        long total,
        IProgress<ChainProgress>? progress,
        CancellationToken ct
    )
    {
        await using var command = new NpgsqlCommand(Walk, connection, transaction) { CommandTimeout = NoTimeout };
        await using var reader = await command.ExecuteReaderAsync(ct);

        while (await reader.ReadAsync(ct))
        {
            if (check.Take(EntryColumns.Read(reader)) is { } broken)
                return broken;

            if (check.Count % TellEvery == 0)
                progress?.Report(new(check.Count, total));
        }

        progress?.Report(new(check.Count, total));
        return check.End();
    }

    private static async Task<ChainBreak?> ReorderedAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        ChainHead last,
        CancellationToken ct
    )
    {
        var number = last.Number + 1;
        await using var command = new NpgsqlCommand(FindFollower, connection, transaction)
        {
            CommandTimeout = NoTimeout,
            Parameters =
            {
                new NpgsqlParameter { Value = last.Hash.ToArray(), NpgsqlDbType = NpgsqlDbType.Bytea },
                new NpgsqlParameter<long> { TypedValue = number, NpgsqlDbType = NpgsqlDbType.Bigint },
            },
        };
        return await command.ExecuteScalarAsync(ct) is long elsewhere
            ? new(
                number,
                ChainFault.Reordered,
                elsewhere,
                $"Another entry stands at {number}; the one that belongs there stands at {elsewhere}."
            )
            : null;
    }
}
