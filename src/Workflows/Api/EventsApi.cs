using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Instances;

namespace ServiceLoop.Workflows.Api;

/// <summary>Events from outside.</summary>
internal static class EventsApi
{
    /// <summary>What comes with an event.</summary>
    /// <param name="CorrelationId">Only instances with this correlation id.</param>
    /// <param name="WorkflowInstanceId">Only this instance.</param>
    /// <param name="Input">What comes with it; any value.</param>
    internal sealed record TriggerRequest(string? CorrelationId, string? WorkflowInstanceId, JsonElement? Input);

    public static RouteGroupBuilder MapEvents(this RouteGroupBuilder routes)
    {
        routes.MapPost("/events/{eventName}/trigger", TriggerAsync).Needs(Permissions.EventsPublish).WithTags("Events");
        return routes;
    }

    /// <summary>The event is durable when this answers. The header Idempotency-Key makes a repeated call one event.</summary>
    private static async Task<Accepted> TriggerAsync(
        string eventName,
        TriggerRequest? request,
        WorkflowRuntime runtime,
        HttpContext context,
        CancellationToken ct
    )
    {
        await runtime.PublishAsync(
            new PublishEventRequest(eventName)
            {
                CorrelationId = request?.CorrelationId,
                InstanceId = request?.WorkflowInstanceId,
                Payload = Plain.Value(request?.Input),
                IdempotencyKey = context.Request.Headers["Idempotency-Key"].FirstOrDefault(),
            },
            ct
        );
        return TypedResults.Accepted((string?)null);
    }
}
