using System.Collections.Immutable;
using System.Globalization;
using Npgsql;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Store;
using ServiceLoop.ServiceDesk.Escalations.Degraded;
using ServiceLoop.ServiceDesk.Routing;
using ServiceLoop.ServiceDesk.Webhooks;

namespace ServiceLoop.ServiceDesk.Escalations;

/// <summary>Somebody who is to be told of a level.</summary>
/// <param name="Level">The level.</param>
/// <param name="Role">As what.</param>
/// <param name="Recipient">Who.</param>
/// <param name="At">When, UTC.</param>
internal sealed record PlannedNotice(int Level, string Role, Recipient Recipient, DateTimeOffset At);

/// <summary>One transaction over the tables of escalations.</summary>
internal sealed class EscalationTransaction(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken ct)
{
    /// <summary>The parent of a storm, as a subject.</summary>
    public const string Storm = "storm";

    private static readonly string Hold = SqlFile.Beside<EscalationStore>("escalation.hold");
    private static readonly string Save = SqlFile.Beside<EscalationStore>("escalation.save");
    private static readonly string Lock = SqlFile.Beside<EscalationStore>("escalation.lock");
    private static readonly string LockSubject = SqlFile.Beside<EscalationStore>("escalation.lock_subject");
    private static readonly string LockCause = SqlFile.Beside<EscalationStore>("escalation.lock_cause");
    private static readonly string CountChildren = SqlFile.Beside<EscalationStore>("escalation.count_children");
    private static readonly string CountCause = SqlFile.Beside<EscalationStore>("escalation.count_cause");
    private static readonly string InsertSignal = SqlFile.Beside<EscalationStore>("escalation_signal.insert");
    private static readonly string AttachSignal = SqlFile.Beside<EscalationStore>("escalation_signal.attach");
    private static readonly string ListWaiting = SqlFile.Beside<EscalationStore>("escalation_signal.list_waiting");
    private static readonly string InsertNotices = SqlFile.Beside<EscalationStore>("escalation_notice.insert");
    private static readonly string InsertEvents = SqlFile.Beside<EscalationStore>("escalation_event.insert");

    private readonly List<NewWork> added = [];
    private readonly List<NewWork> removed = [];
    private readonly List<(string CaseId, string Key)> placed = [];
    private DateTimeOffset placedAt;
    private readonly List<NewWork> told = [];

    /// <summary>Notes a signal.</summary>
    /// <returns>False when it was heeded before.</returns>
    public async Task<bool> HeedAsync(EscalationSignal signal) =>
        await ExecuteAsync(InsertSignal, Arg.Text(signal.Key), Arg.Text(signal.InstanceId), Arg.Time(signal.At)) == 1;

    public Task AttachAsync(string key, string escalationId) => ExecuteAsync(AttachSignal, Arg.Text(key), Arg.Text(escalationId));

    /// <summary>Waits for others that raise the same; two locks are always taken in this order: cause, subject.</summary>
    public Task HoldAsync(string what) => ExecuteAsync(Hold, Arg.Text(what));

    public async Task<Escalation?> LockAsync(string id) => (await ReadAsync(Lock, EscalationRows.Read, Arg.Text(id))).SingleOrDefault();

    public async Task<Escalation?> LockSubjectAsync(string kind, string id, string metric) =>
        (await ReadAsync(LockSubject, EscalationRows.Read, Arg.Text(kind), Arg.Text(id), Arg.Text(metric))).SingleOrDefault();

    public Task<List<Escalation>> LockCauseAsync(string cause, DateTimeOffset since) =>
        ReadAsync(LockCause, EscalationRows.Read, Arg.Text(cause), Arg.Time(since));

    public async Task<long> CountCauseAsync(string cause, DateTimeOffset since) =>
        (await ReadAsync(CountCause, row => row.GetInt64(0), Arg.Text(cause), Arg.Time(since)))[0];

    /// <summary>How many open escalations a parent speaks for.</summary>
    public async Task<long> CountChildrenAsync(string parentId) =>
        (await ReadAsync(CountChildren, row => row.GetInt64(0), Arg.Text(parentId)))[0];

