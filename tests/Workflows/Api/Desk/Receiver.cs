using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace ServiceLoop.Workflows.Tests.Api.Desk;

/// <summary>Another company's server: keeps what it is sent, and answers as it is told.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly HttpListener listener = new();
    private readonly SemaphoreSlim came = new(0);
    private readonly Task serving;

    public Receiver()
    {
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            Address = new Uri($"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/hook");
        }

        listener.Prefixes.Add($"http://127.0.0.1:{Address.Port}/");
        listener.Start();
        serving = ServeAsync();
    }

    /// <summary>Where it is.</summary>
    public Uri Address { get; }

    /// <summary>Status of the answers to come.</summary>
    public int Answer { get; set; } = 200;

    /// <summary>What was sent, in order.</summary>
    public ConcurrentQueue<(string Body, WebHeaderCollection Headers)> Requests { get; } = [];

    /// <summary>Waits until there are so many more requests.</summary>
    public async Task UntilAsync(int more, CancellationToken ct)
    {
        for (; more > 0; more--)
            (await came.WaitAsync(TimeSpan.FromSeconds(180), ct)).ShouldBeTrue("nothing more came within three minutes");
    }

    public async ValueTask DisposeAsync()
    {
        listener.Close();
        await serving;
        came.Dispose();
    }

    private async Task ServeAsync()
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

            using (var reader = new StreamReader(context.Request.InputStream))
                Requests.Enqueue((await reader.ReadToEndAsync(), new WebHeaderCollection { context.Request.Headers }));

            context.Response.StatusCode = Answer;
            context.Response.Close();
            came.Release();
        }
    }
}
