using System.Collections.Immutable;
using System.Text.Json;
using ServiceLoop.Engine.Migration;
using ServiceLoop.Engine.Values;
using ServiceLoop.Runtime.Instances;

namespace ServiceLoop.Runtime.Migrating;

/// <summary>Plans, scopes and paces as JSON: as they are stored, journalled and sent.</summary>
public static class MigrationJson
{
    /// <summary>Writes a plan; values keep their types.</summary>
    public static void Write(Utf8JsonWriter writer, MigrationPlan plan)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("activities");

        foreach (var move in plan.Activities)
        {
            writer.WriteStartObject();
            writer.WriteString("from", move.From);
            writer.WriteString("to", move.To);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("variables");

        foreach (var move in plan.Variables)
        {
            writer.WriteStartObject();
            writer.WriteString("from", move.From);
            writer.WriteString("to", move.To);

            if (move.HasValue)
            {
                writer.WritePropertyName("value");
                ValueJson.WriteStored(writer, move.Value);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteString("timers", plan.Timers == TimerPolicy.Recompute ? "recompute" : "keep");
        writer.WriteStartArray("accepted");

        foreach (var code in plan.Accepted)
            writer.WriteStringValue(code);

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>Reads a plan; members that are left out are empty.</summary>
    /// <exception cref="FormatException">It cannot be read; the message says where and why.</exception>
    public static MigrationPlan ReadPlan(JsonElement json) =>
        new()
        {
            Activities =
            [
                .. Items(json, "activities")
                    .Select(m => new ActivityMove(
                        Text(m, "from") ?? throw new FormatException("Each item of 'activities' must name its activity: from."),
                        Text(m, "to")
                    )),
            ],
            Variables =
            [
                .. Items(json, "variables")
                    .Select(m => new VariableMove(Text(m, "from"), Text(m, "to"))
                    {
                        HasValue = m.TryGetProperty("value", out var given),
                        Value = m.TryGetProperty("value", out given) ? ValueJson.ReadStored(given) : null,
                    }),
            ],
            Timers = Text(json, "timers") switch
            {
                null or "keep" => TimerPolicy.Keep,
                "recompute" => TimerPolicy.Recompute,
                var other => throw new FormatException($"'{other}' in 'timers' is unknown. Use keep or recompute."),
            },
            Accepted = Texts(json, "accepted"),
        };

    internal static void Write(Utf8JsonWriter writer, MigrationScope scope)
    {
        writer.WriteStartObject();
        Texts(writer, "sources", scope.SourceVersionIds);
        Texts(writer, "instances", scope.InstanceIds);
        StimulusJson.Text(writer, "correlation", scope.CorrelationId);
        writer.WriteEndObject();
    }

    internal static MigrationScope ReadScope(ReadOnlyMemory<byte> utf8)
    {
        using var document = JsonDocument.Parse(utf8);
        var json = document.RootElement;
        return new()
        {
            SourceVersionIds = Texts(json, "sources"),
            InstanceIds = Texts(json, "instances"),
            CorrelationId = Text(json, "correlation"),
        };
    }

    internal static void Write(Utf8JsonWriter writer, MigrationPace pace)
    {
        writer.WriteStartObject();
        writer.WriteNumber("batch", pace.BatchSize);
        writer.WriteNumber("perSecond", pace.PerSecond);
        writer.WriteNumber("lanes", pace.Lanes);
        writer.WriteNumber("stopAfter", pace.StopAfterFailures);
        writer.WriteEndObject();
    }

    internal static MigrationPace ReadPace(ReadOnlyMemory<byte> utf8)
    {
        using var document = JsonDocument.Parse(utf8);
        var json = document.RootElement;
        return new()
        {
            BatchSize = json.GetProperty("batch").GetInt32(),
            PerSecond = json.GetProperty("perSecond").GetDouble(),
            Lanes = json.GetProperty("lanes").GetInt32(),
            StopAfterFailures = json.GetProperty("stopAfter").GetInt32(),
        };
    }

    internal static MigrationPlan ReadPlan(ReadOnlyMemory<byte> utf8)
    {
        using var document = JsonDocument.Parse(utf8);
        return ReadPlan(document.RootElement);
    }

    private static void Texts(Utf8JsonWriter writer, string name, ImmutableArray<string> values)
    {
        writer.WriteStartArray(name);

        foreach (var value in values)
            writer.WriteStringValue(value);

        writer.WriteEndArray();
    }

    private static ImmutableArray<string> Texts(JsonElement json, string name) =>
        json.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Select(t => t.ToString())]
            : [];

    private static IEnumerable<JsonElement> Items(JsonElement json, string name)
    {
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty(name, out var list) || list.ValueKind == JsonValueKind.Null)
            return [];

        if (list.ValueKind != JsonValueKind.Array || list.EnumerateArray().Any(i => i.ValueKind != JsonValueKind.Object))
            throw new FormatException($"'{name}' must be a list of objects.");

        return list.EnumerateArray();
    }

    private static string? Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
