using System.Net;
using System.Net.Sockets;

namespace ServiceLoop.Workflows.Tests;

/// <summary>Another company's server that says 503 some times before it works.</summary>
internal sealed class FlakyHost : IAsyncDisposable
{
    private readonly HttpListener listener = new();
    private readonly Task serving;
    private int asked;

    public FlakyHost(int failures)
    {
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            Address = new Uri($"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/");
        }

        listener.Prefixes.Add(Address.ToString());
        listener.Start();
        serving = ServeAsync(failures);
    }

    /// <summary>Where it is.</summary>
    public Uri Address { get; }

    /// <summary>How often it was asked.</summary>
    public int Asked => asked;

    public async ValueTask DisposeAsync()
    {
        listener.Close();
        await serving;
    }

    private async Task ServeAsync(int failures)
    {
        while (true)
        {
            HttpListenerContext context;

            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            context.Response.StatusCode = Interlocked.Increment(ref asked) <= failures ? 503 : 200;
            context.Response.Close();
        }
    }
}
