using System.Text.Json;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.Engine.Expressions;

/// <summary>An input as it stands in a definition: a language and a source.</summary>
/// <param name="Type"><c>Literal</c>, <c>Object</c>, <c>Variable</c>, <c>Input</c>, <c>JavaScript</c>, <c>Liquid</c>, or the name of a registered language.</param>
/// <param name="Value">A plain value for literals; the id of the variable or the name of the input; otherwise the source text.</param>
/// <param name="Path">JSON path of the expression, for messages.</param>
public sealed record ExpressionDefinition(string Type, object? Value, string Path = "$")
{
    /// <summary>A literal value.</summary>
    public static ExpressionDefinition Literal(object? value) => new("Literal", value);

    /// <summary>A JavaScript source.</summary>
    public static ExpressionDefinition JavaScript(string source) => new("JavaScript", source);

    /// <summary>A Liquid template.</summary>
    public static ExpressionDefinition Liquid(string template) => new("Liquid", template);

    /// <summary>The source as a person would write it, cut to 200 characters, for messages.</summary>
    public string Quoted
    {
        get
        {
            var text = Value as string ?? ValueConverter.Text(Value) ?? "null";
            return text.Length <= 200 ? text : text[..200] + "…";
        }
    }

    /// <summary>Reads <c>{ "type": …, "value": … }</c>; a missing type means Literal.</summary>
    internal static ExpressionDefinition Read(JsonElement json, string path)
    {
        var type = "Literal";
        JsonElement value = default;

        foreach (var member in json.EnumerateObject())
            if (member.NameEquals("type") || member.NameEquals("Type"))
                type = member.Value.ValueKind switch
                {
                    JsonValueKind.String => member.Value.GetString()!,
                    JsonValueKind.Null => "Literal",
                    _ => member.Value.GetRawText(),
                };
            else if (member.NameEquals("value") || member.NameEquals("Value"))
                value = member.Value;

        return new(type, ValueOf(type, value), path);
    }

    private static object? ValueOf(string type, JsonElement value)
    {
        // Variable and Input hold a reduced copy of what they name; older files hold that copy as text.
        if (
            type is "Variable" or "Input"
            && value.ValueKind == JsonValueKind.String
            && value.GetString() is ['{', ..] text
            && ValueJson.TryParse(text, out var parsed)
        )
            return parsed;

        return value.ValueKind switch
        {
            JsonValueKind.Undefined => null,
            JsonValueKind.Object or JsonValueKind.Array when type is "Literal" or "Object" or "Json" => value.GetRawText(),
            _ => PlainValue.Of(value),
        };
    }
}
