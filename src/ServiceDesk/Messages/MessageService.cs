using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Work;
using ServiceLoop.ServiceDesk.Messages.Templates;

namespace ServiceLoop.ServiceDesk.Messages;

/// <summary>Messages to customers: wished for once, sent at least once, with the text that they had at the wish.</summary>
public sealed class MessageService
{
    private const int LongestKey = 200;
    private const int LongestText = 200_000;
    private const int LongestSubject = 500;
    private const int LongestId = 200;
    private const int MostOfPage = 200;
    private const string NumberValue = "case_number";

    private readonly MessageStore store;
    private readonly MessageTemplates templates;
    private readonly Dictionary<MessageChannel, IMessageCarrier> carriers;
    private readonly IAccess access;
    private readonly IWorkSignal signal;
    private readonly TimeProvider clock;
    private readonly string language;

    internal MessageService(
        MessageStore store,
        MessageTemplates templates,
        IEnumerable<IMessageCarrier> carriers,
        IAccess access,
        IWorkSignal signal,
        TimeProvider clock,
        string language
    ) =>
        (this.store, this.templates, this.carriers, this.access, this.signal, this.clock, this.language) = (
            store,
            templates,
            carriers.ToDictionary(c => c.Channel),
            access,
            signal,
            clock,
            language
        );

    /// <summary>Makes the message of a wish, without sending it: for steps, which record it (<see cref="MessageRequest"/>).</summary>
    /// <param name="wish">The wish.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="AccessDeniedException">The actor lacks <see cref="Permissions.MessagesManage"/>.</exception>
    /// <exception cref="DeskRefusedException">Recipient or text cannot be used, or there is no such template.</exception>
    public async Task<Message> PrepareAsync(MessageWish wish, CancellationToken ct)
    {
        access.Demand(Permissions.MessagesManage);
        var recipient = TextRules.Required(wish.Recipient, "recipient", MessageWish.LongestRecipient);

        if (carriers[wish.Channel].Refusal(recipient) is { } refusal)
            throw DeskRefusedException.Invalid("message.recipient", "recipient", refusal);

        var now = clock.GetUtcNow();
        var message = new Message
        {
            Id = Guid.CreateVersion7(now).ToString("N"),
            Key = "",
            Channel = wish.Channel,
            Recipient = recipient,
            Format = MessageFormat.Text,
            Body = "",
            CustomerId = TextRules.Optional(wish.CustomerId, "customerId", LongestId),
            CaseId = TextRules.Optional(wish.CaseId, "caseId", LongestId),
            CreatedAt = now,
        };

        if (wish.Template is null)
            return message with
            {
                Subject = OneLine(TextRules.Optional(wish.Subject, "subject", LongestSubject)),
                Body = TextRules.Required(wish.Body, "body", LongestText),
                Language = TextRules.Optional(wish.Language, "language", MessageTemplates.LongestLanguage),
            };

        var wanted = string.IsNullOrWhiteSpace(wish.Language) ? await LanguageAsync(message, ct) : wish.Language;
        var template = await templates.ChooseAsync(wish.Template, wish.Channel, wanted, ct);
        var text = TemplateText.Render(template, await ValuesAsync(wish.Values, message.CaseId, ct));
        return message with
        {
            Template = template.Name,
            TemplateVersion = template.Version,
            Language = template.Language,
            Format = template.Format,
            Subject = OneLine(text.Subject),
            Body = text.Body,
        };
    }

    /// <summary>The language of a customer to whom nobody wished for one.</summary>
    private async Task<string?> LanguageAsync(Message message, CancellationToken ct) =>
        message.CustomerId is null && message.CaseId is null
            ? null
            : await store.FindLanguageAsync(message.CustomerId, message.CaseId, ct) ?? language;

