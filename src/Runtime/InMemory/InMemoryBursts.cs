using System.Collections.Immutable;
using ServiceLoop.Engine;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Execution;
using ServiceLoop.Engine.State;

namespace ServiceLoop.Runtime.InMemory;

// The inner half: one burst, its commit, and the delivery of what it asked for.
public sealed partial class InMemoryWorkflows
{
    private readonly List<PrintedLine> lines = [];
    private readonly List<WrittenRow> rows = [];
    private readonly List<string> undelivered = [];
    private readonly HashSet<string> awaited = [];
    private readonly Queue<Func<CancellationToken, Task>> outbox = [];
    private int depth;
    private int bursts;

    private sealed record DueTimer(DateTimeOffset DueAt, InMemoryInstance? Instance, Bookmark? Bookmark, PublishedTrigger? Trigger);

    /// <summary>Runs an action; the outermost one then delivers until nothing is left.</summary>
    private async Task<T> SettleAsync<T>(Func<Task<T>> action, CancellationToken ct)
    {
        if (depth >= options.MaxNesting)
            throw new InvalidOperationException(
                $"Host activities called back into the host more than {options.MaxNesting} times inside each other: a workflow runs itself without end."
            );

        depth++;

        try
        {
            if (depth == 1)
                bursts = 0;

            var result = await action();

            if (depth == 1)
                while (outbox.TryDequeue(out var delivery))
                    await delivery(ct);

            return result;
        }
        finally
        {
            if (--depth == 0)
                outbox.Clear();
        }
    }

    private async Task<StartResult> BeginAsync(StartRequest request, CancellationToken ct)
    {
        var published =
            definitions.Published(request.DefinitionId)
            ?? throw new KeyNotFoundException($"No published version of workflow definition with ID {request.DefinitionId} found.");
        var graph = CompileVersion(published).GraphOrThrow();

        if (request.InstanceId is { } taken && instancesById.TryGetValue(taken, out var known))
            return new StartResult(known, null);

        if (Activation.Refuse(graph, request.CorrelationId, instances) is { } refusal)
            return new StartResult(null, refusal);

        var number = ++created;
        var instance = new InMemoryInstance(graph, WorkflowState.New(request.InstanceId ?? $"instance-{number}", graph), number);
        instances.Add(instance);
        instancesById.Add(instance.Id, instance);
        var start = new Stimulus.Start
        {
            Inputs = request.Inputs,
            CorrelationId = request.CorrelationId,
            Name = request.Name,
            TriggerActivityId = request.TriggerActivityId,
            TriggerInput = request.TriggerInput,
            ParentInstanceId = request.ParentInstanceId,
        };
        await BurstAsync(instance, start, ct);
        return new StartResult(instance, null);
    }

    private async Task<StimulusResult> SendAsync(StimulusRequest request, CancellationToken ct)
    {
        // Who waits is decided before anything runs: one stimulus never wakes two waiters one after the other.
        var waiting = bookmarks.Find(request.Hash);
        var started = ImmutableArray.CreateBuilder<InMemoryInstance>();
        var resumed = 0;

        if (request is { StartsNew: true, InstanceId: null })
            foreach (var (definitionId, trigger) in triggers.Where(t => t.Trigger.Hash == request.Hash).ToList())
                if (await TriggerAsync(definitionId, trigger, request, ct) is { } instance)
                    started.Add(instance);

        foreach (var (instance, bookmark) in waiting)
            if (
                (request.InstanceId is null || request.InstanceId == instance.Id)
                && (request.CorrelationId is null || request.CorrelationId == instance.State.CorrelationId)
                && await WakeAsync(instance, bookmark.Id, request.Input, ct)
            )
                resumed++;

        return new StimulusResult(started.DrainToImmutable(), resumed);
    }

