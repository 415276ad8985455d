using System.Collections.Immutable;
using ServiceLoop.Engine;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Engine.Execution;
using ServiceLoop.Engine.Nodes;
using ServiceLoop.Engine.State;

namespace ServiceLoop.Runtime.InMemory;

/// <summary>A whole workflow host in memory: definitions, instances, bookmarks, triggers and timers. For tests and single runs.</summary>
/// <remarks>
/// Every call runs its burst and then delivers, in order, all that was dispatched or published, until nothing is left. Timers fire only when
/// <see cref="FireDueAsync"/> is called. For one caller at a time; host activities may call back into it.
/// </remarks>
public sealed partial class InMemoryWorkflows
{
    private readonly WorkflowCompiler compiler;
    private readonly TimeProvider clock;
    private readonly InMemoryOptions options;
    private readonly IServiceProvider services;
    private readonly DefinitionVersions definitions = new();
    private readonly Dictionary<string, CompileResult> compiled = [];
    private readonly List<PublishedTrigger> triggers = [];
    private readonly List<InMemoryInstance> instances = [];
    private readonly Dictionary<string, InMemoryInstance> instancesById = [];
    private readonly BookmarkIndex bookmarks = new();
    private long created;

    /// <summary>Creates an empty host.</summary>
    /// <param name="compiler">Compiles the definitions.</param>
    /// <param name="clock">Tells the moment of every burst.</param>
    /// <param name="options">How it runs; null means the defaults.</param>
    public InMemoryWorkflows(WorkflowCompiler compiler, TimeProvider clock, InMemoryOptions? options = null)
    {
        this.compiler = compiler;
        this.clock = clock;
        this.options = options ?? new InMemoryOptions();
        services = this.options.Services?.Invoke(this) ?? NoServices.Instance;
    }

    /// <summary>All versions of all definitions, in the order of their creation.</summary>
    public IReadOnlyList<WorkflowDefinition> Definitions => definitions.All;

    /// <summary>The same, as the compiler looks them up.</summary>
    public IDefinitionSource DefinitionSource => definitions;

    /// <summary>All instances, in the order of their creation.</summary>
    public IReadOnlyList<InMemoryInstance> Instances => instances;

    /// <summary>Triggers of published versions.</summary>
    public IReadOnlyList<PublishedTrigger> Triggers => triggers;

    /// <summary>All lines printed so far.</summary>
    public IReadOnlyList<PrintedLine> Lines => lines;

    /// <summary>All domain rows written so far.</summary>
    public IReadOnlyList<WrittenRow> Rows => rows;

    /// <summary>What could not be delivered, as sentences.</summary>
    public IReadOnlyList<string> Undelivered => undelivered;

    /// <summary>When the next timer is due, UTC; null when none is set.</summary>
    public DateTimeOffset? NextDueAt => DueTimers().Select(t => (DateTimeOffset?)t.DueAt).Min();

    /// <summary>Finds an instance; null when unknown.</summary>
    public InMemoryInstance? Find(string instanceId) => instancesById.GetValueOrDefault(instanceId);

    /// <summary>Saves a definition as draft: over the latest version if that is a draft, else as the next version.</summary>
    public WorkflowDefinition Import(WorkflowDefinition definition)
    {
        compiled.Clear();
        return definitions.Save(definition);
    }

    /// <summary>Publishes the latest version of a line: new instances start on it, its triggers listen, its consumers follow.</summary>
    /// <exception cref="KeyNotFoundException">There is no such definition.</exception>
    /// <exception cref="WorkflowCompilationException">It does not compile, or a trigger cannot be indexed. Nothing was changed.</exception>
    public WorkflowDefinition Publish(string definitionId)
    {
        var latest = definitions.Latest(definitionId) ?? throw Unknown(definitionId);
        compiled.Clear();
        var result = CompileVersion(latest);
        var graph = result.GraphOrThrow();
        var found = TriggerIndex.Of(graph, clock.GetUtcNow(), out var errors);

        if (!errors.IsEmpty)
            throw new WorkflowCompilationException(errors);

        var published = definitions.Publish(latest);
        compiled.Clear();
        triggers.RemoveAll(t => t.DefinitionId == definitionId);
        triggers.AddRange(found.Select(t => new PublishedTrigger(definitionId, t)));
        UpdateConsumers(published);
        return published;
    }

    /// <summary>Takes the published version of a line back: nothing starts on it any more; its instances go on.</summary>
    /// <returns>The version, or null when none was published.</returns>
    public WorkflowDefinition? Retract(string definitionId)
    {
        if (definitions.Published(definitionId) is not { } published)
            return null;

        compiled.Clear();
        triggers.RemoveAll(t => t.DefinitionId == definitionId);
        return definitions.Retract(published);
    }

