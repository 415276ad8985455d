using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Npgsql;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Identity.Audit;

/// <summary>
/// The audit log in PostgreSQL. Notes of all callers of a node gather while the group before is written, and go into the chain in one transaction; any number
/// of nodes write the same chain. An entry is written once, also when connections are lost in the middle.
/// </summary>
/// <remarks>
/// A caller who waits is told after some attempts that the log cannot be written. A note that was posted stays and is written when the database is back. What
/// cannot be written until the process ends is told to the log of the program. Safe for all threads.
/// </remarks>
public sealed class AuditTrail : IAuditTrail, IAsyncDisposable
{
    // As the commit queue of the store.
    private const int MaxGroup = 256;

    // Some hundred megabytes at most; a database that is away for longer has larger troubles.
    private const int MaxWaiting = 100_000;

    // After so many failures those who wait are told.
    private const int MaxAttempts = 4;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    // Below the patience of a host that stops.
    private static readonly TimeSpan LastPatience = TimeSpan.FromSeconds(10);

    private readonly Channel<WaitingNote> channel = Channel.CreateUnbounded<WaitingNote>(new() { SingleReader = true });
    private readonly List<WaitingNote> group = [];
    private readonly CancellationTokenSource hurry = new();
    private readonly ChainConnection connection;
    private readonly TimeProvider time;
    private readonly ILogger<AuditTrail> logger;
    private readonly Task loop;

    // Taken from the channel, and not written.
    private Queue<WaitingNote> back = [];

    // So many of them are sent one by one.
    private int separate;
    private int waiting;
    private int failures;
    private int closed;

    /// <summary>Starts to write.</summary>
    /// <param name="database">Migrated before the first note comes.</param>
    /// <param name="time">Gives the entries their moments.</param>
    /// <param name="logger">Told of trouble.</param>
    public AuditTrail(NpgsqlDataSource database, TimeProvider time, ILogger<AuditTrail> logger)
    {
        this.time = time;
        this.logger = logger;
        connection = new ChainConnection(database);
        loop = Task.Run(RunAsync);
    }

    /// <inheritdoc />
    public async ValueTask<long> WriteAsync(AuditNote note, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var mine = new WaitingNote(EntryDraft.Of(note, time.GetUtcNow()), isAwaited: true);

        if (!TryEnqueue(mine))
            throw new StoreUnavailableException(
                closed != 0
                    ? "The audit log is closed: the server stops. Nothing was changed; try again on another node."
                    : $"{MaxWaiting} entries wait to be written into the audit log already. Nothing was changed; try again later."
            );

        // Not given up when the caller leaves: an entry of a beginning without an end says that the product died.
        return await mine.Number;
    }

    /// <inheritdoc />
    public void Post(AuditNote note)
    {
        var mine = new WaitingNote(EntryDraft.Of(note, time.GetUtcNow()), isAwaited: false);

        if (!TryEnqueue(mine))
            Lose(mine, closed != 0 ? "the server stops" : $"{MaxWaiting} entries wait already");
    }

    /// <summary>Writes what waits, then stops; later notes are refused.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref closed, 1) != 0)
        {
            await loop;
            return;
        }

