using Microsoft.Extensions.Logging;
using Npgsql;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Postgres.Store;

/// <summary>
/// Group commit: bursts hand their commits in, and each writer sends whatever has gathered while its previous transaction ran. No commit waits for
/// others to come; under load the groups grow by themselves, and with them the throughput.
/// </summary>
internal sealed class CommitQueue : IAsyncDisposable
{
    private const int MaxBytes = 64 * 1024 * 1024;

    private readonly CommitWriter[] writers;
    private readonly RecordWriters records;
    private readonly int maxWaiting;
    private int waiting;

    public CommitQueue(NpgsqlDataSource database, PostgresStoreOptions options, RecordWriters records, ILogger logger)
    {
        this.records = records;
        maxWaiting = options.MaxWaiting;
        writers =
        [
            .. Enumerable
                .Range(0, options.Writers)
                .Select(_ => new CommitWriter(new CommitConnection(database, options, records), options, logger, Left)),
        ];
    }

    /// <summary>Commits; see <see cref="IWorkflowStore.CommitAsync"/>.</summary>
    public Task<CommitResult> CommitAsync(InstanceCommit commit, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var pending = new PendingCommit(commit);

        if (pending.Bytes > MaxBytes)
            throw new ArgumentException(
                $"The burst of instance '{commit.InstanceId}' has {pending.Bytes} bytes to store; at most {MaxBytes} are stored. Keep large values elsewhere and refer to them.",
                nameof(commit)
            );

        records.Require(commit);

        if (Interlocked.Increment(ref waiting) > maxWaiting)
        {
            Interlocked.Decrement(ref waiting);
            throw new StoreUnavailableException(
                $"{maxWaiting} commits wait for the database already. This one was not accepted; nothing was written."
            );
        }

        pending.CancelWith(ct);
        var writer =
            writers.Length == 1 ? writers[0] : writers[(uint)commit.InstanceId.GetHashCode(StringComparison.Ordinal) % writers.Length];
        writer.Enqueue(pending);
        return pending.Task;
    }

    /// <summary>Commits what waits, then stops; later commits are refused.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var writer in writers)
            await writer.DisposeAsync();
    }

    private void Left(int count) => Interlocked.Add(ref waiting, -count);
}
