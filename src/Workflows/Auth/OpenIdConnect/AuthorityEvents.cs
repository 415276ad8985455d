using System.Globalization;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using ServiceLoop.Designer.SignIn;
using ServiceLoop.Identity;
using ServiceLoop.Identity.Elsewhere;
using ServiceLoop.Identity.Entrance;

namespace ServiceLoop.Workflows.Auth.OpenIdConnect;

/// <summary>What happens on the way to an authority and back. Whatever goes wrong ends on the sign-in page; only a session of our own lets anybody in.</summary>
internal sealed class AuthorityEvents(AuthoritySignIn signIn, PeopleOptions people, ILogger<AuthorityEvents> logger) : OpenIdConnectEvents
{
    private const int LongestReason = 500;

    // The handler has no other name for it.
    private const string NotOurs = "Correlation failed";

    public override Task RedirectToIdentityProvider(RedirectContext context)
    {
        context.ProtocolMessage.UiLocales = CultureInfo.CurrentUICulture.Name;
        return Task.CompletedTask;
    }

    /// <summary>Somebody comes back, whoever it is.</summary>
    public override Task MessageReceived(MessageReceivedContext context)
    {
        if (signIn.WaitOf(CallerOfRequest.Of(context.HttpContext)) is null)
            return Task.CompletedTask;

        ElsewhereDoor.Refuse(context.HttpContext, ElsewhereProblem.TooMany, null);
        context.HandleResponse();
        return Task.CompletedTask;
    }

    /// <summary>
    /// A token has come by the back door, and is right as far as the handler looks: there it also takes one that nobody has signed, because TLS has proven
    /// the authority. That would make every proxy in between an authority.
    /// </summary>
    public override Task TokenValidated(TokenValidatedContext context)
    {
        if (!AuthoritySetup.Algorithms.Contains(context.SecurityToken.SignatureAlgorithm, StringComparer.Ordinal))
            throw new SecurityTokenInvalidSignatureException("The token is not signed, or not in a way that proves the authority.");

        return Task.CompletedTask;
    }

    /// <summary>Somebody is proven: state, nonce, code and token have been checked.</summary>
    public override async Task TicketReceived(TicketReceivedContext context)
    {
        try
        {
            var proof = AuthorityClaims.Read(context.Principal, people.OpenIdConnect!.RoleClaim);
            var result = await signIn.EnterAsync(proof, CallerOfRequest.Of(context.HttpContext), context.HttpContext.RequestAborted);
            ElsewhereDoor.Enter(context.HttpContext, result, context.ReturnUri);
        }
        catch (Exception e) when (e is AuthenticationFailureException or IdentityRefusedException)
        {
            Tell(ElsewhereProblem.Failed, e, context.HttpContext);
            ElsewhereDoor.Refuse(context.HttpContext, ElsewhereProblem.Failed, context.ReturnUri);
        }

        context.HandleResponse();
    }

    /// <summary>The person called it off, or the authority did.</summary>
    public override Task AccessDenied(AccessDeniedContext context)
    {
        ElsewhereDoor.Refuse(context.HttpContext, ElsewhereProblem.Cancelled, context.ReturnUrl);
        context.HandleResponse();
        return Task.CompletedTask;
    }

    /// <summary>Anything else.</summary>
    public override Task RemoteFailure(RemoteFailureContext context)
    {
        var problem = ProblemOf(context.Failure, context.Properties);
        Tell(problem, context.Failure, context.HttpContext);
        ElsewhereDoor.Refuse(context.HttpContext, problem, context.Properties?.RedirectUri);
        context.HandleResponse();
        return Task.CompletedTask;
    }

    /// <summary>Tells log and audit log what went wrong.</summary>
    private void Tell(ElsewhereProblem problem, Exception? failure, HttpContext context)
    {
        var reason = string.Concat((failure?.Message ?? "no reason").Select(c => char.IsControl(c) ? ' ' : c));
        var told = reason.Length > LongestReason ? reason[..LongestReason] : reason;

        // Anybody can come back without having gone, as often as they like: that is for those who look closely.
        if (problem == ElsewhereProblem.Expired)
            Log.AuthorityExpired(logger, told);
        else
            Log.AuthorityFailed(logger, problem.ToString(), told);

        if (problem == ElsewhereProblem.Failed)
            signIn.Refuse(failure?.GetType().Name ?? problem.ToString(), CallerOfRequest.Of(context));
    }

    private static ElsewhereProblem ProblemOf(Exception? failure, AuthenticationProperties? properties) =>
        properties is null || failure?.Message.StartsWith(NotOurs, StringComparison.Ordinal) == true ? ElsewhereProblem.Expired
        : AuthorityOutage.Is(failure) ? ElsewhereProblem.Down
        : ElsewhereProblem.Failed;
}
