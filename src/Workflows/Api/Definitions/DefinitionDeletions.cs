using ServiceLoop.Runtime.Definitions;

namespace ServiceLoop.Workflows.Api.Definitions;

/// <summary>Deletes definitions as Elsa does, with their ended instances, but never under a running one.</summary>
/// <param name="definitions">Where they are.</param>
internal sealed class DefinitionDeletions(DefinitionService definitions)
{
    /// <summary>Removes a line with all its versions.</summary>
    /// <returns>False when there is none.</returns>
    /// <exception cref="RequestException">Something still needs it.</exception>
    public Task<bool> DeleteLineAsync(string definitionId, CancellationToken ct) =>
        DeleteAsync(() => definitions.DeleteLineAsync(definitionId, withEnded: true, ct), $"Definition '{definitionId}'");

    /// <summary>Removes a version.</summary>
    /// <returns>False when there is none.</returns>
    /// <exception cref="RequestException">It is published, or something still needs it.</exception>
    public Task<bool> DeleteVersionAsync(string versionId, CancellationToken ct) =>
        DeleteAsync(() => definitions.DeleteVersionAsync(versionId, withEnded: true, ct), $"Version '{versionId}'");

    private static async Task<bool> DeleteAsync(Func<Task<DeleteResult>> delete, string what)
    {
        DeleteResult result;

        try
        {
            result = await delete();
        }
        catch (DefinitionNotFoundException)
        {
            return false;
        }

        return result switch
        {
            DeleteResult.Deleted => true,
            DeleteResult.IsPublished => throw new RequestException("definition.published", $"{what} is published. Retract it first."),
            DeleteResult.IsRunning => throw new RequestException(
                "definition.running",
                $"Instances run on {char.ToLowerInvariant(what[0])}{what[1..]}. Cancel or migrate them first."
            ),
            DeleteResult.HasEnded => throw new RequestException(
                "definition.in-use",
                $"{what} has instances that ended just now. Try again."
            ),
            DeleteResult.IsPinned => throw new RequestException(
                "definition.pinned",
                $"{what} is used as an activity by a published workflow. Publish that without it, and delete its older versions, first."
            ),
            _ => throw new InvalidOperationException($"Unknown result {result}."),
        };
    }
}
