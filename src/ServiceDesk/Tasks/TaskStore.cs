using Npgsql;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Store;
using ServiceLoop.ServiceDesk.Routing;

namespace ServiceLoop.ServiceDesk.Tasks;

/// <summary>A change of one task, with all that goes with it in the same transaction.</summary>
/// <param name="Before">As it was locked.</param>
/// <param name="After">As it is to be.</param>
/// <param name="Verb">What is done, for its history.</param>
/// <param name="Now">The moment, UTC.</param>
internal sealed record TaskChange(TaskRow Before, TaskRow After, string Verb, DateTimeOffset Now)
{
    /// <summary>Who does it; null for the product.</summary>
    public string? Actor { get; init; }

    /// <summary>More about it, for its history.</summary>
    public string? Detail { get; init; }

    /// <summary>True: units are taken over the limit.</summary>
    public bool IsOverride { get; init; }

    /// <summary>State that an open offer gets: 1 accepted, 2 declined, 3 timed out, 4 withdrawn.</summary>
    public short OfferEnd { get; init; } = 4;

    /// <summary>Work that goes with it.</summary>
    public IReadOnlyList<NewWork> Work { get; init; } = [];
}

/// <summary>Tasks in their table. All locks are taken in one order everywhere: task, load of agents by id. A place in a queue is
/// changed only by who has locked its task.</summary>
internal sealed class TaskStore(Database database)
{
    private static readonly string FindSql = SqlFile.Beside<TaskStore>("task.find");
    private static readonly string LockSql = SqlFile.Beside<TaskStore>("task.lock");
    private static readonly string SaveSql = SqlFile.Beside<TaskStore>("task.save");
    private static readonly string ListSql = SqlFile.Beside<TaskStore>("task.list");
    private static readonly string EventInsert = SqlFile.Beside<TaskStore>("task_event.insert");
    private static readonly string EventList = SqlFile.Beside<TaskStore>("task_event.list");
    private static readonly string OperationFind = SqlFile.Beside<TaskStore>("task_operation.find");
    private static readonly string OperationInsert = SqlFile.Beside<TaskStore>("task_operation.insert");
    private static readonly string PlaceSql = SqlFile.Beside<TaskStore>("task.place");
    private static readonly string WaitingPut = SqlFile.Beside<TaskStore>("waiting.put");
    private static readonly string WaitingDrop = SqlFile.Beside<TaskStore>("waiting.drop");
    private static readonly string OfferEnd = SqlFile.Beside<TaskStore>("offer.end");
    private static readonly string LoadLock = SqlFile.Beside<TaskStore>("load.lock");
    private static readonly string LoadFree = SqlFile.Beside<TaskStore>("load.free");
    private static readonly string LoadGive = SqlFile.Beside<TaskStore>("load.give");
    private static readonly string WorkFind = SqlFile.Beside<TaskStore>("work.find_key");

    public Database Database => database;

    public async Task<TaskRow?> FindAsync(string id, CancellationToken ct) =>
        (await database.ReadAsync(FindSql, TaskRow.Read, ct, Arg.Text(id))) is [var row] ? row : null;

    public Task<IReadOnlyList<TaskRow>> ListAsync(TaskFilter filter, CancellationToken ct) =>
        database.ReadFittedAsync(
            ListSql,
            TaskRow.Read,
            ct,
            Arg.Flag(filter.IsOpen),
            Arg.Text(filter.QueueId),
            Arg.Text(filter.Assignee),
            Arg.Text(filter.CaseId),
            Arg.Text(filter.InstanceId),
            Arg.SmallsOrNull(filter.States.IsDefaultOrEmpty ? null : [.. filter.States.Select(s => (short)s)]),
            Arg.Time(filter.BeforeAt),
            Arg.Text(filter.BeforeId),
            Arg.Integer(filter.Take)
        );

    public Task<IReadOnlyList<TaskEventView>> EventsAsync(string id, CancellationToken ct) =>
        database.ReadAsync(
            EventList,
            static r => new TaskEventView(r.GetInt64(0), r.GetTime(1), r.FindText(2), r.GetString(3), r.GetInt64(4), r.FindText(5)),
            ct,
            Arg.Text(id)
        );

