using System.Collections.Immutable;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.ServiceDesk.Agents;

namespace ServiceLoop.ServiceDesk.Routing;

/// <summary>An alarm of the desk: something is set up so that work cannot be done in time.</summary>
/// <param name="Key">Which; the same alarm is raised once.</param>
/// <param name="Kind">Stable code.</param>
/// <param name="Subject">What it is about.</param>
/// <param name="Message">A sentence with the cure.</param>
/// <param name="RaisedAt">Since when, UTC.</param>
/// <param name="ClearedAt">When it was over, UTC; null while it stands.</param>
public sealed record DeskAlarm(string Key, string Kind, string Subject, string Message, DateTimeOffset RaisedAt, DateTimeOffset? ClearedAt);

/// <summary>Queues, members and alarms in their tables.</summary>
internal sealed class RoutingStore(Database database)
{
    private static readonly string QueueFind = SqlFile.Beside<RoutingStore>("queue.find");
    private static readonly string QueueList = SqlFile.Beside<RoutingStore>("queue.list");
    private static readonly string QueueWaiting = SqlFile.Beside<RoutingStore>("queue.waiting");
    private static readonly string QueueSave = SqlFile.Beside<RoutingStore>("queue.save");
    private static readonly string QueuesOf = SqlFile.Beside<RoutingStore>("queue_member.queues");
    private static readonly string MemberSave = SqlFile.Beside<RoutingStore>("queue_member.save");
    private static readonly string MemberDelete = SqlFile.Beside<RoutingStore>("queue_member.delete");
    private static readonly string RosterSql = SqlFile.Beside<RoutingStore>("agent.roster");
    private static readonly string HeldSql = SqlFile.Beside<RoutingStore>("agent_skill.is_held");
    private static readonly string AlarmRaise = SqlFile.Beside<RoutingStore>("desk_alarm.raise");
    private static readonly string AlarmClear = SqlFile.Beside<RoutingStore>("desk_alarm.clear");
    private static readonly string AlarmList = SqlFile.Beside<RoutingStore>("desk_alarm.list");
    private static readonly string UnplacedSql = SqlFile.Beside<RoutingStore>("task.unplaced");
    private static readonly string WhySql = SqlFile.Beside<RoutingStore>("why.find");

    public Database Database => database;

    /// <summary>A queue, without how much waits; null for none.</summary>
    public async Task<QueueView?> FindQueueAsync(string id, CancellationToken ct) =>
        (await database.ReadAsync(QueueFind, QueueView.Read, ct, Arg.Text(id))) is [var row] ? row : null;

    /// <summary>Queues with how much waits: counts it.</summary>
    public Task<IReadOnlyList<QueueView>> ListQueuesAsync(string? id, CancellationToken ct) =>
        database.ReadAsync(QueueList, QueueView.Read, ct, Arg.Text(id));

    /// <summary>Open queues in which anything waits.</summary>
    public Task<IReadOnlyList<string>> WaitingQueuesAsync(CancellationToken ct) =>
        database.ReadAsync(QueueWaiting, static r => r.GetString(0), ct);

    /// <summary>Tasks that came for a queue before there was one.</summary>
    public Task<IReadOnlyList<string>> UnplacedAsync(string queueId, CancellationToken ct) =>
        database.ReadAsync(UnplacedSql, static r => r.GetString(0), ct, Arg.Text(queueId));

    public Task<IReadOnlyList<string>> QueuesOfAsync(string agentId, CancellationToken ct) =>
        database.ReadAsync(QueuesOf, static r => r.GetString(0), ct, Arg.Text(agentId));

    /// <returns>False when it was changed since.</returns>
    public async Task<bool> SaveQueueAsync(QueueView queue, DateTimeOffset now, CancellationToken ct) =>
        await database.OnceAsync(
            QueueSave,
            ct,
            Arg.Text(queue.Id),
            Arg.Text(queue.Name),
            Arg.Small((short)queue.State),
            Arg.Text(queue.CalendarId),
            Arg.Text(queue.OverflowTo),
            Arg.Integer(queue.MaxWait),
            Arg.IntegerOrNull(queue.MaxWaiting),
            Arg.Flag(queue.AutoAccept),
            new NpgsqlParameter { Value = queue.Weights.Fit },
            new NpgsqlParameter { Value = queue.Weights.Free },
            new NpgsqlParameter { Value = queue.Weights.Sticky },
            new NpgsqlParameter { Value = queue.Weights.Idle },
            Arg.Number(queue.Rev),
            Arg.Time(now)
        ) > 0;

    /// <returns>False when queue or agent is unknown.</returns>
    public async Task<bool> SaveMemberAsync(string queueId, string agentId, bool isPrimary, CancellationToken ct) =>
        await database.RepeatableAsync(MemberSave, ct, Arg.Text(queueId), Arg.Text(agentId), Arg.Flag(isPrimary)) > 0;

    public Task<int> RemoveMemberAsync(string queueId, string agentId, CancellationToken ct) =>
        database.RepeatableAsync(MemberDelete, ct, Arg.Text(queueId), Arg.Text(agentId));

    public Task<IReadOnlyList<Candidate>> RosterAsync(string queueId, DateTimeOffset now, CancellationToken ct) =>
        database.ReadAsync(RosterSql, new Candidates(now).Read, ct, Arg.Text(queueId), Arg.Time(now));

    /// <summary>The members of a queue, for a batch.</summary>
    public static NpgsqlBatchCommand Roster(string queueId, DateTimeOffset now) =>
        new(RosterSql) { Parameters = { Arg.Text(queueId), Arg.Time(now) } };

