using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using ServiceLoop.Engine;
using ServiceLoop.Engine.Execution;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Telemetry;
using ServiceLoop.Runtime.Work;

namespace ServiceLoop.Runtime.Instances;

/// <summary>One burst of one instance: from its first step to its last commit.</summary>
/// <remarks>
/// A part of it ends with a commit. When that is refused because somebody else was faster, the part is repeated on what the instance is now; parts that
/// were committed are not. Before host activities run, the instance is held, so that their effects are not begun twice.
/// </remarks>
internal sealed class Burst(Bursts home, BurstRequest request) : IAsyncDisposable
{
    // What the next part begins with: the state of the last commit, and what happens to it.
    private Loaded? at;
    private Stimulus? stimulus = request.Stimulus;
    private AsyncServiceScope? scope;
    private bool isToBeLoaded = request.NewOn is null;
    private bool isCacheWrong;
    private bool isHeld;
    private bool mayBeLeased;
    private bool hasBegun;
    private int invocations;

    private enum Part
    {
        /// <summary>It is durable, and the burst goes on.</summary>
        Next,

        /// <summary>It is durable, and the burst has ended.</summary>
        Last,

        /// <summary>The stimulus does not apply.</summary>
        Unchanged,

        /// <summary>Somebody else was faster, or holds the instance.</summary>
        Conflict,

        WorkGone,
        NotFound,
    }

    /// <summary>Runs it.</summary>
    public async Task<BurstResult> RunAsync(CancellationToken ct)
    {
        var started = home.Clock.GetTimestamp();
        using var trace = RuntimeTelemetry.Source.StartActivity("burst");
        trace?.SetTag("serviceloop.instance", request.InstanceId);

        for (var failed = 0; failed < Backoff.MaxTries; )
        {
            ct.ThrowIfCancellationRequested();
            var part = await LoadAsync(ct) ?? await TakePartAsync(ct);

            switch (part)
            {
                case Part.Next:
                    failed = 0;
                    break;
                case Part.Last:
                    RuntimeTelemetry.BurstDuration.Record(home.Clock.GetElapsedTime(started).TotalSeconds);
                    return new(BurstEnd.Committed, at!.State);
                case Part.Unchanged when !at!.IsFresh:
                    LoadAgain();
                    break;
                case Part.Unchanged:
                    return Unchanged();
                case Part.WorkGone:
                    return new(BurstEnd.WorkGone, null);
                case Part.NotFound:
                    return new(BurstEnd.NotFound, null);
                case Part.Conflict when request.NewOn is not null && !hasBegun:
                    return new(BurstEnd.Exists, null);
                case Part.Conflict:
                    if (at is not null)
                        Log.CommitConflict(home.Logger, request.InstanceId, at.RowVersion);

                    LoadAgain();
                    await Backoff.PauseAsync(++failed, ct);
                    break;
                default:
                    throw new InvalidOperationException($"Unknown end {part} of a part of a burst.");
            }
        }

        throw new InstanceBusyException(request.InstanceId);
    }

    /// <summary>Gives back what was held, and the services.</summary>
    public async ValueTask DisposeAsync()
    {
        // After a first commit the recovery is on disk and decides. Before it nothing happened, and others need not wait.
        if (mayBeLeased && !hasBegun)
            await ReleaseAsync();

        if (scope is { } own)
            await own.DisposeAsync();
    }

    private async ValueTask<Part?> LoadAsync(CancellationToken ct)
    {
        if (!isToBeLoaded)
        {
            at ??= new Loaded(WorkflowState.New(request.InstanceId, request.NewOn!), 0, request.NewOn!, IsFresh: true);
            return null;
        }

        if (!isCacheWrong && home.Cache.Take(request.InstanceId) is { } remembered)
        {
            at = remembered;
        }
        else
        {
            if (await home.Store.FindInstanceAsync(request.InstanceId, ct) is not { } row)
                return Part.NotFound;

            if (row.LeaseOwner is { } holder && holder != home.Owner && row.LeaseUntil > home.Clock.GetUtcNow())
                return Part.Conflict;

            at = new Loaded(StateJson.Read(row.State), row.RowVersion, await home.Graphs.GetAsync(row.VersionId, ct), IsFresh: true)
            {
                IsSealed = row.IsSealed,
            };
        }

        isToBeLoaded = false;
        return null;
    }

    private void LoadAgain()
    {
        isToBeLoaded = true;
        isCacheWrong = true;
        isHeld = false;
        at = null;
    }

    /// <summary>When the stimulus does not apply to what the instance really is.</summary>
    private BurstResult Unchanged()
    {
        if (hasBegun && stimulus is Stimulus.Returned or Stimulus.Threw)
            Log.AnswerTooLate(home.Logger, request.InstanceId);

        Remember(storedBytes: 0);
        return new(hasBegun ? BurstEnd.Committed : BurstEnd.Unchanged, at!.State);
    }

    /// <summary>Steps until something is to be committed, and commits it.</summary>
    private async Task<Part> TakePartAsync(CancellationToken ct)
    {
        var begin = at!;
        var state = begin.State;

        if ((stimulus ?? request.Choose?.Invoke(state)) is not { } next)
            return Part.Unchanged;

        var draft = new Draft(begin);

        while (true)
        {
            var now = home.Clock.GetUtcNow();
            Step step;

            try
            {
                step = WorkflowEngine.Advance(begin.Graph, state, next, now);
            }
            catch (AlterationException) when (!begin.IsFresh)
            {
                return Part.Unchanged;
            }

            if (ReferenceEquals(step.State, state) && draft.IsEmpty)
                return Part.Unchanged;

            draft.Add(next, now, step);
            state = step.State;

            if (step.Invocation is { Commit: CommitPoint.Later or CommitPoint.After } call)
            {
                if (!await HoldAsync(ct))
                    return Part.Conflict;

                next = await InvokeAsync(state, call.FrameId, ct);
                continue;
            }

            var goesOn = step.Invocation is not null || step.IsCheckpoint;
            var part = await CommitAsync(draft, state, goesOn);

            if (part == Part.Next)
                stimulus = step.Invocation is { } intended ? await InvokeAsync(state, intended.FrameId, ct) : new Stimulus.Continue();

            return part;
        }
    }

