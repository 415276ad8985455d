using System.Collections.Immutable;
using System.Text.Json;
using ServiceLoop.Engine.Values;
using ServiceLoop.Runtime.Instances;

namespace ServiceLoop.Runtime.Work;

/// <summary>What comes with a Start.</summary>
internal sealed record StartPayload
{
    public required string DefinitionId { get; init; }
    public string? VersionId { get; init; }
    public IReadOnlyDictionary<string, object?> Inputs { get; init; } = ImmutableDictionary<string, object?>.Empty;
    public string? CorrelationId { get; init; }
    public string? Name { get; init; }
    public string? TriggerActivityId { get; init; }
    public IReadOnlyDictionary<string, object?> TriggerInput { get; init; } = ImmutableDictionary<string, object?>.Empty;
    public string? ParentId { get; init; }

    public string? FromActivityId { get; init; }
    public IReadOnlyDictionary<string, object?> Variables { get; init; } = ImmutableDictionary<string, object?>.Empty;

    /// <summary>True: it takes over from an instance that was let in.</summary>
    public bool IsRestart { get; init; }

    /// <summary>True: an activity of the parent waits for its end.</summary>
    public bool IsAwaited { get; init; }
    public string? Who { get; init; }
}

/// <summary>What comes to a waiter, and on whose behalf.</summary>
/// <param name="Input">The input.</param>
/// <param name="Who">Who; null for the system.</param>
internal sealed record ResumePayload(IReadOnlyDictionary<string, object?> Input, string? Who);

/// <summary>What comes with a Publish.</summary>
internal sealed record PublishPayload(string Event, object? Value, string? CorrelationId, string? InstanceId, string? Who);

/// <summary>What comes with a TriggerTimer.</summary>
internal sealed record TriggerPayload(string VersionId, string ActivityId, string NodeId, string Hash);

/// <summary>What comes with a ChildEnded.</summary>
internal sealed record ChildPayload(string ChildId, IReadOnlyDictionary<string, object?> Report);

/// <summary>What comes with a Message.</summary>
internal sealed record MessagePayload(string Topic, object? Body);

