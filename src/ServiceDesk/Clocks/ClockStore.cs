using Npgsql;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;

namespace ServiceLoop.ServiceDesk.Clocks;

/// <summary>Which clocks.</summary>
public sealed record ClockFilter
{
    /// <summary>Of this case.</summary>
    public string? CaseId { get; init; }

    /// <summary>Of this metric.</summary>
    public string? Metric { get; init; }

    /// <summary>In this state.</summary>
    public ClockState? State { get; init; }

    /// <summary>Of this policy.</summary>
    public string? PolicyId { get; init; }

    /// <summary>Running, and due before this moment.</summary>
    public DateTimeOffset? DueBefore { get; init; }

    /// <summary>Missed, and not so by a later calendar.</summary>
    public bool AwaitsApproval { get; init; }

    /// <summary>Continue before this id.</summary>
    public string? Before { get; init; }

    /// <summary>How many, 1 to 200.</summary>
    public int Take { get; init; } = 50;
}

/// <summary>A line of a clock's history.</summary>
/// <param name="At">The moment that counts, UTC.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Detail">More.</param>
/// <param name="Who">Who did it.</param>
public sealed record ClockHistoryLine(DateTimeOffset At, string Kind, string? Detail, string Who);

/// <summary>The tables of clocks.</summary>
internal sealed class ClockStore(Database database)
{
    private static readonly string Find = SqlFile.Beside<ClockStore>("sla_clock.find");
    private static readonly string Lock = SqlFile.Beside<ClockStore>("sla_clock.lock");
    private static readonly string FindOfCase = SqlFile.Beside<ClockStore>("sla_clock.find_of_case");
    private static readonly string OfCase = SqlFile.Beside<ClockStore>("sla_clock.of_case");
    private static readonly string Page = SqlFile.Beside<ClockStore>("sla_clock.page");
    private static readonly string ListStale = SqlFile.Beside<ClockStore>("sla_clock.list_stale");
    private static readonly string ListOfPolicy = SqlFile.Beside<ClockStore>("sla_clock.list_of_policy");
    private static readonly string LockUnchanged = SqlFile.Beside<ClockStore>("sla_clock.lock_unchanged");
    private static readonly string ListEvents = SqlFile.Beside<ClockStore>("clock_event.list");
    private static readonly string FindCommand = SqlFile.Beside<ClockStore>("clock_command.find");
    private static readonly string ListCommands = SqlFile.Beside<ClockStore>("clock_command.list_pending");
    private static readonly string Answer = SqlFile.Beside<ClockStore>("clock_command.answer");

    public async Task<SlaClock?> FindAsync(string id, CancellationToken ct) =>
        (await database.ReadAsync(Find, ClockRows.Read, ct, Arg.Text(id))).SingleOrDefault();

    public async Task<string?> FindOfCaseAsync(string caseId, string metric, CancellationToken ct) =>
        await database.ReadValueAsync(FindOfCase, ct, Arg.Text(caseId), Arg.Text(metric)) as string;

    public Task<IReadOnlyList<SlaClock>> OfCaseAsync(string caseId, CancellationToken ct) =>
        database.ReadAsync(OfCase, ClockRows.Read, ct, Arg.Text(caseId));

    public Task<IReadOnlyList<SlaClock>> PageAsync(ClockFilter filter, CancellationToken ct) =>
        database.ReadFittedAsync(
            Page,
            ClockRows.Read,
            ct,
            Arg.Text(filter.CaseId),
            Arg.Text(filter.Metric),
            Arg.Small((short?)filter.State),
            Arg.Text(filter.PolicyId),
            Arg.Time(filter.DueBefore),
            Arg.Flag(filter.AwaitsApproval),
            Arg.Text(filter.Before),
            Arg.Integer(Math.Clamp(filter.Take, 1, 200))
        );

    public Task<IReadOnlyList<ClockHistoryLine>> HistoryAsync(string id, CancellationToken ct) =>
        database.ReadAsync(
            ListEvents,
            row => new ClockHistoryLine(row.GetTime(0), row.GetString(1), row.FindText(2), row.GetString(3)),
            ct,
            Arg.Text(id)
        );

    public Task<IReadOnlyList<SlaClock>> StaleAsync(string calendarId, int version, string after, int most, CancellationToken ct) =>
        database.ReadAsync(ListStale, ClockRows.Read, ct, Arg.Text(calendarId), Arg.Integer(version), Arg.Text(after), Arg.Integer(most));

    public Task<IReadOnlyList<SlaClock>> OfPolicyAsync(string policyId, int version, string after, int most, CancellationToken ct) =>
        database.ReadAsync(ListOfPolicy, ClockRows.Read, ct, Arg.Text(policyId), Arg.Integer(version), Arg.Text(after), Arg.Integer(most));

