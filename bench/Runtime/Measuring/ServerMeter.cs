using Npgsql;
using ServiceLoop.Runtime.Postgres;

namespace ServiceLoop.Runtime.Bench.Measuring;

/// <summary>What the server has done so far.</summary>
/// <param name="Transactions">Committed transactions of the database.</param>
/// <param name="WalBytes">Bytes of its log.</param>
internal sealed record ServerMeter(long Transactions, long WalBytes)
{
    private static readonly string Read = SqlFile.Beside<ServerMeter>("server.meter");

    public static async Task<ServerMeter> ReadAsync(NpgsqlDataSource database, CancellationToken ct)
    {
        await using var command = database.CreateCommand(Read);
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return new(reader.GetInt64(0), (long)reader.GetDecimal(1));
    }

    public ServerMeter Since(ServerMeter before) => new(Transactions - before.Transactions, WalBytes - before.WalBytes);
}
