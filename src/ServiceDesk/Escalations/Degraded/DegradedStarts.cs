using ServiceLoop.Engine;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Nodes;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Work;
using ServiceLoop.ServiceDesk.Clocks;
using ServiceLoop.ServiceDesk.Routing;

namespace ServiceLoop.ServiceDesk.Escalations.Degraded;

/// <summary>Sends starts for contacts and cases to the degraded definition while an escalation asks for it. All other starts go the usual way.</summary>
/// <param name="usual">The usual way.</param>
/// <param name="store">What is switched.</param>
/// <param name="graphs">Compiled versions.</param>
/// <param name="clock">Tells the time.</param>
internal sealed class DegradedStarts(IVersionResolver usual, DegradedStore store, GraphCache graphs, TimeProvider clock) : IVersionResolver
{
    public async ValueTask<VersionChoice?> ResolveAsync(VersionRequest request, CancellationToken ct)
    {
        if (ContactOf(request) is not { } start || await store.FindAsync(start, ct) is not { } way)
            return await usual.ResolveAsync(request, ct);

        if (way is { VersionId: { } version, TriggerId: { } trigger })
            return new(version, VersionReason.Allocated) { TriggerActivityId = trigger };

        var choice = await usual.ResolveAsync(request, ct);

        if (choice is null || way.DefinitionId == request.DefinitionId)
            return choice;

        var (other, fault) = await OtherAsync(way.DefinitionId!, choice.VersionId, request.TriggerActivityId!, ct);

        if (other is null)
        {
            if (fault is not null)
                await store.FaultAsync(way.EscalationId, fault, ct);

            return choice;
        }

        // Others that listen to the same contact go on as usual: the contact is taken in once.
        if (!await store.TryNoteAsync(start, way.EscalationId, other.VersionId, other.TriggerActivityId!, clock.GetUtcNow(), ct))
            return choice;

        // What was missing before is there now.
        await store.FaultAsync(way.EscalationId, null, ct);
        return other;
    }

    /// <summary>The published version of a definition, with the step that a contact starts, or what is wrong; neither where something else starts.</summary>
    private async Task<(VersionChoice? Choice, string? Fault)> OtherAsync(
        string definitionId,
        string usualVersion,
        string triggerId,
        CancellationToken ct
    )
    {
        if (await usual.ResolveAsync(new VersionRequest(definitionId), ct) is not { } published)
            return (null, DegradedCheck.NotPublished(definitionId));

        try
        {
            var asked = (await graphs.GetAsync(usualVersion, ct)).FindByActivityId(triggerId);
            var type = asked?.Descriptor.TypeName;

            // One that starts by itself would take in every contact, also while nothing is wrong.
            var steps = (await graphs.GetAsync(published.VersionId, ct))
                .Nodes.Where(n => n.Descriptor.TypeName == type && !n.Activity.CanStartWorkflow)
                .ToList();
            var step = steps.Find(n => NameOf(n.Activity) == NameOf(asked?.Activity));

            if (step is null && steps.Count > 0)
                return (null, null);

            return step is null
                ? (
                    null,
                    $"The degraded definition '{definitionId}' has no step '{type}' that waits to be started (canStartWorkflow is false), and starts go the usual way."
                )
                : (new VersionChoice(published.VersionId, VersionReason.Allocated) { TriggerActivityId = step.Id }, null);
        }
        catch (Exception e) when (e is WorkflowCompilationException or DefinitionNotFoundException)
        {
            return (null, $"The degraded definition '{definitionId}' cannot be used, and starts go the usual way: {e.Message}");
        }
    }

    // Steps for events of any name are of one type: a start by another event is not the business of one. What follows a colon is the channel.
    private static string? NameOf(Activity? activity) => ((activity as Event)?.EventName?.Expression.Value as string)?.Split(':')[0];

    private static ContactStart? ContactOf(VersionRequest request)
    {
        if (
            request is not { VersionId: null, TriggerActivityId: not null, InstanceId: { } instance, ParentInstanceId: null }
            || request.TriggerInput.GetValueOrDefault(Event.PayloadKey) is not IReadOnlyDictionary<string, object?> contact
        )
            return null;

        string? Of(string name) => contact.GetValueOrDefault(name) as string;
        return Of("Channel") is { } channel && (Of("InteractionId") ?? Of("CaseId")) is { } subject
            ? new(instance, subject, Of("QueueId"), Of("Category"), channel)
            : null;
    }
}

/// <summary>Looks whether the definition that starts are to go to is there, as soon as they are.</summary>
internal sealed class DegradedCheck(DegradedStore store, IVersionResolver versions, RoutingStore alarms, TimeProvider clock)
    : IMessageHandler
{
    public const string CheckTopic = "escalations.degraded-check";

    public string Topic => CheckTopic;

    public static string NotPublished(string definitionId) =>
        $"The degraded definition '{definitionId}' is not published, and starts go the usual way. Publish it, or name another in the ladder.";

    public async Task HandleAsync(Message message, CancellationToken ct)
    {
        var id = message.Text("escalation");

        if (
            await store.OfEscalationAsync(id, ct) is not { } definition
            || await versions.ResolveAsync(new VersionRequest(definition), ct) is not null
        )
            return;

        var fault = NotPublished(definition);
        await store.FaultAsync(id, fault, ct);
        await alarms.AlarmAsync($"degraded:{id}", "escalation.not-degraded", id, fault, clock.GetUtcNow(), ct);
    }
}
