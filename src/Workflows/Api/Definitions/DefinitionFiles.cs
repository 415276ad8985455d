using System.Text.Json;
using ServiceLoop.Runtime.Definitions;

namespace ServiceLoop.Workflows.Api.Definitions;

/// <summary>Definitions as files: export and import.</summary>
internal static class DefinitionFiles
{
    public static RouteGroupBuilder MapDefinitionFiles(this RouteGroupBuilder routes)
    {
        routes.MapMethods("/workflow-definitions/import", ["POST", "PUT"], ImportAsync).Accepts<JsonElement>("application/json");
        routes
            .MapMethods("/workflow-definitions/{definitionId}/import", ["POST", "PUT"], ImportIntoAsync)
            .Accepts<JsonElement>("application/json");
        routes.MapGet("/workflow-definitions/{definitionId}/export", ExportAsync);
        return routes;
    }

    private static Task<IResult> ImportAsync(HttpRequest request, DefinitionSaving saving, DefinitionViews views, CancellationToken ct) =>
        ImportIntoAsync("", request, saving, views, ct);

    private static async Task<IResult> ImportIntoAsync(
        string definitionId,
        HttpRequest request,
        DefinitionSaving saving,
        DefinitionViews views,
        CancellationToken ct
    )
    {
        var file = DefinitionSaving.Read(await JsonBody.ReadAsync<JsonElement>(request, ct));
        return new JsonAnswer(await views.OfAsync(await saving.ImportAsync(DefinitionDocument.Read(file), definitionId, ct), ct));
    }

    private static async Task<IResult> ExportAsync(
        string definitionId,
        string? versionOptions,
        DefinitionService definitions,
        CancellationToken ct
    ) =>
        await definitions.FindAsync(definitionId, versionOptions, ct) is { } row
            ? TypedResults.File(DefinitionDocument.Write(row), "application/json", DefinitionDocument.NameOf(row))
            : Problems.NotFound(
                "definition.unknown",
                $"There is no definition '{definitionId}' with a version that fits '{versionOptions ?? "Latest"}'."
            );
}
