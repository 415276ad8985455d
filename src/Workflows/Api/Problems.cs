using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using Npgsql;
using ServiceLoop.Engine;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Identity;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.DrivenTime;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Migrating;
using ServiceLoop.Runtime.Secrets;
using ServiceLoop.Runtime.Store;
using ServiceLoop.ServiceDesk;
using ServiceLoop.Workflows.HttpWorkflows;

namespace ServiceLoop.Workflows.Api;

/// <summary>Every refusal as ProblemDetails with a stable <c>code</c>; never a stack trace.</summary>
internal static class Problems
{
    /// <summary>A refusal.</summary>
    /// <param name="status">HTTP status.</param>
    /// <param name="code">Stable code, for programs.</param>
    /// <param name="detail">A sentence with the value, the place and the cure, for people.</param>
    public static ProblemHttpResult Of(int status, string code, string detail) =>
        TypedResults.Problem(detail, statusCode: status, extensions: [KeyValuePair.Create<string, object?>("code", code)]);

    /// <summary>Something is not there.</summary>
    public static ProblemHttpResult NotFound(string code, string detail) => Of(StatusCodes.Status404NotFound, code, detail);

    /// <summary>What was sent is wrong.</summary>
    public static ProblemHttpResult Invalid(string code, string detail) => Of(StatusCodes.Status400BadRequest, code, detail);

    /// <summary>Something is not allowed to who wants it, or to nobody at all.</summary>
    public static ProblemHttpResult Of(AccessDeniedException e) =>
        e.Actor.Kind == ActorKind.Nobody
            ? Of(StatusCodes.Status401Unauthorized, "access.nobody", e.Message)
            : Of(StatusCodes.Status403Forbidden, "access.denied", e.Message);

    /// <summary>Errors of a definition, one list for each place: what Elsa Studio shows.</summary>
    public static ProblemHttpResult Of(WorkflowCompilationException e) =>
        TypedResults.Problem(
            new HttpValidationProblemDetails(
                e.Errors.GroupBy(x => x.Path).ToDictionary(g => g.Key, g => g.Select(x => $"{x.Code}: {x.Message}").ToArray())
            )
            {
                Status = StatusCodes.Status400BadRequest,
                Title = "The definition has errors.",
                Extensions = { ["code"] = "definition.invalid" },
            }
        );

    /// <summary>The refusal that an exception stands for; null for one that is a defect.</summary>
    public static ProblemHttpResult? Find(Exception exception) =>
        exception switch
        {
            AccessDeniedException e => Of(e),
            StoreUnavailableException => Of(StatusCodes.Status503ServiceUnavailable, "store.unavailable", exception.Message),
            InstanceBusyException => Of(StatusCodes.Status503ServiceUnavailable, "instance.busy", exception.Message),
            DefinitionNotFoundException => NotFound("definition.unknown", exception.Message),
            InstanceNotFoundException => NotFound("instance.unknown", exception.Message),
            AlterationException => Of(StatusCodes.Status409Conflict, "alteration.impossible", exception.Message),
            DefinitionRefusedException e => Of(StatusCodes.Status409Conflict, e.Code, e.Message),
            DefinitionConflictException => Of(StatusCodes.Status409Conflict, "definition.conflict", exception.Message),
            MigrationRefusedException e => Of(
                e.Code == "migration.unknown" ? StatusCodes.Status404NotFound
                    : e.Code is "migration.plan" or "migration.pace" ? StatusCodes.Status400BadRequest
                    : StatusCodes.Status409Conflict,
                e.Code,
                e.Message
            ),
            WorkflowCompilationException e => Of(e),
            BodyTooLargeException => Of(StatusCodes.Status413PayloadTooLarge, "http.request-too-large", exception.Message),
            BadHttpRequestException e => Of(
                e.StatusCode,
                e.StatusCode == StatusCodes.Status413PayloadTooLarge ? "http.request-too-large" : "http.bad-request",
                (e.InnerException as JsonException ?? (Exception)e).Message
            ),
            DeskRefusedException e => Of(e),
            PostgresException { SqlState: PostgresErrorCodes.CharacterNotInRepertoire } => Invalid(
                "text.unreadable",
                "A text of the request holds the character U+0000, which cannot be kept. Remove it."
            ),
            IdentityRefusedException e => Of(StatusOf(e.Kind), e.Code, e.Message),
            TimeRefusedException e => Of(
                e.IsConflict ? StatusCodes.Status409Conflict : StatusCodes.Status400BadRequest,
                "clock.refused",
                e.Message
            ),
            RevealRefusedException => Invalid("reveal.refused", exception.Message),
            SecretUnreadableException => Of(StatusCodes.Status500InternalServerError, "secret.unreadable", exception.Message),
            RequestException e => Invalid(e.Code, e.Message),
            JsonException => Invalid("json.malformed", exception.Message),
            ArgumentException => Invalid("argument.invalid", exception.Message),
            _ => null,
        };