    /// <summary>The task, locked until the end of the transaction; null for none.</summary>
    public static async Task<TaskRow?> LockAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        string id,
        CancellationToken ct
    )
    {
        await using var command = new NpgsqlCommand(LockSql, connection, transaction) { Parameters = { Arg.Text(id) } };
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) ? TaskRow.Read(reader) : null;
    }

    /// <summary>What was asked for under an id before: fingerprint and answer; null for nothing.</summary>
    public static async Task<(string Fingerprint, string Answer)?> FindOperationAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        string taskId,
        string operationId,
        CancellationToken ct
    )
    {
        await using var command = new NpgsqlCommand(OperationFind, connection, transaction)
        {
            Parameters = { Arg.Text(taskId), Arg.Text(operationId) },
        };
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) ? (reader.GetString(0), reader.GetString(1)) : null;
    }

    /// <summary>Remembers what was asked for under an id.</summary>
    public static NpgsqlBatchCommand Remembering(
        string taskId,
        string operationId,
        string fingerprint,
        long rev,
        string answer,
        DateTimeOffset now
    ) =>
        new(OperationInsert)
        {
            Parameters =
            {
                Arg.Text(taskId),
                Arg.Text(operationId),
                Arg.Text(fingerprint),
                Arg.Number(rev),
                Arg.Text(answer),
                Arg.Time(now),
            },
        };

    /// <summary>Writes a change: units, row, place, offer, history and work.</summary>
    /// <returns>The row as it is now.</returns>
    /// <exception cref="DeskRefusedException">The units of who would get it are not free.</exception>
    public static async Task<TaskRow> SaveAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        TaskChange change,
        CancellationToken ct,
        NpgsqlBatchCommand? also = null
    )
    {
        var (before, after) = (change.Before, change.After);
        await MoveUnitsAsync(connection, transaction, change, ct);

        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(Saving(after, change.Now));

        if (after.IsWaiting && after.LatestAt is { } latest)
            batch.BatchCommands.Add(Placing(after, latest));
        else if (!after.IsWaiting)
            batch.BatchCommands.Add(new NpgsqlBatchCommand(WaitingDrop) { Parameters = { Arg.Text(after.Id) } });

        if (before.State == TaskState.Offered && after.State != TaskState.Offered)
            batch.BatchCommands.Add(
                new NpgsqlBatchCommand(OfferEnd)
                {
                    Parameters = { Arg.Text(after.Id), Arg.Small(change.OfferEnd), Arg.Time(change.Now), Arg.Text(change.Detail) },
                }
            );

        batch.BatchCommands.Add(Telling(after.Id, change.Now, change.Actor, change.Verb, before.Rev + 1, change.Detail));

        IReadOnlyList<NewWork> work =
            after.IsWaiting
            && OverflowSteps.Next(after, before.Rev + 1) is { } next
            && (!before.IsWaiting || OverflowSteps.Next(before, before.Rev)?.DueAt != next.DueAt)
                ? [.. change.Work, .. TaskSignals.Of(change), next]
                : [.. change.Work, .. TaskSignals.Of(change)];

        if (work.Count > 0)
            batch.BatchCommands.Add(WorkRowsCommand.Adding(work));

        if (also is not null)
            batch.BatchCommands.Add(also);

        await batch.ExecuteNonQueryAsync(ct);
        return after with { Rev = before.Rev + 1, ChangedAt = change.Now };
    }

    /// <summary>Writes what routing keeps of a task, and its place; not a change that anybody who holds a revision must know of.</summary>
    public static async Task PlaceAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        TaskRow row,
        IReadOnlyList<NewWork> work,
        NpgsqlBatchCommand? also,
        CancellationToken ct
    )
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(
            new NpgsqlBatchCommand(PlaceSql)
            {
                Parameters =
                {
                    Arg.Text(row.Id),
                    Arg.Texts(row.Declined),
                    Arg.Small((short)row.Overflow),
                    Arg.Time(row.LatestAt),
                    Arg.Text(row.CaseOwner),
                    Arg.Text(row.LastAgent),
                    Arg.Time(row.StickyUntil),
                    Arg.Time(row.ClockDueAt),
                    Arg.Integer(row.TierBoost),
                    Arg.Flag(row.HasEarlyWarning),
                },
            }
        );

        if (row.IsWaiting && row.LatestAt is { } latest)
            batch.BatchCommands.Add(Placing(row, latest));

        if (work.Count > 0)
            batch.BatchCommands.Add(WorkRowsCommand.Adding(work));

        if (also is not null)
            batch.BatchCommands.Add(also);

        await batch.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Number of a piece of work by its key; 0 when it is done already.</summary>
    public static async Task<long> FindWorkAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        string key,
        CancellationToken ct
    )
    {
        await using var command = new NpgsqlCommand(WorkFind, connection, transaction) { Parameters = { Arg.Text(key) } };
        return await command.ExecuteScalarAsync(ct) as long? ?? 0;
    }

    /// <summary>A line of the history of a task.</summary>
    public static NpgsqlBatchCommand Telling(string taskId, DateTimeOffset now, string? actor, string verb, long rev, string? detail) =>
        new(EventInsert)
        {
            Parameters = { Arg.Text(taskId), Arg.Time(now), Arg.Text(actor), Arg.Text(verb), Arg.Number(rev), Arg.Text(detail) },
        };

    private static async Task MoveUnitsAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        TaskChange change,
        CancellationToken ct
    )
    {
        var (from, wasReserved) = change.Before.Holding;
        var (to, isReserved) = change.After.Holding;

        if (from == to && wasReserved == isReserved)
            return;

        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(LoadLock) { Parameters = { Arg.Text(from), Arg.Text(to) } });

        // An offer that is accepted is no move: what was reserved is used from now on.
        var isAccepted = from == to && wasReserved && !isReserved;

        if (from is not null && !isAccepted)
            batch.BatchCommands.Add(
                new NpgsqlBatchCommand(LoadFree)
                {
                    Parameters =
                    {
                        Arg.Text(from),
                        Arg.Flag(wasReserved),
                        Arg.Text(change.After.Channel),
                        Arg.Integer(change.After.Weight),
                        Arg.Time(change.Now),
                    },
                }
            );

        if (to is not null)
            batch.BatchCommands.Add(
                new NpgsqlBatchCommand(LoadGive)
                {
                    Parameters =
                    {
                        Arg.Text(to),
                        Arg.Flag(isReserved),
                        Arg.Flag(isAccepted),
                        Arg.Text(change.After.Channel),
                        Arg.Integer(change.After.Weight),
                        Arg.Flag(change.IsOverride),
                        Arg.Time(change.Now),
                    },
                }
            );

        if (!await AllTrueAsync(batch, ct))
            throw DeskRefusedException.Conflict(
                "agent.full",
                $"'{to}' has no room for this task: it takes {change.After.Weight} units of '{change.After.Channel}'. Finish or give back something first, or let a supervisor assign it over the limit."
            );
    }

    private static async Task<bool> AllTrueAsync(NpgsqlBatch batch, CancellationToken ct)
    {
        await using var reader = await batch.ExecuteReaderAsync(ct);
        var all = true;

        do
        {
            while (await reader.ReadAsync(ct))
                all &= reader.GetBoolean(0);
        } while (await reader.NextResultAsync(ct));

        return all;
    }

    private static NpgsqlBatchCommand Saving(TaskRow row, DateTimeOffset now) =>
        new(SaveSql)
        {
            Parameters =
            {
                Arg.Text(row.Id),
                Arg.Small((short)row.Priority),
                Arg.Time(row.DueAt),
                Arg.Time(row.FollowUpAt),
                Arg.Texts(row.Declined),
                Arg.Small((short)row.State),
                Arg.Flag(row.IsSuspended),
                Arg.Flag(row.IsEscalated),
                Arg.Text(row.Assignee),
                Arg.Text(row.Owner),
                Arg.Text(row.OfferedTo),
                Arg.Text(row.Sender),
                Arg.Integer(row.OfferNo),
                Arg.Small((short)row.Overflow),
                Arg.Time(row.LatestAt),
                Arg.Time(row.ClockDueAt),
                Arg.Text(row.CaseOwner),
                Arg.Text(row.LastAgent),
                Arg.Time(row.StickyUntil),
                Arg.Text(row.Draft),
                Arg.Text(row.Answer),
                Arg.Text(row.Outcome),
                Arg.Text(row.AnsweredBy),
                Arg.Time(now),
                Arg.Integer(row.TierBoost),
            },
        };

    private static NpgsqlBatchCommand Placing(TaskRow row, DateTimeOffset latest) =>
        new(WaitingPut)
        {
            Parameters =
            {
                Arg.Text(row.Id),
                Arg.Text(row.QueueId),
                Arg.Text(Demand.Of(row)),
                Arg.Time(PlaceOf(row, latest)),
                Arg.Time(row.EnqueuedAt),
                Arg.Flag(row.Overflow >= OverflowStep.CopyToOverflowQueue),
            },
        };

    /// <summary>The virtual deadline of a task.</summary>
    public static DateTimeOffset PlaceOf(TaskRow row, DateTimeOffset latest) =>
        WaitingOrder.VirtualDeadline(
            new WaitingPlace(row.EnqueuedAt, latest, row.Priority)
            {
                ClockDueAt = row.ClockDueAt is { } clock && (row.DueAt is not { } due || clock < due) ? clock : row.DueAt,
                TierBoost = TimeSpan.FromMinutes(row.TierBoost),
                HasEarlyWarning = row.IsEscalated || row.HasEarlyWarning,
            },
            WaitingRules.Default
        );
}
