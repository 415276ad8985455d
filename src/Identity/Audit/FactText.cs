using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ServiceLoop.Identity.Audit;

/// <summary>Texts as the log keeps them: facts as JSON, nothing that the database refuses, nothing without measure.</summary>
internal static class FactText
{
    /// <summary>Characters of one text; what is longer is cut, and says so.</summary>
    public const int LongestText = 4000;

    /// <summary>Characters of a name, an id or an address.</summary>
    public const int LongestName = 500;

    /// <summary>Facts in one dictionary.</summary>
    public const int MostFacts = 200;

    private const char Replacement = '\uFFFD';
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Facts as a JSON object with its names in ordinal order; null for none.</summary>
    public static string? Write(ImmutableSortedDictionary<string, string?> facts)
    {
        if (facts.IsEmpty)
            return null;

        var buffer = new ArrayBufferWriter<byte>(256);

        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            json.WriteStartObject();

            foreach (var (name, value) in facts.Take(MostFacts))
                json.WriteString(Clean(name, LongestName)!, Clean(value, LongestText));

            if (facts.Count > MostFacts)
                json.WriteString("…", string.Create(CultureInfo.InvariantCulture, $"{facts.Count - MostFacts} more"));

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>A text that the database takes as it is: well formed, without zeros, not longer than allowed.</summary>
    public static string? Clean(string? text, int longest)
    {
        if (text is null)
            return null;

        if (text.Length > longest)
            text = string.Create(
                CultureInfo.InvariantCulture,
                $"{text.AsSpan(0, char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest)}… ({text.Length} characters)"
            );

        return IsClean(text) ? text : Replaced(text);
    }

    private static bool IsClean(ReadOnlySpan<char> text)
    {
        if (text.Contains('\0'))
            return false;

        while (text.IndexOfAnyInRange('\uD800', '\uDFFF') is >= 0 and var at)
        {
            if (at + 1 == text.Length || !char.IsSurrogatePair(text[at], text[at + 1]))
                return false;

            text = text[(at + 2)..];
        }

        return true;
    }

    private static string Replaced(string text)
    {
        var clean = new StringBuilder(text.Length);

        // Halves of characters come out as the replacement character by themselves.
        foreach (var rune in text.EnumerateRunes())
            clean.Append(rune.Value == 0 ? Replacement.ToString() : rune.ToString());

        return clean.ToString();
    }
}
