using Npgsql;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Work;
using ServiceLoop.ServiceDesk.Tasks;

namespace ServiceLoop.ServiceDesk.Routing;

/// <summary>What of its case and its customer moves a task in its queue.</summary>
/// <param name="ClockDueAt">When the earliest running clock of the case is due, UTC; null while none runs.</param>
/// <param name="TierBoost">Minutes by the value of the customer, 0 to 30.</param>
/// <param name="HasEarlyWarning">True: something about the case has reached the first level of escalation.</param>
internal sealed record CasePlace(DateTimeOffset? ClockDueAt, int TierBoost, bool HasEarlyWarning)
{
    /// <summary>Minutes for each step of a customer's value; the highest, 3, gets the most that the order allows.</summary>
    public const int MinutesOfTier = 10;

    private static readonly string Find = SqlFile.Beside<CasePlace>("case.place");

    /// <summary>Reads it for a task that is locked. Clocks that are being changed just now are waited for.</summary>
    public static async Task<CasePlace> ReadAsync(NpgsqlConnection connection, TaskRow task, CancellationToken ct)
    {
        if (task.CaseId is null && task.CustomerId is null)
            return new(null, 0, false);

        await using var command = new NpgsqlCommand(Find, connection) { Parameters = { Arg.Text(task.CaseId), Arg.Text(task.CustomerId) } };
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return new(reader.FindTime(0), reader.GetInt32(1) * MinutesOfTier, reader.GetBoolean(2));
    }

    /// <summary>The task with it.</summary>
    public TaskRow On(TaskRow task) => task with { ClockDueAt = ClockDueAt, TierBoost = TierBoost, HasEarlyWarning = HasEarlyWarning };
}

/// <summary>Work by which clocks, escalations and customers tell routing that the tasks of a case may have another place.</summary>
internal static class CasePlacing
{
    public const string Topic = "desk.case-place";

    private static readonly string Enqueue = SqlFile.Beside<CasePlace>("work.enqueue_place");

    /// <summary>Asks for it in the transaction of the change, for cases that have open tasks: a task that comes later looks for itself.</summary>
    /// <param name="changes">Cases, each with a key of the change.</param>
    /// <param name="now">The moment.</param>
    public static NpgsqlBatchCommand Asking(IReadOnlyList<(string CaseId, string Key)> changes, DateTimeOffset now)
    {
        var command = WorkRowsCommand.Adding(
            [.. changes.Select(c => AskedWork.Message(Topic, c.CaseId, $"{Topic}:{c.Key}", now))],
            Enqueue
        );
        command.Parameters.Add(Arg.Texts(changes.Select(c => c.CaseId)));
        return command;
    }
}

/// <summary>Puts the open tasks of a case at their places. Whoever comes late writes what holds then, so the order of messages does not matter.</summary>
internal sealed class CasePlaceHandler(TaskStore tasks, QueueBell bell) : IMessageHandler
{
    private static readonly string Open = SqlFile.Beside<CasePlace>("task.open_of_case");

    /// <inheritdoc/>
    public string Topic => CasePlacing.Topic;

    /// <inheritdoc/>
    public async Task HandleAsync(Message message, CancellationToken ct)
    {
        var caseId = (string)message.Body!;

        // One after the other: a case has few open tasks, and nobody waits for two of them in a circle.
        foreach (var id in await tasks.Database.ReadAsync(Open, row => row.GetString(0), ct, Arg.Text(caseId)))
            await PlaceAsync(id, ct);
    }

    private async Task PlaceAsync(string id, CancellationToken ct)
    {
        string? rung = null;

        await tasks.Database.TransactionAsync(
            async (connection, transaction) =>
            {
                rung = null;

                if (await TaskStore.LockAsync(connection, transaction, id, ct) is not { } row || row.Standing.HasEnded)
                    return;

                var placed = (await CasePlace.ReadAsync(connection, row, ct)).On(row);

                if (placed == row)
                    return;

                var isSooner = placed.IsWaiting && OverflowSteps.IsSooner(row, placed);
                await TaskStore.PlaceAsync(
                    connection,
                    transaction,
                    placed,
                    isSooner && OverflowSteps.Next(placed, placed.Rev) is { } step ? [step] : [],
                    null,
                    ct
                );
                rung = placed.IsWaiting ? placed.QueueId : null;
            },
            ct
        );

        if (rung is not null)
            bell.RingQueue(rung);
    }
}
