using Microsoft.Extensions.Logging;
using Npgsql;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Postgres.Store;

/// <summary>The store on PostgreSQL 14 or newer; see <see cref="IWorkflowStore"/>.</summary>
/// <remarks>
/// Bursts go through two queues of their own connections: <c>CommitQueue</c> and <c>LoadQueue</c>. All else is single statements on the pool. Needs the
/// migrations of this assembly, and sessions that stay on one server process: no pooler in transaction mode between.
/// </remarks>
public sealed partial class PostgresStore : IWorkflowStore, IAsyncDisposable
{
    private static readonly string Lease = SqlFile.Beside<PostgresStore>("workflow_instance.lease");
    private static readonly string Release = SqlFile.Beside<PostgresStore>("workflow_instance.release");
    private static readonly string TakeGuard = SqlFile.Beside<PostgresStore>("guard.take");
    private static readonly string ReleaseGuard = SqlFile.Beside<PostgresStore>("guard.release");
    private static readonly string FindBookmarks = SqlFile.Beside<PostgresStore>("bookmark.find");
    private static readonly string AnyRunning = SqlFile.Beside<PostgresStore>("workflow_instance.any_running");
    private static readonly string FindStandings = SqlFile.Beside<PostgresStore>("workflow_instance.stand");
    private static readonly string DeleteInstances = SqlFile.Beside<PostgresStore>("workflow_instance.delete");

    private readonly Database database;
    private readonly CommitQueue commits;
    private readonly LoadQueue loads;
    private readonly InstanceLists lists;
    private readonly ILogger logger;

    /// <summary>Connects at first use.</summary>
    /// <param name="source">The database; not disposed.</param>
    /// <param name="writers">Writers of domain rows; at most one for a type.</param>
    /// <param name="options">How the server is used.</param>
    /// <param name="logger">Losses and failures.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public PostgresStore(
        NpgsqlDataSource source,
        IEnumerable<IRecordWriter> writers,
        PostgresStoreOptions options,
        ILogger<PostgresStore> logger
    )
    {
        options.Validated();
        this.logger = logger;
        database = new(source, options);
        commits = new(source, options, new RecordWriters(writers), logger);
        loads = new(source, options);
        lists = new(database);
    }

    /// <inheritdoc/>
    public Task<InstanceRow?> FindInstanceAsync(string instanceId, CancellationToken ct) => loads.FindAsync(instanceId, ct);

    /// <inheritdoc/>
    public Task<CommitResult> CommitAsync(InstanceCommit commit, CancellationToken ct) => commits.CommitAsync(commit, ct);

    /// <inheritdoc/>
    public async Task<bool> TryLeaseAsync(
        string instanceId,
        long rowVersion,
        string owner,
        DateTimeOffset now,
        DateTimeOffset until,
        CancellationToken ct
    ) =>
        await database.RepeatableAsync(
            Lease,
            ct,
            Arg.Text(instanceId),
            Arg.Number(rowVersion),
            Arg.Text(owner),
            Arg.Time(now),
            Arg.Time(until)
        ) == 1;

    /// <inheritdoc/>
    public Task ReleaseAsync(string instanceId, string owner, CancellationToken ct) =>
        database.RepeatableAsync(Release, ct, Arg.Text(instanceId), Arg.Text(owner));

    /// <inheritdoc/>
    public async Task<bool> TryGuardAsync(string name, string owner, DateTimeOffset now, DateTimeOffset until, CancellationToken ct) =>
        await database.RepeatableAsync(TakeGuard, ct, Arg.Text(name), Arg.Text(owner), Arg.Time(now), Arg.Time(until)) == 1;

    /// <inheritdoc/>
    public Task ReleaseGuardAsync(string name, string owner, CancellationToken ct) =>
        database.RepeatableAsync(ReleaseGuard, ct, Arg.Text(name), Arg.Text(owner));

    /// <inheritdoc/>
    public Task<IReadOnlyList<BookmarkRow>> FindBookmarksAsync(BookmarkFilter filter, CancellationToken ct) =>
        database.ReadAsync(
            FindBookmarks,
            reader => new BookmarkRow(
                reader.GetString(0),
                reader.GetInt64(1),
                reader.GetString(2),
                reader.GetString(3),
                reader.GetString(4),
                reader.GetString(5),
                reader.FindText(6),
                reader.FindTime(7),
                reader.GetBlob(8),
                reader.GetTime(9)
            ),
            ct,
            Arg.Text(filter.Hash),
            Arg.Text(filter.InstanceId),
            Arg.Text(filter.CorrelationId)
        );

    /// <inheritdoc/>
    public async Task<bool> AnyRunningAsync(string? definitionId, string? correlationId, CancellationToken ct) =>
        await database.ReadValueAsync(AnyRunning, ct, Arg.Text(definitionId), Arg.Text(correlationId)) is true;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<InstanceSummary>> ListInstancesAsync(InstanceFilter filter, int skip, int take, CancellationToken ct) =>
        await ByVersionIdAsync(filter, ct) is { } known ? await lists.ListAsync(known, default, skip, take, ct) : [];

    /// <inheritdoc/>
    public async Task<InstancePage> PageInstancesAsync(
        InstanceFilter filter,
        InstanceOrder order,
        int skip,
        int take,
        CancellationToken ct
    ) => await ByVersionIdAsync(filter, ct) is { } known ? await lists.PageAsync(known, order, skip, take, ct) : InstancePage.Empty;

    /// <inheritdoc/>
    public Task<IReadOnlyList<InstanceStanding>> FindStandingsAsync(IReadOnlyList<string> instanceIds, CancellationToken ct) =>
        database.ReadAsync(
            FindStandings,
            static reader => new InstanceStanding(InstanceLists.RowOf(reader), reader.GetInt64(12)),
            ct,
            Arg.Texts(instanceIds)
        );

    /// <summary>The id of a version tells more than its number: it has an index. Null when there is no such version.</summary>
    private async Task<InstanceFilter?> ByVersionIdAsync(InstanceFilter filter, CancellationToken ct) =>
        filter is not { DefinitionId: { } line, Version: > 0 and var number, VersionId: null } ? filter
        : await FindDefinitionAsync(line, number, ct) is { } version ? filter with { Version = null, VersionId = version.Id }
        : null;

    /// <inheritdoc/>
    public async Task<int> DeleteInstancesAsync(IReadOnlyList<string> instanceIds, CancellationToken ct) =>
        (int)(long)(await database.OnceForValueAsync(DeleteInstances, ct, Arg.Texts(instanceIds)))!;

    /// <summary>Commits what waits, then closes its own connections.</summary>
    public async ValueTask DisposeAsync()
    {
        await commits.DisposeAsync();
        await loads.DisposeAsync();
    }
}
