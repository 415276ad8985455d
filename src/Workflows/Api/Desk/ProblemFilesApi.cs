using Microsoft.AspNetCore.Http.HttpResults;
using ServiceLoop.Runtime.Access;
using ServiceLoop.ServiceDesk.Knowledge;
using ServiceLoop.ServiceDesk.ProblemFiles;

namespace ServiceLoop.Workflows.Api.Desk;

/// <summary>Everything that is known about a case.</summary>
internal static class ProblemFilesApi
{
    /// <summary>A question.</summary>
    /// <param name="Key">What it asks for; a fact with this key answers it.</param>
    /// <param name="Question">In words for people; null: the usual words of the key.</param>
    internal sealed record QuestionRequest(string? Key, string? Question);

    /// <summary>An answer.</summary>
    /// <param name="Answer">The answer.</param>
    internal sealed record AnswerRequest(string? Answer);

    /// <summary>A fact.</summary>
    /// <param name="Key">What it is about: order-number, product.</param>
    /// <param name="Value">The value.</param>
    /// <param name="Confidence">How sure it is, 0 to 1; null: 1.</param>
    internal sealed record FactRequest(string? Key, string? Value, double? Confidence);

    public static IEndpointRouteBuilder MapProblemFiles(this IEndpointRouteBuilder routes)
    {
        var cases = routes.MapGroup("/cases").WithTags("Problem files");
        cases.MapGet("/{id}/problem-file", GetAsync).Needs(Permissions.CasesRead);
        cases.MapPost("/{id}/problem-file", AssembleAsync).Needs(Permissions.CasesWrite);
        cases.MapPost("/{id}/problem-file/questions", AskAsync).Needs(Permissions.CasesWrite);
        cases.MapPost("/{id}/problem-file/questions/{key}/answer", AnswerAsync).Needs(Permissions.CasesWrite);
        cases.MapPost("/{id}/problem-file/facts", FactAsync).Needs(Permissions.CasesWrite);
        cases.MapGet("/{id}/hand-overs", HandOversAsync).Needs(Permissions.CasesRead);
        cases.MapGet("/repeat-questions", RepeatsAsync).Needs(Permissions.CasesRead);
        return routes;
    }

    /// <summary>The problem file of a case: contacts, facts with source and confidence, questions, and what was tried.</summary>
    private static async Task<Ok<ProblemFile>> GetAsync(string id, ProblemFileDesk desk, CancellationToken ct) =>
        TypedResults.Ok(await desk.GetAsync(id, ct));

    /// <summary>Gathers what contacts tell about a case, opens the questions that its category needs, and closes those that are answered.</summary>
    private static async Task<Ok<ProblemFile>> AssembleAsync(string id, string? intent, ProblemFileDesk desk, CancellationToken ct) =>
        TypedResults.Ok(await desk.AssembleAsync(id, intent, ct));

    /// <summary>Asks a question about a case; where the answer is known it is given, and the question counted as a repeated one.</summary>
    private static async Task<Ok<AskedQuestion>> AskAsync(
        string id,
        QuestionRequest? request,
        ProblemFileDesk desk,
        CancellationToken ct
    ) => TypedResults.Ok(await desk.AskAsync(id, request?.Key, request?.Question, ct));

    /// <summary>Answers a question; the answer becomes a fact.</summary>
    private static async Task<Ok<ProblemFile>> AnswerAsync(
        string id,
        string key,
        AnswerRequest? request,
        ProblemFileDesk desk,
        CancellationToken ct
    ) => TypedResults.Ok(await desk.AnswerAsync(id, key, request?.Answer, ct));

    /// <summary>Adds a fact; questions for it are answered by it.</summary>
    private static async Task<Ok<ProblemFile>> FactAsync(string id, FactRequest? request, ProblemFileDesk desk, CancellationToken ct) =>
        TypedResults.Ok(await desk.AddFactAsync(id, request?.Key, request?.Value, request?.Confidence, ct));

    /// <summary>Hand-overs of a case from bots to people, each with everything that was tried.</summary>
    private static async Task<Ok<IReadOnlyList<HandOver>>> HandOversAsync(string id, HandOverDesk desk, CancellationToken ct) =>
        TypedResults.Ok(await desk.OfCaseAsync(id, ct));

    /// <summary>How often customers were asked what was known already.</summary>
    private static async Task<Ok<RepeatQuestions>> RepeatsAsync(DateTimeOffset? since, ProblemFileDesk desk, CancellationToken ct) =>
        TypedResults.Ok(await desk.RepeatsAsync(since, ct));
}
