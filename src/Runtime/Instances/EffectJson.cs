using System.Text.Json;
using ServiceLoop.Engine;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.Runtime.Instances;

/// <summary>Effects that the code of a host activity asked for, as JSON.</summary>
internal static class EffectJson
{
    public static void Write(Utf8JsonWriter writer, Effect effect)
    {
        switch (effect)
        {
            case Effect.Dispatch dispatch:
                writer.WriteString("what", "dispatch");
                writer.WriteString("definition", dispatch.DefinitionId);
                writer.WriteString("child", dispatch.ChildInstanceId);
                StimulusJson.Named(writer, "inputs", dispatch.Inputs);
                StimulusJson.Text(writer, "correlation", dispatch.CorrelationId);
                writer.WriteBoolean("wait", dispatch.Wait);
                break;
            case Effect.Publish publish:
                writer.WriteString("what", "publish");
                writer.WriteString("event", publish.EventName);
                writer.WritePropertyName("payload");
                StimulusJson.Value(writer, publish.Payload);
                StimulusJson.Text(writer, "correlation", publish.CorrelationId);
                writer.WriteBoolean("local", publish.IsLocal);
                writer.WriteString("key", publish.Key);
                break;
            case Effect.WriteLine line:
                writer.WriteString("what", "line");
                writer.WriteString("text", line.Text);
                break;
            case Effect.Record record:
                writer.WriteString("what", "record");
                writer.WriteNumber("frame", record.FrameId);
                writer.WriteString("row", record.Row is ForgottenRow forgotten ? forgotten.TypeName : record.Row.GetType().FullName);
                break;
            case Effect.InvokeLater later:
                writer.WriteString("what", "later");
                writer.WriteNumber("frame", later.FrameId);
                break;
            case Effect.Checkpoint:
                writer.WriteString("what", "checkpoint");
                break;
            default:
                throw new InvalidOperationException(
                    $"A host activity asked for the effect {effect.GetType().Name}, which only the engine gives. Use a method of the context instead."
                );
        }
    }

    public static Effect Read(JsonElement json) =>
        json.GetProperty("what").GetString() switch
        {
            "dispatch" => new Effect.Dispatch
            {
                DefinitionId = json.GetProperty("definition").GetString()!,
                ChildInstanceId = json.GetProperty("child").GetString()!,
                Inputs = StimulusJson.Named(json, "inputs"),
                CorrelationId = StimulusJson.Text(json, "correlation"),
                Wait = json.GetProperty("wait").GetBoolean(),
            },
            "publish" => new Effect.Publish
            {
                EventName = json.GetProperty("event").GetString()!,
                Payload = ValueJson.ReadStored(json.GetProperty("payload")),
                CorrelationId = StimulusJson.Text(json, "correlation"),
                IsLocal = json.GetProperty("local").GetBoolean(),
                Key = json.GetProperty("key").GetString()!,
            },
            "line" => new Effect.WriteLine(json.GetProperty("text").GetString()!),
            "record" => new Effect.Record(json.GetProperty("frame").GetInt64(), new ForgottenRow(json.GetProperty("row").GetString()!)),
            "later" => new Effect.InvokeLater(json.GetProperty("frame").GetInt64()),
            "checkpoint" => new Effect.Checkpoint(),
            var other => throw new JsonException($"The journal holds an effect '{other}' that this version does not know."),
        };
}
