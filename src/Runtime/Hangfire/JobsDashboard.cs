using System.Net;
using Hangfire;
using Hangfire.Dashboard;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ServiceLoop.Runtime.Hangfire;

/// <summary>Hangfire's own pages about jobs.</summary>
public static class JobsDashboard
{
    /// <summary>Where they are.</summary>
    public const string Path = "/admin/jobs";

    private const int PollMilliseconds = 5000;

    /// <summary>Serves them. Until there is sign-in: everything from this machine, looking from the networks that the options name, nothing from elsewhere.</summary>
    public static IEndpointRouteBuilder MapJobsDashboard(this IEndpointRouteBuilder routes)
    {
        var storage = routes.ServiceProvider.GetRequiredService<JobStorage>();
        var policy = new DashboardPolicy(routes.ServiceProvider.GetRequiredService<DashboardAccess>());
        routes
            .MapHangfireDashboard(
                Path,
                new DashboardOptions
                {
                    Authorization = [policy],
                    IsReadOnlyFunc = context => !DashboardPolicy.IsLocal(context.GetHttpContext()),
                    DisplayStorageConnectionString = false,
                    StatsPollingInterval = PollMilliseconds,
                    DashboardTitle = "ServiceLoop jobs",
                    AppPath = "/",
                },
                storage
            )
            .ExcludeFromDescription();
        return routes;
    }
}

/// <summary>Who may look at the jobs from elsewhere.</summary>
public sealed record DashboardAccess
{
    /// <summary>Networks that may look, not touch, for example <c>10.0.0.0/8</c>. Default: none.</summary>
    public IReadOnlyList<IPNetwork> ReadOnlyFrom { get; init; } = [];
}

/// <summary>Decides by the address of the connection itself; what a proxy claims does not count.</summary>
internal sealed class DashboardPolicy(DashboardAccess access) : IDashboardAuthorizationFilter
{
    // Behind a proxy on this machine everybody would be local.
    private static readonly string[] SignsOfProxy =
    [
        "Forwarded",
        "X-Forwarded-For",
        "X-Forwarded-Host",
        "X-Original-For",
        "X-Real-IP",
        "Via",
    ];

    public bool Authorize(DashboardContext context) => MayLook(context.GetHttpContext());

    public bool MayLook(HttpContext context) =>
        IsLocal(context) || (context.Connection.RemoteIpAddress is { } address && access.ReadOnlyFrom.Any(n => n.Contains(Plain(address))));

    /// <summary>A browser on this machine that was pointed to this machine: a page elsewhere that resolves to it is not.</summary>
    public static bool IsLocal(HttpContext context) =>
        (context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(Plain(address)))
        && !SignsOfProxy.Any(context.Request.Headers.ContainsKey)
        && context.Request.Host.Host is "localhost" or "127.0.0.1" or "[::1]" or "::1";

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
