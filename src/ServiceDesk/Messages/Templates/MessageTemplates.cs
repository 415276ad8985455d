using System.Text.RegularExpressions;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.ServiceDesk.Messages.Templates;

/// <summary>The texts of messages: kept in versions, looked at before they are used, chosen by language.</summary>
public sealed partial class MessageTemplates
{
    /// <summary>Longest language tag, in characters.</summary>
    public const int LongestLanguage = 35;

    private const int LongestName = 100;
    private const int LongestBody = 100_000;
    private const int LongestSubject = 500;
    private const int LongestNote = 1_000;
    private const string LastResort = "en";

    private readonly TemplateStore store;
    private readonly IAccess access;
    private readonly TimeProvider clock;

    internal MessageTemplates(TemplateStore store, IAccess access, TimeProvider clock) =>
        (this.store, this.access, this.clock) = (store, access, clock);

    /// <summary>The version in force of every template, also of those out of use.</summary>
    /// <exception cref="AccessDeniedException">The actor lacks <see cref="Permissions.MessagesRead"/>.</exception>
    public async Task<IReadOnlyList<MessageTemplate>> ListAsync(CancellationToken ct)
    {
        access.Demand(Permissions.MessagesRead);
        return await store.ListAsync(ct);
    }

    /// <summary>All versions of one template, newest first.</summary>
    /// <exception cref="AccessDeniedException">The actor lacks <see cref="Permissions.MessagesRead"/>.</exception>
    /// <exception cref="DeskRefusedException">There is none.</exception>
    public async Task<IReadOnlyList<MessageTemplate>> HistoryAsync(
        string name,
        MessageChannel channel,
        string language,
        CancellationToken ct
    )
    {
        access.Demand(Permissions.MessagesRead);
        return await GetAsync(name, channel, language, ct);
    }

    /// <summary>Renders a text that nobody has kept yet.</summary>
    /// <exception cref="AccessDeniedException">The actor lacks <see cref="Permissions.MessagesRead"/>.</exception>
    /// <exception cref="DeskRefusedException">It is no template, or a value is missing.</exception>
    public RenderedText Preview(TemplateDraft draft, IReadOnlyDictionary<string, object?> values)
    {
        access.Demand(Permissions.MessagesRead);
        return TemplateText.Render(
            Checked(draft with { Name = draft.Name ?? "preview", Language = draft.Language ?? LastResort }, 0),
            values
        );
    }

    /// <summary>Keeps a text as the next version, which is in force at once.</summary>
    /// <param name="draft">The text.</param>
    /// <param name="lastVersion">The version that the writer has seen; 0 for a new template. Another one: somebody else was faster.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="AccessDeniedException">The actor lacks <see cref="Permissions.MessagesManage"/>.</exception>
    /// <exception cref="DeskRefusedException">It is no template, or somebody else was faster.</exception>
    public Task<MessageTemplate> SaveAsync(TemplateDraft draft, int lastVersion, CancellationToken ct) =>
        access.ActAsync(
            new Deed(Permissions.MessagesManage, "template.save", Subject(draft.Name, draft.Channel, draft.Language))
            {
                Wanted = Facts.Of(("after", $"{lastVersion}"), ("note", draft.Note)),
            },
            async () =>
            {
                var template = Checked(draft, lastVersion);
                return await store.TryAddAsync(template, ct)
                    ? template
                    : throw DeskRefusedException.Conflict(
                        "template.newer",
                        $"The last version of the template is not {lastVersion}: somebody else has changed it, or it is new. Look at it, and save your text after that version."
                    );
            },
            t => Facts.Of(("version", $"{t.Version}")),
            ct
        );

    /// <summary>Takes a template out of use, or back into it. Messages that were made of it keep their text.</summary>
    /// <exception cref="AccessDeniedException">The actor lacks <see cref="Permissions.MessagesManage"/>.</exception>
    /// <exception cref="DeskRefusedException">There is none.</exception>
    public Task<MessageTemplate> RetireAsync(string name, MessageChannel channel, string language, bool isRetired, CancellationToken ct) =>
        access.ActAsync(
            new Deed(Permissions.MessagesManage, isRetired ? "template.retire" : "template.revive", Subject(name, channel, language)),
            async () =>
            {
                var newest = (await GetAsync(name, channel, language, ct))[0];
                DateTimeOffset? at = isRetired ? clock.GetUtcNow() : null;
                await store.RetireAsync(name, channel, language, at, ct);
                return newest with { RetiredAt = at };
            },
            null,
            ct
        );

