using System.Collections.Immutable;
using Npgsql;
using NpgsqlTypes;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Migrating;

/// <summary>What the commit that moves an instance writes besides the instance: its item, and the new places of its waiters.</summary>
internal sealed record MovedInstance
{
    public required string RunId { get; init; }

    public required MigrationItemStatus Status { get; init; }

    /// <summary>Number of the commit.</summary>
    public required long RowVersion { get; init; }

    /// <summary>Version that it comes from; null for an undo, which keeps what was noted.</summary>
    public string? FromVersionId { get; init; }

    public int? FromVersion { get; init; }

    /// <summary>What it was before; null for an undo.</summary>
    public byte[]? BeforeState { get; init; }

    /// <summary>Waiters whose rows change.</summary>
    public ImmutableArray<MovedWaiter> Waiters { get; init; } = [];
}

/// <summary>A waiter's row from now on.</summary>
internal sealed record MovedWaiter(
    long Id,
    string Hash,
    string ActivityId,
    string NodeId,
    DateTimeOffset? DueBefore,
    DateTimeOffset? DueAt,
    byte[] Payload
);

/// <summary>Writes what belongs to moved instances, in the transaction of their commits.</summary>
internal sealed class MovedInstanceWriter : IRecordWriter
{
    private static readonly string Moved = SqlFile.Beside<MovedInstanceWriter>("migration_item.moved");
    private static readonly string MoveBookmarks = SqlFile.Beside<MovedInstanceWriter>("bookmark.move");
    private static readonly string DropTimers = SqlFile.Beside<MovedInstanceWriter>("work.drop_timers");
    private static readonly string SetTimers = SqlFile.Beside<MovedInstanceWriter>("work.set_timers");

    /// <inheritdoc/>
    public Type RowType => typeof(MovedInstance);

    /// <inheritdoc/>
    public void Write(NpgsqlBatch batch, IReadOnlyList<RecordedRow> rows)
    {
        var moved = rows.Select(r => (r.InstanceId, Item: (MovedInstance)r.Row, r.Now)).ToList();
        Add(
            batch,
            Moved,
            Arg.Texts(moved.Select(m => m.Item.RunId)),
            Arg.Texts(moved.Select(m => m.InstanceId)),
            Array(moved.Select(m => (short)m.Item.Status), NpgsqlDbType.Smallint),
            Arg.Numbers([.. moved.Select(m => m.Item.RowVersion)]),
            Arg.Texts(moved.Select(m => m.Item.FromVersionId)),
            Array(moved.Select(m => m.Item.FromVersion), NpgsqlDbType.Integer),
            Array(moved.Select(m => m.Item.BeforeState), NpgsqlDbType.Bytea),
            Arg.Times(moved.Select(m => (DateTimeOffset?)m.Now))
        );

        var waiters = moved.SelectMany(m => m.Item.Waiters.Select(w => (m.InstanceId, Waiter: w))).ToList();

        if (waiters.Count == 0)
            return;

        Add(
            batch,
            MoveBookmarks,
            Arg.Texts(waiters.Select(w => w.InstanceId)),
            Arg.Numbers([.. waiters.Select(w => w.Waiter.Id)]),
            Arg.Texts(waiters.Select(w => w.Waiter.Hash)),
            Arg.Texts(waiters.Select(w => w.Waiter.ActivityId)),
            Arg.Texts(waiters.Select(w => w.Waiter.NodeId)),
            Arg.Times(waiters.Select(w => w.Waiter.DueAt)),
            Array(waiters.Select(w => w.Waiter.Payload), NpgsqlDbType.Bytea)
        );

        var timers = waiters.Where(w => w.Waiter.DueAt != w.Waiter.DueBefore).ToList();

        if (timers.Count == 0)
            return;

        Add(batch, DropTimers, Arg.Texts(timers.Select(KeyOf)));
        timers.RemoveAll(t => t.Waiter.DueAt is null);
        Add(
            batch,
            SetTimers,
            Arg.Texts(timers.Select(KeyOf)),
            Arg.Texts(timers.Select(t => t.InstanceId)),
            Arg.Numbers([.. timers.Select(t => t.Waiter.Id)]),
            Arg.Times(timers.Select(t => (DateTimeOffset?)Moment.NotBefore(t.Waiter.DueAt!.Value)))
        );
    }

    // As CommitColumns makes it: the commit that burns the waiter removes the timer by this key.
    private static string KeyOf((string InstanceId, MovedWaiter Waiter) timer) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"t:{timer.InstanceId}:{timer.Waiter.Id}");

    private static void Add(NpgsqlBatch batch, string sql, params NpgsqlParameter[] parameters)
    {
        var command = new NpgsqlBatchCommand(sql);

        foreach (var parameter in parameters)
            command.Parameters.Add(parameter);

        batch.BatchCommands.Add(command);
    }

    private static NpgsqlParameter Array<T>(IEnumerable<T> values, NpgsqlDbType type) =>
        new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type };
}
