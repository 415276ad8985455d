using Npgsql;

namespace ServiceLoop.Runtime.Postgres.Store;

/// <summary>What a group of commits has in it, and so what its statement must do.</summary>
[Flags]
internal enum CommitParts
{
    None = 0,

    /// <summary>Instances that exist.</summary>
    Update = 1,

    /// <summary>New instances.</summary>
    Insert = 2,

    /// <summary>Queued work that bursts did.</summary>
    Done = 4,

    /// <summary>Waiters that are gone.</summary>
    Burn = 8,

    /// <summary>Waiters that appeared.</summary>
    Add = 16,

    /// <summary>Work that bursts caused.</summary>
    Queue = 32,

    /// <summary>Work that is no longer needed.</summary>
    Drop = 64,

    /// <summary>History.</summary>
    Journal = 128,
}

/// <summary>
/// The one statement that commits a group. It is put together from the files <c>Sql/commit.*.sql</c>, one for each part, so that a group of one resumed
/// instance does not pay for eight tables; all variants use the same parameters.
/// </summary>
internal static class CommitStatement
{
    private const CommitParts Both = CommitParts.Update | CommitParts.Insert;
    private const CommitParts Clears = CommitParts.Done | CommitParts.Burn | CommitParts.Drop;

    private static readonly string LockWork = Part("lock_work");
    private static readonly string LockNone = Part("lock_none");
    private static readonly string Update = Part("update");
    private static readonly string Insert = Part("insert");
    private static readonly string WonUpdate = Part("won_update");
    private static readonly string WonInsert = Part("won_insert");
    private static readonly string WonBoth = Part("won_both");
    private static readonly string Burn = Part("burn");
    private static readonly string BurnNone = Part("burn_none");
    private static readonly string Clear = Part("clear");
    private static readonly string ClearNone = Part("clear_none");
    private static readonly string Add = Part("add");
    private static readonly string Queue = Part("queue");
    private static readonly string WriteJournal = Part("write_journal");
    private static readonly string Answer = Part("answer");

    /// <summary>The text of the variant.</summary>
    public static string Of(CommitParts parts) => $"with {string.Join(",\n", PartsOf(parts))}\n{Answer}";

    private static IEnumerable<string> PartsOf(CommitParts parts)
    {
        yield return parts.HasFlag(CommitParts.Done) ? LockWork : LockNone;

        if (parts.HasFlag(CommitParts.Update))
            yield return Update;

        if (parts.HasFlag(CommitParts.Insert))
            yield return Insert;

        yield return (parts & Both) switch
        {
            CommitParts.Update => WonUpdate,
            CommitParts.Insert => WonInsert,
            _ => WonBoth,
        };

        yield return parts.HasFlag(CommitParts.Burn) ? Burn : BurnNone;
        yield return (parts & Clears) != CommitParts.None ? Clear : ClearNone;

        if (parts.HasFlag(CommitParts.Add))
            yield return Add;

        if (parts.HasFlag(CommitParts.Queue))
            yield return Queue;

        if (parts.HasFlag(CommitParts.Journal))
            yield return WriteJournal;
    }

    private static string Part(string name) => SqlFile.Beside<CommitColumns>($"commit.{name}");

    /// <summary>A prepared variant on a connection.</summary>
    internal sealed class Prepared(NpgsqlCommand command, NpgsqlParameter<Guid> commitId) : IAsyncDisposable
    {
        public NpgsqlCommand Command => command;

        public Guid CommitId
        {
            set => commitId.TypedValue = value;
        }

        public static async Task<Prepared> MakeAsync(
            NpgsqlConnection connection,
            CommitParts parts,
            CommitColumns columns,
            TimeSpan timeout,
            CancellationToken ct
        )
        {
            var commitId = new NpgsqlParameter<Guid>();
            var command = new NpgsqlCommand(Of(parts), connection) { CommandTimeout = (int)timeout.TotalSeconds };

            foreach (var parameter in columns.ToParameters(parts, commitId))
                command.Parameters.Add(parameter);

            await command.PrepareAsync(ct);
            return new(command, commitId);
        }

        public ValueTask DisposeAsync() => command.DisposeAsync();
    }
}
