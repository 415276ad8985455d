using Microsoft.AspNetCore.HttpOverrides;
using IPNetwork = System.Net.IPNetwork;

namespace ServiceLoop.Workflows.Start;

/// <summary>Proxies in front of the server that are believed about where a call comes from, and whether it came encrypted.</summary>
internal static class Proxies
{
    /// <summary>Networks, for example <c>10.0.0.0/8</c>. Default: none, and what a header says about a sender does not count.</summary>
    public const string Setting = "Proxies:Trusted";

    /// <summary>Reads the setting.</summary>
    /// <exception cref="StartException">It names no network.</exception>
    public static IServiceCollection AddProxies(this IServiceCollection services, IConfiguration settings)
    {
        var networks = (settings.GetSection(Setting).Get<string[]>() ?? []).Select(Read).ToArray();
        return services.Configure<ForwardedHeadersOptions>(options =>
        {
            options.ForwardedHeaders =
                networks.Length > 0 ? ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto : ForwardedHeaders.None;
            options.KnownProxies.Clear();
            options.KnownIPNetworks.Clear();

            foreach (var network in networks)
                options.KnownIPNetworks.Add(network);
        });
    }

    private static IPNetwork Read(string text) =>
        IPNetwork.TryParse(text, out var network)
            ? network
            : throw new StartException($"'{text}' in {Setting} is no network. Write one such as 10.0.0.0/8.");
}