    private async Task<InMemoryInstance?> TriggerAsync(
        string definitionId,
        TriggerRecord trigger,
        StimulusRequest request,
        CancellationToken ct
    )
    {
        if (definitions.Published(definitionId) is null)
            return null;

        var start = new StartRequest(definitionId)
        {
            CorrelationId = request.CorrelationId,
            TriggerActivityId = trigger.ActivityId,
            TriggerInput = request.Input,
        };
        return (await BeginAsync(start, ct)).Instance;
    }

    private async Task<bool> WakeAsync(
        InMemoryInstance instance,
        long bookmarkId,
        IReadOnlyDictionary<string, object?> input,
        CancellationToken ct
    )
    {
        if (!instance.State.Bookmarks.Any(b => b.Id == bookmarkId))
            return false;

        await BurstAsync(instance, new Stimulus.Resume(bookmarkId) { Input = input }, ct);
        return true;
    }

    private async Task CancelFamilyAsync(InMemoryInstance instance, bool compensate, CancellationToken ct)
    {
        await BurstAsync(instance, new Stimulus.Cancel(compensate), ct);

        foreach (var child in instances.Where(i => i.State.ParentInstanceId == instance.Id && i.IsRunning).ToList())
            await CancelFamilyAsync(child, compensate, ct);
    }

    private IEnumerable<DueTimer> DueTimers() =>
        instances
            .Where(i => i.IsRunning)
            .SelectMany(i =>
                i.State.Bookmarks.Where(b => b.DueAt is not null).Select(b => new DueTimer(b.DueAt!.Value, Instance: i, b, Trigger: null))
            )
            .Concat(
                triggers
                    .Where(t => options.TimersStartInstances && t.Trigger.DueAt is not null)
                    .Select(t => new DueTimer(t.Trigger.DueAt!.Value, null, null, Trigger: t))
            );

    private async Task<bool> FireAsync(DueTimer timer, CancellationToken ct)
    {
        if (timer is { Instance: { } instance, Bookmark: { } bookmark })
            return await WakeAsync(instance, bookmark.Id, ImmutableDictionary<string, object?>.Empty, ct);

        var trigger = timer.Trigger!;
        var place = triggers.IndexOf(trigger);

        if (place < 0 || definitions.Published(trigger.DefinitionId) is not { } published)
            return false;

        // The next moment counts from this one; a trigger that has none is spent.
        var next = TriggerIndex
            .Of(CompileVersion(published).GraphOrThrow(), clock.GetUtcNow(), out _)
            .FirstOrDefault(t => t.NodeId == trigger.Trigger.NodeId && t.DueAt > timer.DueAt);

        if (next is null)
            triggers.RemoveAt(place);
        else
            triggers[place] = trigger with { Trigger = next };

        return await TriggerAsync(trigger.DefinitionId, trigger.Trigger, new StimulusRequest(trigger.Trigger.Hash), ct) is not null;
    }

    /// <summary>Takes an instance through one burst and commits it.</summary>
    private async Task BurstAsync(InMemoryInstance instance, Stimulus stimulus, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();

        if (++bursts > options.BurstBudget)
            throw new InvalidOperationException(
                $"One call caused more than {options.BurstBudget} bursts, the last in instance '{instance.Id}': its workflows wake each other without end."
            );

        var before = instance.State;
        var effects = new List<Effect>();
        var wasRunning = instance.IsRunning;

        while (true)
        {
            var step =
                options.Values is { } values && instance.Number == 1
                    ? WorkflowEngine.Repeat(instance.Graph, instance.State, stimulus, clock.GetUtcNow(), values)
                    : WorkflowEngine.Advance(instance.Graph, instance.State, stimulus, clock.GetUtcNow());
            instance.Take(step, options.StatesRoundTrip);

            foreach (var effect in step.Effects)
                if (effect is Effect.WriteLine line)
                    Print(new PrintedLine(instance.Id, line.Text));
                else
                    effects.Add(effect);

            if (step.Invocation is { } invocation)
                stimulus = await HostInvocation.RunAsync(
                    instance.Graph,
                    instance.State,
                    invocation.FrameId,
                    services,
                    clock.GetUtcNow(),
                    ct
                );
            else if (step.IsCheckpoint)
                stimulus = new Stimulus.Continue();
            else
                break;
        }

        bookmarks.Replace(instance, before.Bookmarks, instance.State.Bookmarks);

        foreach (var effect in effects)
            Commit(instance, effect);

        if (wasRunning && !instance.IsRunning)
            outbox.Enqueue(token => ReportEndAsync(instance, token));
    }

