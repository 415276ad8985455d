using Microsoft.AspNetCore.Http.HttpResults;
using ServiceLoop.Runtime.Access;
using ServiceLoop.ServiceDesk;
using ServiceLoop.ServiceDesk.Cases;
using ServiceLoop.ServiceDesk.Promises;

namespace ServiceLoop.Workflows.Api.Desk;

/// <summary>Cases. Where one stands is told by its workflow; no door sets it.</summary>
internal static class CasesApi
{
    /// <summary>What is judged of a case.</summary>
    /// <param name="Case">All of it.</param>
    /// <param name="ExpectedRev">Revision that was seen.</param>
    internal sealed record ChangeRequest(CaseRequest? Case, long ExpectedRev);

    /// <summary>A link.</summary>
    /// <param name="OtherId">The other case.</param>
    /// <param name="Kind">repeat, follows, duplicate or related.</param>
    internal sealed record LinkRequest(string? OtherId, string? Kind);

    /// <summary>Where to look for similar cases.</summary>
    /// <param name="Category">What it is about; null: as it stands with the case.</param>
    /// <param name="Days">How far to look back; null: a week.</param>
    internal sealed record SimilarRequest(string? Category, int? Days);

    /// <summary>A merge.</summary>
    /// <param name="WinnerId">The case that goes on.</param>
    /// <param name="Reason">Why.</param>
    internal sealed record MergeRequest(string? WinnerId, string? Reason);

    /// <summary>A link.</summary>
    internal sealed record LinkView(string OtherId, string Kind, DateTimeOffset At);

    /// <summary>A case.</summary>
    internal sealed record View(
        string Id,
        string Number,
        long Rev,
        string? CustomerId,
        string? Category,
        string? Title,
        string Impact,
        string Urgency,
        int Priority,
        int ContactNo,
        string? JourneyStage,
        string Channel,
        string? DefinitionId,
        string? DefinitionVersionId,
        string? InstanceId,
        string? Stage,
        string Status,
        string? StatusReason,
        DateTimeOffset? HeldUntil,
        string? ResolutionCode,
        string? ResolutionMode,
        string? ResolutionNote,
        string? MergedInto,
        DateTimeOffset OpenedAt,
        DateTimeOffset? FirstResponseAt,
        DateTimeOffset? ResolvedAt,
        DateTimeOffset? ClosedAt,
        int ReopenCount,
        IReadOnlyList<LinkView> Links
    )
    {
        public static View Of(ServiceCase c) =>
            new(
                c.Id,
                c.Label,
                c.Rev,
                c.CustomerId,
                c.Category,
                c.Title,
                Words.Of(c.Impact),
                Words.Of(c.Urgency),
                c.Priority,
                c.ContactNo,
                c.JourneyStage,
                c.Channel,
                c.DefinitionId,
                c.DefinitionVersionId,
                c.InstanceId,
                c.Stage,
                Words.Of(c.Status),
                c.StatusReason,
                c.HeldUntil,
                c.ResolutionCode is { } code ? Words.Of(code) : null,
                c.ResolutionMode is { } mode ? Words.Of(mode) : null,
                c.ResolutionNote,
                c.MergedInto,
                c.OpenedAt,
                c.FirstResponseAt,
                c.ResolvedAt,
                c.ClosedAt,
                c.ReopenCount,
                [.. c.Links.Select(l => new LinkView(l.OtherId, Words.Of(l.Kind), l.At))]
            );
    }

    /// <summary>A line of the history.</summary>
    /// <param name="IsApplied">False: it came when it could not follow any more, and changed nothing.</param>
    internal sealed record EventView(
        long Seq,
        DateTimeOffset At,
        string Actor,
        string Action,
        string? Status,
        string? Stage,
        string? Reason,
        string? MergedInto,
        bool IsApplied
    );

    public static IEndpointRouteBuilder MapCases(this IEndpointRouteBuilder routes)
    {
        var cases = routes.MapGroup("/cases").WithTags("Cases");
        cases.MapGet("", ListAsync).Needs(Permissions.CasesRead);
        cases.MapPost("", OpenAsync).Needs(Permissions.CasesWrite);
        cases.MapGet("/{id}", GetAsync).Needs(Permissions.CasesRead);
        cases.MapPut("/{id}", ChangeAsync).Needs(Permissions.CasesWrite);
        cases.MapGet("/{id}/history", HistoryAsync).Needs(Permissions.CasesRead);
        cases.MapPost("/{id}/links", LinkAsync).Needs(Permissions.CasesWrite);
        cases.MapPost("/{id}/similar", SimilarAsync).Needs(Permissions.CasesWrite);
        cases.MapPost("/{id}/reopen", ReopenAsync).Needs(Permissions.CasesWrite);
        cases.MapPost("/{id}/merge", MergeAsync).Needs(Permissions.CasesWrite);
        cases.MapGet("/{id}/promises", PromisesAsync).Needs(Permissions.CasesRead);
        cases.MapPost("/promises/{promiseId}/keep", KeepAsync).Needs(Permissions.CasesWrite);
        return routes;
    }

