using System.Collections.Immutable;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Engine.Expressions;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Nodes;

namespace ServiceLoop.Engine.Compilation;

/// <summary>Result of a compilation.</summary>
/// <param name="Graph">The graph; null when there is an error.</param>
/// <param name="Errors">All errors and warnings, in the order of the definition.</param>
public sealed record CompileResult(WorkflowGraph? Graph, ImmutableArray<CompileError> Errors)
{
    /// <summary>The graph, or an exception with all errors.</summary>
    /// <exception cref="WorkflowCompilationException">There are errors.</exception>
    public WorkflowGraph GraphOrThrow() =>
        Graph ?? throw new WorkflowCompilationException([.. Errors.Where(e => e.Severity == CompileSeverity.Error)]);
}

/// <summary>Compiles definitions into graphs. Safe for all threads.</summary>
/// <param name="catalog">Activity types.</param>
/// <param name="languages">Script languages; Literal, Object, Variable and Input are always there.</param>
public sealed class WorkflowCompiler(ActivityCatalog catalog, IEnumerable<IExpressionLanguage> languages)
{
    private readonly Dictionary<string, IExpressionLanguage> languages = languages.ToDictionary(l => l.Type, StringComparer.Ordinal);

    /// <summary>Names of all languages, those that are always there first.</summary>
    public IReadOnlyList<string> Languages { get; } = ["Literal", "Object", "Variable", "Input", .. languages.Select(l => l.Type)];

    /// <summary>The activity types that it knows.</summary>
    public ActivityCatalog Catalog { get; } = catalog;

    /// <summary>Compiles a definition. Collects all errors; a definition with an error gives no graph.</summary>
    /// <param name="definition">The definition.</param>
    /// <param name="source">Definitions that it may use as activities.</param>
    /// <param name="semantics">The semantics to use instead of what the definition asks for.</param>
    public CompileResult Compile(WorkflowDefinition definition, IDefinitionSource? source = null, FlowSemantics? semantics = null)
    {
        var errors = new List<CompileError>();
        var chosen = semantics ?? SemanticsOf(definition, errors);

        try
        {
            return Compile(definition, source, chosen, errors);
        }
        catch (InvalidOperationException e)
        {
            // A text that is not Unicode, or a value nested too deep: it shows only when somebody looks at it.
            errors.Add(new("definition.value", "$", $"The definition holds a value that cannot be read: {e.Message}"));
            return new CompileResult(null, [.. errors]);
        }
    }

    /// <summary>Finds the activities of a definition and numbers them as <see cref="Compile(WorkflowDefinition, IDefinitionSource?, FlowSemantics?)"/> does; errors do not count.</summary>
    public DefinitionOutline Outline(WorkflowDefinition definition, IDefinitionSource? source = null) =>
        DefinitionOutline.Of(definition, Catalog, source ?? DefinitionSet.Empty);

    private CompileResult Compile(WorkflowDefinition definition, IDefinitionSource? source, FlowSemantics chosen, List<CompileError> errors)
    {
        var said = errors.Count;
        var reader = new ActivityReader(Catalog, source ?? DefinitionSet.Empty, chosen, errors);
        var workflow = reader.Survey(definition);

        // Nothing is expanded of what is refused anyway.
        if (reader.IsTooMany)
            return new CompileResult(null, CompileError.OncePerPlace(errors));

        if (reader.HasLeftOut)
        {
            errors.RemoveRange(said, errors.Count - said);
            workflow = new ActivityReader(Catalog, source ?? DefinitionSet.Empty, chosen, errors).ReadWorkflow(definition);
        }

        return Finish(workflow, chosen, errors);
    }

    /// <summary>Compiles a workflow that was built in code.</summary>
    /// <param name="root">The root activity.</param>
    /// <param name="variables">Variables of the workflow.</param>
    /// <param name="semantics">The semantics of its flowcharts.</param>
    /// <param name="strategy">What a fault does.</param>
    public CompileResult Compile(
        Activity root,
        IReadOnlyList<Variable>? variables = null,
        FlowSemantics semantics = FlowSemantics.Sound,
        IncidentStrategy strategy = IncidentStrategy.Fault
    ) =>
        Finish(
            new Workflow
            {
                Root = root,
                Variables = variables ?? [],
                IncidentStrategy = strategy,
            },
            semantics,
            []
        );

    private CompileResult Finish(Workflow workflow, FlowSemantics semantics, List<CompileError> errors)
    {
        var builder = new GraphBuilder(Catalog, languages, semantics, errors);
        var graph = builder.Build(workflow);
        return new CompileResult(graph, CompileError.OncePerPlace(errors));
    }

    private static FlowSemantics SemanticsOf(WorkflowDefinition definition, List<CompileError> errors)
    {
        if (string.IsNullOrEmpty(definition.FlowSemantics))
            return FlowSemantics.Sound;

        if (ParseSemantics(definition.FlowSemantics) is { } semantics)
            return semantics;

        errors.Add(
            new(
                "definition.flow-semantics",
                "$.customProperties.flowSemantics",
                $"'{definition.FlowSemantics}' is not a flow semantics. Use sound, elsa-counter or elsa-token."
            )
        );
        return FlowSemantics.Sound;
    }

    /// <summary>The semantics of a name: <c>sound</c>, <c>elsa-counter</c> or <c>elsa-token</c>; null when it is none.</summary>
    public static FlowSemantics? ParseSemantics(string name) =>
        name switch
        {
            "sound" => FlowSemantics.Sound,
            "elsa-counter" => FlowSemantics.ElsaCounter,
            "elsa-token" => FlowSemantics.ElsaToken,
            _ => null,
        };
}
