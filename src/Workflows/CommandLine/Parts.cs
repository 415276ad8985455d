using ServiceLoop.Activities.BuiltIn;
using ServiceLoop.Activities.CustomerService;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Expressions;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Scripting;

namespace ServiceLoop.Workflows.CommandLine;

/// <summary>What every verb is put together from: the activity types and languages of the product.</summary>
internal static class Parts
{
    // Made once: reading the attributes of all activity classes takes longer than most runs.
    private static readonly Lazy<ActivityCatalog> AllActivities = new(() =>
        CustomerServiceActivities.AddTo(BuiltInActivities.AddTo(ActivityCatalog.WithEngineActivities()))
    );
    private static readonly Lazy<WorkflowCompiler> TheCompiler = new(() => new WorkflowCompiler(Catalog(), Languages()));

    /// <summary>All activity types.</summary>
    public static ActivityCatalog Catalog() => AllActivities.Value;

    /// <summary>All script languages.</summary>
    public static IEnumerable<IExpressionLanguage> Languages() => ScriptLanguages.All();

    /// <summary>A compiler that knows them all.</summary>
    public static WorkflowCompiler Compiler() => TheCompiler.Value;

    /// <summary>The semantics that an option names; null when it was not given.</summary>
    /// <exception cref="UsageException">There is no such semantics.</exception>
    public static FlowSemantics? Semantics(string? name) =>
        name is null
            ? null
            : WorkflowCompiler.ParseSemantics(name)
                ?? throw new UsageException($"There is no semantics '{name}'. Use sound, elsa-counter or elsa-token.");
}
