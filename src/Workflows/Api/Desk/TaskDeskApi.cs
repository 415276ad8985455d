using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using ServiceLoop.Runtime.Access;
using ServiceLoop.ServiceDesk;
using ServiceLoop.ServiceDesk.Routing;
using ServiceLoop.ServiceDesk.Tasks;

namespace ServiceLoop.Workflows.Api.Desk;

/// <summary>Tasks of people.</summary>
internal static class TaskDeskApi
{
    /// <summary>What is wanted of a task.</summary>
    /// <param name="ExpectedRev">Revision that was seen.</param>
    /// <param name="OperationId">Id of the wish: repeated with the same content it gets the same answer.</param>
    /// <param name="Target">Who is to get it: for assign, reassign and delegate.</param>
    /// <param name="At">A moment: for set-due and set-follow-up.</param>
    /// <param name="Priority">P1 to P4: for set-priority.</param>
    /// <param name="Text">A text: for comment.</param>
    /// <param name="Draft">What is filled in so far: for save-draft.</param>
    /// <param name="Override">True: over the limit of the agent; for those who may manage tasks.</param>
    /// <param name="Reason">Why.</param>
    internal sealed record TaskOrderRequest(
        long? ExpectedRev,
        string? OperationId,
        string? Target,
        DateTimeOffset? At,
        string? Priority,
        string? Text,
        JsonElement? Draft,
        bool? Override,
        string? Reason
    );

    /// <summary>An answer.</summary>
    /// <param name="ExpectedRev">Revision that was seen.</param>
    /// <param name="OperationId">Id of the wish: repeated with the same content it gets the same answer.</param>
    /// <param name="Outcome">One of the task's outcomes; optional where there is one only.</param>
    /// <param name="Answer">A value for each field of the form.</param>
    internal sealed record AnswerRequest(long? ExpectedRev, string? OperationId, string? Outcome, JsonElement? Answer);

    private static readonly (TaskVerb Verb, string Summary)[] Verbs =
    [
        (TaskVerb.Claim, "Takes a task from the list."),
        (TaskVerb.Release, "Gives a task back to its queue; it keeps its place by age."),
        (TaskVerb.Assign, "Gives a waiting task to somebody."),
        (TaskVerb.Reassign, "Gives a task to somebody else."),
        (TaskVerb.Delegate, "Lets somebody else do a task; its owner stays."),
        (TaskVerb.ResolveBack, "Gives a delegated task back to its owner."),
        (TaskVerb.Start, "Begins to work on a task."),
        (TaskVerb.Stop, "Stops to work on a task for now."),
        (TaskVerb.SaveDraft, "Keeps what is filled in so far."),
        (TaskVerb.Comment, "Says something about a task."),
        (TaskVerb.SetDue, "Sets when a task is due."),
        (TaskVerb.SetFollowUp, "Sets when to look at a task again."),
        (TaskVerb.SetPriority, "Sets the priority of a task."),
        (TaskVerb.ReturnToSender, "Gives a task back to who gave it, or to its queue."),
        (TaskVerb.Suspend, "Puts a task aside; its units become free."),
        (TaskVerb.Resume, "Takes a task up again."),
    ];

    public static void MapTaskDesk(this IEndpointRouteBuilder routes)
    {
        var tasks = routes.MapGroup("/tasks").WithTags("Desk");
        tasks.MapGet("", ListAsync).Needs(Permissions.TasksRead).WithSummary("Tasks, newest first, page by page.");
        tasks
            .MapGet("/{id}", (string id, TaskDesk desk, CancellationToken ct) => desk.GetAsync(id, ct))
            .Needs(Permissions.TasksRead)
            .WithSummary("A task.");
        tasks
            .MapGet("/{id}/history", (string id, TaskDesk desk, CancellationToken ct) => desk.HistoryAsync(id, ct))
            .Needs(Permissions.TasksRead)
            .WithSummary("What happened to a task, oldest first.");
        tasks
            .MapGet("/{id}/why", (string id, Queues queues, CancellationToken ct) => queues.WhyAsync(id, ct))
            .Needs(Permissions.AgentsRead)
            .WithSummary("Why a task was offered to whom, and to the others not.");

        foreach (var (verb, summary) in Verbs)
            tasks
                .MapPost(
                    $"/{{id}}/{TaskDesk.NameOf(verb)}",
                    (string id, TaskOrderRequest? request, TaskDesk desk, CancellationToken ct) =>
                        desk.DoAsync(id, verb, OrderOf(request), ct)
                )
                .Needs(verb is TaskVerb.Assign or TaskVerb.Reassign ? Permissions.TasksManage : Permissions.TasksComplete)
                .WithSummary(summary);

        tasks
            .MapPost("/{id}/complete", CompleteAsync)
            .Needs(Permissions.TasksComplete)
            .WithSummary("Answers a task: 200 when its workflow has taken the answer, 202 when it is kept and will be taken.");
        tasks
            .MapPost("/{id}/skip", SkipAsync)
            .Needs(Permissions.TasksManage)
            .WithSummary("Goes on without a task: its workflow takes the outcome Cancelled.");
        tasks
            .MapGet("/{id}/files", (string id, TaskFiles files, CancellationToken ct) => files.ListAsync(id, ct))
            .Needs(Permissions.TasksRead)
            .WithSummary("The files of a task.");
        tasks.MapGet("/{id}/files/{fileId}", ReadFileAsync).Needs(Permissions.TasksRead).WithSummary("The content of a file.");
        tasks
            .MapPost("/{id}/files", AddFileAsync)
            .Needs(Permissions.TasksComplete)
            .WithSummary("Attaches a file: the body is its content, the header Content-Type its kind.");
    }

