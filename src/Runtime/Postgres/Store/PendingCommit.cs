using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Postgres.Store;

/// <summary>A commit on its way through the queue, and the promise to its caller.</summary>
internal sealed class PendingCommit(InstanceCommit commit)
    : TaskCompletionSource<CommitResult>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    // What a row takes beside its payload; only to bound a group.
    private const int RowOverhead = 200;

    private const int Waiting = 0;
    private const int Taken = 1;
    private const int GivenUp = 2;
    private int stage;
    private CancellationTokenRegistration registration;

    public InstanceCommit Commit => commit;

    /// <summary>Size on the wire, about.</summary>
    public long Bytes { get; } = Measure(commit);

    /// <summary>Lets the caller give up as long as the commit waits; once it is under way, the answer is awaited.</summary>
    public void CancelWith(CancellationToken ct)
    {
        if (ct.CanBeCanceled)
            registration = ct.UnsafeRegister(
                static (pending, token) =>
                {
                    var self = (PendingCommit)pending!;

                    if (Interlocked.CompareExchange(ref self.stage, GivenUp, Waiting) == Waiting)
                        self.TrySetCanceled(token);
                },
                this
            );
    }

    /// <summary>False when the caller has given up.</summary>
    public bool TryTake()
    {
        registration.Unregister();
        return Interlocked.CompareExchange(ref stage, Taken, Waiting) == Waiting;
    }

    private static long Measure(InstanceCommit commit)
    {
        long bytes = RowOverhead + commit.State.Length;

        foreach (var bookmark in commit.Added)
            bytes += RowOverhead + bookmark.Payload.Length;

        foreach (var work in commit.Work)
            bytes += RowOverhead + work.Payload.Length;

        return bytes
            + (RowOverhead * (commit.Burned.Length + commit.Dropped.Length))
            + (commit.Journal is { } journal ? RowOverhead + journal.Stimuli.Length + journal.Entries.Length : 0);
    }
}
