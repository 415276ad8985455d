using System.Collections.Immutable;
using System.Runtime.ExceptionServices;
using ServiceLoop.Engine;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Nodes;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Secrets;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Work;

namespace ServiceLoop.Runtime.Instances;

/// <summary>All that can be done with instances: the one service behind the API, the pages, timers and other workflows.</summary>
/// <remarks>
/// Safe for all threads and nodes. When a method that runs a burst returns, the burst is durable. Methods throw <see cref="StoreUnavailableException"/>
/// when the store does not answer and <see cref="InstanceBusyException"/> when others stand in the way for long; nothing was done then, and the same call
/// may succeed later.
/// </remarks>
public sealed partial class WorkflowRuntime
{
    private static readonly ImmutableDictionary<string, object?> NoInput = ImmutableDictionary<string, object?>.Empty;

    private readonly Bursts bursts;
    private readonly Starts starts;
    private readonly IWorkflowStore store;
    private readonly IAccess access;

    internal WorkflowRuntime(Bursts bursts, Starts starts, IAccess access) =>
        (this.bursts, this.starts, store, this.access) = (bursts, starts, bursts.Store, access);

    /// <summary>The store, for those who may look.</summary>
    private IWorkflowStore Shown
    {
        get
        {
            access.Demand(Permissions.InstancesRead);
            return store;
        }
    }

    /// <summary>Starts an instance of the published version and runs it until it ends or waits, unless its activation strategy refuses.</summary>
    /// <exception cref="DefinitionNotFoundException">No version of the definition is published.</exception>
    /// <exception cref="ArgumentException">An input cannot be kept.</exception>
    public Task<StartInstanceResult> StartAsync(StartInstanceRequest request, CancellationToken ct) =>
        access.ActAsync(
            new Deed(Permissions.InstancesStart, "instance.start", request.DefinitionId) { IsJournalled = true },
            () => starts.RunAsync(request with { Who = access.Actor.Who }, 0, [], ct),
            r => Facts.Of(("instance", r.InstanceId), ("refusal", r.Refusal)),
            ct
        );

    /// <summary>Writes down that an instance is to be started; it starts soon, once, even if this node dies.</summary>
    /// <returns>Id of the instance to be.</returns>
    /// <exception cref="DefinitionNotFoundException">No version of the definition is published.</exception>
    public Task<string> DispatchAsync(StartInstanceRequest request, CancellationToken ct) =>
        access.ActAsync(
            new Deed(Permissions.InstancesStart, "instance.dispatch", request.DefinitionId) { IsJournalled = true },
            () => EnqueueStartAsync(request with { Who = access.Actor.Who }, ct),
            id => Facts.Of(("instance", id)),
            ct
        );

    private async Task<string> EnqueueStartAsync(StartInstanceRequest request, CancellationToken ct)
    {
        // Started soon, but perhaps after a rollback: what was not asked for by name is chosen then.
        var choice = await starts.ChooseAsync(request, ct);
        var id = request.InstanceId ?? Guid.CreateVersion7().ToString("N");
        var start = new StartPayload
        {
            DefinitionId = request.DefinitionId,
            VersionId = request.VersionId is null ? null : choice.VersionId,
            Inputs = request.Inputs,
            CorrelationId = request.CorrelationId,
            Name = request.Name,
            TriggerActivityId = request.TriggerActivityId,
            TriggerInput = request.TriggerInput,
            ParentId = request.ParentInstanceId,
            FromActivityId = request.FromActivityId,
            Variables = request.Variables,
            Who = request.Who,
        };
        var isSealed = await HoldsSecretsAsync(choice.VersionId, ct);
        await EnqueueAsync(
            WorkKeys.Start(id),
            WorkKind.Start,
            id,
            Sheet.One(start, WorkJson.Write),
            isSealed,
            Snapshots.NumberOf(start.VersionId),
            ct
        );
        return id;
    }

