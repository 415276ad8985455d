using Npgsql;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Work;

namespace ServiceLoop.ServiceDesk.Promises;

/// <summary>A workflow promises something to a customer.</summary>
/// <param name="Id">Id.</param>
/// <param name="CaseId">About what.</param>
/// <param name="CustomerId">To whom; null: the customer of the case.</param>
/// <param name="What">What, in words for people.</param>
/// <param name="DueAt">Until when, UTC.</param>
public sealed record PromiseMade(string Id, string? CaseId, string? CustomerId, string What, DateTimeOffset DueAt);

/// <summary>Something that was promised to a customer.</summary>
/// <param name="Id">Id.</param>
/// <param name="CaseId">About what.</param>
/// <param name="CustomerId">To whom.</param>
/// <param name="What">What.</param>
/// <param name="DueAt">Until when, UTC.</param>
/// <param name="MadeAt">When it was promised, UTC.</param>
/// <param name="KeptAt">When it was kept, UTC; null while it was not.</param>
/// <param name="BrokenAt">When its moment passed without, UTC.</param>
public sealed record Promise(
    string Id,
    string? CaseId,
    string? CustomerId,
    string What,
    DateTimeOffset DueAt,
    DateTimeOffset MadeAt,
    DateTimeOffset? KeptAt,
    DateTimeOffset? BrokenAt
)
{
    private const string Beginning = "hours:";

    /// <summary>Id of the promise by when work on a case begins.</summary>
    internal static string OfBeginning(string caseId) => Beginning + caseId;

    internal static bool IsOfBeginning(string id) => id.StartsWith(Beginning, StringComparison.Ordinal);
}

/// <summary>Promises. No answer of a customer destroys one: it is kept, or its moment passes.</summary>
/// <param name="database">Where they are.</param>
/// <param name="access">The gate.</param>
/// <param name="clock">Tells the time.</param>
/// <param name="signal">Hears of work that is due.</param>
public sealed class PromiseDesk(Database database, IAccess access, TimeProvider clock, IWorkSignal signal)
{
    /// <summary>Event for workflows when a promise is broken; correlated by the id of the case.</summary>
    public const string BrokenEvent = "promise-broken";

    private static readonly string List = SqlFile.Beside<Promise>("promise.list");
    private static readonly string Find = SqlFile.Beside<Promise>("promise.find");
    private static readonly string Keep = SqlFile.Beside<Promise>("promise.keep");
    private static readonly string KeepBegun = SqlFile.Beside<Promise>("promise.keep_begun");
    private static readonly string Break = SqlFile.Beside<Promise>("promise.break");

    /// <summary>Promises about a case, the next one first.</summary>
    public async Task<IReadOnlyList<Promise>> ListAsync(string caseId, CancellationToken ct)
    {
        access.Demand(Permissions.CasesRead);
        return await database.ReadAsync(List, RowOf, ct, Arg.Text(caseId));
    }

    /// <summary>Says that a promise was kept; again changes nothing.</summary>
    public Task<Promise> KeepAsync(string id, CancellationToken ct) =>
        access.ActAsync(
            new Deed(Permissions.CasesWrite, "promise.keep", id),
            async () =>
            {
                await database.RepeatableAsync(Keep, ct, Arg.Text(id), Arg.Time(clock.GetUtcNow()));
                return (await database.ReadAsync(Find, RowOf, ct, Arg.Text(id))).SingleOrDefault()
                    ?? throw DeskRefusedException.Unknown("promise.unknown", $"There is no promise '{TextRules.Quote(id)}'.");
            },
            ct
        );

    internal async Task PassAsync(string id, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await database.TransactionAsync(
            async (db, _) =>
            {
                if (Promise.IsOfBeginning(id))
                    await db.DoAsync(KeepBegun, ct, Arg.Text(id));

                var broken = await db.ReadAsync(
                    Break,
                    r => new Dictionary<string, object?>(StringComparer.Ordinal)
                    {
                        ["PromiseId"] = id,
                        ["CaseId"] = r.FindText(0),
                        ["CustomerId"] = r.FindText(1),
                        ["What"] = r.GetString(2),
                        ["DueAt"] = r.GetTime(3),
                    },
                    ct,
                    Arg.Text(id),
                    Arg.Time(now)
                );

                if (broken is [var value])
                    await db.AskAsync([AskedWork.Publish(BrokenEvent, value, value["CaseId"] as string, null, $"promise:{id}", now)], ct);
            },
            ct
        );
        signal.Ring(now);
    }

    private static Promise RowOf(NpgsqlDataReader r) =>
        new(r.GetString(0), r.FindText(1), r.FindText(2), r.GetString(3), r.GetTime(4), r.GetTime(5), r.FindTime(6), r.FindTime(7));
}

/// <summary>Writes promises, each with the work that looks after it.</summary>
public sealed class PromiseMadeWriter : IRecordWriter
{
    private static readonly string Insert = SqlFile.Beside<Promise>("promise.insert");

    /// <inheritdoc/>
    public Type RowType => typeof(PromiseMade);

    /// <summary>Makes one promise in a transaction of the caller.</summary>
    /// <returns>False when it stands already.</returns>
    internal static async Task<bool> MakeAsync(
        NpgsqlConnection db,
        PromiseMade promise,
        string? instanceId,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        var isNew =
            await db.DoAsync(
                Insert,
                ct,
                Arg.Texts([promise.Id]),
                Arg.Texts([promise.CaseId]),
                Arg.Texts([promise.CustomerId]),
                Arg.Texts([instanceId]),
                Arg.Texts([promise.What]),
                Arg.Times([promise.DueAt]),
                Arg.Times([now])
            ) == 1;

        if (isNew)
            await db.AskAsync([Due(promise)], ct);

        return isNew;
    }

    private static NewWork Due(PromiseMade promise) =>
        AskedWork.Message(PromiseDueHandler.Due, promise.Id, $"promise:{promise.Id}:due", promise.DueAt);

    /// <inheritdoc/>
    public void Write(NpgsqlBatch batch, IReadOnlyList<RecordedRow> rows)
    {
        var made = rows.Select(r => (PromiseMade)r.Row).ToList();
        var command = new NpgsqlBatchCommand(Insert);
        command.Parameters.Add(Arg.Texts(made.Select(p => p.Id)));
        command.Parameters.Add(Arg.Texts(made.Select(p => p.CaseId)));
        command.Parameters.Add(Arg.Texts(made.Select(p => p.CustomerId)));
        command.Parameters.Add(Arg.Texts(rows.Select(r => r.InstanceId)));
        command.Parameters.Add(Arg.Texts(made.Select(p => p.What)));
        command.Parameters.Add(Arg.Times(made.Select(p => (DateTimeOffset?)p.DueAt)));
        command.Parameters.Add(Arg.Times(rows.Select(r => (DateTimeOffset?)r.Now)));
        batch.BatchCommands.Add(command);
        batch.BatchCommands.Add(WorkRowsCommand.Adding([.. made.Select(Due)]));
    }
}

/// <summary>Looks whether a promise was kept.</summary>
internal sealed class PromiseDueHandler(PromiseDesk desk) : IMessageHandler
{
    public const string Due = "promise.due";

    public string Topic => Due;

    public Task HandleAsync(Message message, CancellationToken ct) => desk.PassAsync((string)message.Body!, ct);
}
