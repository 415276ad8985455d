using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.ServiceDesk.Routing;
using ServiceLoop.ServiceDesk.Tasks;

namespace ServiceLoop.ServiceDesk.Agents;

/// <summary>Presence of an agent.</summary>
/// <param name="AgentId">Who.</param>
/// <param name="Name">For people.</param>
/// <param name="Status">Whether the agent takes work.</param>
/// <param name="Since">Since when, UTC.</param>
/// <param name="Accepts">Channels that work is taken from.</param>
/// <param name="LastHeartbeat">When the agent was heard of last, UTC.</param>
/// <param name="Reason">Why; null for none.</param>
public sealed record PresenceView(
    string AgentId,
    string Name,
    PresenceStatus Status,
    DateTimeOffset Since,
    IReadOnlyList<string> Accepts,
    DateTimeOffset LastHeartbeat,
    string? Reason
);

/// <summary>Who is there.</summary>
/// <remarks>Safe for all threads and nodes.</remarks>
public sealed class PresenceDesk
{
    private static readonly string SetSql = SqlFile.Beside<PresenceDesk>("presence.set");
    private static readonly string HearSql = SqlFile.Beside<PresenceDesk>("presence.hear");
    private static readonly string ListSql = SqlFile.Beside<PresenceDesk>("presence.list");
    private static readonly string SilenceSql = SqlFile.Beside<PresenceDesk>("presence.silence");
    private static readonly string GoneSql = SqlFile.Beside<PresenceDesk>("presence.gone");
    private static readonly string EmptiedSql = SqlFile.Beside<PresenceDesk>("presence.emptied");
    private static readonly string OpenOffers = SqlFile.Beside<PresenceDesk>("offer.of_agent");
    private static readonly string HeldTasks = SqlFile.Beside<PresenceDesk>("task.of_agent");

    private static readonly string AbsentSql = SqlFile.Beside<PresenceDesk>("task.of_absent");
    private static readonly string RepliedSql = SqlFile.Beside<PresenceDesk>("interaction.is_since");

    private readonly TaskStore tasks;
    private readonly Offers offers;
    private readonly IAccess access;
    private readonly TimeProvider clock;
    private readonly QueueBell bell;
    private readonly PresenceOptions options;

    internal PresenceDesk(TaskStore tasks, Offers offers, IAccess access, TimeProvider clock, QueueBell bell, PresenceOptions options) =>
        (this.tasks, this.offers, this.access, this.clock, this.bell, this.options) = (tasks, offers, access, clock, bell, options);

    /// <summary>All agents that were there, those who are there first.</summary>
    public Task<IReadOnlyList<PresenceView>> ListAsync(CancellationToken ct)
    {
        access.Demand(Permissions.AgentsRead);
        return tasks.Database.ReadAsync(ListSql, Read, ct);
    }

    /// <summary>Says whether one takes work; who does so for the first time becomes an agent.</summary>
    /// <param name="agentId">Who; null for oneself. Another one needs <see cref="Permissions.AgentsManage"/>.</param>
    /// <param name="status">Not <see cref="PresenceStatus.Missed"/> nor <see cref="PresenceStatus.Disconnected"/>: those are the product's.</param>
    /// <param name="accepts">Channels; null keeps them, at first all.</param>
    /// <param name="reason">Why; optional.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="DeskRefusedException">A value is wrong, or another agent is unknown.</exception>
    public Task<PresenceView> SetAsync(
        string? agentId,
        PresenceStatus status,
        IReadOnlyList<string>? accepts,
        string? reason,
        CancellationToken ct
    )
    {
        var self = TaskDesk.AgentIdOf(access.Actor);
        var who = agentId is null ? self : TextRules.Required(agentId, "agentId", 100);
        var text = TextRules.Optional(reason, "reason", 200);

        if (!Enum.IsDefined(status) || status is PresenceStatus.Missed or PresenceStatus.Disconnected)
            throw DeskRefusedException.Invalid(
                "presence.status",
                "status",
                $"'{status}' is not for you to set. Choose Offline, Available, Busy, AfterContactWork, Break, Training or Away."
            );

        if (accepts?.FirstOrDefault(c => !Channels.IsKnown(c)) is { } unknown)
            throw DeskRefusedException.Invalid(
                "presence.channel",
                "accepts",
                $"There is no channel '{unknown}'. There are: {string.Join(", ", Channels.All)}."
            );

        return access.ActAsync(
            new Deed(who == self ? Permissions.TasksComplete : Permissions.AgentsManage, "presence.set", who)
            {
                Wanted = Facts.Of(("status", status.ToString()), ("reason", text)),
                IsJournalled = true,
            },
            () => ChangeAsync(who, who == self ? access.Actor.OnBehalfOf ?? access.Actor.Name : null, status, accepts, text, ct),
            ct
        );
    }

    /// <summary>Tells that one is still there. Who was disconnected meanwhile is back as before: available, or at a break that goes on.</summary>
    /// <returns>The presence; null for who has never said whether one takes work.</returns>
    public async Task<PresenceView?> HeartbeatAsync(CancellationToken ct)
    {
        access.Demand(Permissions.TasksComplete);
        var self = TaskDesk.AgentIdOf(access.Actor);
        var found = await tasks.Database.ReadAsync(
            HearSql,
            static r => (Presence: Read(r), IsBack: r.GetBoolean(7)),
            ct,
            Arg.Text(self),
            Arg.Time(clock.GetUtcNow())
        );

        if (found is not [var heard])
            return null;

        if (heard is { IsBack: true, Presence.Status: PresenceStatus.Available })
            bell.RingAgent(self);

        return heard.Presence;
    }

