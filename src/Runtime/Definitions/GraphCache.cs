using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Definitions;

/// <summary>Compiled versions of this node: each is compiled once, shared by all threads, and kept while it is used.</summary>
/// <param name="store">Where definitions are.</param>
/// <param name="compiler">The compiler.</param>
/// <param name="clock">Tells how old an answer is.</param>
public sealed class GraphCache(IWorkflowStore store, WorkflowCompiler compiler, TimeProvider clock)
{
    /// <summary>For how long a node believes that the same version is still published; another node's publication is seen after it at the latest.</summary>
    public static readonly TimeSpan PublicationLife = TimeSpan.FromSeconds(1);

    /// <summary>Activities in one generation of graphs; two are kept. One activity takes about a kilobyte.</summary>
    private const int MaxNodes = 50_000;

    /// <summary>Published lines that are remembered.</summary>
    private const int MaxPublications = 10_000;

    private readonly Lock gate = new();
    private readonly GraphCompiler graphs = new(store, compiler);
    private readonly Dictionary<string, Task<WorkflowGraph>> compiling = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string? VersionId, DateTimeOffset At)> publications = new(StringComparer.Ordinal);
    private Dictionary<string, WorkflowGraph> young = new(StringComparer.Ordinal);
    private Dictionary<string, WorkflowGraph> old = new(StringComparer.Ordinal);
    private Action<string?>[] watchers = [];
    private int youngNodes;

    internal GraphCompiler Compiler => graphs;

    /// <summary>The graph of a version.</summary>
    /// <exception cref="DefinitionNotFoundException">There is no such version.</exception>
    /// <exception cref="WorkflowCompilationException">It does not compile.</exception>
    public ValueTask<WorkflowGraph> GetAsync(string versionId, CancellationToken ct)
    {
        Task<WorkflowGraph> task;

        lock (gate)
        {
            if (Find(versionId) is { } graph)
                return new(graph);

            // Several callers share one compilation; none of them may cancel it for the others.
            if (!compiling.TryGetValue(versionId, out task!))
                compiling[versionId] = task = Task.Run(() => CompileAsync(versionId), CancellationToken.None);
        }

        return new(task.WaitAsync(ct));
    }

    /// <summary>The graph of a version, for who can do without; null when it is not there or does not compile here, for example because an activity type was taken away.</summary>
    internal async ValueTask<WorkflowGraph?> FindAsync(string versionId, CancellationToken ct)
    {
        try
        {
            return await GetAsync(versionId, ct);
        }
        catch (Exception e) when (e is WorkflowCompilationException or DefinitionNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Id of the published version of a line; null when none is published. Starts ask the version resolver instead.</summary>
    internal async ValueTask<string?> FindPublishedIdAsync(string definitionId, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        (string? VersionId, DateTimeOffset At) known;

        lock (gate)
            if (!publications.TryGetValue(definitionId, out known) || now - known.At >= PublicationLife)
                known = default;

        if (known.At == default)
        {
            known = ((await store.FindDefinitionAsync(definitionId, 0, ct))?.Id, now);

            lock (gate)
            {
                if (publications.Count >= MaxPublications)
                    publications.Clear();

                publications[definitionId] = known;
            }
        }

        return known.VersionId;
    }

    /// <summary>Calls back whenever a line of versions has changed (null: any may have), on the thread that says so; for whoever remembers definitions too.</summary>
    public void Watch(Action<string?> heard)
    {
        lock (gate)
            watchers = [.. watchers, heard];
    }

    /// <summary>Forgets which version of a line is published: it has changed. Null: of all lines, as any may have.</summary>
    public void Forget(string? definitionId)
    {
        lock (gate)
            if (definitionId is null)
                publications.Clear();
            else
                publications.Remove(definitionId);

        foreach (var heard in watchers)
            heard(definitionId);
    }

    private WorkflowGraph? Find(string versionId)
    {
        if (young.TryGetValue(versionId, out var graph))
            return graph;

        if (old.Remove(versionId, out graph))
            Keep(versionId, graph);

        return graph;
    }

    private void Keep(string versionId, WorkflowGraph graph)
    {
        if (youngNodes >= MaxNodes)
        {
            (young, old) = (old, young);
            young.Clear();
            youngNodes = 0;
        }

        young[versionId] = graph;
        youngNodes += graph.Nodes.Length;
    }

    private async Task<WorkflowGraph> CompileAsync(string versionId)
    {
        try
        {
            // Shared by all who ask meanwhile, so nobody's token counts; the store limits the time.
            var row =
                await store.FindDefinitionAsync(versionId, CancellationToken.None)
                ?? throw new DefinitionNotFoundException($"There is no definition version '{versionId}'.");
            var definition = StoredDefinition.Read(row);
            var compiled = !row.IsFixed
                ? await graphs.CompileAsync(definition, CancellationToken.None)
                : await graphs.CompileAsync(definition, Pins.Read(row.Pins), CancellationToken.None);
            var graph = compiled.Result.GraphOrThrow();

            // A draft may change under the same id.
            if (row.IsFixed)
                lock (gate)
                    Keep(versionId, graph);

            return graph;
        }
        finally
        {
            lock (gate)
                compiling.Remove(versionId);
        }
    }
}

/// <summary>There is no such definition or version, or none of it is published.</summary>
/// <param name="message">Which, as a sentence.</param>
public sealed class DefinitionNotFoundException(string message) : Exception(message);
