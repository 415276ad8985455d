using System.Text.Json;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Workflows.Api.Definitions;

/// <summary>Definitions as files: export and import.</summary>
internal static class DefinitionFilesApi
{
    private const int MaxExport = 1000;

    /// <summary>Which versions to pack.</summary>
    internal sealed record ExportRequest(string[]? Ids, bool? IncludeConsumingWorkflows);

    /// <summary>How many were imported.</summary>
    internal sealed record ImportedView(int Count);

    public static RouteGroupBuilder MapDefinitionFiles(this RouteGroupBuilder routes)
    {
        routes
            .MapMethods("/workflow-definitions/import", ["POST", "PUT"], ImportAsync)
            .Needs(Permissions.DefinitionsWrite)
            .Accepts<JsonElement>("application/json");
        routes
            .MapMethods("/workflow-definitions/{definitionId}/import", ["POST", "PUT"], ImportIntoAsync)
            .Needs(Permissions.DefinitionsWrite)
            .Accepts<JsonElement>("application/json");
        routes
            .MapPost("/workflow-definitions/import-files", ImportFilesAsync)
            .Needs(Permissions.DefinitionsWrite)
            .Accepts<IFormFileCollection>("multipart/form-data");
        routes.MapGet("/workflow-definitions/{definitionId}/export", ExportAsync).Needs(Permissions.DefinitionsRead);
        routes
            .MapPost("/bulk-actions/export/workflow-definitions", ExportManyAsync)
            .Needs(Permissions.DefinitionsRead)
            .Accepts<ExportRequest>("application/json");
        return routes;
    }

    /// <summary>Stores a definition as draft of its own line.</summary>
    private static Task<IResult> ImportAsync(HttpRequest request, DefinitionSaving saving, DefinitionViews views, CancellationToken ct) =>
        ImportIntoAsync("", request, saving, views, ct);

    /// <summary>Stores a definition as draft of the given line.</summary>
    private static async Task<IResult> ImportIntoAsync(
        string definitionId,
        HttpRequest request,
        DefinitionSaving saving,
        DefinitionViews views,
        CancellationToken ct
    )
    {
        var file = DefinitionDocument.Read(DefinitionSaving.Read(await JsonBody.ReadAsync<JsonElement>(request, ct)));
        return new JsonAnswer(await views.OfAsync(await saving.ImportAsync(file, definitionId, ct), ct));
    }

    /// <summary>Stores the definitions of uploaded files, JSON or zip, as drafts.</summary>
    private static async Task<IResult> ImportFilesAsync(HttpRequest request, DefinitionSaving saving, CancellationToken ct)
    {
        if (!request.HasFormContentType)
            throw new RequestException("import.no-files", "Send the files as multipart/form-data.");

        IFormCollection form;

        try
        {
            form = await request.ReadFormAsync(ct);
        }
        catch (InvalidDataException e)
        {
            throw new RequestException("import.no-files", $"The form cannot be read: {e.Message}");
        }

        if (form.Files.Count == 0)
            throw new RequestException("import.no-files", "There is no file in the form. Send .json files, or .zip files of such.");

        // Read as a whole before anything is saved.
        var definitions = await DefinitionArchive.ReadAsync(form.Files, ct);

        foreach (var definition in definitions)
            await saving.ImportAsync(definition, definitionId: null, ct);

        return TypedResults.Ok(new ImportedView(definitions.Count));
    }

    /// <summary>A version of a definition as a file.</summary>
    private static async Task<IResult> ExportAsync(
        string definitionId,
        string? versionOptions,
        string? includeConsumingWorkflows,
        DefinitionService definitions,
        DefinitionConsumers consumers,
        CancellationToken ct
    )
    {
        if (await definitions.FindAsync(definitionId, versionOptions, ct) is not { } row)
            return Problems.NotFound(
                "definition.unknown",
                $"There is no definition '{definitionId}' with a version that fits '{versionOptions ?? "Latest"}'."
            );

        return bool.TryParse(includeConsumingWorkflows, out var include) && include
            ? await PackAsync([row], consumers, ct)
            : TypedResults.File(DefinitionDocument.Write(row), "application/json", DefinitionDocument.NameOf(row));
    }

    /// <summary>Versions of definitions as one zip file.</summary>
    private static async Task<IResult> ExportManyAsync(
        HttpRequest http,
        DefinitionService definitions,
        DefinitionConsumers consumers,
        CancellationToken ct
    )
    {
        var request = await JsonBody.ReadAsync<ExportRequest>(http, ct);
        var ids = (request.Ids ?? []).Distinct(StringComparer.Ordinal).ToList();

        if (ids.Count is 0 or > MaxExport)
            throw new RequestException("bulk.number", $"{ids.Count} versions are to be exported; name 1 to {MaxExport} in 'ids'.");

        var rows = new List<DefinitionRow>();

        foreach (var id in ids)
            if (await definitions.FindAsync(id, ct) is { } row)
                rows.Add(row);
            else
                return Problems.NotFound("definition.unknown", $"There is no definition version '{id}'.");

        return request.IncludeConsumingWorkflows == true
            ? await PackAsync(rows, consumers, ct)
            : TypedResults.File(DefinitionArchive.Write(rows), "application/zip", DefinitionArchive.FileName);
    }

    /// <summary>Packs versions, and the latest ones of all that use them.</summary>
    private static async Task<IResult> PackAsync(List<DefinitionRow> rows, DefinitionConsumers consumers, CancellationToken ct)
    {
        var lines = rows.Select(r => r.DefinitionId).ToHashSet(StringComparer.Ordinal);

        foreach (var consumer in await consumers.ListAsync(lines, ct))
            if (!lines.Contains(consumer.DefinitionId))
                rows.Add(consumer);

        return TypedResults.File(DefinitionArchive.Write(rows), "application/zip", DefinitionArchive.FileName);
    }
}
