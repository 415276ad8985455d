using Microsoft.AspNetCore.Http.HttpResults;
using ServiceLoop.Runtime.Access;
using ServiceLoop.ServiceDesk;
using ServiceLoop.ServiceDesk.Knowledge;

namespace ServiceLoop.Workflows.Api.Desk;

/// <summary>Articles, their search, what they are used for, and how many cases are settled without a person.</summary>
internal static class KnowledgeApi
{
    /// <summary>A change of an article.</summary>
    /// <param name="Article">All of it.</param>
    /// <param name="ExpectedRev">Revision that was seen.</param>
    internal sealed record ChangeRequest(ArticleRequest? Article, long ExpectedRev);

    /// <summary>A step of an article.</summary>
    /// <param name="ExpectedRev">Revision that was seen.</param>
    /// <param name="Reason">Why; needed to send back and to let expire.</param>
    internal sealed record StepRequest(long ExpectedRev, string? Reason);

    /// <summary>The case from which an article is proposed.</summary>
    /// <param name="CaseId">Its id.</param>
    internal sealed record ProposalRequest(string? CaseId);

    /// <summary>What became of a use of an article.</summary>
    /// <param name="Verdict">accepted, edited or rejected; null leaves it.</param>
    /// <param name="Reason">Why it was not taken.</param>
    /// <param name="IsHelpful">Whether it helped; null leaves it.</param>
    internal sealed record JudgementRequest(string? Verdict, string? Reason, bool? IsHelpful);

    /// <summary>A version of an article.</summary>
    internal sealed record VersionView(
        int Version,
        string State,
        string Title,
        string Body,
        string? Category,
        IReadOnlyList<string> Intents,
        bool IsStandard,
        DateTimeOffset? ExpiresAt,
        IReadOnlyList<string> Authors,
        string? Note,
        DateTimeOffset WrittenAt,
        DateTimeOffset? SubmittedAt,
        string? ApprovedBy,
        DateTimeOffset? ApprovedAt
    )
    {
        public static VersionView Of(ArticleVersion v) =>
            new(
                v.Version,
                Words.Of(v.State),
                v.Text.Title,
                v.Text.Body,
                v.Text.Category,
                v.Text.Intents,
                v.Text.IsStandard,
                v.Text.ExpiresAt,
                v.Authors,
                v.Note,
                v.WrittenAt,
                v.SubmittedAt,
                v.ApprovedBy,
                v.ApprovedAt
            );
    }

    /// <summary>An article with its latest version.</summary>
    internal sealed record View(
        string Id,
        long Rev,
        string Key,
        string Language,
        string State,
        int? PublishedVersion,
        DateTimeOffset? ExpiresAt,
        string? SourceCaseId,
        DateTimeOffset ChangedAt,
        VersionView Latest
    )
    {
        public static View Of(Article a) =>
            new(
                a.Id,
                a.Rev,
                a.Key,
                a.Language,
                Words.Of(a.State),
                a.PublishedVersion,
                a.ExpiresAt,
                a.SourceCaseId,
                a.ChangedAt,
                VersionView.Of(a.Latest)
            );
    }

    /// <summary>A use of an article.</summary>
    internal sealed record UseView(
        string Id,
        string Kind,
        string ArticleId,
        int Version,
        string Title,
        string? CaseId,
        int Place,
        double Score,
        string? Verdict,
        string? Reason,
        bool? IsHelpful,
        DateTimeOffset At
    )
    {
        public static UseView Of(KnowledgeUseView u) =>
            new(
                u.Id,
                Words.Of(u.Kind),
                u.ArticleId,
                u.Version,
                u.Title,
                u.CaseId,
                u.Place,
                u.Score,
                u.Verdict is { } v ? Words.Of(v) : null,
                u.Reason,
                u.IsHelpful,
                u.At
            );
    }

