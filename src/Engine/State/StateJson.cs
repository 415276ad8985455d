using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.Engine.State;

/// <summary>State as JSON: small, versioned, and the same bytes for the same state. Values stay undecoded until they are read.</summary>
public static class StateJson
{
    /// <summary>Version of the format that is written; every older one can be read.</summary>
    public const int FormatVersion = 1;

    private static readonly JsonWriterOptions WriteOptions = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };
    private static readonly JsonDocumentOptions ReadOptions = new() { MaxDepth = 300 };

    /// <summary>Writes a state.</summary>
    public static byte[] Write(WorkflowState state)
    {
        var buffer = new ArrayBufferWriter<byte>(512);

        using (var writer = new Utf8JsonWriter(buffer, WriteOptions))
            Write(writer, state);

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Writes a state.</summary>
    public static void Write(Utf8JsonWriter writer, WorkflowState state)
    {
        writer.WriteStartObject();
        writer.WriteNumber("v", FormatVersion);
        writer.WriteString("id", state.InstanceId);
        writer.WriteString("definition", state.DefinitionId);
        writer.WriteString("version", state.DefinitionVersionId);
        writer.WriteString("status", state.SubStatus.ToString());
        Text(writer, "correlation", state.CorrelationId);
        Text(writer, "name", state.Name);
        Text(writer, "trigger", state.TriggerActivityId);
        Flag(writer, "faulting", state.IsFaulting);
        Flag(writer, "triggering", state.IsTriggerPending);
        Named(writer, "triggerInput", state.TriggerInput);
        Text(writer, "parent", state.ParentInstanceId);
        writer.WriteNumber("next", state.NextId);
        Number(writer, "draws", state.Draws);
        Text(writer, "undoing", state.Undoing?.ToString());
        Text(writer, "committed", state.CommittedAt?.ToString("O", CultureInfo.InvariantCulture));
        Number(writer, "steps", state.BurstSteps);
        Number(writer, "calls", state.BurstCalls);
        List(writer, "frames", state.Frames, StateFrames.WriteFrame);
        List(writer, "queue", state.Queue, StateFrames.WriteItem);
        List(writer, "bookmarks", state.Bookmarks, WriteBookmark);
        List(writer, "parked", state.Parked, WriteBookmark);
        List(writer, "incidents", state.Incidents, WriteIncident);
        Named(writer, "inputs", state.Inputs);
        Named(writer, "outputs", state.Outputs);
        Named(writer, "variables", state.FinalVariables);
        List(writer, "outcomes", state.Outcomes, static (w, o) => w.WriteStringValue(o));
        List(writer, "results", state.ActivityOutputs, WriteResult);
        List(writer, "undo", state.Undo, WriteUndo);
        writer.WriteEndObject();
    }

    /// <summary>Reads a state.</summary>
    /// <param name="utf8">Kept by the result: do not change it.</param>
    /// <exception cref="JsonException">It is no state, or was written by a newer version.</exception>
    public static WorkflowState Read(ReadOnlyMemory<byte> utf8)
    {
        using var document = JsonDocument.Parse(utf8, ReadOptions);
        var json = document.RootElement;
        var version = json.GetProperty("v").GetInt32();

        if (version != FormatVersion)
            throw new JsonException($"The state has format {version}; this version reads up to {FormatVersion}.");

        return new WorkflowState
        {
            InstanceId = json.GetProperty("id").GetString()!,
            DefinitionId = json.GetProperty("definition").GetString()!,
            DefinitionVersionId = json.GetProperty("version").GetString()!,
            SubStatus = Enum.Parse<WorkflowSubStatus>(json.GetProperty("status").GetString()!),
            CorrelationId = Text(json, "correlation"),
            Name = Text(json, "name"),
            TriggerActivityId = Text(json, "trigger"),
            IsFaulting = Flag(json, "faulting"),
            IsTriggerPending = Flag(json, "triggering"),
            TriggerInput = Named(json, "triggerInput"),
            ParentInstanceId = Text(json, "parent"),
            NextId = json.GetProperty("next").GetInt64(),
            Draws = Number(json, "draws"),
            Undoing = Text(json, "undoing") is { } undoing ? Enum.Parse<WorkflowSubStatus>(undoing) : null,
            CommittedAt = Text(json, "committed") is { } committed ? Moment(committed) : null,
            BurstSteps = (int)Number(json, "steps"),
            BurstCalls = (int)Number(json, "calls"),
            Frames = List(json, "frames", StateFrames.ReadFrame),
            Queue = List(json, "queue", StateFrames.ReadItem),
            Bookmarks = List(json, "bookmarks", ReadBookmark),
            Parked = List(json, "parked", ReadBookmark),
            Incidents = List(json, "incidents", ReadIncident),
            Inputs = Named(json, "inputs"),
            Outputs = Named(json, "outputs"),
            FinalVariables = Named(json, "variables"),
            Outcomes = List(json, "outcomes", static o => o.GetString()!),
            ActivityOutputs = List(json, "results", static r => new ActivityOutputState(r[0].GetInt32(), r[1].GetString()!, Raw(r[2]))),
            Undo = List(
                json,
                "undo",
                static u => new UndoState(u[0].GetInt32(), u[1].GetInt32(), u[2].GetInt64(), ValueJson.ReadStored(u[3]))
            ),
        };
    }

    internal static void Value(Utf8JsonWriter writer, object? value)
    {
        if (value is RawValue raw)
            writer.WriteRawValue(raw.Utf8.Span, skipInputValidation: true);
        else
            ValueJson.WriteStored(writer, value);
    }

    /// <summary>A value that is decoded when somebody reads it; scalars at once, as they cost nothing.</summary>
    internal static object? Raw(JsonElement json) =>
        json.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => new RawValue(System.Text.Encoding.UTF8.GetBytes(json.GetRawText())),
        };

    internal static void Text(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
            writer.WriteString(name, value);
    }

    internal static void Number(Utf8JsonWriter writer, string name, long value)
    {
        if (value != 0)
            writer.WriteNumber(name, value);
    }

    internal static void Flag(Utf8JsonWriter writer, string name, bool value, bool standard = false)
    {
        if (value != standard)
            writer.WriteBoolean(name, value);
    }

    internal static void List<T>(Utf8JsonWriter writer, string name, ImmutableArray<T> items, Action<Utf8JsonWriter, T> write)
    {
        if (items.IsDefaultOrEmpty)
            return;

        writer.WriteStartArray(name);

        foreach (var item in items)
            write(writer, item);

        writer.WriteEndArray();
    }

    internal static void Named(Utf8JsonWriter writer, string name, ImmutableArray<NamedValue> values)
    {
        if (values.IsDefaultOrEmpty)
            return;

        writer.WriteStartArray(name);

        foreach (var (key, value) in values)
        {
            writer.WriteStringValue(key);
            Value(writer, value);
        }

        writer.WriteEndArray();
    }

    internal static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;

    internal static long Number(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetInt64() : 0;

    internal static bool Flag(JsonElement json, string name, bool standard = false) =>
        json.TryGetProperty(name, out var value) ? value.GetBoolean() : standard;

    internal static ImmutableArray<T> List<T>(JsonElement json, string name, Func<JsonElement, T> read)
    {
        if (!json.TryGetProperty(name, out var list))
            return [];

        var items = ImmutableArray.CreateBuilder<T>(list.GetArrayLength());

        foreach (var item in list.EnumerateArray())
            items.Add(read(item));

        return items.MoveToImmutable();
    }

    internal static ImmutableArray<NamedValue> Named(JsonElement json, string name)
    {
        if (!json.TryGetProperty(name, out var list))
            return [];

        var values = ImmutableArray.CreateBuilder<NamedValue>(list.GetArrayLength() / 2);
        string? key = null;

        foreach (var item in list.EnumerateArray())
        {
            if (key is null)
            {
                key = item.GetString()!;
                continue;
            }

            values.Add(new(key, Raw(item)));
            key = null;
        }

        return values.MoveToImmutable();
    }

    private static void WriteBookmark(Utf8JsonWriter writer, Bookmark bookmark)
    {
        writer.WriteStartObject();
        writer.WriteNumber("id", bookmark.Id);
        writer.WriteNumber("frame", bookmark.FrameId);
        writer.WriteString("name", bookmark.Name);
        writer.WriteString("hash", bookmark.Hash);
        Named(writer, "payload", bookmark.Payload);
        Text(writer, "due", bookmark.DueAt?.ToString("O", CultureInfo.InvariantCulture));
        Text(writer, "created", bookmark.CreatedAt.ToString("O", CultureInfo.InvariantCulture));
        Text(writer, "callback", bookmark.CallbackName);
        Flag(writer, "burn", bookmark.AutoBurn, standard: true);
        Flag(writer, "complete", bookmark.AutoComplete, standard: true);

        if (!bookmark.Metadata.IsEmpty)
        {
            writer.WriteStartObject("metadata");

            foreach (var (key, value) in bookmark.Metadata.OrderBy(m => m.Key, StringComparer.Ordinal))
                writer.WriteString(key, value);

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static Bookmark ReadBookmark(JsonElement json) =>
        new()
        {
            Id = json.GetProperty("id").GetInt64(),
            FrameId = json.GetProperty("frame").GetInt64(),
            Name = json.GetProperty("name").GetString()!,
            Hash = json.GetProperty("hash").GetString()!,
            Payload =
            [
                .. Named(json, "payload")
                    .Select(p => p with { Value = p.Value is RawValue raw ? ValueJson.ReadStored(raw.Utf8, typeof(object)) : p.Value }),
            ],
            DueAt = Text(json, "due") is { } due ? Moment(due) : null,
            CreatedAt = Moment(Text(json, "created")!),
            CallbackName = Text(json, "callback"),
            AutoBurn = Flag(json, "burn", standard: true),
            AutoComplete = Flag(json, "complete", standard: true),
            Metadata = json.TryGetProperty("metadata", out var metadata)
                ? metadata.EnumerateObject().ToImmutableDictionary(m => m.Name, m => m.Value.GetString()!)
                : ImmutableDictionary<string, string>.Empty,
        };

    private static DateTimeOffset Moment(string text) =>
        DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);

    private static void WriteIncident(Utf8JsonWriter writer, Incident incident)
    {
        writer.WriteStartObject();
        writer.WriteNumber("id", incident.Id);
        writer.WriteString("kind", incident.Kind.ToString());
        Number(writer, "frame", incident.FrameId);
        Number(writer, "node", incident.Node);
        writer.WriteString("activity", incident.ActivityId);
        writer.WriteString("path", incident.ActivityNodeId);
        writer.WriteString("type", incident.ActivityType);
        writer.WriteString("message", incident.Message);
        Text(writer, "detail", incident.Detail);
        Text(writer, "exception", incident.ExceptionType);
        Text(writer, "code", incident.Code);
        writer.WriteString("at", incident.At.ToString("O", CultureInfo.InvariantCulture));
        writer.WriteEndObject();
    }

    private static Incident ReadIncident(JsonElement json) =>
        new()
        {
            Id = json.GetProperty("id").GetInt64(),
            Kind = Enum.Parse<IncidentKind>(json.GetProperty("kind").GetString()!),
            FrameId = Number(json, "frame"),
            Node = (int)Number(json, "node"),
            ActivityId = json.GetProperty("activity").GetString()!,
            ActivityNodeId = json.GetProperty("path").GetString()!,
            ActivityType = json.GetProperty("type").GetString()!,
            Message = json.GetProperty("message").GetString()!,
            Detail = Text(json, "detail"),
            ExceptionType = Text(json, "exception"),
            Code = Text(json, "code"),
            At = Moment(json.GetProperty("at").GetString()!),
        };

    private static void WriteResult(Utf8JsonWriter writer, ActivityOutputState result)
    {
        writer.WriteStartArray();
        writer.WriteNumberValue(result.Node);
        writer.WriteStringValue(result.Output);
        Value(writer, result.Value);
        writer.WriteEndArray();
    }

    private static void WriteUndo(Utf8JsonWriter writer, UndoState undo)
    {
        writer.WriteStartArray();
        writer.WriteNumberValue(undo.Node);
        writer.WriteNumberValue(undo.Of);
        writer.WriteNumberValue(undo.Execution);
        Value(writer, undo.Value);
        writer.WriteEndArray();
    }
}
