using System.Data;
using Npgsql;

namespace ServiceLoop.Runtime.Postgres.Store;

/// <summary>A connection that one writer or reader keeps for itself, with its statements prepared.</summary>
internal sealed class Session : IAsyncDisposable
{
    private static readonly string Open = SqlFile.Beside<Session>("session.open");
    private static readonly string Close = SqlFile.Beside<Session>("session.close");

    private Session(NpgsqlConnection connection, int pid, DateTimeOffset startedAt)
    {
        Connection = connection;
        Pid = pid;
        StartedAt = startedAt;
    }

    public NpgsqlConnection Connection { get; }

    /// <summary>Process of the server that serves it.</summary>
    public int Pid { get; }

    /// <summary>When that process started; with the number it is unique.</summary>
    public DateTimeOffset StartedAt { get; }

    public bool IsOpen => Connection.State == ConnectionState.Open;

    public static async Task<Session> OpenAsync(NpgsqlDataSource database, CancellationToken ct)
    {
        var connection = await database.OpenConnectionAsync(ct);
        try
        {
            await using var command = new NpgsqlCommand(Open, connection);
            await using var reader = await command.ExecuteReaderAsync(ct);
            await reader.ReadAsync(ct);
            return new(connection, reader.GetInt32(0), reader.GetFieldValue<DateTimeOffset>(1));
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Gives the connection back to the pool as it was.</summary>
    public async ValueTask DisposeAsync()
    {
        if (IsOpen)
        {
            try
            {
                await using var command = new NpgsqlCommand(Close, Connection);
                await command.ExecuteNonQueryAsync(CancellationToken.None);
            }
            catch (NpgsqlException)
            {
                // It breaks while we leave: the pool throws it away by itself.
            }
        }

        await Connection.DisposeAsync();
    }
}