    /// <summary>Resumes one waiter.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="bookmarkId">Number of the waiter within it.</param>
    /// <param name="input">What comes with it; null for nothing.</param>
    /// <param name="services">Where host activities find services; null means a scope of their own.</param>
    /// <param name="ct">Cancels.</param>
    public Task<ResumeResult> ResumeAsync(
        string instanceId,
        long bookmarkId,
        IReadOnlyDictionary<string, object?>? input,
        IServiceProvider? services,
        CancellationToken ct
    ) =>
        access.ActAsync(
            new Deed(Permissions.EventsPublish, "instance.resume", instanceId)
            {
                Wanted = Facts.Of(("bookmark", $"{bookmarkId}")),
                IsJournalled = true,
            },
            () => ResumeAsync(instanceId, bookmarkId, input ?? NoInput, access.Actor.Who, services, doneWorkId: 0, ct),
            r => Facts.Of(("outcome", r.Outcome.ToString())),
            ct
        );

    /// <summary>Completes a task of <c>RunTask</c>.</summary>
    /// <param name="taskId">Id of the task, as it stands in its request.</param>
    /// <param name="result">Its result.</param>
    /// <param name="ct">Cancels.</param>
    public Task<ResumeResult> CompleteTaskAsync(string taskId, object? result, CancellationToken ct) =>
        access.ActAsync(
            new Deed(Permissions.TasksComplete, "task.complete", taskId) { IsJournalled = true },
            () => AnswerAsync(taskId, result, access.Actor.Who, ct),
            r => Facts.Of(("outcome", r.Outcome.ToString())),
            ct
        );

    /// <summary>
    /// Resumes a waiter at once for whoever asked for it by a piece of work (<see cref="AskedWork.Resume"/>), in the name of who acts: the work is done and
    /// removed with it. What does not succeed here the work does later.
    /// </summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="bookmarkId">Number of the waiter within it.</param>
    /// <param name="input">What comes with it: as the work has it.</param>
    /// <param name="workId">Number of the work.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="AccessDeniedException">
    /// The actor has neither <see cref="Permissions.TasksComplete"/> nor <see cref="Permissions.TasksManage"/>.
    /// </exception>
    public Task<ResumeResult> ResumeByWorkAsync(
        string instanceId,
        long bookmarkId,
        IReadOnlyDictionary<string, object?> input,
        long workId,
        CancellationToken ct
    )
    {
        // Who ends the tasks of others need not be able to answer tasks.
        access.Demand(access.Actor.May(Permissions.TasksManage) ? Permissions.TasksManage : Permissions.TasksComplete);
        return ResumeAsync(instanceId, bookmarkId, input, access.Actor.Who, services: null, workId, ct);
    }

