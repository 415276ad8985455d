using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Execution;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Nodes;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Work;

// Starts, events, triggers and children.
public sealed partial class WorkRunner
{
    private async Task StartAsync(WorkRow work, CancellationToken ct)
    {
        var start = WorkJson.ReadStart(work.Payload);
        var instanceId = InstanceOf(work);

        if (start.ParentId is { } parent && await IsCancelledAsync(parent, ct))
        {
            await CompleteAsync(work, ct);
            return;
        }

        var request = new StartInstanceRequest(start.DefinitionId)
        {
            VersionId = start.VersionId,
            InstanceId = instanceId,
            Inputs = start.Inputs,
            CorrelationId = start.CorrelationId,
            Name = start.Name,
            TriggerActivityId = start.TriggerActivityId,
            TriggerInput = start.TriggerInput,
            ParentInstanceId = start.ParentId,
            FromActivityId = start.FromActivityId,
            Variables = start.Variables,
            IsRestart = start.IsRestart,
            Who = start.Who,
        };
        string? refusal;

        try
        {
            var result = await starts.RunAsync(request, work.Id, [], ct);
            refusal = result.Refusal;

            if (refusal is null)
            {
                if (!result.IsNew)
                    await CompleteAsync(work, ct);

                return;
            }
        }
        catch (Exception e) when (start.IsAwaited && e is DefinitionNotFoundException or WorkflowCompilationException or ArgumentException)
        {
            // Somebody waits: it is told at once. Where nobody does, the work is tried again and then set aside for an operator.
            refusal = e.Message;
        }

        Log.NotStarted(logger, instanceId, start.DefinitionId, work.IsSealed ? "its reason may quote a secret" : refusal);
        await ExpandAsync(work, start is { IsAwaited: true, ParentId: { } waiting } ? [NotStarted(instanceId, waiting, refusal)] : [], ct);
    }

    private NewWork NotStarted(string childId, string parentId, string refusal) =>
        new()
        {
            Key = WorkKeys.ChildEnded(childId, 0),
            Kind = WorkKind.ChildEnded,
            InstanceId = parentId,
            DueAt = bursts.Clock.GetUtcNow(),
            Payload = Sheet.One(new ChildPayload(childId, ChildReport.NotStarted(childId, refusal)), WorkJson.Write),
        };

    private async Task<bool> IsCancelledAsync(string instanceId, CancellationToken ct) =>
        await store.FindInstanceAsync(instanceId, ct) is { } row && StateJson.Read(row.State).SubStatus == WorkflowSubStatus.Cancelled;

    /// <summary>An event becomes one delivery for each who waits now, and one start for each trigger; each is then done exactly once.</summary>
    private async Task PublishAsync(WorkRow work, CancellationToken ct)
    {
        var publish = WorkJson.ReadPublish(work.Payload);
        var stimulus = Event.StimulusOf(publish.Event);
        var hash = StimulusHash.Of(stimulus.Name, stimulus.Payload);
        var input = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase) { [Event.PayloadKey] = publish.Value };
        var now = bursts.Clock.GetUtcNow();
        var deliveries = new List<NewWork>();

        if (publish.InstanceId is null)
            foreach (var trigger in await store.FindTriggersAsync(hash, ct))
                deliveries.Add(StartOf(work, trigger, publish, input, now));

        byte[]? payload = null;

        foreach (var waiter in await store.FindBookmarksAsync(new BookmarkFilter(hash, publish.InstanceId, publish.CorrelationId), ct))
            deliveries.Add(
                new NewWork
                {
                    Key = WorkKeys.Part(work.Key, $"{waiter.InstanceId}:{waiter.Id}"),
                    Kind = WorkKind.Resume,
                    InstanceId = waiter.InstanceId,
                    Target = waiter.Id,
                    DueAt = now,
                    Payload = payload ??= Sheet.One<IReadOnlyDictionary<string, object?>>(input, WorkJson.Write),
                }
            );

