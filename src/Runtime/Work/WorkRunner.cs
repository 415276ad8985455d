using Microsoft.Extensions.Logging;
using ServiceLoop.Engine;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Secrets;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Telemetry;

namespace ServiceLoop.Runtime.Work;

/// <summary>Does one piece of work. What it causes and its removal are one transaction, so that work that is handed out twice is done once.</summary>
/// <remarks>Safe for all threads. Whoever calls holds the work's lease, prolongs it, and decides when a failure is tried again.</remarks>
public sealed partial class WorkRunner
{
    /// <summary>The shortest and the longest time for which work is put off that cannot be done yet, through nobody's fault.</summary>
    private static readonly TimeSpan ShortestDelay = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromHours(1);

    private readonly Bursts bursts;
    private readonly Starts starts;
    private readonly WorkflowRuntime runtime;
    private readonly IWorkflowStore store;
    private readonly IAccess access;
    private readonly ILogger<WorkRunner> logger;
    private readonly Dictionary<string, IMessageHandler> handlers;

    internal WorkRunner(
        Bursts bursts,
        Starts starts,
        WorkflowRuntime runtime,
        IEnumerable<IMessageHandler> handlers,
        IAccess access,
        ILogger<WorkRunner> logger
    )
    {
        (this.bursts, this.starts, this.runtime, this.access, this.logger) = (bursts, starts, runtime, access, logger);
        store = bursts.Store;
        this.handlers = handlers.ToDictionary(h => h.Topic, StringComparer.Ordinal);
    }

    /// <summary>Does the work and removes it; puts it off when its time has not come. Throws when it failed: then it is still there.</summary>
    public async Task RunAsync(WorkRow work, CancellationToken ct)
    {
        using var system = access.AsSystem();
        using var trace = RuntimeTelemetry.Source.StartActivity("work");
        trace?.SetTag("serviceloop.work.kind", work.Kind.ToString());
        trace?.SetTag("serviceloop.work.key", work.Key);

        // The clocks of two nodes differ: what another one took for due may be early here.
        if (work.Kind is WorkKind.Timer or WorkKind.TriggerTimer && work.DueAt > bursts.Clock.GetUtcNow())
        {
            await PutOffUntilAsync(work, work.DueAt, ct);
            return;
        }

        try
        {
            if (Seal.IsOn(work.Payload))
                throw new SecretUnreadableException(Seal.Work(work.Key), new InvalidOperationException("The store gave it out sealed."));

            await DoAsync(work, ct);
        }
        // What cannot be read is told by its place alone.
        catch (Exception e)
            when (e is not (StoreUnavailableException or InstanceBusyException or SecretUnreadableException or OutOfMemoryException))
        {
            if (!ct.IsCancellationRequested && await MayQuoteSecretsAsync(work, ct))
                throw new HiddenFailureException(e);

            throw;
        }
    }

    private Task DoAsync(WorkRow work, CancellationToken ct) =>
        work.Kind switch
        {
            WorkKind.Timer => FireAsync(work, ct),
            WorkKind.Resume => ResumeAsync(work, ct),
            WorkKind.Start => StartAsync(work, ct),
            WorkKind.Publish => PublishAsync(work, ct),
            WorkKind.Invoke => InvokeAsync(work, ct),
            WorkKind.TriggerTimer => FireTriggerAsync(work, ct),
            WorkKind.ChildEnded => ReportChildAsync(work, ct),
            WorkKind.Message => HandleAsync(work, ct),
            WorkKind.Recover => RecoverAsync(work, ct),
            _ => throw new InvalidOperationException($"Work {work.Id} is of the unknown kind {work.Kind}: a newer version wrote it."),
        };

    /// <summary>Whether what went wrong may quote a secret: its text goes to the log and into tables that are not encrypted.</summary>
    private async Task<bool> MayQuoteSecretsAsync(WorkRow work, CancellationToken ct)
    {
        if (work.IsSealed || work.InstanceId is not { } instanceId)
            return work.IsSealed;

        try
        {
            return await store.FindInstanceAsync(instanceId, ct) is { } row
                && (row.IsSealed || (await bursts.Graphs.GetAsync(row.VersionId, ct)).HoldsSecrets);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return true;
        }
    }

