using System.Text.Json;
using ServiceLoop.ServiceDesk.Customers;

namespace ServiceLoop.ServiceDesk.Intake;

/// <summary>Reads the payloads of channels; each adapter is a pure function.</summary>
internal static class ChannelAdapters
{
    private const int MostId = 300;
    private const int MostSubject = 1000;
    private const int MostText = 100_000;
    private const int MostLines = 2000;

    private static readonly Dictionary<string, Func<JsonElement, (Contact Contact, IReadOnlyList<FilePayload> Files)>> Known = new(
        StringComparer.Ordinal
    )
    {
        ["web"] = json => Read<WebPayload>(json, Of),
        ["email"] = json => Read<EmailPayload>(json, Of),
        ["chat"] = json => Read<ChatPayload>(json, Of),
        ["phone"] = json => Read<PhonePayload>(json, Of),
        ["social"] = json => Read<SocialPayload>(json, Of),
        ["app"] = json => Read<AppPayload>(json, Of),
    };

    /// <summary>All channels.</summary>
    public static IReadOnlyCollection<string> Channels => Known.Keys;

    /// <summary>A channel as it is written here.</summary>
    /// <exception cref="DeskRefusedException">There is none of this name.</exception>
    public static string ChannelOf(string? name) =>
        name is not null && Known.ContainsKey(name)
            ? name
            : throw new DeskRefusedException(
                DeskRefusal.Unknown,
                "intake.channel",
                $"There is no channel '{TextRules.Quote(name)}'. There are: {string.Join(", ", Channels)}."
            );

    /// <summary>Reads a payload.</summary>
    /// <exception cref="DeskRefusedException">A field is wrong.</exception>
    public static (Contact Contact, IReadOnlyList<FilePayload> Files) Read(string channel, JsonElement payload) =>
        Known[ChannelOf(channel)](payload);

    public static Contact Of(WebPayload p) =>
        new()
        {
            Channel = "web",
            MessageId = Line(p.SubmissionId, "submissionId", MostId),
            Sender =
                p.Email is { Length: > 0 } ? new("email", Line(p.Email, "email", Identities.MaxLength))
                : p.Phone is { Length: > 0 } ? new("phone", Line(p.Phone, "phone", 64))
                : null,
            Subject = Line(p.Subject, "subject", MostSubject),
            Body = TextRules.Required(p.Message, "message", MostText),
            Language = LanguageOf(p),
        };

    public static Contact Of(EmailPayload p)
    {
        var id = Line(p.MessageId, "messageId", MostId);
        var body = TextRules.Optional(p.Text, "text", MostText);

        if (body is null && p.Html is not null)
            body = TextRules.Optional(HtmlText.Of(Limited(p.Html, "html", 1_000_000)), "html", MostText);

        var references = Limited(p.References, "references", 200);
        return new()
        {
            Channel = "email",
            MessageId = id,
            // The first mail of a thread names it: every answer refers to it.
            ThreadKey =
                references.Select((r, i) => Line(r, $"references[{i}]", MostId)).FirstOrDefault(r => r is not null)
                ?? Line(p.InReplyTo, "inReplyTo", MostId)
                ?? id,
            Sender = new("email", AddressOf(Line(p.From, "from", 1000) ?? throw Missing("from"))),
            Subject = Line(p.Subject, "subject", MostSubject),
            Body = body ?? (p.Subject is null ? throw Missing("text") : null),
            Language = LanguageOf(p),
            StartedAt = p.Date,
        };
    }

    public static Contact Of(ChatPayload p)
    {
        var session = Line(p.SessionId, "sessionId", 200) ?? throw Missing("sessionId");
        var lines = Limited(p.Lines, "lines", MostLines)
            .Select((l, i) => new Said(Speaker(l.From, $"lines[{i}].from"), TextRules.Required(l.Text, $"lines[{i}].text", MostText)))
            .ToList();
        var written = TextRules.Optional(p.Text, "text", MostText);
        return new()
        {
            Channel = "chat",
            MessageId = Line(p.MessageId, "messageId", MostId),
            ThreadKey = session,
            Sender = p.Visitor switch
            {
                { Email: { Length: > 0 } mail } => new("email", Line(mail, "visitor.email", Identities.MaxLength)),
                { Phone: { Length: > 0 } phone } => new("phone", Line(phone, "visitor.phone", 64)),
                { Id: { Length: > 0 } id } => new("external", $"chat:{Line(id, "visitor.id", 200)}"),
                _ => null,
            },
            Body = written ?? Customers(lines) ?? throw Missing("text"),
            Transcript = lines,
            Language = LanguageOf(p),
            StartedAt = p.At,
        };
    }

