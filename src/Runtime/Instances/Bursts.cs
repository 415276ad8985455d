using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Work;

namespace ServiceLoop.Runtime.Instances;

/// <summary>Takes instances through bursts: load, step by step, commit; again when somebody else was faster.</summary>
/// <param name="store">Where everything durable is.</param>
/// <param name="graphs">Compiled versions.</param>
/// <param name="clock">Tells the moment of every step.</param>
/// <param name="scopes">Makes scopes for host activities.</param>
/// <param name="signal">Hears of work.</param>
/// <param name="moves">Hears of commits.</param>
/// <param name="access">Lets code of activities act as the product: it must not borrow the rights of who woke it.</param>
/// <param name="logger">Hears of what is odd.</param>
internal sealed class Bursts(
    IWorkflowStore store,
    GraphCache graphs,
    TimeProvider clock,
    IServiceScopeFactory scopes,
    IWorkSignal signal,
    IInstanceSignal moves,
    IAccess access,
    ILogger<Bursts> logger
)
{
    /// <summary>For how long an instance is held for host activities; renewed at a third of it. A dead node's instances are free after this.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);

    /// <summary>Host activities that one burst may run before it is taken for an endless loop.</summary>
    public const int MaxInvocations = 10_000;

    public IWorkflowStore Store => store;

    public GraphCache Graphs => graphs;

    public TimeProvider Clock => clock;

    public IServiceScopeFactory Scopes => scopes;

    public IWorkSignal Signal => signal;

    public IInstanceSignal Moves => moves;

    public IAccess Access => access;

    public ILogger Logger => logger;

    public StateCache Cache { get; } = new();

    public InstanceLocks Locks { get; } = new();

    /// <summary>Name under which this runtime holds leases: never that of another, nor of itself before a restart.</summary>
    public string Owner { get; } = $"{Environment.MachineName}-{Guid.NewGuid():N}";

    /// <summary>Takes an instance through one burst.</summary>
    /// <exception cref="InstanceBusyException">Others stood in the way too often.</exception>
    /// <exception cref="StoreUnavailableException">The store does not answer.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up before the commit.</exception>
    public async Task<BurstResult> RunAsync(BurstRequest request, CancellationToken ct)
    {
        using var turn = await Locks.EnterAsync(request.InstanceId, ct);
        await using var burst = new Burst(this, request);
        return await burst.RunAsync(ct);
    }
}
