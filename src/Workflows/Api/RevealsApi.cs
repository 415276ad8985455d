using Microsoft.AspNetCore.Http.HttpResults;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Secrets;

namespace ServiceLoop.Workflows.Api;

/// <summary>Secrets of instances, for those who may see them and say why.</summary>
internal static class RevealsApi
{
    /// <summary>Which secret, and why.</summary>
    /// <param name="What"><c>variables/NAME</c>, <c>inputs/NAME</c>, <c>outputs/NAME</c>, <c>incidents/ID</c>, <c>journal/POSITION</c> or <c>executions/ID/inputs/NAME</c>.</param>
    /// <param name="Reason">Why; stands in the audit log.</param>
    internal sealed record RevealRequest(string? What, string? Reason);

    /// <summary>A value as it is.</summary>
    internal sealed record RevealView(string What, object? Value);

    public static IEndpointRouteBuilder MapReveals(this IEndpointRouteBuilder routes)
    {
        // The service asks for the permission: who tries without it is to stand in the audit log.
        routes.MapPost("/instances/{id}/reveal", RevealAsync).WithTags("Secrets").NeedsIdentity();
        return routes;
    }

    /// <summary>Shows a value that is masked elsewhere. Who saw what, and why, stands in the audit log before the answer.</summary>
    private static async Task<Ok<RevealView>> RevealAsync(string id, RevealRequest? request, Reveals reveals, CancellationToken ct)
    {
        var what = request?.What ?? "";
        return TypedResults.Ok(new RevealView(what, await reveals.RevealAsync(id, what, request?.Reason ?? "", ct)));
    }
}