    public static IEndpointRouteBuilder MapKnowledge(this IEndpointRouteBuilder routes)
    {
        var knowledge = routes.MapGroup("/knowledge").WithTags("Knowledge");
        knowledge.MapGet("/search", SearchAsync).Needs(Permissions.KnowledgeRead);
        knowledge.MapGet("/figures", FiguresAsync).Needs(Permissions.KnowledgeRead);
        knowledge.MapGet("/automation", AutomationAsync).Needs(Permissions.KnowledgeRead);
        knowledge.MapGet("/uses", UsesAsync).Needs(Permissions.KnowledgeRead);
        knowledge.MapPost("/uses/{id}/judgement", JudgeAsync).Needs(Permissions.KnowledgeRead);
        knowledge.MapPost("/proposals", ProposeAsync).Needs(Permissions.KnowledgeWrite);

        var articles = knowledge.MapGroup("/articles");
        articles.MapGet("", ListAsync).Needs(Permissions.KnowledgeRead);
        articles.MapPost("", CreateAsync).Needs(Permissions.KnowledgeWrite);
        articles.MapGet("/{id}", GetAsync).Needs(Permissions.KnowledgeRead);
        articles.MapGet("/{id}/versions", VersionsAsync).Needs(Permissions.KnowledgeRead);
        articles.MapGet("/{id}/history", HistoryAsync).Needs(Permissions.KnowledgeRead);
        articles.MapPut("/{id}", ChangeAsync).Needs(Permissions.KnowledgeWrite);
        articles.MapPost("/{id}/submit", SubmitAsync).Needs(Permissions.KnowledgeWrite);
        articles.MapPost("/{id}/approve", ApproveAsync).Needs(Permissions.KnowledgeApprove);
        articles.MapPost("/{id}/reject", RejectAsync).Needs(Permissions.KnowledgeApprove);
        articles.MapPost("/{id}/expire", ExpireAsync).Needs(Permissions.KnowledgeApprove);
        return routes;
    }

    /// <summary>Published articles that fit a text, the best first, each with the reasons for its place.</summary>
    private static async Task<Ok<IReadOnlyList<Recommendation>>> SearchAsync(
        string? text,
        string? intent,
        string? category,
        string? language,
        string? caseId,
        bool? standard,
        int? take,
        KnowledgeSearch search,
        CancellationToken ct
    ) =>
        TypedResults.Ok(
            await search.RecommendAsync(
                new()
                {
                    Text = text,
                    Intent = intent,
                    Category = category,
                    Language = language,
                    CaseId = caseId,
                    IsStandardOnly = standard ?? false,
                },
                take ?? 5,
                ct
            )
        );

    /// <summary>Figures of the knowledge base: offered, accepted, helpful, fit, reuse, stale share.</summary>
    private static async Task<Ok<KnowledgeFigures>> FiguresAsync(
        DateTimeOffset? from,
        DateTimeOffset? to,
        KnowledgeUses uses,
        CancellationToken ct
    ) => TypedResults.Ok(await uses.FiguresAsync(from, to, ct));

    /// <summary>How many cases of each category were settled without a person, beside the target of 85 %.</summary>
    private static async Task<Ok<AutomationReport>> AutomationAsync(
        DateTimeOffset? from,
        DateTimeOffset? to,
        KnowledgeUses uses,
        CancellationToken ct
    ) => TypedResults.Ok(await uses.AutomationAsync(from, to, ct));

    /// <summary>What articles were shown and used for a case.</summary>
    private static async Task<Ok<IReadOnlyList<UseView>>> UsesAsync(string caseId, KnowledgeUses uses, CancellationToken ct) =>
        TypedResults.Ok<IReadOnlyList<UseView>>([.. (await uses.OfCaseAsync(caseId, ct)).Select(UseView.Of)]);

    /// <summary>Says what became of a use: taken, changed, not taken and why, and whether it helped.</summary>
    private static async Task<Ok<UseView>> JudgeAsync(string id, JudgementRequest? request, KnowledgeUses uses, CancellationToken ct) =>
        TypedResults.Ok(UseView.Of(await uses.JudgeAsync(id, request?.Verdict, request?.Reason, request?.IsHelpful, ct)));

