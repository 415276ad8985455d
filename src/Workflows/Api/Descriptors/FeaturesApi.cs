using System.Reflection;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Workflows.Api.Descriptors;

/// <summary>A feature, as Elsa's clients ask for it.</summary>
internal sealed record FeatureView(string Name, string Namespace, string FullName, string DisplayName, string Description);

/// <summary>What this server has besides the minimum: Elsa Studio shows or hides parts of itself by it.</summary>
internal static class FeaturesApi
{
    // Elsa Studio takes its major and minor number for the version of the server that it speaks to.
    private const string ElsaVersion = "3.8.0";

    private const string InstanceHub = "elsa/hubs/workflow-instance";

    /// <summary>The version of Elsa's interface that is served, and of the product.</summary>
    internal sealed record VersionView(string PackageVersion, string Product, string ProductVersion);

    /// <summary>Features that are there for good. Not Alterations: Elsa Studio would lead to a page that does not exist.</summary>
    private static readonly IReadOnlyList<FeatureView> Always =
    [
        Of("Elsa.Resilience", "Resilience", "Calls that failed for the moment are repeated."),
    ];

    /// <summary>Claimed only with the hub that it needs: without, Elsa Studio would ask in vain and then poll.</summary>
    private static readonly FeatureView RealTime = Of(
        "Elsa.RealTimeWorkflowUpdates",
        "Real-time workflow updates",
        "Pages that show an instance are told when it moves."
    );

    public static RouteGroupBuilder MapFeatures(this RouteGroupBuilder routes)
    {
        var features = routes.MapGroup("").Needs(Permissions.DefinitionsRead).WithTags("Features");
        features.MapGet("/features/installed", List);
        features.MapGet("/features/installed/{fullName}", Find);
        features.MapGet("/package/version", Version);
        return routes;
    }

    /// <summary>All features.</summary>
    private static Ok<ItemsView<FeatureView>> List(EndpointDataSource endpoints) =>
        TypedResults.Ok(ItemsView<FeatureView>.Of([.. Installed(endpoints)]));

    /// <summary>One feature by its full name; 404 says that it is not there.</summary>
    private static Results<Ok<FeatureView>, ProblemHttpResult> Find(string fullName, EndpointDataSource endpoints) =>
        Installed(endpoints).FirstOrDefault(f => f.FullName == fullName) is { } feature
            ? TypedResults.Ok(feature)
            : Problems.NotFound("feature.unknown", $"The feature '{fullName}' is not installed.");

    /// <summary>The version of Elsa's interface that is served.</summary>
    private static Ok<VersionView> Version() =>
        TypedResults.Ok(
            new VersionView(
                ElsaVersion,
                "ServiceLoop",
                typeof(FeaturesApi).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]
                    ?? "0.0.0"
            )
        );

    private static IEnumerable<FeatureView> Installed(EndpointDataSource endpoints) =>
        endpoints.Endpoints.OfType<RouteEndpoint>().Any(e => e.RoutePattern.RawText?.TrimStart('/') == InstanceHub)
            ? Always.Prepend(RealTime)
            : Always;

    private static FeatureView Of(string fullName, string displayName, string description)
    {
        var dot = fullName.LastIndexOf('.');
        return new(fullName[(dot + 1)..], fullName[..dot], fullName, displayName, description);
    }
}
