using System.Collections.Immutable;
using System.Text.Json;
using ServiceLoop.Engine;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.Runtime.Instances;

/// <summary>Changes by hand, as JSON.</summary>
internal static class AlterationJson
{
    public static void Write(Utf8JsonWriter writer, string name, ImmutableArray<Alteration> alterations)
    {
        writer.WriteStartArray(name);

        foreach (var alteration in alterations)
        {
            writer.WriteStartObject();
            Write(writer, alteration);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    public static ImmutableArray<Alteration> Read(JsonElement json) => [.. json.EnumerateArray().Select(ReadOne)];

    private static void Write(Utf8JsonWriter writer, Alteration alteration)
    {
        switch (alteration)
        {
            case Alteration.ModifyVariable modify:
                writer.WriteString("modify", modify.Variable);
                writer.WritePropertyName("value");
                StimulusJson.Value(writer, modify.Value);
                break;
            case Alteration.CancelActivity cancel:
                writer.WriteString("cancel", cancel.Activity);
                writer.WriteNumber("frame", cancel.FrameId);
                break;
            case Alteration.ScheduleActivity schedule:
                writer.WriteString("schedule", schedule.Activity);
                break;
            case Alteration.Skip skip:
                writer.WriteNumber("skip", skip.FrameId);
                HostActionJson.Texts(writer, "outcomes", skip.Outcomes);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(alteration), alteration, "Unknown alteration.");
        }
    }

    private static Alteration ReadOne(JsonElement json)
    {
        var first = json.EnumerateObject().First();

        return first.Name switch
        {
            "modify" => new Alteration.ModifyVariable(first.Value.GetString()!, ValueJson.ReadStored(json.GetProperty("value"))),
            "cancel" => new Alteration.CancelActivity(first.Value.GetString(), json.GetProperty("frame").GetInt64()),
            "schedule" => new Alteration.ScheduleActivity(first.Value.GetString()!),
            "skip" => new Alteration.Skip(first.Value.GetInt64(), HostActionJson.Texts(json.GetProperty("outcomes"))),
            _ => throw new JsonException($"The journal holds an alteration '{first.Name}' that this version does not know."),
        };
    }
}
