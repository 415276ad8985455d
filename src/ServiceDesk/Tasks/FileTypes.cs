using System.Collections.Frozen;
using System.Text;

namespace ServiceLoop.ServiceDesk.Tasks;

/// <summary>Kinds of files that may be attached. What a file is said to be must be what it holds; nothing that a browser would run is among them.</summary>
public static class FileTypes
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly FrozenDictionary<string, Func<byte[], bool>> Known = new Dictionary<string, Func<byte[], bool>>
    {
        ["application/pdf"] = static b => Begins(b, "%PDF-"u8),
        ["image/png"] = static b => Begins(b, [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]),
        ["image/jpeg"] = static b => Begins(b, [0xFF, 0xD8, 0xFF]),
        ["image/gif"] = static b => Begins(b, "GIF87a"u8) || Begins(b, "GIF89a"u8),
        ["image/webp"] = static b => Begins(b, "RIFF"u8) && b.Length > 12 && b.AsSpan(8, 4).SequenceEqual("WEBP"u8),
        ["text/plain"] = IsText,
        ["text/csv"] = IsText,
        ["application/json"] = IsText,
        ["message/rfc822"] = IsText,
        ["application/zip"] = IsZip,
        ["application/vnd.openxmlformats-officedocument.wordprocessingml.document"] = IsZip,
        ["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"] = IsZip,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>All kinds.</summary>
    public static IEnumerable<string> All => Known.Keys.Order(StringComparer.Ordinal);

    /// <summary>Whether a kind may be attached.</summary>
    public static bool IsKnown(string mediaType) => Known.ContainsKey(mediaType);

    /// <summary>Whether a content is of a known kind.</summary>
    public static bool Fits(string mediaType, byte[] content) => Known.TryGetValue(mediaType, out var check) && check(content);

    private static bool Begins(byte[] content, ReadOnlySpan<byte> sign) => content.AsSpan().StartsWith(sign);

    private static bool IsZip(byte[] content) => Begins(content, "PK\u0003\u0004"u8) || Begins(content, "PK\u0005\u0006"u8);

    private static bool IsText(byte[] content)
    {
        try
        {
            return !content.AsSpan().Contains((byte)0) && Strict.GetCharCount(content) >= 0;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
}
