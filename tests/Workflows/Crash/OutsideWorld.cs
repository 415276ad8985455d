using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace ServiceLoop.Workflows.Tests.Crash;

/// <summary>Somebody else's service, as it should be: it does a thing once for each idempotency key, however often it is asked.</summary>
internal sealed class OutsideWorld : IAsyncDisposable
{
    private readonly WebApplication server;
    private readonly ConcurrentDictionary<string, int> requests = new(StringComparer.Ordinal);
    private int unnamed;

    private OutsideWorld(WebApplication server) => this.server = server;

    /// <summary>Requests by idempotency key.</summary>
    public IReadOnlyDictionary<string, int> Requests => requests;

    /// <summary>Requests without a key: effects that could not be told apart.</summary>
    public int Unnamed => unnamed;

    public Uri Address => new(server.Urls.Single());

    public static async Task<OutsideWorld> StartAsync(CancellationToken ct)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var world = new OutsideWorld(builder.Build());
        world.server.MapPost("/effects/{name}", world.Take);
        await world.server.StartAsync(ct);
        return world;
    }

    public async ValueTask DisposeAsync() => await server.DisposeAsync();

    private IResult Take(string name, HttpRequest request)
    {
        if (request.Headers["Idempotency-Key"].ToString() is { Length: > 0 } key)
            requests.AddOrUpdate($"{name} {key}", 1, (_, count) => count + 1);
        else
            Interlocked.Increment(ref unnamed);

        return Results.NoContent();
    }
}
