using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Instances;

namespace ServiceLoop.Workflows.Api;

/// <summary>Resuming one waiter by its number.</summary>
internal static class BookmarksApi
{
    /// <summary>Which waiter, and what comes with it.</summary>
    internal sealed record ResumeRequest(string? WorkflowInstanceId, long? BookmarkId, JsonElement? Input);

    public static RouteGroupBuilder MapBookmarks(this RouteGroupBuilder routes)
    {
        routes.MapPost("/bookmarks/resume", ResumeAsync).Needs(Permissions.EventsPublish).WithTags("Bookmarks");
        return routes;
    }

    /// <summary>Wakes a place where an instance waits.</summary>
    private static async Task<Results<Ok<ResumeView>, ProblemHttpResult>> ResumeAsync(
        ResumeRequest request,
        WorkflowRuntime runtime,
        CancellationToken ct
    )
    {
        if (request is not { WorkflowInstanceId: { Length: > 0 } instanceId, BookmarkId: { } bookmarkId })
            return Problems.Invalid(
                "bookmark.unnamed",
                "Name the waiter: { \"workflowInstanceId\": \"…\", \"bookmarkId\": 1 }. The ids stand in GET /workflow-instances/{id}."
            );

        var result = await runtime.ResumeAsync(instanceId, bookmarkId, Plain.Members(request.Input, "input"), null, ct);
        return ResumeView.Of($"Bookmark {bookmarkId} of instance '{instanceId}'", result);
    }
}
