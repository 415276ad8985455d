using System.Data.Common;
using Npgsql;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Postgres.Store;

/// <summary>Sends groups of commits over one connection, and finds out what became of a group when the connection is lost in the middle.</summary>
internal sealed class CommitConnection(NpgsqlDataSource database, PostgresStoreOptions options, RecordWriters writers) : IAsyncDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(20);

    // A session that was told to end does so at once, unless its disk hangs.
    private const int MaxLooks = 250;

    private static readonly string EndSession = SqlFile.Beside<CommitConnection>("session.end");
    private static readonly string CountSession = SqlFile.Beside<CommitConnection>("session.count");
    private static readonly string FindCommit = SqlFile.Beside<CommitConnection>("workflow_instance.find_commit");

    private readonly CommitColumns columns = new();
    private readonly Dictionary<CommitParts, CommitStatement.Prepared> statements = [];
    private Session? session;

    /// <summary>The attempt that was sent last.</summary>
    private Guid attempt;

    /// <summary>Whether the answer of the last attempt is outstanding: the group may have happened or not.</summary>
    public bool IsAnswerLost { get; private set; }

    /// <summary>Commits a group in one transaction.</summary>
    /// <param name="group">At most one commit for an instance and for a piece of work.</param>
    /// <returns>A result for each, in order.</returns>
    /// <exception cref="Exception">Nothing was written, unless <see cref="IsAnswerLost"/>.</exception>
    public async Task<CommitResult[]> CommitAsync(IReadOnlyList<PendingCommit> group)
    {
        IsAnswerLost = false;
        var open = await OpenAsync();
        Fill(group);
        attempt = Guid.NewGuid();
        try
        {
            var statement = await StatementAsync(open);
            statement.CommitId = attempt;
            return group.Any(pending => !pending.Commit.Records.IsDefaultOrEmpty)
                ? await CommitWithRecordsAsync(open, statement, group)
                : await SendAsync(statement, group);
        }
        catch when (!open.IsOpen)
        {
            IsAnswerLost = true;
            throw;
        }
    }

    /// <summary>Finds out which commits of a group happened whose answer was lost. The session that sent them is ended first, so that the answer is final.</summary>
    /// <returns>Results of those that happened, null for the others; or null when the database did not come back in time.</returns>
    public async Task<CommitResult?[]?> FindOutAsync(IReadOnlyList<PendingCommit> group)
    {
        // Pauses for the network are real time, also where a test owns the clock of the workflows.
        var start = TimeProvider.System.GetTimestamp();
        do
        {
            try
            {
                var happened = await AskAsync(group);
                IsAnswerLost = false;
                return happened;
            }
            catch (Exception error) when (ServerFault.IsUnavailable(error))
            {
                await Task.Delay(LookEvery);
            }
        } while (TimeProvider.System.GetElapsedTime(start) < options.LostAnswerPatience);

        return null;
    }

    public async ValueTask DisposeAsync() => await CloseAsync();

    private async Task<Session> OpenAsync()
    {
        if (session is { IsOpen: true })
            return session;

        await CloseAsync();
        return session = await Session.OpenAsync(database, CancellationToken.None);
    }

    private async Task CloseAsync()
    {
        foreach (var statement in statements.Values)
            await statement.DisposeAsync();

        statements.Clear();

        if (session is { } old)
        {
            session = null;
            await old.DisposeAsync();
        }
    }

    private void Fill(IReadOnlyList<PendingCommit> group)
    {
        columns.Clear();

        for (var i = 0; i < group.Count; i++)
            columns.Add(group[i].Commit);
    }

    private async ValueTask<CommitStatement.Prepared> StatementAsync(Session open)
    {
        if (!statements.TryGetValue(columns.Parts, out var statement))
        {
            statement = await CommitStatement.Prepared.MakeAsync(
                open.Connection,
                columns.Parts,
                columns,
                options.CommandTimeout,
                CancellationToken.None
            );
            statements.Add(columns.Parts, statement);
        }

        return statement;
    }

    private static async Task<CommitResult[]> SendAsync(CommitStatement.Prepared statement, IReadOnlyList<PendingCommit> group)
    {
        var results = new CommitResult[group.Count];
        await using var reader = await statement.Command.ExecuteReaderAsync(CancellationToken.None);
        await reader.ReadAsync(CancellationToken.None);
        var won = reader.GetFieldValue<int[]>(0);
        var there = reader.GetFieldValue<long[]>(1);

        if (won.Length < results.Length)
            Judge(results, group, won, there);

        // The transaction ends with the statement: an error of its end arrives only here.
        await reader.NextResultAsync(CancellationToken.None);
        return results;
    }

    private static void Judge(CommitResult[] results, IReadOnlyList<PendingCommit> group, int[] won, long[] there)
    {
        for (var i = 0; i < results.Length; i++)
        {
            var done = group[i].Commit.DoneWorkId;
            results[i] = done != 0 && Array.IndexOf(there, done) < 0 ? CommitResult.WorkGone : CommitResult.Conflict;
        }

        foreach (var place in won)
            results[place - 1] = CommitResult.Committed;
    }

    private async Task<CommitResult[]> CommitWithRecordsAsync(
        Session open,
        CommitStatement.Prepared statement,
        IReadOnlyList<PendingCommit> group
    )
    {
        await using var transaction = await open.Connection.BeginTransactionAsync(CancellationToken.None);
        var results = await SendAsync(statement, group);
        await using (var batch = new NpgsqlBatch(open.Connection, transaction) { Timeout = (int)options.CommandTimeout.TotalSeconds })
        {
            if (writers.Fill(batch, group.Where((_, i) => results[i] == CommitResult.Committed).SelectMany(p => p.Commit.Records)))
                await batch.ExecuteNonQueryAsync(CancellationToken.None);
        }

        await transaction.CommitAsync(CancellationToken.None);
        return results;
    }

    private async Task<CommitResult?[]> AskAsync(IReadOnlyList<PendingCommit> group)
    {
        var lost = session;
        await using var asking = await Session.OpenAsync(database, CancellationToken.None);

        if (lost is not null)
            await EndAsync(asking, lost);

        await using var command = new NpgsqlCommand(FindCommit, asking.Connection)
        {
            Parameters =
            {
                new NpgsqlParameter { Value = group.Select(p => p.Commit.InstanceId).ToArray() },
                new NpgsqlParameter { Value = attempt },
            },
        };
        var written = new HashSet<string>(StringComparer.Ordinal);
        await using var reader = await command.ExecuteReaderAsync(CancellationToken.None);

        while (await reader.ReadAsync(CancellationToken.None))
            written.Add(reader.GetString(0));

        return [.. group.Select(p => written.Contains(p.Commit.InstanceId) ? CommitResult.Committed : (CommitResult?)null)];
    }

    // A session that lost its client may still be working on the group, or be about to read it from its socket.
    private async Task EndAsync(Session asking, Session lost)
    {
        await ExecuteAsync(asking, EndSession, lost);

        for (var looks = 0; await ExecuteAsync(asking, CountSession, lost) is not 0L; looks++)
        {
            if (looks == MaxLooks)
                throw new TimeoutException($"The session {lost.Pid} of the database was told to end and is still there.");

            await Task.Delay(LookEvery);
        }
    }

    private static async Task<object?> ExecuteAsync(Session asking, string sql, Session lost)
    {
        await using DbCommand command = new NpgsqlCommand(sql, asking.Connection)
        {
            Parameters =
            {
                new NpgsqlParameter { Value = lost.Pid },
                new NpgsqlParameter { Value = lost.StartedAt.UtcDateTime },
            },
        };
        return await command.ExecuteScalarAsync(CancellationToken.None);
    }
}
