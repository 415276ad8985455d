using System.Collections.Immutable;
using Npgsql;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Secrets;

namespace ServiceLoop.Runtime.Migrating;

/// <summary>Runs and their items in the database. Every method is one statement, so that any number of nodes may call it.</summary>
internal sealed class MigrationStore(NpgsqlDataSource source, PostgresStoreOptions options, IValueCipher? cipher = null)
{
    private static readonly string InsertRun = SqlFile.Beside<MigrationStore>("migration_run.insert");
    private static readonly string FindRun = SqlFile.Beside<MigrationStore>("migration_run.find");
    private static readonly string ListRuns = SqlFile.Beside<MigrationStore>("migration_run.list");
    private static readonly string EditRun = SqlFile.Beside<MigrationStore>("migration_run.edit");
    private static readonly string TurnRun = SqlFile.Beside<MigrationStore>("migration_run.turn");
    private static readonly string Fill = SqlFile.Beside<MigrationStore>("migration_item.fill");
    private static readonly string Candidates = SqlFile.Beside<MigrationStore>("workflow_instance.candidates");
    private static readonly string Lease = SqlFile.Beside<MigrationStore>("migration_item.lease");
    private static readonly string NoteItems = SqlFile.Beside<MigrationStore>("migration_item.note");
    private static readonly string CountItems = SqlFile.Beside<MigrationStore>("migration_item.count");
    private static readonly string ListItems = SqlFile.Beside<MigrationStore>("migration_item.list");
    private static readonly string NextDue = SqlFile.Beside<MigrationStore>("migration_item.next_due");
    private static readonly string HeldItems = SqlFile.Beside<MigrationStore>("migration_item.held");
    private static readonly string LoadItems = SqlFile.Beside<MigrationStore>("migration_item.load");
    private static readonly string ReopenItems = SqlFile.Beside<MigrationStore>("migration_item.reopen");

    private readonly Database database = new(source, options);
    private readonly Seal seal = new(cipher);

    public Task InsertAsync(MigrationRun run, CancellationToken ct) =>
        database.OnceAsync(
            InsertRun,
            ct,
            Arg.Text(run.Id),
            Arg.Text(run.DefinitionId),
            Arg.Text(run.TargetVersionId),
            Arg.Integer(run.TargetVersion),
            Blob(Sheet.One(run.Scope, MigrationJson.Write)),
            Blob(Sheet.One(run.Plan, MigrationJson.Write)),
            Blob(Sheet.One(run.Pace, MigrationJson.Write)),
            Arg.Small((short)run.Status),
            Arg.Text(run.Note),
            Arg.Text(run.Who),
            Arg.Time(run.CreatedAt)
        );

    public async Task<MigrationRun?> FindAsync(string id, CancellationToken ct) =>
        (await database.ReadAsync(FindRun, RunOf, ct, Arg.Text(id))) is [var run] ? run : null;

    public Task<IReadOnlyList<MigrationRun>> ListAsync(string? definitionId, int skip, int take, CancellationToken ct) =>
        database.ReadAsync(ListRuns, RunOf, ct, Arg.Text(definitionId), Arg.Integer(skip), Arg.Integer(take));

    /// <returns>False when the run is no draft any more.</returns>
    public async Task<bool> EditAsync(MigrationRun run, CancellationToken ct) =>
        await database.RepeatableAsync(
            EditRun,
            ct,
            Arg.Text(run.Id),
            Arg.Small((short)MigrationStatus.Draft),
            Blob(Sheet.One(run.Plan, MigrationJson.Write)),
            Blob(Sheet.One(run.Scope, MigrationJson.Write)),
            Arg.Text(run.Note)
        ) == 1;

    /// <summary>Takes a run to another status if it is in one of some.</summary>
    /// <returns>The run's new generation; null when it was in none of them, or of another generation.</returns>
    public async Task<int?> TurnAsync(string id, ImmutableArray<MigrationStatus> from, MigrationTurn turn, CancellationToken ct) =>
        (int?)
            await database.OnceForValueAsync(
                TurnRun,
                ct,
                Arg.Text(id),
                Smalls(from.Select(s => (short)s)),
                Arg.Small((short)turn.To),
                Arg.Text(turn.HaltReason),
                Blob(turn.Pace is null ? null : Sheet.One(turn.Pace, MigrationJson.Write)),
                Arg.Time(turn.StartedAt),
                Arg.Time(turn.EndedAt),
                new NpgsqlParameter { Value = (object?)turn.Generation ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Integer }
            );

