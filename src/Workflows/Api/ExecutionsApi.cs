using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Secrets;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Workflows.Api.Instances;
using ServiceLoop.Workflows.HttpWorkflows;

namespace ServiceLoop.Workflows.Api;

/// <summary>Starting workflows, now or soon.</summary>
internal static class ExecutionsApi
{
    private const string CannotStartHeader = "x-elsa-workflow-cannot-start";

    // Each is one row to write before the answer.
    private const int MaxAtOnce = 1000;

    /// <summary>What to start.</summary>
    /// <param name="VersionOptions">A number, <c>Published</c> (also the meaning of nothing), or <c>Latest</c> where that was published once.</param>
    internal sealed record StartRequest(
        string? InstanceId,
        string? CorrelationId,
        string? Name,
        string? TriggerActivityId,
        string? VersionOptions,
        JsonElement? Input
    );

    /// <summary>The same, in an address.</summary>
    /// <param name="CorrelationId">Its correlation id.</param>
    /// <param name="Name">Its name.</param>
    /// <param name="TriggerActivityId">The trigger to begin with.</param>
    /// <param name="VersionOptions">As in a body.</param>
    /// <param name="Input">Input as the text of a JSON object.</param>
    internal sealed record StartQuery(
        string? CorrelationId,
        string? Name,
        string? TriggerActivityId,
        string? VersionOptions,
        string? Input
    );

    /// <summary>What to start several times.</summary>
    /// <param name="Count">How often; once when left out.</param>
    /// <param name="TriggerActivityId">The trigger to begin with.</param>
    /// <param name="VersionOptions">As for one.</param>
    /// <param name="Input">Input of each.</param>
    internal sealed record StartManyRequest(int? Count, string? TriggerActivityId, string? VersionOptions, JsonElement? Input);

    /// <summary>Instances to be.</summary>
    internal sealed record BulkDispatchView(IReadOnlyList<string> WorkflowInstanceIds);

    /// <summary>An instance to be.</summary>
    internal sealed record DispatchView(string WorkflowInstanceId);

    /// <summary>An instance after its first burst.</summary>
    internal sealed record ExecuteView(WorkflowStateView WorkflowState);

    public static RouteGroupBuilder MapExecutions(this RouteGroupBuilder routes)
    {
        routes
            .MapPost("/workflow-definitions/{definitionId}/execute", ExecuteAsync)
            .Needs(Permissions.InstancesStart)
            .WithTags("Executions");
        routes
            .MapGet("/workflow-definitions/{definitionId}/execute", ExecuteByAddressAsync)
            .Needs(Permissions.InstancesStart)
            .WithTags("Executions");
        routes
            .MapPost("/workflow-definitions/{definitionId}/dispatch", DispatchAsync)
            .Needs(Permissions.InstancesStart)
            .WithTags("Executions");
        routes
            .MapPost("/workflow-definitions/{definitionId}/bulk-dispatch", DispatchManyAsync)
            .Needs(Permissions.InstancesStart)
            .WithTags("Executions");
        return routes;
    }

    /// <summary>Starts a workflow and answers after its first burst; the workflow may answer the call itself. Headers tell the instance.</summary>
    // As Elsa's: the workflow may answer the call itself.
    private static async Task ExecuteAsync(
        string definitionId,
        StartRequest? request,
        WorkflowRuntime runtime,
        DefinitionService definitions,
        Secrecy secrecy,
        RequestReply reply,
        HttpContext context
    )
    {
        var ct = context.RequestAborted;
        reply.Open();
        StartInstanceResult result;

        try
        {
            result = await runtime.StartAsync(
                await ReadAsync(definitionId, request, definitions, ct) with
                {
                    Services = context.RequestServices,
                },
                ct
            );
        }
        catch (Exception e) when (Problems.Find(e) is { StatusCode: < StatusCodes.Status500InternalServerError } problem)
        {
            await RefuseAsync(problem, context);
            return;
        }

        if (result.State is not { } state)
        {
            await RefuseAsync(Problems.Of(StatusCodes.Status409Conflict, "workflow.refused", result.Refusal!), context);
            return;
        }

        context.Response.Headers[WorkflowDoor.ServedByHeader] = state.InstanceId;

        if (reply.Given is { } given)
        {
            await RequestReply.SendAsync(given, context);
            return;
        }

        var (shown, graph) = await secrecy.ShownAsync(result, ct);
        await TypedResults.Ok(new ExecuteView(WorkflowStateView.Of(shown!, graph?.Version ?? 0, graph))).ExecuteAsync(context);
    }

