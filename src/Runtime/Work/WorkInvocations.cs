using Microsoft.Extensions.DependencyInjection;
using ServiceLoop.Engine;
using ServiceLoop.Engine.Execution;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Work;

// Host activities in the background, and bursts whose node died.
public sealed partial class WorkRunner
{
    /// <summary>The note by which an activity that must not repeat is known to have begun.</summary>
    private const string Begun = "begun";

    /// <summary>For how long the note holds its work; whoever called prolongs that while the activity runs.</summary>
    private static readonly TimeSpan BeginLease = TimeSpan.FromSeconds(60);

    private static readonly FaultDetail Interrupted = new(
        "The node died while it ran this activity, which must not run twice. Find out whether it was done; then retry or skip it."
    )
    {
        Kind = IncidentKind.Interrupted,
    };

    private async Task InvokeAsync(WorkRow work, CancellationToken ct)
    {
        var instanceId = InstanceOf(work);

        if (await store.FindInstanceAsync(instanceId, ct) is not { } row)
        {
            await CompleteAsync(work, ct);
            return;
        }

        var state = StateJson.Read(row.State);

        if (state.Frames.FirstOrDefault(f => f.Id == work.Target) is not { Background: true, Invoking: true } frame)
        {
            await CompleteAsync(work, ct);
            return;
        }

        var graph = await bursts.Graphs.GetAsync(row.VersionId, ct);

        if (graph.Nodes[frame.Node].Commit is CommitPoint.Before or CommitPoint.BeforeAndAfter && !await TryBeginAsync(work, ct))
        {
            await AnswerAsync(work, instanceId, new Stimulus.Threw(work.Target, Interrupted), ct);
            return;
        }

        await using var scope = bursts.Scopes.CreateAsyncScope();
        var answer = HostAnswer.Checked(
            await HostInvocation.RunAsync(graph, state, work.Target, scope.ServiceProvider, bursts.Clock.GetUtcNow(), ct)
        );

        if (answer is Stimulus.Threw threw)
            throw new ActivityFailedException(threw.Fault);

        await AnswerAsync(work, instanceId, answer, ct);
    }

    /// <summary>Notes that the activity begins; false when that was noted before and no failure since: its node died.</summary>
    private async Task<bool> TryBeginAsync(WorkRow work, CancellationToken ct) =>
        work.Error != Begun && await store.FailWorkAsync(work.Id, bursts.Clock.GetUtcNow() + BeginLease, Begun, ct) > 0;

    /// <summary>Hands the answer of a background activity to its instance.</summary>
    private async Task AnswerAsync(WorkRow work, string instanceId, Stimulus answer, CancellationToken ct)
    {
        var result = await bursts.RunAsync(
            new BurstRequest
            {
                InstanceId = instanceId,
                Stimulus = answer,
                DoneWorkId = work.Id,
            },
            ct
        );

        if (result.End is BurstEnd.Unchanged or BurstEnd.NotFound)
            await CompleteAsync(work, ct);
    }

    /// <summary>Goes on with a burst that committed halfway, unless its node still runs it.</summary>
    private async Task RecoverAsync(WorkRow work, CancellationToken ct)
    {
        var instanceId = InstanceOf(work);

        if (await store.FindInstanceAsync(instanceId, ct) is not { } row)
        {
            await CompleteAsync(work, ct);
            return;
        }

        if (row.LeaseOwner is not null && row.LeaseUntil > bursts.Clock.GetUtcNow())
        {
            await PutOffUntilAsync(work, row.LeaseUntil.Value, ct);
            return;
        }

        // Not as work that the burst does: should it stop halfway again, this row is what goes on with it. Its last commit removes it.
        var result = await bursts.RunAsync(new BurstRequest { InstanceId = instanceId, Choose = Resumption }, ct);

        if (result.End != BurstEnd.Committed)
            await CompleteAsync(work, ct);
    }

    private static Stimulus? Resumption(WorkflowState state)
    {
        if (state.SubStatus != WorkflowSubStatus.Executing)
            return null;

        return state.Frames.FirstOrDefault(f => f is { Invoking: true, Background: false }) is { } open
            ? new Stimulus.Threw(open.Id, Interrupted)
            : new Stimulus.Continue();
    }
}
