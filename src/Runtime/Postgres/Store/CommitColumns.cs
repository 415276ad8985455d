using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Postgres.Store;

/// <summary>The rows of a group of commits as arrays, in the order of the statement's parameters. Reused from group to group.</summary>
internal sealed class CommitColumns
{
    // $1 to $16: one element for each commit.
    private readonly Column<string> id = new(NpgsqlDbType.Text);
    private readonly Column<long> expected = new(NpgsqlDbType.Bigint);
    private readonly Column<string> definitionId = new(NpgsqlDbType.Text);
    private readonly Column<string> versionId = new(NpgsqlDbType.Text);
    private readonly Column<int> version = new(NpgsqlDbType.Integer);
    private readonly Column<short> subStatus = new(NpgsqlDbType.Smallint);
    private readonly Column<string?> correlationId = new(NpgsqlDbType.Text);
    private readonly Column<string?> name = new(NpgsqlDbType.Text);
    private readonly Column<string?> parentId = new(NpgsqlDbType.Text);
    private readonly Column<int> incidents = new(NpgsqlDbType.Integer);
    private readonly Column<byte[]> state = new(NpgsqlDbType.Bytea);
    private readonly Column<DateTime> now = new(NpgsqlDbType.TimestampTz);
    private readonly Column<DateTime?> finishedAt = new(NpgsqlDbType.TimestampTz);
    private readonly Column<string?> owner = new(NpgsqlDbType.Text);
    private readonly Column<DateTime?> keepsUntil = new(NpgsqlDbType.TimestampTz);
    private readonly Column<long?> done = new(NpgsqlDbType.Bigint);

    // $18 to $20: waiters that are gone.
    private readonly Column<int> burnedBy = new(NpgsqlDbType.Integer);
    private readonly Column<string> burnedOf = new(NpgsqlDbType.Text);
    private readonly Column<long> burned = new(NpgsqlDbType.Bigint);

    // $21 to $30: waiters that appeared.
    private readonly Column<int> addedBy = new(NpgsqlDbType.Integer);
    private readonly Column<string> addedTo = new(NpgsqlDbType.Text);
    private readonly Column<long> added = new(NpgsqlDbType.Bigint);
    private readonly Column<string> addedHash = new(NpgsqlDbType.Text);
    private readonly Column<string> addedName = new(NpgsqlDbType.Text);
    private readonly Column<string> addedActivity = new(NpgsqlDbType.Text);
    private readonly Column<string> addedNode = new(NpgsqlDbType.Text);
    private readonly Column<DateTime?> addedDue = new(NpgsqlDbType.TimestampTz);
    private readonly Column<byte[]> addedPayload = new(NpgsqlDbType.Bytea);
    private readonly Column<DateTime> addedAt = new(NpgsqlDbType.TimestampTz);

    // $31, then $32 to $37: work that bursts caused.
    private readonly Column<int> queuedBy = new(NpgsqlDbType.Integer);
    private readonly WorkColumns queued = new();

    // $38 and $39: work that is no longer needed.
    private readonly Column<int> droppedBy = new(NpgsqlDbType.Integer);
    private readonly Column<string> dropped = new(NpgsqlDbType.Text);

    // $40 to $46: history.
    private readonly Column<int> writtenBy = new(NpgsqlDbType.Integer);
    private readonly Column<string> writtenOf = new(NpgsqlDbType.Text);
    private readonly Column<long> sequence = new(NpgsqlDbType.Bigint);
    private readonly Column<DateTime> writtenAt = new(NpgsqlDbType.TimestampTz);
    private readonly Column<byte[]> stimuli = new(NpgsqlDbType.Bytea);
    private readonly Column<byte[]> entries = new(NpgsqlDbType.Bytea);
    private readonly Column<long> stateHash = new(NpgsqlDbType.Bigint);

    private readonly (IColumn Column, CommitParts Parts)[] all;

    public CommitColumns()
    {
        const CommitParts Always = CommitParts.Update | CommitParts.Insert;
        IColumn[] instance =
        [
            id,
            expected,
            definitionId,
            versionId,
            version,
            subStatus,
            correlationId,
            name,
            parentId,
            incidents,
            state,
            now,
        ];
        IColumn[] lease = [finishedAt, owner, keepsUntil];
        all =
        [
            .. instance.Select(c => (c, Always)),
            .. lease.Select(c => (c, Always)),
            (done, CommitParts.Done),
            .. new IColumn[] { burnedBy, burnedOf, burned }.Select(c => (c, CommitParts.Burn)),
            .. new IColumn[]
            {
                addedBy,
                addedTo,
                added,
                addedHash,
                addedName,
                addedActivity,
                addedNode,
                addedDue,
                addedPayload,
                addedAt,
            }.Select(c => (c, CommitParts.Add)),
            (queuedBy, CommitParts.Queue),
            .. queued.All.Select(c => (c, CommitParts.Queue)),
            .. new IColumn[] { droppedBy, dropped }.Select(c => (c, CommitParts.Drop)),
            .. new IColumn[] { writtenBy, writtenOf, sequence, writtenAt, stimuli, entries, stateHash }.Select(c =>
                (c, CommitParts.Journal)
            ),
        ];
    }

    /// <summary>What the group filled: which parts its statement needs.</summary>
    public CommitParts Parts { get; private set; }

    public void Clear()
    {
        foreach (var (column, _) in all)
            column.Clear();

        Parts = CommitParts.None;
    }

