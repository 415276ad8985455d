using Npgsql;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Postgres.Store;

// History, and what becomes of it.
public sealed partial class PostgresStore
{
    // A transaction of this size takes milliseconds: nobody notices retention.
    private const int RetainAtOnce = 200;

    // Beyond this, months are not prepared: the caller has the unit wrong.
    private const int MaxMonths = 120;

    private static readonly string ReadJournal = SqlFile.Beside<PostgresStore>("journal.read");
    private static readonly string ReadHappened = SqlFile.Beside<PostgresStore>("journal.read_happened");
    private static readonly string PrepareJournal = SqlFile.Beside<PostgresStore>("journal.prepare");
    private static readonly string ListOldJournals = SqlFile.Beside<PostgresStore>("journal.list_old");
    private static readonly string DropJournal = SqlFile.Beside<PostgresStore>("journal.drop");
    private static readonly string DeleteStray = SqlFile.Beside<PostgresStore>("journal.delete_stray");
    private static readonly string FindEnded = SqlFile.Beside<PostgresStore>("workflow_instance.find_ended");
    private static readonly string DeleteBuried = SqlFile.Beside<PostgresStore>("work.delete_buried");
    private static readonly string PruneSnapshots = SqlFile.Beside<PostgresStore>("definition_version.prune_snapshots");
    private static readonly string DeleteGuards = SqlFile.Beside<PostgresStore>("guard.delete_old");

    /// <inheritdoc/>
    public Task<IReadOnlyList<JournalRow>> ReadJournalAsync(string instanceId, CancellationToken ct) =>
        database.ReadAsync(
            ReadJournal,
            static reader => new JournalRow(
                reader.GetInt64(0),
                reader.GetTime(1),
                reader.GetBlob(2),
                reader.GetBlob(3),
                reader.GetInt64(4)
            ),
            ct,
            Arg.Text(instanceId)
        );

    /// <inheritdoc/>
    public Task<IReadOnlyList<HappenedRow>> ReadHappenedAsync(string instanceId, long after, CancellationToken ct) =>
        database.ReadAsync(
            ReadHappened,
            static reader => new HappenedRow(reader.GetInt64(0), reader.GetTime(1), reader.GetBlob(2)),
            ct,
            Arg.Text(instanceId),
            Arg.Number(after)
        );

    /// <inheritdoc/>
    public async Task PrepareJournalAsync(DateTimeOffset now, DateTimeOffset until, CancellationToken ct)
    {
        var month = FirstOfMonth(now);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(until, month.AddMonths(MaxMonths));

        for (; month <= until; month = month.AddMonths(1))
        {
            try
            {
                await database.RepeatableAsync(PrepareJournal, ct, Arg.Time(month));
            }
            catch (PostgresException error) when (error.SqlState is PostgresErrorCodes.DuplicateTable or PostgresErrorCodes.UniqueViolation)
            {
                // Another node made it at the same time.
            }
        }
    }

    /// <inheritdoc/>
    public async Task<int> RetainAsync(Retention policy, CancellationToken ct)
    {
        var removed = 0;

        if (policy.FinishedBefore is { } finished)
        {
            removed = await RetainInstancesAsync(finished, ct);
            await database.RepeatableAsync(DeleteGuards, ct, Arg.Time(finished));
        }

        if (policy.BuriedBefore is { } buried)
            while (await database.RepeatableAsync(DeleteBuried, ct, Arg.Time(buried), Arg.Integer(RetainAtOnce)) == RetainAtOnce) { }

        if (policy.SnapshotsBefore is { } used)
            while (await database.RepeatableAsync(PruneSnapshots, ct, Arg.Time(used), Arg.Integer(RetainAtOnce)) == RetainAtOnce) { }

        if (policy.JournalBefore is { } journal)
            await RetainJournalAsync(journal, ct);

        return removed;
    }

    private static DateTimeOffset FirstOfMonth(DateTimeOffset moment) =>
        new(moment.UtcDateTime.Year, moment.UtcDateTime.Month, 1, 0, 0, 0, TimeSpan.Zero);

    private async Task<int> RetainInstancesAsync(DateTimeOffset before, CancellationToken ct)
    {
        var removed = 0;
        while (true)
        {
            var ids = await database.ReadAsync(
                FindEnded,
                static reader => reader.GetString(0),
                ct,
                Arg.Time(before),
                Arg.Integer(RetainAtOnce)
            );
            var gone = ids.Count == 0 ? 0 : await DeleteInstancesAsync(ids, ct);
            removed += gone;

            // Nothing goes when somebody else is faster; the next retention comes.
            if (gone == 0)
                return removed;
        }
    }

    private async Task RetainJournalAsync(DateTimeOffset before, CancellationToken ct)
    {
        foreach (var name in await database.ReadAsync(ListOldJournals, static reader => reader.GetString(0), ct, Arg.Time(before)))
        {
            try
            {
                await database.RepeatableAsync(DropJournal, ct, Arg.Text(name));
                Log.JournalDropped(logger, name);
            }
            catch (StoreUnavailableException error)
                when (error.InnerException is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable })
            {
                Log.JournalBusy(logger, name);
            }
            catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.UndefinedTable)
            {
                // Another node dropped it at the same time.
            }
        }

        while (await database.RepeatableAsync(DeleteStray, ct, Arg.Time(FirstOfMonth(before)), Arg.Integer(RetainAtOnce)) == RetainAtOnce)
        { }
    }
}
