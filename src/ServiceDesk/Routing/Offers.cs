using System.Globalization;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Work;
using ServiceLoop.ServiceDesk.Agents;
using ServiceLoop.ServiceDesk.Tasks;

namespace ServiceLoop.ServiceDesk.Routing;

/// <summary>An offer.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="OfferNo">Number of the offer within the task.</param>
/// <param name="AgentId">To whom.</param>
/// <param name="QueueId">From which queue.</param>
/// <param name="Title">Of the task.</param>
/// <param name="Priority">Of the task.</param>
/// <param name="Channel">Of the task.</param>
/// <param name="OfferedAt">Since when, UTC.</param>
/// <param name="ExpiresAt">Until when, UTC.</param>
public sealed record OfferView(
    string TaskId,
    int OfferNo,
    string AgentId,
    string QueueId,
    string Title,
    Priority Priority,
    string Channel,
    DateTimeOffset OfferedAt,
    DateTimeOffset ExpiresAt
);

/// <summary>Answers to offers.</summary>
/// <remarks>Safe for all threads and nodes.</remarks>
public sealed class Offers
{
    internal const short Accepted = 1;
    internal const short Declined = 2;
    internal const short TimedOut = 3;
    internal const short Withdrawn = 4;

    private const int ChainThatAlarms = 3;

    private static readonly string OpenSql = SqlFile.Beside<Offers>("offer.open");
    private static readonly string MissSql = SqlFile.Beside<Offers>("presence.miss");
    private static readonly string HeardSql = SqlFile.Beside<Offers>("presence.heard");

    private readonly TaskStore tasks;
    private readonly RoutingStore routing;
    private readonly IAccess access;
    private readonly TimeProvider clock;
    private readonly QueueBell bell;

    internal Offers(TaskStore tasks, RoutingStore routing, IAccess access, TimeProvider clock, QueueBell bell) =>
        (this.tasks, this.routing, this.access, this.clock, this.bell) = (tasks, routing, access, clock, bell);

    /// <summary>Offers that stand for who asks; with <see cref="Permissions.AgentsRead"/> those of another.</summary>
    public Task<IReadOnlyList<OfferView>> ListAsync(string? agentId, CancellationToken ct)
    {
        access.Demand(Permissions.TasksRead);

        if (agentId is not null && agentId != TaskDesk.AgentIdOf(access.Actor))
            access.Demand(Permissions.AgentsRead);

        return tasks.Database.ReadAsync(
            OpenSql,
            static r => new OfferView(
                r.GetString(0),
                r.GetInt32(1),
                r.GetString(2),
                r.GetString(3),
                r.GetString(4),
                (Priority)r.GetInt16(5),
                r.GetString(6),
                r.GetTime(7),
                r.GetTime(8)
            ),
            ct,
            Arg.Text(agentId ?? TaskDesk.AgentIdOf(access.Actor))
        );
    }

    /// <summary>Takes an offer; asked again, the answer is the same.</summary>
    /// <exception cref="DeskRefusedException">The offer does not stand any more, or was made to another.</exception>
    public Task<TaskView> AcceptAsync(string taskId, int offerNo, CancellationToken ct) =>
        access.ActAsync(
            new Deed(Permissions.TasksComplete, "offer.accept", taskId) { IsJournalled = true },
            () => EndAsync(taskId, offerNo, TaskHappening.Accept, Accepted, null, ct),
            ct
        );

    /// <summary>Gives an offer back; the task is offered to somebody else.</summary>
    /// <exception cref="DeskRefusedException">The offer does not stand any more, or was made to another.</exception>
    public Task<TaskView> DeclineAsync(string taskId, int offerNo, string? reason, CancellationToken ct)
    {
        reason = TextRules.Optional(reason, "reason", 1000);
        return access.ActAsync(
            new Deed(Permissions.TasksComplete, "offer.decline", taskId) { Wanted = Facts.Of(("reason", reason)), IsJournalled = true },
            () => EndAsync(taskId, offerNo, TaskHappening.Withdraw, Declined, reason, ct),
            ct
        );
    }

    /// <summary>Ends an offer that nobody answered in time. A stale number changes nothing.</summary>
    internal async Task ExpireAsync(string taskId, int offerNo, CancellationToken ct)
    {
        if (await tasks.FindAsync(taskId, ct) is not { State: TaskState.Offered, OfferedTo: { } agent } task || task.OfferNo != offerNo)
            return;

        var ended = await WithdrawAsync(taskId, offerNo, agent, TimedOut, "no answer", ct);

        if (
            ended is not null
            && await tasks.Database.OnceForValueAsync(
                MissSql,
                ct,
                Arg.Text(agent),
                Arg.Integer(Heartbeats.MissesAllowed),
                Arg.Time(clock.GetUtcNow())
            )
                is true
        )
            bell.RingAgent(agent);
    }