    private async Task<Part> CommitAsync(Draft draft, WorkflowState state, bool goesOn)
    {
        var begin = at!;
        var now = home.Clock.GetUtcNow();
        var until = now + Bursts.Lease;
        var commit = draft.Build(
            state,
            new CommitRequest
            {
                Who = request.Who,
                DoneWorkId = hasBegun ? 0 : request.DoneWorkId,
                Work = WorkOf(goesOn, until),
                Dropped = !goesOn && NeedsNoRecovery(begin.State, state) ? [WorkKeys.Recover(request.InstanceId)] : [],
                Owner = home.Owner,
                KeepsLeaseUntil = goesOn ? until : null,
            },
            now
        );

        // Once handed over it happens, whether or not the caller still waits.
        switch (await home.Store.CommitAsync(commit, CancellationToken.None))
        {
            case CommitResult.Conflict:
                return Part.Conflict;
            case CommitResult.WorkGone:
                return Part.WorkGone;
        }

        hasBegun = true;
        isHeld = goesOn;
        at = begin with { State = state, RowVersion = begin.RowVersion + 1, IsFresh = true };
        Tell(draft, begin.State, state);

        if (goesOn)
            return Part.Next;

        RuntimeTelemetry.Bursts.Add(1);
        Remember(commit.State.Length);
        return Part.Last;
    }

    private ImmutableArray<NewWork> WorkOf(bool goesOn, DateTimeOffset leaseEnd)
    {
        var work = hasBegun ? [] : request.AlsoWorkThen?.Invoke() ?? request.AlsoWork;

        return goesOn
            ? work.Add(
                new NewWork
                {
                    Key = WorkKeys.Recover(request.InstanceId),
                    Kind = WorkKind.Recover,
                    InstanceId = request.InstanceId,
                    DueAt = leaseEnd,
                }
            )
            : work;
    }

    /// <summary>True when a recovery may be on disk that has nothing to do any more. One whose host activity is still open stays.</summary>
    private bool NeedsNoRecovery(WorkflowState before, WorkflowState after) =>
        (hasBegun || before.SubStatus == WorkflowSubStatus.Executing) && after.SubStatus != WorkflowSubStatus.Executing;

    private void Remember(int storedBytes)
    {
        if (at is { } last && last.State.Status == WorkflowStatus.Running)
            home.Cache.Put(request.InstanceId, last with { IsFresh = false }, storedBytes);
    }

    private void Tell(Draft draft, WorkflowState before, WorkflowState after)
    {
        home.Moves.Moved(request.InstanceId);

        foreach (var line in draft.Lines)
            if (at!.Graph.HoldsSecrets || at.IsSealed)
                Log.HiddenLine(home.Logger, request.InstanceId);
            else
                Log.Line(home.Logger, request.InstanceId, line.Text);

        if (Draft.NewIncidents(before, after) is > 0 and var opened)
        {
            RuntimeTelemetry.IncidentsOpened.Add(opened);
            Log.Incident(home.Logger, request.InstanceId, after.DefinitionId, after.Incidents.Length);
        }

        if (draft.EarliestDueAt is { } dueAt)
            home.Signal.Ring(dueAt);
    }

    /// <summary>Holds the instance for host activities; one that is not stored yet nobody else can want.</summary>
    private async ValueTask<bool> HoldAsync(CancellationToken ct)
    {
        if (isHeld || at!.RowVersion == 0)
            return true;

        var now = home.Clock.GetUtcNow();
        isHeld = await home.Store.TryLeaseAsync(request.InstanceId, at.RowVersion, home.Owner, now, now + Bursts.Lease, ct);
        mayBeLeased |= isHeld;
        return isHeld;
    }

    private async Task ReleaseAsync()
    {
        try
        {
            await home.Store.ReleaseAsync(request.InstanceId, home.Owner, CancellationToken.None);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Log.LeaseNotReleased(home.Logger, request.InstanceId, e);
        }
    }

    private async ValueTask<Stimulus> InvokeAsync(WorkflowState state, long frameId, CancellationToken ct)
    {
        if (++invocations > Bursts.MaxInvocations)
            return new Stimulus.Threw(frameId, HostAnswer.Runaway);

        using var system = home.Access.AsSystem();
        var services = request.Services ?? (scope ??= home.Scopes.CreateAsyncScope()).ServiceProvider;
        var call = HostInvocation.RunAsync(at!.Graph, state, frameId, services, home.Clock.GetUtcNow(), ct);

        if (call.IsCompleted || at.RowVersion == 0)
            return HostAnswer.Checked(await call);

        var version = at.RowVersion;
        await using var alive = new KeepAlive(request.InstanceId, Bursts.Lease / 3, () => RenewAsync(version), home.Clock, home.Logger);
        return HostAnswer.Checked(await call);
    }

    private Task<bool> RenewAsync(long version)
    {
        var now = home.Clock.GetUtcNow();
        return home.Store.TryLeaseAsync(request.InstanceId, version, home.Owner, now, now + Bursts.Lease, CancellationToken.None);
    }
}
