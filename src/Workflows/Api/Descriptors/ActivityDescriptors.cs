using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Workflows.HttpWorkflows;

namespace ServiceLoop.Workflows.Api.Descriptors;

/// <summary>
/// The activity types that definitions may use: those of the catalog, and workflows that may be used as activities. Kept until a definition changes;
/// then only its line is read again.
/// </summary>
/// <remarks>A change by this node is seen by the next call, one by another node as soon as it is heard of.</remarks>
internal sealed class ActivityDescriptors : IHostedService, IDisposable
{
    private readonly IWorkflowStore store;
    private readonly NotifyListener listener;
    private readonly IReadOnlyList<ActivityDescriptorView> builtIn;
    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly Lock gate = new();
    private readonly Dictionary<string, IReadOnlyList<DefinitionRow>> lines = new(StringComparer.Ordinal);
    private HashSet<string> changed = new(StringComparer.Ordinal);
    private bool anyChanged = true;
    private DescriptorList? current;
    private IDisposable? subscription;

    public ActivityDescriptors(
        IWorkflowStore store,
        GraphCache graphs,
        NotifyListener listener,
        WorkflowCompiler compiler,
        HttpWorkflowOptions http
    )
    {
        (this.store, this.listener) = (store, listener);
        BuiltIn = new BuiltInDescriptors(http.Root);
        Catalog = compiler.Catalog;
        builtIn = [.. Catalog.All.Select(BuiltIn.Describe)];
        graphs.Watch(OnChanged);
    }

    /// <summary>The activity classes.</summary>
    public ActivityCatalog Catalog { get; }

    /// <summary>How classes are described.</summary>
    public BuiltInDescriptors BuiltIn { get; }

    /// <summary>All descriptors as they are now.</summary>
    public async ValueTask<DescriptorList> GetAsync(CancellationToken ct)
    {
        if (current is { } known && !IsChanged())
            return known;

        await turn.WaitAsync(ct);

        try
        {
            return await RenewAsync(ct);
        }
        finally
        {
            turn.Release();
        }
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        subscription = listener.Subscribe(OnChanged);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        subscription?.Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => turn.Dispose();

    private async Task<DescriptorList> RenewAsync(CancellationToken ct)
    {
        var (any, some) = TakeChanges();

        try
        {
            if (!any && some.Count == 0)
                return current!;

            if (any)
            {
                var rows = await store.ListActivityDefinitionsAsync(null, ct);
                lines.Clear();

                foreach (var line in rows.GroupBy(r => r.DefinitionId))
                    lines[line.Key] = [.. line];
            }
            else
            {
                foreach (var line in some)
                    lines[line] = await store.ListActivityDefinitionsAsync(line, ct);
            }

            return current = new DescriptorList(builtIn.Concat(Workflows()));
        }
        catch
        {
            // Nothing was learned: the next call asks again.
            lock (gate)
            {
                anyChanged |= any;
                changed.UnionWith(some);
            }

            throw;
        }
    }

    /// <summary>Published ones first: where two lines have the same name and number, the one in use counts.</summary>
    private IEnumerable<ActivityDescriptorView> Workflows() =>
        lines
            .Values.SelectMany(Describe)
            .OrderByDescending(w => w.Version.IsPublished)
            .ThenBy(w => w.View.TypeName, StringComparer.Ordinal)
            .ThenBy(w => w.View.Version)
            .Select(w => w.View);

    /// <summary>
    /// All versions, because call sites may name any. Of a type the palette shows the highest number alone, even where that is a draft or was rolled back:
    /// so that one is there for new uses, as long as another is published.
    /// </summary>
    private static IEnumerable<(WorkflowDefinition Version, ActivityDescriptorView View)> Describe(IReadOnlyList<DefinitionRow> line)
    {
        var versions = line.Select(StoredDefinition.Read).Where(d => d.UsableAsActivity).ToList();
        var published = versions.Find(d => d.IsPublished);
        var highest = versions.Where(d => d.ActivityTypeName == published?.ActivityTypeName).MaxBy(d => d.Version);
        return versions.Select(d => (d, WorkflowDescriptors.Describe(d, published, isInPalette: ReferenceEquals(d, highest))));
    }

    private bool IsChanged()
    {
        lock (gate)
            return anyChanged || changed.Count > 0;
    }

    private (bool Any, HashSet<string> Some) TakeChanges()
    {
        lock (gate)
        {
            var taken = (anyChanged, changed);
            (anyChanged, changed) = (false, new HashSet<string>(StringComparer.Ordinal));
            return taken;
        }
    }

    private void OnChanged(string? definitionId)
    {
        lock (gate)
            if (definitionId is null)
                anyChanged = true;
            else
                changed.Add(definitionId);
    }
}
