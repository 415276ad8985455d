using Hangfire;
using Hangfire.Dashboard;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Runtime.Hangfire;

/// <summary>Hangfire's own pages about jobs.</summary>
public static class JobsDashboard
{
    /// <summary>Where they are.</summary>
    public const string Path = "/admin/jobs";

    private const int PollMilliseconds = 5000;

    /// <summary>Serves them: <see cref="Permissions.JobsRead"/> may look, <see cref="Permissions.JobsManage"/> may touch.</summary>
    public static IEndpointRouteBuilder MapJobsDashboard(this IEndpointRouteBuilder routes)
    {
        var storage = routes.ServiceProvider.GetRequiredService<JobStorage>();
        var access = routes.ServiceProvider.GetRequiredService<IAccess>();
        routes
            .MapHangfireDashboard(
                Path,
                new DashboardOptions
                {
                    Authorization = [new DashboardPolicy(access)],
                    IsReadOnlyFunc = _ => !access.Actor.May(Permissions.JobsManage),
                    DisplayStorageConnectionString = false,
                    StatsPollingInterval = PollMilliseconds,
                    DashboardTitle = "ServiceLoop jobs",
                    AppPath = "/",
                },
                storage
            )
            .Needs(Permissions.JobsRead)
            .ExcludeFromDescription();
        return routes;
    }
}

/// <summary>The gate within, should the one in front of the endpoint be missing.</summary>
internal sealed class DashboardPolicy(IAccess access) : IDashboardAuthorizationFilter
{
    public bool Authorize(DashboardContext context) => access.Actor.May(Permissions.JobsRead);
}
