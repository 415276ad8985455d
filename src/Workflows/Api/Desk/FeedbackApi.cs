using Microsoft.AspNetCore.Http.HttpResults;
using ServiceLoop.Runtime.Access;
using ServiceLoop.ServiceDesk;
using ServiceLoop.ServiceDesk.Findings;
using ServiceLoop.ServiceDesk.FollowUps;
using ServiceLoop.ServiceDesk.Surveys;
using ServiceLoop.Workflows.Auth;

namespace ServiceLoop.Workflows.Api.Desk;

/// <summary>Follow-ups, the surveys behind their links, and what is found.</summary>
internal static class FeedbackApi
{
    private const string LinkSays = "The signed link says which survey it is, and lets its holder answer it once.";

    /// <summary>An answer.</summary>
    /// <param name="Score">Score on the scale of the question.</param>
    /// <param name="Text">In the customer's words.</param>
    internal sealed record AnswerRequest(int? Score, string? Text);

    /// <summary>A merge of findings.</summary>
    /// <param name="IntoId">The one that says the same.</param>
    /// <param name="Reason">Why.</param>
    internal sealed record MergeRequest(string? IntoId, string? Reason);

    /// <summary>A question.</summary>
    internal sealed record QuestionView(string Metric, int First, int Last, DateTimeOffset ExpiresAt, bool IsAnswered)
    {
        public static QuestionView Of(SurveyQuestion q) => new(Words.Of(q.Metric), q.First, q.Last, q.ExpiresAt, q.IsAnswered);
    }

    /// <summary>A follow-up.</summary>
    /// <param name="Reason">Why the customer is not asked, where it is suppressed.</param>
    internal sealed record View(
        string Id,
        string State,
        string? Reason,
        string? CaseId,
        string? CustomerId,
        string Kind,
        string Metric,
        string Cause,
        string Channel,
        DateTimeOffset SettledAt,
        DateTimeOffset? PlannedAt,
        DateTimeOffset? SentAt,
        DateTimeOffset? EndedAt,
        DateTimeOffset ExpiresAt
    )
    {
        public static View Of(FollowUp f) =>
            new(
                f.Id,
                Words.Of(f.State),
                f.Reason,
                f.CaseId,
                f.CustomerId,
                Words.Of(f.Kind),
                Words.Of(f.Metric),
                Words.Of(f.Cause),
                f.Channel,
                f.SettledAt,
                f.PlannedAt,
                f.SentAt,
                f.EndedAt,
                f.ExpiresAt
            );
    }

    /// <summary>An answer to a survey.</summary>
    internal sealed record ResponseView(string FollowUpId, string Metric, int Score, string? Text, bool IsLow, DateTimeOffset AnsweredAt);

    /// <summary>A finding.</summary>
    internal sealed record FindingView(
        string Id,
        string Source,
        string Title,
        string? Detail,
        string? Kpi,
        string? Segment,
        string? Category,
        string? CaseId,
        IReadOnlyList<string> Evidence,
        double? EffectSize,
        double? Confidence,
        string DetectedBy,
        string State,
        string? Reason,
        string? MergedInto,
        DateTimeOffset FoundAt
    )
    {
        public static FindingView Of(Finding f) =>
            new(
                f.Report.Id,
                Words.Of(f.Report.Source),
                f.Report.Title,
                f.Report.Detail,
                f.Report.Kpi,
                f.Report.Segment,
                f.Report.Category,
                f.Report.CaseId,
                f.Report.Evidence,
                f.Report.EffectSize,
                f.Report.Confidence,
                f.DetectedBy,
                Words.Of(f.State),
                f.Reason,
                f.MergedInto,
                f.FoundAt
            );
    }

    public static IEndpointRouteBuilder MapFeedback(this IEndpointRouteBuilder routes)
    {
        var followUps = routes.MapGroup("/follow-ups").WithTags("Follow-ups");
        followUps.MapGet("", ListAsync).Needs(Permissions.CallbacksRead);
        followUps.MapGet("/{id}", GetAsync).Needs(Permissions.CallbacksRead);
        followUps.MapGet("/{id}/response", ResponseAsync).Needs(Permissions.CallbacksRead);

        var surveys = routes.MapGroup("/surveys").WithTags("Surveys");
        surveys.MapGet("/{token}", QuestionAsync).OpenToAll(LinkSays).LimitStrangers();
        surveys.MapPost("/{token}", AnswerAsync).OpenToAll(LinkSays).LimitStrangers();

        var findings = routes.MapGroup("/findings").WithTags("Findings");
        findings.MapGet("", FindingsAsync).Needs(Permissions.CasesRead);
        findings.MapPost("", ReportAsync).Needs(Permissions.CasesWrite);
        findings.MapGet("/{id}", FindingAsync).Needs(Permissions.CasesRead);
        findings.MapPost("/{id}/dismiss", DismissAsync).Needs(Permissions.CasesWrite);
        findings.MapPost("/{id}/merge", MergeAsync).Needs(Permissions.CasesWrite);
        return routes;
    }

