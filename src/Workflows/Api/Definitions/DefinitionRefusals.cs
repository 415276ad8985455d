using Microsoft.AspNetCore.Http.HttpResults;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Workflows.Api.Definitions;

/// <summary>
/// Refuses changes of definitions in the one way that Elsa Studio tells its user: 400 with <c>errors</c>. Each other 4xx is an unknown error to it, and
/// at 5xx it freezes for a quarter of a minute.
/// </summary>
internal sealed class DefinitionRefusals : IEndpointFilter
{
    /// <inheritdoc/>
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (Exception e) when (Find(e) is { } refusal)
        {
            return refusal;
        }
    }

    /// <summary>A refusal with one sentence.</summary>
    /// <param name="code">Stable code; also the key of the sentence.</param>
    /// <param name="sentence">With the value, the place and the cure.</param>
    public static ProblemHttpResult Of(string code, string sentence) =>
        Of(code, sentence, new Dictionary<string, string[]>(StringComparer.Ordinal) { [code] = [sentence] });

    private static ProblemHttpResult? Find(Exception exception) =>
        exception switch
        {
            WorkflowCompilationException e => OfErrors([.. e.Errors.Select(x => (x.Path, x.Code, x.Message))]),
            RequestException e => Of(e.Code, e.Message),
            DefinitionRefusedException e => Of(e.Code, e.Message),
            DefinitionConflictException => Of(
                "definition.conflict",
                $"Somebody changed it at the same moment; nothing was saved. Save again. ({exception.Message})"
            ),
            DefinitionNotFoundException => Of("definition.unknown", exception.Message),
            ArgumentException => Of("argument.invalid", exception.Message),
            BadHttpRequestException => Of("http.bad-request", exception.Message),
            _ => null,
        };

    /// <summary>A refusal with what is wrong in a definition: sentences by place for people, and beside them the codes for programs.</summary>
    /// <param name="errors">Place, code and sentence of each.</param>
    public static ProblemHttpResult OfErrors(IReadOnlyCollection<(string Place, string Code, string Sentence)> errors)
    {
        var refusal = Of("definition.invalid", "The definition has errors.", ByPlace(errors, e => e.Sentence));
        refusal.ProblemDetails.Extensions["codes"] = ByPlace(errors, e => e.Code);
        return refusal;
    }

    private static Dictionary<string, string[]> ByPlace(
        IEnumerable<(string Place, string Code, string Sentence)> errors,
        Func<(string Place, string Code, string Sentence), string> of
    ) => errors.GroupBy(e => e.Place, of).ToDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);

    private static ProblemHttpResult Of(string code, string detail, Dictionary<string, string[]> errors) =>
        TypedResults.Problem(
            new HttpValidationProblemDetails(errors)
            {
                Status = StatusCodes.Status400BadRequest,
                Detail = detail,
                Extensions = { ["code"] = code },
            }
        );
}
