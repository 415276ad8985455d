using System.Collections.Immutable;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceLoop.Runtime.Access;
using ServiceLoop.ServiceDesk.Escalations;
using ServiceLoop.ServiceDesk.Escalations.Degraded;

namespace ServiceLoop.Workflows.Api.Desk;

/// <summary>Escalations, the ladder, and who stands on it.</summary>
internal static class EscalationsApi
{
    private const int StandardPage = 50;
    private const int MaxPage = 200;

    /// <summary>Which escalations.</summary>
    /// <param name="State">Raised, Acknowledged, Resolved or Waived.</param>
    /// <param name="Level">On this level.</param>
    /// <param name="CaseId">Of this case.</param>
    /// <param name="ParentId">Of this parent.</param>
    /// <param name="OpenOnly">Only those that have not ended.</param>
    internal sealed record Wanted(string? State, int? Level, string? CaseId, string? ParentId, bool? OpenOnly);

    /// <summary>Something that may raise a level, or says that all is well.</summary>
    /// <param name="Key">Unique: the same signal twice is one. Nothing: a new one.</param>
    /// <param name="Kind">What it is: asked, clock-percent, kpi-sigma, decline-chain, channel-down, data-security …</param>
    /// <param name="Value">How much.</param>
    /// <param name="Level">For asked: the level.</param>
    /// <param name="IsClear">True: what raised it is over.</param>
    /// <param name="SubjectKind">case, queue, system, security, vendor …</param>
    /// <param name="SubjectId">Which one.</param>
    /// <param name="Metric">What about it.</param>
    /// <param name="CaseId">The case.</param>
    /// <param name="Priority">P1 to P4.</param>
    /// <param name="Cause">What many may have in common.</param>
    /// <param name="Assignee">Who works on it.</param>
    /// <param name="QueueId">The queue.</param>
    /// <param name="CalendarId">Its working time.</param>
    /// <param name="Reason">Why.</param>
    internal sealed record SignalRequest(
        string? Key,
        string? Kind,
        decimal? Value,
        int? Level,
        bool? IsClear,
        string? SubjectKind,
        string? SubjectId,
        string? Metric,
        string? CaseId,
        string? Priority,
        string? Cause,
        string? Assignee,
        string? QueueId,
        string? CalendarId,
        string? Reason
    );

    /// <summary>Why, and how much.</summary>
    /// <param name="Reason">Why.</param>
    /// <param name="Minutes">For more time: how much.</param>
    internal sealed record ReasonRequest(string? Reason, int? Minutes);

    /// <summary>Who is told in a role.</summary>
    internal sealed record ContactsRequest(RecipientView[]? Recipients);

    /// <summary>Somebody who is told.</summary>
    /// <param name="Id">Who.</param>
    /// <param name="CalendarId">Working time of the person; nothing means any time.</param>
    /// <param name="IsOnCall">Also told outside of it.</param>
    /// <param name="Rank">0 is told first, higher ones when nobody answers at the highest level.</param>
    /// <param name="Address">E-mail address; nothing: the id where it is one, else the notice stands in the product.</param>
    /// <param name="Language">Language of the notices; nothing means that of the desk.</param>
    internal sealed record RecipientView(
        string? Id,
        string? CalendarId,
        bool IsOnCall,
        int Rank,
        string? Address = null,
        string? Language = null
    )
    {
        public static RecipientView Of(Recipient r) => new(r.Id, r.CalendarId, r.IsOnCall, r.Rank, r.Address, r.Language);
    }

    /// <summary>A role with those who are told.</summary>
    internal sealed record RoleView(string Role, IReadOnlyList<RecipientView> Recipients);

    /// <summary>An escalation.</summary>
    internal sealed record View(
        string Id,
        string SubjectKind,
        string SubjectId,
        string Metric,
        string? CaseId,
        string? Priority,
        string? Cause,
        string? Assignee,
        string? QueueId,
        int Level,
        string State,
        string Reason,
        DateTimeOffset RaisedAt,
        DateTimeOffset LevelAt,
        DateTimeOffset? AckDeadline,
        string? AckBy,
        DateTimeOffset? AckAt,
        DateTimeOffset? ClearSince,
        DateTimeOffset? EndedAt,
        string? ParentId,
        bool IsSilent,
        int Round
    )
    {
        public static View Of(Escalation e) =>
            new(
                e.Id,
                e.SubjectKind,
                e.SubjectId,
                e.Metric,
                e.CaseId,
                e.Priority,
                e.Cause,
                e.Assignee,
                e.QueueId,
                e.Level,
                e.State.ToString(),
                e.Reason,
                e.RaisedAt,
                e.LevelAt,
                e.AckDeadline,
                e.AckBy,
                e.AckAt,
                e.ClearSince,
                e.EndedAt,
                e.ParentId,
                e.IsSilent,
                e.Round
            );
    }

