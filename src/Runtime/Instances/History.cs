using System.Collections.Immutable;
using System.Text.Json;
using ServiceLoop.Engine.Execution;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Instances;

/// <summary>One line of the history of an instance, as people read it.</summary>
/// <param name="Burst">Number of the burst, from 1.</param>
/// <param name="At">The moment of the burst's commit, UTC.</param>
/// <param name="Event">What happened; null for a printed line.</param>
/// <param name="ActivityId">The activity; empty for a printed line.</param>
/// <param name="NodeId">Path of ids to it.</param>
/// <param name="FrameId">The execution.</param>
/// <param name="ParentId">The execution that scheduled it; 0 for the first.</param>
/// <param name="Outcomes">Outcomes of a completion; else empty.</param>
/// <param name="Message">Message of a fault, or the text that belongs to the event; else null.</param>
/// <param name="Who">Who caused the burst; null for the system.</param>
public sealed record HistoryEntry(
    long Burst,
    DateTimeOffset At,
    JournalEvent? Event,
    string ActivityId,
    string NodeId,
    long FrameId,
    long ParentId,
    ImmutableArray<string> Outcomes,
    string? Message,
    string? Who
);

/// <summary>Reads stored history.</summary>
public static class History
{
    /// <summary>The lines of stored bursts, oldest first.</summary>
    /// <param name="rows">History of one instance, in order.</param>
    /// <param name="graphOf">Gives the graph of a version.</param>
    public static async Task<ImmutableArray<HistoryEntry>> ReadAsync(
        IReadOnlyList<JournalRow> rows,
        Func<string, ValueTask<WorkflowGraph>> graphOf
    )
    {
        var found = ImmutableArray.CreateBuilder<HistoryEntry>();
        WorkflowGraph? graph = null;

        foreach (var row in rows)
        {
            using var document = JsonDocument.Parse(row.Entries);
            var json = document.RootElement;
            var who = StimulusJson.Text(json, "who");

            if (StimulusJson.Text(json, "version") is { } version)
                graph = await graphOf(version);

            foreach (var entry in json.GetProperty("entries").EnumerateArray())
                found.Add(Read(row, entry, graph, who));

            if (json.TryGetProperty("lines", out var lines))
                foreach (var line in lines.EnumerateArray())
                    found.Add(new(row.Sequence, row.At, null, "", "", 0, 0, [], line.GetString(), who));
        }

        return found.DrainToImmutable();
    }

    private static HistoryEntry Read(JournalRow row, JsonElement entry, WorkflowGraph? graph, string? who)
    {
        var happened = Enum.Parse<JournalEvent>(entry[0].GetString()!);
        var node = graph?.Nodes[entry[1].GetInt32()];
        var detail = entry.GetArrayLength() > 4 ? entry[4] : default;
        ImmutableArray<string> outcomes =
            detail.ValueKind == JsonValueKind.Array ? HostActionJson.Texts(detail)
            : happened == JournalEvent.Completed ? Engine.Outcomes.Default
            : [];
        var message = detail.ValueKind switch
        {
            JsonValueKind.String => detail.GetString(),
            JsonValueKind.Object => detail.GetProperty("message").GetString(),
            _ => null,
        };
        return new(
            row.Sequence,
            row.At,
            happened,
            node?.Id ?? "",
            node?.NodeId ?? "",
            entry[2].GetInt64(),
            entry[3].GetInt64(),
            outcomes,
            message,
            who
        );
    }
}
