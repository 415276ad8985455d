using System.IO.Compression;
using System.Net.Mime;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Files;
using ServiceLoop.Runtime.Instances;

namespace ServiceLoop.Workflows.Api.Instances;

/// <summary>Instances as files: one as JSON, several as ZIP; and back.</summary>
internal static class InstanceFilesApi
{
    private const int MaxFiles = 1000;

    // An instance is some kilobytes; one with a long history some megabytes.
    private const int MaxFileBytes = 32 * 1024 * 1024;

    /// <summary>Which instances to export.</summary>
    /// <param name="Ids">The instances.</param>
    /// <param name="Secrets">True: with secrets as they are, for who may see them.</param>
    /// <param name="Reason">Why with secrets; needed then, 1 to 500 characters, stands in the audit log.</param>
    internal sealed record ExportRequest(string[]? Ids, bool? Secrets, string? Reason);

    /// <summary>How many were put in, and why others were not.</summary>
    internal sealed record ImportView(int Count, IReadOnlyList<FailedFileView> Failed);

    /// <summary>A file that was not put in.</summary>
    internal sealed record FailedFileView(string File, string Error);

    public static RouteGroupBuilder MapInstanceFiles(this RouteGroupBuilder routes)
    {
        routes.MapGet("/workflow-instances/{id}/export", ExportAsync).Needs(Permissions.InstancesExport);
        routes
            .MapPost("/bulk-actions/export/workflow-instances", ExportManyAsync)
            .Needs(Permissions.InstancesExport)
            .DisableRequestTimeout();
        routes.MapPost("/bulk-actions/import/workflow-instances", ImportAsync).Needs(Permissions.InstancesExport);
        return routes;
    }

    /// <summary>An instance with its state and history as a JSON file; without its secrets, unless they are asked for with secrets=true and a reason.</summary>
    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> ExportAsync(
        string id,
        bool? secrets,
        string? reason,
        InstanceFiles files,
        CancellationToken ct
    ) =>
        await WriteAsync(id, secrets, reason, files, ct) is { } json
            ? TypedResults.File(json, MediaTypeNames.Application.Json, NameOf(id))
            : InstancesApi.Unknown(id);

    private static Task<byte[]?> WriteAsync(string id, bool? secrets, string? reason, InstanceFiles files, CancellationToken ct)
    {
        if (secrets != true)
            return files.ExportAsync(id, ct);

        return files.ExportWithSecretsAsync(id, reason, ct);
    }

    /// <summary>Instances as files: one as JSON, several as ZIP; unknown ones are left out.</summary>
    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> ExportManyAsync(
        ExportRequest request,
        InstanceFiles files,
        CancellationToken ct
    )
    {
        if (request.Ids?.Distinct(StringComparer.Ordinal).ToList() is not { Count: > 0 } ids)
            return Problems.Invalid("bulk.unnamed", "Name the instances: ids.");

        if (ids.Count > MaxFiles)
            return Problems.Invalid("bulk.too-many", $"{ids.Count} instances in one call are too many; at most {MaxFiles}.");

        if (ids is [var only])
            return await ExportAsync(only, request.Secrets, request.Reason, files, ct);

        using var buffer = new MemoryStream();

        await using (var zip = await ZipArchive.CreateAsync(buffer, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, ct))
            foreach (var id in ids)
                if (await WriteAsync(id, request.Secrets, request.Reason, files, ct) is { } json)
                {
                    await using var entry = await zip.CreateEntry(NameOf(id)).OpenAsync(ct);
                    await entry.WriteAsync(json, ct);
                }

        return TypedResults.File(buffer.ToArray(), MediaTypeNames.Application.Zip, "workflow-instances.zip");
    }

    /// <summary>Puts exported instances in, from JSON and ZIP files of a form; what cannot be put in is told with its reason.</summary>
    private static async Task<Results<Ok<ImportView>, ProblemHttpResult>> ImportAsync(
        HttpRequest request,
        InstanceFiles files,
        CancellationToken ct
    )
    {
        if (!request.HasFormContentType)
            return Problems.Invalid("import.no-files", "Send the files as multipart/form-data, each as 'files'.");

        var form = await request.ReadFormAsync(ct);

        if (form.Files.Count is 0 or > MaxFiles)
            return Problems.Invalid(
                "import.no-files",
                $"Send 1 to {MaxFiles} files as multipart/form-data, each as 'files'; there are {form.Files.Count}."
            );

        var count = 0;
        var failed = new List<FailedFileView>();

        foreach (var file in form.Files)
        {
            try
            {
                await foreach (var (name, json) in ReadAsync(file, ct))
                    try
                    {
                        await files.ImportAsync(json, ct);
                        count++;
                    }
                    catch (InstanceFileException e)
                    {
                        failed.Add(new(name, e.Message));
                    }
            }
            catch (SentFileException e)
            {
                failed.Add(new(file.FileName, e.Message));
            }
        }

        return count > 0 || failed.Count == 0
            ? TypedResults.Ok(new ImportView(count, failed))
            : Problems.Invalid("import.refused", string.Join(' ', failed.Select(f => $"{f.File}: {f.Error}")));
    }

    private static async IAsyncEnumerable<(string Name, byte[] Json)> ReadAsync(
        IFormFile file,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        await using var stream = file.OpenReadStream();

        if (!file.FileName.EndsWith(".zip", StringComparison.OrdinalIgnoreCase))
        {
            yield return (file.FileName, await SentFiles.ReadAsync(stream, file.FileName, MaxFileBytes, ct));
            yield break;
        }

        using var zip = SentFiles.OpenZip(stream, file.FileName);

        if (zip.Entries.Count > MaxFiles)
            throw new SentFileException(
                FileFlaw.TooMany,
                $"'{file.FileName}' has {zip.Entries.Count} entries; at most {MaxFiles} are read. Send them in several."
            );

        foreach (var entry in zip.Entries.Where(e => e.Name.EndsWith(".json", StringComparison.OrdinalIgnoreCase)))
        {
            var name = $"{file.FileName}/{entry.FullName}";
            yield return (name, await SentFiles.ReadAsync(entry, name, MaxFileBytes, ct));
        }
    }

    private static string NameOf(string id) =>
        $"workflow-instance-{string.Concat(id.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '_'))}.json";
}
