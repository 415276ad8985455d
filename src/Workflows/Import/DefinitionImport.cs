using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Workflows.CommandLine;

namespace ServiceLoop.Workflows.Import;

/// <summary>Publishes the definitions of a folder at start: a file that is new or was changed becomes the next version, all else is left as it is.</summary>
/// <remarks>
/// What people did since counts more than a file that did not change: a newer version of theirs stays published, and one that they took back stays so.
/// A file with errors is told of, and the server starts without it.
/// </remarks>
internal sealed class DefinitionImport(DefinitionService definitions, DefinitionPlace place, ILogger<DefinitionImport> logger)
{
    // A second apart: longer than a dead node keeps what it held.
    private const int MaxTries = 120;

    /// <summary>Imports them. Several nodes may do so at once.</summary>
    /// <returns>How many versions were published.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        if (place.Find() is not { } folder)
            return 0;

        Log.Importing(logger, folder);
        var files = DefinitionPlace.FilesIn(folder).ToList();
        var waiting = files.Select(DefinitionFile.Read).Where(IsReadable).ToList();
        var (published, unchanged) = (0, 0);

        // Some use others as activities, and can be published only after them: go round until nothing moves any more.
        while (waiting.Count > 0)
        {
            var refused = new List<(DefinitionFile File, WorkflowCompilationException Why)>();

            foreach (var file in waiting)
                try
                {
                    if (await ImportAsync(file, folder, ct))
                        published++;
                    else
                        unchanged++;
                }
                catch (WorkflowCompilationException e)
                {
                    refused.Add((file, e));
                }

            if (refused.Count == waiting.Count)
            {
                foreach (var (file, why) in refused)
                    Tell(file.Path, why.Errors);

                break;
            }

            waiting = [.. refused.Select(r => r.File)];
        }

        if (unchanged > 0)
            Log.Unchanged(logger, unchanged);

        return published;
    }

    private async Task<bool> ImportAsync(DefinitionFile file, string folder, CancellationToken ct)
    {
        var definition = file.Definition!;
        var origin = Path.GetRelativePath(folder, file.Path).Replace('\\', '/');

        var result = await PublishAsync(definition, origin, ct);

        switch (result.Outcome)
        {
            case FileOutcome.Published:
                Log.Imported(logger, definition.DefinitionId, result.Version.Version, file.Path);
                Tell(file.Path, result.Warnings);
                return true;
            case FileOutcome.DraftInTheWay:
                Log.OddDefinition(
                    logger,
                    $"{file.Path}: not imported: '{definition.DefinitionId}' has a draft (version {result.Version.Version}). Publish or delete it, then start again."
                );
                return false;
            case FileOutcome.Unchanged:
                return false;
            default:
                throw new InvalidOperationException($"Unknown outcome {result.Outcome}.");
        }
    }

    /// <summary>Waits for its turn, in real time: other nodes that start at the same moment bring the same files.</summary>
    private async Task<FileResult> PublishAsync(WorkflowDefinition definition, string origin, CancellationToken ct)
    {
        for (var tries = 1; ; tries++)
            try
            {
                return await definitions.ImportFileAsync(definition, origin, ct);
            }
            catch (InstanceBusyException e) when (tries < MaxTries)
            {
                await Task.Delay(e.RetryAfter, ct);
            }
    }

    private bool IsReadable(DefinitionFile file)
    {
        if (file.Definition is not null)
            return true;

        Tell(file.Path, file.Errors);
        return false;
    }

    private void Tell(string path, IEnumerable<CompileError> errors)
    {
        foreach (var error in errors)
            if (error.Severity == CompileSeverity.Error)
                Log.NotImported(logger, DefinitionFile.Line(path, error));
            else
                Log.OddDefinition(logger, DefinitionFile.Line(path, error));
    }
}