        channel.Writer.TryComplete();
        hurry.CancelAfter(LastPatience);
        await loop;
        await connection.DisposeAsync();
        hurry.Dispose();
    }

    private bool TryEnqueue(WaitingNote note)
    {
        if (Interlocked.Increment(ref waiting) <= MaxWaiting && channel.Writer.TryWrite(note))
            return true;

        Interlocked.Decrement(ref waiting);
        return false;
    }

    private async Task RunAsync()
    {
        while (group.Count > 0 || back.Count > 0 || await channel.Reader.WaitToReadAsync(CancellationToken.None))
        {
            Gather();

            if (group.Count == 0)
                continue;

            try
            {
                Answer(await connection.AppendAsync([.. group.Select(n => n.Draft)]));
            }
            catch (Exception e)
            {
                if (IsOfOneNote(e))
                    Separate(e);
                else
                    await WaitAsync(e);
            }

            if (hurry.IsCancellationRequested)
                LoseAll();
        }
    }

    private void Gather()
    {
        // The same group as before, until it is known what became of it.
        if (connection.IsInDoubt)
            return;

        PutBack();
        var limit = separate > 0 ? 1 : MaxGroup;

        while (group.Count < limit && (back.TryDequeue(out var note) || channel.Reader.TryRead(out note)))
            group.Add(note);
    }

    /// <summary>What was not written stands in front again.</summary>
    private void PutBack()
    {
        if (group.Count == 0)
            return;

        back = new(group.Concat(back));
        group.Clear();
    }

    private void Answer(AuditEntry[] written)
    {
        if (failures > 0)
            Log.AuditBack(logger, failures);

        failures = 0;

        for (var i = 0; i < written.Length; i++)
        {
            group[i].Written(written[i].Number);

            // Its caller was told that it failed, and did not begin.
            if (group[i].IsGivenUp && written[i].End == DeedEnd.Begun)
                Continue(written[i]);
        }

        Left(group.Count);
        group.Clear();
    }

    private void Left(int count)
    {
        Interlocked.Add(ref waiting, -count);
        separate = Math.Max(0, separate - count);
    }

    private void Continue(AuditEntry begun) =>
        TryEnqueue(
            new(
                begun with
                {
                    AtMicroseconds = Microseconds.Of(time.GetUtcNow()),
                    End = DeedEnd.Failed,
                    Begun = begun.Number,
                    Before = null,
                    Wanted = null,
                    Reason = "The audit log did not answer in time; the change was not begun.",
                },
                isAwaited: false
            )
        );

    private async Task WaitAsync(Exception error)
    {
        failures++;

        if (error is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
            Log.ChainCrowded(logger);
        else if (failures is 1 or MaxAttempts)
            Log.AuditAway(logger, group.Count, error.Message);

        if (failures >= MaxAttempts)
            GiveUp(error);

        var pause = TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, FirstPause.Ticks * failures));
        await Task.Delay(pause, time, hurry.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Tells those who wait that it failed. What nobody waits for, or what may have been written, stays.</summary>
    private void GiveUp(Exception error)
    {
        var failure = error is ChainBrokenException ? new StoreUnavailableException(error.Message, error) : ServerFault.Unavailable(error);

        if (!connection.IsInDoubt)
            PutBack();

        while (channel.Reader.TryRead(out var note))
            back.Enqueue(note);

        foreach (var note in group.Concat(back))
            if (note.IsAwaited)
                note.Fail(failure);

        var posted = back.Where(n => !n.IsGivenUp).ToList();
        Left(back.Count - posted.Count);
        back = new(posted);
    }

    /// <summary>The database refuses one of the group for what stands in it: only that one may suffer.</summary>
    private void Separate(Exception error)
    {
        if (group.Count > 1)
        {
            separate = group.Count;
            return;
        }

        Log.EntryRefused(logger, group[0].Draft.Action, error);
        group[0].Fail(error);
        Lose(group[0], "the database refuses it");
        Left(1);
        group.Clear();
    }

    private void LoseAll()
    {
        PutBack();

        while (back.TryDequeue(out var note) || channel.Reader.TryRead(out note))
        {
            note.Fail(new StoreUnavailableException("The server stops, and the audit log could not be written."));
            Lose(note, "the database was away until the server stopped");
        }
    }

    private void Lose(WaitingNote note, string why) =>
        Log.EntryLost(
            logger,
            note.Draft.At,
            note.Draft.Actor,
            note.Draft.Action,
            note.Draft.Subject,
            note.Draft.End.ToString(),
            note.Draft.Begun,
            why
        );

    private static bool IsOfOneNote(Exception error) =>
        error is not (ChainBrokenException or PostgresException { SqlState: PostgresErrorCodes.UniqueViolation or "42P01" or "42501" })
        && !ServerFault.IsUnavailable(error)
        && !ServerFault.IsMomentary(error);
}
