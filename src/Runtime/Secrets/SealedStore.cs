using ServiceLoop.Engine.Nodes;
using ServiceLoop.Runtime.Migrating;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Secrets;

/// <summary>
/// A store in which all of an instance that holds secrets stands encrypted: state, history, waiters, work, tasks, what a migration kept. Each is one sealed
/// piece, bound to its place. All other instances pass through as they are.
/// </summary>
/// <param name="store">Where it is kept.</param>
/// <param name="cipher">Encrypts.</param>
public sealed class SealedStore(IWorkflowStore store, IValueCipher cipher) : PassingStore(store)
{
    private readonly Seal seal = new(cipher);

    /// <inheritdoc/>
    public override async Task<InstanceRow?> FindInstanceAsync(string instanceId, CancellationToken ct) =>
        await Inner.FindInstanceAsync(instanceId, ct) is not { } row ? null
        : Seal.IsOn(row.State) ? row with { State = seal.Off(Seal.State(row.Id), row.State), IsSealed = true }
        : row;

    /// <inheritdoc/>
    public override Task<CommitResult> CommitAsync(InstanceCommit commit, CancellationToken ct) =>
        Inner.CommitAsync(commit.IsSealed ? Sealed(commit) : SealedWork(commit), ct);

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<BookmarkRow>> FindBookmarksAsync(BookmarkFilter filter, CancellationToken ct)
    {
        var rows = await Inner.FindBookmarksAsync(filter, ct);
        return rows.Any(r => Seal.IsOn(r.Payload)) ? [.. rows.Select(Opened)] : rows;
    }

    /// <inheritdoc/>
    public override Task<bool> ImportInstanceAsync(InstanceImport import, CancellationToken ct)
    {
        if (!import.Row.IsSealed)
            return Inner.ImportInstanceAsync(import, ct);

        var id = import.Row.Id;
        return Inner.ImportInstanceAsync(
            import with
            {
                Row = import.Row with { State = seal.Put(Seal.State(id), import.Row.State) },
                Waiters = [.. import.Waiters.Select(w => w with { Bookmark = Sealed(id, w.Bookmark) })],
                Journal =
                [
                    .. import.Journal.Select(j =>
                        j with
                        {
                            Stimuli = seal.Put(Seal.Stimuli(id, j.Sequence), j.Stimuli),
                            Entries = seal.Put(Seal.Entries(id, j.Sequence), j.Entries),
                        }
                    ),
                ],
            },
            ct
        );
    }

    /// <inheritdoc/>
    public override Task EnqueueAsync(IReadOnlyList<NewWork> work, CancellationToken ct) => Inner.EnqueueAsync(Sealed(work), ct);

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<WorkRow>> LeaseDueAsync(
        DateTimeOffset now,
        DateTimeOffset until,
        int most,
        CancellationToken ct
    ) => Opened(await Inner.LeaseDueAsync(now, until, most, ct));

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<WorkRow>> RenewWorkAsync(
        IReadOnlyList<long> ids,
        DateTimeOffset until,
        CancellationToken ct
    ) => Opened(await Inner.RenewWorkAsync(ids, until, ct));

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<WorkRow>> ListWorkAsync(
        bool isBuried,
        string? instanceId,
        long after,
        int take,
        CancellationToken ct
    ) => Opened(await Inner.ListWorkAsync(isBuried, instanceId, after, take, ct));

    /// <inheritdoc/>
    public override Task<bool> ExpandWorkAsync(long id, IReadOnlyList<NewWork> into, CancellationToken ct) =>
        Inner.ExpandWorkAsync(id, Sealed(into), ct);

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<JournalRow>> ReadJournalAsync(string instanceId, CancellationToken ct)
    {
        var rows = await Inner.ReadJournalAsync(instanceId, ct);
        return rows.Any(r => Seal.IsOn(r.Entries))
            ?
            [
                .. rows.Select(r =>
                    r with
                    {
                        Stimuli = seal.Off(Seal.Stimuli(instanceId, r.Sequence), r.Stimuli),
                        Entries = seal.Off(Seal.Entries(instanceId, r.Sequence), r.Entries),
                    }
                ),
            ]
            : rows;
    }

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<HappenedRow>> ReadHappenedAsync(string instanceId, long after, CancellationToken ct)
    {
        var rows = await Inner.ReadHappenedAsync(instanceId, after, ct);
        return rows.Any(r => Seal.IsOn(r.Entries))
            ?
            [
                .. rows.Select(r =>
                    r with
                    {
                        Entries = seal.Off(Seal.Entries(instanceId, r.Sequence), r.Entries),
                        IsSealed = Seal.IsOn(r.Entries),
                    }
                ),
            ]
            : rows;
    }

