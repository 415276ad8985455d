using ServiceLoop.Engine.Compilation;

namespace ServiceLoop.Activities.BuiltIn;

/// <summary>Elsa's activities that need the host or a package.</summary>
public static class BuiltInActivities
{
    /// <summary>Adds all of them to the catalog.</summary>
    public static ActivityCatalog AddTo(ActivityCatalog catalog) =>
        catalog
            // other workflows
            .Add<DispatchWorkflow>()
            .Add<ExecuteWorkflow>()
            .Add<BulkDispatchWorkflows>();
}
