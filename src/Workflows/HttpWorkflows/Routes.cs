using System.Collections.Concurrent;
using System.Text.Json;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Workflows.HttpWorkflows;

/// <summary>The present table of addresses. It follows definitions: at once where a change was heard of, else when a request finds nothing.</summary>
internal sealed class Routes(IWorkflowStore store, TimeProvider time) : IDisposable
{
    private const string Stimulus = "Elsa.HttpEndpoint";

    // Requests for addresses that nobody has must not become a query each.
    private static readonly TimeSpan YoungEnough = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<string, string[]> templatesByVersion = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim turn = new(1, 1);
    private volatile Reading? last;
    private int changes;

    private sealed record Reading(RouteTable Table, long At);

    /// <inheritdoc/>
    public void Dispose() => turn.Dispose();

    /// <summary>Definitions have changed.</summary>
    public void Forget()
    {
        Interlocked.Increment(ref changes);
        last = null;
    }

    /// <summary>The table, which may be as old as the last change that was heard of.</summary>
    public async ValueTask<RouteTable> GetAsync(CancellationToken ct) => last?.Table ?? (await ReadAsync(ct)).Table;

    /// <summary>A newer table than this one; null when it is new enough.</summary>
    public async ValueTask<RouteTable?> RefreshAsync(RouteTable than, CancellationToken ct)
    {
        if (last is { } known && time.GetElapsedTime(known.At) < YoungEnough)
            return known.Table == than ? null : known.Table;

        return (await ReadAsync(ct)).Table;
    }

    private async Task<Reading> ReadAsync(CancellationToken ct)
    {
        var asked = time.GetTimestamp();
        await turn.WaitAsync(ct);

        try
        {
            // Somebody else has read while this one waited.
            if (last is { } known && known.At >= asked)
                return known;

            var before = Volatile.Read(ref changes);
            var at = time.GetTimestamp();
            var triggers = await store.ListTriggersAsync(Stimulus, ct);
            var read = new Reading(new RouteTable(triggers, await TemplatesAsync(ct)), at);

            // What was read while something changed may be older than the change.
            if (before == Volatile.Read(ref changes))
                last = read;

            return read;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Old versions count too: their instances may still wait.</summary>
    private async Task<IEnumerable<string>> TemplatesAsync(CancellationToken ct)
    {
        var versions = (await store.ListDefinitionsAsync(null, ct)).Where(v => v.PublishedAt is not null).Select(v => v.Id).ToList();

        foreach (var id in versions)
            if (!templatesByVersion.ContainsKey(id) && await store.FindDefinitionAsync(id, ct) is { } row)
                templatesByVersion[id] = Scan(row);

        return versions.SelectMany(id => templatesByVersion.GetValueOrDefault(id, []));
    }

    private static string[] Scan(DefinitionRow row)
    {
        try
        {
            return [.. EndpointScan.Templates(StoredDefinition.Read(row).Root).Distinct(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is JsonException or WorkflowCompilationException)
        {
            return [];
        }
    }
}
