using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using ServiceLoop.Engine;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.Runtime.Instances;

/// <summary>A domain row, as a replay sees it: its type is known, its content has left with the step.</summary>
/// <param name="TypeName">Name of the type.</param>
public sealed record ForgottenRow(string TypeName);

/// <summary>What the code of a host activity recorded, as JSON.</summary>
internal static class HostActionJson
{
    public static void Write(Utf8JsonWriter writer, string name, ImmutableArray<HostAction> actions)
    {
        writer.WriteStartArray(name);

        foreach (var action in actions)
        {
            writer.WriteStartObject();
            Write(writer, action);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    public static ImmutableArray<HostAction> Read(JsonElement json) => [.. json.EnumerateArray().Select(ReadOne)];

    private static void Write(Utf8JsonWriter writer, HostAction action)
    {
        switch (action)
        {
            case HostAction.SetOutput output:
                writer.WriteNumber("output", output.Index);
                Value(writer, output.Value);
                break;
            case HostAction.SetVariable variable:
                writer.WriteString("variable", variable.Name);
                Value(writer, variable.Value);
                break;
            case HostAction.SetProperty property:
                writer.WriteString("property", property.Name);
                Value(writer, property.Value);
                break;
            case HostAction.AddBookmark bookmark:
                writer.WriteStartObject("wait");
                Write(writer, bookmark.Request);
                writer.WriteEndObject();
                break;
            case HostAction.Schedule child:
                writer.WriteNumber("schedule", child.Node);
                StimulusJson.Text(writer, "callback", child.Callback);
                writer.WriteNumber("tag", child.Tag);
                StimulusJson.Named(writer, "variables", child.Variables);
                break;
            case HostAction.Complete complete:
                Texts(writer, "complete", complete.Outcomes);
                break;
            case HostAction.Record record:
                writer.WriteString("record", record.Row is ForgottenRow forgotten ? forgotten.TypeName : record.Row.GetType().FullName);
                break;
            case HostAction.Emit emit:
                writer.WriteStartObject("emit");
                EffectJson.Write(writer, emit.Effect);
                writer.WriteEndObject();
                break;
            case HostAction.Correlate correlate:
                writer.WriteString("correlate", correlate.CorrelationId);
                break;
            case HostAction.Rename rename:
                writer.WriteString("rename", rename.Name);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(action), action, "Unknown host action.");
        }
    }

    private static HostAction ReadOne(JsonElement json)
    {
        var first = json.EnumerateObject().First();

        return first.Name switch
        {
            "output" => new HostAction.SetOutput(first.Value.GetInt32(), Value(json)),
            "variable" => new HostAction.SetVariable(first.Value.GetString()!, Value(json)),
            "property" => new HostAction.SetProperty(first.Value.GetString()!, Value(json)),
            "wait" => new HostAction.AddBookmark(ReadRequest(first.Value)),
            "schedule" => new HostAction.Schedule(
                first.Value.GetInt32(),
                StimulusJson.Text(json, "callback"),
                json.GetProperty("tag").GetInt64(),
                StimulusJson.Named(json, "variables")
            ),
            "complete" => new HostAction.Complete(Texts(first.Value)),
            "record" => new HostAction.Record(new ForgottenRow(first.Value.GetString()!)),
            "emit" => new HostAction.Emit(EffectJson.Read(first.Value)),
            "correlate" => new HostAction.Correlate(first.Value.GetString()),
            "rename" => new HostAction.Rename(first.Value.GetString()),
            _ => throw new JsonException($"The journal holds a host action '{first.Name}' that this version does not know."),
        };
    }

    private static void Write(Utf8JsonWriter writer, BookmarkRequest request)
    {
        writer.WriteString("name", request.Name);

        if (request.Payload is not null)
        {
            writer.WriteStartArray("payload");

            foreach (var (key, value) in request.Payload)
            {
                writer.WriteStringValue(key);
                StimulusJson.Value(writer, value);
            }

            writer.WriteEndArray();
        }

        if (!request.ExcludedFromHash.IsDefaultOrEmpty)
            Texts(writer, "excluded", request.ExcludedFromHash);

        writer.WriteBoolean("own", request.IncludeActivityInstanceId);
        StimulusJson.Text(writer, "due", request.DueAt?.ToString("O", CultureInfo.InvariantCulture));
        StimulusJson.Text(writer, "callback", request.CallbackName);
        writer.WriteBoolean("burn", request.AutoBurn);
        writer.WriteBoolean("auto", request.AutoComplete);

        if (request.Metadata.IsEmpty)
            return;

        writer.WriteStartObject("metadata");

        foreach (var (key, value) in request.Metadata)
            writer.WriteString(key, value);

        writer.WriteEndObject();
    }

    private static BookmarkRequest ReadRequest(JsonElement json) =>
        new(json.GetProperty("name").GetString()!)
        {
            Payload = json.TryGetProperty("payload", out _)
                ? StimulusJson.Named(json, "payload").ToDictionary(p => p.Name, p => p.Value, StringComparer.Ordinal)
                : null,
            ExcludedFromHash = json.TryGetProperty("excluded", out var excluded) ? Texts(excluded) : [],
            IncludeActivityInstanceId = json.GetProperty("own").GetBoolean(),
            DueAt = json.TryGetProperty("due", out var due)
                ? DateTimeOffset.Parse(due.GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind)
                : null,
            CallbackName = StimulusJson.Text(json, "callback"),
            AutoBurn = json.GetProperty("burn").GetBoolean(),
            AutoComplete = json.GetProperty("auto").GetBoolean(),
            Metadata = json.TryGetProperty("metadata", out var metadata)
                ? metadata.EnumerateObject().ToImmutableDictionary(m => m.Name, m => m.Value.GetString()!)
                : ImmutableDictionary<string, string>.Empty,
        };

    private static void Value(Utf8JsonWriter writer, object? value)
    {
        writer.WritePropertyName("value");
        StimulusJson.Value(writer, value);
    }

    private static object? Value(JsonElement json) => ValueJson.ReadStored(json.GetProperty("value"));

    internal static void Texts(Utf8JsonWriter writer, string name, ImmutableArray<string> texts)
    {
        writer.WriteStartArray(name);

        if (!texts.IsDefault)
            foreach (var text in texts)
                writer.WriteStringValue(text);

        writer.WriteEndArray();
    }

    internal static ImmutableArray<string> Texts(JsonElement json) => [.. json.EnumerateArray().Select(t => t.GetString()!)];
}
