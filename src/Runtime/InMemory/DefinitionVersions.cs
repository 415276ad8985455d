using ServiceLoop.Engine.Definitions;

namespace ServiceLoop.Runtime.InMemory;

/// <summary>All versions of all definitions, under Elsa's rules: one latest and at most one published version per line.</summary>
internal sealed class DefinitionVersions : IDefinitionSource
{
    private readonly List<WorkflowDefinition> versions = [];
    private DefinitionSet set = DefinitionSet.Empty;
    private int generated;

    /// <summary>In the order of their creation.</summary>
    public IReadOnlyList<WorkflowDefinition> All => versions;

    public WorkflowDefinition? Latest(string definitionId) => Of(definitionId).LastOrDefault(v => v.IsLatest);

    public WorkflowDefinition? Published(string definitionId) => Of(definitionId).LastOrDefault(v => v.IsPublished);

    public WorkflowDefinition? Version(string definitionId, int version) => Of(definitionId).LastOrDefault(v => v.Version == version);

    /// <summary>Saves a draft: the latest version if it is one, else the next.</summary>
    /// <remarks>Number and flags of the file do not count; its ids do, as far as they are free.</remarks>
    public WorkflowDefinition Save(WorkflowDefinition file)
    {
        var definitionId = file.DefinitionId.Length > 0 ? file.DefinitionId : NewId("definition");
        var latest = Latest(definitionId);

        if (latest is { IsPublished: false })
            return Replace(
                latest,
                file with
                {
                    Id = latest.Id,
                    DefinitionId = definitionId,
                    Version = latest.Version,
                    IsLatest = true,
                    IsPublished = false,
                }
            );

        return Append(file with { DefinitionId = definitionId });
    }

    public WorkflowDefinition Publish(WorkflowDefinition version)
    {
        foreach (var other in Of(version.DefinitionId).ToList())
            if (other.Id != version.Id && (other.IsLatest || other.IsPublished))
                Replace(other, other with { IsLatest = false, IsPublished = false });

        return Replace(version, version with { IsLatest = true, IsPublished = true });
    }

    public WorkflowDefinition Retract(WorkflowDefinition version) => Replace(version, version with { IsPublished = false });

    /// <summary>Copies a version as the new latest draft; the published one stays published.</summary>
    public WorkflowDefinition Revert(WorkflowDefinition version) => Append(version with { Id = "" });

    public WorkflowDefinition? FindVersion(string definitionVersionId) => set.FindVersion(definitionVersionId);

    public WorkflowDefinition? FindByDefinitionId(string definitionId, int version = 0) => set.FindByDefinitionId(definitionId, version);

    public WorkflowDefinition? FindByTypeName(string typeName, int version = 0) => set.FindByTypeName(typeName, version);

    private IEnumerable<WorkflowDefinition> Of(string definitionId) => versions.Where(v => v.DefinitionId == definitionId);

    private WorkflowDefinition Append(WorkflowDefinition version)
    {
        foreach (var other in Of(version.DefinitionId).Where(v => v.IsLatest).ToList())
            Replace(other, other with { IsLatest = false });

        var added = version with
        {
            Id = version.Id.Length > 0 && versions.TrueForAll(v => v.Id != version.Id) ? version.Id : NewId("version"),
            Version = Of(version.DefinitionId).Select(v => v.Version).DefaultIfEmpty().Max() + 1,
            IsLatest = true,
            IsPublished = false,
        };
        versions.Add(added);
        set = new DefinitionSet([.. versions]);
        return added;
    }

    private WorkflowDefinition Replace(WorkflowDefinition before, WorkflowDefinition after)
    {
        versions[versions.FindIndex(v => v.Id == before.Id)] = after;
        set = new DefinitionSet([.. versions]);
        return after;
    }

    private string NewId(string kind)
    {
        string id;

        do id = $"{kind}-{++generated}";
        while (versions.Exists(v => v.Id == id || v.DefinitionId == id));

        return id;
    }
}
