using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ServiceLoop.Runtime.Instances;

/// <summary>Writes all JSON of one commit into one buffer that is used again, and hands it over as one array: few allocations, none of them large.</summary>
internal sealed class Sheet : IDisposable
{
    /// <summary>Sheets that wait to be used again; more bursts than this write at once only under great load.</summary>
    private const int MaxSpare = 64;

    /// <summary>A buffer that has grown larger is not kept.</summary>
    private const int MaxKeptBytes = 256 * 1024;

    // As states are written, so that the same state gives the same bytes.
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };
    private static readonly System.Collections.Concurrent.ConcurrentBag<Sheet> Spare = [];

    private readonly ArrayBufferWriter<byte> buffer = new(4096);
    private readonly Utf8JsonWriter writer;
    private readonly List<(int Start, int End)> parts = [];

    private Sheet() => writer = new Utf8JsonWriter(buffer, Options);

    /// <summary>An empty sheet.</summary>
    public static Sheet Take() => Spare.TryTake(out var spare) ? spare : new Sheet();

    /// <summary>Writes one document.</summary>
    /// <returns>Its number, for <see cref="Part"/>.</returns>
    public int Write<T>(T what, Action<Utf8JsonWriter, T> write)
    {
        var start = buffer.WrittenCount;
        writer.Reset(buffer);
        write(writer, what);
        writer.Flush();
        parts.Add((start, buffer.WrittenCount));
        return parts.Count - 1;
    }

    /// <summary>The bytes of a document, until the next is written.</summary>
    public ReadOnlySpan<byte> Peek(int part) => buffer.WrittenSpan[parts[part].Start..parts[part].End];

    /// <summary>All that was written, as one array of its own.</summary>
    public byte[] Copy() => buffer.WrittenSpan.ToArray();

    /// <summary>A document within such an array.</summary>
    public ReadOnlyMemory<byte> Part(byte[] copy, int part) => copy.AsMemory(parts[part].Start, parts[part].End - parts[part].Start);

    /// <summary>Writes one document alone.</summary>
    public static byte[] One<T>(T what, Action<Utf8JsonWriter, T> write)
    {
        using var sheet = Take();
        sheet.Write(what, write);
        return sheet.Copy();
    }

    /// <summary>Gives it back; must not be used any more.</summary>
    public void Dispose()
    {
        parts.Clear();
        buffer.ResetWrittenCount();

        if (buffer.Capacity <= MaxKeptBytes && Spare.Count < MaxSpare)
            Spare.Add(this);
        else
            writer.Dispose();
    }
}
