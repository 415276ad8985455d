using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Localization;
using Microsoft.Extensions.Logging;
using ServiceLoop.Identity;
using ServiceLoop.Identity.Elsewhere;
using ServiceLoop.Identity.Entrance;
using SignInResult = ServiceLoop.Identity.Entrance.SignInResult;

namespace ServiceLoop.Designer.SignIn;

/// <summary>Sign-in at an authority: the way there, and what the sign-in page says when somebody comes back without having come in.</summary>
public static class ElsewhereDoor
{
    /// <summary>Where the way to the authority begins.</summary>
    public const string Path = "/sign-in/elsewhere";

    /// <summary>Where the authority sends people back.</summary>
    public const string ReturnPath = "/sign-in/elsewhere/return";

    private const string ProblemName = "problem";

    /// <summary>Ends the way back: in, or on the sign-in page, which says why not.</summary>
    /// <param name="context">The request by which somebody came back.</param>
    /// <param name="result">How it ended.</param>
    /// <param name="back">Where to go on; only paths of this server count.</param>
    public static void Enter(HttpContext context, SignInResult result, string? back)
    {
        if (SignInDoor.Enter(context, result, back) is { } place)
            context.Response.Redirect(place);
        else
            Refuse(context, result is SignInResult.NotAdmitted { Problem: var problem } ? problem : ElsewhereProblem.Failed, back);
    }

    /// <summary>Leads to the sign-in page, which says what was wrong.</summary>
    /// <inheritdoc cref="Enter" path="/param"/>
    /// <param name="problem">What.</param>
    public static void Refuse(HttpContext context, ElsewhereProblem problem, string? back) =>
        context.Response.Redirect(
            SignInDoor.Local(back) is var local and not "/"
                ? $"{SignInDoor.Path}?{ProblemName}={problem}&{SignInDoor.BackName}={Uri.EscapeDataString(local)}"
                : $"{SignInDoor.Path}?{ProblemName}={problem}"
        );

    internal static IEnumerable<RouteHandlerBuilder> MapElsewhere(this IEndpointRouteBuilder routes) =>
        [
            routes.MapGet(Path, StartAsync),
            // Where there is an authority, its scheme takes this before any door is looked for.
            routes.MapGet(ReturnPath, () => Results.LocalRedirect(SignInDoor.Path)),
        ];

    /// <summary>The sentence for a problem that an address names; null for none of them.</summary>
    internal static string? Sentence(string? problem, PeopleOptions options, IStringLocalizer texts) =>
        options.OpenIdConnect is { } authority
        && Enum.TryParse<ElsewhereProblem>(problem, ignoreCase: false, out var known)
        && Enum.IsDefined(known)
            ? texts[$"Elsewhere{known}", authority.Title].Value
            : null;

    // The handler asks the authority for its addresses and keys, and remembers them.
    private static async Task LeadAsync(HttpContext context, string back, ILogger logger)
    {
        try
        {
            await context.ChallengeAsync(Schemes.OpenIdConnect, new AuthenticationProperties { RedirectUri = back });
        }
        catch (Exception e) when (e is InvalidOperationException or HttpRequestException or IOException or TaskCanceledException)
        {
            Log.AuthorityDown(logger, (e.InnerException ?? e).Message.ReplaceLineEndings(" "));
            Refuse(context, ElsewhereProblem.Down, back);
        }
    }

    private static async Task StartAsync(
        [FromQuery(Name = SignInDoor.BackName)] string? back,
        HttpContext context,
        PeopleOptions options,
        AuthoritySignIn signIn,
        ILogger<SignInTexts> logger
    )
    {
        if (options.OpenIdConnect is null)
            context.Response.Redirect(SignInDoor.Path);
        else if (signIn.WaitOf(CallerOfRequest.Of(context)) is not null)
            Refuse(context, ElsewhereProblem.TooMany, back);
        else
            await LeadAsync(context, SignInDoor.Local(back), logger);
    }
}
