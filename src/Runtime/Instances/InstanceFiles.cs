using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Secrets;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Work;

namespace ServiceLoop.Runtime.Instances;

/// <summary>Instances as files: state, history and all that is needed to look at one elsewhere, or to let it go on there.</summary>
/// <remarks>
/// A file can be put in where the same version of its definition is, by its id and with the same activities, and no instance of that id. One that rests can:
/// suspended, finished, faulted or cancelled; not one in the middle of a burst or with an activity that the host runs. Timers that fell due meanwhile fire at
/// once. Tasks of <c>RunTask</c> stay open and can be completed, but are not announced again.
/// </remarks>
/// <param name="store">Where instances are.</param>
/// <param name="graphs">Compiled versions.</param>
/// <param name="signal">Hears of timers.</param>
/// <param name="secrecy">Says what may be shown.</param>
/// <param name="access">The gate.</param>
public sealed partial class InstanceFiles(IWorkflowStore store, GraphCache graphs, IWorkSignal signal, Secrecy secrecy, IAccess access)
{
    private const string Format = "serviceloop.instance";
    private const int FormatVersion = 1;
    private static readonly JsonDocumentOptions ReadOptions = new() { MaxDepth = 600 };

    /// <summary>Writes an instance as JSON, without its secrets; null when there is none. One that holds secrets cannot be put in again then.</summary>
    public Task<byte[]?> ExportAsync(string instanceId, CancellationToken ct) =>
        access.ActAsync(new Deed(Permissions.InstancesExport, "instance.export", instanceId), () => WriteAsync(instanceId, ct), ct);

    private async Task<byte[]?> WriteAsync(string instanceId, CancellationToken ct)
    {
        if (
            await store.FindInstanceAsync(instanceId, ct) is not { } row
            || await store.FindStandingsAsync([instanceId], ct) is not [var standing]
        )
            return null;

        var journal = await store.ReadJournalAsync(instanceId, ct);
        var graph = await graphs.FindAsync(row.VersionId, ct);
        var withheld = await WithheldAsync(row, graph, journal, ct);
        return Write(withheld?.Row ?? row, standing.Summary, graph, withheld?.Journal ?? journal, withheld is not null);
    }

