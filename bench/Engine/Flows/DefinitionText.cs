using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ServiceLoop.Engine.Bench.Flows;

/// <summary>Definitions as JSON files hold them.</summary>
internal static class DefinitionText
{
    /// <summary>A chart as a designer saves it: lines, assignments and decisions with positions, properties and ports.</summary>
    public static byte[] Designed(int activities) =>
        Write(
            json =>
            {
                for (var i = 0; i < activities; i++)
                    WriteDesigned(json, i);
            },
            json =>
            {
                for (var i = 1; i < activities; i++)
                    WriteConnection(json, i - 1, i, (i - 1) % 3 == 2 ? "True" : "Done");
            }
        );

    /// <summary>Activities that do nothing, one after the other.</summary>
    public static byte[] Chain(int activities) =>
        Write(
            json =>
            {
                for (var i = 0; i < activities; i++)
                    WritePlain(json, i, "Bench.Nothing");
            },
            json =>
            {
                for (var i = 1; i < activities; i++)
                    WriteConnection(json, i - 1, i, "Done");
            }
        );

    /// <summary>Diamonds (a split in two and a join) in a row, and at the end a way back to the first that is not taken.</summary>
    public static byte[] Diamonds(int diamonds) =>
        Write(
            json =>
            {
                for (var i = 0; i < 3 * diamonds; i++)
                    WritePlain(json, i, "Bench.Nothing");

                WritePlain(json, 3 * diamonds, "Elsa.FlowDecision");
            },
            json =>
            {
                for (var i = 0; i < 3 * diamonds; i += 3)
                {
                    WriteConnection(json, i, i + 1, "Done");
                    WriteConnection(json, i, i + 2, "Done");
                    WriteConnection(json, i + 1, i + 3, "Done");
                    WriteConnection(json, i + 2, i + 3, "Done");
                }

                WriteConnection(json, 3 * diamonds, 0, "True");
            }
        );

    /// <summary>A split into branches of one activity each, and a join that waits for all of them.</summary>
    public static byte[] Fan(int branches) =>
        Write(
            json =>
            {
                for (var i = 0; i < branches + 2; i++)
                    WritePlain(json, i, "Bench.Nothing");
            },
            json =>
            {
                for (var i = 1; i <= branches; i++)
                    WriteConnection(json, 0, i, "Done");

                for (var i = 1; i <= branches; i++)
                    WriteConnection(json, i, branches + 1, "Done");
            }
        );

    private static byte[] Write(Action<Utf8JsonWriter> activities, Action<Utf8JsonWriter> connections)
    {
        var buffer = new ArrayBufferWriter<byte>();

        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("id", "bench-v1");
            json.WriteString("definitionId", "bench");
            json.WriteString("name", "Bench");
            json.WriteNumber("version", 1);
            json.WriteString("toolVersion", "3.6.0.0");
            json.WriteStartArray("variables");
            json.WriteRawValue(
                """{"id":"v1","name":"Note","typeName":"String","isArray":false,"value":"none","storageDriverTypeName":null}"""
            );
            json.WriteEndArray();
            json.WriteStartArray("inputs");
            json.WriteEndArray();
            json.WriteBoolean("isLatest", true);
            json.WriteBoolean("isPublished", true);
            json.WriteStartObject("root");
            json.WriteString("id", "chart");
            json.WriteString("type", "Elsa.Flowchart");
            json.WriteNumber("version", 1);
            json.WriteStartArray("activities");
            activities(json);
            json.WriteEndArray();
            json.WriteStartArray("connections");
            connections(json);
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WritePlain(Utf8JsonWriter json, int i, string type)
    {
        json.WriteStartObject();
        json.WriteString("id", IdOf(i));
        json.WriteString("type", type);
        json.WriteNumber("version", 1);
        json.WriteEndObject();
    }

    private static void WriteDesigned(Utf8JsonWriter json, int i)
    {
        var (type, input) = (i % 3) switch
        {
            0 => ("WriteLine", """ "text": {"typeName":"String","expression":{"type":"Literal","value":"The parcel is on its way"}}, """),
            1 => (
                "SetVariable",
                """ "variable": {"id":"v1","name":"Note","typeName":"String"}, "value": {"typeName":"Object","expression":{"type":"Variable","value":{"id":"v1","name":"Note","typeName":"String"}}}, """
            ),
            _ => ("FlowDecision", """ "condition": {"typeName":"Boolean","expression":{"type":"Literal","value":"true"}}, """),
        };
        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture,
            $$"""
            { {{input}} "id":"{{IdOf(i)}}", "nodeId":"Workflow1:chart:{{IdOf(
                i
            )}}", "name":"{{type}}{{i}}", "type":"Elsa.{{type}}", "version":1,
              "customProperties": {"canStartWorkflow":false,"runAsynchronously":false},
              "metadata": {"designer":{"position":{"x":{{i * 40}},"y":{{i
                % 7
                * 90}}},"size":{"width":145.7,"height":50} }, "displayText":"Step {{i}}"} }
            """
        );
        json.WriteRawValue(text.ToString());
    }

    private static void WriteConnection(Utf8JsonWriter json, int source, int target, string port)
    {
        json.WriteStartObject();
        json.WriteStartObject("source");
        json.WriteString("activity", IdOf(source));
        json.WriteString("port", port);
        json.WriteEndObject();
        json.WriteStartObject("target");
        json.WriteString("activity", IdOf(target));
        json.WriteString("port", "In");
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static string IdOf(int i) => "a" + i.ToString("x8", CultureInfo.InvariantCulture);
}