    /// <summary>Appends a commit; its place, from 1, is the number of commits so far.</summary>
    public void Add(InstanceCommit commit)
    {
        AddInstance(commit);
        var place = id.Values.Count;

        foreach (var bookmark in commit.Burned)
        {
            Parts |= CommitParts.Burn;
            burnedBy.Add(place);
            burnedOf.Add(commit.InstanceId);
            burned.Add(bookmark);
        }

        foreach (var bookmark in commit.Added)
            AddBookmark(place, commit, bookmark);

        foreach (var work in commit.Work)
        {
            Parts |= CommitParts.Queue;
            queuedBy.Add(place);
            queued.Add(work);
        }

        foreach (var key in commit.Dropped)
        {
            Parts |= CommitParts.Drop;
            droppedBy.Add(place);
            dropped.Add(key);
        }

        if (commit.Journal is { } journal)
            AddJournal(place, commit, journal);
    }

    /// <summary>All parameters of a statement with these parts, numbered.</summary>
    public IEnumerable<NpgsqlParameter> ToParameters(CommitParts parts, NpgsqlParameter<Guid> commitId)
    {
        for (var i = 0; i < all.Length; i++)
        {
            // $17 stands between the instances and their rows.
            if (i == 16)
                yield return commitId;

            yield return all[i].Column.ToParameter((all[i].Parts & parts) != CommitParts.None);
        }
    }

    private void AddInstance(InstanceCommit commit)
    {
        Parts |= commit.ExpectedVersion == 0 ? CommitParts.Insert : CommitParts.Update;
        id.Add(commit.InstanceId);
        expected.Add(commit.ExpectedVersion);
        definitionId.Add(commit.DefinitionId);
        versionId.Add(commit.VersionId);
        version.Add(commit.Version);
        subStatus.Add((short)commit.SubStatus);
        correlationId.Add(commit.CorrelationId);
        name.Add(commit.Name);
        parentId.Add(commit.ParentId);
        incidents.Add(commit.IncidentCount);
        state.Add(Bytes.Of(commit.State));
        now.Add(Moment.Of(commit.Now));
        finishedAt.Add(WorkflowState.StatusOf(commit.SubStatus) == WorkflowStatus.Finished ? Moment.Of(commit.Now) : null);
        owner.Add(commit.Owner);
        keepsUntil.Add(commit.Owner is null ? null : Moment.Of(commit.KeepsLeaseUntil));

        if (commit.DoneWorkId == 0)
        {
            done.Add(null);
        }
        else
        {
            Parts |= CommitParts.Done;
            done.Add(commit.DoneWorkId);
        }
    }

    private void AddBookmark(int place, InstanceCommit commit, NewBookmark bookmark)
    {
        Parts |= CommitParts.Add;
        addedBy.Add(place);
        addedTo.Add(commit.InstanceId);
        added.Add(bookmark.Id);
        addedHash.Add(bookmark.Hash);
        addedName.Add(bookmark.Name);
        addedActivity.Add(bookmark.ActivityId);
        addedNode.Add(bookmark.NodeId);
        addedDue.Add(Moment.Of(bookmark.DueAt));
        addedPayload.Add(Bytes.Of(bookmark.Payload));
        addedAt.Add(Moment.Of(commit.Now));

        if (bookmark.DueAt is { } dueAt)
        {
            Parts |= CommitParts.Queue;
            queuedBy.Add(place);
            queued.AddTimer(commit.InstanceId, bookmark.Id, dueAt);
        }
    }

    private void AddJournal(int place, InstanceCommit commit, NewJournal journal)
    {
        Parts |= CommitParts.Journal;
        writtenBy.Add(place);
        writtenOf.Add(commit.InstanceId);
        sequence.Add(journal.Sequence);
        writtenAt.Add(Moment.Of(commit.Now));
        stimuli.Add(Bytes.Of(journal.Stimuli));
        entries.Add(Bytes.Of(journal.Entries));
        stateHash.Add(journal.StateHash);
    }
}

/// <summary>Rows of work as arrays: key, kind, instance, target, payload, due at.</summary>
internal sealed class WorkColumns
{
    private readonly Column<string> key = new(NpgsqlDbType.Text);
    private readonly Column<short> kind = new(NpgsqlDbType.Smallint);
    private readonly Column<string?> instanceId = new(NpgsqlDbType.Text);
    private readonly Column<long> target = new(NpgsqlDbType.Bigint);
    private readonly Column<byte[]> payload = new(NpgsqlDbType.Bytea);
    private readonly Column<DateTime> dueAt = new(NpgsqlDbType.TimestampTz);

    public WorkColumns() => All = [key, kind, instanceId, target, payload, dueAt];

    public IReadOnlyList<IColumn> All { get; }

    public static WorkColumns Of(IEnumerable<NewWork> work)
    {
        var columns = new WorkColumns();

        foreach (var row in work)
            columns.Add(row);

        return columns;
    }

    public void Add(NewWork work)
    {
        key.Add(work.Key);
        kind.Add((short)work.Kind);
        instanceId.Add(work.InstanceId);
        target.Add(work.Target);
        payload.Add(Bytes.Of(work.Payload));
        dueAt.Add(Moment.NotBefore(work.DueAt));
    }

    /// <summary>The timer of a bookmark; SQL makes the same key when the bookmark burns.</summary>
    public void AddTimer(string instance, long bookmark, DateTimeOffset moment)
    {
        key.Add(string.Create(CultureInfo.InvariantCulture, $"t:{instance}:{bookmark}"));
        kind.Add((short)WorkKind.Timer);
        instanceId.Add(instance);
        target.Add(bookmark);
        payload.Add([]);
        dueAt.Add(Moment.NotBefore(moment));
    }

    public IEnumerable<NpgsqlParameter> ToParameters() => All.Select(c => c.ToParameter(true));
}
