using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using ServiceLoop.Designer.Language;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Instances;

namespace ServiceLoop.Designer.Studio;

/// <summary>The addresses of Elsa Studio's screens. What does not exist is told before Studio starts, because Studio would stay blank.</summary>
internal static class StudioPagesDoor
{
    private const int Latest = -1;

    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    public static IEndpointRouteBuilder MapStudioPages(this IEndpointRouteBuilder routes)
    {
        routes.Page("/studio", ListDefinitions);
        routes.Page("/studio/workflows/definitions/{id}/edit", EditAsync);
        routes.Page("/studio/workflows/instances", ListInstances, Permissions.InstancesRead);
        routes.Page("/studio/workflows/instances/{id}/view", ViewAsync, Permissions.InstancesRead);

        // Other places that Studio leads to; its package has no page for them, and we have.
        routes.Page("/studio/workflows/definitions", () => TypedResults.Redirect(StudioAddress.Definitions));
        routes.Page("/studio/alterations/{**rest}", () => TypedResults.Redirect(AdminAddress.Instances));
        routes.Page("/studio/alterations/instances/{id}", (string id) => TypedResults.Redirect(AdminAddress.Instance(id)));
        routes.Page("/studio/diagnostics/structured-logs", Logs);
        routes.Page("/diagnostics/structured-logs", Logs);
        routes.Page("/studio/{**rest:nonfile}", Nothing);

        // A hub that is not there must be "not found": then Studio polls. Of any other refusal it makes an error.
        routes.Map("/elsa/hubs/{**rest}", () => TypedResults.NotFound()).NeedsIdentity().DisableAntiforgery().ExcludeFromDescription();
        return routes;
    }

    private static void Page(
        this IEndpointRouteBuilder routes,
        string address,
        Delegate handler,
        string permission = Permissions.DefinitionsRead
    ) => routes.MapMethods(address, Reading, handler).Needs(permission).WithMetadata(new ForPeopleAttribute()).ExcludeFromDescription();

    private static IResult ListDefinitions(HttpContext http, StudioPage page, StudioPackage package) =>
        http.Request.Path.Value is [.., '/']
            ? Show(http, page, package, StudioScreen.Definitions, null)
            : TypedResults.Redirect(StudioAddress.Definitions + http.Request.QueryString);

    private static IResult ListInstances(HttpContext http, StudioPage page, StudioPackage package) =>
        Show(http, page, package, StudioScreen.Instances, null);

    private static async Task<IResult> EditAsync(
        string id,
        HttpContext http,
        StudioPage page,
        StudioPackage package,
        DefinitionService definitions,
        CancellationToken ct
    ) =>
        await definitions.FindAsync(id, Latest, ct) is null
            ? page.Refuse(http, StatusCodes.Status404NotFound, "DefinitionMissing", id)
            : Show(http, page, package, StudioScreen.Editor, id);

    private static async Task<IResult> ViewAsync(
        string id,
        HttpContext http,
        StudioPage page,
        StudioPackage package,
        WorkflowRuntime runtime,
        CancellationToken ct
    ) =>
        await runtime.FindAsync(id, ct) is null
            ? page.Refuse(http, StatusCodes.Status404NotFound, "InstanceMissing", id, toInstances: true)
            : Show(http, page, package, StudioScreen.Viewer, id);

    private static IResult Show(HttpContext http, StudioPage page, StudioPackage package, StudioScreen screen, string? id) =>
        package.Version is null
            ? page.Refuse(http, StatusCodes.Status503ServiceUnavailable, "NotInstalled", "")
            : page.Show(http, screen, id);

    private static IResult Logs(string? workflowInstanceId) =>
        TypedResults.Redirect(workflowInstanceId is null ? AdminAddress.Instances : AdminAddress.Instance(workflowInstanceId));

    private static IResult Nothing(HttpContext http, StudioPage page) =>
        page.Refuse(http, StatusCodes.Status404NotFound, "PageMissing", http.Request.Path.Value ?? "");
}
