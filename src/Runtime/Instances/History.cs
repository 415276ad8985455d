using System.Collections.Immutable;
using System.Text.Json;
using ServiceLoop.Engine.Execution;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Instances;

/// <summary>One line of the history of an instance, as people read it.</summary>
/// <param name="Burst">Number of the burst, from 1.</param>
/// <param name="At">The moment of the burst's commit, UTC.</param>
/// <param name="Event">What happened; null for a printed line.</param>
/// <param name="ActivityId">The activity; empty for a line that was printed before activities were told with it.</param>
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
)
{
    /// <summary>The activity; null when its version does not compile any more, and where <see cref="ActivityId"/> is empty.</summary>
    public Node? Node { get; init; }

    /// <summary>What went wrong; null unless it is a fault.</summary>
    public HistoryFault? Fault { get; init; }
}

/// <summary>What went wrong, in a line of the history.</summary>
/// <param name="IncidentId">Number of the incident.</param>
/// <param name="Kind">What repair it needs.</param>
/// <param name="Message">As a sentence.</param>
/// <param name="Detail">More; null for none.</param>
/// <param name="ExceptionType">Name of the exception type; null for none.</param>
/// <param name="Code">Stable code given by the activity; null for none.</param>
public sealed record HistoryFault(long IncidentId, IncidentKind Kind, string Message, string? Detail, string? ExceptionType, string? Code);

/// <summary>Reads stored history.</summary>
public static class History
{
    /// <summary>The lines of stored bursts, oldest first.</summary>
    /// <param name="rows">History of one instance, in order.</param>
    /// <param name="graphOf">Gives the graph of a version; null when it does not compile any more.</param>
    /// <param name="graph">The graph of the first burst, where that burst does not say it itself.</param>
    public static async Task<ImmutableArray<HistoryEntry>> ReadAsync(
        IReadOnlyList<HappenedRow> rows,
        Func<string, ValueTask<WorkflowGraph?>> graphOf,
        WorkflowGraph? graph = null
    )
    {
        var found = ImmutableArray.CreateBuilder<HistoryEntry>();

        foreach (var row in rows)
        {
            using var document = JsonDocument.Parse(row.Entries);
            var json = document.RootElement;
            var who = StimulusJson.Text(json, "who");

            if (StimulusJson.Text(json, "version") is { } version)
                graph = await graphOf(version);

            var lines = json.TryGetProperty("lines", out var printed)
                ? printed.EnumerateArray().Select(line => ReadLine(row, line, graph, who)).ToList()
                : [];
            var open = lines.GroupBy(line => line.FrameId).ToDictionary(group => group.Key);

            foreach (var entry in json.GetProperty("entries").EnumerateArray())
            {
                var happened = Read(row, entry, graph, who);

                // Lines are kept beside the events: an execution printed its own before it ended.
                if (happened.Event is not (JournalEvent.Started or JournalEvent.Resumed) && open.Remove(happened.FrameId, out var own))
                    found.AddRange(own);

                found.Add(happened);
            }

            found.AddRange(lines.Where(line => open.ContainsKey(line.FrameId)));
        }

        return found.DrainToImmutable();
    }

    private static HistoryEntry ReadLine(HappenedRow row, JsonElement line, WorkflowGraph? graph, string? who)
    {
        // Earlier journals hold the text alone.
        if (line.ValueKind == JsonValueKind.String)
            return new(row.Sequence, row.At, null, "", "", 0, 0, [], line.GetString(), who);

        var node = NodeOf(graph, line[1]);
        return new(
            row.Sequence,
            row.At,
            null,
            node?.Id ?? "",
            node?.NodeId ?? "",
            line[2].GetInt64(),
            line[3].GetInt64(),
            [],
            line[0].GetString(),
            who
        )
        {
            Node = node,
        };
    }

    private static Node? NodeOf(WorkflowGraph? graph, JsonElement index) =>
        graph is not null && index.GetInt32() is var i && i < graph.Nodes.Length ? graph.Nodes[i] : null;

    private static HistoryEntry Read(HappenedRow row, JsonElement entry, WorkflowGraph? graph, string? who)
    {
        var happened = EventOf(entry[0]);
        var node = NodeOf(graph, entry[1]);
        var detail = entry.GetArrayLength() > 4 ? entry[4] : default;
        var fault = detail.ValueKind == JsonValueKind.Object ? FaultOf(detail) : null;
        ImmutableArray<string> outcomes =
            detail.ValueKind == JsonValueKind.Array ? HostActionJson.Texts(detail)
            : happened == JournalEvent.Completed ? Engine.Outcomes.Default
            : [];
        return new(
            row.Sequence,
            row.At,
            happened,
            node?.Id ?? "",
            node?.NodeId ?? "",
            entry[2].GetInt64(),
            entry[3].GetInt64(),
            outcomes,
            fault?.Message ?? (detail.ValueKind == JsonValueKind.String ? detail.GetString() : null),
            who
        )
        {
            Node = node,
            Fault = fault,
        };
    }

    private static HistoryFault FaultOf(JsonElement json) =>
        new(
            json.TryGetProperty("incident", out var id) ? id.GetInt64() : 0,
            Enum.TryParse<IncidentKind>(StimulusJson.Text(json, "kind"), out var kind) ? kind : IncidentKind.Fault,
            json.GetProperty("message").GetString()!,
            StimulusJson.Text(json, "detail"),
            StimulusJson.Text(json, "exception"),
            StimulusJson.Text(json, "code")
        );

    // Most are one of four, and most histories are read whole.
    private static JournalEvent EventOf(JsonElement name) =>
        name.ValueEquals("Started"u8) ? JournalEvent.Started
        : name.ValueEquals("Completed"u8) ? JournalEvent.Completed
        : name.ValueEquals("Suspended"u8) ? JournalEvent.Suspended
        : name.ValueEquals("Resumed"u8) ? JournalEvent.Resumed
        : Enum.Parse<JournalEvent>(name.GetString()!);
}