    public static Contact Of(PhonePayload p)
    {
        var segments = Limited(p.Segments, "segments", MostLines).Select(SegmentOf).ToList();
        return new()
        {
            Channel = "phone",
            MessageId = Line(p.CallId, "callId", MostId) ?? throw Missing("callId"),
            Sender = Line(p.From, "from", 64) is { } from ? new("phone", from) : null,
            Body = segments.Count == 0 ? throw Missing("segments") : Customers(segments),
            Transcript = segments,
            Recording = Line(p.RecordingRef, "recordingRef", 1000),
            Language = LanguageOf(p),
            StartedAt = p.StartedAt,
            EndedAt = p.EndedAt,
        };
    }

    public static Contact Of(SocialPayload p)
    {
        var platform = Interactions.ReadContact.ChannelOf(p.Platform, "platform");
        var post = Line(p.PostId, "postId", 200);
        var thread = Line(p.ThreadId, "threadId", 200) ?? post;
        return new()
        {
            Channel = "social",
            MessageId = post is null ? null : $"{platform}:{post}",
            ThreadKey = thread is null ? null : $"{platform}:{thread}",
            Sender = new("external", $"{platform}:{Line(p.AuthorId, "authorId", 150) ?? throw Missing("authorId")}"),
            Body = TextRules.Required(p.Text, "text", MostText),
            Language = LanguageOf(p),
            StartedAt = p.At,
        };
    }

    public static Contact Of(AppPayload p) =>
        new()
        {
            Channel = "app",
            MessageId = Line(p.EventId, "eventId", MostId),
            Sender = Line(p.UserId, "userId", 200) is { } user ? new("external", $"app:{user}") : null,
            Subject = Line(p.Subject, "subject", MostSubject),
            Body = TextRules.Required(p.Text, "text", MostText),
            Language = LanguageOf(p),
        };

    private static (Contact, IReadOnlyList<FilePayload>) Read<T>(JsonElement json, Func<T, Contact> adapt)
        where T : ChannelPayload
    {
        var payload =
            json.ValueKind == JsonValueKind.Object
                ? json.Deserialize<T>(JsonSerializerOptions.Web)!
                : throw DeskRefusedException.Invalid("intake.payload", "payload", "The payload of a contact is a JSON object.");
        return (adapt(payload), payload.Attachments ?? []);
    }

    private static Said SegmentOf(CallSegment segment, int i)
    {
        if (segment.Confidence is { } sure && sure is not (>= 0 and <= 1))
            throw DeskRefusedException.Invalid(
                "intake.confidence",
                $"segments[{i}].confidence",
                $"'segments[{i}].confidence' is {sure}, and must be 0 to 1."
            );

        return new(
            Speaker(segment.Speaker, $"segments[{i}].speaker"),
            TextRules.Required(segment.Text, $"segments[{i}].text", MostText),
            segment.Confidence,
            segment.StartMs
        );
    }

    private static string? Customers(IEnumerable<Said> said)
    {
        var text = string.Join('\n', said.Where(s => s.Speaker == "customer").Select(s => s.Text));
        return text.Length == 0 ? null : text;
    }

    private static string Speaker(string? from, string field) =>
        TextRules.Optional(from, field, 20)?.ToLowerInvariant() switch
        {
            null or "customer" => "customer",
            "agent" => "agent",
            "bot" => "bot",
            var other => throw DeskRefusedException.Invalid(
                "word.unknown",
                field,
                $"'{field}' is '{TextRules.Quote(other)}', and must be one of customer, agent, bot."
            ),
        };

    /// <summary>The address out of <c>Ann Li &lt;ann@example.org&gt;</c>; the name may be anything, also an address.</summary>
    private static string AddressOf(string from)
    {
        var open = from.LastIndexOf('<');
        var close = from.LastIndexOf('>');
        return open >= 0 && close > open ? from[(open + 1)..close].Trim() : from;
    }

    private static string? LanguageOf(ChannelPayload p) => Line(p.Language, "language", 35);

    /// <summary>A text of one line. A line break in a header is how other headers are smuggled in.</summary>
    private static string? Line(string? text, string field, int most)
    {
        var line = TextRules.Optional(text, field, most);
        var at = line?.AsSpan().IndexOfAnyInRange('\0', '\u001f') ?? -1;
        return at < 0
            ? line
            : throw DeskRefusedException.Invalid(
                "text.line",
                field,
                $"'{field}' holds the control character U+{(int)line![at]:X4} at place {at}. Give a text of one line."
            );
    }

    private static string Limited(string text, string field, int most) =>
        text.Length <= most
            ? text
            : throw DeskRefusedException.Invalid(
                "text.too-long",
                field,
                $"'{field}' has {text.Length} characters, and {most} are allowed. Shorten it."
            );

    private static IReadOnlyList<T> Limited<T>(IReadOnlyList<T>? list, string field, int most) =>
        list is { Count: var count } && count > most
            ? throw DeskRefusedException.Invalid("list.too-long", field, $"'{field}' has {count} entries, and {most} are allowed.")
            : list?.Where(e => e is not null).ToList() ?? [];

    private static DeskRefusedException Missing(string field) =>
        DeskRefusedException.Invalid("text.missing", field, $"'{field}' is missing or empty.");
}
