using Microsoft.AspNetCore.Http.HttpResults;
using ServiceLoop.Identity.Entrance;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Workflows.Auth;

namespace ServiceLoop.Workflows.Api.People;

/// <summary>Elsa's sign-in: tokens for its clients.</summary>
internal static class IdentityApi
{
    /// <summary>Who wants to sign in.</summary>
    /// <param name="Username">Name.</param>
    /// <param name="Password">Password.</param>
    /// <param name="Code">Code of the authenticator app, or a recovery code; for those who have set one up.</param>
    internal sealed record LoginRequest(string? Username, string? Password, string? Code);

    /// <summary>How it went.</summary>
    /// <param name="IsAuthenticated">Whether there are tokens.</param>
    /// <param name="AccessToken">Goes along with each request, as <c>Authorization: Bearer</c>.</param>
    /// <param name="RefreshToken">Is exchanged for new tokens, once.</param>
    internal sealed record LoginView(bool IsAuthenticated, string? AccessToken, string? RefreshToken)
    {
        public static readonly LoginView No = new(false, null, null);

        public static LoginView Of(TokenPair tokens) => new(true, tokens.AccessToken, tokens.RefreshToken);
    }

    public static RouteGroupBuilder MapIdentity(this RouteGroupBuilder routes)
    {
        var identity = routes.MapGroup("/identity").WithTags("Identity");
        identity.MapPost("/login", LoginAsync).OpenToAll("Here programs say who they are.");
        identity.MapPost("/refresh-token", RefreshAsync).OpenToAll("The refresh token says who it is.");
        return routes;
    }

    /// <summary>Exchanges name and password for tokens.</summary>
    private static async Task<Results<Ok<LoginView>, JsonHttpResult<LoginView>, ProblemHttpResult>> LoginAsync(
        LoginRequest request,
        HttpContext context,
        BearerTokens tokens,
        CancellationToken ct
    )
    {
        var (pair, refusal) = await tokens.SignInAsync(
            request.Username ?? "",
            request.Password ?? "",
            request.Code,
            CallerOfRequest.Of(context),
            ct
        );

        if (pair is not null)
            return TypedResults.Ok(LoginView.Of(pair));

        if (refusal is not SignInResult.TooMany { RetryAfter: var wait })
            return TypedResults.Json(LoginView.No, statusCode: StatusCodes.Status401Unauthorized);

        var seconds = RetryAfter.Write(context, wait);
        return Problems.Of(
            StatusCodes.Status429TooManyRequests,
            "access.too-many-attempts",
            $"Too many attempts. Try again in {seconds} s."
        );
    }

    /// <summary>Exchanges a refresh token for new tokens.</summary>
    /// <remarks>It stands in the header, as <c>Authorization: Bearer</c>, where Elsa's clients put it.</remarks>
    private static async Task<Results<Ok<LoginView>, JsonHttpResult<LoginView>>> RefreshAsync(
        HttpContext context,
        BearerTokens tokens,
        ProofLimits limits,
        CancellationToken ct
    )
    {
        if (
            BearerScheme.Find(context.Request) is { } token
            && await tokens.RefreshAsync(token, CallerOfRequest.Of(context), ct) is { } pair
        )
            return TypedResults.Ok(LoginView.Of(pair));

        limits.Failed(CallerOfRequest.AddressOf(context));
        return TypedResults.Json(LoginView.No, statusCode: StatusCodes.Status401Unauthorized);
    }
}
