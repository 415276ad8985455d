using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Postgres.Store;

// Instances from elsewhere.
public sealed partial class PostgresStore
{
    private static readonly string Import = SqlFile.Beside<PostgresStore>("workflow_instance.import");

    /// <inheritdoc/>
    public async Task<bool> ImportInstanceAsync(InstanceImport import, CancellationToken ct)
    {
        var (row, summary, waiters, journal) = import;
        return await database.OnceForValueAsync(
            Import,
            ct,
            Arg.Text(row.Id),
            Arg.Text(row.DefinitionId),
            Arg.Text(row.VersionId),
            Arg.Integer(summary.Version),
            Arg.Number(row.RowVersion),
            Arg.Small((short)summary.SubStatus),
            Arg.Text(summary.CorrelationId),
            Arg.Text(summary.Name),
            Arg.Text(summary.ParentId),
            Arg.Integer(summary.IncidentCount),
            Arg.Blob(row.State),
            Arg.Time(row.CreatedAt),
            Arg.Time(row.UpdatedAt),
            Arg.Numbers([.. waiters.Select(w => w.Bookmark.Id)]),
            Arg.Texts(waiters.Select(w => w.Bookmark.Hash)),
            Arg.Texts(waiters.Select(w => w.Bookmark.Name)),
            Arg.Texts(waiters.Select(w => w.Bookmark.ActivityId)),
            Arg.Texts(waiters.Select(w => w.Bookmark.NodeId)),
            Arg.Times(waiters.Select(w => w.Bookmark.DueAt)),
            Arg.Blobs(waiters.Select(w => w.Bookmark.Payload)),
            Arg.Times(waiters.Select(w => (DateTimeOffset?)w.CreatedAt)),
            Arg.Numbers([.. journal.Select(j => j.Sequence)]),
            Arg.Times(journal.Select(j => (DateTimeOffset?)j.At)),
            Arg.Blobs(journal.Select(j => j.Stimuli)),
            Arg.Blobs(journal.Select(j => j.Entries)),
            Arg.Numbers([.. journal.Select(j => j.StateHash)])
        )
            is 1L;
    }
}
