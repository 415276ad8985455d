using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.ServiceDesk.Tasks;

namespace ServiceLoop.ServiceDesk.Routing;

/// <summary>Queues: what they are, who belongs to them, and why they gave what to whom.</summary>
/// <remarks>Safe for all threads and nodes.</remarks>
public sealed partial class Queues
{
    private const int MaxName = 200;
    private const int LongestWait = 525_600;

    private readonly RoutingStore store;
    private readonly TaskStore tasks;
    private readonly IAccess access;
    private readonly TimeProvider clock;
    private readonly QueueBell bell;
    private readonly Matcher matcher;

    internal Queues(RoutingStore store, TaskStore tasks, IAccess access, TimeProvider clock, QueueBell bell, Matcher matcher) =>
        (this.store, this.tasks, this.access, this.clock, this.bell, this.matcher) = (store, tasks, access, clock, bell, matcher);

    /// <summary>All queues, with how much waits.</summary>
    public Task<IReadOnlyList<QueueView>> ListAsync(CancellationToken ct)
    {
        access.Demand(Permissions.AgentsRead);
        return store.ListQueuesAsync(null, ct);
    }

    /// <summary>A queue.</summary>
    /// <exception cref="DeskRefusedException">There is none.</exception>
    public async Task<QueueView> GetAsync(string id, CancellationToken ct)
    {
        access.Demand(Permissions.AgentsRead);
        return await store.ListQueuesAsync(id, ct) is [var queue] ? queue : throw Unknown(id);
    }

    /// <summary>Makes a queue (revision 0) or changes one (the revision that was seen).</summary>
    /// <exception cref="DeskRefusedException">A value is wrong, or it was changed since it was seen.</exception>
    public Task<QueueView> SaveAsync(QueueView queue, CancellationToken ct) =>
        access.ActAsync(
            new Deed(Permissions.AgentsManage, "queue.save", queue.Id)
            {
                Wanted = Facts.Of(("name", queue.Name), ("state", queue.State.ToString()), ("overflow", queue.OverflowTo)),
            },
            async () =>
            {
                var wanted = Checked(queue);

                if (wanted.OverflowTo is { } other && await store.FindQueueAsync(other, ct) is null)
                    throw DeskRefusedException.Invalid("queue.overflow", "overflowTo", $"There is no queue '{other}'. Create it first.");

                if (!await store.SaveQueueAsync(wanted, clock.GetUtcNow(), ct))
                    throw DeskRefusedException.Conflict(
                        "queue.changed",
                        $"Queue '{queue.Id}' was made, changed or removed by somebody else. Look at it again."
                    );

                if (wanted.Rev == 0)
                    await PlaceEarlierAsync(wanted.Id, ct);

                bell.RingQueue(queue.Id);
                return (await store.ListQueuesAsync(queue.Id, ct))[0];
            },
            ct
        );

    /// <summary>The members of a queue, with their load and presence.</summary>
    /// <exception cref="DeskRefusedException">There is no such queue.</exception>
    public async Task<IReadOnlyList<Candidate>> MembersAsync(string id, CancellationToken ct)
    {
        access.Demand(Permissions.AgentsRead);
        _ = await store.FindQueueAsync(id, ct) ?? throw Unknown(id);
        return await store.RosterAsync(id, clock.GetUtcNow(), ct);
    }

    /// <summary>Makes an agent a member.</summary>
    /// <exception cref="DeskRefusedException">Queue or agent is unknown.</exception>
    public Task SetMemberAsync(string queueId, string agentId, bool isPrimary, CancellationToken ct) =>
        access.ActAsync(
            new Deed(Permissions.AgentsManage, "queue.member", queueId)
            {
                Wanted = Facts.Of(("agent", agentId), ("primary", isPrimary.ToString(CultureInfo.InvariantCulture))),
            },
            async () =>
            {
                if (!await store.SaveMemberAsync(queueId, agentId, isPrimary, ct))
                    throw DeskRefusedException.Unknown(
                        "queue.member",
                        $"There is no queue '{queueId}' or no agent '{agentId}'. Create it first."
                    );

                bell.RingQueue(queueId);
            },
            ct
        );

    /// <summary>Takes an agent out of a queue; what the agent has stays.</summary>
    public Task RemoveMemberAsync(string queueId, string agentId, CancellationToken ct) =>
        access.ActAsync(
            new Deed(Permissions.AgentsManage, "queue.member-out", queueId) { Wanted = Facts.Of(("agent", agentId)) },
            () => store.RemoveMemberAsync(queueId, agentId, ct),
            ct
        );

