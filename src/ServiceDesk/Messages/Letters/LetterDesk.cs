using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.ServiceDesk.Messages.Email;
using ServiceLoop.ServiceDesk.Messages.Templates;

namespace ServiceLoop.ServiceDesk.Messages.Letters;

/// <summary>Makes the messages that the product itself sends, and puts them into the transaction of what they tell.</summary>
internal sealed class LetterDesk(
    TemplateStore templates,
    MessageStore messages,
    EmailOptions email,
    ContactOptions options,
    TimeProvider clock
)
{
    /// <summary>The way to somebody: by e-mail where mail is set up and an address is known, else in the product.</summary>
    /// <param name="address">E-mail address; null for none.</param>
    /// <param name="name">As the outbox of the product knows whoever it is.</param>
    /// <param name="language">Language; null for that of the desk.</param>
    public LetterAddress WayTo(string? address, string name, string? language) =>
        email.Host is not null && EmailCarrier.Mailbox(address) is not null
            ? new(MessageChannel.Email, address!, language)
            : new(MessageChannel.Outbox, name, language);

    /// <summary>The message of a letter. A template of the company that cannot be filled in does not hold it back: the text of the product goes instead.</summary>
    public async Task<Message> WriteAsync(Letter letter, CancellationToken ct)
    {
        var (channel, recipient, wished, zone) = letter.Recipient;
        var language =
            wished
            ?? (letter.CustomerId is { } customer ? await messages.FindLanguageAsync(customer, letter.CaseId, ct) : null)
            ?? options.Language;
        var own =
            (letter.Special is { } special ? MessageTemplates.Nearest(await templates.InForceAsync(special, channel, ct), language) : null)
            ?? MessageTemplates.Nearest(await templates.InForceAsync(letter.Name, channel, ct), language);
        var standard = StandardTexts.Of(letter.Name, channel, language);
        var values = Told(letter.Values, zone ?? options.HomeZone);
        var (text, template) = Render(own, standard, values);
        var now = clock.GetUtcNow();
        return new()
        {
            Id = IdOf(letter.Key),
            Key = $"letter:{letter.Key}",
            Channel = channel,
            Recipient = recipient,
            Template = template.Name,
            TemplateVersion = template.Version,
            Language = template.Language,
            Format = template.Format,
            Subject = text.Subject?.ReplaceLineEndings(" ").Trim(),
            Body = text.Body,
            CustomerId = letter.CustomerId,
            CaseId = letter.CaseId,
            InstanceId = letter.InstanceId,
            CreatedAt = now,
        };
    }

    /// <summary>Sends a message if and only if the transaction commits; one that stands already is left alone.</summary>
    public static async Task SendAsync(NpgsqlConnection db, Message message, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(db)
        {
            BatchCommands =
            {
                MessageRequestWriter.Inserting([message]),
                WorkRowsCommand.Adding([MessageSending.Work(message, message.CreatedAt)]),
            },
        };
        await batch.ExecuteNonQueryAsync(ct);
    }

    private static (RenderedText Text, MessageTemplate Template) Render(
        MessageTemplate? own,
        MessageTemplate standard,
        IReadOnlyDictionary<string, object?> values
    )
    {
        if (own is null)
            return (TemplateText.Render(standard, values), standard);

        try
        {
            return (TemplateText.Render(own, values), own);
        }
        catch (DeskRefusedException)
        {
            return (TemplateText.Render(standard, values), standard);
        }
    }

    private static Dictionary<string, object?> Told(IReadOnlyDictionary<string, object?> values, TimeZoneInfo zone) =>
        values.ToDictionary(
            v => v.Key,
            v =>
                v.Value is DateTimeOffset moment
                    ? TimeZoneInfo.ConvertTime(moment, zone).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)
                    : v.Value,
            StringComparer.Ordinal
        );

    // The same however often it is made; short, as mail servers recognise a message by it.
    private static string IdOf(string key) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"letter\n{key}")).AsSpan(0, 16));
}
