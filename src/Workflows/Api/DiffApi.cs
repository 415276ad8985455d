using System.Text.Json;
using System.Text.Json.Serialization;
using ServiceLoop.Engine.Comparison;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Definitions;

namespace ServiceLoop.Workflows.Api;

/// <summary>What two versions of a definition differ in.</summary>
/// <param name="DefinitionId">The line.</param>
/// <param name="From">Number of the version before.</param>
/// <param name="To">Number of the version after.</param>
/// <param name="IsEmpty">True when the designer would show no difference.</param>
/// <param name="Activities">Activities that were added, removed, changed or moved, with the values that differ.</param>
/// <param name="Connections">Connections that were added, removed, led elsewhere or bent.</param>
/// <param name="Members">Variables, inputs, outputs, outcomes and settings.</param>
/// <param name="Json">The steps (RFC 6902) that make the document of one version that of the other.</param>
internal sealed record DiffView(
    string DefinitionId,
    int From,
    int To,
    bool IsEmpty,
    IReadOnlyList<ActivityChange> Activities,
    IReadOnlyList<ConnectionChange> Connections,
    IReadOnlyList<MemberChange> Members,
    IReadOnlyList<JsonChange> Json
);

/// <summary>The door for comparing versions.</summary>
internal static class DiffApi
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary><c>GET /definitions/{id}/diff?from=1&amp;to=2</c>.</summary>
    public static IEndpointRouteBuilder MapDiff(this IEndpointRouteBuilder routes)
    {
        routes
            .MapGet("/definitions/{definitionId}/diff", CompareAsync)
            .Needs(Permissions.DefinitionsRead)
            .WithTags("Definitions")
            .WithName("CompareDefinitionVersions")
            .WithSummary("What two versions of a definition differ in.")
            .WithDescription(
                "from and to are numbers of versions, or Published, Latest. Without them: the published version, and the latest. "
                    + "404 definition.unknown when one of them does not exist."
            )
            .Produces<DiffView>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
        return routes;
    }

    private static async Task<IResult> CompareAsync(
        string definitionId,
        string? from,
        string? to,
        DefinitionService definitions,
        CancellationToken ct
    )
    {
        var before = await FindAsync(definitions, definitionId, from ?? "Published", ct);
        var after = await FindAsync(definitions, definitionId, to ?? "Latest", ct);
        var (old, now) = (StoredDefinition.Read(before), StoredDefinition.Read(after));
        var diff = DefinitionComparison.Compare(old, now);

        return Results.Json(
            new DiffView(
                definitionId,
                before.Version,
                after.Version,
                diff.IsEmpty,
                diff.Activities,
                diff.Connections,
                diff.Members,
                JsonComparison.Compare(old.Json, now.Json)
            ),
            Options
        );
    }

    private static async Task<Runtime.Store.DefinitionRow> FindAsync(
        DefinitionService definitions,
        string definitionId,
        string version,
        CancellationToken ct
    ) =>
        await definitions.FindAsync(definitionId, VersionOptions.Number(version), ct)
        ?? throw new DefinitionNotFoundException($"Definition '{definitionId}' has no version '{version}'.");
}
