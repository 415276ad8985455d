using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Work;
using ServiceLoop.ServiceDesk.Tasks;

namespace ServiceLoop.ServiceDesk.Routing;

/// <summary>Messages by which tasks tell routing of themselves; each stands in the transaction of what it tells.</summary>
internal static class Arrivals
{
    public const string ArrivedTopic = "desk.task-arrived";
    public const string FreedTopic = "desk.task-left";

    /// <summary>A task is there.</summary>
    public static NewWork Of(string taskId, DateTimeOffset now) => AskedWork.Message(ArrivedTopic, taskId, $"desk.arrived:{taskId}", now);

    /// <summary>A task has left, and may have freed an agent.</summary>
    public static NewWork Freed(string taskId, DateTimeOffset now) => AskedWork.Message(FreedTopic, taskId, $"desk.left:{taskId}", now);
}

/// <summary>Gives a task that has arrived its place in the queue.</summary>
internal sealed class ArrivalHandler(
    TaskStore tasks,
    RoutingStore routing,
    IWorkingTime time,
    TimeProvider clock,
    QueueBell bell,
    IWorkSignal signal
) : IMessageHandler
{
    private static readonly string FindSticky = SqlFile.Beside<ArrivalHandler>("task.sticky");

    /// <inheritdoc/>
    public string Topic => Arrivals.ArrivedTopic;

    /// <inheritdoc/>
    public async Task HandleAsync(Message message, CancellationToken ct)
    {
        var id = (string)message.Body!;

        if (await tasks.FindAsync(id, ct) is not { QueueId: { } queueId } seen || seen.Standing.HasEnded)
            return;

        var now = clock.GetUtcNow();

        if (await routing.FindQueueAsync(queueId, ct) is not { } queue)
        {
            await routing.AlarmAsync(
                $"queue:{queueId}",
                "queue.unknown",
                queueId,
                $"Task '{id}' is for the queue '{queueId}', which there is not. It can be taken from the list only. Create the queue, or change the definition.",
                now,
                ct
            );
            return;
        }

        await AlarmSkillsAsync(seen, now, ct);
        var latest = await time.AddAsync(queue.CalendarId, seen.EnqueuedAt, TimeSpan.FromMinutes(queue.MaxWait), ct);
        var (owner, last) = await StickyAsync(seen, now, ct);
        var isDeflected =
            seen is { CaseId: not null, CustomerId: not null } && await OutOfHours.IsClosedAsync(time, queue.CalendarId, now, ct);

        await tasks.Database.TransactionAsync(
            async (connection, transaction) =>
            {
                if (await TaskStore.LockAsync(connection, transaction, id, ct) is not { } row || row.Standing.HasEnded)
                    return;

                row = (await CasePlace.ReadAsync(connection, row, ct)).On(row) with
                {
                    LatestAt = latest,
                    CaseOwner = owner,
                    LastAgent = last,
                };
                await TaskStore.PlaceAsync(
                    connection,
                    transaction,
                    row,
                    !row.IsWaiting
                        ? []
                        :
                        [
                            .. OverflowSteps.Next(row, row.Rev) is { } step ? new[] { step } : [],
                            .. isDeflected ? new[] { OutOfHours.Of(id, now) } : [],
                        ],
                    null,
                    ct
                );
            },
            ct
        );

        if (isDeflected)
            signal.Ring(now);

        bell.RingQueue(queueId);

        if (queue is { State: QueueState.Closed, OverflowTo: { } other })
            bell.RingQueue(other);
    }

    /// <summary>A skill that nobody holds is told at once, not when the task is late.</summary>
    private async Task AlarmSkillsAsync(TaskRow task, DateTimeOffset now, CancellationToken ct)
    {
        var wanted = task.Language is { } language ? task.Required.Add(new(language, 1)) : task.Required;

        foreach (var skill in wanted)
            if (!await routing.IsHeldAsync(skill, now, ct))
                await routing.AlarmAsync(
                    $"skill:{skill.SkillId}:{skill.Level}",
                    "skill.held-by-nobody",
                    skill.SkillId,
                    $"Task '{task.Id}' needs '{skill.SkillId}' at level {skill.Level}, and nobody holds it. Nobody will get the task until somebody does.",
                    now,
                    ct
                );
    }

    private async Task<(string? Owner, string? Last)> StickyAsync(TaskRow task, DateTimeOffset now, CancellationToken ct) =>
        task.CaseId is null && task.CustomerId is null
            ? default
            : (
                await tasks.Database.ReadAsync(
                    FindSticky,
                    static r => (r.FindText(0), r.FindText(1)),
                    ct,
                    Arg.Text(task.CaseId),
                    Arg.Text(task.CustomerId),
                    Arg.Text(task.Id),
                    Arg.Time(now - Choice.OwnerMemory),
                    Arg.Time(now - Choice.AgentMemory)
                )
            )[0];
}

/// <summary>Looks at the queues of an agent whose task has left.</summary>
internal sealed class FreedHandler(TaskStore tasks, QueueBell bell) : IMessageHandler
{
    /// <inheritdoc/>
    public string Topic => Arrivals.FreedTopic;

    /// <inheritdoc/>
    public async Task HandleAsync(Message message, CancellationToken ct)
    {
        if (await tasks.FindAsync((string)message.Body!, ct) is not { } task)
            return;

        if (task.Assignee is { } agent)
            bell.RingAgent(agent);
        else if (task.QueueId is { } queue)
            bell.RingQueue(queue);
    }
}
