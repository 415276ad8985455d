using System.Security.Cryptography;
using System.Text.Json;
using ServiceLoop.ServiceDesk.Customers;

namespace ServiceLoop.ServiceDesk.Interactions;

/// <summary>A contact whose fields were looked at.</summary>
/// <param name="Channel">Channel.</param>
/// <param name="ExternalId">Id on it.</param>
/// <param name="Direction">Who spoke.</param>
/// <param name="ThreadKey">Key of the thread.</param>
/// <param name="Sender">Who sent it.</param>
/// <param name="IsVerified">True when the channel has proven the sender.</param>
/// <param name="Transcript">JSON array.</param>
/// <param name="Attachments">JSON array.</param>
/// <param name="Digest">Of all that was sent.</param>
internal sealed record ReadContact(
    string Channel,
    string ExternalId,
    InteractionDirection Direction,
    string ThreadKey,
    Identity? Sender,
    bool IsVerified,
    string Transcript,
    string Attachments,
    string Digest
)
{
    private const int MostText = 100_000;
    private const int MostJson = 1_000_000;
    private static readonly TimeSpan FurthestAhead = TimeSpan.FromDays(1);
    private static readonly DateTimeOffset Earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Looks at all fields.</summary>
    /// <exception cref="DeskRefusedException">One is wrong.</exception>
    public static (ReadContact Contact, Interaction Interaction) Of(
        InteractionRequest request,
        string id,
        string? homePrefix,
        DateTimeOffset now
    )
    {
        var channel = ChannelOf(request.Channel, "channel");
        var externalId = TextRules.Required(request.ExternalId, "externalId", 300);
        var direction = request.Direction is null
            ? InteractionDirection.Inbound
            : Words.Read<InteractionDirection>(request.Direction, "direction");
        var contact = new ReadContact(
            channel,
            externalId,
            direction,
            TextRules.Optional(request.ThreadKey, "threadKey", 300) ?? externalId,
            request.Sender?.Read(homePrefix, "sender").Identity,
            request.Sender?.IsVerified ?? false,
            ArrayOf(request.Transcript, "transcript"),
            ArrayOf(request.Attachments, "attachments"),
            Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(request)))
        );
        var startedAt = Moment(request.StartedAt, "startedAt", now) ?? now;
        var endedAt = Moment(request.EndedAt, "endedAt", now);

        if (endedAt < startedAt)
            throw DeskRefusedException.Invalid(
                "moment.order",
                "endedAt",
                $"'endedAt' is {endedAt:u}, before 'startedAt', which is {startedAt:u}."
            );

        var body = TextRules.Optional(request.Body, "body", MostText);
        return (
            contact,
            new()
            {
                Id = id,
                Channel = channel,
                ExternalId = externalId,
                Direction = direction,
                Subject = TextRules.Optional(request.Subject, "subject", 1000),
                Body = body,
                Sentiment =
                    TextRules.Optional(request.Sentiment, "sentiment", 32)
                    ?? (direction == InteractionDirection.Inbound ? Mood.Of(body) : null),
                Language = TextRules.Optional(request.Language, "language", 35),
                BotHandled = request.BotHandled,
                StartedAt = startedAt,
                EndedAt = endedAt,
                ReceivedAt = now,
                Digest = contact.Digest,
            }
        );
    }

    /// <summary>A channel as it is kept: lower case letters, digits and hyphens.</summary>
    public static string ChannelOf(string? text, string field)
    {
        var channel = TextRules.Required(text, field, 64).ToLowerInvariant();
        return channel.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            ? channel
            : throw DeskRefusedException.Invalid(
                "channel.name",
                field,
                $"'{field}' is '{TextRules.Quote(channel)}'; a channel is letters, digits and hyphens, such as 'web-form'."
            );
    }

    private static DateTimeOffset? Moment(DateTimeOffset? moment, string field, DateTimeOffset now) =>
        moment is not { } at ? null
        : at >= Earliest && at <= now + FurthestAhead ? at.ToUniversalTime()
        : throw DeskRefusedException.Invalid(
            "moment.absurd",
            field,
            $"'{field}' is {at:u}, and must be from {Earliest:u} to one day ahead of now."
        );

    private static string ArrayOf(JsonElement? json, string field)
    {
        if (json is not { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } array)
            return "[]";

        if (array.ValueKind != JsonValueKind.Array)
            throw DeskRefusedException.Invalid("json.array", field, $"'{field}' is no JSON array.");

        var text = array.GetRawText();

        if (text.Length > MostJson)
            throw DeskRefusedException.Invalid(
                "json.too-long",
                field,
                $"'{field}' has {text.Length} characters, and {MostJson} are allowed."
            );

        // PostgreSQL keeps neither NUL nor half a character in JSON, however they are written.
        foreach (var word in Texts(array))
            TextRules.Optional(word, field, MostJson);

        return text;
    }

    private static IEnumerable<string> Texts(JsonElement json) =>
        json.ValueKind switch
        {
            JsonValueKind.String => [Text(json)],
            JsonValueKind.Array => json.EnumerateArray().SelectMany(Texts),
            JsonValueKind.Object => json.EnumerateObject().SelectMany(p => Texts(p.Value).Prepend(p.Name)),
            _ => [],
        };

    private static string Text(JsonElement json)
    {
        try
        {
            return json.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // An escaped half of a character cannot be read; say so as for every other.
            return "\ud800";
        }
    }
}
