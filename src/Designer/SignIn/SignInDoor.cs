using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;
using ServiceLoop.Designer.Language;
using ServiceLoop.Identity;
using ServiceLoop.Identity.Actors;
using ServiceLoop.Identity.Entrance;
using ServiceLoop.Identity.Users;
using ServiceLoop.Runtime.Access;
using SignInResult = ServiceLoop.Identity.Entrance.SignInResult;

namespace ServiceLoop.Designer.SignIn;

/// <summary>Sign-in, its second step, the first change of a password, sign-out: forms of plain HTML.</summary>
public static class SignInDoor
{
    /// <summary>Where one signs in.</summary>
    public const string Path = "/sign-in";

    /// <summary>Where the code is asked for.</summary>
    public const string CodePath = "/sign-in/second-factor";

    /// <summary>Where a new password is chosen.</summary>
    public const string NewPasswordPath = "/sign-in/new-password";

    /// <summary>Where one signs out.</summary>
    public const string OutPath = "/sign-out";

    /// <summary>Name of the parameter that says where to go on; only paths of this server count.</summary>
    public const string BackName = "returnUrl";

    // Between password and code; holds nothing that lets anybody in.
    private const string TicketCookie = "serviceloop-step";

    /// <summary>Opens the forms. Sign-out and the new password lead to the sign-in whoever has no session.</summary>
    public static IEndpointRouteBuilder MapSignIn(this IEndpointRouteBuilder routes)
    {
        RouteHandlerBuilder[] doors =
        [
            routes.MapGet(Path, ShowSignIn),
            routes.MapPost(Path, SignInAsync),
            routes.MapGet(CodePath, ShowCode),
            routes.MapPost(CodePath, SendCodeAsync),
            routes.MapGet(NewPasswordPath, ShowNewPassword),
            routes.MapPost(NewPasswordPath, ChoosePasswordAsync),
            routes.MapGet(OutPath, ShowSignOut),
            routes.MapPost(OutPath, SignOutAsync),
            .. routes.MapElsewhere(),
        ];

        // Forged forms are refused by the filter, which tells a person what to do; the framework's own refusal would be an error.
        foreach (var door in doors)
            door.DisableAntiforgery()
                .AddEndpointFilter(RefuseForgedAsync)
                .OpenToAll("Here people say who they are.")
                .ExcludeFromDescription()
                .WithMetadata(new ForPeopleAttribute());

        return routes;
    }

    /// <summary>A path of this server; anything else becomes the overview.</summary>
    public static string Local(string? back) => CultureSwitch.IsLocal(back) ? back! : "/";

    private static async ValueTask<object?> RefuseForgedAsync(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        var context = call.HttpContext;
        var services = context.RequestServices;

        if (!HttpMethods.IsPost(context.Request.Method) || await services.GetRequiredService<IAntiforgery>().IsRequestValidAsync(context))
            return await next(call);

        var texts = services.GetRequiredService<IStringLocalizer<SignInTexts>>();
        return SignInForm(context, "/", "", texts["Expired"], StatusCodes.Status400BadRequest);
    }

    private static IResult ShowSignIn(
        [FromQuery(Name = BackName)] string? back,
        [FromQuery] string? problem,
        HttpContext context,
        PeopleOptions options,
        IStringLocalizer<SignInTexts> texts
    ) =>
        ElsewhereDoor.Sentence(problem, options, texts) is { } sentence
            ? SignInForm(context, Local(back), "", sentence, StatusCodes.Status200OK)
        : ActorOf.Identity(context.User) is { MustChangePassword: false } ? Results.LocalRedirect(Local(back))
        : SignInForm(context, Local(back), "", null, StatusCodes.Status200OK);

    private static async Task<IResult> SignInAsync(
        [FromForm] string? name,
        [FromForm] string? password,
        [FromForm(Name = BackName)] string? back,
        HttpContext context,
        Identity.Entrance.SignIn signIn,
        IStringLocalizer<SignInTexts> texts,
        CancellationToken ct
    )
    {
        var result = await signIn.WithPasswordAsync(name ?? "", password ?? "", CallerOf(context), ct);

        if (result is SignInResult.NeedsCode code)
        {
            context.Response.Cookies.Append(TicketCookie, code.Ticket, TicketOptions(context));
            return Results.LocalRedirect(With(CodePath, Local(back)));
        }

        return Enter(context, result, back) is { } place
            ? Results.LocalRedirect(place)
            : SignInForm(context, Local(back), name ?? "", ProblemOf(context, result, texts, "Refused"), StatusOf(result));
    }

    private static IResult ShowCode([FromQuery(Name = BackName)] string? back, HttpContext context) =>
        context.Request.Cookies.ContainsKey(TicketCookie)
            ? Form<SecondFactorPage>(context, Local(back), null, StatusCodes.Status200OK)
            : Results.LocalRedirect(With(Path, Local(back)));

    private static async Task<IResult> SendCodeAsync(
        [FromForm] string? code,
        [FromForm(Name = BackName)] string? back,
        HttpContext context,
        Identity.Entrance.SignIn signIn,
        IStringLocalizer<SignInTexts> texts,
        CancellationToken ct
    )
    {
        if (context.Request.Cookies[TicketCookie] is not { } ticket)
            return Results.LocalRedirect(With(Path, Local(back)));

        var result = await signIn.WithCodeAsync(ticket, code ?? "", CallerOf(context), ct);

        if (Enter(context, result, back) is not { } place)
            return Form<SecondFactorPage>(context, Local(back), ProblemOf(context, result, texts, "CodeRefused"), StatusOf(result));

        context.Response.Cookies.Delete(TicketCookie, TicketOptions(context));
        return Results.LocalRedirect(place);
    }