    public Task FillAsync(MigrationRun run, DateTimeOffset now, CancellationToken ct) =>
        database.RepeatableAsync(
            Fill,
            ct,
            Arg.Text(run.Id),
            Arg.Text(run.DefinitionId),
            Arg.Text(run.TargetVersionId),
            Chosen(run.Scope.SourceVersionIds),
            Chosen(run.Scope.InstanceIds),
            Arg.Text(run.Scope.CorrelationId),
            Arg.Time(now)
        );

    public Task<IReadOnlyList<Candidate>> CandidatesAsync(MigrationRun run, string? after, int take, CancellationToken ct) =>
        database.ReadAsync(
            Candidates,
            r => new Candidate(
                r.GetString(0),
                r.GetString(1),
                r.GetInt32(2),
                r.GetInt64(3),
                seal.Off(Seal.State(r.GetString(0)), r.GetBlob(4)),
                r.FindText(5),
                r.FindTime(6)
            ),
            ct,
            Arg.Text(run.DefinitionId),
            Arg.Text(run.TargetVersionId),
            Chosen(run.Scope.SourceVersionIds),
            Chosen(run.Scope.InstanceIds),
            Arg.Text(run.Scope.CorrelationId),
            Arg.Text(after),
            Arg.Integer(take)
        );

    /// <summary>Leases items in a status that are due; each goes to one caller until the lease ends.</summary>
    public Task<IReadOnlyList<LeasedItem>> LeaseAsync(
        string runId,
        MigrationItemStatus status,
        DateTimeOffset now,
        DateTimeOffset until,
        int most,
        CancellationToken ct
    ) =>
        database.ReadAsync(
            Lease,
            r => new LeasedItem(r.GetString(0), r.GetInt32(1)),
            ct,
            Arg.Text(runId),
            Arg.Small((short)status),
            Arg.Time(now),
            Arg.Time(until),
            Arg.Integer(most)
        );

    /// <summary>Writes down what became of items that were not moved; their leases end.</summary>
    public Task NoteAsync(
        string runId,
        MigrationItemStatus before,
        IReadOnlyList<ItemNote> notes,
        DateTimeOffset now,
        CancellationToken ct
    ) =>
        database.RepeatableAsync(
            NoteItems,
            ct,
            Arg.Text(runId),
            Arg.Texts(notes.Select(n => n.InstanceId)),
            Arg.Small((short)before),
            Smalls(notes.Select(n => (short)n.Status)),
            Arg.Texts(notes.Select(n => n.Reason)),
            Arg.Integers(notes.Select(n => n.Attempts)),
            Arg.Times(notes.Select(n => (DateTimeOffset?)n.DueAt)),
            Arg.Time(now)
        );

    public async Task<ImmutableSortedDictionary<MigrationItemStatus, int>> CountAsync(string runId, CancellationToken ct) =>
        (
            await database.ReadAsync(
                CountItems,
                r => KeyValuePair.Create((MigrationItemStatus)r.GetInt16(0), (int)r.GetInt64(1)),
                ct,
                Arg.Text(runId)
            )
        ).ToImmutableSortedDictionary();

    public Task<IReadOnlyList<MigrationItem>> ListItemsAsync(
        string runId,
        MigrationItemStatus? status,
        string? after,
        int take,
        CancellationToken ct
    ) =>
        database.ReadAsync(
            ListItems,
            r => new MigrationItem(
                r.GetString(0),
                (MigrationItemStatus)r.GetInt16(1),
                r.FindText(2),
                r.GetInt32(3),
                r.FindText(4),
                r.GetTime(5)
            ),
            ct,
            Arg.Text(runId),
            Arg.Small((short?)status),
            Arg.Text(after),
            Arg.Integer(take)
        );

    /// <summary>When the next item in a status is due that nobody holds, or a lease ends; null when there is none.</summary>
    public async Task<DateTimeOffset?> NextDueAsync(string runId, MigrationItemStatus status, CancellationToken ct) =>
        (await database.ReadAsync(NextDue, r => r.FindTime(0), ct, Arg.Text(runId), Arg.Small((short)status)))[0];

