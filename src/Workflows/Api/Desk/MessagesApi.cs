using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceLoop.Runtime.Access;
using ServiceLoop.ServiceDesk;
using ServiceLoop.ServiceDesk.Messages;
using ServiceLoop.ServiceDesk.Messages.Templates;

namespace ServiceLoop.Workflows.Api.Desk;

/// <summary>Messages to customers, and the templates of their texts.</summary>
internal static class MessagesApi
{
    private const int UsualPage = 50;

    /// <summary>A message to send.</summary>
    /// <param name="Channel"><c>email</c>, <c>webhook</c> or <c>outbox</c>.</param>
    /// <param name="Recipient">An e-mail address, the name of a webhook, or whatever the reader of the outbox knows.</param>
    /// <param name="Template">Name of a template; without one, <c>body</c> is the text.</param>
    /// <param name="Language">Language wished for: <c>en</c>, <c>zh-Hans</c>.</param>
    /// <param name="Values">Values for the template.</param>
    /// <param name="Subject">Subject of a text without a template.</param>
    /// <param name="Body">Text without a template; plain.</param>
    /// <param name="CustomerId">The customer whom it is for.</param>
    /// <param name="CaseId">The case that it is about.</param>
    internal sealed record SendRequest(
        string? Channel,
        string? Recipient,
        string? Template,
        string? Language,
        JsonElement? Values,
        string? Subject,
        string? Body,
        string? CustomerId,
        string? CaseId
    );

    /// <summary>The text of a template.</summary>
    /// <param name="Format"><c>text</c>, <c>html</c> or <c>json</c>: how values are escaped. Default: <c>text</c>.</param>
    /// <param name="Subject">Scriban template of the subject.</param>
    /// <param name="Body">Scriban template of the text.</param>
    /// <param name="Note">Why it is changed.</param>
    /// <param name="LastVersion">The version that the writer has seen; 0 for a new template.</param>
    internal sealed record TemplateRequest(string? Format, string? Subject, string? Body, string? Note, int LastVersion);

    /// <summary>A text to look at.</summary>
    /// <param name="Channel">The way that it would go.</param>
    /// <param name="Format">How values are escaped.</param>
    /// <param name="Subject">Scriban template of the subject.</param>
    /// <param name="Body">Scriban template of the text.</param>
    /// <param name="Values">Values to fill in.</param>
    internal sealed record PreviewRequest(string? Channel, string? Format, string? Subject, string? Body, JsonElement? Values);

    /// <summary>A message.</summary>
    internal sealed record MessageView(
        string Id,
        string Channel,
        string Recipient,
        string? Template,
        int? TemplateVersion,
        string? Language,
        string Format,
        string? Subject,
        string Body,
        string? CustomerId,
        string? CaseId,
        string? InstanceId,
        string Status,
        int Attempts,
        string? Error,
        DateTimeOffset CreatedAt,
        DateTimeOffset? SentAt
    );

    /// <summary>A version of a template.</summary>
    internal sealed record TemplateView(
        string Name,
        string Channel,
        string Language,
        int Version,
        string Format,
        string? Subject,
        string Body,
        string? Note,
        string CreatedBy,
        DateTimeOffset CreatedAt,
        DateTimeOffset? RetiredAt
    );

    public static IEndpointRouteBuilder MapMessages(this IEndpointRouteBuilder routes)
    {
        var messages = routes.MapGroup("/messages").Needs(Permissions.MessagesRead).WithTags("Messages");
        messages.MapGet("", ListAsync).WithSummary("Lists messages, newest first; 'before' is the id of the last one seen.");
        messages.MapGet("/{id}", GetAsync).WithSummary("One message.");
        messages
            .MapPost("", SendAsync)
            .Needs(Permissions.MessagesManage)
            .WithSummary("Sends a message. The header Idempotency-Key makes a repeated wish one.");
        messages
            .MapPost("/{id}/repeat", RepeatAsync)
            .Needs(Permissions.MessagesManage)
            .WithSummary("Sends a message once more that failed.");

        var templates = routes.MapGroup("/message-templates").Needs(Permissions.MessagesRead).WithTags("Messages");
        templates.MapGet("", ListTemplatesAsync).WithSummary("Lists templates with their text in force.");
        templates.MapGet("/{name}/{channel}/{language}", HistoryAsync).WithSummary("All versions of a template, newest first.");
        templates.MapPost("/preview", Preview).WithSummary("Fills values into a text without keeping or sending it.");
        templates
            .MapPut("/{name}/{channel}/{language}", SaveTemplateAsync)
            .Needs(Permissions.MessagesManage)
            .WithSummary("Keeps a text as the next version, in force at once.");
        templates
            .MapPost("/{name}/{channel}/{language}/retire", RetireAsync)
            .Needs(Permissions.MessagesManage)
            .WithSummary("Takes a template out of use.");
        templates
            .MapPost("/{name}/{channel}/{language}/revive", ReviveAsync)
            .Needs(Permissions.MessagesManage)
            .WithSummary("Takes a template into use again.");
        return routes;
    }

    private static async Task<Ok<ListView<MessageView>>> ListAsync(
        string? caseId,
        string? customerId,
        string? channel,
        string? status,
        string? before,
        int? take,
        MessageService messages,
        CancellationToken ct
    )
    {
        var filter = new MessageFilter
        {
            CaseId = caseId,
            CustomerId = customerId,
            Channel = channel is null ? null : Words.Read<MessageChannel>(channel, "channel"),
            Status = status is null ? null : Words.Read<MessageStatus>(status, "status"),
            Before = before,
        };
        var found = await messages.ListAsync(filter, take ?? UsualPage, ct);
        return TypedResults.Ok(new ListView<MessageView>([.. found.Select(ViewOf)], found.Count));
    }

