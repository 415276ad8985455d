using System.Globalization;
using System.Security.Cryptography;
using ServiceLoop.ServiceDesk.Tasks;

namespace ServiceLoop.ServiceDesk.Intake;

/// <summary>A file that came beside a payload.</summary>
/// <param name="Name">Name without folders.</param>
/// <param name="MediaType">Its kind.</param>
/// <param name="Content">Its bytes.</param>
public sealed record IncomingFile(string? Name, string? MediaType, byte[] Content);

/// <summary>Looks at the files of a contact by the rules of files of tasks.</summary>
internal static class ContactFiles
{
    /// <summary>Most files of a contact.</summary>
    public const int MaxFiles = 10;

    /// <summary>All files of a contact together, bytes.</summary>
    public const int MaxTotalBytes = 20 * 1024 * 1024;

    /// <summary>Looks at files of a payload and at those beside it.</summary>
    /// <exception cref="DeskRefusedException">One is too large, of another kind, no Base64, or there are too many.</exception>
    public static IReadOnlyList<ContactFile> Of(IReadOnlyList<FilePayload> inside, IReadOnlyList<IncomingFile> beside)
    {
        if (inside.Count + beside.Count > MaxFiles)
            throw DeskRefusedException.Invalid(
                "file.count",
                "attachments",
                $"The contact has {inside.Count + beside.Count} files, and {MaxFiles} are allowed."
            );

        var files = inside
            .Select((f, i) => Of(new IncomingFile(f.Name, f.MediaType, BytesOf(f.Content, i)), $"attachments[{i}]"))
            .Concat(beside.Select((f, i) => Of(f, $"files[{i}]")))
            .ToList();

        return files.Sum(f => (long)f.Content.Length) is var total && total > MaxTotalBytes
            ? throw DeskRefusedException.Invalid(
                "file.size",
                "attachments",
                string.Create(CultureInfo.InvariantCulture, $"The files have {total} bytes together, and {MaxTotalBytes} are allowed.")
            )
            : files;
    }

    private static ContactFile Of(IncomingFile file, string place)
    {
        try
        {
            var type = TaskFiles.CheckedType(TextRules.Required(file.MediaType, "mediaType", 200), file.Content);
            var picture = PictureFacts.Find(type, file.Content);
            return new(
                new Attached(
                    "file",
                    TaskFiles.CheckedName(file.Name ?? ""),
                    type,
                    file.Content.Length,
                    Convert.ToHexStringLower(SHA256.HashData(file.Content)),
                    picture?.Width,
                    picture?.Height,
                    picture?.TakenAt
                ),
                file.Content
            );
        }
        catch (DeskRefusedException refused) when (refused.Fields.Keys.FirstOrDefault() is { } field)
        {
            throw DeskRefusedException.Invalid(refused.Code, $"{place}.{field}", $"{place}: {refused.Message}");
        }
    }

    private static byte[] BytesOf(string? base64, int i)
    {
        // Four characters are three bytes; what is too large is not even decoded.
        if (base64 is { Length: > (TaskFiles.MaxBytes / 3 + 1) * 4 })
            throw DeskRefusedException.Invalid(
                "file.size",
                $"attachments[{i}].content",
                $"attachments[{i}]: the file is larger than {TaskFiles.MaxBytes} bytes."
            );

        var bytes = new byte[((base64?.Length ?? 0) + 3) / 4 * 3];
        return Convert.TryFromBase64String(base64 ?? "", bytes, out var count)
            ? bytes[..count]
            : throw DeskRefusedException.Invalid(
                "file.base64",
                $"attachments[{i}].content",
                $"attachments[{i}]: 'content' is no Base64. Encode the bytes of the file."
            );
    }
}