    /// <summary>Starts a workflow by an address alone, as Elsa does: what stands in the query starts it. Each call starts another instance.</summary>
    // A page of somebody else must not start anything in the name of who looks at it: ForeignCalls sees to that.
    private static Task ExecuteByAddressAsync(
        string definitionId,
        [AsParameters] StartQuery query,
        WorkflowRuntime runtime,
        DefinitionService definitions,
        Secrecy secrecy,
        RequestReply reply,
        HttpContext context
    ) =>
        ExecuteAsync(
            definitionId,
            new StartRequest(null, query.CorrelationId, query.Name, query.TriggerActivityId, query.VersionOptions, InputOf(query.Input)),
            runtime,
            definitions,
            secrecy,
            reply,
            context
        );

    /// <summary>Elsa Studio looks at the header alone: without it, it would say that the workflow was started.</summary>
    private static Task RefuseAsync(ProblemHttpResult problem, HttpContext context)
    {
        context.Response.Headers[CannotStartHeader] = "true";
        return problem.ExecuteAsync(context);
    }

    /// <summary>Starts a workflow soon and answers at once with the id of the instance.</summary>
    private static async Task<Ok<DispatchView>> DispatchAsync(
        string definitionId,
        StartRequest? request,
        WorkflowRuntime runtime,
        DefinitionService definitions,
        CancellationToken ct
    ) => TypedResults.Ok(new DispatchView(await runtime.DispatchAsync(await ReadAsync(definitionId, request, definitions, ct), ct)));

    /// <summary>Starts a workflow several times soon, each with the same input, and answers at once with the ids of the instances.</summary>
    private static async Task<Ok<BulkDispatchView>> DispatchManyAsync(
        string definitionId,
        StartManyRequest? request,
        WorkflowRuntime runtime,
        DefinitionService definitions,
        CancellationToken ct
    )
    {
        var count = request?.Count ?? 1;

        if (count is < 1 or > MaxAtOnce)
            throw new RequestException("dispatch.count", $"'count' is {count}. Ask for 1 to {MaxAtOnce} instances in one call.");

        var one = new StartRequest(null, null, null, request?.TriggerActivityId, request?.VersionOptions, request?.Input);
        var start = await ReadAsync(definitionId, one, definitions, ct);
        var ids = new List<string>(count);

        for (var i = 0; i < count; i++)
            ids.Add(await runtime.DispatchAsync(start, ct));

        return TypedResults.Ok(new BulkDispatchView(ids));
    }

    private static JsonElement? InputOf(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;

        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw new RequestException(
                "input.invalid",
                $"'input' in the address is not JSON: {e.Message} Send an object, such as {{\"name\":1}}."
            );
        }
    }

    private static async Task<StartInstanceRequest> ReadAsync(
        string definitionId,
        StartRequest? request,
        DefinitionService definitions,
        CancellationToken ct
    ) =>
        new(definitionId)
        {
            VersionId = await VersionAsync(definitionId, request?.VersionOptions, definitions, ct),
            // Elsa Studio's Run starts what is on the screen, published or not.
            AllowsDraft = true,
            InstanceId = string.IsNullOrWhiteSpace(request?.InstanceId) ? null : request.InstanceId,
            CorrelationId = request?.CorrelationId,
            Name = request?.Name,
            TriggerActivityId = request?.TriggerActivityId,
            Inputs = Plain.Members(request?.Input, "input"),
        };

    private static async Task<string?> VersionAsync(
        string definitionId,
        string? options,
        DefinitionService definitions,
        CancellationToken ct
    )
    {
        if (VersionOptions.IsPublished(options))
            return null;

        var number = VersionOptions.Number(options!);
        DefinitionRow? row = await definitions.FindAsync(definitionId, number, ct);
        return row?.Id
            ?? throw new DefinitionNotFoundException($"Workflow definition '{definitionId}' has no version that fits '{options}'.");
    }
}
