using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ServiceLoop.Engine.Execution;
using ServiceLoop.Engine.State;
using ServiceLoop.Engine.Values;
using ServiceLoop.Runtime.InMemory;

namespace ServiceLoop.Workflows.CommandLine;

/// <summary>What <c>run</c> prints about instances, as JSON lines.</summary>
internal static class RunReport
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The closing object.</summary>
    public static string Of(InMemoryWorkflows host, InMemoryInstance instance, DateTimeOffset time) =>
        Line(writer =>
        {
            WriteInstance(writer, host, instance);
            writer.WriteString("time", Text(time));

            if (host.Instances.Count > 1)
            {
                writer.WriteStartArray("instances");

                foreach (var other in host.Instances.Where(i => i != instance))
                {
                    writer.WriteStartObject();
                    writer.WriteString("definitionId", other.State.DefinitionId);
                    writer.WriteString("parentInstanceId", other.State.ParentInstanceId);
                    WriteInstance(writer, host, other);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            }
        });

    /// <summary>The history of an instance, one object for each event.</summary>
    public static IEnumerable<string> Journal(InMemoryInstance instance) =>
        instance.Journal.Select(entry =>
            Line(writer =>
            {
                var node = instance.Graph.Nodes[entry.Node];
                writer.WriteString("event", entry.EventName);
                writer.WriteString("activity", node.Id);
                writer.WriteString("type", node.Descriptor.TypeName);
                writer.WriteString("path", node.NodeId);
                writer.WriteNumber("execution", entry.FrameId);
                writer.WriteNumber("parent", entry.ParentId);
                writer.WriteString("instanceId", instance.Id);
                WriteDetail(writer, entry);
            })
        );

    private static void WriteInstance(Utf8JsonWriter writer, InMemoryWorkflows host, InMemoryInstance instance)
    {
        var state = instance.State;
        writer.WriteString("status", state.Status.ToString());
        writer.WriteString("subStatus", state.SubStatus.ToString());
        writer.WriteString("outcome", state.Outcomes.IsEmpty ? null : string.Join(',', state.Outcomes));
        writer.WriteStartArray("outcomes");

        foreach (var outcome in state.Outcomes)
            writer.WriteStringValue(outcome);

        writer.WriteEndArray();
        WriteValue(writer, "outputs", state.Outputs.ToObject());
        WriteValue(writer, "variables", Variables(host, instance));
        writer.WriteStartArray("bookmarks");

        foreach (var waiter in Waiter.In(instance))
        {
            writer.WriteStartObject();
            writer.WriteString("activity", waiter.Node.Id);
            writer.WriteString("activityName", waiter.Node.Activity.Name);
            writer.WriteString("name", waiter.Bookmark.Name);
            WriteValue(writer, "payload", waiter.Bookmark.Payload.ToObject());
            writer.WriteString("dueAt", waiter.Bookmark.DueAt is { } due ? Text(due) : null);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("incidents");

        foreach (var incident in state.Incidents)
            WriteIncident(writer, incident);

        writer.WriteEndArray();
        writer.WriteString("correlationId", state.CorrelationId);
        writer.WriteString("name", state.Name);
        writer.WriteString("instanceId", state.InstanceId);
    }

    private static void WriteIncident(Utf8JsonWriter writer, Incident incident)
    {
        writer.WriteStartObject();
        writer.WriteString("kind", incident.Kind.ToString());
        writer.WriteString("message", incident.Message);
        writer.WriteString("detail", incident.Detail);
        writer.WriteString("code", incident.Code);
        writer.WriteString("activity", incident.ActivityId);
        writer.WriteString("path", incident.ActivityNodeId);
        writer.WriteString("at", Text(incident.At));
        writer.WriteEndObject();
    }

    private static void WriteDetail(Utf8JsonWriter writer, JournalEntry entry)
    {
        switch (entry.Detail)
        {
            case null:
                break;
            case Incident incident:
                writer.WritePropertyName("detail");
                WriteIncident(writer, incident);
                break;
            default:
                WriteValue(writer, "detail", PlainValue.Of(entry.Detail));
                break;
        }
    }

    /// <summary>Variables of the workflow: in its first frame while it lives, kept apart when it has ended.</summary>
    private static Dictionary<string, object?> Variables(InMemoryWorkflows host, InMemoryInstance instance)
    {
        var state = instance.State;

        if (state.Frames.FirstOrDefault(f => f.Node == 0) is not { } frame)
            return state.FinalVariables.ToObject();

        var declared = host.Definitions.FirstOrDefault(d => d.Id == state.DefinitionVersionId)?.Variables ?? [];
        var variables = new Dictionary<string, object?>(StringComparer.Ordinal);

        for (var i = 0; i < frame.Variables.Length && i < declared.Length; i++)
            variables[declared[i].Name] = StoredValues.Decode(frame.Variables[i]);

        foreach (var (name, value) in frame.Dynamic)
            variables[name] = StoredValues.Decode(value);

        return variables;
    }

    private static void WriteValue(Utf8JsonWriter writer, string name, object? value)
    {
        writer.WritePropertyName(name);
        ValueJson.WritePlain(writer, value);
    }

    private static string Text(DateTimeOffset moment) => moment.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFZ", null);

    private static string Line(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();

        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
