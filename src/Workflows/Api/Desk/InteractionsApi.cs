using Microsoft.AspNetCore.Http.HttpResults;
using ServiceLoop.Runtime.Access;
using ServiceLoop.ServiceDesk;
using ServiceLoop.ServiceDesk.Interactions;

namespace ServiceLoop.Workflows.Api.Desk;

/// <summary>Contacts: the one entry for every channel.</summary>
internal static class InteractionsApi
{
    /// <summary>A contact.</summary>
    internal sealed record View(
        string Id,
        string Channel,
        string ExternalId,
        string Direction,
        string State,
        string? CustomerId,
        string? CaseId,
        string? ConversationId,
        string? Subject,
        string? Body,
        string? Sentiment,
        string? Language,
        bool BotHandled,
        DateTimeOffset StartedAt,
        DateTimeOffset? EndedAt,
        DateTimeOffset ReceivedAt
    )
    {
        public static View Of(Interaction i) =>
            new(
                i.Id,
                i.Channel,
                i.ExternalId,
                Words.Of(i.Direction),
                Words.Of(i.State),
                i.CustomerId,
                i.CaseId,
                i.ConversationId,
                i.Subject,
                i.Body,
                i.Sentiment,
                i.Language,
                i.BotHandled,
                i.StartedAt,
                i.EndedAt,
                i.ReceivedAt
            );
    }

    /// <summary>What became of a contact.</summary>
    /// <param name="Interaction">It.</param>
    /// <param name="IsNew">False: it was here already, and nothing was done.</param>
    /// <param name="Correlation">How it found its case: none, open-case, reopened, follows.</param>
    /// <param name="PendingCallbacks">Callbacks that may be needed no more.</param>
    internal sealed record ReceivedView(View Interaction, bool IsNew, string Correlation, IReadOnlyList<string> PendingCallbacks);

    public static IEndpointRouteBuilder MapInteractions(this IEndpointRouteBuilder routes)
    {
        var contacts = routes.MapGroup("/interactions").WithTags("Interactions");
        contacts.MapGet("", ListAsync).Needs(Permissions.CasesRead);
        contacts.MapPost("", ReceiveAsync).Needs(Permissions.CasesWrite);
        contacts.MapGet("/{id}", GetAsync).Needs(Permissions.CasesRead);
        contacts.MapPost("/{id}/spam", SpamAsync).Needs(Permissions.CasesWrite);
        return routes;
    }

    /// <summary>Contacts, the newest first.</summary>
    private static async Task<Ok<DeskPage<View>>> ListAsync(
        string? caseId,
        string? customerId,
        string? channel,
        string? after,
        int? take,
        InteractionDesk desk,
        CancellationToken ct
    )
    {
        var most = DeskPages.Take(take);
        var rows = await desk.ListAsync(caseId, customerId, channel, DeskPages.After(after), most, ct);
        return TypedResults.Ok(DeskPages.Of(rows, most, View.Of, i => (i.ReceivedAt, i.Id)));
    }

    /// <summary>Takes in a contact, once for each id of its channel. It goes to the case that it is about, or starts a workflow.</summary>
    private static async Task<Ok<ReceivedView>> ReceiveAsync(InteractionRequest? request, InteractionDesk desk, CancellationToken ct)
    {
        var received = await desk.ReceiveAsync(request ?? new(), ct);
        return TypedResults.Ok(
            new ReceivedView(View.Of(received.Interaction), received.IsNew, Words.Of(received.Correlation), received.PendingCallbacks)
        );
    }

    /// <summary>A contact.</summary>
    private static async Task<Ok<View>> GetAsync(string id, InteractionDesk desk, CancellationToken ct) =>
        TypedResults.Ok(View.Of(await desk.GetAsync(id, ct)));

    /// <summary>Says that nobody is to act on a contact.</summary>
    private static async Task<Ok<View>> SpamAsync(string id, InteractionDesk desk, CancellationToken ct) =>
        TypedResults.Ok(View.Of(await desk.MarkSpamAsync(id, ct)));
}
