using Npgsql;
using ServiceLoop.Runtime.Postgres;

namespace ServiceLoop.Workflows.Start;

/// <summary>The turn of one node to bring in what a fresh database lacks; the others wait, and then find it there. Goes with the session of a node that dies.</summary>
internal sealed class StartTurn : IAsyncDisposable
{
    // "SLstart1" in ASCII.
    private const long Key = 0x534C7374_61727431;
    private const int NoTimeout = 0;

    private static readonly string Take = SqlFile.Beside<StartTurn>("start_turn.take");
    private static readonly string Release = SqlFile.Beside<StartTurn>("start_turn.release");

    private readonly NpgsqlConnection connection;

    private StartTurn(NpgsqlConnection connection) => this.connection = connection;

    /// <summary>Waits for it, as long as the others take.</summary>
    public static async Task<StartTurn> TakeAsync(NpgsqlDataSource database, CancellationToken ct)
    {
        var session = await database.OpenConnectionAsync(ct);

        try
        {
            await ExecuteAsync(session, Take, ct);
            return new(session);
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await ExecuteAsync(connection, Release, CancellationToken.None);
        }
        catch (NpgsqlException)
        {
            // The session is over, and the turn with it.
        }
        finally
        {
            await connection.DisposeAsync();
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection session, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, session) { CommandTimeout = NoTimeout };
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = Key });
        await command.ExecuteNonQueryAsync(ct);
    }
}
