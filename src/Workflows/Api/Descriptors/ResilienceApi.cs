using Microsoft.AspNetCore.Http.HttpResults;
using ServiceLoop.Activities.BuiltIn;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Workflows.Api.Descriptors;

/// <summary>A strategy that an activity names in <c>customProperties.resilienceStrategy</c>.</summary>
internal sealed record ResilienceStrategyView(string Id, string DisplayName, string Category, int MaxRetryAttempts, TimeSpan FirstDelay);

/// <summary>How calls are repeated that failed for the moment.</summary>
internal static class ResilienceApi
{
    public static RouteGroupBuilder MapResilience(this RouteGroupBuilder routes)
    {
        routes.MapGet("/resilience/strategies", List).Needs(Permissions.DefinitionsRead).WithTags("Resilience");
        return routes;
    }

    /// <summary>Strategies of a category, for example <c>HTTP</c>; of all when none is given.</summary>
    private static Ok<ItemsView<ResilienceStrategyView>> List(string? category, OutgoingHttpOptions http)
    {
        ResilienceStrategyView[] all =
        [
            new("http-repeat", $"Repeat every method, up to {http.MaxRetries} times", "HTTP", http.MaxRetries, http.FirstDelay),
        ];
        return TypedResults.Ok(
            ItemsView<ResilienceStrategyView>.Of([
                .. all.Where(s => string.IsNullOrWhiteSpace(category) || s.Category.Equals(category, StringComparison.OrdinalIgnoreCase)),
            ])
        );
    }
}