    /// <summary>Until when the first of the items in a status that somebody holds is held; null when nobody holds one.</summary>
    public async Task<DateTimeOffset?> HeldUntilAsync(string runId, MigrationItemStatus status, DateTimeOffset now, CancellationToken ct) =>
        (await database.ReadAsync(HeldItems, r => r.FindTime(0), ct, Arg.Text(runId), Arg.Small((short)status), Arg.Time(now)))[0];

    /// <summary>What items kept for their undo.</summary>
    public async Task<ImmutableDictionary<string, KeptItem>> LoadAsync(
        string runId,
        IEnumerable<string> instanceIds,
        CancellationToken ct
    ) =>
        (
            await database.ReadAsync(
                LoadItems,
                r => new KeptItem(
                    r.GetString(0),
                    (MigrationItemStatus)r.GetInt16(1),
                    r.FindText(2),
                    r.IsDBNull(3) ? 0 : r.GetInt32(3),
                    r.IsDBNull(4) ? Array.Empty<byte>() : seal.Off(Seal.State(r.GetString(0)), r.GetBlob(4)),
                    r.IsDBNull(5) ? 0 : r.GetInt64(5)
                ),
                ct,
                Arg.Text(runId),
                Arg.Texts(instanceIds)
            )
        ).ToImmutableDictionary(i => i.InstanceId, StringComparer.Ordinal);

    /// <summary>Items in some statuses are tried again.</summary>
    public Task ReopenAsync(string runId, ImmutableArray<MigrationItemStatus> statuses, DateTimeOffset now, CancellationToken ct) =>
        database.RepeatableAsync(ReopenItems, ct, Arg.Text(runId), Smalls(statuses.Select(s => (short)s)), Arg.Time(now));

    private static MigrationRun RunOf(NpgsqlDataReader r) =>
        new()
        {
            Id = r.GetString(0),
            DefinitionId = r.GetString(1),
            TargetVersionId = r.GetString(2),
            TargetVersion = r.GetInt32(3),
            Scope = MigrationJson.ReadScope(r.GetBlob(4)),
            Plan = MigrationJson.ReadPlan(r.GetBlob(5)),
            Pace = MigrationJson.ReadPace(r.GetBlob(6)),
            Status = (MigrationStatus)r.GetInt16(7),
            Note = r.FindText(8),
            Who = r.FindText(9),
            HaltReason = r.FindText(10),
            Generation = r.GetInt32(11),
            CreatedAt = r.GetTime(12),
            StartedAt = r.FindTime(13),
            EndedAt = r.FindTime(14),
        };

    private static NpgsqlParameter Blob(byte[]? value) =>
        new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Bytea };

    private static NpgsqlParameter Smalls(IEnumerable<short> values) =>
        new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Array | NpgsqlTypes.NpgsqlDbType.Smallint };

    private static NpgsqlParameter Chosen(ImmutableArray<string> values) =>
        new()
        {
            Value = values.IsDefaultOrEmpty ? DBNull.Value : values.ToArray(),
            NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Array | NpgsqlTypes.NpgsqlDbType.Text,
        };
}

/// <summary>Where a run goes.</summary>
/// <param name="To">Its status from now on.</param>
internal sealed record MigrationTurn(MigrationStatus To)
{
    public string? HaltReason { get; init; }

    /// <summary>Its pace from now on; null leaves it.</summary>
    public MigrationPace? Pace { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Only from this generation; null means any.</summary>
    public int? Generation { get; init; }
}

/// <summary>An instance that a run may be about, as it is stored.</summary>
internal sealed record Candidate(
    string InstanceId,
    string VersionId,
    int Version,
    long RowVersion,
    ReadOnlyMemory<byte> State,
    string? LeaseOwner,
    DateTimeOffset? LeaseUntil
);

/// <summary>An item in hand.</summary>
internal sealed record LeasedItem(string InstanceId, int Attempts);

/// <summary>What became of an item that was not moved.</summary>
internal sealed record ItemNote(string InstanceId, MigrationItemStatus Status, string? Reason, int Attempts, DateTimeOffset DueAt);

/// <summary>What an item kept for its undo.</summary>
internal sealed record KeptItem(
    string InstanceId,
    MigrationItemStatus Status,
    string? FromVersionId,
    int FromVersion,
    ReadOnlyMemory<byte> BeforeState,
    long RowVersion
);