    /// <summary>Cases, the newest first.</summary>
    private static async Task<Ok<DeskPage<View>>> ListAsync(
        string? status,
        string? customerId,
        bool? open,
        string? after,
        int? take,
        CaseDesk desk,
        CancellationToken ct
    )
    {
        var most = DeskPages.Take(take);
        var rows = await desk.ListAsync(status, customerId, open ?? false, DeskPages.After(after), most, ct);
        return TypedResults.Ok(DeskPages.Of(rows, most, View.Of, c => (c.OpenedAt, c.Id)));
    }

    /// <summary>Opens a case; workflows that wait for the event case-opened start with it.</summary>
    private static async Task<Created<View>> OpenAsync(CaseRequest? request, CaseDesk desk, CancellationToken ct)
    {
        var opened = await desk.OpenAsync(request ?? new(), ct);
        return TypedResults.Created($"/api/cases/{opened.Id}", View.Of(opened));
    }

    /// <summary>A case by its id, or by its number.</summary>
    private static async Task<Ok<View>> GetAsync(string id, CaseDesk desk, CancellationToken ct) =>
        TypedResults.Ok(View.Of(await desk.GetAsync(id, ct)));

    /// <summary>Changes what is judged of a case, as it was seen; where it stands is not among it.</summary>
    private static async Task<Ok<View>> ChangeAsync(string id, ChangeRequest? request, CaseDesk desk, CancellationToken ct) =>
        TypedResults.Ok(View.Of(await desk.ChangeAsync(id, request?.ExpectedRev ?? 0, request?.Case ?? new(), ct)));

    /// <summary>The history of a case, the oldest first.</summary>
    private static async Task<Ok<ListView<EventView>>> HistoryAsync(string id, long? after, int? take, CaseDesk desk, CancellationToken ct)
    {
        var events = await desk.HistoryAsync(id, after ?? 0, DeskPages.Take(take), ct);
        return TypedResults.Ok(
            new ListView<EventView>(
                [
                    .. events.Select(e => new EventView(
                        e.Seq,
                        e.At,
                        e.Actor,
                        e.Action,
                        e.Status is { } s ? Words.Of(s) : null,
                        e.Stage,
                        e.Reason,
                        e.MergedInto,
                        e.IsApplied
                    )),
                ],
                events.Count
            )
        );
    }

    /// <summary>Links a case to another one.</summary>
    private static async Task<Ok<View>> LinkAsync(string id, LinkRequest? request, CaseDesk desk, CancellationToken ct) =>
        TypedResults.Ok(View.Of(await desk.LinkAsync(id, request?.OtherId, request?.Kind, ct)));

    /// <summary>Links earlier cases of the customer about the same; the third contact raises the urgency.</summary>
    private static async Task<Ok<SimilarCases>> SimilarAsync(string id, SimilarRequest? request, CaseDesk desk, CancellationToken ct) =>
        TypedResults.Ok(await desk.LinkSimilarAsync(id, request?.Category, request?.Days ?? CaseDesk.RepeatDays, ct));

    /// <summary>The customer has come back: the same case goes on, for seven days after it was settled.</summary>
    private static async Task<Ok<View>> ReopenAsync(string id, CustomersApi.ReasonRequest? request, CaseDesk desk, CancellationToken ct) =>
        TypedResults.Ok(View.Of(await desk.ReopenAsync(id, request?.Reason, ct)));

    /// <summary>Lets another case go on with this one.</summary>
    private static async Task<Ok<View>> MergeAsync(string id, MergeRequest? request, CaseDesk desk, CancellationToken ct) =>
        TypedResults.Ok(View.Of(await desk.MergeAsync(id, request?.WinnerId, request?.Reason, ct)));

    /// <summary>What the customer was promised about a case.</summary>
    private static async Task<Ok<ListView<Promise>>> PromisesAsync(string id, PromiseDesk desk, CancellationToken ct)
    {
        var promises = await desk.ListAsync(id, ct);
        return TypedResults.Ok(new ListView<Promise>(promises, promises.Count));
    }

    /// <summary>Says that a promise was kept.</summary>
    private static async Task<Ok<Promise>> KeepAsync(string promiseId, PromiseDesk desk, CancellationToken ct) =>
        TypedResults.Ok(await desk.KeepAsync(promiseId, ct));
}
