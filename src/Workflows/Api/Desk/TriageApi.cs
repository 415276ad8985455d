using Microsoft.AspNetCore.Http.HttpResults;
using ServiceLoop.Runtime.Access;
using ServiceLoop.ServiceDesk;
using ServiceLoop.ServiceDesk.Triage;

namespace ServiceLoop.Workflows.Api.Desk;

/// <summary>Triage: judgements about cases and their corrections, what contacts may want, and how good it all is.</summary>
internal static class TriageApi
{
    /// <summary>What a person says.</summary>
    /// <param name="Intent">An intent of the taxonomy.</param>
    /// <param name="Reason">Why; may be missing.</param>
    internal sealed record CorrectionRequest(string? Intent, string? Reason);

    /// <summary>A text to try.</summary>
    /// <param name="Text">What a customer might say; the first 4 000 characters count.</param>
    internal sealed record TrialRequest(string? Text);

    /// <summary>A new version of the taxonomy.</summary>
    /// <param name="ExpectedVersion">The version that was seen; 0 when there was none.</param>
    /// <param name="Intents">All rules.</param>
    /// <param name="Note">Why.</param>
    internal sealed record TaxonomyChange(int ExpectedVersion, IReadOnlyList<IntentRequest>? Intents, string? Note);

    /// <summary>A version of the taxonomy.</summary>
    internal sealed record TaxonomyView(
        int Version,
        string? Note,
        string MadeBy,
        DateTimeOffset MadeAt,
        IReadOnlyList<IntentRequest> Intents
    )
    {
        public static TaxonomyView Of(Taxonomy t) => new(t.Version, t.Note, t.MadeBy, t.MadeAt, [.. t.Intents.Select(IntentRequest.Of)]);
    }

    /// <summary>A version of the taxonomy in a list.</summary>
    internal sealed record TaxonomyLine(int Version, string? Note, string MadeBy, DateTimeOffset MadeAt, int Intents);

    /// <summary>A judgement.</summary>
    internal sealed record ResultView(
        string Id,
        DateTimeOffset At,
        string ModelVersion,
        int TaxonomyVersion,
        string? Intent,
        string? Category,
        string? Queue,
        double Confidence,
        double Threshold,
        bool IsSure,
        IReadOnlyList<RankedIntent> Ranked,
        string Language,
        double Sentiment,
        bool IsAngry,
        string Complexity,
        string? Text
    )
    {
        public static ResultView Of(TriageResult r) =>
            new(
                r.Id,
                r.At,
                r.ModelVersion,
                r.TaxonomyVersion,
                r.Intent,
                r.Category,
                r.Queue,
                r.Confidence,
                r.Threshold,
                r.IsSure,
                r.Ranked,
                r.Language,
                r.Sentiment.Score,
                r.Sentiment.IsAngry,
                Words.Of(r.Complexity),
                r.Text
            );
    }

    /// <summary>All about a case; each list the newest first.</summary>
    internal sealed record CaseView(
        IReadOnlyList<ResultView> Results,
        IReadOnlyList<TriageCorrection> Corrections,
        IReadOnlyList<ServiceModeView> Modes
    )
    {
        public static CaseView Of(CaseTriage t) => new([.. t.Results.Select(ResultView.Of)], t.Corrections, t.Modes);
    }

    /// <summary>A text that was tried.</summary>
    internal sealed record TrialView(
        string ModelVersion,
        bool IsSure,
        double Threshold,
        IReadOnlyList<RankedIntent> Ranked,
        string Language,
        double Sentiment,
        bool IsAngry,
        string Complexity
    );

    /// <summary>How good triage was.</summary>
    /// <param name="All">All intents together.</param>
    /// <param name="Intents">By intent, the most frequent first.</param>
    internal sealed record FiguresView(TriageFigure All, IReadOnlyList<TriageFigure> Intents);