    /// <summary>What the wish says, and the number by which customers know their case.</summary>
    private async Task<IReadOnlyDictionary<string, object?>> ValuesAsync(
        IReadOnlyDictionary<string, object?> given,
        string? caseId,
        CancellationToken ct
    ) =>
        caseId is null || given.ContainsKey(NumberValue)
            ? given
            : new Dictionary<string, object?>(given, StringComparer.Ordinal)
            {
                [NumberValue] = await store.FindCaseNumberAsync(caseId, ct) ?? caseId,
            };

    /// <summary>Sends a message: it is durable when this returns, and goes out soon.</summary>
    /// <param name="wish">The wish.</param>
    /// <param name="key">Makes a repeated wish one: its message comes back as it is. 1 to 200 characters.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="AccessDeniedException">The actor lacks <see cref="Permissions.MessagesManage"/>.</exception>
    /// <exception cref="DeskRefusedException">It cannot be sent so.</exception>
    public async Task<Message> SendAsync(MessageWish wish, string key, CancellationToken ct)
    {
        var message = (await PrepareAsync(wish, ct)) with { Key = $"door:{TextRules.Required(key, "key", LongestKey)}" };
        return await access.ActAsync(
            new Deed(Permissions.MessagesManage, "message.send-to-customer", message.Id)
            {
                Wanted = Facts.Of(
                    ("channel", message.Channel.ToString()),
                    ("template", message.Template),
                    ("case", message.CaseId),
                    ("customer", message.CustomerId)
                ),
            },
            async () =>
            {
                if (await store.FindByKeyAsync(message.Key, ct) is { } before)
                    return before;

                await store.AddAsync(message, MessageSending.Work(message, message.CreatedAt), access.Actor.Who ?? "system", ct);
                signal.Ring(message.CreatedAt);
                return await store.FindByKeyAsync(message.Key, ct) ?? message;
            },
            null,
            ct
        );
    }

    /// <summary>Messages, newest first.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="take">How many; 1 to 200.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="AccessDeniedException">The actor lacks <see cref="Permissions.MessagesRead"/>.</exception>
    public async Task<IReadOnlyList<Message>> ListAsync(MessageFilter filter, int take, CancellationToken ct)
    {
        access.Demand(Permissions.MessagesRead);
        return await store.PageAsync(filter, Math.Clamp(take, 1, MostOfPage), ct);
    }

    /// <summary>One message.</summary>
    /// <exception cref="AccessDeniedException">The actor lacks <see cref="Permissions.MessagesRead"/>.</exception>
    /// <exception cref="DeskRefusedException">There is none.</exception>
    public async Task<Message> GetAsync(string id, CancellationToken ct)
    {
        access.Demand(Permissions.MessagesRead);
        return await FindAsync(id, ct);
    }

    /// <summary>Sends a message once more that failed, without waiting for the next attempt.</summary>
    /// <exception cref="AccessDeniedException">The actor lacks <see cref="Permissions.MessagesManage"/>.</exception>
    /// <exception cref="DeskRefusedException">There is none, or it has not failed.</exception>
    public Task<Message> RepeatAsync(string id, CancellationToken ct) =>
        access.ActAsync(
            new Deed(Permissions.MessagesManage, "message.repeat", id),
            async () =>
            {
                var message = await FindAsync(id, ct);
                var now = clock.GetUtcNow();

                if (!await store.RequeueAsync(id, MessageSending.Work(message, now), ct))
                    throw DeskRefusedException.Conflict(
                        "message.not-failed",
                        $"Message '{id}' is {message.Status.ToString().ToLowerInvariant()}: only one that has failed can be sent once more."
                    );

                signal.Ring(now);
                return message with { Status = MessageStatus.Queued };
            },
            null,
            ct
        );

    private async Task<Message> FindAsync(string id, CancellationToken ct) =>
        await store.FindAsync(id, ct)
        ?? throw DeskRefusedException.Unknown("message.unknown", $"There is no message '{TextRules.Quote(id)}'.");

    // A line break in a subject would begin another header.
    private static string? OneLine(string? subject) =>
        subject is null
            ? null
            : string.Join(' ', subject.Split(['\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