    /// <summary>Makes a draft from a resolved case, without what is personal.</summary>
    private static async Task<Created<View>> ProposeAsync(ProposalRequest? request, ArticleProposals proposals, CancellationToken ct) =>
        Made(await proposals.ProposeAsync(TextRules.Required(request?.CaseId, "caseId", 64), null, ct));

    /// <summary>Articles, those first that were changed last.</summary>
    private static async Task<Ok<DeskPage<View>>> ListAsync(
        string? state,
        string? language,
        string? category,
        string? after,
        int? take,
        ArticleDesk desk,
        CancellationToken ct
    )
    {
        var most = DeskPages.Take(take);
        var rows = await desk.ListAsync(state, language, category, DeskPages.After(after), most, ct);
        return TypedResults.Ok(DeskPages.Of(rows, most, View.Of, a => (a.ChangedAt, a.Id)));
    }

    /// <summary>Begins an article as a draft.</summary>
    private static async Task<Created<View>> CreateAsync(ArticleRequest? request, ArticleDesk desk, CancellationToken ct) =>
        Made(await desk.CreateAsync(request ?? new(), ct));

    /// <summary>An article with its latest version.</summary>
    private static async Task<Ok<View>> GetAsync(string id, ArticleDesk desk, CancellationToken ct) =>
        TypedResults.Ok(View.Of(await desk.GetAsync(id, ct)));

    /// <summary>All versions of an article, the latest first.</summary>
    private static async Task<Ok<IReadOnlyList<VersionView>>> VersionsAsync(string id, ArticleDesk desk, CancellationToken ct) =>
        TypedResults.Ok<IReadOnlyList<VersionView>>([.. (await desk.VersionsAsync(id, ct)).Select(VersionView.Of)]);

    /// <summary>What happened to an article, and who did it.</summary>
    private static async Task<Ok<IReadOnlyList<ArticleEvent>>> HistoryAsync(string id, ArticleDesk desk, CancellationToken ct) =>
        TypedResults.Ok(await desk.HistoryAsync(id, ct));

    /// <summary>Writes at a draft, or begins the next version beside what is published.</summary>
    private static async Task<Ok<View>> ChangeAsync(string id, ChangeRequest? request, ArticleDesk desk, CancellationToken ct) =>
        TypedResults.Ok(View.Of(await desk.ChangeAsync(id, request?.ExpectedRev ?? 0, request?.Article ?? new(), ct)));

    /// <summary>Hands a draft in for review.</summary>
    private static async Task<Ok<View>> SubmitAsync(string id, StepRequest? request, ArticleDesk desk, CancellationToken ct) =>
        TypedResults.Ok(View.Of(await desk.SubmitAsync(id, request?.ExpectedRev ?? 0, ct)));

    /// <summary>Publishes what somebody else wrote.</summary>
    private static async Task<Ok<View>> ApproveAsync(string id, StepRequest? request, ArticleDesk desk, CancellationToken ct) =>
        TypedResults.Ok(View.Of(await desk.ApproveAsync(id, request?.ExpectedRev ?? 0, ct)));

    /// <summary>Sends an article in review back, for a reason.</summary>
    private static async Task<Ok<View>> RejectAsync(string id, StepRequest? request, ArticleDesk desk, CancellationToken ct) =>
        TypedResults.Ok(View.Of(await desk.RejectAsync(id, request?.ExpectedRev ?? 0, request?.Reason, ct)));

    /// <summary>Takes a published article out of what is found, for a reason.</summary>
    private static async Task<Ok<View>> ExpireAsync(string id, StepRequest? request, ArticleDesk desk, CancellationToken ct) =>
        TypedResults.Ok(View.Of(await desk.ExpireAsync(id, request?.ExpectedRev ?? 0, request?.Reason, ct)));

    private static Created<View> Made(Article article) =>
        TypedResults.Created($"{ApiSetup.OwnRoot}/knowledge/articles/{article.Id}", View.Of(article));
}
