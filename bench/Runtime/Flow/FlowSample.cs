using Npgsql;
using ServiceLoop.Runtime.Bench.Server;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Postgres;

namespace ServiceLoop.Runtime.Bench.Flow;

/// <summary>What each burst of one real flow wrote, read back from the tables.</summary>
/// <param name="State">Stored state.</param>
/// <param name="Stimuli">History: what came.</param>
/// <param name="Entries">History: what happened.</param>
/// <param name="Waiter">The waiter that it left; null when it ended.</param>
internal sealed record FlowSample(byte[] State, byte[] Stimuli, byte[] Entries, FlowWaiter? Waiter)
{
    private static readonly string Read = SqlFile.Beside<FlowSample>("flow.sample");

    /// <summary>Bytes of the payloads of its rows.</summary>
    public int Bytes => State.Length + Stimuli.Length + Entries.Length + (Waiter?.Payload.Length ?? 0);

    /// <summary>Runs one flow and reads after each burst.</summary>
    public static async Task<FlowSample[]> TakeAsync(BenchNode node, NpgsqlDataSource database, CancellationToken ct)
    {
        var samples = new List<FlowSample>();
        var state = (await node.Runtime.StartAsync(new StartInstanceRequest(StageFlow.DefinitionId), ct)).State!;

        while (true)
        {
            samples.Add(await ReadAsync(database, state.InstanceId, ct));

            if (state.Bookmarks.IsEmpty)
                break;

            state = (await node.Runtime.ResumeAsync(state.InstanceId, state.Bookmarks[0].Id, null, null, ct)).State!;
        }

        return samples.Count == StageFlow.Bursts
            ? [.. samples]
            : throw new InvalidOperationException($"A flow took {samples.Count} bursts instead of {StageFlow.Bursts}: {state.SubStatus}.");
    }

    private static async Task<FlowSample> ReadAsync(NpgsqlDataSource database, string instanceId, CancellationToken ct)
    {
        await using var command = database.CreateCommand(Read);
        command.Parameters.Add(new() { Value = instanceId });
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        var waiter = await reader.IsDBNullAsync(3, ct)
            ? null
            : new FlowWaiter(
                reader.GetInt64(3),
                reader.GetString(4),
                reader.GetString(5),
                reader.GetString(6),
                reader.GetString(7),
                reader.GetFieldValue<byte[]>(8)
            );
        return new(reader.GetFieldValue<byte[]>(0), reader.GetFieldValue<byte[]>(1), reader.GetFieldValue<byte[]>(2), waiter);
    }
}

/// <summary>A waiter of a flow.</summary>
internal sealed record FlowWaiter(long Id, string Hash, string Name, string ActivityId, string NodeId, byte[] Payload);
