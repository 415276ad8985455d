using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ServiceLoop.Identity.Audit;

/// <summary>How entries are exported.</summary>
public enum ExportFormat
{
    /// <summary>A table for spreadsheets, in UTF-8 with its mark, separated by commas (RFC 4180). No cell is taken for a formula.</summary>
    Csv,

    /// <summary>A JSON object in each line.</summary>
    Jsonl,
}

/// <summary>Writes entries one after the other, as bytes that gather until they are flushed.</summary>
internal abstract class EntryWriter(Stream output) : IAsyncDisposable
{
    private static readonly string[] Columns =
    [
        "number",
        "at",
        "actorKind",
        "actorId",
        "actor",
        "onBehalfOf",
        "address",
        "session",
        "action",
        "subject",
        "permission",
        "end",
        "begun",
        "before",
        "wanted",
        "after",
        "reason",
        "previousHash",
        "hash",
    ];

    protected ArrayBufferWriter<byte> Buffer { get; } = new(64 * 1024);

    public static EntryWriter Of(ExportFormat format, Stream output) =>
        format switch
        {
            ExportFormat.Csv => new Csv(output),
            ExportFormat.Jsonl => new Jsonl(output),
            _ => throw new ArgumentOutOfRangeException(nameof(format), format, "There is no such format. Use csv or jsonl."),
        };

    public abstract void Write(AuditEntry entry);

    public async Task FlushAsync(CancellationToken ct)
    {
        await output.WriteAsync(Buffer.WrittenMemory, ct);
        await output.FlushAsync(ct);
        Buffer.ResetWrittenCount();
    }

    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static string?[] Cells(AuditEntry entry) =>
        [
            entry.Number.ToString(CultureInfo.InvariantCulture),
            entry.At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
            entry.ActorKind.ToString(),
            entry.ActorId,
            entry.Actor,
            entry.OnBehalfOf,
            entry.Address,
            entry.SessionId,
            entry.Action,
            entry.Subject,
            entry.Permission,
            entry.End.ToString(),
            entry.Begun == 0 ? null : entry.Begun.ToString(CultureInfo.InvariantCulture),
            entry.Before,
            entry.Wanted,
            entry.After,
            entry.Reason,
            Convert.ToHexString(entry.PreviousHash.Span),
            Convert.ToHexString(entry.Hash.Span),
        ];

    private sealed class Csv : EntryWriter
    {
        public Csv(Stream output)
            : base(output)
        {
            Buffer.Write(Encoding.UTF8.Preamble);
            Line(Columns);
        }

        public override void Write(AuditEntry entry) => Line(Cells(entry));

        private void Line(IReadOnlyList<string?> cells)
        {
            for (var i = 0; i < cells.Count; i++)
            {
                if (i > 0)
                    Buffer.Write(","u8);

                Encoding.UTF8.GetBytes(CsvCell.Of(cells[i]), Buffer);
            }

            Buffer.Write("\r\n"u8);
        }
    }

    private sealed class Jsonl : EntryWriter
    {
        private readonly Utf8JsonWriter json;

        public Jsonl(Stream output)
            : base(output) => json = new(Buffer, new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

        public override void Write(AuditEntry entry)
        {
            var cells = Cells(entry);
            json.Reset();
            json.WriteStartObject();
            json.WriteNumber(Columns[0], entry.Number);

            for (var i = 1; i < cells.Length; i++)
                if (Columns[i] is "begun")
                    json.WriteNumber(Columns[i], entry.Begun);
                else if (Columns[i] is "before" or "wanted" or "after")
                    Facts(Columns[i], cells[i]);
                else
                    json.WriteString(Columns[i], cells[i]);

            json.WriteEndObject();
            json.Flush();
            Buffer.Write("\n"u8);
        }

        public override async ValueTask DisposeAsync()
        {
            await json.DisposeAsync();
            await base.DisposeAsync();
        }

        // As they were hashed, byte by byte; unless somebody wrote something else into the database.
        private void Facts(string name, string? text)
        {
            json.WritePropertyName(name);

            if (text is null)
                json.WriteNullValue();
            else if (IsObject(text))
                json.WriteRawValue(text, skipInputValidation: true);
            else
                json.WriteStringValue(text);
        }

        private static bool IsObject(string text)
        {
            try
            {
                using var document = JsonDocument.Parse(text);
                return document.RootElement.ValueKind == JsonValueKind.Object && !text.Contains('\n', StringComparison.Ordinal);
            }
            catch (JsonException)
            {
                return false;
            }
        }
    }
}

/// <summary>A cell of a table that people open in a spreadsheet.</summary>
internal static class CsvCell
{
    private static readonly SearchValues<char> Quoted = SearchValues.Create(",;\"\r\n\t'");
    private const string Formula = "=+-@\t\r\n＝＋－＠|%";

    /// <summary>The cell, in quotes where needed; what a spreadsheet would take for a formula gets an apostrophe before it.</summary>
    public static string Of(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return "";

        // Some programs skip blanks before they look for a formula.
        var isFormula = text.AsSpan().TrimStart(" \u00A0\u3000\uFEFF\0") is { Length: > 0 } seen ? Formula.Contains(seen[0]) : false;

        if (isFormula || text[0] is '\t' or '\r' or '\n')
            text = "'" + text;

        return text.AsSpan().IndexOfAny(Quoted) < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
