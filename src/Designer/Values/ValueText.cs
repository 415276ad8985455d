using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.Designer.Values;

/// <summary>Values as people read and type them. Numbers and moments are written as in JSON, in every language: they are data.</summary>
public static class ValueText
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 128 };

    /// <summary>A value as it is typed.</summary>
    public static string Write(object? value, ValueKind kind)
    {
        if (value is null)
            return "";

        if (kind == ValueKind.Text && value is string text)
            return text;

        var json = ValueJson.ToText(value);

        if (kind is ValueKind.Literal && value is not string)
            return json.Trim('"');

        return kind switch
        {
            ValueKind.Literal => (string)value,
            ValueKind.Json => Pretty(json),
            _ => json,
        };
    }

    /// <summary>JSON with line breaks; what is none stays as it is.</summary>
    public static string Pretty(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            return document.RootElement.ValueKind is JsonValueKind.Object or JsonValueKind.Array
                ? JsonSerializer.Serialize(document.RootElement, Indented)
                : json;
        }
        catch (JsonException)
        {
            return json;
        }
    }

    /// <summary>Reads what was typed. Nothing, or blanks where a text is not meant, is no value: null.</summary>
    /// <param name="text">What was typed.</param>
    /// <param name="typeName">Alias of the declared type; null for any.</param>
    /// <param name="isArray">True: an array of the type.</param>
    public static ValueReading Read(string? text, string? typeName, bool isArray)
    {
        var kind = ValueKinds.Of(typeName, isArray);

        if (string.IsNullOrEmpty(text) || (kind != ValueKind.Text && string.IsNullOrWhiteSpace(text)))
            return new(null, null);

        return kind switch
        {
            ValueKind.Text => new(text, null),
            ValueKind.Flag => bool.TryParse(text, out var flag) ? new(flag, null) : new(null, ValueFlaw.NoFlag),
            ValueKind.Whole => Whole(text.Trim(), typeName!),
            ValueKind.Number => Number(text.Trim()),
            ValueKind.Literal => ValueConverter.TryConvert(text.Trim(), WorkflowTypes.Find(typeName)!, out var read) && read is not null
                ? new(read, null)
                : new(null, ValueFlaw.NoLiteral),
            _ => Json(text, isArray),
        };
    }

    private static ValueReading Whole(string text, string typeName) =>
        !long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? new(null, ValueFlaw.NoWhole)
        : ValueConverter.TryConvert(whole, WorkflowTypes.Find(typeName)!, out _) ? new(whole, null)
        : new(null, ValueFlaw.TooLarge);

    private static ValueReading Number(string text) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var exact) ? new(exact, null)
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var near) && double.IsFinite(near) ? new(near, null)
        : new(null, ValueFlaw.NoNumber);

    private static ValueReading Json(string text, bool isArray)
    {
        try
        {
            using var document = JsonDocument.Parse(text, Strict);
            return isArray && document.RootElement.ValueKind is not (JsonValueKind.Array or JsonValueKind.Null)
                ? new(null, ValueFlaw.NoList)
                : new(PlainValue.Of(document.RootElement), null);
        }
        catch (JsonException e)
        {
            return new(null, ValueFlaw.NoJson) { Line = (e.LineNumber ?? 0) + 1, Position = (e.BytePositionInLine ?? 0) + 1 };
        }
    }
}

/// <summary>What was read.</summary>
/// <param name="Value">Plain value; null when nothing was typed or it is wrong.</param>
/// <param name="Flaw">What is wrong; null when nothing is.</param>
public sealed record ValueReading(object? Value, ValueFlaw? Flaw)
{
    /// <summary>Where the JSON breaks, from 1; 0 where that does not apply.</summary>
    public long Line { get; init; }

    /// <summary>Byte in that line, from 1.</summary>
    public long Position { get; init; }
}

/// <summary>What can be wrong with a typed value.</summary>
public enum ValueFlaw
{
    /// <summary>Neither true nor false.</summary>
    NoFlag,

    /// <summary>No whole number.</summary>
    NoWhole,

    /// <summary>A number that the type cannot hold.</summary>
    TooLarge,

    /// <summary>No number.</summary>
    NoNumber,

    /// <summary>A text that the type does not understand.</summary>
    NoLiteral,

    /// <summary>No JSON.</summary>
    NoJson,

    /// <summary>JSON, but no list.</summary>
    NoList,
}
