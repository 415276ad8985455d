using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Tests.Work;

/// <summary>The process died here.</summary>
internal sealed class DeathException() : Exception("The process died here.");

/// <summary>A store that passes all on to another one, except where a test stands in the way.</summary>
internal sealed class StoreThrough(IWorkflowStore store) : PassingStore(store)
{
    private bool isDead;

    protected override IWorkflowStore Inner => isDead ? throw new DeathException() : base.Inner;

    /// <summary>Called before each commit; may throw, or change the store.</summary>
    public Func<InstanceCommit, Task> BeforeCommit { get; set; } = static _ => Task.CompletedTask;

    /// <summary>Called after each commit; may throw.</summary>
    public Func<InstanceCommit, CommitResult, Task> AfterCommit { get; set; } = static (_, _) => Task.CompletedTask;

    /// <summary>Called before each change of definitions.</summary>
    public Func<Task> BeforeSave { get; set; } = static () => Task.CompletedTask;

    /// <summary>Called after each expansion of work; may throw.</summary>
    public Func<Task> AfterExpand { get; set; } = static () => Task.CompletedTask;

    /// <summary>Released once for each lease that was taken or renewed.</summary>
    public SemaphoreSlim Leased { get; } = new(0);

    public int Loads { get; private set; }

    public int Commits { get; private set; }

    /// <summary>Dies before or after the commit with a number, counted from 1.</summary>
    public StoreThrough DieAt(int number, bool after)
    {
        BeforeCommit = _ => !after && Commits == number ? Die() : Task.CompletedTask;
        AfterCommit = (_, _) => after && Commits == number ? Die() : Task.CompletedTask;
        return this;
    }

    /// <summary>From now on the node reaches nothing any more.</summary>
    public void Kill() => isDead = true;

    private Task Die()
    {
        Kill();
        throw new DeathException();
    }

    public override Task<InstanceRow?> FindInstanceAsync(string instanceId, CancellationToken ct)
    {
        Loads++;
        return Inner.FindInstanceAsync(instanceId, ct);
    }

    public override async Task<CommitResult> CommitAsync(InstanceCommit commit, CancellationToken ct)
    {
        Commits++;
        await BeforeCommit(commit);
        var result = await Inner.CommitAsync(commit, ct);
        await AfterCommit(commit, result);
        return result;
    }

    public override async Task<bool> ExpandWorkAsync(long id, IReadOnlyList<NewWork> into, CancellationToken ct)
    {
        var done = await Inner.ExpandWorkAsync(id, into, ct);
        await AfterExpand();
        return done;
    }

    public override async Task<bool> TryLeaseAsync(
        string instanceId,
        long rowVersion,
        string owner,
        DateTimeOffset now,
        DateTimeOffset until,
        CancellationToken ct
    )
    {
        var done = await Inner.TryLeaseAsync(instanceId, rowVersion, owner, now, until, ct);
        Leased.Release();
        return done;
    }

    public override async Task SaveDefinitionsAsync(DefinitionChange change, CancellationToken ct)
    {
        await BeforeSave();
        await Inner.SaveDefinitionsAsync(change, ct);
    }
}