    /// <summary>Takes an offer back, for whatever reason; the task waits again where it was.</summary>
    /// <returns>Null when the offer did not stand any more.</returns>
    internal async Task<TaskRow?> WithdrawAsync(string taskId, int offerNo, string agent, short end, string reason, CancellationToken ct)
    {
        TaskRow? before = null;
        TaskRow? after = null;

        await tasks.Database.TransactionAsync(
            async (connection, transaction) =>
            {
                (before, after) = (null, null);

                if (await TaskStore.LockAsync(connection, transaction, taskId, ct) is not { } row || row.OfferNo != offerNo)
                    return;

                if (TaskLifecycle.Apply(row.Standing, TaskHappening.Withdraw, agent).After is not { } standing)
                    return;

                before = row;
                after = await TaskStore.SaveAsync(
                    connection,
                    transaction,
                    new TaskChange(row, row.With(standing), end == TimedOut ? "miss" : "withdraw", clock.GetUtcNow())
                    {
                        Detail = $"{agent}: {reason}",
                        OfferEnd = end,
                    },
                    ct
                );
            },
            ct
        );

        if (after is not null)
            await TellAsync(before!, after, ct);

        return after;
    }

    private async Task<TaskView> EndAsync(
        string taskId,
        int offerNo,
        TaskHappening happening,
        short end,
        string? reason,
        CancellationToken ct
    )
    {
        var agent = TaskDesk.AgentIdOf(access.Actor);
        TaskRow? before = null;
        TaskRow? after = null;

        await tasks.Database.TransactionAsync(
            async (connection, transaction) =>
            {
                var row = await TaskStore.LockAsync(connection, transaction, taskId, ct) ?? throw TaskRefusals.Unknown(taskId);
                before = null;

                // Asked again: it is the agent's already, by this very offer.
                if (end == Accepted && row.OfferNo == offerNo && row.Assignee == agent && !row.Standing.HasEnded)
                {
                    after = row;
                    return;
                }

                var step = row.OfferNo == offerNo ? TaskLifecycle.Apply(row.Standing, happening, agent) : TaskRefusal.WrongState;

                if (step.After is not { } standing)
                    throw step.Refusal == TaskRefusal.Ended
                        ? TaskRefusals.Ended(row)
                        : DeskRefusedException.Gone(
                            "offer.gone",
                            string.Create(
                                CultureInfo.InvariantCulture,
                                $"Offer {offerNo} of task '{taskId}' does not stand for '{agent}' any more: its time was over, or it was taken back. Nothing was changed."
                            )
                        );

                before = row;
                after = await TaskStore.SaveAsync(
                    connection,
                    transaction,
                    new TaskChange(row, row.With(standing), end == Accepted ? "accept" : "decline", clock.GetUtcNow())
                    {
                        Actor = access.Actor.Who ?? agent,
                        Detail = reason,
                        OfferEnd = end,
                    },
                    ct
                );
            },
            ct
        );

        if (before is not null)
        {
            await tasks.Database.RepeatableAsync(HeardSql, ct, Arg.Text(agent));
            await TellAsync(before, after!, ct);
        }

        return TaskView.Of(after!);
    }

    private async Task TellAsync(TaskRow before, TaskRow after, CancellationToken ct)
    {
        bell.Ring(before, TaskView.Of(after));

        if (after.Declined.Length == ChainThatAlarms)
            await routing.AlarmAsync(
                $"declined:{after.Id}",
                "task.declined-by-many",
                after.Id,
                $"Task '{after.Id}' was declined or missed by {after.Declined.Length} agents in a row. Give it to somebody.",
                clock.GetUtcNow(),
                ct
            );
    }
}

/// <summary>Ends offers whose time is over.</summary>
internal sealed class OfferExpiry(Offers offers) : IMessageHandler
{
    public const string OfferTopic = "desk.offer-expires";

    /// <inheritdoc/>
    public string Topic => OfferTopic;

    /// <summary>The end of an offer, as work.</summary>
    public static NewWork Of(string taskId, int offerNo, DateTimeOffset expiresAt) =>
        AskedWork.Message(
            OfferTopic,
            string.Create(CultureInfo.InvariantCulture, $"{offerNo} {taskId}"),
            string.Create(CultureInfo.InvariantCulture, $"desk.offer:{taskId}:{offerNo}"),
            expiresAt
        );

    /// <inheritdoc/>
    public Task HandleAsync(Message message, CancellationToken ct)
    {
        var body = (string)message.Body!;
        var space = body.IndexOf(' ', StringComparison.Ordinal);
        return offers.ExpireAsync(body[(space + 1)..], int.Parse(body.AsSpan(0, space), CultureInfo.InvariantCulture), ct);
    }
}