    /// <summary>A page, and where the next begins.</summary>
    internal sealed record PageOfEscalations(IReadOnlyList<View> Items, string? Next);

    /// <summary>An escalation with its history and all who were told.</summary>
    internal sealed record WholeView(
        View Escalation,
        string LevelName,
        IReadOnlyList<string> Actions,
        IReadOnlyList<EscalationEvent> History,
        IReadOnlyList<EscalationNotice> Notices
    );

    public static IEndpointRouteBuilder MapEscalations(this IEndpointRouteBuilder routes)
    {
        var escalations = routes.MapGroup("/escalations").Needs(Permissions.EscalationsRead).WithTags("Escalations");
        escalations.MapGet("", ListAsync).WithSummary("Lists escalations, newest first, page by page.");
        escalations
            .MapGet("/status", StatusAsync)
            .WithSummary("How the desk stands: open escalations by level, and starts that go to a degraded definition.");
        escalations.MapGet("/{id}", GetAsync).WithSummary("An escalation with its history and all who were told.");
        escalations
            .MapPost("", SignalAsync)
            .Needs(Permissions.EscalationsManage)
            .WithSummary("Signals something that may raise a level, or that all is well again.");
        escalations
            .MapPost("/{id}/acknowledge", AcknowledgeAsync)
            .Needs(Permissions.EscalationsAcknowledge)
            .WithSummary("Says that the caller cares for it.");
        escalations.MapPost("/{id}/waive", WaiveAsync).WithSummary("Takes it back, for a reason. The level says who may.");
        escalations
            .MapPost("/{id}/extend", ExtendAsync)
            .WithSummary("Grants more time to acknowledge, for a reason. The level says who may.");
        escalations
            .MapPost("/{id}/clear", ClearAsync)
            .Needs(Permissions.EscalationsManage)
            .WithSummary("Says that what raised it is over; it ends when that lasts.");
        escalations.MapGet("/notices", NoticesAsync).WithSummary("What the caller was told, the latest first.");
        escalations.MapGet("/ladder", LadderAsync).WithSummary("The ladder.");
        escalations
            .MapPut("/ladder", SaveLadderAsync)
            .Needs(Permissions.EscalationsManage)
            .WithSummary("Changes the ladder; its version is the one that was seen.");
        escalations.MapGet("/contacts", ContactsAsync).WithSummary("Who is told in which role.");
        escalations
            .MapPut("/contacts/{role}", SaveContactsAsync)
            .Needs(Permissions.EscalationsManage)
            .WithSummary("Says who is told in a role.");
        return routes;
    }

    private static async Task<Results<Ok<PageOfEscalations>, ProblemHttpResult>> ListAsync(
        [AsParameters] Wanted wanted,
        string? before,
        int? take,
        EscalationService service,
        CancellationToken ct
    )
    {
        var most = Math.Clamp(take ?? StandardPage, 1, MaxPage);
        var page = await service.ListAsync(
            new()
            {
                State = DeskWords.Enum<EscalationState>(wanted.State, "state"),
                Level = wanted.Level is { } level ? Math.Clamp(level, 0, 100) : null,
                CaseId = wanted.CaseId,
                ParentId = wanted.ParentId,
                OpenOnly = wanted.OpenOnly ?? false,
                Before = before,
                Take = most,
            },
            ct
        );
        return TypedResults.Ok(new PageOfEscalations([.. page.Select(View.Of)], page.Count == most ? page[^1].Id : null));
    }

    private static async Task<Ok<EscalationStatus>> StatusAsync(EscalationService service, CancellationToken ct) =>
        TypedResults.Ok(await service.StatusAsync(ct));