/// <summary>Payloads of work as JSON; values keep their types.</summary>
internal static class WorkJson
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 600 };

    public static void Write(Utf8JsonWriter writer, StartPayload start)
    {
        writer.WriteStartObject();
        writer.WriteString("definition", start.DefinitionId);
        StimulusJson.Text(writer, "version", start.VersionId);
        StimulusJson.Bag(writer, "inputs", start.Inputs);
        StimulusJson.Text(writer, "correlation", start.CorrelationId);
        StimulusJson.Text(writer, "name", start.Name);
        StimulusJson.Text(writer, "trigger", start.TriggerActivityId);
        StimulusJson.Bag(writer, "triggerInput", start.TriggerInput);
        StimulusJson.Text(writer, "parent", start.ParentId);
        StimulusJson.Text(writer, "from", start.FromActivityId);
        StimulusJson.Bag(writer, "variables", start.Variables);

        if (start.IsRestart)
            writer.WriteBoolean("restart", true);

        if (start.IsAwaited)
            writer.WriteBoolean("awaited", true);

        StimulusJson.Text(writer, "who", start.Who);
        writer.WriteEndObject();
    }

    public static StartPayload ReadStart(ReadOnlyMemory<byte> utf8)
    {
        using var document = JsonDocument.Parse(utf8, Options);
        var json = document.RootElement;
        return new StartPayload
        {
            DefinitionId = json.GetProperty("definition").GetString()!,
            VersionId = StimulusJson.Text(json, "version"),
            Inputs = StimulusJson.Bag(json, "inputs"),
            CorrelationId = StimulusJson.Text(json, "correlation"),
            Name = StimulusJson.Text(json, "name"),
            TriggerActivityId = StimulusJson.Text(json, "trigger"),
            TriggerInput = StimulusJson.Bag(json, "triggerInput"),
            ParentId = StimulusJson.Text(json, "parent"),
            FromActivityId = StimulusJson.Text(json, "from"),
            Variables = StimulusJson.Bag(json, "variables"),
            IsRestart = json.TryGetProperty("restart", out _),
            IsAwaited = json.TryGetProperty("awaited", out _),
            Who = StimulusJson.Text(json, "who"),
        };
    }

    public static void Write(Utf8JsonWriter writer, IReadOnlyDictionary<string, object?> input)
    {
        writer.WriteStartObject();
        StimulusJson.Bag(writer, "input", input);
        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, ResumePayload resume)
    {
        writer.WriteStartObject();
        StimulusJson.Bag(writer, "input", resume.Input);
        StimulusJson.Text(writer, "who", resume.Who);
        writer.WriteEndObject();
    }

    public static ResumePayload ReadResume(ReadOnlyMemory<byte> utf8)
    {
        if (utf8.IsEmpty)
            return new(ImmutableDictionary<string, object?>.Empty, null);

        using var document = JsonDocument.Parse(utf8, Options);
        return new(StimulusJson.Bag(document.RootElement, "input"), StimulusJson.Text(document.RootElement, "who"));
    }

    public static void Write(Utf8JsonWriter writer, PublishPayload publish)
    {
        writer.WriteStartObject();
        writer.WriteString("event", publish.Event);
        writer.WritePropertyName("value");
        StimulusJson.Value(writer, publish.Value);
        StimulusJson.Text(writer, "correlation", publish.CorrelationId);
        StimulusJson.Text(writer, "instance", publish.InstanceId);
        StimulusJson.Text(writer, "who", publish.Who);
        writer.WriteEndObject();
    }

    public static PublishPayload ReadPublish(ReadOnlyMemory<byte> utf8)
    {
        using var document = JsonDocument.Parse(utf8, Options);
        var json = document.RootElement;
        return new(
            json.GetProperty("event").GetString()!,
            ValueJson.ReadStored(json.GetProperty("value")),
            StimulusJson.Text(json, "correlation"),
            StimulusJson.Text(json, "instance"),
            StimulusJson.Text(json, "who")
        );
    }

    public static void Write(Utf8JsonWriter writer, TriggerPayload trigger)
    {
        writer.WriteStartObject();
        writer.WriteString("version", trigger.VersionId);
        writer.WriteString("activity", trigger.ActivityId);
        writer.WriteString("node", trigger.NodeId);
        writer.WriteString("hash", trigger.Hash);
        writer.WriteEndObject();
    }

    public static TriggerPayload ReadTrigger(ReadOnlyMemory<byte> utf8)
    {
        using var document = JsonDocument.Parse(utf8, Options);
        var json = document.RootElement;
        return new(
            json.GetProperty("version").GetString()!,
            json.GetProperty("activity").GetString()!,
            json.GetProperty("node").GetString()!,
            json.GetProperty("hash").GetString()!
        );
    }

    public static void Write(Utf8JsonWriter writer, ChildPayload child)
    {
        writer.WriteStartObject();
        writer.WriteString("child", child.ChildId);
        StimulusJson.Bag(writer, "report", child.Report);
        writer.WriteEndObject();
    }

    public static ChildPayload ReadChild(ReadOnlyMemory<byte> utf8)
    {
        using var document = JsonDocument.Parse(utf8, Options);
        var json = document.RootElement;
        return new(json.GetProperty("child").GetString()!, StimulusJson.Bag(json, "report"));
    }

    public static void Write(Utf8JsonWriter writer, MessagePayload message)
    {
        writer.WriteStartObject();
        writer.WriteString("topic", message.Topic);
        writer.WritePropertyName("body");
        StimulusJson.Value(writer, message.Body);
        writer.WriteEndObject();
    }

    public static MessagePayload ReadMessage(ReadOnlyMemory<byte> utf8)
    {
        using var document = JsonDocument.Parse(utf8, Options);
        var json = document.RootElement;
        return new(json.GetProperty("topic").GetString()!, ValueJson.ReadStored(json.GetProperty("body")));
    }
}
