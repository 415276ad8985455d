using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using ServiceLoop.Engine;
using ServiceLoop.Engine.State;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.Runtime.Instances;

/// <summary>One thing that went into the engine, and when.</summary>
/// <param name="Stimulus">What happened.</param>
/// <param name="Now">The moment that the engine was told, UTC.</param>
public sealed record TimedStimulus(Stimulus Stimulus, DateTimeOffset Now);

/// <summary>Stimuli as JSON: everything that a replay needs to come to the same state, bit for bit.</summary>
/// <remarks>
/// Domain rows that a host activity recorded are kept by the name of their type only: they leave with the step and never come back into the state.
/// </remarks>
public static class StimulusJson
{
    private static readonly JsonDocumentOptions ReadOptions = new() { MaxDepth = 600 };

    /// <summary>Writes the stimuli of one burst as an array.</summary>
    public static void Write(Utf8JsonWriter writer, IReadOnlyList<TimedStimulus> stimuli)
    {
        writer.WriteStartArray();

        for (var i = 0; i < stimuli.Count; i++)
        {
            writer.WriteStartObject();
            writer.WriteString("now", stimuli[i].Now.ToString("O", CultureInfo.InvariantCulture));
            Write(writer, stimuli[i].Stimulus);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    /// <summary>Reads what <see cref="Write(Utf8JsonWriter, IReadOnlyList{TimedStimulus})"/> wrote.</summary>
    /// <exception cref="JsonException">It is none, or was written by a newer version.</exception>
    public static ImmutableArray<TimedStimulus> Read(ReadOnlyMemory<byte> utf8)
    {
        using var document = JsonDocument.Parse(utf8, ReadOptions);
        return
        [
            .. document
                .RootElement.EnumerateArray()
                .Select(json => new TimedStimulus(ReadOne(json), json.GetProperty("now").GetDateTimeOffset())),
        ];
    }

    private static void Write(Utf8JsonWriter writer, Stimulus stimulus)
    {
        switch (stimulus)
        {
            case Stimulus.Start start:
                writer.WriteString("what", "start");
                Bag(writer, "inputs", start.Inputs);
                Text(writer, "correlation", start.CorrelationId);
                Text(writer, "name", start.Name);
                Text(writer, "trigger", start.TriggerActivityId);
                Bag(writer, "triggerInput", start.TriggerInput);
                Text(writer, "parent", start.ParentInstanceId);
                Text(writer, "from", start.FromActivityId);
                Bag(writer, "variables", start.Variables);
                break;
            case Stimulus.Resume resume:
                writer.WriteString("what", "resume");
                writer.WriteNumber("bookmark", resume.BookmarkId);
                Bag(writer, "input", resume.Input);
                break;
            case Stimulus.Returned returned:
                writer.WriteString("what", "returned");
                writer.WriteNumber("frame", returned.FrameId);
                HostActionJson.Write(writer, "did", returned.Recorded);
                break;
            case Stimulus.Threw threw:
                writer.WriteString("what", "threw");
                writer.WriteNumber("frame", threw.FrameId);
                writer.WriteString("message", threw.Fault.Message);
                Text(writer, "exception", threw.Fault.ExceptionType);
                Text(writer, "detail", threw.Fault.Detail);
                Text(writer, "code", threw.Fault.Code);
                writer.WriteString("kind", threw.Fault.Kind.ToString());
                break;
            case Stimulus.Continue:
                writer.WriteString("what", "continue");
                break;
            case Stimulus.Cancel cancel:
                writer.WriteString("what", "cancel");
                writer.WriteBoolean("compensate", cancel.Compensate);
                break;
            case Stimulus.Retry retry:
                writer.WriteString("what", "retry");

                if (retry.IncidentId is { } incident)
                    writer.WriteNumber("incident", incident);

                break;
            case Stimulus.Alter alter:
                writer.WriteString("what", "alter");
                AlterationJson.Write(writer, "alterations", alter.Alterations);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(stimulus), stimulus, "Unknown stimulus.");
        }
    }

    private static Stimulus ReadOne(JsonElement json) =>
        json.GetProperty("what").GetString() switch
        {
            "start" => new Stimulus.Start
            {
                Inputs = Bag(json, "inputs"),
                CorrelationId = Text(json, "correlation"),
                Name = Text(json, "name"),
                TriggerActivityId = Text(json, "trigger"),
                TriggerInput = Bag(json, "triggerInput"),
                ParentInstanceId = Text(json, "parent"),
                FromActivityId = Text(json, "from"),
                Variables = Bag(json, "variables"),
            },
            "resume" => new Stimulus.Resume(json.GetProperty("bookmark").GetInt64()) { Input = Bag(json, "input") },
            "returned" => new Stimulus.Returned(json.GetProperty("frame").GetInt64(), HostActionJson.Read(json.GetProperty("did"))),
            "threw" => new Stimulus.Threw(
                json.GetProperty("frame").GetInt64(),
                new FaultDetail(json.GetProperty("message").GetString()!, Text(json, "exception"), Text(json, "detail"), Text(json, "code"))
                {
                    Kind = Enum.Parse<IncidentKind>(json.GetProperty("kind").GetString()!),
                }
            ),
            "continue" => new Stimulus.Continue(),
            "cancel" => new Stimulus.Cancel(json.GetProperty("compensate").GetBoolean()),
            "retry" => new Stimulus.Retry(json.TryGetProperty("incident", out var incident) ? incident.GetInt64() : null),
            "alter" => new Stimulus.Alter(AlterationJson.Read(json.GetProperty("alterations"))),
            var other => throw new JsonException($"The journal holds a stimulus '{other}' that this version does not know."),
        };

    internal static void Text(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
            writer.WriteString(name, value);
    }

    internal static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;

    /// <summary>Named values, types kept; nothing when there is none.</summary>
    internal static void Bag(Utf8JsonWriter writer, string name, IReadOnlyDictionary<string, object?> values)
    {
        if (values.Count == 0)
            return;

        writer.WriteStartObject(name);

        foreach (var (key, value) in values)
        {
            writer.WritePropertyName(key);
            Value(writer, value);
        }

        writer.WriteEndObject();
    }

    internal static IReadOnlyDictionary<string, object?> Bag(JsonElement json, string name)
    {
        if (!json.TryGetProperty(name, out var members))
            return ImmutableDictionary<string, object?>.Empty;

        var values = new Dictionary<string, object?>(StringComparer.Ordinal);

        foreach (var member in members.EnumerateObject())
            values[member.Name] = ValueJson.ReadStored(member.Value);

        return values;
    }

    internal static void Named(Utf8JsonWriter writer, string name, ImmutableArray<NamedValue> values)
    {
        writer.WriteStartArray(name);

        foreach (var (key, value) in values)
        {
            writer.WriteStringValue(key);
            Value(writer, value);
        }

        writer.WriteEndArray();
    }

    internal static ImmutableArray<NamedValue> Named(JsonElement json, string name)
    {
        if (!json.TryGetProperty(name, out var list))
            return [];

        var items = list.EnumerateArray().ToList();
        return
        [
            .. Enumerable
                .Range(0, items.Count / 2)
                .Select(i => new NamedValue(items[2 * i].GetString()!, ValueJson.ReadStored(items[(2 * i) + 1]))),
        ];
    }

    internal static void Value(Utf8JsonWriter writer, object? value)
    {
        if (value is RawValue raw)
            writer.WriteRawValue(raw.Utf8.Span, skipInputValidation: true);
        else
            ValueJson.WriteStored(writer, value);
    }
}
