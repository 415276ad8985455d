using ServiceLoop.Runtime.Access;
using ServiceLoop.ServiceDesk.Routing;

namespace ServiceLoop.ServiceDesk.Tasks;

/// <summary>Tasks of steps, with timeouts that may count the working time of their queue only.</summary>
/// <remarks>Safe for all threads and nodes.</remarks>
public sealed class TaskTimeouts
{
    private readonly RoutingStore queues;
    private readonly IWorkingTime time;
    private readonly IAccess access;

    internal TaskTimeouts(RoutingStore queues, IWorkingTime time, IAccess access) =>
        (this.queues, this.time, this.access) = (queues, time, access);

    /// <summary>Reads a wish. Every minute counts where it has no queue, there is no such queue, or the queue has no calendar.</summary>
    /// <param name="wish">What a step says.</param>
    /// <param name="id"><c>{instance}:{execution}</c>.</param>
    /// <param name="bookmarkId">Number of the waiter that its answer resumes.</param>
    /// <param name="now">The moment of the step, UTC.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="DeskRefusedException">The wish makes no task.</exception>
    public async Task<TaskRequest> ReadAsync(TaskWish wish, string id, long bookmarkId, DateTimeOffset now, CancellationToken ct)
    {
        access.Demand(Permissions.TasksManage);
        var task = wish.Read(id, bookmarkId, now);

        if (!wish.InWorkingTime || task is not { QueueId: { } queueId, TimesOutAt: { } end })
            return task;

        var queue = await queues.FindQueueAsync(queueId, ct);
        return task with { TimesOutAt = await time.AddAsync(queue?.CalendarId, now, end - now, ct) };
    }
}
