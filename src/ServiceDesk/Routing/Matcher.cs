using Npgsql;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Work;
using ServiceLoop.ServiceDesk.Agents;

namespace ServiceLoop.ServiceDesk.Routing;

/// <summary>What one look at a queue brought.</summary>
/// <param name="Offered">Tasks that were offered or given.</param>
/// <param name="Scanned">Tasks that were looked at.</param>
/// <param name="IsBusy">True: somebody else looks at the queue at the moment; look again soon.</param>
internal readonly record struct MatchResult(int Offered, int Scanned, bool IsBusy);

/// <summary>Brings waiting tasks and free agents together: one transaction for each look, one look at a queue at a time in all nodes.</summary>
/// <remarks>
/// Only demands that somebody free can meet are looked at, each in the order of its index; so what nobody can do at the moment stands in nobody's way, and
/// a look costs the same with ten and with a million waiting tasks.
/// </remarks>
internal sealed class Matcher(Database database, TimeProvider clock, IWorkSignal signal)
{
    /// <summary>Tasks of one look.</summary>
    public const int PageSize = 20;

    private const int MaxPages = 25;

    private static readonly string LockQueue = SqlFile.Beside<Matcher>("queue.hold");
    private static readonly string Demands = SqlFile.Beside<Matcher>("waiting.demands");
    private static readonly string Head = SqlFile.Beside<Matcher>("waiting.head");
    private static readonly string Reserve = SqlFile.Beside<Matcher>("load.reserve_many");
    private static readonly string Write = SqlFile.Beside<Matcher>("offer.write");
    private static readonly string Hold = SqlFile.Beside<Matcher>("task.hold");

    /// <summary>Looks at a queue until nothing more fits.</summary>
    /// <returns>All that was offered; busy when others looked at it.</returns>
    public async Task<MatchResult> DrainAsync(string queueId, CancellationToken ct)
    {
        var (offered, scanned) = (0, 0);
        WaitingItem? after = null;

        for (var page = 0; page < MaxPages; page++)
        {
            var (result, last) = await MatchAsync(queueId, after, PageSize, ct);
            (offered, scanned) = (offered + result.Offered, scanned + result.Scanned);

            if (result.IsBusy)
                return new(offered, scanned, true);

            if (last is null)
                break;

            after = last;
        }

        return new(offered, scanned, false);
    }

    /// <summary>One look.</summary>
    /// <param name="queueId">The queue.</param>
    /// <param name="after">The last task of the look before; null for the first.</param>
    /// <param name="most">Tasks to look at.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The result, and the last task when there may be more.</returns>
    public async Task<(MatchResult Result, WaitingItem? Last)> MatchAsync(
        string queueId,
        WaitingItem? after,
        int most,
        CancellationToken ct
    )
    {
        MatchResult result = default;
        WaitingItem? last = null;
        DateTimeOffset? wake = null;

        await database.TransactionAsync(
            async (connection, transaction) =>
            {
                (result, last, wake) = (default, null, null);
                var (round, isBusy, demands) = await OpenAsync(connection, transaction, queueId, ct);
                result = new(0, 0, isBusy);

                if (round is null)
                    return;

                round.Begin(demands);

                if (round.Able.Count == 0)
                    return;

                var (items, seen) = await HeadAsync(connection, transaction, queueId, [.. round.Able], after, most, ct);

                foreach (var item in items)
                {
                    if (!round.Narrow())
                        break;

                    round.Place(item);
                }

                if (round.Choices.Count > 0)
                    wake = await GiveAsync(connection, transaction, round, ct);

                if (round.Held.Count > 0)
                {
                    var until = await HoldAsync(connection, transaction, round, ct);
                    wake = wake < until ? wake : until;
                }

                result = new(round.Given, items.Count, false);
                last = items.Count > 0 && seen == most && round.Narrow() ? items[^1] : null;
            },
            ct
        );

        if (wake is { } due)
            signal.Ring(due);

        return (result, last);
    }

