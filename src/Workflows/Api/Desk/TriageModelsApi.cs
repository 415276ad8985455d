using Microsoft.AspNetCore.Http.HttpResults;
using ServiceLoop.Runtime.Access;
using ServiceLoop.ServiceDesk.TriageModels;

namespace ServiceLoop.Workflows.Api.Desk;

/// <summary>Models that tell what contacts want. They are trained by the command line: <c>train FILE.csv</c>.</summary>
internal static class TriageModelsApi
{
    public static IEndpointRouteBuilder MapTriageModels(this IEndpointRouteBuilder routes)
    {
        var models = routes.MapGroup("/triage/models").WithTags("Triage");
        models.MapGet("", ListAsync).Needs(Permissions.TriageRead);
        models.MapGet("/{version:long}", GetAsync).Needs(Permissions.TriageRead);
        models.MapPost("/{version:long}/activation", ActivateAsync).Needs(Permissions.TriageManage);
        models.MapPost("/back", BackAsync).Needs(Permissions.TriageManage);
        return routes;
    }

    /// <summary>Models, the newest first; without their reports.</summary>
    private static async Task<Ok<ListView<TriageModel>>> ListAsync(ModelDesk desk, CancellationToken ct)
    {
        var models = await desk.ListAsync(ct);
        return TypedResults.Ok(new ListView<TriageModel>(models, models.Count));
    }

    /// <summary>A model with what was measured of it: cross-validation by intent, reliability, the choice of the threshold.</summary>
    private static async Task<Ok<TriageModel>> GetAsync(long version, ModelDesk desk, CancellationToken ct) =>
        TypedResults.Ok(await desk.GetAsync(version, ct));

    /// <summary>Puts a model in force on all nodes.</summary>
    private static async Task<Ok<TriageModel>> ActivateAsync(long version, ModelDesk desk, CancellationToken ct) =>
        TypedResults.Ok(await desk.ActivateAsync(version, ct));

    /// <summary>Goes back to the model that was in force before.</summary>
    private static async Task<Ok<TriageModel>> BackAsync(ModelDesk desk, CancellationToken ct) =>
        TypedResults.Ok(await desk.GoBackAsync(ct));
}
