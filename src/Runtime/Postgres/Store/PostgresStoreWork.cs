using Npgsql;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Postgres.Store;

// Work: timers, outbox and inbox.
public sealed partial class PostgresStore
{
    private static readonly string Enqueue = SqlFile.Beside<PostgresStore>("work.enqueue");
    private static readonly string LeaseDue = SqlFile.Beside<PostgresStore>("work.lease_due");
    private static readonly string RenewWork = SqlFile.Beside<PostgresStore>("work.renew");
    private static readonly string NextDue = SqlFile.Beside<PostgresStore>("work.next_due");
    private static readonly string CompleteWork = SqlFile.Beside<PostgresStore>("work.complete");
    private static readonly string FailWork = SqlFile.Beside<PostgresStore>("work.fail");
    private static readonly string BuryWork = SqlFile.Beside<PostgresStore>("work.bury");
    private static readonly string ReviveWork = SqlFile.Beside<PostgresStore>("work.revive");
    private static readonly string ListAlive = SqlFile.Beside<PostgresStore>("work.list_alive");
    private static readonly string ListBuried = SqlFile.Beside<PostgresStore>("work.list_buried");
    private static readonly string MeasureWork = SqlFile.Beside<PostgresStore>("work.measure");
    private static readonly string ExpandWork = SqlFile.Beside<PostgresStore>("work.expand");

    /// <inheritdoc/>
    public Task EnqueueAsync(IReadOnlyList<NewWork> work, CancellationToken ct) =>
        work.Count == 0 ? Task.CompletedTask : database.RepeatableAsync(Enqueue, ct, [.. WorkColumns.Of(work).ToParameters()]);

    /// <inheritdoc/>
    public Task<IReadOnlyList<WorkRow>> LeaseDueAsync(DateTimeOffset now, DateTimeOffset until, int most, CancellationToken ct) =>
        database.ReadAsync(LeaseDue, WorkOf, ct, Arg.Time(now), Arg.Time(until), Arg.Integer(most));

    /// <inheritdoc/>
    public Task<IReadOnlyList<WorkRow>> RenewWorkAsync(IReadOnlyList<long> ids, DateTimeOffset until, CancellationToken ct) =>
        database.ReadAsync(RenewWork, WorkOf, ct, Arg.Numbers(ids), Arg.Time(until));

    /// <inheritdoc/>
    public async Task<DateTimeOffset?> NextDueAsync(CancellationToken ct) =>
        (await database.ReadAsync(NextDue, static reader => reader.FindTime(0), ct))[0];

    /// <inheritdoc/>
    public Task<int> CompleteWorkAsync(IReadOnlyList<long> ids, CancellationToken ct) =>
        database.OnceAsync(CompleteWork, ct, Arg.Numbers(ids));

    /// <inheritdoc/>
    public async Task<int> FailWorkAsync(long id, DateTimeOffset until, string error, CancellationToken ct) =>
        await database.OnceForValueAsync(FailWork, ct, Arg.Number(id), Arg.Time(until), Arg.Text(error)) as int? ?? 0;

    /// <inheritdoc/>
    public Task BuryWorkAsync(long id, DateTimeOffset now, string error, CancellationToken ct) =>
        database.RepeatableAsync(BuryWork, ct, Arg.Number(id), Arg.Time(now), Arg.Text(error));

    /// <inheritdoc/>
    public Task<int> ReviveWorkAsync(IReadOnlyList<long> ids, DateTimeOffset dueAt, CancellationToken ct) =>
        database.OnceAsync(ReviveWork, ct, Arg.Numbers(ids), Arg.Time(dueAt));

    /// <inheritdoc/>
    public Task<IReadOnlyList<WorkRow>> ListWorkAsync(bool isBuried, string? instanceId, long after, int take, CancellationToken ct) =>
        database.ReadAsync(isBuried ? ListBuried : ListAlive, WorkOf, ct, Arg.Text(instanceId), Arg.Number(after), Arg.Integer(take));

    /// <inheritdoc/>
    public async Task<WorkDepths> MeasureWorkAsync(DateTimeOffset now, CancellationToken ct) =>
        (
            await database.ReadAsync(
                MeasureWork,
                static reader => new WorkDepths(
                    reader.GetInt64(0),
                    reader.GetInt64(1),
                    reader.GetInt64(2),
                    reader.GetInt64(3),
                    reader.FindTime(4)
                ),
                ct,
                Arg.Time(now)
            )
        )[0];

    /// <inheritdoc/>
    public async Task<bool> ExpandWorkAsync(long id, IReadOnlyList<NewWork> into, CancellationToken ct) =>
        await database.OnceForValueAsync(ExpandWork, ct, [Arg.Number(id), .. WorkColumns.Of(into).ToParameters()]) is 1L;

    private static WorkRow WorkOf(NpgsqlDataReader reader) =>
        new(
            reader.GetInt64(0),
            reader.GetString(1),
            (WorkKind)reader.GetInt16(2),
            reader.FindText(3),
            reader.GetInt64(4),
            reader.GetBlob(5),
            reader.GetTime(6),
            reader.GetInt32(7),
            reader.FindText(8),
            reader.FindTime(9)
        );
}
