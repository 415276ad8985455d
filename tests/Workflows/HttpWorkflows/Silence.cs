using System.Net;
using System.Net.Sockets;

namespace ServiceLoop.Workflows.Tests.HttpWorkflows;

/// <summary>A host that takes connections and never answers.</summary>
internal sealed class Silence : IDisposable
{
    private static readonly int Port = FreePort();
    private readonly TcpListener listener = new(IPAddress.Loopback, Port);

    public Silence() => listener.Start();

    /// <summary>Where it is.</summary>
    public static string Address => $"http://127.0.0.1:{Port}/";

    public void Dispose() => listener.Dispose();

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
