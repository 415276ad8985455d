using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;

namespace ServiceLoop.Runtime.Definitions;

/// <summary>Which version each look-up of a used workflow came to when a version was published.</summary>
/// <param name="Versions">Id of the version by look-up.</param>
internal sealed record Pins(ImmutableSortedDictionary<string, string> Versions)
{
    /// <summary>Id of the pinned version; null when the look-up found nothing then.</summary>
    public string? Find(string lookup) => Versions.GetValueOrDefault(lookup);

    /// <summary>The pinned versions, each once.</summary>
    public IEnumerable<string> VersionIds => Versions.Values.Distinct(StringComparer.Ordinal);

    /// <summary>As a JSON object.</summary>
    public ReadOnlyMemory<byte> Write()
    {
        var buffer = new ArrayBufferWriter<byte>();

        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();

            foreach (var (lookup, version) in Versions)
                writer.WriteString(lookup, version);

            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    /// <summary>Reads what <see cref="Write"/> wrote; nothing stands for no pins.</summary>
    public static Pins Read(ReadOnlyMemory<byte> utf8)
    {
        if (utf8.IsEmpty)
            return new(ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal));

        using var document = JsonDocument.Parse(utf8);
        return new(
            document
                .RootElement.EnumerateObject()
                .ToImmutableSortedDictionary(p => p.Name, p => p.Value.GetString()!, StringComparer.Ordinal)
        );
    }
}
