using System.Text.Json.Nodes;
using Npgsql;

namespace ServiceLoop.EndToEnd.Tests.Browser;

/// <summary>Work that fails for good: a flow was to be started that is not there any more, as when it is deleted in that moment.</summary>
/// <remarks>The product tries six times within half an hour; here five failures are written down beforehand, and the sixth happens.</remarks>
/// <param name="house">The server.</param>
internal sealed class FailedWork(House house)
{
    // As WorkKind.Start is stored.
    private const short Start = 2;

    private readonly Doors doors = new(house.Client);

    /// <summary>Has work fail until it is set aside.</summary>
    /// <param name="missing">Id of the flow that does not exist.</param>
    /// <param name="instanceIds">Ids that the instances get that are to be started.</param>
    public async Task BuryAsync(string missing, params string[] instanceIds)
    {
        foreach (var id in instanceIds)
        {
            await using var command = (await house.DatabaseAsync()).CreateCommand(
                "insert into work (key, kind, instance_id, target, payload, due_at, attempts) values ($1, $2, $3, 0, $4, now(), 5)"
            );
            command.Parameters.Add(new NpgsqlParameter { Value = $"start:{id}" });
            command.Parameters.Add(new NpgsqlParameter { Value = Start });
            command.Parameters.Add(new NpgsqlParameter { Value = id });
            command.Parameters.Add(
                new NpgsqlParameter
                {
                    Value = System.Text.Encoding.UTF8.GetBytes(new JsonObject { ["definition"] = missing }.ToJsonString()),
                }
            );
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        foreach (var id in instanceIds)
            await doors.UntilAsync(
                () => doors.GetAsync("/api/operations/work/buried"),
                answer => answer.GetRawText().Contains(id, StringComparison.Ordinal)
            );
    }
}
