using Microsoft.AspNetCore.Http.HttpResults;
using ServiceLoop.Runtime.Access;
using ServiceLoop.ServiceDesk;
using ServiceLoop.ServiceDesk.Changes;
using ServiceLoop.ServiceDesk.Improvements;

namespace ServiceLoop.Workflows.Api.Desk;

/// <summary>Improvements, and the changes that they need.</summary>
internal static class ImprovementsApi
{
    /// <summary>A step, once however often it is sent.</summary>
    /// <param name="OperationId">The same one again changes nothing.</param>
    /// <param name="Value">What the step says.</param>
    internal sealed record StepRequest<T>(string? OperationId, T? Value)
        where T : class;

    /// <summary>What a team takes.</summary>
    /// <param name="Team">The team.</param>
    /// <param name="Limit">Most that it works on at once; 3 when null.</param>
    internal sealed record TakeRequest(string? Team, int? Limit);

    /// <summary>Another place.</summary>
    /// <param name="To">analysing, parked, rejected, or for a parked one where it stood.</param>
    /// <param name="Reason">Why.</param>
    /// <param name="Until">For parked: until when.</param>
    internal sealed record SendRequest(string? To, string? Reason, DateTimeOffset? Until);

    /// <summary>A plan.</summary>
    /// <param name="Design">What is to be changed.</param>
    /// <param name="ChangeId">The change request.</param>
    internal sealed record PlanRequest(DesignRequest? Design, string? ChangeId);

    /// <summary>An improvement.</summary>
    /// <param name="State">Where it stands.</param>
    /// <param name="Priority">From 0.16 to 100: what is worth most comes first.</param>
    /// <param name="Improvement">All that is said of it.</param>
    internal sealed record View(string Id, long Rev, string State, double Priority, Improvement Improvement)
    {
        public static View Of(Improvement i) => new(i.Id, i.Rev, Words.Of(i.State), i.Score.Value, i);
    }

    /// <summary>A change request.</summary>
    internal sealed record ChangeView(string Id, long Rev, string State, string Kind, ChangeRequest Change)
    {
        public static ChangeView Of(ChangeRequest c) => new(c.Id, c.Rev, Words.Of(c.State), Words.Of(c.Kind), c);
    }

    public static IEndpointRouteBuilder MapImprovements(this IEndpointRouteBuilder routes)
    {
        var improvements = routes.MapGroup("/improvements").WithTags("Improvements");
        improvements.MapGet("", ListAsync).Needs(Permissions.ImprovementsRead);
        improvements.MapPost("", RegisterAsync).Needs(Permissions.ImprovementsManage);
        improvements.MapPost("/take", TakeAsync).Needs(Permissions.ImprovementsManage);
        improvements.MapGet("/{id}", GetAsync).Needs(Permissions.ImprovementsRead);
        improvements.MapPost("/{id}/analysis", AnalyseAsync).Needs(Permissions.ImprovementsManage);
        improvements.MapPost("/{id}/plan", PlanAsync).Needs(Permissions.ImprovementsManage);
        improvements.MapPost("/{id}/pilot", PilotAsync).Needs(Permissions.ImprovementsManage);
        improvements.MapPost("/{id}/evaluation", EvaluateAsync).Needs(Permissions.ImprovementsManage);
        improvements.MapPost("/{id}/standard", StandardiseAsync).Needs(Permissions.ImprovementsManage);
        improvements.MapPost("/{id}/send", SendAsync).Needs(Permissions.ImprovementsManage);

        var changes = routes.MapGroup("/changes").WithTags("Changes");
        changes.MapGet("", ChangesAsync).Needs(Permissions.ImprovementsRead);
        changes.MapPost("", DraftAsync).Needs(Permissions.ImprovementsManage);
        changes.MapGet("/{id}", ChangeAsync).Needs(Permissions.ImprovementsRead);
        changes.MapPost("/{id}/steps", StepAsync).Needs(Permissions.ImprovementsRead);
        return routes;
    }

    /// <summary>Improvements, the newest first.</summary>
    private static async Task<Ok<DeskPage<View>>> ListAsync(
        string? state,
        string? team,
        string? after,
        int? take,
        ImprovementDesk desk,
        CancellationToken ct
    )
    {
        var most = DeskPages.Take(take);
        var rows = await desk.ListAsync(state, team, DeskPages.After(after), most, ct);
        return TypedResults.Ok(DeskPages.Of(rows, most, View.Of, i => (i.MadeAt, i.Id)));
    }

    /// <summary>Registers an improvement; the same problem is worked on once, and then gets the findings too.</summary>
    private static async Task<Ok<View>> RegisterAsync(ImprovementRequest? request, ImprovementDesk desk, CancellationToken ct) =>
        TypedResults.Ok(View.Of(await desk.RegisterAsync(request ?? new(null, null, null, null, null), null, ct)));

