using ServiceLoop.Engine.Definitions;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Definitions;

/// <summary>Definitions as they are stored: the JSON as it came; ids, number and flags of the row.</summary>
public static class StoredDefinition
{
    /// <summary>Reads a row; what the JSON says of id, number and flags does not count.</summary>
    public static WorkflowDefinition Read(DefinitionRow row) =>
        ElsaJson.Read(row.Content) with
        {
            Id = row.Id,
            DefinitionId = row.DefinitionId,
            Version = row.Version,
            IsLatest = row.IsLatest,
            IsPublished = row.IsPublished,
        };

    /// <summary>
    /// Whether two definitions say the same, however they are written: ids, number and flags of the version, moments, and the order in which a designer
    /// writes members and steps do not count.
    /// </summary>
    public static bool AreSame(WorkflowDefinition one, WorkflowDefinition other) => DefinitionContent.AreSame(one, other);
}
