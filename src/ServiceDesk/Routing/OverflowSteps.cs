using System.Globalization;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Work;
using ServiceLoop.ServiceDesk.Callbacks;
using ServiceLoop.ServiceDesk.Tasks;

namespace ServiceLoop.ServiceDesk.Routing;

/// <summary>The steps of the overflow as durable work. What a step finds is decided by the row itself, so a step that comes twice or late does no harm.</summary>
internal static class OverflowSteps
{
    public const string Topic = "desk.overflow";

    /// <summary>The next step of a waiting task; null after the last.</summary>
    public static NewWork? Next(TaskRow task, long rev) =>
        Overflow.After(task.Overflow) is { } step && MomentOf(task, step) is { } moment
            ? AskedWork.Message(
                Topic,
                task.Id,
                string.Create(CultureInfo.InvariantCulture, $"desk.overflow:{task.Id}:{(int)step}:{rev}:{moment.UtcTicks}"),
                moment
            )
            : null;

    /// <summary>True when the next step comes sooner than it would have: the timer that stands would come too late.</summary>
    public static bool IsSooner(TaskRow before, TaskRow after) =>
        Overflow.After(after.Overflow) is { } step && MomentOf(after, step) is { } moment && !(MomentOf(before, step) <= moment);

    /// <summary>When a step comes; null while the target is not known.</summary>
    public static DateTimeOffset? MomentOf(TaskRow task, OverflowStep step)
    {
        if (task.LatestAt is not { } target)
            return null;

        target = task.ClockDueAt < target ? task.ClockDueAt.Value : target;
        target = task.DueAt < target ? task.DueAt.Value : target;
        return Overflow.MomentOf(step, task.EnqueuedAt, target);
    }
}

/// <summary>Takes a waiting task one step further.</summary>
internal sealed class OverflowHandler(TaskStore tasks, RoutingStore routing, TimeProvider clock, QueueBell bell, IWorkSignal signal)
    : IMessageHandler
{
    /// <inheritdoc/>
    public string Topic => OverflowSteps.Topic;

    /// <inheritdoc/>
    public async Task HandleAsync(Message message, CancellationToken ct)
    {
        var id = (string)message.Body!;
        var now = clock.GetUtcNow();
        TaskRow? moved = null;

        await tasks.Database.TransactionAsync(
            async (connection, transaction) =>
            {
                moved = null;

                // One that was taken meanwhile gets its next step when it comes back.
                if (await TaskStore.LockAsync(connection, transaction, id, ct) is not { IsWaiting: true } row)
                    return;

                if (Overflow.After(row.Overflow) is not { } step || OverflowSteps.MomentOf(row, step) is not { } moment)
                    return;

                if (moment > now)
                {
                    await TaskStore.PlaceAsync(connection, transaction, row, [OverflowSteps.Next(row, row.Rev)!], null, ct);
                    return;
                }

                // A new round: who declined it before may be asked again.
                moved = row with
                {
                    Overflow = step,
                    Declined = [],
                };
                await TaskStore.PlaceAsync(
                    connection,
                    transaction,
                    moved,
                    OverflowSteps.Next(moved, row.Rev) is { } next ? [next]
                        : step == OverflowStep.Supervisor && row.CustomerId is not null ? [WaitOffers.Of(id, now)]
                        : [],
                    TaskStore.Telling(id, now, null, "overflow", row.Rev, step.ToString()),
                    ct
                );
            },
            ct
        );

        if (moved is null)
            return;

        // The offer of a call, where there is one, is due at once.
        signal.Ring(now);

        if (moved.Overflow == OverflowStep.Supervisor)
            await routing.AlarmAsync(
                $"overdue:{id}",
                "task.overdue",
                id,
                $"Task '{id}' has waited 85 % of its time in the queue '{moved.QueueId}'. Give it to somebody, and offer the customer a callback.",
                now,
                ct
            );

        bell.RingQueue(moved.QueueId!);

        if (
            moved.Overflow >= OverflowStep.CopyToOverflowQueue
            && await routing.FindQueueAsync(moved.QueueId!, ct) is { OverflowTo: { } other }
        )
            bell.RingQueue(other);
    }
}
