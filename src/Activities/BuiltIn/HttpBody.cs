using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using ServiceLoop.Engine;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.Activities.BuiltIn;

/// <summary>Values as bodies of HTTP messages, and back.</summary>
internal static class HttpBody
{
    private const string Form = "application/x-www-form-urlencoded";

    /// <summary>The bytes of a value, and the type that goes with them. Text goes as it is, objects as JSON or as a form.</summary>
    /// <param name="content">Not null.</param>
    /// <param name="contentType">What the author asks for; empty means: what fits.</param>
    /// <exception cref="WorkflowFaultException">The content type is none.</exception>
    public static (byte[] Bytes, string ContentType) Encode(object content, string? contentType)
    {
        var asked = string.IsNullOrWhiteSpace(contentType) ? null : contentType.Trim();

        if (asked is not null && !MediaTypeHeaderValue.TryParse(asked, out _))
            throw new WorkflowFaultException($"'{asked}' is not a content type. Use one such as application/json.", "http.content-type");

        if (content is byte[] bytes)
            return (bytes, asked ?? "application/octet-stream");

        if (IsForm(asked) && FormOf(content) is { } form)
            return (Encoding.UTF8.GetBytes(form), asked!);

        return content is string text
            ? (Encoding.UTF8.GetBytes(text), asked ?? "text/plain; charset=utf-8")
            : (Encoding.UTF8.GetBytes(ValueJson.ToText(content)), asked ?? "application/json");
    }

    /// <summary>The value of a body by its type: JSON becomes a value, other text stays text, the rest bytes; null when empty.</summary>
    /// <exception cref="JsonException">It claims to be JSON and is not.</exception>
    public static object? Decode(byte[] body, string? contentType)
    {
        if (body.Length == 0)
            return null;

        var type = MediaTypeHeaderValue.TryParse(contentType, out var parsed) ? parsed : null;

        if (type?.MediaType is { } media && !IsText(media))
            return body;

        var text = EncodingOf(type?.CharSet).GetString(body);
        return IsJson(type?.MediaType) ? ParseJson(text) : text.TrimStart('\uFEFF');
    }

    /// <summary>Reads JSON text.</summary>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public static object? ParseJson(string text)
    {
        using var document = JsonDocument.Parse(text.TrimStart('\uFEFF'));
        return PlainValue.Of(document.RootElement);
    }

    /// <summary>True for JSON in any of its types.</summary>
    public static bool IsJson(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type)
        && (
            string.Equals(type.MediaType, "application/json", StringComparison.OrdinalIgnoreCase)
            || string.Equals(type.MediaType, "text/json", StringComparison.OrdinalIgnoreCase)
            || type.MediaType?.EndsWith("+json", StringComparison.OrdinalIgnoreCase) == true
        );

    private static bool IsForm(string? contentType) => contentType?.StartsWith(Form, StringComparison.OrdinalIgnoreCase) == true;

    private static bool IsText(string media) =>
        media.StartsWith("text/", StringComparison.OrdinalIgnoreCase)
        || IsJson(media)
        || IsForm(media)
        || media.EndsWith("/xml", StringComparison.OrdinalIgnoreCase)
        || media.EndsWith("+xml", StringComparison.OrdinalIgnoreCase)
        || media.EndsWith("/javascript", StringComparison.OrdinalIgnoreCase);

    private static string? FormOf(object content)
    {
        var value = content is string text && ValueJson.TryParse(text, out var parsed) ? parsed : PlainValue.Of(content);

        return value is IDictionary<string, object?> members
            ? string.Join('&', members.Select(m => $"{Escape(m.Key)}={Escape(ValueConverter.Text(m.Value) ?? "")}"))
            : null;
    }

    private static string Escape(string text) => Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal);

    private static Encoding EncodingOf(string? charset)
    {
        try
        {
            return charset is null ? Encoding.UTF8 : Encoding.GetEncoding(charset.Trim('"'));
        }
        catch (ArgumentException)
        {
            return Encoding.UTF8;
        }
    }
}