    /// <summary>Ends work whose attempts are used up: a background activity becomes an incident of its instance, all else is set aside for an operator.</summary>
    public async Task GiveUpAsync(WorkRow work, Exception last, CancellationToken ct)
    {
        Log.GivenUp(logger, work.Key, work.Kind, work.Attempts, last);

        if (work is { Kind: WorkKind.Invoke, InstanceId: { } instanceId })
        {
            // The incident is kept with the instance: encrypted, where that holds secrets.
            var cause = last is HiddenFailureException hidden ? hidden.Cause : last;
            var fault = cause is ActivityFailedException failed ? failed.Fault : FaultDetail.Of(cause);

            try
            {
                await AnswerAsync(work, instanceId, new Stimulus.Threw(work.Target, fault), ct);
            }
            catch (SecretUnreadableException e)
            {
                // Nobody can tell the instance.
                await store.BuryWorkAsync(work.Id, bursts.Clock.GetUtcNow(), e.Message, ct);
            }
        }
        else
        {
            await store.BuryWorkAsync(work.Id, bursts.Clock.GetUtcNow(), last.Message, ct);
        }
    }

    private async Task FireAsync(WorkRow work, CancellationToken ct)
    {
        await ResumeAsync(work, ct);
        NoteLateness(work);
    }

    private void NoteLateness(WorkRow work) => RuntimeTelemetry.TimerLateness.Record((bursts.Clock.GetUtcNow() - work.DueAt).TotalSeconds);

    private async Task ResumeAsync(WorkRow work, CancellationToken ct)
    {
        var resume = WorkJson.ReadResume(work.Payload);
        var result = await runtime.ResumeAsync(InstanceOf(work), work.Target, resume.Input, resume.Who, services: null, work.Id, ct);
        await EndAsync(work, result.Outcome, ct);
    }

    /// <summary>Work whose waiter is gone is done; work whose instance has failed waits for the repair.</summary>
    private async Task EndAsync(WorkRow work, ResumeOutcome outcome, CancellationToken ct)
    {
        if (outcome == ResumeOutcome.Faulted && work.Kind != WorkKind.Timer)
            await PutOffAsync(work, ct);
        else if (outcome != ResumeOutcome.Resumed)
            await CompleteAsync(work, ct);
    }

    private async Task HandleAsync(WorkRow work, CancellationToken ct)
    {
        var message = WorkJson.ReadMessage(work.Payload);

        if (!handlers.TryGetValue(message.Topic, out var handler))
            throw new InvalidOperationException(
                $"Nobody handles messages of the topic '{message.Topic}'. Register an {nameof(IMessageHandler)} for it."
            );

        await handler.HandleAsync(new Message(work.Key, message.Body, work.Attempts), ct);
        await CompleteAsync(work, ct);
    }

    /// <summary>Waits longer the longer it has waited; no attempt is counted.</summary>
    private Task PutOffAsync(WorkRow work, CancellationToken ct)
    {
        var now = bursts.Clock.GetUtcNow();
        var age = now - work.DueAt;
        var delay =
            age < ShortestDelay ? ShortestDelay
            : age > LongestDelay ? LongestDelay
            : age;
        return PutOffUntilAsync(work, now + delay, ct);
    }

    private Task PutOffUntilAsync(WorkRow work, DateTimeOffset until, CancellationToken ct) => store.RenewWorkAsync([work.Id], until, ct);

    private Task CompleteAsync(WorkRow work, CancellationToken ct) => store.CompleteWorkAsync([work.Id], ct);

    private async Task ExpandAsync(WorkRow work, IReadOnlyList<NewWork> into, CancellationToken ct)
    {
        if (work.IsSealed)
            into = [.. into.Select(w => w with { IsSealed = true })];

        if (await store.ExpandWorkAsync(work.Id, into, ct) && into.Count > 0)
            bursts.Signal.Ring(into.Min(w => w.DueAt));
    }

    private static string InstanceOf(WorkRow work) =>
        work.InstanceId ?? throw new InvalidOperationException($"Work {work.Id} of the kind {work.Kind} names no instance.");
}

/// <summary>A background activity failed; tried again, or an incident when the attempts are used up.</summary>
/// <param name="fault">What went wrong.</param>
public sealed class ActivityFailedException(FaultDetail fault) : Exception(fault.Message)
{
    /// <summary>What went wrong.</summary>
    public FaultDetail Fault { get; } = fault;
}

/// <summary>Work of an instance that holds secrets failed. What went wrong may quote one, so neither text nor stack nor inner exceptions are told.</summary>
/// <param name="cause">What went wrong.</param>
public sealed class HiddenFailureException(Exception cause)
    : Exception(
        $"It failed with {(cause as ActivityFailedException)?.Fault.ExceptionType ?? cause.GetType().Name}. The message is not shown, as it may quote a secret of the instance."
    )
{
    /// <summary>What went wrong; must not be logged.</summary>
    internal Exception Cause { get; } = cause;
}