    private static async Task<Ok<MessageView>> GetAsync(string id, MessageService messages, CancellationToken ct) =>
        TypedResults.Ok(ViewOf(await messages.GetAsync(id, ct)));

    private static async Task<Accepted<MessageView>> SendAsync(
        SendRequest request,
        HttpContext context,
        MessageService messages,
        CancellationToken ct
    )
    {
        var wish = new MessageWish
        {
            Channel = Words.Read<MessageChannel>(request.Channel, "channel"),
            Recipient = request.Recipient,
            Template = request.Template,
            Language = request.Language,
            Values = ValuesOf(request.Values),
            Subject = request.Subject,
            Body = request.Body,
            CustomerId = request.CustomerId,
            CaseId = request.CaseId,
        };
        var key =
            context.Request.Headers["Idempotency-Key"].FirstOrDefault(k => !string.IsNullOrWhiteSpace(k)) ?? Guid.NewGuid().ToString("N");
        var message = await messages.SendAsync(wish, key, ct);
        return TypedResults.Accepted($"{ApiSetup.OwnRoot}/messages/{message.Id}", ViewOf(message));
    }

    private static async Task<Ok<MessageView>> RepeatAsync(string id, MessageService messages, CancellationToken ct) =>
        TypedResults.Ok(ViewOf(await messages.RepeatAsync(id, ct)));

    private static async Task<Ok<ListView<TemplateView>>> ListTemplatesAsync(MessageTemplates templates, CancellationToken ct)
    {
        var found = await templates.ListAsync(ct);
        return TypedResults.Ok(new ListView<TemplateView>([.. found.Select(ViewOf)], found.Count));
    }

    private static async Task<Ok<ListView<TemplateView>>> HistoryAsync(
        string name,
        string channel,
        string language,
        MessageTemplates templates,
        CancellationToken ct
    )
    {
        var found = await templates.HistoryAsync(name, Words.Read<MessageChannel>(channel, "channel"), language, ct);
        return TypedResults.Ok(new ListView<TemplateView>([.. found.Select(ViewOf)], found.Count));
    }

    private static Ok<RenderedText> Preview(PreviewRequest request, MessageTemplates templates) =>
        TypedResults.Ok(
            templates.Preview(
                new TemplateDraft
                {
                    Channel = Words.Read<MessageChannel>(request.Channel ?? "outbox", "channel"),
                    Format = Words.Read<MessageFormat>(request.Format ?? "text", "format"),
                    Subject = request.Subject,
                    Body = request.Body,
                },
                ValuesOf(request.Values)
            )
        );

    private static async Task<Ok<TemplateView>> SaveTemplateAsync(
        string name,
        string channel,
        string language,
        TemplateRequest request,
        MessageTemplates templates,
        CancellationToken ct
    ) =>
        TypedResults.Ok(
            ViewOf(
                await templates.SaveAsync(
                    new TemplateDraft
                    {
                        Name = name,
                        Channel = Words.Read<MessageChannel>(channel, "channel"),
                        Language = language,
                        Format = Words.Read<MessageFormat>(request.Format ?? "text", "format"),
                        Subject = request.Subject,
                        Body = request.Body,
                        Note = request.Note,
                    },
                    request.LastVersion,
                    ct
                )
            )
        );

    private static Task<Ok<TemplateView>> RetireAsync(
        string name,
        string channel,
        string language,
        MessageTemplates templates,
        CancellationToken ct
    ) => SetRetiredAsync(name, channel, language, isRetired: true, templates, ct);

    private static Task<Ok<TemplateView>> ReviveAsync(
        string name,
        string channel,
        string language,
        MessageTemplates templates,
        CancellationToken ct
    ) => SetRetiredAsync(name, channel, language, isRetired: false, templates, ct);

    private static async Task<Ok<TemplateView>> SetRetiredAsync(
        string name,
        string channel,
        string language,
        bool isRetired,
        MessageTemplates templates,
        CancellationToken ct
    ) =>
        TypedResults.Ok(ViewOf(await templates.RetireAsync(name, Words.Read<MessageChannel>(channel, "channel"), language, isRetired, ct)));

    private static Dictionary<string, object?> ValuesOf(JsonElement? values) =>
        values switch
        {
            null or { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined } => [],
            { ValueKind: JsonValueKind.Object } json => json.EnumerateObject()
                .ToDictionary(m => m.Name, m => (object?)m.Value, StringComparer.Ordinal),
            _ => throw DeskRefusedException.Invalid("message.values", "values", "'values' must be an object: a name and a value for each."),
        };

    private static MessageView ViewOf(Message m) =>
        new(
            m.Id,
            Words.Of(m.Channel),
            m.Recipient,
            m.Template,
            m.TemplateVersion,
            m.Language,
            Words.Of(m.Format),
            m.Subject,
            m.Body,
            m.CustomerId,
            m.CaseId,
            m.InstanceId,
            Words.Of(m.Status),
            m.Attempts,
            m.Error,
            m.CreatedAt,
            m.SentAt
        );

    private static TemplateView ViewOf(MessageTemplate t) =>
        new(
            t.Name,
            Words.Of(t.Channel),
            t.Language,
            t.Version,
            Words.Of(t.Format),
            t.Subject,
            t.Body,
            t.Note,
            t.CreatedBy,
            t.CreatedAt,
            t.RetiredAt
        );
}
