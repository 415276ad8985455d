using Microsoft.AspNetCore.Http.HttpResults;
using ServiceLoop.Engine.Values;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Workflows.Api.Descriptors;

/// <summary>What definitions may name besides activities: languages, types, drivers, strategies. The names are Elsa's.</summary>
internal static class HostDescriptorsApi
{
    // Asked for about twenty times whenever somebody selects an activity.
    private const string KeepAMinute = "private,max-age=60";

    public static RouteGroupBuilder MapHostDescriptors(this RouteGroupBuilder routes)
    {
        var host = routes.MapGroup("/descriptors").Needs(Permissions.DefinitionsRead).WithTags("Descriptors");
        host.MapGet("/expression-descriptors", ListLanguages);
        host.MapGet("/variables", ListTypes);
        host.MapGet("/storage-drivers", ListDrivers);
        host.MapGet("/workflow-activation-strategies", ListActivationStrategies);
        host.MapGet("/incident-strategies", ListIncidentStrategies);
        host.MapGet("/log-persistence-strategies", ListLogStrategies);
        host.MapGet("/commit-strategies/workflows", ListWorkflowCommits);
        host.MapGet("/commit-strategies/activities", ListActivityCommits);
        host.MapGet("/output-converters", ListConverters);
        routes
            .MapGet("/workflow-contexts/provider-descriptors", ListContextProviders)
            .Needs(Permissions.DefinitionsRead)
            .WithTags("Descriptors");
        return routes;
    }

    /// <summary>Languages in which inputs may be written.</summary>
    private static Ok<ItemsView<LanguageView>> ListLanguages(Engine.Compilation.WorkflowCompiler compiler) =>
        TypedResults.Ok(ItemsView<LanguageView>.Of(HostDescriptors.Languages(compiler.Languages)));

    /// <summary>Types that variables, inputs and outputs may have.</summary>
    private static Ok<ItemsView<TypeView>> ListTypes(HttpResponse response)
    {
        response.Headers.CacheControl = KeepAMinute;
        return TypedResults.Ok(HostDescriptors.Types);
    }

    /// <summary>Where variables may be kept.</summary>
    private static Ok<ItemsView<DriverView>> ListDrivers() => TypedResults.Ok(HostDescriptors.Drivers);

    /// <summary>Whether a workflow may run beside others of its kind.</summary>
    private static Ok<ItemsView<StrategyView>> ListActivationStrategies() => TypedResults.Ok(HostDescriptors.ActivationStrategies);

    /// <summary>What a fault does to a workflow.</summary>
    private static Ok<ItemsView<StrategyView>> ListIncidentStrategies() => TypedResults.Ok(HostDescriptors.IncidentStrategies);

    /// <summary>Which values the history keeps.</summary>
    private static Ok<ItemsView<StrategyView>> ListLogStrategies() => TypedResults.Ok(HostDescriptors.LogStrategies);

    /// <summary>When a workflow is written to the database.</summary>
    private static Ok<ItemsView<CommitView>> ListWorkflowCommits() => TypedResults.Ok(HostDescriptors.WorkflowCommits);

    /// <summary>When a workflow is written to the database around an activity.</summary>
    private static Ok<ItemsView<CommitView>> ListActivityCommits() => TypedResults.Ok(HostDescriptors.ActivityCommits);

    /// <summary>Ways to convert an output before it goes to its variable. There are none: every value is converted to the type of its variable.</summary>
    private static Results<Ok<ItemsView<ConverterView>>, ProblemHttpResult> ListConverters(string? sourceType, string? destinationType)
    {
        foreach (var type in new[] { sourceType, destinationType })
            if (type is { Length: > 0 } && !HostDescriptors.IsKnown(type))
                return Problems.Invalid(
                    "type.unknown",
                    $"There is no type '{type}'. Use one of: {string.Join(", ", WorkflowTypes.KnownAliases)}."
                );

        return TypedResults.Ok(ItemsView<ConverterView>.Of([]));
    }

    /// <summary>Providers of workflow contexts. There are none.</summary>
    private static Ok<ItemsView<StrategyView>> ListContextProviders() => TypedResults.Ok(ItemsView<StrategyView>.Of([]));
}
