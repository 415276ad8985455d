using System.Data;
using Npgsql;

namespace ServiceLoop.Runtime.Postgres;

/// <summary>What one node at a time does at its start, while the others wait. Goes with the session of a node that dies.</summary>
public sealed class StartLock : IAsyncDisposable
{
    // Another node may build an index on a large table meanwhile.
    private const int NoTimeout = 0;

    private static readonly string Try = SqlFile.Beside<StartLock>("start_lock.try");
    private static readonly string Take = SqlFile.Beside<StartLock>("start_lock.take");
    private static readonly string Release = SqlFile.Beside<StartLock>("start_lock.release");

    private readonly NpgsqlConnection session;
    private readonly long key;

    private StartLock(NpgsqlConnection session, long key) => (this.session, this.key) = (session, key);

    /// <summary>Waits for it, as long as the others take.</summary>
    /// <param name="session">An open connection; it stays the caller's, and must outlive the lock.</param>
    /// <param name="key">What is done, as a number that is the same on all nodes. Locks of one key exclude each other within a database.</param>
    /// <param name="waiting">Called once if another node is at it; null if nobody is to be told.</param>
    /// <param name="ct">Ends the waiting.</param>
    public static async Task<StartLock> TakeAsync(NpgsqlConnection session, long key, Action? waiting, CancellationToken ct)
    {
        await using var attempt = Command(session, Try, key);

        if (await attempt.ExecuteScalarAsync(ct) is not true)
        {
            waiting?.Invoke();
            await using var patience = Command(session, Take, key);
            await patience.ExecuteNonQueryAsync(ct);
        }

        return new(session, key);
    }

    /// <summary>Lets the next node at it, even if the caller was cancelled: the pool keeps the session.</summary>
    public async ValueTask DisposeAsync()
    {
        if (session.State is not ConnectionState.Open)
            return;

        try
        {
            await using var command = Command(session, Release, key);
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (NpgsqlException) when (session.State is not ConnectionState.Open)
        {
            // The session is over, and the lock with it.
        }
    }

    private static NpgsqlCommand Command(NpgsqlConnection session, string sql, long key) =>
        new(sql, session) { CommandTimeout = NoTimeout, Parameters = { new NpgsqlParameter<long> { TypedValue = key } } };
}
