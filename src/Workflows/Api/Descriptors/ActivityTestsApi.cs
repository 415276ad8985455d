using Microsoft.AspNetCore.Http.HttpResults;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Definitions;

namespace ServiceLoop.Workflows.Api.Descriptors;

/// <summary>Trying out a single activity while a workflow is drawn.</summary>
internal static class ActivityTestsApi
{
    /// <summary>Names a version: by its id, or by its line with a choice of versions.</summary>
    internal sealed record DefinitionHandle(string? DefinitionId, string? VersionOptions, string? DefinitionVersionId);

    /// <summary>Names an activity: by its id, or by the ids from the workflow down.</summary>
    internal sealed record ActivityHandle(string? ActivityId, string? ActivityNodeId, string? ActivityInstanceId, string? ActivityHash);

    /// <summary>Which activity of which version to try.</summary>
    internal sealed record TestRequest(DefinitionHandle? WorkflowDefinitionHandle, ActivityHandle? ActivityHandle);

    public static RouteGroupBuilder MapActivityTests(this RouteGroupBuilder routes)
    {
        routes.MapPost("/tests/activities", RunAsync).Needs(Permissions.InstancesStart).WithTags("Tests");
        return routes;
    }

    /// <summary>Runs one activity of a version, also of a draft, alone and in memory; nothing of it is stored. What cannot be tried says why as a fault.</summary>
    private static async Task<Results<Ok<ActivityTestView>, ProblemHttpResult>> RunAsync(
        TestRequest request,
        ActivityTest test,
        DefinitionService definitions,
        CancellationToken ct
    )
    {
        var (definition, activity) = (request.WorkflowDefinitionHandle, request.ActivityHandle);

        if (definition is not ({ DefinitionVersionId: { Length: > 0 } } or { DefinitionId: { Length: > 0 } }))
            return Problems.Invalid(
                "test.no-definition",
                "The request names no workflow. Set workflowDefinitionHandle.definitionVersionId."
            );

        if (activity is not ({ ActivityNodeId: { Length: > 0 } } or { ActivityId: { Length: > 0 } }))
            return Problems.Invalid("test.no-activity", "The request names no activity. Set activityHandle.activityNodeId or activityId.");

        var version = definition.DefinitionVersionId is { Length: > 0 } id
            ? await definitions.FindAsync(id, ct)
            : await definitions.FindAsync(
                definition.DefinitionId!,
                string.IsNullOrWhiteSpace(definition.VersionOptions) ? -1 : VersionOptions.Number(definition.VersionOptions),
                ct
            );

        if (version is null)
            return TypedResults.Ok(
                ActivityTestView.Refused(
                    "definition.unknown",
                    $"There is no workflow version '{definition.DefinitionVersionId ?? definition.DefinitionId}'. Save the workflow first, then test again."
                )
            );

        return TypedResults.Ok(
            await test.RunAsync(
                version,
                a => activity.ActivityNodeId is { Length: > 0 } nodeId ? a.NodeId == nodeId : a.Id == activity.ActivityId,
                activity.ActivityNodeId is { Length: > 0 } called ? called : activity.ActivityId!,
                ct
            )
        );
    }
}