    private void Print(PrintedLine line)
    {
        lines.Add(line);
        options.OnLine?.Invoke(line);
    }

    private void Commit(InMemoryInstance instance, Effect effect)
    {
        switch (effect)
        {
            case Effect.Record record:
                rows.Add(new WrittenRow(instance.Id, record.FrameId, record.Row));
                break;
            case Effect.Dispatch dispatch:
                outbox.Enqueue(ct => DispatchAsync(instance, dispatch, ct));
                break;
            case Effect.Publish publish:
                outbox.Enqueue(ct =>
                    SendAsync(
                        EventStimulus(publish.EventName, publish.Payload) with
                        {
                            CorrelationId = publish.CorrelationId,
                            InstanceId = publish.IsLocal ? instance.Id : null,
                        },
                        ct
                    )
                );
                break;
            case Effect.InvokeLater later:
                outbox.Enqueue(ct => InvokeAsync(instance, later.FrameId, ct));
                break;
            case Effect.Invoke or Effect.Checkpoint or Effect.BookmarkAdded or Effect.BookmarkBurned or Effect.WriteLine or Effect.Ended:
                break;
            default:
                throw new InvalidOperationException($"Unknown effect {effect.GetType().Name}.");
        }
    }

    private async Task InvokeAsync(InMemoryInstance instance, long frameId, CancellationToken ct)
    {
        if (!instance.State.Frames.Any(f => f.Id == frameId))
            return;

        var answer = await HostInvocation.RunAsync(instance.Graph, instance.State, frameId, services, clock.GetUtcNow(), ct);
        await BurstAsync(instance, answer, ct);
    }

    private async Task DispatchAsync(InMemoryInstance parent, Effect.Dispatch dispatch, CancellationToken ct)
    {
        var request = new StartRequest(dispatch.DefinitionId)
        {
            InstanceId = dispatch.ChildInstanceId,
            Inputs = dispatch.Inputs.ToObject(),
            CorrelationId = dispatch.CorrelationId,
            ParentInstanceId = parent.Id,
        };
        string? refusal;

        if (dispatch.Wait)
            awaited.Add(dispatch.ChildInstanceId);

        try
        {
            refusal = (await BeginAsync(request, ct)).Refusal;
        }
        catch (Exception e) when (e is KeyNotFoundException or WorkflowCompilationException)
        {
            refusal = e.Message;
        }

        if (refusal is null)
            return;

        undelivered.Add($"Instance '{parent.Id}' could not start '{dispatch.DefinitionId}': {refusal}");

        if (awaited.Remove(dispatch.ChildInstanceId))
            await ReportAsync(parent, dispatch.ChildInstanceId, ChildReport.NotStarted(dispatch.ChildInstanceId, refusal), ct);
    }

    /// <summary>Wakes what waits in the parent for this child.</summary>
    private async Task ReportEndAsync(InMemoryInstance child, CancellationToken ct)
    {
        if (awaited.Remove(child.Id) && child.State.ParentInstanceId is { } parentId && Find(parentId) is { } parent)
            await ReportAsync(parent, child.Id, ChildReport.Of(child.State), ct);
    }

    private async Task ReportAsync(InMemoryInstance parent, string childId, Dictionary<string, object?> report, CancellationToken ct)
    {
        foreach (var hash in ChildReport.HashesOf(parent.Id, childId))
        foreach (var (instance, bookmark) in bookmarks.Find(hash))
            if (instance == parent)
                await WakeAsync(parent, bookmark.Id, report, ct);
    }
}