    /// <summary>Follow-ups, the newest first; suppressed ones tell why.</summary>
    private static async Task<Ok<DeskPage<View>>> ListAsync(
        string? state,
        string? caseId,
        string? customerId,
        string? after,
        int? take,
        FollowUpDesk desk,
        CancellationToken ct
    )
    {
        var most = DeskPages.Take(take);
        var rows = await desk.ListAsync(state, caseId, customerId, DeskPages.After(after), most, ct);
        return TypedResults.Ok(DeskPages.Of(rows, most, View.Of, f => (f.MadeAt, f.Id)));
    }

    /// <summary>A follow-up.</summary>
    private static async Task<Ok<View>> GetAsync(string id, FollowUpDesk desk, CancellationToken ct) =>
        TypedResults.Ok(View.Of(await desk.GetAsync(id, ct)));

    /// <summary>The answer to a follow-up.</summary>
    private static async Task<Results<Ok<ResponseView>, ProblemHttpResult>> ResponseAsync(
        string id,
        SurveyDesk desk,
        CancellationToken ct
    ) =>
        await desk.FindAsync(id, ct) is { } r
            ? TypedResults.Ok(new ResponseView(r.FollowUpId, Words.Of(r.Metric), r.Score, r.Verbatim, r.IsLow, r.AnsweredAt))
            : Problems.NotFound("survey.unanswered", $"Nobody has answered follow-up '{id}'.");

    /// <summary>The question behind a link.</summary>
    private static async Task<Ok<QuestionView>> QuestionAsync(string token, SurveyDesk desk, CancellationToken ct) =>
        TypedResults.Ok(QuestionView.Of(await desk.QuestionAsync(token, ct)));

    /// <summary>Answers the question behind a link, once.</summary>
    private static async Task<Ok<QuestionView>> AnswerAsync(string token, AnswerRequest? request, SurveyDesk desk, CancellationToken ct) =>
        TypedResults.Ok(QuestionView.Of(await desk.AnswerAsync(token, request?.Score, request?.Text, ct)));

    /// <summary>Findings, the newest first.</summary>
    private static async Task<Ok<DeskPage<FindingView>>> FindingsAsync(
        string? state,
        string? source,
        string? after,
        int? take,
        FindingDesk desk,
        CancellationToken ct
    )
    {
        var most = DeskPages.Take(take);
        var rows = await desk.ListAsync(state, source, DeskPages.After(after), most, ct);
        return TypedResults.Ok(DeskPages.Of(rows, most, FindingView.Of, f => (f.FoundAt, f.Report.Id)));
    }

    /// <summary>Reports a finding.</summary>
    private static async Task<Created<FindingView>> ReportAsync(FindingRequest? request, FindingDesk desk, CancellationToken ct)
    {
        var made = await desk.ReportAsync(request ?? new(null, null), ct);
        return TypedResults.Created($"/api/findings/{made.Report.Id}", FindingView.Of(made));
    }

    /// <summary>A finding.</summary>
    private static async Task<Ok<FindingView>> FindingAsync(string id, FindingDesk desk, CancellationToken ct) =>
        TypedResults.Ok(FindingView.Of(await desk.GetAsync(id, ct)));

    /// <summary>Puts a new finding aside, for a reason.</summary>
    private static async Task<Ok<FindingView>> DismissAsync(
        string id,
        CustomersApi.ReasonRequest? request,
        FindingDesk desk,
        CancellationToken ct
    ) => TypedResults.Ok(FindingView.Of(await desk.DismissAsync(id, request?.Reason, ct)));

    /// <summary>Says that another finding says the same.</summary>
    private static async Task<Ok<FindingView>> MergeAsync(string id, MergeRequest? request, FindingDesk desk, CancellationToken ct) =>
        TypedResults.Ok(FindingView.Of(await desk.MergeAsync(id, request?.IntoId, request?.Reason, ct)));
}
