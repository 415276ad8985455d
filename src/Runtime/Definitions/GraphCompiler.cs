using System.Collections.Immutable;
using System.Globalization;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Definitions;

/// <summary>A compilation, and what it was made from.</summary>
/// <param name="Result">The graph, or what is wrong.</param>
/// <param name="Pins">Which version each look-up came to: with these the same graph comes out again.</param>
/// <param name="Used">The versions that it uses as activities.</param>
internal sealed record Compiled(CompileResult Result, Pins Pins, ImmutableArray<DefinitionRow> Used);

/// <summary>Compiles stored versions together with the versions that they use as activities.</summary>
/// <param name="store">Where definitions are.</param>
/// <param name="compiler">The compiler.</param>
internal sealed class GraphCompiler(IWorkflowStore store, WorkflowCompiler compiler)
{
    /// <summary>Rounds of loading what was missed: one for each level of workflows inside each other, which the compiler limits to the same number.</summary>
    private const int MaxRounds = 100;

    /// <summary>Compiles against the definitions as they are now, and pins them.</summary>
    public Task<Compiled> CompileAsync(WorkflowDefinition definition, CancellationToken ct) =>
        CompileAsync(definition, ResolveAsync, static lookup => lookup, ct);

    /// <summary>Compiles with exactly the pinned versions.</summary>
    public Task<Compiled> CompileAsync(WorkflowDefinition definition, Pins pins, CancellationToken ct) =>
        CompileAsync(definition, store.FindDefinitionAsync, pins.Find, ct);

    /// <summary>
    /// The activities of a stored version, numbered as those of its graph: with the pinned versions of what it uses, for a draft with those of now.
    /// What is published of them now stands beside it.
    /// </summary>
    public async Task<DefinitionOutline> OutlineAsync(DefinitionRow version, CancellationToken ct)
    {
        var definition = StoredDefinition.Read(version);
        var outline = version.IsFixed
            ? await OutlineAsync(definition, store.FindDefinitionAsync, new(Pins.Read(version.Pins).Find), ct)
            : await OutlineAsync(definition, ResolveAsync, new(static lookup => lookup), ct);
        outline.Published = await PublishedAsync(outline.Uses, ct);
        return outline;
    }

    private Task<DefinitionOutline> OutlineAsync(
        WorkflowDefinition definition,
        Func<string, CancellationToken, Task<DefinitionRow?>> load,
        Source source,
        CancellationToken ct
    ) => RepeatAsync(definition, s => compiler.Outline(definition, s), load, source, ct);

    private async Task<Dictionary<string, WorkflowDefinition>> PublishedAsync(IEnumerable<WorkflowDefinition> uses, CancellationToken ct)
    {
        var published = new Dictionary<string, WorkflowDefinition>(StringComparer.Ordinal);

        foreach (var id in uses.Select(u => u.DefinitionId).Distinct(StringComparer.Ordinal))
            if (await store.FindDefinitionAsync(id, 0, ct) is { } row)
                published.Add(id, StoredDefinition.Read(row));

        return published;
    }

    private async Task<Compiled> CompileAsync(
        WorkflowDefinition definition,
        Func<string, CancellationToken, Task<DefinitionRow?>> load,
        Func<string, string?> translate,
        CancellationToken ct
    )
    {
        var source = new Source(translate);
        var result = await RepeatAsync(definition, s => compiler.Compile(definition, s), load, source, ct);
        return new Compiled(result, source.Pins, source.Used);
    }

    /// <summary>Asks again and again, until nothing was missing that had not been loaded.</summary>
    private static async Task<T> RepeatAsync<T>(
        WorkflowDefinition definition,
        Func<IDefinitionSource, T> ask,
        Func<string, CancellationToken, Task<DefinitionRow?>> load,
        Source source,
        CancellationToken ct
    )
    {
        for (var round = 0; round < MaxRounds; round++)
        {
            var result = ask(source);

            if (source.TakeMisses() is not { Count: > 0 } misses)
                return result;

            foreach (var missed in misses)
                source.Add(missed, await load(missed, ct));
        }

        throw new WorkflowCompilationException([
            new CompileError(
                "workflow.nesting",
                "$",
                $"'{definition.DefinitionId}' uses workflows inside each other more than {MaxRounds} levels deep. Start inner ones with DispatchWorkflow."
            ),
        ]);
    }

    /// <summary>Answers a look-up as <see cref="IDefinitionSource"/> asks: the given number, else the published version, else the latest.</summary>
    private async Task<DefinitionRow?> ResolveAsync(string lookup, CancellationToken ct)
    {
        var (kind, version, name) = Source.Parse(lookup);

        switch (kind)
        {
            case Source.ById:
                return await store.FindDefinitionAsync(name, ct);
            case Source.ByDefinition:
                return (version > 0 ? await store.FindDefinitionAsync(name, version, ct) : null)
                    ?? await store.FindDefinitionAsync(name, 0, ct)
                    ?? await store.FindDefinitionAsync(name, -1, ct);
            default:
                var found =
                    (version > 0 ? await store.FindDefinitionByTypeNameAsync(name, version, ct) : null)
                    ?? await store.FindDefinitionByTypeNameAsync(name, 0, ct);
                return found is not null && StoredDefinition.Read(found).UsableAsActivity ? found : null;
        }
    }

    /// <summary>Answers from what was loaded, and notes what was not.</summary>
    private sealed class Source(Func<string, string?> translate) : IDefinitionSource
    {
        public const string ById = "v";
        public const string ByDefinition = "d";
        public const string ByType = "t";

        private readonly Dictionary<string, WorkflowDefinition?> known = new(StringComparer.Ordinal);
        private readonly Dictionary<string, DefinitionRow> used = new(StringComparer.Ordinal);
        private readonly Dictionary<string, string> pins = new(StringComparer.Ordinal);
        private HashSet<string> misses = new(StringComparer.Ordinal);

        public Pins Pins => new(pins.ToImmutableSortedDictionary(StringComparer.Ordinal));

        public ImmutableArray<DefinitionRow> Used => [.. used.Values];

        public static (string Kind, int Version, string Name) Parse(string lookup)
        {
            var parts = lookup.Split(':', 3);
            return (parts[0], int.Parse(parts[1], CultureInfo.InvariantCulture), parts[2]);
        }

        public HashSet<string> TakeMisses()
        {
            var taken = misses;
            misses = new(StringComparer.Ordinal);
            return taken;
        }

        public void Add(string key, DefinitionRow? row)
        {
            known[key] = row is null ? null : StoredDefinition.Read(row);

            if (row is not null)
                used[row.Id] = row;
        }

        public WorkflowDefinition? FindVersion(string definitionVersionId) => Find(ById, 0, definitionVersionId);

        public WorkflowDefinition? FindByDefinitionId(string definitionId, int version = 0) => Find(ByDefinition, version, definitionId);

        public WorkflowDefinition? FindByTypeName(string typeName, int version = 0) => Find(ByType, version, typeName);

        private WorkflowDefinition? Find(string kind, int version, string name)
        {
            var lookup = string.Create(CultureInfo.InvariantCulture, $"{kind}:{version}:{name}");

            if (translate(lookup) is not { } key)
                return null;

            if (!known.TryGetValue(key, out var found))
                misses.Add(key);
            else if (found is not null)
                pins[lookup] = found.Id;

            return found;
        }
    }
}