    public static IEndpointRouteBuilder MapTriage(this IEndpointRouteBuilder routes)
    {
        var cases = routes.MapGroup("/cases/{id}/triage").WithTags("Triage");
        cases.MapGet("", GetAsync).Needs(Permissions.CasesRead);
        cases.MapPost("/correction", CorrectAsync).Needs(Permissions.CasesWrite);
        var triage = routes.MapGroup("/triage").WithTags("Triage");
        triage.MapPost("/trial", TryAsync).Needs(Permissions.TriageRead);
        triage.MapGet("/figures", FiguresAsync).Needs(Permissions.TriageRead);
        triage.MapGet("/taxonomy", CurrentAsync).Needs(Permissions.TriageRead);
        triage.MapPut("/taxonomy", ChangeAsync).Needs(Permissions.TriageManage);
        triage.MapGet("/taxonomy/versions", VersionsAsync).Needs(Permissions.TriageRead);
        triage.MapGet("/taxonomy/versions/{version:int}", VersionAsync).Needs(Permissions.TriageRead);
        return routes;
    }

    /// <summary>What was made of a case: judgements, corrections, and who served it.</summary>
    private static async Task<Ok<CaseView>> GetAsync(string id, TriageDesk desk, CancellationToken ct) =>
        TypedResults.Ok(CaseView.Of(await desk.GetAsync(id, ct)));

    /// <summary>Corrects what a case is about: ground truth for figures and the next training.</summary>
    private static async Task<Ok<CaseView>> CorrectAsync(string id, CorrectionRequest? request, TriageDesk desk, CancellationToken ct) =>
        TypedResults.Ok(CaseView.Of(await desk.CorrectAsync(id, request?.Intent, request?.Reason, ct)));

    /// <summary>Judges a text; nothing is kept of it.</summary>
    private static async Task<Ok<TrialView>> TryAsync(TrialRequest? request, TriageDesk desk, CancellationToken ct)
    {
        var t = await desk.TryAsync(request?.Text, ct);
        return TypedResults.Ok(
            new TrialView(
                t.Classification.ModelVersion,
                t.IsSure,
                t.Classification.Threshold,
                [.. t.Classification.Ranked.Take(10)],
                t.Language,
                t.Sentiment.Score,
                t.Sentiment.IsAngry,
                Words.Of(t.Complexity)
            )
        );
    }

    /// <summary>How good triage was, by intent: accuracy, misroutes and the minutes they cost.</summary>
    private static async Task<Ok<FiguresView>> FiguresAsync(
        DateTimeOffset? since,
        DateTimeOffset? until,
        TriageDesk desk,
        CancellationToken ct
    )
    {
        var figures = await desk.FiguresAsync(since, until, ct);
        return TypedResults.Ok(new FiguresView(TriageFigure.Sum([.. figures]), figures));
    }

    /// <summary>What contacts may want: the version in force.</summary>
    private static async Task<Ok<TaxonomyView>> CurrentAsync(TaxonomyDesk desk, CancellationToken ct) =>
        TypedResults.Ok(TaxonomyView.Of(await desk.CurrentAsync(ct)));

    /// <summary>Puts a new version of what contacts may want in force.</summary>
    private static async Task<Ok<TaxonomyView>> ChangeAsync(TaxonomyChange? request, TaxonomyDesk desk, CancellationToken ct) =>
        TypedResults.Ok(TaxonomyView.Of(await desk.ChangeAsync(request?.ExpectedVersion ?? 0, new(request?.Intents, request?.Note), ct)));

    /// <summary>Versions of what contacts may want, the newest first.</summary>
    private static async Task<Ok<ListView<TaxonomyLine>>> VersionsAsync(TaxonomyDesk desk, CancellationToken ct)
    {
        var versions = await desk.VersionsAsync(ct);
        return TypedResults.Ok(
            new ListView<TaxonomyLine>(
                [.. versions.Select(v => new TaxonomyLine(v.Version, v.Note, v.MadeBy, v.MadeAt, v.Intents.Length))],
                versions.Count
            )
        );
    }

    /// <summary>A version of what contacts may want.</summary>
    private static async Task<Ok<TaxonomyView>> VersionAsync(int version, TaxonomyDesk desk, CancellationToken ct) =>
        TypedResults.Ok(TaxonomyView.Of(await desk.GetAsync(version, ct)));
}