    /// <summary>All that a look begins with, in one call: the queue held and read, its members, and the demands of what waits.</summary>
    /// <returns>No round when the queue is unknown, gives out nothing, or is held by somebody else: then it is busy.</returns>
    private async Task<(MatchRound? Round, bool IsBusy, List<string> Demands)> OpenAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        string queueId,
        CancellationToken ct
    )
    {
        var now = clock.GetUtcNow();
        await using var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand(LockQueue) { Parameters = { Arg.Text(queueId) } },
                RoutingStore.Queue(queueId),
                RoutingStore.Roster(queueId, now),
                new NpgsqlBatchCommand(Demands) { Parameters = { Arg.Text(queueId) } },
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);

        if (!reader.GetBoolean(0))
            return (null, true, []);

        await reader.NextResultAsync(ct);

        if (!await reader.ReadAsync(ct) || QueueView.Read(reader) is not { State: QueueState.Open } queue)
            return (null, false, []);

        await reader.NextResultAsync(ct);
        var roster = new List<Candidate>();
        var members = new Candidates(now);

        while (await reader.ReadAsync(ct))
            roster.Add(members.Read(reader));

        await reader.NextResultAsync(ct);
        var demands = new List<string>();

        while (await reader.ReadAsync(ct))
            demands.Add(reader.GetString(0));

        return (new MatchRound(roster, queue, now), false, demands);
    }

    /// <returns>The tasks that could be locked, and how many there were with those that somebody else has locked; 0 when none could be.</returns>
    private static async Task<(List<WaitingItem> Items, int Seen)> HeadAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        string queueId,
        string[] demands,
        WaitingItem? after,
        int most,
        CancellationToken ct
    )
    {
        await using var command = new NpgsqlCommand(Head, connection, transaction)
        {
            Parameters =
            {
                Arg.Text(queueId),
                Arg.Texts(demands),
                Arg.Time(after?.VirtualDeadline),
                Arg.Time(after?.EnqueuedAt),
                Arg.Text(after?.Item.Id),
                Arg.Integer(most),
            },
        };
        await using var reader = await command.ExecuteReaderAsync(ct);
        var found = new List<WaitingItem>(most);
        var seen = 0;

        while (await reader.ReadAsync(ct))
        {
            found.Add(WaitingItem.Read(reader));
            seen = reader.GetInt32(20);
        }

        return (found, seen);
    }

    /// <summary>Reserves and offers, or gives at once.</summary>
    private static async Task<DateTimeOffset?> GiveAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        MatchRound round,
        CancellationToken ct
    )
    {
        var choices = round.Choices;
        var isGiven = round.Queue.AutoAccept;
        var fits = new bool[choices.Count];

        await using (
            var command = new NpgsqlCommand(Reserve, connection, transaction)
            {
                Parameters =
                {
                    Arg.Texts(choices.Select(c => c.Agent)),
                    Arg.Texts(choices.Select(c => c.Task.Item.Channel)),
                    Arg.Integers(choices.Select(c => c.Task.Item.Weight)),
                    Arg.Flag(isGiven),
                    Arg.Time(round.Now),
                },
            }
        )
        await using (var reader = await command.ExecuteReaderAsync(ct))
        {
            while (await reader.ReadAsync(ct))
                fits[reader.GetInt32(0) - 1] = reader.GetBoolean(1);
        }

        var won = choices.Where((_, i) => fits[i]).ToList();
        round.Given = won.Count;

        if (won.Count == 0)
            return null;

        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(
            new NpgsqlBatchCommand(Write)
            {
                Parameters =
                {
                    Arg.Texts(won.Select(c => c.Task.Item.Id)),
                    Arg.Texts(won.Select(c => c.Agent)),
                    Arg.Times(won.Select(c => (DateTimeOffset?)(round.Now + Channels.OfferTime(c.Task.Item.Channel)))),
                    Arg.Texts(won.Select(c => c.Candidates)),
                    Arg.Texts(won.Select(c => c.Rejected)),
                    Arg.Text(round.Queue.Id),
                    Arg.Flag(isGiven),
                    Arg.Time(round.Now),
                },
            }
        );

        if (!isGiven)
            batch.BatchCommands.Add(
                WorkRowsCommand.Adding([
                    .. won.Select(c =>
                        OfferExpiry.Of(c.Task.Item.Id, c.Task.OfferNo + 1, round.Now + Channels.OfferTime(c.Task.Item.Channel))
                    ),
                ])
            );

        await batch.ExecuteNonQueryAsync(ct);
        return isGiven ? null : won.Min(c => round.Now + Channels.OfferTime(c.Task.Item.Channel));
    }

    /// <summary>Lets tasks wait for an agent who knows them and is full; they are looked at again when the wait is over.</summary>
    private static async Task<DateTimeOffset> HoldAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        MatchRound round,
        CancellationToken ct
    )
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(
            new NpgsqlBatchCommand(Hold)
            {
                Parameters =
                {
                    Arg.Texts(round.Held.Select(h => h.Task.Item.Id)),
                    Arg.Times(round.Held.Select(h => (DateTimeOffset?)h.Until)),
                },
            }
        );
        batch.BatchCommands.Add(
            WorkRowsCommand.Adding([
                .. round.Held.Select(h =>
                    AskedWork.Message(RingHandler.RingTopic, round.Queue.Id, $"desk.sticky:{h.Task.Item.Id}", h.Until)
                ),
            ])
        );
        await batch.ExecuteNonQueryAsync(ct);
        return round.Held.Min(h => h.Until);
    }
}

/// <summary>Looks at a queue when a moment has come.</summary>
internal sealed class RingHandler(QueueBell bell) : IMessageHandler
{
    public const string RingTopic = "desk.look";

    /// <inheritdoc/>
    public string Topic => RingTopic;

    /// <inheritdoc/>
    public Task HandleAsync(Message message, CancellationToken ct)
    {
        bell.RingQueue((string)message.Body!);
        return Task.CompletedTask;
    }
}