    /// <summary>Disconnects who has gone silent, and gives work of those who stay away to others. Any number of nodes may do this at once.</summary>
    /// <returns>How many were disconnected, and how many tasks wait again.</returns>
    internal async Task<(int Disconnected, int Requeued)> SweepAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var silent = await tasks.Database.ReadAsync(
            SilenceSql,
            static r => r.GetString(0),
            ct,
            Arg.Time(now),
            Arg.Time(now - options.SilenceLimit)
        );

        foreach (var agent in silent)
            await WithdrawOffersAsync(agent, "disconnected", ct);

        var before = now - options.Grace;
        var gone = await tasks.Database.ReadAsync(
            GoneSql,
            static r => (Agent: r.GetString(0), NextShiftAt: r.FindTime(1)),
            ct,
            Arg.Time(before)
        );
        var requeued = 0;

        foreach (var (agent, nextShift) in gone)
        {
            // Said after it is done: a node that stops in between leaves the rest to the next sweep. Done twice, it changes nothing.
            requeued += await EmptyAsync(agent, nextShift, now, ct);
            await tasks.Database.RepeatableAsync(EmptiedSql, ct, Arg.Text(agent), Arg.Time(before));
        }

        return (silent.Count, requeued);
    }

    private async Task<PresenceView> ChangeAsync(
        string who,
        string? name,
        PresenceStatus status,
        IReadOnlyList<string>? accepts,
        string? reason,
        CancellationToken ct
    )
    {
        var found = await tasks.Database.ReadAsync(
            SetSql,
            Read,
            ct,
            Arg.Text(who),
            Arg.Text(name),
            Arg.Small((short)status),
            Arg.TextsOrNull(accepts?.Distinct(StringComparer.Ordinal).ToArray()),
            Arg.Texts(Channels.All),
            Arg.Text(reason),
            Arg.Time(clock.GetUtcNow())
        );

        if (found is not [var presence])
            throw AgentDesk.Unknown(who);

        if (status == PresenceStatus.Available)
            bell.RingAgent(who);
        else
            await WithdrawOffersAsync(who, $"is {status}", ct);

        return presence;
    }

    private async Task WithdrawOffersAsync(string agent, string reason, CancellationToken ct)
    {
        var open = await tasks.Database.ReadAsync(OpenOffers, static r => (Task: r.GetString(0), No: r.GetInt32(1)), ct, Arg.Text(agent));

        foreach (var (task, no) in open)
            await offers.WithdrawAsync(task, no, agent, Offers.Withdrawn, reason, ct);
    }

    /// <summary>Gives back what cannot wait for the agent's next shift; it keeps its place by age.</summary>
    private async Task<int> EmptyAsync(string agent, DateTimeOffset? nextShift, DateTimeOffset now, CancellationToken ct)
    {
        var held = await tasks.Database.ReadAsync(HeldTasks, static r => r.GetString(0), ct, Arg.Text(agent));
        var requeued = 0;

        foreach (var id in held)
            if (await GiveBackAsync(id, agent, nextShift, hasReplied: false, $"{agent} has gone", now, ct))
                requeued++;

        return requeued;
    }

    /// <summary>Gives tasks of a case whose customer has replied back to their queues, where their owners are not there.</summary>
    internal async Task RepliedAsync(string caseId, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var absent = await tasks.Database.ReadAsync(
            AbsentSql,
            static r => (Task: r.GetString(0), Agent: r.GetString(1), NextShiftAt: r.FindTime(2)),
            ct,
            Arg.Text(caseId),
            Arg.Time(now)
        );

        foreach (var (task, agent, nextShift) in absent)
            await GiveBackAsync(task, agent, nextShift, hasReplied: true, $"the customer has replied, and {agent} is not there", now, ct);
    }

    private async Task<bool> GiveBackAsync(
        string id,
        string agent,
        DateTimeOffset? nextShift,
        bool hasReplied,
        string why,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        TaskRow? before = null;
        TaskRow? after = null;
        await tasks.Database.TransactionAsync(
            async (connection, transaction) =>
            {
                (before, after) = (null, null);

                if (
                    await TaskStore.LockAsync(connection, transaction, id, ct) is not { QueueId: not null } row
                    || row.Assignee != agent
                    || !Heartbeats.IsRequeued(
                        Channels.IsSync(row.Channel),
                        row.DueAt,
                        nextShift,
                        hasReplied || await HasRepliedAsync(connection, row, ct)
                    )
                    || TaskLifecycle.Apply(row.Standing, TaskVerb.Release, new TaskActor("", true)).After is not { } standing
                )
                    return;

                before = row;
                after = await TaskStore.SaveAsync(
                    connection,
                    transaction,
                    new TaskChange(row, row.With(standing), "requeue", now) { Detail = why },
                    ct
                );
            },
            ct
        );

        if (after is null)
            return false;

        bell.Ring(before!, TaskView.Of(after));
        return true;
    }

    /// <summary>Whether the customer has said something about the case since the task was changed last.</summary>
    private static async Task<bool> HasRepliedAsync(Npgsql.NpgsqlConnection connection, TaskRow task, CancellationToken ct) =>
        task.CaseId is not null
        && (await connection.ReadAsync(RepliedSql, static r => r.GetBoolean(0), ct, Arg.Text(task.CaseId), Arg.Time(task.ChangedAt)))[0];

    private static PresenceView Read(Npgsql.NpgsqlDataReader r) =>
        new(
            r.GetString(0),
            r.GetString(1),
            (PresenceStatus)r.GetInt16(2),
            r.GetTime(3),
            r.GetFieldValue<string[]>(4),
            r.GetTime(5),
            r.FindText(6)
        );
}
