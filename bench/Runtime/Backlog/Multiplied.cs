using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using ServiceLoop.Runtime.Postgres;

namespace ServiceLoop.Runtime.Bench.Backlog;

/// <summary>Suspended instances in any number, made of one real one by set-based SQL.</summary>
internal static class Multiplied
{
    private const int Chunk = 50_000;
    private static readonly string Multiply = SqlFile.Beside<BacklogMode>("backlog.multiply");

    /// <summary>The id of a copy.</summary>
    public static string IdOf(long number) => string.Create(CultureInfo.InvariantCulture, $"b{number:0000000000000000000000000000000}");

    /// <summary>Makes copies.</summary>
    /// <param name="database">Where.</param>
    /// <param name="original">Id of a suspended instance of 32 characters.</param>
    /// <param name="first">First number.</param>
    /// <param name="count">How many.</param>
    /// <param name="dueAt">When their timers are due; null: as that of the original.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task MakeAsync(
        NpgsqlDataSource database,
        string original,
        long first,
        int count,
        DateTimeOffset? dueAt,
        CancellationToken ct
    )
    {
        for (var done = 0; done < count; done += Chunk)
        {
            await using var command = database.CreateCommand(Multiply);
            command.CommandTimeout = 600;
            command.Parameters.Add(new() { Value = original, NpgsqlDbType = NpgsqlDbType.Text });
            command.Parameters.Add(new() { Value = first + done });
            command.Parameters.Add(new() { Value = first + Math.Min(done + Chunk, count) - 1 });
            command.Parameters.Add(
                new() { Value = dueAt is { } due ? due.UtcDateTime : DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz }
            );
            await command.ExecuteNonQueryAsync(ct);
        }
    }
}
