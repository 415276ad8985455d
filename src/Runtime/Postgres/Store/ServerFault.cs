using System.Net.Sockets;
using Npgsql;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Postgres.Store;

/// <summary>What an error of the database means for the caller.</summary>
public static class ServerFault
{
    // A row that was on its way there while the partition of its month was attached is refused once; the next attempt finds the partition.
    private const string JournalDefault = "journal_default";

    /// <summary>The server cannot serve at the moment; it is nobody's statement that is wrong.</summary>
    public static bool IsUnavailable(Exception error) =>
        error switch
        {
            PostgresException server => IsUnavailable(server.SqlState),
            NpgsqlException or SocketException or IOException or TimeoutException or ObjectDisposedException => true,
            _ => false,
        };

    /// <summary>The statement met others and would succeed when repeated: a deadlock, or a partition that was attached meanwhile.</summary>
    public static bool IsMomentary(Exception error) =>
        error
            is PostgresException
                {
                    SqlState: PostgresErrorCodes.DeadlockDetected
                        or PostgresErrorCodes.SerializationFailure
                        or PostgresErrorCodes.LockNotAvailable
                }
                or PostgresException { SqlState: PostgresErrorCodes.CheckViolation, TableName: JournalDefault };

    /// <summary>The exception for callers.</summary>
    public static StoreUnavailableException Unavailable(Exception error) =>
        error as StoreUnavailableException
        ?? new StoreUnavailableException($"The database {What(error)} Nothing was written; try again later.", error)
        {
            RetryAfter = RetryAfter(error),
        };

    private static bool IsUnavailable(string sqlState) =>
        sqlState.Length == 5
        && (
            sqlState.StartsWith("08", StringComparison.Ordinal) // connection
            || sqlState.StartsWith("53", StringComparison.Ordinal) // disk full, memory, too many connections
            || sqlState.StartsWith("57", StringComparison.Ordinal) // shutdown, starting up, statement cancelled
            || sqlState.StartsWith("58", StringComparison.Ordinal) // I/O of the server
            || sqlState
                is PostgresErrorCodes.ReadOnlySqlTransaction
                    or PostgresErrorCodes.LockNotAvailable
                    or PostgresErrorCodes.DeadlockDetected
                    or PostgresErrorCodes.SerializationFailure
                    or "25P03" // idle in transaction for too long
        );

    private static string What(Exception error) =>
        error switch
        {
            PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction } =>
                "is read-only: it may be a replica, or under maintenance.",
            PostgresException { SqlState: PostgresErrorCodes.DiskFull } => "has no space left on its disk.",
            PostgresException { SqlState: PostgresErrorCodes.TooManyConnections } => "has no connection left (max_connections).",
            PostgresException server => $"refuses work: {server.SqlState} {server.MessageText}.",
            { InnerException: TimeoutException } or TimeoutException => "did not answer in time.",
            _ => $"cannot be reached: {error.Message.TrimEnd('.')}.",
        };

    private static TimeSpan RetryAfter(Exception error) =>
        error is PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.DiskFull }
            ? TimeSpan.FromSeconds(10)
            : TimeSpan.FromSeconds(1);
}