    private static async Task<Ok<PageView<TaskView>>> ListAsync(
        bool? open,
        string? state,
        string? queueId,
        string? assignee,
        bool? mine,
        string? caseId,
        DateTimeOffset? beforeAt,
        string? beforeId,
        int? take,
        IAccess access,
        TaskDesk desk,
        CancellationToken ct
    )
    {
        var many = Math.Clamp(take ?? 50, 1, TaskFilter.MaxTake - 1);
        var found = await desk.ListAsync(
            new TaskFilter
            {
                IsOpen = open,
                States = state is null ? [] : [Named<TaskState>(state, "state")],
                QueueId = queueId,
                Assignee = mine == true ? TaskDesk.AgentIdOf(access.Actor) : assignee,
                CaseId = caseId,
                BeforeAt = beforeAt,
                BeforeId = beforeId,
                Take = many + 1,
            },
            ct
        );
        return TypedResults.Ok(new PageView<TaskView>([.. found.Take(many)], found.Count));
    }

    private static async Task<Results<Ok<TaskView>, Accepted<TaskView>>> CompleteAsync(
        string id,
        AnswerRequest? request,
        TaskAnswers answers,
        CancellationToken ct
    )
    {
        var task = await answers.CompleteAsync(
            id,
            request?.Outcome,
            Given(request?.Answer),
            new TaskOrder(Rev(request?.ExpectedRev), request?.OperationId ?? ""),
            ct
        );
        return task.State == TaskState.Completing ? TypedResults.Accepted($"/api/tasks/{id}", task) : TypedResults.Ok(task);
    }

    private static async Task<Results<Ok<TaskView>, Accepted<TaskView>>> SkipAsync(
        string id,
        TaskOrderRequest? request,
        TaskAnswers answers,
        CancellationToken ct
    )
    {
        var task = await answers.SkipAsync(id, OrderOf(request), ct);
        return task.State == TaskState.Completing ? TypedResults.Accepted($"/api/tasks/{id}", task) : TypedResults.Ok(task);
    }

    private static async Task<Ok<TaskFileView>> AddFileAsync(
        string id,
        [FromQuery] string? name,
        HttpRequest request,
        TaskFiles files,
        CancellationToken ct
    )
    {
        // One byte more than is kept: then it is known to be too large, without reading all of it.
        var content = new byte[TaskFiles.MaxBytes + 1];
        var read = await request.Body.ReadAtLeastAsync(content, content.Length, throwOnEndOfStream: false, ct);
        return TypedResults.Ok(await files.AddAsync(id, name ?? "", request.ContentType ?? "", content[..read], ct));
    }

    private static async Task<FileContentHttpResult> ReadFileAsync(
        string id,
        string fileId,
        HttpResponse response,
        TaskFiles files,
        CancellationToken ct
    )
    {
        var (file, content) = await files.GetAsync(id, fileId, ct);

        // Saved, never shown: whatever it holds, it runs nowhere in our name.
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.ContentSecurityPolicy = "sandbox; default-src 'none'";
        return TypedResults.File(content, file.MediaType, file.Name, lastModified: file.At);
    }

    private static TaskOrder OrderOf(TaskOrderRequest? request) =>
        new(Rev(request?.ExpectedRev), request?.OperationId ?? "")
        {
            Target = request?.Target,
            At = request?.At,
            Priority = request?.Priority is { } priority ? Named<Priority>(priority, "priority") : null,
            Text = request?.Draft is null ? request?.Text : Given(request.Draft),
            IsOverride = request?.Override ?? false,
            Reason = request?.Reason,
        };

    private static long Rev(long? rev) =>
        rev
        ?? throw DeskRefusedException.Invalid(
            "task.expected-rev",
            "expectedRev",
            "'expectedRev' is missing: give the revision that you saw."
        );

    private static string? Given(JsonElement? json) =>
        json is { ValueKind: not (JsonValueKind.Undefined or JsonValueKind.Null) } given ? given.GetRawText() : null;

    private static T Named<T>(string text, string field)
        where T : struct, Enum =>
        Enum.TryParse<T>(text, ignoreCase: true, out var value) && Enum.IsDefined(value) && !char.IsAsciiDigit(text[0])
            ? value
            : throw DeskRefusedException.Invalid(
                "value.unknown",
                field,
                $"'{text}' is no {field}. Use one of: {string.Join(", ", Enum.GetNames<T>())}."
            );
}