    /// <summary>Copies a version as the new latest draft; the published one stays published.</summary>
    /// <exception cref="KeyNotFoundException">There is no such version.</exception>
    public WorkflowDefinition Revert(string definitionId, int version)
    {
        var old =
            definitions.Version(definitionId, version)
            ?? throw new KeyNotFoundException($"Definition '{definitionId}' has no version {version}.");
        compiled.Clear();
        return definitions.Revert(old);
    }

    /// <summary>Compiles a version against all definitions that are here.</summary>
    public CompileResult CompileVersion(WorkflowDefinition version)
    {
        if (!compiled.TryGetValue(version.Id, out var result))
            compiled[version.Id] = result = compiler.Compile(version, definitions, options.Semantics);

        return result;
    }

    /// <summary>Starts an instance of the published version, unless its activation strategy refuses.</summary>
    /// <exception cref="KeyNotFoundException">No version of the definition is published.</exception>
    /// <exception cref="WorkflowCompilationException">It does not compile (any more).</exception>
    public Task<StartResult> StartAsync(StartRequest request, CancellationToken ct) => SettleAsync(() => BeginAsync(request, ct), ct);

    /// <summary>Delivers a stimulus: starts matching published triggers, then resumes the bookmarks that waited when it came.</summary>
    public Task<StimulusResult> DeliverAsync(StimulusRequest request, CancellationToken ct) =>
        SettleAsync(() => SendAsync(request, ct), ct);

    /// <summary>Delivers a named event.</summary>
    /// <param name="name">Name of the event; case-sensitive.</param>
    /// <param name="payload">What comes with it.</param>
    /// <param name="correlationId">Only instances with this correlation id; null means all.</param>
    /// <param name="ct">Gives up.</param>
    public Task<StimulusResult> PublishAsync(string name, object? payload, string? correlationId, CancellationToken ct) =>
        DeliverAsync(EventStimulus(name, payload) with { CorrelationId = correlationId }, ct);

    /// <summary>The stimulus of a named event.</summary>
    public static StimulusRequest EventStimulus(string name, object? payload)
    {
        var request = Event.StimulusOf(name);
        return new StimulusRequest(StimulusHash.Of(request.Name, request.Payload))
        {
            Input = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase) { [Event.PayloadKey] = payload },
        };
    }

    /// <summary>Resumes one bookmark.</summary>
    /// <returns>False when it is gone.</returns>
    public Task<bool> ResumeAsync(string instanceId, long bookmarkId, IReadOnlyDictionary<string, object?>? input, CancellationToken ct) =>
        SettleAsync(() => WakeAsync(Known(instanceId), bookmarkId, input ?? ImmutableDictionary<string, object?>.Empty, ct), ct);

    /// <summary>Applies a stimulus to one instance: a retry, a change by hand.</summary>
    /// <exception cref="AlterationException">A change by hand is not possible; nothing was changed.</exception>
    public Task<InMemoryInstance> ApplyAsync(string instanceId, Stimulus stimulus, CancellationToken ct) =>
        SettleAsync(
            async () =>
            {
                var instance = Known(instanceId);
                await BurstAsync(instance, stimulus, ct);
                return instance;
            },
            ct
        );

    /// <summary>Cancels an instance and all its children.</summary>
    public Task<InMemoryInstance> CancelAsync(string instanceId, bool compensate, CancellationToken ct) =>
        SettleAsync(
            async () =>
            {
                var instance = Known(instanceId);
                await CancelFamilyAsync(instance, compensate, ct);
                return instance;
            },
            ct
        );

    /// <summary>Fires all timers that are due, earliest first.</summary>
    /// <returns>How many fired.</returns>
    public async Task<int> FireDueAsync(CancellationToken ct)
    {
        var fired = 0;

        foreach (var timer in DueTimers().Where(t => t.DueAt <= clock.GetUtcNow()).OrderBy(t => t.DueAt).ToList())
            if (await SettleAsync(() => FireAsync(timer, ct), ct))
                fired++;

        return fired;
    }

    private static KeyNotFoundException Unknown(string definitionId) => new($"There is no definition '{definitionId}'.");

    private InMemoryInstance Known(string instanceId) =>
        Find(instanceId) ?? throw new KeyNotFoundException($"There is no instance '{instanceId}'.");

    /// <summary>A host without services: activities that ask for one fault with a sentence.</summary>
    private sealed class NoServices : IServiceProvider
    {
        public static readonly NoServices Instance = new();

        public object? GetService(Type serviceType) => null;
    }
}

/// <summary>A trigger of a published version.</summary>
/// <param name="DefinitionId">The definition that it starts.</param>
/// <param name="Trigger">What it listens for.</param>
public sealed record PublishedTrigger(string DefinitionId, TriggerRecord Trigger);