    /// <summary>The text of a template that fits a language best: the language itself, one that it is a variant of (<c>zh</c> for <c>zh-Hans-CN</c>), a sibling, English, any.</summary>
    /// <exception cref="DeskRefusedException">There is no such template for the channel, or it is out of use.</exception>
    internal async Task<MessageTemplate> ChooseAsync(string name, MessageChannel channel, string? language, CancellationToken ct) =>
        Nearest(await store.InForceAsync(TextRules.Required(name, "template", LongestName), channel, ct), language)
        ?? throw DeskRefusedException.Unknown(
            "template.unknown",
            $"There is no template '{TextRules.Quote(name)}' in use for the channel {channel}. Make one, or name another."
        );

    internal static MessageTemplate? Nearest(IReadOnlyList<MessageTemplate> languages, string? wanted)
    {
        for (var tag = wanted?.Trim(); tag is { Length: > 0 }; tag = tag.LastIndexOf('-') is var cut and > 0 ? tag[..cut] : null)
            if (Find(tag) is { } found)
                return found;

        return Sibling(wanted) ?? Find(LastResort) ?? Sibling(LastResort) ?? (languages.Count > 0 ? languages[0] : null);

        MessageTemplate? Find(string tag) =>
            languages.FirstOrDefault(t => string.Equals(t.Language, tag, StringComparison.OrdinalIgnoreCase));

        MessageTemplate? Sibling(string? tag) =>
            tag?.Split('-')[0] is { Length: > 0 } main
                ? languages.FirstOrDefault(t => string.Equals(t.Language.Split('-')[0], main, StringComparison.OrdinalIgnoreCase))
                : null;
    }

    private async Task<IReadOnlyList<MessageTemplate>> GetAsync(
        string name,
        MessageChannel channel,
        string language,
        CancellationToken ct
    ) =>
        await store.HistoryAsync(name, channel, language, ct) is { Count: > 0 } found
            ? found
            : throw DeskRefusedException.Unknown(
                "template.unknown",
                $"There is no template '{TextRules.Quote(name)}' for {channel} in '{TextRules.Quote(language)}'."
            );

    private MessageTemplate Checked(TemplateDraft draft, int lastVersion)
    {
        var name = TextRules.Required(draft.Name, "name", LongestName);
        var language = TextRules.Required(draft.Language, "language", LongestLanguage);

        if (!Name().IsMatch(name))
            throw DeskRefusedException.Invalid(
                "template.name",
                "name",
                $"'{TextRules.Quote(name)}' is no name of a template: use lower case letters, digits and hyphens."
            );

        if (!Tag().IsMatch(language))
            throw DeskRefusedException.Invalid(
                "template.language",
                "language",
                $"'{TextRules.Quote(language)}' is no language. Use a tag like en or zh-Hans."
            );

        var subject = TextRules.Optional(draft.Subject, "subject", LongestSubject);
        var body = TextRules.Required(draft.Body, "body", LongestBody);
        TemplateText.Check(subject, "subject");
        TemplateText.Check(body, "body");
        return new(
            name,
            draft.Channel,
            language,
            lastVersion + 1,
            draft.Format,
            subject,
            body,
            TextRules.Optional(draft.Note, "note", LongestNote),
            access.Actor.Who ?? access.Actor.Name,
            clock.GetUtcNow(),
            null
        );
    }

    private static string Subject(string? name, MessageChannel channel, string? language) =>
        $"{TextRules.Quote(name)}/{channel}/{TextRules.Quote(language)}";

    [GeneratedRegex(@"\A[a-z0-9]+(-[a-z0-9]+)*\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Name();

    [GeneratedRegex(@"\A[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Tag();
}
