using System.Collections.Immutable;
using System.Net;
using ServiceLoop.Engine;

namespace ServiceLoop.Activities.BuiltIn;

/// <summary>Limits of the HTTP requests that workflows send.</summary>
public sealed record OutgoingHttpOptions
{
    /// <summary>Time for one attempt, from the first byte out to the last byte in.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>Attempts after the first one.</summary>
    public int MaxRetries { get; init; } = 3;

    /// <summary>Pause before the first retry; doubles each time.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>No pause is longer, whatever the other side asks for in <c>Retry-After</c>.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Largest body of a response in bytes, after decompression: it becomes part of the state of an instance.</summary>
    public long MaxResponseBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Redirects that are followed; the response of the next one is the answer.</summary>
    public int MaxRedirects { get; init; } = 10;
}

/// <summary>Sends the HTTP requests of workflows: with a time limit, retries and a size limit. Safe for all threads.</summary>
/// <param name="clients">Gives the client named <see cref="ClientName"/>.</param>
/// <param name="clock">Measures time limits and pauses.</param>
/// <param name="options">Limits.</param>
public sealed class OutgoingHttp(IHttpClientFactory clients, TimeProvider clock, OutgoingHttpOptions options)
{
    /// <summary>Name of the client.</summary>
    public const string ClientName = "ServiceLoop.Activities";

    /// <summary>Sends a request, again if that may help, and reads the response.</summary>
    /// <exception cref="WorkflowFaultException">The response is too large.</exception>
    /// <exception cref="OperationCanceledException">The host stops.</exception>
    internal async Task<HttpExchange> SendAsync(HttpCall call, CancellationToken ct)
    {
        ImmutableArray<RepeatedAttempt> repeated = [];

        for (var attempt = 1; ; attempt++)
        {
            var exchange = await TryAsync(call, ct) with { Repeated = repeated };

            if (attempt > options.MaxRetries || !exchange.IsTransient(call))
                return exchange;

            var delay = DelayAfter(attempt, exchange);
            repeated = repeated.Add(
                new(attempt, delay, clock.GetUtcNow(), exchange.Told(call), (exchange as HttpExchange.Answered)?.StatusCode)
            );
            await Task.Delay(delay, clock, ct);
        }
    }

    /// <summary>The handler of the client. It keeps no cookies, and follows no redirects: it would follow them to any scheme.</summary>
    internal static SocketsHttpHandler CreateHandler() =>
        new()
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.All,
            UseCookies = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        };

    private async Task<HttpExchange> TryAsync(HttpCall call, CancellationToken ct)
    {
        using var timeout = new CancellationTokenSource(options.Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);

        try
        {
            using var client = clients.CreateClient(ClientName);
            return await SendOnceAsync(client, call, either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new HttpExchange.TimedOut($"{call.Target} did not answer within {options.Timeout.TotalSeconds:0.###} s.");
        }
        catch (HttpRequestException e)
        {
            var wasNotSent =
                e.HttpRequestError
                is HttpRequestError.NameResolutionError
                    or HttpRequestError.ConnectionError
                    or HttpRequestError.SecureConnectionError
                    or HttpRequestError.ProxyTunnelError;
            return new HttpExchange.Unreachable($"{call.Target} could not be reached: {e.Message}", !wasNotSent);
        }
        catch (IOException e)
        {
            return new HttpExchange.Unreachable($"The connection to {call.Target} broke: {e.Message}", WasSent: true);
        }
    }

    private async Task<HttpExchange> SendOnceAsync(HttpClient client, HttpCall call, CancellationToken ct)
    {
        for (var redirects = 0; ; redirects++)
        {
            using var request = call.ToMessage();
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);

            if (redirects < options.MaxRedirects && call.RedirectedBy(response) is { } next)
            {
                call = next;
                continue;
            }

            return new HttpExchange.Answered(
                (int)response.StatusCode,
                response
                    .Headers.Concat(response.Content.Headers)
                    .ToDictionary(h => h.Key, h => (object?)h.Value.ToList<object?>(), StringComparer.OrdinalIgnoreCase),
                response.Content.Headers.ContentType?.ToString(),
                await ReadAsync(call, response.Content, ct)
            )
            {
                RetryAfter = response.Headers.RetryAfter is { } after ? after.Delta ?? after.Date - clock.GetUtcNow() : null,
            };
        }
    }

    private async Task<byte[]> ReadAsync(HttpCall call, HttpContent content, CancellationToken ct)
    {
        if (content.Headers.ContentLength > options.MaxResponseBytes)
            throw TooLarge(call);

        using var body = new MemoryStream();
        await using var stream = await content.ReadAsStreamAsync(ct);
        var buffer = new byte[16 * 1024];

        for (int read; (read = await stream.ReadAsync(buffer, ct)) > 0; )
        {
            if (body.Length + read > options.MaxResponseBytes)
                throw TooLarge(call);

            body.Write(buffer, 0, read);
        }

        return body.ToArray();
    }

    private WorkflowFaultException TooLarge(HttpCall call) =>
        new(
            $"The response of {call.Target} is larger than {options.MaxResponseBytes} bytes. Ask for less, or raise the limit of the server.",
            "http.response-too-large",
            "HTTP"
        );

    private TimeSpan DelayAfter(int attempt, HttpExchange exchange)
    {
        var delay = options.FirstDelay * Math.Pow(2, attempt - 1);

        if (exchange is HttpExchange.Answered { RetryAfter: { } asked } && asked > delay)
            delay = asked;

        return delay < options.MaxDelay ? delay : options.MaxDelay;
    }
}
