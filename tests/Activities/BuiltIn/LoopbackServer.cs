using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServiceLoop.Activities.BuiltIn;

namespace ServiceLoop.Activities.Tests.BuiltIn;

/// <summary>A real HTTP server on a free port of this machine, with the good and bad manners that requests must live with.</summary>
public sealed class LoopbackServer : IAsyncLifetime
{
    private readonly ConcurrentDictionary<string, int> calls = new();
    private WebApplication? app;

    public string Address => app!.Urls.Single();

    /// <summary>How often a path was called, for example <c>/flaky/a</c>.</summary>
    public int CallsOf(string path) => calls.GetValueOrDefault(path);

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        app = builder.Build();
        app.Use(
            (context, next) =>
            {
                calls.AddOrUpdate(context.Request.Path, 1, (_, n) => n + 1);
                return next(context);
            }
        );
        app.MapGet("/json", () => Results.Text("""{"name":"Ann","age":7}""", "application/json"));
        app.MapGet("/text", () => "Grüße");
        app.MapGet("/bytes", () => Results.Bytes([1, 2, 3]));
        app.MapGet("/lying", () => Results.Text("{oops", "application/json"));
        app.MapGet("/empty", () => Results.NoContent());
        app.MapGet("/status/{code:int}", (int code) => Results.StatusCode(code));
        app.MapMethods("/always/{code:int}/{name}", ["GET", "POST"], (int code, string name) => Results.StatusCode(code));
        app.MapMethods(
            "/flaky/{name}",
            ["GET", "POST"],
            (HttpContext context) => CallsOf(context.Request.Path) < 3 ? Results.StatusCode(503) : Results.Ok("at last")
        );
        app.MapMethods(
            "/slow/{name}",
            ["GET", "POST"],
            async (HttpContext context) => await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { })
        );
        app.MapGet("/large", () => Results.Bytes(new byte[50_000]));
        app.MapGet(
            "/endless",
            async (HttpContext context) =>
            {
                while (!context.RequestAborted.IsCancellationRequested)
                    await context.Response.Body.WriteAsync(new byte[1000], context.RequestAborted);
            }
        );
        app.MapGet("/redirect", () => Results.Redirect("/json"));
        app.MapPost(
            "/redirect/{code:int}",
            (int code, string to, HttpContext context) =>
            {
                context.Response.Headers.Location = to;
                return Results.StatusCode(code);
            }
        );
        app.MapGet("/loop", () => Results.Redirect("/loop"));
        app.MapGet("/elsewhere/{scheme}", (string scheme) => Results.Redirect($"{scheme}://etc/hostname"));
        app.MapGet("/broken", (HttpContext context) => context.Abort());
        app.MapMethods("/echo", ["GET", "POST", "PUT", "PATCH", "DELETE"], Echo);
        await app.StartAsync();
    }

    public async ValueTask DisposeAsync() => await app!.DisposeAsync();

    /// <summary>The sender as the server wires it up, with limits that suit a test.</summary>
    public static OutgoingHttp Sender(OutgoingHttpOptions? options = null) =>
        new ServiceCollection()
            .AddBuiltInActivities(
                options
                    ?? new OutgoingHttpOptions
                    {
                        FirstDelay = TimeSpan.FromMilliseconds(1),
                        Timeout = TimeSpan.FromSeconds(20),
                        MaxResponseBytes = 10_000,
                        MaxRedirects = 3,
                    }
            )
            .BuildServiceProvider()
            .GetRequiredService<OutgoingHttp>();

    private static async Task<IResult> Echo(HttpRequest request)
    {
        using var reader = new StreamReader(request.Body);
        return Results.Json(
            new
            {
                method = request.Method,
                headers = request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString()),
                body = await reader.ReadToEndAsync(),
            }
        );
    }
}