    /// <summary>Lets a team take from the top of its list until it works on as many as it may.</summary>
    private static async Task<Ok<IReadOnlyList<View>>> TakeAsync(TakeRequest? request, ImprovementDesk desk, CancellationToken ct)
    {
        var team = TextRules.Optional(request?.Team, "team", 100) ?? "service";
        var taken = await desk.TakeAsync(team, request?.Limit ?? ImprovementCycle.UsualLimit, ct);
        return TypedResults.Ok<IReadOnlyList<View>>([.. taken.Select(View.Of)]);
    }

    /// <summary>An improvement.</summary>
    private static async Task<Ok<View>> GetAsync(string id, ImprovementDesk desk, CancellationToken ct) =>
        TypedResults.Ok(View.Of(await desk.GetAsync(id, ct)));

    /// <summary>Writes down fishbone and hypothesis; what each cause contributes is reckoned from its counts.</summary>
    private static async Task<Ok<View>> AnalyseAsync(
        string id,
        StepRequest<AnalysisRequest>? request,
        ImprovementDesk desk,
        CancellationToken ct
    ) => TypedResults.Ok(View.Of(await desk.AnalyseAsync(id, request?.Value ?? new(null, null), Key(request?.OperationId), ct)));

    /// <summary>Writes down what is to be changed, and by which change request.</summary>
    private static async Task<Ok<View>> PlanAsync(string id, StepRequest<PlanRequest>? request, ImprovementDesk desk, CancellationToken ct)
    {
        var design = request?.Value?.Design ?? new(null, null, null, null);
        return TypedResults.Ok(View.Of(await desk.PlanAsync(id, design, request?.Value?.ChangeId, Key(request?.OperationId), ct)));
    }

    /// <summary>Begins the pilot of an approved change.</summary>
    private static async Task<Ok<View>> PilotAsync(
        string id,
        StepRequest<PilotRequest>? request,
        ImprovementDesk desk,
        CancellationToken ct
    )
    {
        var pilot = request?.Value ?? new(null, 0, 0, null, false);
        return TypedResults.Ok(View.Of(await desk.BeginPilotAsync(id, pilot, Key(request?.OperationId), ct)));
    }

    /// <summary>Compares before and after, and decides.</summary>
    private static async Task<Ok<View>> EvaluateAsync(
        string id,
        StepRequest<Evaluation>? request,
        ImprovementDesk desk,
        CancellationToken ct
    ) => TypedResults.Ok(View.Of(await desk.EvaluateAsync(id, request?.Value ?? new(), Key(request?.OperationId), ct)));

    /// <summary>Writes down article and reading; closes it when the effect has held.</summary>
    private static async Task<Ok<View>> StandardiseAsync(
        string id,
        StepRequest<StandardRequest>? request,
        ImprovementDesk desk,
        CancellationToken ct
    ) => TypedResults.Ok(View.Of(await desk.StandardiseAsync(id, request?.Value ?? new(null, 0, null), Key(request?.OperationId), ct)));

    /// <summary>Sends it back to the analysis, aside, on again, or out.</summary>
    private static async Task<Ok<View>> SendAsync(string id, StepRequest<SendRequest>? request, ImprovementDesk desk, CancellationToken ct)
    {
        var wish = request?.Value ?? new(null, null, null);
        return TypedResults.Ok(View.Of(await desk.SendAsync(id, wish.To, wish.Reason, wish.Until, Key(request?.OperationId), ct)));
    }

    /// <summary>Change requests, the newest first.</summary>
    private static async Task<Ok<DeskPage<ChangeView>>> ChangesAsync(
        string? state,
        string? after,
        int? take,
        ChangeDesk desk,
        CancellationToken ct
    )
    {
        var most = DeskPages.Take(take);
        var rows = await desk.ListAsync(state, DeskPages.After(after), most, ct);
        return TypedResults.Ok(DeskPages.Of(rows, most, ChangeView.Of, c => (c.MadeAt, c.Id)));
    }

    /// <summary>Asks for a change.</summary>
    private static async Task<Created<ChangeView>> DraftAsync(ChangeDraft? request, ChangeDesk desk, CancellationToken ct)
    {
        var made = await desk.DraftAsync(request ?? new(null), null, ct);
        return TypedResults.Created($"/api/changes/{made.Id}", ChangeView.Of(made));
    }

    /// <summary>A change request.</summary>
    private static async Task<Ok<ChangeView>> ChangeAsync(string id, ChangeDesk desk, CancellationToken ct) =>
        TypedResults.Ok(ChangeView.Of(await desk.GetAsync(id, ct)));

    /// <summary>Goes one step on with a change. To approve one needs another permission than the rest, and another person than its author.</summary>
    private static async Task<Ok<ChangeView>> StepAsync(
        string id,
        StepRequest<ChangeStep>? request,
        ChangeDesk desk,
        CancellationToken ct
    ) => TypedResults.Ok(ChangeView.Of(await desk.StepAsync(id, request?.Value ?? new(), Key(request?.OperationId), ct)));

    private static string Key(string? operationId) => TextRules.Required(operationId, "operationId", 200);
}
