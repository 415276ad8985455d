using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.Engine.Definitions;

/// <summary>Inputs and outputs of activities in <see cref="DesignerForm"/>.</summary>
internal static class DesignerInputs
{
    private static readonly string[] Members = ["typeName", "expression", "memoryReference", "converter"];
    private static readonly string[] ExpressionMembers = ["type", "value"];

    /// <summary>Members of a variable and of a case.</summary>
    private static readonly string[] BareMembers = ["id", "name", "typeName", "label", "condition", "type", "value"];

    /// <summary>A wrapped input. A plain value becomes the literal that the engine reads it as.</summary>
    public static JsonNode? Write(JsonElement json, Type type)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Null or JsonValueKind.Undefined:
                return null;
            case not JsonValueKind.Object:
                return new JsonObject
                {
                    ["typeName"] = WorkflowTypes.AliasOf(type),
                    ["expression"] = new JsonObject
                    {
                        ["type"] = "Literal",
                        ["value"] = json.ValueKind == JsonValueKind.Array ? json.GetRawText() : DesignerForm.Plain(json),
                    },
                };
        }

        var result = DesignerForm.Spelled(json, Members);

        if (ElsaJson.Find(json, "expression") is { ValueKind: JsonValueKind.Object } expression)
            result["expression"] = WriteExpression(expression);

        return result;
    }

    /// <summary>An unwrapped input: the bare value, also where a writer wrapped it.</summary>
    public static JsonNode? Unwrap(JsonElement json) =>
        json.ValueKind == JsonValueKind.Object && ElsaJson.Find(json, "expression") is { ValueKind: JsonValueKind.Object } expression
            ? Bare(ElsaJson.Find(expression, "value") ?? json)
            : Bare(json);

    /// <summary>An output with what it is bound to.</summary>
    public static JsonNode? WriteOutput(JsonElement json) =>
        json.ValueKind == JsonValueKind.Object ? DesignerForm.Spelled(json, Members) : DesignerForm.Plain(json);

    /// <summary>JSON on one line, as short as it can be.</summary>
    public static string CompactText(JsonElement json)
    {
        var buffer = new ArrayBufferWriter<byte>();

        using (var compact = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            json.WriteTo(compact);

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static JsonObject WriteExpression(JsonElement json)
    {
        var result = DesignerForm.Spelled(json, ExpressionMembers);
        result["type"] ??= "Literal";

        // Editors show text: a structure stands in it as JSON.
        if (
            ElsaJson.Find(json, "value") is { ValueKind: JsonValueKind.Object or JsonValueKind.Array } value
            && result["type"]!.ToString() is "Literal" or "Object" or "Json"
            && result["value"] is JsonObject or JsonArray
        )
            result["value"] = value.GetRawText();

        return result;
    }

    private static JsonNode? Bare(JsonElement json) => DesignerForm.SpelledDeep(json, BareMembers);
}
