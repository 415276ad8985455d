namespace ServiceLoop.Engine.Definitions;

/// <summary>Finds the definitions that others use as activities.</summary>
public interface IDefinitionSource
{
    /// <summary>Finds a version by its id; null when unknown.</summary>
    WorkflowDefinition? FindVersion(string definitionVersionId);

    /// <summary>Finds a version of a line: the given number, else the published one, else the latest; null when unknown.</summary>
    WorkflowDefinition? FindByDefinitionId(string definitionId, int version = 0);

    /// <summary>Finds a version by the type name it has as activity: the given number, else the newest published; null when unknown.</summary>
    WorkflowDefinition? FindByTypeName(string typeName, int version = 0);
}

/// <summary>A fixed set of definitions.</summary>
/// <param name="definitions">The versions, oldest first.</param>
public sealed class DefinitionSet(IReadOnlyList<WorkflowDefinition> definitions) : IDefinitionSource
{
    /// <summary>A set without definitions.</summary>
    public static readonly DefinitionSet Empty = new([]);

    /// <inheritdoc/>
    public WorkflowDefinition? FindVersion(string definitionVersionId) => definitions.LastOrDefault(d => d.Id == definitionVersionId);

    /// <inheritdoc/>
    public WorkflowDefinition? FindByDefinitionId(string definitionId, int version = 0) =>
        Best(d => d.DefinitionId == definitionId, version);

    /// <inheritdoc/>
    public WorkflowDefinition? FindByTypeName(string typeName, int version = 0) =>
        Best(d => d.UsableAsActivity && d.ActivityTypeName == typeName, version);

    private WorkflowDefinition? Best(Func<WorkflowDefinition, bool> matches, int version)
    {
        var candidates = definitions.Where(matches).ToList();
        return candidates.LastOrDefault(d => d.Version == version)
            ?? candidates.Where(d => d.IsPublished).MaxBy(d => d.Version)
            ?? candidates.MaxBy(d => d.Version);
    }
}
