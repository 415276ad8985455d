using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Security.Cryptography;

namespace ServiceLoop.Designer.Studio;

/// <summary>A file of our own around Elsa Studio, part of the assembly. Its address carries a hash, so that browsers may keep it for ever.</summary>
/// <param name="Address">Relative to <c>/studio/</c>.</param>
/// <param name="ContentType">With charset.</param>
/// <param name="Content">UTF-8.</param>
internal sealed record FrameFile(string Address, string ContentType, ImmutableArray<byte> Content)
{
    private const int HashLength = 10;

    /// <summary>How everything looks that is not Studio's.</summary>
    public static readonly FrameFile Style = Read("frame.css", "text/css; charset=utf-8");

    /// <summary>Starts Studio, and changes screens.</summary>
    public static readonly FrameFile Script = Read("frame.js", "text/javascript; charset=utf-8");

    private static readonly FrozenDictionary<string, FrameFile> ByName = new[] { Style, Script }.ToFrozenDictionary(
        f => f.Address["frame/".Length..],
        StringComparer.Ordinal
    );

    /// <summary>The file with a name such as <c>frame.0123456789.css</c>; null for another hash or name.</summary>
    public static FrameFile? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>Text of an embedded file of the frame.</summary>
    public static string ReadText(string name)
    {
        using var reader = new StreamReader(Open(name));
        return reader.ReadToEnd();
    }

    private static FrameFile Read(string name, string contentType)
    {
        using var stream = Open(name);
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        var hash = Convert.ToHexStringLower(SHA256.HashData(content))[..HashLength];
        var dot = name.LastIndexOf('.');
        return new($"frame/{name[..dot]}.{hash}{name[dot..]}", contentType, [.. content]);
    }

    private static Stream Open(string name) =>
        typeof(FrameFile).Assembly.GetManifestResourceStream($"studio/{name}")
        ?? throw new InvalidOperationException($"The assembly has no file '{name}' of Studio's frame.");
}