    /// <summary>A command that was not applied yet; null for none.</summary>
    public async Task<ClockAsk?> FindCommandAsync(string id, CancellationToken ct) =>
        (await database.ReadAsync(FindCommand, AskOf, ct, Arg.Text(id))).SingleOrDefault();

    /// <summary>Answers commands that no clock is there for.</summary>
    public Task AnswerAsync(string id, string answer, DateTimeOffset now, CancellationToken ct) =>
        database.RepeatableAsync(Answer, ct, Arg.Texts([id]), Arg.Texts([answer]), Arg.Time(now));

    public static NpgsqlBatchCommand Answers(IReadOnlyList<(string Id, string? Text)> answers, DateTimeOffset now) =>
        ClockWrites.Command(Answer, Arg.Texts(answers.Select(a => a.Id)), Arg.Texts(answers.Select(a => a.Text)), Arg.Time(now));

    /// <summary>The commands of steps that wait for a clock, in order.</summary>
    public static async Task<IReadOnlyList<ClockAsk>> WaitingAsync(NpgsqlConnection connection, SlaClock clock, CancellationToken ct) =>
        await ReadAsync(connection, ListCommands, AskOf, ct, Arg.Text(clock.Id), Arg.Text(clock.CaseId), Arg.Text(clock.Metric));

    /// <summary>Changes a clock that is locked meanwhile.</summary>
    /// <param name="id">Which.</param>
    /// <param name="change">Gives the commands to be written in the same transaction, from the clock as it is and the commands that wait for it.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>False when there is no such clock.</returns>
    public async Task<bool> LockedAsync(
        string id,
        Func<SlaClock, IReadOnlyList<ClockAsk>, IEnumerable<NpgsqlBatchCommand>> change,
        CancellationToken ct
    )
    {
        var isFound = false;
        await database.TransactionAsync(
            async (connection, transaction) =>
            {
                if ((await ReadAsync(connection, Lock, ClockRows.Read, ct, Arg.Text(id))) is not [var clock])
                    return;

                isFound = true;
                var asks = await WaitingAsync(connection, clock, ct);
                await ExecuteAsync(connection, transaction, change(clock, asks), ct);
            },
            ct
        );
        return isFound;
    }

    /// <summary>Changes those of many clocks that nobody else has changed or is changing; the others are passed by.</summary>
    /// <param name="seen">The clocks as they were read.</param>
    /// <param name="change">Gives the commands for those that may be changed.</param>
    /// <param name="ct">Cancels.</param>
    public Task UnchangedAsync(
        IReadOnlyList<SlaClock> seen,
        Func<HashSet<string>, IEnumerable<NpgsqlBatchCommand>> change,
        CancellationToken ct
    ) =>
        database.TransactionAsync(
            async (connection, transaction) =>
            {
                var free = await ReadAsync(
                    connection,
                    LockUnchanged,
                    row => row.GetString(0),
                    ct,
                    Arg.Texts(seen.Select(c => c.Id)),
                    Arg.Integers(seen.Select(c => c.Rev))
                );
                await ExecuteAsync(connection, transaction, change([.. free]), ct);
            },
            ct
        );

    /// <summary>Writes several commands in one transaction.</summary>
    public Task WriteAsync(IEnumerable<NpgsqlBatchCommand> commands, CancellationToken ct) =>
        database.TransactionAsync((connection, transaction) => ExecuteAsync(connection, transaction, commands, ct), ct);

    private static async Task ExecuteAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        IEnumerable<NpgsqlBatchCommand> commands,
        CancellationToken ct
    )
    {
        await using var batch = new NpgsqlBatch(connection, transaction);

        foreach (var command in commands)
            batch.BatchCommands.Add(command);

        if (batch.BatchCommands.Count > 0)
            await batch.ExecuteNonQueryAsync(ct);
    }

    private static async Task<List<T>> ReadAsync<T>(
        NpgsqlConnection connection,
        string sql,
        Func<NpgsqlDataReader, T> rowOf,
        CancellationToken ct,
        params NpgsqlParameter[] parameters
    )
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddRange(parameters);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var rows = new List<T>();

        while (await reader.ReadAsync(ct))
            rows.Add(rowOf(reader));

        return rows;
    }

    private static ClockAsk AskOf(NpgsqlDataReader row)
    {
        var value = DeskJson.Read<AskValue>(row.GetString(6));
        return new()
        {
            Id = row.GetString(0),
            ClockId = row.FindText(1),
            CaseId = row.FindText(2),
            Metric = row.FindText(3),
            Verb = (ClockVerb)row.GetInt16(4),
            At = row.GetTime(5),
            Reason = value.Reason,
            Target = value.Target,
            Priority = value.Priority,
            Minutes = value.Minutes,
        };
    }
}

/// <summary>What comes with a command, as it is stored.</summary>
internal sealed record AskValue(string? Reason, SlaTarget? Target, string? Priority, int Minutes);
