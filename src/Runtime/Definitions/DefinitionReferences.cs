using System.Collections.Immutable;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Runtime.Definitions;

// Who uses a line as an activity, and on which of its versions.
public sealed partial class DefinitionService
{
    /// <summary>
    /// Moves all who use a line as an activity to its published version, whether it asks for that or not: a draft stays a draft, what was published is
    /// published anew.
    /// </summary>
    /// <param name="definitionId">The line.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The lines that were changed.</returns>
    /// <exception cref="DefinitionNotFoundException">No version of the line is published.</exception>
    /// <exception cref="WorkflowCompilationException">One of them cannot be published so. Those before it are changed.</exception>
    public Task<ImmutableArray<string>> UpdateReferencesAsync(string definitionId, CancellationToken ct) =>
        access.ActAsync(
            new Deed(Permissions.DefinitionsPublish, "definition.update-references", definitionId),
            () => MoveReferencesAsync(definitionId, ct),
            lines => Facts.Of(("changed", string.Join(", ", lines))),
            ct
        );

    private async Task<ImmutableArray<string>> MoveReferencesAsync(string definitionId, CancellationToken ct)
    {
        var published =
            await store.FindDefinitionAsync(definitionId, 0, ct)
            ?? throw new DefinitionNotFoundException($"No version of the definition '{definitionId}' is published.");

        return await UpdateConsumersAsync(
            StoredDefinition.Read(published),
            access.Actor.Who,
            new(StringComparer.Ordinal),
            ct,
            always: true
        );
    }
}
