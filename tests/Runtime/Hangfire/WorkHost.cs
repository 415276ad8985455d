using System.Collections.Concurrent;
using Hangfire;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ServiceLoop.Runtime.Hangfire;
using ServiceLoop.Runtime.InMemory;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Work;

namespace ServiceLoop.Runtime.Tests.Hangfire;

/// <summary>A node with the real Hangfire on PostgreSQL, the store in memory, and work that only notes that it was done.</summary>
internal sealed class WorkHost : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);
    private readonly IHost host;
    private readonly SemaphoreSlim changed = new(0);

    private WorkHost(IHost host, IWorkflowStore store)
    {
        this.host = host;
        Store = store;
    }

    public IWorkflowStore Store { get; }

    /// <summary>Keys of work in the order in which it was done, with the moment.</summary>
    public ConcurrentQueue<(string Key, DateTimeOffset At)> Done { get; } = new();

    /// <summary>Work that was given up.</summary>
    public ConcurrentQueue<WorkRow> GivenUp { get; } = new();

    /// <summary>What happens when work is done; may throw.</summary>
    public Func<WorkRow, CancellationToken, Task> OnRun { get; set; } = (_, _) => Task.CompletedTask;

    public JobStorage Jobs => host.Services.GetRequiredService<JobStorage>();

    public WorkAttempts Attempts => host.Services.GetRequiredService<WorkAttempts>();

    public WorkJobs WorkJobs => host.Services.GetRequiredService<WorkJobs>();

    public Bell Bell => host.Services.GetRequiredService<Bell>();

    /// <summary>Makes the node without starting it.</summary>
    public static WorkHost Create(string address, IWorkflowStore? store = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        WorkHost? self = null;
        store ??= new InMemoryStore();
        builder.Services.AddLogging();
        builder.Services.AddSingleton(store);
        builder.Services.AddSingleton(new WorkCalls((w, ct) => self!.RunAsync(w, ct), (w, e, ct) => self!.GiveUpAsync(w, e, ct)));
        builder.Services.AddHangfireWork(address);
        return self = new WorkHost(builder.Build(), store);
    }

    public static async Task<WorkHost> StartAsync(string address, CancellationToken ct, IWorkflowStore? store = null)
    {
        var node = Create(address, store);
        await node.host.StartAsync(ct);
        return node;
    }

    public Task StopAsync(CancellationToken ct) => host.StopAsync(ct);

    /// <summary>Puts work into the queue as a commit does: first the rows, then the bell.</summary>
    public async Task EnqueueAsync(CancellationToken ct, params NewWork[] work)
    {
        await Store.EnqueueAsync(work, ct);
        host.Services.GetRequiredService<IWorkSignal>().Ring(work.Min(w => w.DueAt));
    }

    /// <summary>Waits until something holds; looks after every piece of work, and now and then.</summary>
    public async Task UntilAsync(Func<bool> holds, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);

        while (!holds())
            await changed.WaitAsync(TimeSpan.FromMilliseconds(50), patience.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync(CancellationToken.None);
        host.Dispose();
        changed.Dispose();
    }

    private async Task RunAsync(WorkRow work, CancellationToken ct)
    {
        await OnRun(work, ct);

        // As a commit: whoever removes it has done it.
        if (await Store.CompleteWorkAsync([work.Id], ct) == 1)
            Done.Enqueue((work.Key, TimeProvider.System.GetUtcNow()));

        changed.Release();
    }

    private async Task GiveUpAsync(WorkRow work, Exception error, CancellationToken ct)
    {
        await Store.BuryWorkAsync(work.Id, TimeProvider.System.GetUtcNow(), error.Message, ct);
        GivenUp.Enqueue(work);
        changed.Release();
    }
}
