using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ServiceLoop.Engine.Execution;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.State;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.Runtime.Secrets;

/// <summary>
/// Takes known secrets out of what is shown: wherever one stands as a whole or within a text, also as Base64, in a URL or escaped for JSON, a mask stands
/// instead. Immutable.
/// </summary>
public sealed class SecretMask
{
    /// <summary>Stands for a secret.</summary>
    public const string Dots = ExecutionValues.Mask;

    /// <summary>Shorter secrets are masked only where they stand alone: within texts they would make all unreadable.</summary>
    private const int ShortestWithinText = 4;

    /// <summary>Masks nothing.</summary>
    public static readonly SecretMask None = new([], [], false);

    private readonly ImmutableArray<string> within;
    private readonly HashSet<string> alone;

    private SecretMask(ImmutableArray<string> within, HashSet<string> alone, bool hidesPast) =>
        (this.within, this.alone, HidesPast) = (within, alone, hidesPast);

    /// <summary>True: it masks nothing.</summary>
    public bool IsNone => within.IsEmpty && alone.Count == 0 && !HidesPast;

    /// <summary>True: not all secrets of the past are known any more, so that all texts of the past are masked as a whole.</summary>
    public bool HidesPast { get; }

    /// <summary>A mask for secret values.</summary>
    /// <param name="secrets">Plain values; of lists and objects each value in them counts.</param>
    /// <param name="hidesPast">Whether all texts of the past are masked.</param>
    public static SecretMask Of(IEnumerable<object> secrets, bool hidesPast = false)
    {
        var whole = new HashSet<string>(StringComparer.Ordinal);

        foreach (var secret in secrets)
            Collect(secret, whole);

        if (whole.Count == 0)
            return hidesPast ? new([], [], true) : None;

        var parts = whole.Where(s => s.Length >= ShortestWithinText).SelectMany(Spellings).ToHashSet(StringComparer.Ordinal);
        // A longer one first: it may hold a shorter one.
        return new([.. parts.OrderByDescending(s => s.Length)], whole, hidesPast);
    }

    /// <summary>A text about an instance without the secrets that it holds now.</summary>
    public static string? Text(WorkflowGraph graph, WorkflowState state, string? text) =>
        graph.HoldsSecrets ? Of(StateSecrets.Of(graph, state)).Text(text) : text;

    /// <summary>A text without secrets.</summary>
    public string? Text(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return text;

        if (alone.Contains(text))
            return Dots;

        foreach (var secret in within)
            text = text.Replace(secret, Dots, StringComparison.Ordinal);

        return text;
    }

    /// <summary>A text of the past without secrets.</summary>
    public string? Past(string? text) => HidesPast && !string.IsNullOrEmpty(text) ? Dots : Text(text);

    /// <summary>A plain value without secrets, also within lists and objects.</summary>
    public object? Value(object? value) =>
        IsNone ? value
        : value is null or bool ? value
        : value is string text ? Text(text)
        : PlainValue.Of(value) switch
        {
            IDictionary<string, object?> members => members.ToDictionary(m => Text(m.Key)!, m => Value(m.Value), StringComparer.Ordinal),
            List<object?> items => items.ConvertAll(Value),
            byte[] bytes => alone.Contains(Convert.ToBase64String(bytes)) ? Dots : bytes,
            { } scalar => alone.Contains(ValueConverter.Text(scalar) ?? "") ? Dots : scalar,
            null => null,
        };

    /// <summary>JSON without secrets in its texts and numbers.</summary>
    public byte[] Json(ReadOnlyMemory<byte> utf8)
    {
        var buffer = new ArrayBufferWriter<byte>(utf8.Length);

        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        using (var document = JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = 600 }))
            Write(writer, document.RootElement);

        return buffer.WrittenSpan.ToArray();
    }

    private void Write(Utf8JsonWriter writer, JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();

                foreach (var member in json.EnumerateObject())
                {
                    writer.WritePropertyName(Text(member.Name)!);
                    Write(writer, member.Value);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();

                foreach (var item in json.EnumerateArray())
                    Write(writer, item);

                writer.WriteEndArray();
                break;
            case JsonValueKind.String:
                writer.WriteStringValue(Text(json.GetString()));
                break;
            case JsonValueKind.Number when alone.Contains(json.GetRawText()) && json.GetRawText().Length >= ShortestWithinText:
                writer.WriteStringValue(Dots);
                break;
            default:
                json.WriteTo(writer);
                break;
        }
    }

    private static void Collect(object? secret, HashSet<string> found)
    {
        switch (PlainValue.Of(secret))
        {
            case null or bool or "":
                break;
            case string text:
                found.Add(text);

                // A text may be JSON that somebody reads a member of.
                if (text.TrimStart() is ['{' or '[', ..] && ValueJson.TryParse(text, out var parsed))
                    Collect(parsed, found);

                break;
            case IDictionary<string, object?> members:
                foreach (var value in members.Values)
                    Collect(value, found);

                break;
            case List<object?> items:
                foreach (var item in items)
                    Collect(item, found);

                break;
            case byte[] bytes:
                found.Add(Convert.ToBase64String(bytes));
                break;
            case { } scalar:
                if (ValueConverter.Text(scalar) is { Length: > 0 } number)
                    found.Add(number);

                break;
        }
    }

    private static IEnumerable<string> Spellings(string secret)
    {
        yield return secret;
        yield return Uri.EscapeDataString(secret);
        yield return JavaScriptEncoder.Default.Encode(secret);
        yield return JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(secret);
        yield return Convert.ToBase64String(Encoding.UTF8.GetBytes(secret));
    }
}
