using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace ServiceLoop.Workflows.Start;

/// <summary>Prints the address as the last line of a start.</summary>
internal sealed class Address(IServer server, IHostApplicationLifetime lifetime, StartLogs logs, ILogger<Address> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(Tell);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Tell()
    {
        logs.Started();
        var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        Log.Ready(logger, string.Join(", ", addresses.Select(ForBrowsers)));
    }

    /// <summary>"Any interface" is no address that a browser takes.</summary>
    private static string ForBrowsers(string address) =>
        address
            .Replace("://[::]", "://localhost", StringComparison.Ordinal)
            .Replace("://0.0.0.0", "://localhost", StringComparison.Ordinal)
            .Replace("://*", "://localhost", StringComparison.Ordinal)
            .Replace("://+", "://localhost", StringComparison.Ordinal);
}
