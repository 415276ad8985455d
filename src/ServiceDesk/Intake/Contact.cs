using System.Text.Json;
using ServiceLoop.ServiceDesk.Customers;
using ServiceLoop.ServiceDesk.Interactions;

namespace ServiceLoop.ServiceDesk.Intake;

/// <summary>A contact as every channel tells it: what an adapter makes of a payload.</summary>
internal sealed record Contact
{
    /// <summary>Channel.</summary>
    public required string Channel { get; init; }

    /// <summary>Id that the channel gave it; null for none.</summary>
    public string? MessageId { get; init; }

    /// <summary>Key of its thread; null: it is one of its own.</summary>
    public string? ThreadKey { get; init; }

    /// <summary>Who sent it.</summary>
    public IdentityRequest? Sender { get; init; }

    /// <summary>First line.</summary>
    public string? Subject { get; init; }

    /// <summary>What the customer said.</summary>
    public string? Body { get; init; }

    /// <summary>What was said by whom, in its order.</summary>
    public IReadOnlyList<Said> Transcript { get; init; } = [];

    /// <summary>Where a call was recorded.</summary>
    public string? Recording { get; init; }

    /// <summary>Language, as the channel tells.</summary>
    public string? Language { get; init; }

    /// <summary>When it began; null: when it comes in.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The contact for the desk. What was not told stays so: the same payload gives the same contact at any time.</summary>
    /// <param name="key">Key of the sender, which counts more than the id of the channel; null for none.</param>
    /// <param name="files">Its files.</param>
    public InteractionRequest ToRequest(string? key, IReadOnlyList<ContactFile> files) =>
        new()
        {
            Channel = Channel,
            ExternalId = key ?? MessageId,
            ThreadKey = ThreadKey,
            Sender = Sender,
            Subject = Subject,
            Body = Body,
            Transcript = Transcript.Count == 0 ? null : JsonSerializer.SerializeToElement(Transcript, JsonSerializerOptions.Web),
            Attachments =
                files.Count == 0 && Recording is null
                    ? null
                    : JsonSerializer.SerializeToElement(
                        files.Select(f => f.Facts).Concat(Recording is null ? [] : [Attached.OfRecording(Recording)]),
                        JsonSerializerOptions.Web
                    ),
            Language = Language ?? Languages.Of($"{Subject} {Body}"),
            StartedAt = StartedAt,
            EndedAt = EndedAt,
        };
}

/// <summary>Something that was said.</summary>
/// <param name="Speaker"><c>customer</c>, <c>agent</c> or <c>bot</c>.</param>
/// <param name="Text">What.</param>
/// <param name="Confidence">How sure the recognition was, 0 to 1; null where nothing was recognised.</param>
/// <param name="At">When it began within the call, ms; null when it is not known.</param>
public sealed record Said(string Speaker, string Text, double? Confidence = null, int? At = null);

/// <summary>What is known about something that came with a contact.</summary>
/// <param name="Kind"><c>file</c> or <c>recording</c>.</param>
/// <param name="Name">Name of the file, or the reference of a recording.</param>
/// <param name="MediaType">Kind of the file.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">Of its content, hex.</param>
/// <param name="Width">Of a picture, pixels.</param>
/// <param name="Height">Of a picture, pixels.</param>
/// <param name="TakenAt">When a picture was taken, by the clock of the camera.</param>
public sealed record Attached(
    string Kind,
    string Name,
    string? MediaType = null,
    int? Size = null,
    string? Sha256 = null,
    int? Width = null,
    int? Height = null,
    DateTime? TakenAt = null
)
{
    internal static Attached OfRecording(string reference) => new("recording", reference);
}

/// <summary>A file that was looked at.</summary>
internal sealed record ContactFile(Attached Facts, byte[] Content);

/// <summary>In which language a text is, as far as the service speaks it.</summary>
public static class Languages
{
    /// <summary>Chinese.</summary>
    public const string Chinese = "zh";

    /// <summary>English.</summary>
    public const string English = "en";

    /// <summary><c>zh</c> or <c>en</c> by the script; null for a text without words. Some Latin names in a Chinese text do not make it English.</summary>
    public static string? Of(string? text)
    {
        var (chinese, latin) = (0, 0);

        foreach (var letter in text ?? "")
        {
            if (letter is >= '\u4e00' and <= '\u9fff' or >= '\u3400' and <= '\u4dbf')
                chinese++;
            else if (char.IsAsciiLetter(letter))
                latin++;
        }

        // A Chinese character carries about as much as four letters.
        return (chinese, latin) switch
        {
            (0, 0) => null,
            _ => chinese * 4 >= latin ? Chinese : English,
        };
    }

    /// <summary>The language of the service that a name of a language means: <c>zh-CN</c> is <c>zh</c>; null for another one.</summary>
    public static string? Find(string? name) =>
        name is null ? null
        : name.StartsWith(Chinese, StringComparison.OrdinalIgnoreCase) ? Chinese
        : name.StartsWith(English, StringComparison.OrdinalIgnoreCase) ? English
        : null;
}