    private static IResult ShowNewPassword([FromQuery(Name = BackName)] string? back, HttpContext context, PeopleOptions options) =>
        ActorOf.Identity(context.User) is { Actor.Kind: Runtime.Access.ActorKind.Person }
            ? NewPasswordForm(context, Local(back), options, null, StatusCodes.Status200OK)
            : Results.LocalRedirect(With(Path, Local(back)));

    private static async Task<IResult> ChoosePasswordAsync(
        [FromForm] string? old,
        [FromForm(Name = "new")] string? wanted,
        [FromForm] string? again,
        [FromForm(Name = BackName)] string? back,
        HttpContext context,
        Account account,
        PeopleOptions options,
        IStringLocalizer<SignInTexts> texts,
        CancellationToken ct
    )
    {
        if (ActorOf.Identity(context.User) is not { Actor.Kind: Runtime.Access.ActorKind.Person })
            return Results.LocalRedirect(With(Path, Local(back)));

        if (!string.Equals(wanted, again, StringComparison.Ordinal))
            return NewPasswordForm(context, Local(back), options, texts["NotTheSame"], StatusCodes.Status400BadRequest);

        try
        {
            await account.ChangePasswordAsync(old ?? "", wanted ?? "", ct);
            return Results.LocalRedirect(Local(back));
        }
        catch (IdentityRefusedException e)
        {
            var text = texts[e.Code];
            return NewPasswordForm(
                context,
                Local(back),
                options,
                text.ResourceNotFound ? e.Message : text,
                StatusCodes.Status400BadRequest
            );
        }
    }

    private static IResult ShowSignOut(HttpContext context) =>
        ActorOf.Identity(context.User) is { Actor.Kind: Runtime.Access.ActorKind.Person } identity
            ? Form<SignOutPage>(context, "/", null, StatusCodes.Status200OK, (nameof(SignOutPage.Name), identity.Actor.Name))
            : Results.LocalRedirect(Path);

    private static async Task<IResult> SignOutAsync(HttpContext context, Sessions sessions, CancellationToken ct)
    {
        await sessions.SignOutAsync(ct);
        SessionCookie.Remove(context);
        return Results.LocalRedirect(Path);
    }

    /// <summary>Hands the session to the browser.</summary>
    /// <returns>Where to go on; null when nobody came in.</returns>
    internal static string? Enter(HttpContext context, SignInResult result, string? back)
    {
        if (result is not SignInResult.Done done)
            return null;

        SessionCookie.Write(context, done.SessionText);
        CultureSwitch.Suggest(context, done.Language);
        return done.MustChangePassword ? With(NewPasswordPath, Local(back)) : Local(back);
    }

    private static string With(string path, string back) => back == "/" ? path : $"{path}?{BackName}={Uri.EscapeDataString(back)}";

    private static int StatusOf(SignInResult result) =>
        result is SignInResult.TooMany ? StatusCodes.Status429TooManyRequests : StatusCodes.Status401Unauthorized;

    private static string ProblemOf(HttpContext context, SignInResult result, IStringLocalizer<SignInTexts> texts, string refused)
    {
        if (result is not SignInResult.TooMany { RetryAfter: var wait })
            return texts[refused];

        return texts["TooMany", RetryAfter.Write(context, wait)];
    }

    private static Caller CallerOf(HttpContext context) => CallerOfRequest.Of(context);

    private static CookieOptions TicketOptions(HttpContext context) =>
        new()
        {
            HttpOnly = true,
            IsEssential = true,
            Path = CodePath,
            SameSite = Microsoft.AspNetCore.Http.SameSiteMode.Lax,
            Secure = context.Request.IsHttps,
            MaxAge = TimeSpan.FromMinutes(5),
        };

    private static IResult SignInForm(HttpContext context, string back, string name, string? problem, int status) =>
        Form<SignInPage>(
            context,
            back,
            problem,
            status,
            (nameof(SignInPage.Name), name),
            (nameof(SignInPage.Elsewhere), context.RequestServices.GetRequiredService<PeopleOptions>().OpenIdConnect?.Title)
        );

    private static IResult NewPasswordForm(HttpContext context, string back, PeopleOptions options, string? problem, int status) =>
        Form<NewPasswordPage>(
            context,
            back,
            problem,
            status,
            (nameof(NewPasswordPage.Name), ActorOf.Principal(context.User).Name),
            (nameof(NewPasswordPage.Length), options.PasswordLength)
        );

    private static RazorComponentResult<TPage> Form<TPage>(
        HttpContext context,
        string back,
        string? problem,
        int status,
        params ReadOnlySpan<(string Name, object? Value)> more
    )
        where TPage : SignInForm
    {
        var antiforgery = context.RequestServices.GetRequiredService<IAntiforgery>();
        var parameters = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            [nameof(SignIn.SignInForm.Token)] = antiforgery.GetAndStoreTokens(context),
            [nameof(SignIn.SignInForm.Back)] = back,
            [nameof(SignIn.SignInForm.Problem)] = problem,
        };

        foreach (var (name, value) in more)
            parameters[name] = value;

        return new RazorComponentResult<TPage>(parameters) { StatusCode = status, PreventStreamingRendering = true };
    }
}
