using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Telemetry;

namespace ServiceLoop.Runtime.Postgres.Store;

/// <summary>One loop that turns waiting commits into groups and answers their callers.</summary>
internal sealed class CommitWriter : IAsyncDisposable
{
    // A message of this size is sent and parsed in a moment; beyond it, sharing a transaction gains nothing.
    private const long MaxGroupBytes = 8 * 1024 * 1024;

    // A group that meets a lost connection or a deadlock is sent again: it is known not to have happened.
    private const int MaxAttempts = 3;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);

    private readonly Channel<PendingCommit> channel = Channel.CreateUnbounded<PendingCommit>(new() { SingleReader = true });
    private readonly CommitConnection connection;
    private readonly PostgresStoreOptions options;
    private readonly ILogger logger;
    private readonly Action<int> left;
    private readonly Task loop;

    private readonly List<PendingCommit> group = [];
    private readonly HashSet<string> instances = new(StringComparer.Ordinal);
    private readonly HashSet<long> work = [];

    // Commits for an instance or a piece of work that the group before had already.
    private List<PendingCommit> deferred = [];
    private List<PendingCommit> deferredBefore = [];

    public CommitWriter(CommitConnection connection, PostgresStoreOptions options, ILogger logger, Action<int> left)
    {
        this.connection = connection;
        this.options = options;
        this.logger = logger;
        this.left = left;
        loop = Task.Run(RunAsync);
    }

    public void Enqueue(PendingCommit pending)
    {
        if (!channel.Writer.TryWrite(pending))
        {
            left(1);
            throw new StoreUnavailableException("The store is shutting down; the commit was not accepted, and nothing was written.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        channel.Writer.TryComplete();
        await loop;
        await connection.DisposeAsync();
    }

    private async Task RunAsync()
    {
        while (deferred.Count > 0 || await channel.Reader.WaitToReadAsync(CancellationToken.None))
        {
            Gather();

            if (group.Count > 0)
                await CommitAsync();
        }
    }

    private void Gather()
    {
        group.Clear();
        instances.Clear();
        work.Clear();
        (deferred, deferredBefore) = (deferredBefore, deferred);
        long bytes = 0;

        foreach (var pending in deferredBefore)
            bytes += Take(pending);

        deferredBefore.Clear();

        // A flood on one instance stays in the channel; it shall not be looked through again for each group.
        while (
            group.Count < options.MaxGroup
            && deferred.Count < options.MaxGroup
            && bytes < MaxGroupBytes
            && channel.Reader.TryRead(out var pending)
        )
            if (pending.TryTake())
                bytes += Take(pending);
            else
                left(1);

        // The same order everywhere: nodes that write the same instances wait for each other in a line, never in a circle.
        group.Sort(static (a, b) => string.CompareOrdinal(a.Commit.InstanceId, b.Commit.InstanceId));
    }

    private long Take(PendingCommit pending)
    {
        var commit = pending.Commit;

        if (instances.Contains(commit.InstanceId) || work.Contains(commit.DoneWorkId))
        {
            deferred.Add(pending);
            instances.Add(commit.InstanceId);
            return 0;
        }

        instances.Add(commit.InstanceId);

        if (commit.DoneWorkId != 0)
            work.Add(commit.DoneWorkId);

        group.Add(pending);
        return pending.Bytes;
    }

    private async Task CommitAsync()
    {
        try
        {
            if (await TryAsync(group) is not { } error)
                return;

            if (group.Count == 1 || ServerFault.IsUnavailable(error))
            {
                Fail(group, error);
                return;
            }

            await OneByOneAsync(error);
        }
        catch (Exception error)
        {
            // Nothing above throws on purpose; but a caller must never be left without an answer.
            Fail(group, error);
        }
        finally
        {
            left(group.Count);
        }
    }

    // Only the culprit's caller sees the error.
    private async Task OneByOneAsync(Exception cause)
    {
        Log.GroupFailed(logger, group.Count, cause);

        foreach (var pending in group)
        {
            if (pending.Task.IsCompleted)
                continue;

            PendingCommit[] alone = [pending];

            if (await TryAsync(alone) is not { } error)
                continue;

            Fail(alone, error);

            // No use in letting each of them wait for a server that is gone.
            if (ServerFault.IsUnavailable(error))
                Fail(group, error);
        }
    }

    /// <summary>Commits those that have no answer yet and answers them; null when all were answered.</summary>
    private async Task<Exception?> TryAsync(IReadOnlyList<PendingCommit> all)
    {
        Exception last;
        var open = all;
        var attempt = 1;
        while (true)
        {
            try
            {
                var start = Stopwatch.GetTimestamp();
                var results = await connection.CommitAsync(open);
                RuntimeTelemetry.CommitDuration.Record(Stopwatch.GetElapsedTime(start).TotalSeconds);
                RuntimeTelemetry.CommitGroupSize.Record(open.Count);
                Answer(open, results);
                return null;
            }
            catch (Exception error)
            {
                last = error;
            }

            if (connection.IsAnswerLost)
            {
                Log.AnswerLost(logger, open.Count, last);

                if (await connection.FindOutAsync(open) is not { } found)
                {
                    Log.AnswerUnknown(logger, open.Count);
                    return Unknown(open.Count, last);
                }

                open = Answer(open, found);
                Log.AnswerFound(logger, found.Length, found.Length - open.Count);

                if (open.Count == 0)
                    return null;
            }
            else if (!ServerFault.IsMomentary(last))
            {
                return last;
            }

            if (attempt++ == MaxAttempts)
                return last;

            await Task.Delay(FirstPause * attempt);
        }
    }

    private static void Answer(IReadOnlyList<PendingCommit> pending, CommitResult[] results)
    {
        var lost = 0;

        for (var i = 0; i < results.Length; i++)
        {
            lost += results[i] == CommitResult.Committed ? 0 : 1;
            pending[i].TrySetResult(results[i]);
        }

        if (lost > 0)
            RuntimeTelemetry.CommitConflicts.Add(lost);
    }

    /// <summary>Answers those that happened; the others are returned.</summary>
    private static List<PendingCommit> Answer(IReadOnlyList<PendingCommit> pending, CommitResult?[] found)
    {
        for (var i = 0; i < found.Length; i++)
            if (found[i] is { } result)
                pending[i].TrySetResult(result);

        return [.. pending.Where((_, i) => found[i] is null)];
    }

    private void Fail(IReadOnlyList<PendingCommit> all, Exception error)
    {
        var open = all.Where(p => !p.Task.IsCompleted).ToList();

        if (open.Count == 0)
            return;

        var isUnavailable = error is StoreUnavailableException || ServerFault.IsUnavailable(error);

        if (isUnavailable)
            Log.Unavailable(logger, open.Count, error.Message);
        else
            Log.CommitFailed(logger, open[0].Commit.InstanceId, error);

        foreach (var pending in open)
            pending.TrySetException(isUnavailable ? ServerFault.Unavailable(error) : error);
    }

    private static StoreUnavailableException Unknown(int count, Exception cause) =>
        new(
            $"The connection to the database was lost while {count} commits were under way, and it did not come back in time. It is not known whether they happened; load the instance again.",
            cause
        );
}
