using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Instances;

namespace ServiceLoop.Workflows.Api;

/// <summary>Answers to tasks of <c>RunTask</c>.</summary>
internal static class TasksApi
{
    /// <summary>An answer.</summary>
    /// <param name="Result">Any value.</param>
    internal sealed record CompleteRequest(JsonElement? Result);

    public static RouteGroupBuilder MapTasks(this RouteGroupBuilder routes)
    {
        routes.MapPost("/tasks/{taskId}/complete", CompleteAsync).Needs(Permissions.TasksComplete).WithTags("Tasks");
        return routes;
    }

    /// <summary>200 only when the answer has reached its task for good. Elsa says 200 to everything.</summary>
    private static async Task<Results<Ok<ResumeView>, ProblemHttpResult>> CompleteAsync(
        string taskId,
        CompleteRequest? request,
        WorkflowRuntime runtime,
        CancellationToken ct
    ) => ResumeView.Of($"Task '{taskId}'", await runtime.CompleteTaskAsync(taskId, Plain.Value(request?.Result), ct));
}

/// <summary>The instance that was resumed.</summary>
internal sealed record ResumeView(string WorkflowInstanceId, string Status, string SubStatus)
{
    /// <summary>The answer to a wish to resume.</summary>
    /// <param name="what">What was to be resumed, as the beginning of a sentence.</param>
    /// <param name="result">What became of it.</param>
    public static Results<Ok<ResumeView>, ProblemHttpResult> Of(string what, ResumeResult result) =>
        result.Outcome switch
        {
            ResumeOutcome.Resumed => TypedResults.Ok(
                new ResumeView(result.State!.InstanceId, result.State.Status.ToString(), result.State.SubStatus.ToString())
            ),
            ResumeOutcome.Gone => Problems.Of(
                StatusCodes.Status410Gone,
                "wait.gone",
                $"{what} does not wait any more: it was answered, timed out or was cancelled. Nothing was changed."
            ),
            ResumeOutcome.Faulted => Problems.Of(
                StatusCodes.Status409Conflict,
                "wait.faulted",
                $"{what} waits, but its instance '{result.State?.InstanceId}' has failed. Repair that first, then try again."
            ),
            _ => Problems.NotFound("wait.unknown", $"{what} is unknown. Look at the id."),
        };
}
