using System.Data;
using Npgsql;
using NpgsqlTypes;
using ServiceLoop.Runtime.Postgres;

namespace ServiceLoop.Identity.Audit;

/// <summary>Adds groups of entries to the chain over one connection: each group once, whatever becomes of the connection.</summary>
/// <remarks>
/// The statement moves the end of the chain only from where this node believes it; so it costs one way to the server as long as no other node writes, and a
/// request that is carried out late, after it was given up, does nothing. When it meets another node, or the answer to the last group was lost, it takes the
/// end of the chain for itself first: then it is certain what happened.
/// </remarks>
internal sealed class ChainConnection(NpgsqlDataSource database) : IAsyncDisposable
{
    private const int SecondsForStatement = 15;
    private static readonly string Begin = SqlFile.Beside<ChainConnection>("session.begin");
    private static readonly string End = SqlFile.Beside<ChainConnection>("session.end");
    private static readonly string AppendText = SqlFile.Beside<ChainConnection>("audit_entry.append");
    private static readonly string LockText = SqlFile.Beside<ChainConnection>("audit_head.lock");
    private static readonly string HashAtText = SqlFile.Beside<ChainConnection>("audit_entry.hash_at");
    private static readonly string HighestText = SqlFile.Beside<ChainConnection>("audit_entry.highest");

    private NpgsqlConnection? connection;
    private NpgsqlCommand? append;
    private ChainHead? known;
    private AuditEntry[]? doubted;

    // A row stands where the next entry belongs: somebody put it there by hand. The chain goes on behind it, and a check will find it.
    private bool isCrowded;

    /// <summary>Whether the last group may have been written, although nobody said so.</summary>
    public bool IsInDoubt => doubted is not null;

    /// <summary>Writes a group in one transaction. After a failure with <see cref="IsInDoubt"/> it must be called with the same group again.</summary>
    /// <returns>The entries as they were written.</returns>
    public async Task<AuditEntry[]> AppendAsync(IReadOnlyList<AuditEntry> drafts)
    {
        var open = await OpenAsync();

        if (known is { } head && !IsInDoubt && !isCrowded)
        {
            var entries = EntryDraft.Link(drafts, head, head.Number + 1);

            if (await SendAsync(open, null, entries, head))
                return entries;
        }

        return await AppendInTurnAsync(open, drafts);
    }

    public async ValueTask DisposeAsync()
    {
        if (append is not null)
            await append.DisposeAsync();

        if (connection is not null)
        {
            await LeaveAsync(connection);
            await connection.DisposeAsync();
        }

        (append, connection, known) = (null, null, null);
    }

    /// <summary>Takes back what was set for the session: the pool gives it to others as it is.</summary>
    private static async Task LeaveAsync(NpgsqlConnection open)
    {
        if (open.State != ConnectionState.Open)
            return;

        try
        {
            await using var end = new NpgsqlCommand(End, open) { CommandTimeout = SecondsForStatement };
            await end.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (NpgsqlException)
        {
            // It breaks while we leave: the pool throws it away by itself.
        }
    }

    private async Task<AuditEntry[]> AppendInTurnAsync(NpgsqlConnection open, IReadOnlyList<AuditEntry> drafts)
    {
        known = null;
        await using var transaction = await open.BeginTransactionAsync(CancellationToken.None);
        var head =
            await ReadHeadAsync(open, transaction)
            ?? throw new ChainBrokenException(
                "The table audit_head has no row: somebody removed the end of the audit log. Restore it from a backup."
            );

        if (doubted is { } sent)
        {
            // Nobody can add entries now, and what comes late finds another end: what is not there will not come.
            if (await IsThereAsync(open, transaction, sent[^1]))
            {
                await transaction.RollbackAsync(CancellationToken.None);
                (doubted, known) = (null, head);
                return sent;
            }

            doubted = null;
        }

        var first = head.Number + 1;

        if (isCrowded)
            first = Math.Max(first, await HighestAsync(open, transaction) + 1);

        var entries = EntryDraft.Link(drafts, head, first);

        if (!await SendAsync(open, transaction, entries, head))
            throw new ChainBrokenException("The end of the audit log moved although it was held. Check the triggers of audit_head.");

        isCrowded = false;
        return entries;
    }

    /// <summary>Sends a group, and ends the transaction if there is one.</summary>
    /// <returns>False when the chain does not end there: nothing was written.</returns>
    private async Task<bool> SendAsync(NpgsqlConnection open, NpgsqlTransaction? transaction, AuditEntry[] entries, ChainHead from)
    {
        var end = new ChainHead(entries[^1].Number, entries[^1].Hash);
        EntryColumns.Fill(append!.Parameters, entries, end, from);
        append.Transaction = transaction;
        doubted = entries;

        try
        {
            var written = await append.ExecuteNonQueryAsync(CancellationToken.None);

            if (written == entries.Length && transaction is not null)
                await transaction.CommitAsync(CancellationToken.None);

            doubted = null;
            known = written == entries.Length ? end : null;
            return known is not null;
        }
        catch (Exception e) when (open.State == ConnectionState.Open)
        {
            // The server has said no, and undone it.
            (doubted, known) = (null, null);
            isCrowded = e is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation };
            throw;
        }
    }

    private async Task<NpgsqlConnection> OpenAsync()
    {
        if (connection is { State: ConnectionState.Open })
            return connection;

        await DisposeAsync();
        connection = await database.OpenConnectionAsync(CancellationToken.None);
        await using (var begin = new NpgsqlCommand(Begin, connection) { CommandTimeout = SecondsForStatement })
            await begin.ExecuteNonQueryAsync(CancellationToken.None);

        append = new NpgsqlCommand(AppendText, connection) { CommandTimeout = SecondsForStatement };
        append.Parameters.AddRange(EntryColumns.Parameters());
        await append.PrepareAsync(CancellationToken.None);
        return connection;
    }

    private static async Task<ChainHead?> ReadHeadAsync(NpgsqlConnection open, NpgsqlTransaction transaction)
    {
        await using var command = new NpgsqlCommand(LockText, open, transaction) { CommandTimeout = SecondsForStatement };
        await using var reader = await command.ExecuteReaderAsync(CancellationToken.None);
        return await reader.ReadAsync(CancellationToken.None) ? new(reader.GetInt64(0), reader.GetFieldValue<byte[]>(1)) : null;
    }

    private static async Task<bool> IsThereAsync(NpgsqlConnection open, NpgsqlTransaction transaction, AuditEntry last)
    {
        await using var command = new NpgsqlCommand(HashAtText, open, transaction) { CommandTimeout = SecondsForStatement };
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = last.Number, NpgsqlDbType = NpgsqlDbType.Bigint });
        return await command.ExecuteScalarAsync(CancellationToken.None) is byte[] hash && last.Hash.Span.SequenceEqual(hash);
    }

    private static async Task<long> HighestAsync(NpgsqlConnection open, NpgsqlTransaction transaction)
    {
        await using var command = new NpgsqlCommand(HighestText, open, transaction) { CommandTimeout = SecondsForStatement };
        return await command.ExecuteScalarAsync(CancellationToken.None) as long? ?? 0;
    }
}

/// <summary>The tables of the audit log are not as the product left them; the message says what and the cure.</summary>
internal sealed class ChainBrokenException(string message) : Exception(message);