    private async Task<ResumeResult> AnswerAsync(string taskId, object? result, string? who, CancellationToken ct)
    {
        var colon = taskId.LastIndexOf(':');

        if (colon < 0 || !long.TryParse(taskId.AsSpan(colon + 1), System.Globalization.CultureInfo.InvariantCulture, out var frame))
            return new(ResumeOutcome.Unknown, null);

        var input = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase) { [RunTask.ResultKey] = result };
        var hash = StimulusHash.Of("Elsa.RunTask", new Dictionary<string, object?>(StringComparer.Ordinal) { ["TaskId"] = taskId });
        return await ResumeAsync(taskId[..colon], b => b.Hash == hash, frame, input, who, null, 0, ct);
    }

    /// <summary>Delivers a stimulus at once: starts what it triggers, then resumes those who waited when it came.</summary>
    /// <remarks>Who waits is decided before anything runs. Prefer <see cref="PublishAsync"/> where nobody needs the result: it survives this node.</remarks>
    public Task<DeliverResult> DeliverAsync(DeliverRequest request, CancellationToken ct) =>
        access.ActAsync(
            new Deed(Permissions.EventsPublish, "event.deliver", request.Hash)
            {
                Wanted = Facts.Of(("correlation", request.CorrelationId), ("instance", request.InstanceId)),
                IsJournalled = true,
            },
            () => HandOverAsync(request with { Who = access.Actor.Who }, ct),
            r => Facts.Of(("started", $"{r.Started.Length}"), ("resumed", $"{r.Resumed.Length}")),
            ct
        );

    private async Task<DeliverResult> HandOverAsync(DeliverRequest request, CancellationToken ct)
    {
        var waiting = await store.FindBookmarksAsync(new BookmarkFilter(request.Hash, request.InstanceId, request.CorrelationId), ct);
        var started = ImmutableArray.CreateBuilder<WorkflowState>();
        var resumed = ImmutableArray.CreateBuilder<WorkflowState>();
        var refused = ImmutableArray.CreateBuilder<string>();

        if (request is { StartsNew: true, InstanceId: null })
            foreach (var trigger in await store.FindTriggersAsync(request.Hash, ct))
            {
                var result = await starts.RunAsync(StartOf(trigger, request), 0, [], ct);

                if (result is { State: { } state })
                    started.Add(state);
                else
                    refused.Add(result.Refusal!);
            }

        SecretUnreadableException? unreadable = null;

        foreach (var waiter in waiting)
            try
            {
                if (
                    await ResumeAsync(waiter.InstanceId, waiter.Id, request.Input, request.Who, request.Services, doneWorkId: 0, ct) is
                    { Outcome: ResumeOutcome.Resumed, State: { } state }
                )
                    resumed.Add(state);
            }
            catch (SecretUnreadableException e)
            {
                // The others go on first.
                unreadable ??= e;
            }

        if (unreadable is not null)
            ExceptionDispatchInfo.Throw(unreadable);

        return new(started.DrainToImmutable(), resumed.DrainToImmutable(), refused.DrainToImmutable());
    }

    /// <summary>Publishes a named event: it is durable when this returns, and is delivered soon to all who wait then, to each exactly once.</summary>
    public Task PublishAsync(PublishEventRequest request, CancellationToken ct)
    {
        var payload = new PublishPayload(request.Name, request.Payload, request.CorrelationId, request.InstanceId, access.Actor.Who);
        var key = WorkKeys.Publish(request.IdempotencyKey is { } given ? $"door:{given}" : $"door:{Guid.NewGuid():N}");
        return access.ActAsync(
            new Deed(Permissions.EventsPublish, "event.publish", request.Name)
            {
                Wanted = Facts.Of(("correlation", request.CorrelationId), ("instance", request.InstanceId)),
            },
            // Who waits for it, and whether it is a secret there, is decided only when it is delivered.
            () =>
                EnqueueAsync(
                    key,
                    WorkKind.Publish,
                    request.InstanceId,
                    Sheet.One(payload, WorkJson.Write),
                    isSealed: request.Payload is not null,
                    target: 0,
                    ct
                ),
            ct
        );
    }

    /// <summary>Sends a message to the handler of its topic: it is durable when this returns, and is handled at least once.</summary>
    /// <param name="topic">Topic of a registered <see cref="IMessageHandler"/>.</param>
    /// <param name="body">What comes with it.</param>
    /// <param name="key">Makes a repeated message one.</param>
    /// <param name="ct">Cancels.</param>
    public Task SendAsync(string topic, object? body, string key, CancellationToken ct) =>
        access.ActAsync(
            new Deed(Permissions.EventsPublish, "message.send", topic) { Wanted = Facts.Of(("key", key)) },
            () =>
                EnqueueAsync(
                    WorkKeys.Message(key),
                    WorkKind.Message,
                    null,
                    Sheet.One(new MessagePayload(topic, body), WorkJson.Write),
                    isSealed: body is not null,
                    target: 0,
                    ct
                ),
            ct
        );

    /// <summary>What an instance is; null when there is none.</summary>
    public async Task<InstanceView?> FindAsync(string instanceId, CancellationToken ct) =>
        await Shown.FindInstanceAsync(instanceId, ct) is { } row
            ? new InstanceView(row, StateJson.Read(row.State), await bursts.Graphs.FindAsync(row.VersionId, ct))
            : null;

    /// <summary>The variables of an instance: the declared ones in the order of their declaration, then those that scripts made.</summary>
    /// <param name="state">The instance, as it is or as it may be shown.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="AccessDeniedException">The actor lacks <see cref="Permissions.InstancesRead"/>.</exception>
    public Task<IReadOnlyList<InstanceVariable>> ListVariablesAsync(WorkflowState state, CancellationToken ct) =>
        InstanceVariables.OfAsync(state, Shown, ct);

    /// <summary>What happened to an instance, oldest first; nothing when there is none.</summary>
    public async Task<ImmutableArray<HistoryEntry>> ReadHistoryAsync(string instanceId, CancellationToken ct) =>
        await History.ReadAsync(
            await Shown.ReadHappenedAsync(instanceId, 0, ct),
            async version => await bursts.Graphs.FindAsync(version, ct)
        );

    /// <summary>Lists instances, newest first.</summary>
    public Task<IReadOnlyList<InstanceSummary>> ListAsync(InstanceFilter filter, int skip, int take, CancellationToken ct) =>
        Shown.ListInstancesAsync(filter, skip, take, ct);

    /// <summary>Lists a part of the instances in an order, and counts them.</summary>
    public Task<InstancePage> PageAsync(InstanceFilter filter, InstanceOrder order, int skip, int take, CancellationToken ct) =>
        Shown.PageInstancesAsync(filter, order, skip, take, ct);

    /// <summary>Tells where an instance stands, without its state; null when there is none.</summary>
    public async Task<InstanceStanding?> FindStandingAsync(string instanceId, CancellationToken ct) =>
        await Shown.FindStandingsAsync([instanceId], ct) is [var standing] ? standing : null;

    internal static StartInstanceRequest StartOf(TriggerRow trigger, DeliverRequest request) =>
        new(trigger.DefinitionId)
        {
            CorrelationId = request.CorrelationId,
            TriggerActivityId = trigger.ActivityId,
            TriggerInput = request.Input,
            Who = request.Who,
            Services = request.Services,
        };

    internal Task<ResumeResult> ResumeAsync(
        string instanceId,
        long bookmarkId,
        IReadOnlyDictionary<string, object?> input,
        string? who,
        IServiceProvider? services,
        long doneWorkId,
        CancellationToken ct
    ) => ResumeAsync(instanceId, b => b.Id == bookmarkId, bookmarkId, input, who, services, doneWorkId, ct);

    private async Task<ResumeResult> ResumeAsync(
        string instanceId,
        Func<Bookmark, bool> isMeant,
        long number,
        IReadOnlyDictionary<string, object?> input,
        string? who,
        IServiceProvider? services,
        long doneWorkId,
        CancellationToken ct
    )
    {
        var result = await bursts.RunAsync(
            new BurstRequest
            {
                InstanceId = instanceId,
                Choose = state =>
                    state.Bookmarks.FirstOrDefault(isMeant) is { } waiter ? new Stimulus.Resume(waiter.Id) { Input = input } : null,
                Who = who,
                Services = services,
                DoneWorkId = doneWorkId,
            },
            ct
        );

        return result.End switch
        {
            BurstEnd.Committed => new(ResumeOutcome.Resumed, result.State),
            BurstEnd.WorkGone => new(ResumeOutcome.Gone, null),
            BurstEnd.NotFound => new(ResumeOutcome.Unknown, null),
            _ => Unresumed(result.State!, isMeant, number),
        };
    }

    private static ResumeResult Unresumed(WorkflowState state, Func<Bookmark, bool> isMeant, long number)
    {
        if (state.Bookmarks.FirstOrDefault(isMeant) is { } waiter)
            // It waits, but cannot go on: its execution has failed, or is in the host of a node that died there, and the recovery is still to come.
            return state.Frames.Any(f => f.Id == waiter.FrameId && f is { Invoking: true, Background: false })
                ? throw new InstanceBusyException(state.InstanceId)
                : new(ResumeOutcome.Faulted, state);

        return new(
            state.Parked.Any(isMeant) ? ResumeOutcome.Faulted
                : number < state.NextId && number > 0 ? ResumeOutcome.Gone
                : ResumeOutcome.Unknown,
            state
        );
    }

    private async ValueTask<bool> HoldsSecretsAsync(string versionId, CancellationToken ct)
    {
        try
        {
            return (await bursts.Graphs.GetAsync(versionId, ct)).HoldsSecrets;
        }
        catch (WorkflowCompilationException)
        {
            // The start will tell.
            return true;
        }
    }

    private async Task EnqueueAsync(
        string key,
        WorkKind kind,
        string? instanceId,
        byte[] payload,
        bool isSealed,
        long target,
        CancellationToken ct
    )
    {
        var now = bursts.Clock.GetUtcNow();
        await store.EnqueueAsync(
            [
                new NewWork
                {
                    Key = key,
                    Kind = kind,
                    InstanceId = instanceId,
                    Target = target,
                    DueAt = now,
                    Payload = payload,
                    IsSealed = isSealed,
                },
            ],
            ct
        );
        bursts.Signal.Ring(now);
    }
}