    /// <summary>Brings what waits in a queue and who is free together now, without waiting for the next look.</summary>
    /// <returns>How many tasks were offered or given.</returns>
    public Task<int> LookAsync(string id, CancellationToken ct) =>
        access.ActAsync(
            new Deed(Permissions.AgentsManage, "queue.look", id) { IsJournalled = true },
            async () => (await matcher.DrainAsync(id, ct)).Offered,
            ct
        );

    /// <summary>True when this node has nothing in hand of bringing work and people together.</summary>
    public bool IsQuiet()
    {
        access.Demand(Permissions.AgentsRead);
        return bell.IsQuiet;
    }

    /// <summary>Why a task was offered to whom.</summary>
    /// <exception cref="DeskRefusedException">There is no such task.</exception>
    public async Task<IReadOnlyList<WhyView>> WhyAsync(string taskId, CancellationToken ct)
    {
        access.Demand(Permissions.AgentsRead);
        _ = await tasks.FindAsync(taskId, ct) ?? throw TaskRefusals.Unknown(taskId);
        return await store.WhyAsync(taskId, ct);
    }

    /// <summary>What is set up so that work cannot be done in time; what stands comes first.</summary>
    public Task<IReadOnlyList<DeskAlarm>> AlarmsAsync(CancellationToken ct)
    {
        access.Demand(Permissions.AgentsRead);
        return store.ListAlarmsAsync(ct);
    }

    /// <summary>Lets tasks that came before their queue arrive again.</summary>
    private async Task PlaceEarlierAsync(string queueId, CancellationToken ct)
    {
        var now = clock.GetUtcNow();

        foreach (var some in (await store.UnplacedAsync(queueId, ct)).Chunk(1000))
            await store.Database.TransactionAsync(
                async (connection, transaction) =>
                {
                    await using var batch = new NpgsqlBatch(connection, transaction);
                    batch.BatchCommands.Add(WorkRowsCommand.Adding([.. some.Select(id => Arrivals.Of(id, now))]));
                    await batch.ExecuteNonQueryAsync(ct);
                },
                ct
            );
    }

    /// <summary>Checks an id of our own making: a queue or a skill.</summary>
    internal static string CheckedId(string? id, string field)
    {
        var text = TextRules.Required(id, field, 60);
        return IdPattern().IsMatch(text)
            ? text
            : throw DeskRefusedException.Invalid(
                "id.form",
                field,
                $"'{text}' cannot be an id. Use lower-case letters, digits and hyphens, beginning with a letter."
            );
    }

    [GeneratedRegex("^[a-z][a-z0-9-]*$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex IdPattern();

    private static QueueView Checked(QueueView queue)
    {
        if (queue.MaxWait is < 1 or > LongestWait)
            throw DeskRefusedException.Invalid(
                "queue.max-wait",
                "maxWait",
                string.Create(CultureInfo.InvariantCulture, $"'maxWait' is {queue.MaxWait}. Give 1 to {LongestWait} business minutes.")
            );

        if (queue.MaxWaiting is < 1)
            throw DeskRefusedException.Invalid("queue.max-waiting", "maxWaiting", "'maxWaiting' is a number from 1, or nothing.");

        var weights = queue.Weights;
        double[] terms = [weights.Fit, weights.Free, weights.Sticky, weights.Idle];

        if (Array.Exists(terms, t => !double.IsFinite(t) || t is < 0 or > 1) || Math.Abs(terms.Sum() - 1) > 1e-6)
            throw DeskRefusedException.Invalid("queue.weights", "weights", "The four weights lie between 0 and 1, and their sum is 1.");

        if (!Enum.IsDefined(queue.State))
            throw DeskRefusedException.Invalid("queue.state", "state", "'state' is Open, Paused or Closed.");

        return queue with
        {
            Id = CheckedId(queue.Id, "id"),
            Name = TextRules.Required(queue.Name, "name", MaxName),
            CalendarId = TextRules.Optional(queue.CalendarId, "calendarId", 100),
            OverflowTo = queue.OverflowTo is null ? null : CheckedId(queue.OverflowTo, "overflowTo"),
        };
    }

    private static DeskRefusedException Unknown(string id) =>
        DeskRefusedException.Unknown("queue.unknown", $"There is no queue '{id}'. Look at the id.");
}
