using System.Collections.Immutable;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Net.Http.Headers;
using ServiceLoop.Activities.BuiltIn;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Secrets;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Workflows.Api;

namespace ServiceLoop.Workflows.HttpWorkflows;

/// <summary>Serves one request: finds who starts or waits at its address, runs the burst, and sends the answer once it is durable.</summary>
internal sealed class WorkflowDoor(
    Routes routes,
    WorkflowRuntime runtime,
    IWorkflowStore store,
    IInlineConstraintResolver constraints,
    HttpWorkflowOptions options,
    Acting acting,
    TimeProvider time
)
{
    private const string CorrelationHeader = "X-Correlation-ID";
    private const string InstanceHeader = "X-Workflow-Instance-ID";

    /// <summary>Says which instance served the request; as Elsa's execute endpoint.</summary>
    public const string ServedByHeader = "x-elsa-workflow-instance-id";

    /// <summary>Who is meant by a request.</summary>
    private sealed record Target(TriggerRow? Trigger, BookmarkRow? Waiter, RouteTable.Match Match)
    {
        /// <summary>What the endpoint asks of its callers.</summary>
        /// <exception cref="SecretUnreadableException">It cannot be read, so nobody may pass.</exception>
        public EndpointAddress Address { get; } =
            Waiter is { IsSealed: true }
                ? throw new SecretUnreadableException(
                    $"waiter:{Waiter.InstanceId}:{Waiter.Id}",
                    new InvalidOperationException("The store gave it out sealed.")
                )
                : EndpointAddress.Read(Trigger?.Payload ?? Waiter!.Payload);
    }

    public async Task ServeAsync(HttpContext context)
    {
        var ct = context.RequestAborted;
        var path = "/" + context.GetRouteValue("path");
        var correlationId = First(context.Request.Headers[CorrelationHeader], context.Request.Query["correlationId"]);
        var instanceId = First(context.Request.Headers[InstanceHeader], context.Request.Query["workflowInstanceId"]);
        var table = await routes.GetAsync(ct);
        var found = await FindAsync(table, context, path, correlationId, instanceId, ct);

        if (found.IsEmpty && await routes.RefreshAsync(table, ct) is { } newer)
            found = await FindAsync(table = newer, context, path, correlationId, instanceId, ct);

        switch (found)
        {
            case []:
                await RefuseAsync(table, context, path);
                break;
            case [var target]:
                await MeetAsync(target, context, path, correlationId);
                break;
            default:
                await Problems
                    .Of(
                        StatusCodes.Status500InternalServerError,
                        "http.ambiguous",
                        $"The call is ambiguous and matches multiple workflows: {string.Join(", ", found.Select(NameOf))}. "
                            + $"Name one with the header {InstanceHeader} or {CorrelationHeader}, or give them different paths."
                    )
                    .ExecuteAsync(context);
                break;
        }
    }

    private async Task<ImmutableArray<Target>> FindAsync(
        RouteTable table,
        HttpContext context,
        string path,
        string? correlationId,
        string? instanceId,
        CancellationToken ct
    )
    {
        foreach (var match in table.Find(path, context, constraints))
        {
            var hash = RouteTable.HashOf(match.Path, context.Request.Method);

            // Who names an instance does not want a new one.
            if (instanceId is null && table.TriggersOf(hash) is { Count: > 0 } triggers)
                return [.. triggers.Select(t => new Target(t, null, match))];

            if (await store.FindBookmarksAsync(new BookmarkFilter(hash, instanceId, correlationId), ct) is { Count: > 0 } waiters)
                return [.. waiters.Select(w => new Target(null, w, match))];
        }

        return [];
    }

    private Task RefuseAsync(RouteTable table, HttpContext context, string path)
    {
        var allowed = table.Find(path, context, constraints).SelectMany(m => table.MethodsOf(m.Path)).Distinct().ToArray();

        if (allowed.Length == 0 || allowed.Contains(context.Request.Method, StringComparer.OrdinalIgnoreCase))
            return Problems
                .NotFound("http.no-workflow", $"No workflow starts or waits at {context.Request.Method} {options.Root}{path}.")
                .ExecuteAsync(context);

        context.Response.Headers[HeaderNames.Allow] = string.Join(", ", allowed);
        return Problems
            .Of(
                StatusCodes.Status405MethodNotAllowed,
                "http.method",
                $"{options.Root}{path} does not take {context.Request.Method}. It takes {string.Join(", ", allowed)}."
            )
            .ExecuteAsync(context);
    }

    private async Task MeetAsync(Target target, HttpContext context, string path, string? correlationId)
    {
        if (await RefuseSenderAsync(target.Address, context))
            return;

        var limit = target.Address.Timeout ?? options.Timeout;
        using var over = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, context.RequestAborted);

        try
        {
            var incoming = await RequestReader.ReadAsync(
                context,
                path,
                target.Match.Values,
                target.Address.SizeLimit,
                options.MaxRequestBytes,
                either.Token
            );
            await RunAsync(target, incoming, context, correlationId, either.Token);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            await Problems
                .Of(
                    StatusCodes.Status408RequestTimeout,
                    "http.timeout",
                    $"The workflow gave no answer within {limit.TotalSeconds:0.#} s. Nothing of this request was kept."
                )
                .ExecuteAsync(context);
        }
    }

    private async Task RunAsync(Target target, IncomingRequest incoming, HttpContext context, string? correlationId, CancellationToken ct)
    {
        // Whoever may call the address may do there what its workflow does.
        using var lent = acting.As(acting.Actor.Lent(Permissions.InstancesStart, Permissions.EventsPublish));
        var begun = time.GetUtcNow();
        var reply = context.RequestServices.GetRequiredService<RequestReply>();
        reply.Open();
        var input = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase) { [IncomingRequest.InputKey] = incoming.ToPlain() };
        WorkflowState? state;

        if (target.Trigger is { } trigger)
        {
            var result = await runtime.StartAsync(
                new StartInstanceRequest(trigger.DefinitionId)
                {
                    TriggerActivityId = trigger.ActivityId,
                    TriggerInput = input,
                    CorrelationId = correlationId,
                    Services = context.RequestServices,
                },
                ct
            );

            if (result.Refusal is { } refusal)
            {
                await Problems.Of(StatusCodes.Status409Conflict, "workflow.refused", refusal).ExecuteAsync(context);
                return;
            }

            state = result.State;
        }
        else
        {
            var waiter = target.Waiter!;
            var result = await runtime.ResumeAsync(waiter.InstanceId, waiter.Id, input, context.RequestServices, ct);

            if (result.Outcome != ResumeOutcome.Resumed)
            {
                await Gone(result.Outcome, waiter).ExecuteAsync(context);
                return;
            }

            state = result.State;
        }

        await AnswerAsync(state!, reply, begun, context);
    }

    private static Microsoft.AspNetCore.Http.HttpResults.ProblemHttpResult Gone(ResumeOutcome outcome, BookmarkRow waiter) =>
        outcome == ResumeOutcome.Faulted
            ? Problems.Of(
                StatusCodes.Status409Conflict,
                "workflow.faulted",
                $"Instance '{waiter.InstanceId}' waits for this request but has failed. It takes the request once it is repaired."
            )
            : Problems.Of(
                StatusCodes.Status410Gone,
                "workflow.gone",
                $"Instance '{waiter.InstanceId}' does not wait for this request any more: it was answered, timed out or was cancelled."
            );

    private static Task AnswerAsync(WorkflowState state, RequestReply reply, DateTimeOffset begun, HttpContext context)
    {
        context.Response.Headers[ServedByHeader] = state.InstanceId;

        if (reply.Given is { } given)
            return RequestReply.SendAsync(given, context);

        // Incidents of earlier bursts are not this sender's business.
        if (state.Incidents.LastOrDefault(i => i.At >= begun) is { } incident)
            return Problems
                .Of(
                    HttpEndpoint.StatusOfRefusal(incident.Code) ?? StatusCodes.Status500InternalServerError,
                    incident.Code ?? "workflow.fault",
                    HttpEndpoint.StatusOfRefusal(incident.Code) is null
                        ? $"The workflow failed before it gave an answer. Instance '{state.InstanceId}' has an incident that tells more."
                        : incident.Message
                )
                .ExecuteAsync(context);

        // As Elsa, nothing; but a sender should know whether all is done.
        context.Response.StatusCode = state.Status == WorkflowStatus.Finished ? StatusCodes.Status200OK : StatusCodes.Status202Accepted;
        return Task.CompletedTask;
    }

    /// <returns>True when it was refused.</returns>
    private static async Task<bool> RefuseSenderAsync(EndpointAddress address, HttpContext context)
    {
        if (!address.Authorize && address.Policy is null)
            return false;

        if (context.User.Identity?.IsAuthenticated != true)
        {
            await Problems
                .Of(StatusCodes.Status401Unauthorized, "http.sign-in", "This address wants a sender that has signed in.")
                .ExecuteAsync(context);
            return true;
        }

        if (address.Policy is not { } policy || await MeetsAsync(policy, context))
            return false;

        await Problems
            .Of(StatusCodes.Status403Forbidden, "http.forbidden", $"The sender does not meet the policy '{policy}'.")
            .ExecuteAsync(context);
        return true;
    }

    private static async Task<bool> MeetsAsync(string policy, HttpContext context)
    {
        var policies = context.RequestServices.GetRequiredService<IAuthorizationPolicyProvider>();
        return await policies.GetPolicyAsync(policy) is { } known
            && (await context.RequestServices.GetRequiredService<IAuthorizationService>().AuthorizeAsync(context.User, known)).Succeeded;
    }

    private static string NameOf(Target target) =>
        target.Trigger is { } trigger ? $"definition '{trigger.DefinitionId}'" : $"instance '{target.Waiter!.InstanceId}'";

    private static string? First(Microsoft.Extensions.Primitives.StringValues header, Microsoft.Extensions.Primitives.StringValues query) =>
        header.FirstOrDefault(v => !string.IsNullOrWhiteSpace(v)) ?? query.FirstOrDefault(v => !string.IsNullOrWhiteSpace(v));
}
