using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MudBlazor;
using MudBlazor.Services;
using ServiceLoop.Designer.Language;
using ServiceLoop.Designer.Lists;
using ServiceLoop.Designer.Shell;
using ServiceLoop.Designer.SignIn;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Designer;

/// <summary>The pages, for the composition root.</summary>
public static class PagesSetup
{
    /// <summary>Adds what the pages need. The runtime's services must be there too; register before other exception handlers.</summary>
    public static IServiceCollection AddServiceLoopPages(this IServiceCollection services)
    {
        services.AddLocalization();
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddMudServices(options => options.SnackbarConfiguration.PositionClass = Defaults.Classes.Position.BottomCenter);
        services.AddTransient<MudLocalizer, ComponentTexts>();
        services.AddScoped<BrowserZone>();
        services.AddScoped<Wishes>();
        services.AddExceptionHandler<PageFailures>();
        services.TryAddSingleton(TimeProvider.System);
        return services;
    }

    /// <summary>Opens the pages, their files and the switch of the language. Call after <c>UseExceptionHandler</c>.</summary>
    public static WebApplication MapServiceLoopPages(this WebApplication app)
    {
        app.UseStatusCodePages(Refusals.SendAsync);
        app.UseWhen(IsForPeople, people => people.UseRequestLocalization(Cultures.Configure).Use(Protection.GuardAsync));
        app.UseAntiforgery();
        app.MapStaticAssets().OpenToAll("The sign-in page is drawn with them; they are the same for everybody.");
        app.MapCultureSwitch();
        app.MapSignIn();
        app.MapGet("/favicon.ico", () => TypedResults.Redirect("/_content/ServiceLoop.Designer/favicon.svg"))
            .OpenToAll("Browsers ask for it before anybody has signed in.")
            .ExcludeFromDescription();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode(options => options.ContentSecurityFrameAncestorsPolicy = null);
        return app;
    }

    /// <summary>Doors for programs stay in the invariant culture; only what people read follows the browser's.</summary>
    private static bool IsForPeople(HttpContext context) =>
        context.Request.Path.StartsWithSegments("/_blazor", StringComparison.Ordinal)
        || (context.GetEndpoint() is { } endpoint && ForPeopleAttribute.IsOn(endpoint));
}