    /// <summary>Writes what has become of an escalation, with all that follows: timer, notices, answers to workflows, the call for the degraded definition.</summary>
    public async Task WriteAsync(
        Escalation? before,
        EscalationStep step,
        Ladder ladder,
        IEnumerable<PlannedNotice> plan,
        DateTimeOffset now
    )
    {
        var after = step.After;

        if (after == before)
            return;

        await ExecuteAsync(Save, EscalationRows.Write([after]));

        // An early warning moves what waits about the case, once, until it is over.
        if (after.CaseId is { } caseId && before?.IsOpen != after.IsOpen)
        {
            placed.Add((caseId, string.Create(CultureInfo.InvariantCulture, $"escalation:{after.Id}:{after.Rev}")));
            placedAt = now;
        }
        var events = step.Events;
        told.AddRange(EscalationWork.Told(before, after, now));

        if (before is not null && before.Generation != after.Generation && EscalationWork.TimerOf(before) is { } old)
            removed.Add(old);

        if (before?.Generation != after.Generation && EscalationWork.TimerOf(after) is { } timer)
            added.Add(timer);

        if (!step.Levels.IsEmpty)
            events = events.AddRange(await TellAsync(after, step.Levels, ladder, plan, now));

        if (before?.State != after.State && after.State != EscalationState.Raised)
            await AnswerAsync(after, now);

        if (before is { IsOpen: true } && !after.IsOpen && after.SubjectKind == Storm)
            added.Add(EscalationWork.ReleaseOf(after, now));

        if (before is { IsOpen: true } && !after.IsOpen && await DegradedStore.EndAsync(connection, after.Id, now, ct))
        {
            added.Add(EscalationWork.DegradedEnded(after, now));
            events = events.Add(new(now, "DegradedEnded", null, "system"));
        }

        if (before is { IsOpen: true, IsSilent: true } && !after.IsOpen && after.Cause is not null)
            added.Add(EscalationWork.StormOf(after, now));

        if (before is { State: EscalationState.Raised } && after is { State: EscalationState.Acknowledged, SubjectKind: Storm })
            added.Add(EscalationWork.AcknowledgedParent(after, now));

        if (!events.IsEmpty)
            await ExecuteAsync(
                InsertEvents,
                Arg.Text(after.Id),
                Arg.Times(events.Select(e => (DateTimeOffset?)e.At)),
                Arg.Texts(events.Select(e => e.Kind)),
                Arg.Texts(events.Select(e => e.Detail)),
                Arg.Texts(events.Select(e => e.Who))
            );
    }

    /// <summary>Tells the workflows that wait what has become of it.</summary>
    public async Task AnswerAsync(Escalation escalation, DateTimeOffset now)
    {
        foreach (var (key, instance) in await ReadAsync(ListWaiting, row => (row.GetString(0), row.GetString(1)), Arg.Text(escalation.Id)))
            added.Add(EscalationWork.Answer(key, instance, escalation, now));
    }

    /// <summary>Writes the work that was gathered; the last thing before the commit.</summary>
    /// <returns>When the earliest of it is due; null for none.</returns>
    public async Task<DateTimeOffset?> FinishAsync()
    {
        await using var batch = new NpgsqlBatch(connection, transaction);

        if (removed.Count > 0)
            batch.BatchCommands.Add(WorkRowsCommand.Removing(removed));

        if (added.Count > 0)
            batch.BatchCommands.Add(WorkRowsCommand.Adding(added));

        if (placed.Count > 0)
            batch.BatchCommands.Add(CasePlacing.Asking(placed, placedAt));

        if (told.Count > 0)
            batch.BatchCommands.Add(WebhookEvents.Adding(told));

        if (batch.BatchCommands.Count > 0)
            await batch.ExecuteNonQueryAsync(ct);

        return added.Count + told.Count == 0 ? null : added.Concat(told).Min(w => w.DueAt);
    }

    private async Task<ImmutableArray<EscalationEvent>> TellAsync(
        Escalation escalation,
        ImmutableArray<int> levels,
        Ladder ladder,
        IEnumerable<PlannedNotice> plan,
        DateTimeOffset now
    )
    {
        var events = ImmutableArray.CreateBuilder<EscalationEvent>();
        var wanted = plan.Where(p => levels.Contains(p.Level)).DistinctBy(p => (p.Level, p.Recipient.Id)).ToList();
        var fresh = await ReadAsync(
            InsertNotices,
            row => (Level: (int)row.GetInt16(0), Recipient: row.GetString(1), DueAt: row.GetTime(2)),
            Arg.Text(escalation.Id),
            Arg.Smalls(wanted.Select(p => (short)p.Level)),
            Arg.Texts(wanted.Select(p => p.Recipient.Id)),
            Arg.Texts(wanted.Select(p => p.Role)),
            Arg.Times(wanted.Select(p => (DateTimeOffset?)p.At))
        );
        added.AddRange(fresh.Select(n => EscalationWork.NoticeOf(escalation.Id, n.Level, n.Recipient, n.DueAt)));

        foreach (var level in levels)
        {
            if (escalation.Round <= EscalationRules.LastRank && !wanted.Exists(p => p.Level == level))
                events.Add(
                    new(now, "NobodyToTell", $"level {level}: nobody is in {string.Join(", ", ladder.Level(level).Audience)}", "system")
                );

            if (ladder.Level(level).DegradedDefinitionId is { Length: > 0 } definition && escalation.Round == 0)
            {
                var isSwitched = await DegradedStore.PutAsync(connection, escalation, definition, now, ct);
                added.AddRange(EscalationWork.Degraded(escalation, definition, now));
                events.Add(
                    new(
                        now,
                        "DegradedAsked",
                        isSwitched ? definition : $"{definition}: it tells neither queue nor cause, and no start is switched",
                        "system"
                    )
                );
            }
        }

        return events.ToImmutable();
    }

    private async Task<int> ExecuteAsync(string sql, params NpgsqlParameter[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection, transaction);
        command.Parameters.AddRange(parameters);
        return await command.ExecuteNonQueryAsync(ct);
    }

    private async Task<List<T>> ReadAsync<T>(string sql, Func<NpgsqlDataReader, T> rowOf, params NpgsqlParameter[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection, transaction);
        command.Parameters.AddRange(parameters);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var rows = new List<T>();

        while (await reader.ReadAsync(ct))
            rows.Add(rowOf(reader));

        return rows;
    }
}