    private static async Task<Results<Ok<WholeView>, ProblemHttpResult>> GetAsync(
        string id,
        EscalationService service,
        CancellationToken ct
    )
    {
        var whole = await service.GetAsync(id, ct);
        return TypedResults.Ok(
            new WholeView(View.Of(whole.Escalation), whole.Level.Name, whole.Level.Actions, whole.History, whole.Notices)
        );
    }

    private static async Task<Results<Accepted, ProblemHttpResult>> SignalAsync(
        SignalRequest request,
        EscalationService service,
        TimeProvider time,
        CancellationToken ct
    )
    {
        var now = time.GetUtcNow();
        await service.SignalAsync(
            new()
            {
                Key = request.Key ?? Guid.CreateVersion7(now).ToString("N"),
                Kind = request.Kind ?? "",
                Value = request.Value ?? 1,
                Level = request.Level ?? 1,
                IsClear = request.IsClear ?? false,
                SubjectKind = request.SubjectKind ?? "",
                SubjectId = request.SubjectId ?? "",
                Metric = request.Metric ?? "",
                CaseId = request.CaseId,
                Priority = request.Priority,
                Cause = request.Cause,
                Assignee = request.Assignee,
                QueueId = request.QueueId,
                CalendarId = request.CalendarId,
                Reason = request.Reason,
                At = now,
            },
            ct
        );
        return TypedResults.Accepted("/api/escalations");
    }

    private static async Task<Results<Ok<View>, ProblemHttpResult>> AcknowledgeAsync(
        string id,
        EscalationService service,
        CancellationToken ct
    ) => TypedResults.Ok(View.Of(await service.AcknowledgeAsync(id, ct)));

    private static async Task<Results<Ok<View>, ProblemHttpResult>> WaiveAsync(
        string id,
        ReasonRequest? request,
        EscalationService service,
        CancellationToken ct
    ) => TypedResults.Ok(View.Of(await service.WaiveAsync(id, request?.Reason, ct)));

    private static async Task<Results<Ok<View>, ProblemHttpResult>> ExtendAsync(
        string id,
        ReasonRequest? request,
        EscalationService service,
        CancellationToken ct
    ) => TypedResults.Ok(View.Of(await service.ExtendAsync(id, request?.Minutes ?? 0, request?.Reason, ct)));

    private static async Task<Results<Ok<View>, ProblemHttpResult>> ClearAsync(
        string id,
        EscalationService service,
        CancellationToken ct
    ) => TypedResults.Ok(View.Of(await service.ClearAsync(id, ct)));

    private static async Task<Ok<ListView<EscalationNotice>>> NoticesAsync(int? take, EscalationService service, CancellationToken ct)
    {
        var notices = await service.NoticesAsync(take ?? StandardPage, ct);
        return TypedResults.Ok(new ListView<EscalationNotice>(notices, notices.Count));
    }

    private static async Task<Ok<LadderView>> LadderAsync(EscalationService service, CancellationToken ct) =>
        TypedResults.Ok(LadderView.Of(await service.LadderAsync(ct)));

    private static async Task<Results<Ok<LadderView>, ProblemHttpResult>> SaveLadderAsync(
        LadderView request,
        EscalationService service,
        CancellationToken ct
    ) => TypedResults.Ok(LadderView.Of(await service.SaveLadderAsync(request.Read(), request.Version, ct)));

    private static async Task<Ok<ListView<RoleView>>> ContactsAsync(EscalationService service, CancellationToken ct)
    {
        var roles = (await service.ContactsAsync(ct))
            .GroupBy(c => c.Role)
            .Select(g => new RoleView(g.Key, [.. g.Select(c => RecipientView.Of(c.Recipient))]))
            .ToList();
        return TypedResults.Ok(new ListView<RoleView>(roles, roles.Count));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> SaveContactsAsync(
        string role,
        ContactsRequest request,
        EscalationService service,
        CancellationToken ct
    )
    {
        ImmutableArray<Recipient> recipients =
        [
            .. (request.Recipients ?? []).Select(r => new Recipient(r.Id ?? "", r.CalendarId, r.IsOnCall, r.Rank)
            {
                Address = r.Address,
                Language = r.Language,
            }),
        ];
        await service.SaveContactsAsync(role, recipients, ct);
        return TypedResults.NoContent();
    }
}
