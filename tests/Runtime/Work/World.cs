using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using ServiceLoop.Activities.BuiltIn;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.InMemory;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Tests.InMemory;
using ServiceLoop.Runtime.Work;

namespace ServiceLoop.Runtime.Tests.Work;

/// <summary>A store, a clock that stands at noon, an outside world that remembers calls, and any number of nodes.</summary>
internal sealed class World(IWorkflowStore store, WorkflowCompiler? compiler = null, Action<IServiceCollection>? more = null)
{
    public static readonly DateTimeOffset Noon = HostUnderTest.Noon;

    private static readonly ActivityCatalog Catalog = BuiltInActivities.AddTo(
        ActivityCatalog
            .WithEngineActivities()
            .Add<StartChild>()
            .Add<CallOutside>()
            .Add<CallOnce>()
            .Add<CallLater>()
            .Add<CallOnceLater>()
            .Add<EndlessHost>()
            .Add<Intruder>()
            .Add<Instances.TellAll>()
    );

    private readonly List<Node> nodes = [];

    public World()
        : this(new InMemoryStore()) { }

    public IWorkflowStore Store { get; } = store;

    public WatchedClock Clock { get; } = new(Noon);

    public Outside Outside { get; } = new();

    public WorkflowCompiler Compiler { get; } = compiler ?? new(Catalog, []);

    public Action<IServiceCollection>? More { get; } = more;

    /// <summary>The first node.</summary>
    public Node Node => nodes.Count > 0 ? nodes[0] : Join();

    public WorkflowRuntime Runtime => Node.Runtime;

    public DefinitionService Definitions => Node.Definitions;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Another node, or the same one after a restart: nothing in it is remembered.</summary>
    public Node Join(IWorkflowStore? through = null)
    {
        var node = new Node(this, through ?? Store);
        nodes.Add(node);
        return node;
    }

    public Caller Caller { get; } = new();

    public async Task<World> PublishAsync(string id, string activities, string envelope = "")
    {
        await Definitions.SaveDraftAsync(HostUnderTest.Definition(id, activities, envelope), Ct);
        await Definitions.PublishAsync(id, null, Ct);
        return this;
    }

    public async Task<WorkflowState> StartAsync(string id, string? instanceId = null, string? correlationId = null) =>
        (
            await Runtime.StartAsync(new StartInstanceRequest(id) { InstanceId = instanceId, CorrelationId = correlationId }, Ct)
        ).State.ShouldNotBeNull();

    public async Task<WorkflowState> StateAsync(string instanceId) =>
        StateJson.Read((await Store.FindInstanceAsync(instanceId, Ct)).ShouldNotBeNull().State);

    public async Task<IReadOnlyList<string>> LinesAsync(string instanceId) =>
        [.. (await Runtime.ReadHistoryAsync(instanceId, Ct)).Where(h => h.Event is null).Select(h => h.Message!)];

    public Task<IReadOnlyList<InstanceSummary>> InstancesAsync(string? definitionId = null) =>
        Store.ListInstancesAsync(new InstanceFilter { DefinitionId = definitionId }, 0, 1000, Ct);

    public async Task<IReadOnlyList<WorkRow>> WorkAsync(bool isBuried = false) => await Store.ListWorkAsync(isBuried, null, 0, 1000, Ct);

    /// <summary>Lets time pass, then does all that is due.</summary>
    public Task<int> PassAsync(TimeSpan span)
    {
        Clock.Advance(span);
        return Node.PumpAsync();
    }

    public Task EventAsync(string name, object? payload = null, string? correlationId = null) =>
        Runtime.PublishAsync(new PublishEventRequest(name) { Payload = payload, CorrelationId = correlationId }, Ct);
}

/// <summary>One node: a runtime of its own on the common store, and a pump like the host's.</summary>
internal sealed class Node
{
    private const int MaxAttempts = 3;
    private const int MaxRounds = 500;

    private readonly World world;
    private readonly ServiceProvider services;

    public Node(World world, IWorkflowStore store)
    {
        this.world = world;
        var parts = new ServiceCollection()
            .AddSingleton(store)
            .AddSingleton(world.Compiler)
            .AddSingleton<TimeProvider>(world.Clock)
            .AddSingleton<IAccess>(world.Caller)
            .AddSingleton<IWorkSignal>(Bell)
            .AddSingleton(world.Outside)
            .AddSingleton<IMessageHandler>(world.Outside)
            .AddSingleton<IChildWorkflows, Children>()
            .AddServiceLoopRuntime();
        world.More?.Invoke(parts);
        services = parts.BuildServiceProvider();
        Store = store;
    }

    public IWorkflowStore Store { get; }

    public RecordingBell Bell { get; } = new();

    public WorkflowRuntime Runtime => services.GetRequiredService<WorkflowRuntime>();

    public DefinitionService Definitions => services.GetRequiredService<DefinitionService>();

    public GraphCache Graphs => services.GetRequiredService<GraphCache>();

    /// <summary>Any other service of the node.</summary>
    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    public WorkRunner Runner => services.GetRequiredService<WorkRunner>();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Does all that is due, and what follows from it; failures are tried again at once and given up after three.</summary>
    public async Task<int> PumpAsync()
    {
        var done = 0;

        for (var round = 0; round < MaxRounds; round++)
        {
            var now = world.Clock.GetUtcNow();
            var due = await Store.LeaseDueAsync(now, now.AddSeconds(30), 50, Ct);

            if (due.Count == 0)
                return done;

            foreach (var work in due)
            {
                await DoAsync(work);
                done++;
            }
        }

        throw new InvalidOperationException("Work causes work without end.");
    }

    public async Task DoAsync(WorkRow work)
    {
        try
        {
            await Runner.RunAsync(work, Ct);
        }
        catch (Exception e) when (e is not (OperationCanceledException or DeathException))
        {
            if (await Store.FailWorkAsync(work.Id, world.Clock.GetUtcNow(), e.Message, Ct) >= MaxAttempts)
                await Runner.GiveUpAsync(work, e, Ct);
        }
    }

    /// <summary>What the server gives activities that run children in their burst.</summary>
    private sealed class Children(IServiceProvider services) : IChildWorkflows
    {
        public async ValueTask<bool> IsPublishedAsync(string definitionId, CancellationToken ct) =>
            await services.GetRequiredService<IVersionResolver>().ResolveAsync(new VersionRequest(definitionId), ct) is not null;

        public ValueTask<ChildWorkflowResult> RunAsync(ChildWorkflowRequest request, CancellationToken ct) =>
            throw new NotSupportedException("Tested with the server.");
    }
}

/// <summary>Remembers when it was rung.</summary>
internal sealed class RecordingBell : IWorkSignal
{
    private readonly Lock gate = new();
    private readonly List<DateTimeOffset> rung = [];

    public IReadOnlyList<DateTimeOffset> Rung
    {
        get
        {
            lock (gate)
                return [.. rung];
        }
    }

    public void Ring(DateTimeOffset dueAt)
    {
        lock (gate)
            rung.Add(dueAt);
    }
}

/// <summary>A clock that stands until it is moved, and tells when somebody begins to wait for it.</summary>
internal sealed class WatchedClock(DateTimeOffset start) : FakeTimeProvider(start)
{
    /// <summary>Released once for each timer that was made.</summary>
    public SemaphoreSlim TimersMade { get; } = new(0);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        TimersMade.Release();
        return timer;
    }
}