    private static ProblemHttpResult Of(DeskRefusedException e)
    {
        var status = e.Kind switch
        {
            DeskRefusal.Unknown => StatusCodes.Status404NotFound,
            DeskRefusal.Conflict => StatusCodes.Status409Conflict,
            DeskRefusal.Gone => StatusCodes.Status410Gone,
            DeskRefusal.Forbidden => StatusCodes.Status403Forbidden,
            _ => StatusCodes.Status400BadRequest,
        };
        return e.Fields.Count == 0
            ? Of(status, e.Code, e.Message)
            : TypedResults.Problem(
                new HttpValidationProblemDetails(e.Fields.ToDictionary(f => f.Key, f => f.Value))
                {
                    Status = status,
                    Detail = e.Message,
                    Extensions = { ["code"] = e.Code },
                }
            );
    }

    private static int StatusOf(RefusalKind kind) =>
        kind switch
        {
            RefusalKind.Unknown => StatusCodes.Status404NotFound,
            RefusalKind.Conflict => StatusCodes.Status409Conflict,
            RefusalKind.Forbidden => StatusCodes.Status403Forbidden,
            _ => StatusCodes.Status400BadRequest,
        };

    /// <summary>When to try again, where that is known.</summary>
    public static TimeSpan? RetryAfter(Exception exception) =>
        exception switch
        {
            StoreUnavailableException e => e.RetryAfter,
            InstanceBusyException e => e.RetryAfter,
            _ => null,
        };

    /// <summary>Sends the refusal.</summary>
    public static Task SendAsync(HttpContext context, ProblemHttpResult problem, TimeSpan? retryAfter)
    {
        if (retryAfter is { } wait)
            context.Response.Headers[HeaderNames.RetryAfter] = Math.Max(1, Math.Ceiling(wait.TotalSeconds))
                .ToString(CultureInfo.InvariantCulture);

        return problem.ExecuteAsync(context);
    }
}

/// <summary>Turns what a door did not catch into a refusal.</summary>
internal sealed class ProblemHandler(ILogger<ProblemHandler> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        // Who asked has gone.
        if (exception is OperationCanceledException && httpContext.RequestAborted.IsCancellationRequested)
            return true;

        if (Problems.Find(exception) is not { } problem)
        {
            Log.Defect(logger, httpContext.Request.Method, PathOf(httpContext), exception);
            problem = Problems.Of(
                StatusCodes.Status500InternalServerError,
                "server.defect",
                $"The server failed at this request. Its log tells more under {httpContext.TraceIdentifier}."
            );
        }

        await Problems.SendAsync(httpContext, problem, Problems.RetryAfter(exception));
        return true;
    }

    /// <summary>The path for the log. Whoever has a signed link may use it, so of those the pattern is told instead.</summary>
    internal static string PathOf(HttpContext context) =>
        context.Features.Get<IExceptionHandlerFeature>() is { Endpoint: RouteEndpoint door, RouteValues: { } values }
        && values.ContainsKey("token")
            ? door.RoutePattern.RawText ?? ""
            : context.Request.Path;
}