    private static byte[] Write(
        InstanceRow row,
        InstanceSummary summary,
        WorkflowGraph? graph,
        IEnumerable<JournalRow> journal,
        bool isWithheld
    )
    {
        var buffer = new ArrayBufferWriter<byte>(row.State.Length * 2);

        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = false, SkipValidation = true }))
            // A burst may have come between the two looks: it is told by the row alone.
            Write(writer, row, summary, graph, journal.Where(j => j.Sequence <= row.RowVersion), isWithheld);

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Puts an instance in.</summary>
    /// <param name="utf8">What <see cref="ExportAsync"/> wrote.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Its id.</returns>
    /// <exception cref="InstanceFileException">It cannot be put in; nothing was written.</exception>
    public Task<string> ImportAsync(ReadOnlyMemory<byte> utf8, CancellationToken ct) =>
        access.ActAsync(
            new Deed(Permissions.InstancesExport, "instance.import", ""),
            () => ReadAsync(utf8, ct),
            id => Facts.Of(("instance", id)),
            ct
        );

    private async Task<string> ReadAsync(ReadOnlyMemory<byte> utf8, CancellationToken ct)
    {
        using var document = Parse(utf8);
        var json = document.RootElement;
        RefuseWithheld(json);
        var state = ReadState(json);
        var graph = await GraphOfAsync(json, state, ct);
        Check(state, graph);
        var import = ImportOf(json, state, graph);

        if (!await store.ImportInstanceAsync(import, ct))
            throw new InstanceFileException($"There is an instance '{state.InstanceId}' already. Delete it first, or leave it.");

        foreach (var waiter in import.Waiters)
            if (waiter.Bookmark.DueAt is { } dueAt)
                signal.Ring(dueAt);

        return state.InstanceId;
    }

    private static void Write(
        Utf8JsonWriter writer,
        InstanceRow row,
        InstanceSummary summary,
        WorkflowGraph? graph,
        IEnumerable<JournalRow> journal,
        bool isWithheld
    )
    {
        writer.WriteStartObject();
        writer.WriteString("format", Format);
        writer.WriteNumber("formatVersion", FormatVersion);

        if (isWithheld)
            writer.WriteBoolean(Withheld, true);

        if (row.IsSealed)
            writer.WriteBoolean(HeldSecrets, true);

        writer.WriteString("id", row.Id);
        writer.WriteString("definitionId", row.DefinitionId);
        writer.WriteString("definitionVersionId", row.VersionId);
        writer.WriteNumber("version", summary.Version);
        writer.WriteString("name", summary.Name);
        writer.WriteString("subStatus", summary.SubStatus.ToString());
        writer.WriteNumber("rowVersion", row.RowVersion);
        writer.WriteString("createdAt", row.CreatedAt);
        writer.WriteString("updatedAt", row.UpdatedAt);
        writer.WriteString("activities", graph is null ? null : Fingerprint(graph));
        writer.WritePropertyName("state");
        writer.WriteRawValue(row.State.Span, skipInputValidation: true);
        writer.WriteStartArray("journal");

        foreach (var burst in journal)
        {
            writer.WriteStartObject();
            writer.WriteNumber("sequence", burst.Sequence);
            writer.WriteString("at", burst.At);
            writer.WritePropertyName("stimuli");
            writer.WriteRawValue(burst.Stimuli.Span, skipInputValidation: true);
            writer.WritePropertyName("entries");
            writer.WriteRawValue(burst.Entries.Span, skipInputValidation: true);
            // As text: not every reader of JSON keeps 64 bits.
            writer.WriteString("hash", burst.StateHash.ToString(CultureInfo.InvariantCulture));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static JsonDocument Parse(ReadOnlyMemory<byte> utf8)
    {
        JsonDocument document;

        try
        {
            document = JsonDocument.Parse(utf8, ReadOptions);
        }
        catch (JsonException e)
        {
            throw new InstanceFileException($"The file is not JSON: {e.Message}", e);
        }

        if (
            document.RootElement.ValueKind == JsonValueKind.Object
            && document.RootElement.TryGetProperty("format", out var format)
            && format.ValueEquals(Format)
            && document.RootElement.TryGetProperty("formatVersion", out var version)
            && version.TryGetInt32(out var number)
            && number == FormatVersion
        )
            return document;

        document.Dispose();
        throw new InstanceFileException(
            $"The file is no instance that was exported here: its member 'format' is not '{Format}' in version {FormatVersion}. Instances of another engine cannot be put in, as their state is another."
        );
    }

    private static WorkflowState ReadState(JsonElement json)
    {
        try
        {
            return StateJson.Read(Encoding.UTF8.GetBytes(json.GetProperty("state").GetRawText()));
        }
        catch (Exception e)
            when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new InstanceFileException($"The member 'state' cannot be read: {e.Message}", e);
        }
    }

    private async Task<WorkflowGraph> GraphOfAsync(JsonElement json, WorkflowState state, CancellationToken ct)
    {
        var graph =
            await graphs.FindAsync(state.DefinitionVersionId, ct)
            ?? throw new InstanceFileException(
                $"Instance '{state.InstanceId}' runs on version '{state.DefinitionVersionId}' of '{state.DefinitionId}', which is not here or does not compile. Import that version first; its id stays the same."
            );

        if (StimulusJson.Text(json, "activities") is { } expected && expected != Fingerprint(graph))
            throw new InstanceFileException(
                $"Version '{graph.DefinitionVersionId}' of '{graph.DefinitionId}' has other activities here than where instance '{state.InstanceId}' comes from."
            );

        return graph;
    }

    private static void Check(WorkflowState state, WorkflowGraph graph)
    {
        if (state.SubStatus is WorkflowSubStatus.Pending or WorkflowSubStatus.Executing || state.Frames.Any(f => f.Invoking))
            throw new InstanceFileException(
                $"Instance '{state.InstanceId}' was exported in the middle of a burst ({state.SubStatus}). Export it again once it waits or has ended."
            );

        if (
            state.Frames.Any(f => f.Node < 0 || f.Node >= graph.Nodes.Length)
            || state.Bookmarks.Any(b => !state.Frames.Any(f => f.Id == b.FrameId))
            || string.IsNullOrWhiteSpace(state.InstanceId)
            || state.DefinitionId != graph.DefinitionId
        )
            throw new InstanceFileException(
                $"The state of instance '{state.InstanceId}' does not fit version '{graph.DefinitionVersionId}'."
            );
    }

    private static InstanceImport ImportOf(JsonElement json, WorkflowState state, WorkflowGraph graph)
    {
        try
        {
            var (createdAt, updatedAt) = (
                json.GetProperty("createdAt").GetDateTimeOffset(),
                json.GetProperty("updatedAt").GetDateTimeOffset()
            );
            var rowVersion = json.GetProperty("rowVersion").GetInt64();
            var isSealed = graph.HoldsSecrets || json.TryGetProperty(HeldSecrets, out var held) && held.ValueKind == JsonValueKind.True;
            var journal = json.GetProperty("journal").EnumerateArray().Select(BurstOf).ToImmutableArray();

            if (rowVersion < 1 || journal.Any(j => j.Sequence < 1 || j.Sequence > rowVersion))
                throw new InstanceFileException(
                    $"The history of instance '{state.InstanceId}' does not fit its number of commits, {rowVersion}."
                );

            return new(
                new(
                    state.InstanceId,
                    state.DefinitionId,
                    state.DefinitionVersionId,
                    rowVersion,
                    StateJson.Write(state),
                    createdAt,
                    updatedAt
                )
                {
                    IsSealed = isSealed,
                },
                new(
                    state.InstanceId,
                    state.DefinitionId,
                    state.DefinitionVersionId,
                    graph.Version,
                    state.SubStatus,
                    state.CorrelationId,
                    Commits.Open(state.Name, state, graph, isSealed),
                    state.ParentInstanceId,
                    state.Incidents.Length,
                    createdAt,
                    updatedAt,
                    state.Status == WorkflowStatus.Finished ? updatedAt : null
                ),
                [.. state.Bookmarks.Select(b => WaiterOf(state, b, graph))],
                journal
            );
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or FormatException or JsonException)
        {
            throw new InstanceFileException($"The file of instance '{state.InstanceId}' is not complete: {e.Message}", e);
        }
    }

    private static JournalRow BurstOf(JsonElement json) =>
        new(
            json.GetProperty("sequence").GetInt64(),
            json.GetProperty("at").GetDateTimeOffset(),
            Encoding.UTF8.GetBytes(json.GetProperty("stimuli").GetRawText()),
            Encoding.UTF8.GetBytes(json.GetProperty("entries").GetRawText()),
            long.Parse(json.GetProperty("hash").GetString()!, CultureInfo.InvariantCulture)
        );

    private static ImportedWaiter WaiterOf(WorkflowState state, Bookmark bookmark, WorkflowGraph graph)
    {
        var node = graph.Nodes[state.Frames.First(f => f.Id == bookmark.FrameId).Node];
        return new(
            new(
                bookmark.Id,
                bookmark.Hash,
                bookmark.Name,
                node.Id,
                node.NodeId,
                bookmark.DueAt,
                Sheet.One(bookmark, static (w, b) => BookmarkJson.Write(w, b))
            ),
            bookmark.CreatedAt
        );
    }

    /// <summary>Tells graphs apart: an instance knows its activities by their places.</summary>
    private static string Fingerprint(WorkflowGraph graph) =>
        Convert.ToHexStringLower(
            SHA256.HashData(
                Encoding.UTF8.GetBytes(
                    string.Join('\n', graph.Nodes.Select(n => $"{n.NodeId}|{n.Descriptor.TypeName}|{n.Descriptor.Version}"))
                )
            )
        );
}

/// <summary>A file of an instance cannot be put in. The message says why and what to do.</summary>
/// <param name="message">A sentence.</param>
/// <param name="inner">The cause.</param>
public sealed class InstanceFileException(string message, Exception? inner = null) : Exception(message, inner);
