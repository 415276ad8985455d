using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using ServiceLoop.ServiceDesk.Webhooks;

namespace ServiceLoop.Workflows.Replay;

/// <summary>An answer of the product.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Body">Its JSON; undefined for none.</param>
internal sealed record Answer(HttpStatusCode Status, JsonElement Body)
{
    /// <summary>True for success.</summary>
    public bool IsOk => (int)Status is >= 200 and < 300;

    /// <summary>Items of a list.</summary>
    public IEnumerable<JsonElement> Items => IsOk && Body.TryGetProperty("items", out var items) ? items.EnumerateArray() : [];

    /// <summary>A text; null when it is not there.</summary>
    public string? Text(string name) => Body.Text(name);
}

/// <summary>Short ways to read JSON.</summary>
internal static class JsonReading
{
    /// <summary>A text; null when it is not there.</summary>
    public static string? Text(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value)
            ? value.ValueKind == JsonValueKind.String
                ? value.GetString()
                : value.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined
                    ? null
                    : value.GetRawText()
            : null;

    /// <summary>A whole number; 0 when it is not there.</summary>
    public static long Number(this JsonElement element, string name) =>
        element.Text(name) is { } text && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : 0;

    /// <summary>A moment; null when it is not there.</summary>
    public static DateTimeOffset? Moment(this JsonElement element, string name) =>
        element.Text(name) is { } text ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal) : null;

    /// <summary>Texts of a list.</summary>
    public static IReadOnlyList<string> Texts(this JsonElement element, string name) =>
        element.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Where(i => i.ValueKind == JsonValueKind.String).Select(i => i.GetString()!)]
            : [];
}

/// <summary>The doors of all nodes. A request whose node dies goes to another one: all that change something carry an id of their own.</summary>
internal sealed class Doors(string key) : IDisposable
{
    private const int MostTries = 40;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<ReplayNode, HttpClient> clients = new();
    private ReplayNode[] open = [];
    private int turn;
    private long requests;

    /// <summary>What was refused, and how often: method and door, status, code.</summary>
    public ConcurrentDictionary<string, int> Refusals { get; } = new(StringComparer.Ordinal);

    /// <summary>Requests so far.</summary>
    public long Requests => Interlocked.Read(ref requests);

    /// <summary>Nodes that are asked from now on.</summary>
    public void Use(IEnumerable<ReplayNode> nodes) => Volatile.Write(ref open, [.. nodes]);

    /// <summary>Reads.</summary>
    public Task<Answer> GetAsync(string path, CancellationToken ct) => SendAsync(HttpMethod.Get, path, null, null, ct);

    /// <summary>Does something, as the product's operator or on behalf of somebody.</summary>
    public Task<Answer> PostAsync(string path, object? body, string? who, CancellationToken ct) =>
        SendAsync(HttpMethod.Post, path, body, who, ct);

    /// <summary>Sets something.</summary>
    public Task<Answer> PutAsync(string path, object? body, string? who, CancellationToken ct) =>
        SendAsync(HttpMethod.Put, path, body, who, ct);

    /// <summary>Sends a contact of a customer, with a key of its own.</summary>
    /// <param name="path">The door.</param>
    /// <param name="body">The payload.</param>
    /// <param name="key">The same contact sent again is known by it.</param>
    /// <param name="sign">Signs a body at each attempt; null for a door that wants none.</param>
    /// <param name="ct">Cancels.</param>
    public Task<Answer> SendContactAsync(string path, object body, string key, Func<string, string>? sign, CancellationToken ct)
    {
        var attempt = 0;
        return SendAsync(
            HttpMethod.Post,
            path,
            () =>
            {
                var text = JsonSerializer.SerializeToNode(body, JsonSerializerOptions.Web)!;
                // A signature is taken once: who sends again signs anew, and not the same.
                text["attempt"] = ++attempt;
                var json = text.ToJsonString();
                var request = new HttpRequestMessage(HttpMethod.Post, path)
                {
                    Content = new StringContent(json, Encoding.UTF8, "application/json"),
                };
                request.Headers.Add("Idempotency-Key", key);

                if (sign is not null)
                    request.Headers.Add(WebhookSignature.Header, sign(json));

                return request;
            },
            ct
        );
    }

    /// <summary>Asks one node, which may be gone.</summary>
    /// <returns>Null when it is.</returns>
    public async Task<Answer?> AskAsync(ReplayNode node, HttpMethod method, string path, object? body, CancellationToken ct)
    {
        try
        {
            return await OnceAsync(node, Request(method, path, body, null), ct);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        foreach (var client in clients.Values)
            client.Dispose();
    }

    private Task<Answer> SendAsync(HttpMethod method, string path, object? body, string? who, CancellationToken ct) =>
        SendAsync(method, path, () => Request(method, path, body, who), ct);

    private async Task<Answer> SendAsync(HttpMethod method, string path, Func<HttpRequestMessage> make, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            var nodes = Volatile.Read(ref open);
            var node = nodes[(int)((uint)Interlocked.Increment(ref turn) % (uint)nodes.Length)];

            try
            {
                var answer = await OnceAsync(node, make(), ct);

                // Busy or away for a moment; it says so, and nothing was done.
                if (answer.Status != HttpStatusCode.ServiceUnavailable || attempt == MostTries)
                    return Noted(answer, method, path);
            }
            catch (HttpRequestException) when (attempt < MostTries)
            {
                // Its node was killed; another one answers.
            }

            await Task.Delay(Pause, ct);
        }
    }

    private static HttpRequestMessage Request(HttpMethod method, string path, object? body, string? who)
    {
        var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };

        if (who is not null)
            request.Headers.Add("X-On-Behalf-Of", who);

        return request;
    }

    private async Task<Answer> OnceAsync(ReplayNode node, HttpRequestMessage made, CancellationToken ct)
    {
        Interlocked.Increment(ref requests);
        var client = clients.GetOrAdd(node, Open);
        using var request = made;
        using var response = await client.SendAsync(request, ct);
        var text = await response.Content.ReadAsByteArrayAsync(ct);
        return new(response.StatusCode, text.Length == 0 ? default : Json(text));
    }

    private HttpClient Open(ReplayNode node) =>
        new()
        {
            BaseAddress = node.Address,
            Timeout = TimeSpan.FromMinutes(2),
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("ApiKey", key) },
        };

    private Answer Noted(Answer answer, HttpMethod method, string path)
    {
        if (!answer.IsOk && answer.Status != HttpStatusCode.NotFound)
            Refusals.AddOrUpdate($"{method} {Pattern(path)}: {(int)answer.Status} {answer.Text("code")}", 1, (_, n) => n + 1);

        return answer;
    }

    /// <summary>The path without ids, so that refusals of one kind are counted together.</summary>
    private static string Pattern(string path) => string.Join('/', path.Split('?')[0].Split('/').Select(p => p.Length > 20 ? "{id}" : p));

    private static JsonElement Json(byte[] text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return default;
        }
    }
}