        await ExpandAsync(work, deliveries, ct);
    }

    private static NewWork StartOf(
        WorkRow work,
        TriggerRow trigger,
        PublishPayload publish,
        Dictionary<string, object?> input,
        DateTimeOffset now
    )
    {
        var key = WorkKeys.Part(work.Key, $"{trigger.DefinitionId}:{trigger.NodeId}");
        return new NewWork
        {
            Key = key,
            Kind = WorkKind.Start,
            InstanceId = WorkKeys.InstanceFor(key),
            DueAt = now,
            Payload = Sheet.One(
                new StartPayload
                {
                    DefinitionId = trigger.DefinitionId,
                    CorrelationId = publish.CorrelationId,
                    TriggerActivityId = trigger.ActivityId,
                    TriggerInput = input,
                    Who = publish.Who,
                },
                WorkJson.Write
            ),
        };
    }

    /// <summary>Starts an instance and sets the next timer, in one transaction.</summary>
    private async Task FireTriggerAsync(WorkRow work, CancellationToken ct)
    {
        var trigger = WorkJson.ReadTrigger(work.Payload);
        var definitionId = InstanceOf(work);

        // Another version is published, or none: its own timers count.
        if (await store.FindDefinitionAsync(definitionId, 0, ct) is not { } published || published.Id != trigger.VersionId)
        {
            await CompleteAsync(work, ct);
            return;
        }

        var graph = await bursts.Graphs.GetAsync(trigger.VersionId, ct);
        var next = NextOf(graph, trigger, work.DueAt) is { } moment
            ? [TriggerTimer.Of(definitionId, trigger.VersionId, moment.Trigger, moment.DueAt)]
            : Array.Empty<NewWork>();
        var request = new StartInstanceRequest(definitionId)
        {
            VersionId = trigger.VersionId,
            InstanceId = WorkKeys.InstanceFor(work.Key),
            TriggerActivityId = trigger.ActivityId,
        };
        var result = await starts.RunAsync(request, work.Id, [.. next], ct);

        if (!result.IsNew)
            await ExpandAsync(work, next, ct);

        NoteLateness(work);
    }

    /// <summary>The next moment counts from the one that was due, so that lateness does not add up; after a long stop it counts from now.</summary>
    private (TriggerRecord Trigger, DateTimeOffset DueAt)? NextOf(WorkflowGraph graph, TriggerPayload trigger, DateTimeOffset dueAt)
    {
        var now = bursts.Clock.GetUtcNow();

        if (After(dueAt) is not { DueAt: { } regular } next || regular <= dueAt)
            return null;

        if (regular > now)
            return (next, regular);

        return After(now) is { DueAt: { } later } afresh && later > now ? (afresh, later) : null;

        TriggerRecord? After(DateTimeOffset moment) =>
            TriggerIndex.Of(graph, moment, out _).FirstOrDefault(t => t.NodeId == trigger.NodeId && t.Hash == trigger.Hash);
    }

    /// <summary>Wakes what waits in the parent for a child that has ended.</summary>
    private async Task ReportChildAsync(WorkRow work, CancellationToken ct)
    {
        var parentId = InstanceOf(work);
        var child = WorkJson.ReadChild(work.Payload);

        if (await store.FindInstanceAsync(parentId, ct) is not { } row)
        {
            await CompleteAsync(work, ct);
            return;
        }

        var hashes = ChildReport.HashesOf(parentId, child.ChildId);
        var parent = StateJson.Read(row.State);
        var waiting = parent.Bookmarks.Where(b => hashes.Contains(b.Hash)).ToList();

        if (waiting.Count == 1)
        {
            var result = await runtime.ResumeAsync(parentId, waiting[0].Id, child.Report, who: null, services: null, work.Id, ct);
            await EndAsync(work, result.Outcome, ct);
        }
        else if (waiting.Count == 0 && parent.Parked.Any(b => hashes.Contains(b.Hash)))
        {
            // The parent has failed meanwhile; its waiter comes back with the repair.
            await PutOffAsync(work, ct);
        }
        else
        {
            await ExpandAsync(work, [.. waiting.Select(w => ReportTo(work, parentId, w.Id, child))], ct);
        }
    }

    private NewWork ReportTo(WorkRow work, string parentId, long bookmark, ChildPayload child) =>
        new()
        {
            Key = WorkKeys.Part(work.Key, $"{parentId}:{bookmark}"),
            Kind = WorkKind.Resume,
            InstanceId = parentId,
            Target = bookmark,
            DueAt = bursts.Clock.GetUtcNow(),
            Payload = Sheet.One(child.Report, WorkJson.Write),
        };
}
