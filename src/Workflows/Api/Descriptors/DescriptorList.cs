using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;

namespace ServiceLoop.Workflows.Api.Descriptors;

/// <summary>All descriptors at one moment, ready to be sent. Immutable.</summary>
internal sealed class DescriptorList
{
    private readonly Dictionary<(string TypeName, int Version), ActivityDescriptorView> byKey;
    private readonly Lazy<DescriptorList> chinese;

    /// <param name="items">The descriptors; of two with the same type and version the first counts: the designer takes no second one.</param>
    public DescriptorList(IEnumerable<ActivityDescriptorView> items)
    {
        Items = [.. items.DistinctBy(i => (i.TypeName, i.Version))];
        byKey = Items.ToDictionary(i => (i.TypeName, i.Version));
        Utf8 = JsonSerializer.SerializeToUtf8Bytes(ItemsView<ActivityDescriptorView>.Of(Items), JsonSerializerOptions.Web);
        Brotli = Compressed(Utf8);
        chinese = new(() => new DescriptorList(Items.Select(DescriptorTranslation.InChinese)));
        ETag = $"\"{Convert.ToHexStringLower(SHA256.HashData(Utf8.Span).AsSpan(0, 12))}\"";
    }

    /// <summary>The same in Chinese, as far as there are texts.</summary>
    public DescriptorList InChinese => chinese.Value;

    /// <summary>All, by type and version.</summary>
    public IReadOnlyList<ActivityDescriptorView> Items { get; }

    /// <summary>The answer as it is sent.</summary>
    public ReadOnlyMemory<byte> Utf8 { get; }

    /// <summary>The same, compressed.</summary>
    public ReadOnlyMemory<byte> Brotli { get; }

    /// <summary>Changes when, and only when, the answer does.</summary>
    public string ETag { get; }

    /// <summary>True when the designer knows exactly this type and version; without, it draws nothing at all.</summary>
    public bool Contains(string typeName, int version) => byKey.ContainsKey((typeName, version));

    /// <summary>The descriptor of a type: of the given version, else of the newest; null when the type is unknown.</summary>
    public ActivityDescriptorView? Find(string typeName, int version = 0) =>
        byKey.GetValueOrDefault((typeName, version)) ?? Items.Where(i => i.TypeName == typeName).MaxBy(i => i.Version);

    private static ReadOnlyMemory<byte> Compressed(ReadOnlyMemory<byte> utf8)
    {
        using var buffer = new MemoryStream();

        using (var brotli = new BrotliStream(buffer, CompressionLevel.Fastest, leaveOpen: true))
            brotli.Write(utf8.Span);

        return buffer.ToArray();
    }
}
