using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Workflows.Api.Definitions;

/// <summary>What a client may do. Elsa Studio takes links for permissions: without <c>publish</c> a definition is read-only, without <c>bulk-publish</c> a list.</summary>
/// <param name="Href">Path below the API's root; no client follows it.</param>
/// <param name="Rel">What it is for, in Elsa's words.</param>
/// <param name="Method">HTTP method.</param>
internal sealed record LinkView(string Href, string Rel, string Method)
{
    private const string Definitions = "/workflow-definitions";
    private const string Bulk = "/bulk-actions";

    private static readonly IReadOnlyList<LinkView> List =
    [
        new(Definitions, "self", "GET"),
        new($"{Definitions}/validation/is-name-unique", "is-name-unique", "GET"),
        new($"{Definitions}/query/count", "count", "GET"),
        new($"{Definitions}/many-by-id", "many-by-id", "GET"),
        new($"{Bulk}/delete/workflow-definitions/by-definition-id", "bulk-delete-by-definition-id", "POST"),
        new($"{Bulk}/delete/workflow-definitions/by-id", "bulk-delete-by-id", "POST"),
        new($"{Bulk}/publish/workflow-definitions/by-definition-ids", "bulk-publish", "POST"),
        new($"{Bulk}/retract/workflow-definitions/by-definition-ids", "bulk-retract", "POST"),
        new($"{Definitions}/import", "import", "POST"),
        new($"{Definitions}/import-files", "import-files", "POST"),
        new(Definitions, "create", "POST"),
    ];

    /// <summary>Links of a list.</summary>
    /// <param name="actor">Who gets them: no more than is allowed to them.</param>
    public static IReadOnlyList<LinkView> OfList(Actor actor) => Allowed(List, actor);

    /// <summary>Links of a definition.</summary>
    /// <param name="definitionId">The line.</param>
    /// <param name="isReadonly">True: nothing that changes it.</param>
    /// <param name="actor">Who gets them: no more than is allowed to them.</param>
    public static IReadOnlyList<LinkView> Of(string definitionId, bool isReadonly, Actor actor)
    {
        var path = $"{Definitions}/{Uri.EscapeDataString(definitionId)}";
        LinkView[] all =
        [
            new($"{Definitions}/by-definition-id/{Uri.EscapeDataString(definitionId)}", "self", "GET"),
            new($"{Definitions}?versionOptions=AllVersions&definitionIds={Uri.EscapeDataString(definitionId)}", "versions", "GET"),
            new($"{path}/dispatch", "dispatch", "POST"),
            new($"{path}/bulk-dispatch", "bulk-dispatch", "POST"),
            new($"{path}/execute", "execute", "POST"),
            new($"{path}/export", "export", "GET"),
        ];
        return Allowed(
            isReadonly
                ? all
                :
                [
                    .. all,
                    new($"{path}/publish", "publish", "POST"),
                    new($"{path}/retract", "retract", "POST"),
                    new(path, "delete", "DELETE"),
                    new($"{path}/import", "import", "PUT"),
                    new($"{path}/update-references", "update-references", "POST"),
                ],
            actor
        );
    }

    private static IReadOnlyList<LinkView> Allowed(IReadOnlyList<LinkView> links, Actor actor) =>
        [.. links.Where(link => actor.May(NeedOf(link.Rel)))];

    private static string NeedOf(string rel) =>
        rel switch
        {
            "publish" or "bulk-publish" or "retract" or "bulk-retract" or "update-references" => Permissions.DefinitionsPublish,
            "create" or "import" or "import-files" => Permissions.DefinitionsWrite,
            "delete" or "bulk-delete-by-definition-id" or "bulk-delete-by-id" => Permissions.DefinitionsDelete,
            "execute" or "dispatch" or "bulk-dispatch" => Permissions.InstancesStart,
            _ => Permissions.DefinitionsRead,
        };
}