    private InstanceCommit Sealed(InstanceCommit commit)
    {
        var id = commit.InstanceId;
        return commit with
        {
            State = seal.Put(Seal.State(id), commit.State),
            Added = [.. commit.Added.Select(b => Sealed(id, b))],
            Work = [.. commit.Work.Select(w => Sealed(w with { IsSealed = true }))],
            Records = [.. commit.Records.Select(Sealed)],
            Journal = commit.Journal is { } journal
                ? journal with
                {
                    Stimuli = seal.Put(Seal.Stimuli(id, journal.Sequence), journal.Stimuli),
                    Entries = seal.Put(Seal.Entries(id, journal.Sequence), journal.Entries),
                }
                : null,
        };
    }

    /// <summary>Work that comes along with the commit of an open instance may be another's.</summary>
    private InstanceCommit SealedWork(InstanceCommit commit)
    {
        foreach (var work in commit.Work)
            if (work.IsSealed)
                return commit with { Work = [.. commit.Work.Select(Sealed)] };

        return commit;
    }

    private NewBookmark Sealed(string instanceId, NewBookmark bookmark) =>
        bookmark with
        {
            Payload = seal.Put(Seal.Waiter(instanceId, bookmark.Id), bookmark.Payload),
        };

    private IReadOnlyList<NewWork> Sealed(IReadOnlyList<NewWork> work) => work.Any(w => w.IsSealed) ? [.. work.Select(Sealed)] : work;

    // An empty payload is sealed, too: by it, whoever does the work knows that its errors may quote a secret.
    private NewWork Sealed(NewWork work) => work.IsSealed ? work with { Payload = seal.Put(Seal.Work(work.Key), work.Payload) } : work;

    private RecordedRow Sealed(RecordedRow row) =>
        row.Row switch
        {
            RunTaskRequest task => row with { Row = Sealed(task) },
            MovedInstance moved => row with { Row = Sealed(row.InstanceId, moved) },
            _ => row,
        };

    private RunTaskRequest Sealed(RunTaskRequest task)
    {
        var payload = System.Text.Encoding.UTF8.GetBytes(Engine.Values.ValueJson.ToText(task.Payload));
        return task with
        {
            Payload = new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["sealed"] = Convert.ToBase64String(seal.Put(Seal.Task(task.TaskId), payload)),
            },
        };
    }

    private MovedInstance Sealed(string instanceId, MovedInstance moved) =>
        moved with
        {
            BeforeState = moved.BeforeState is { } before ? seal.Put(Seal.State(instanceId), before) : null,
            Waiters = [.. moved.Waiters.Select(w => w with { Payload = seal.Put(Seal.Waiter(instanceId, w.Id), w.Payload) })],
        };

    private IReadOnlyList<WorkRow> Opened(IReadOnlyList<WorkRow> rows)
    {
        foreach (var row in rows)
            if (Seal.IsOn(row.Payload))
                return [.. rows.Select(Opened)];

        return rows;
    }

    private BookmarkRow Opened(BookmarkRow row)
    {
        var payload = Readable(Seal.Waiter(row.InstanceId, row.Id), row.Payload);
        return row with { Payload = payload, IsSealed = Seal.IsOn(payload) };
    }

    private WorkRow Opened(WorkRow row) =>
        Seal.IsOn(row.Payload) ? row with { Payload = Readable(Seal.Work(row.Key), row.Payload), IsSealed = true } : row;

    /// <summary>One of many rows: what cannot be read stays sealed, so that whoever needs it fails alone, and can be seen to.</summary>
    private ReadOnlyMemory<byte> Readable(string place, ReadOnlyMemory<byte> stored)
    {
        try
        {
            return seal.Off(place, stored);
        }
        catch (SecretUnreadableException)
        {
            return stored;
        }
    }
}