    /// <summary>A queue, for a batch.</summary>
    public static NpgsqlBatchCommand Queue(string queueId) => new(QueueFind) { Parameters = { Arg.Text(queueId) } };

    public async Task<bool> IsHeldAsync(WantedSkill skill, DateTimeOffset now, CancellationToken ct) =>
        await database.ReadValueAsync(HeldSql, ct, Arg.Text(skill.SkillId), Arg.Integer(skill.Level), Arg.Time(now)) is true;

    public Task AlarmAsync(string key, string kind, string subject, string message, DateTimeOffset now, CancellationToken ct) =>
        database.RepeatableAsync(AlarmRaise, ct, Arg.Text(key), Arg.Text(kind), Arg.Text(subject), Arg.Text(message), Arg.Time(now));

    /// <summary>Ends alarms whose cause has gone.</summary>
    public Task ClearAlarmsAsync(DateTimeOffset now, CancellationToken ct) => database.RepeatableAsync(AlarmClear, ct, Arg.Time(now));

    public Task<IReadOnlyList<DeskAlarm>> ListAlarmsAsync(CancellationToken ct) =>
        database.ReadAsync(
            AlarmList,
            static r => new DeskAlarm(r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetTime(4), r.FindTime(5)),
            ct
        );

    public Task<IReadOnlyList<WhyView>> WhyAsync(string taskId, CancellationToken ct) =>
        database.ReadAsync(WhySql, WhyView.Read, ct, Arg.Text(taskId));
}

/// <summary>Reads agents as decisions see them. Most of a roster has the same channels and counts: each is made once.</summary>
internal sealed class Candidates(DateTimeOffset now)
{
    private static readonly ImmutableDictionary<string, int> None = ImmutableDictionary<string, int>.Empty;

    private readonly Dictionary<string, ImmutableDictionary<string, int>> counts = new(StringComparer.Ordinal) { ["{}"] = None };
    private readonly Dictionary<string, ImmutableHashSet<string>> channels = new(StringComparer.Ordinal);

    public Candidate Read(NpgsqlDataReader r) =>
        new(
            r.GetString(0),
            r.GetBoolean(1) ? Membership.Primary : Membership.Secondary,
            (PresenceStatus)r.GetInt16(2),
            new Load(r.GetInt32(4), r.GetInt32(5), r.GetInt32(6))
        )
        {
            Accepts = Channels(r.GetFieldValue<string[]>(3)),
            Open = Counts(r.GetString(7)),
            Most = Counts(r.GetString(8)),
            ShiftEndsAt = r.FindTime(9),
            Occupancy = Occupancy.Of(Spans(r), r.FindTime(16), now),
            LastAssignedAt = r.FindTime(11),
            AssignedToday = r.GetInt32(12),
            Skills = Skills(r),
        };

    private ImmutableHashSet<string> Channels(string[] names)
    {
        var key = string.Join(' ', names);
        return channels.TryGetValue(key, out var known) ? known : channels[key] = [.. names];
    }

    private ImmutableDictionary<string, int> Counts(string json) =>
        counts.TryGetValue(json, out var known)
            ? known
            : counts[json] = JsonSerializer.Deserialize<ImmutableDictionary<string, int>>(json)!;

    private static IEnumerable<(DateTimeOffset, DateTimeOffset)> Spans(NpgsqlDataReader r)
    {
        var spans = r.GetFieldValue<NpgsqlRange<DateTime>[]>(10);
        return spans.Length == 0
            ? []
            : spans.Select(s => (new DateTimeOffset(s.LowerBound, TimeSpan.Zero), new DateTimeOffset(s.UpperBound, TimeSpan.Zero)));
    }

    private static ImmutableArray<AgentSkill> Skills(NpgsqlDataReader r)
    {
        if (r.IsDBNull(13))
            return [];

        var ids = r.GetFieldValue<string[]>(13);
        var levels = r.GetFieldValue<short[]>(14);
        var ends = r.GetFieldValue<DateTime?[]>(15);
        var skills = new AgentSkill[ids.Length];

        for (var i = 0; i < ids.Length; i++)
            skills[i] = new(ids[i], levels[i], ends[i] is { } end ? new DateTimeOffset(end, TimeSpan.Zero) : null);

        return System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray(skills);
    }
}

/// <summary>Why somebody was offered a task.</summary>
/// <param name="OfferNo">Number of the offer.</param>
/// <param name="At">When, UTC.</param>
/// <param name="Chosen">Who was chosen.</param>
/// <param name="Candidates">The best five with their terms, the chosen one first.</param>
/// <param name="Rejected">Of all others of the queue: first failing rule → agents.</param>
public sealed record WhyView(
    int OfferNo,
    DateTimeOffset At,
    string Chosen,
    IReadOnlyList<WhyCandidate> Candidates,
    IReadOnlyDictionary<string, string[]> Rejected
)
{
    internal static WhyView Read(NpgsqlDataReader r) =>
        new(
            r.GetInt32(0),
            r.GetTime(1),
            r.GetString(2),
            JsonSerializer.Deserialize<WhyCandidate[]>(r.GetString(3))!,
            JsonSerializer.Deserialize<Dictionary<string, string[]>>(r.GetString(4))!
        );
}

/// <summary>One of the best.</summary>
public sealed record WhyCandidate(string Agent, double Fit, double Free, double Sticky, double Idle, double Sum);
