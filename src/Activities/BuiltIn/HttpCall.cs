using System.Collections.Immutable;
using System.Net.Http.Headers;

namespace ServiceLoop.Activities.BuiltIn;

/// <summary>A request to send, checked; each attempt makes a new message of it.</summary>
internal sealed record HttpCall
{
    private static readonly string[] Secrets = ["Authorization", "Cookie", "Proxy-Authorization"];

    public required Uri Url { get; init; }

    public required HttpMethod Method { get; init; }

    public required IReadOnlyDictionary<string, IReadOnlyList<string>> Headers { get; init; }

    public byte[]? Body { get; init; }

    public string? ContentType { get; init; }

    /// <summary>Status codes that the workflow handles: they are answers, however transient.</summary>
    public IReadOnlyCollection<int> Expected { get; init; } = [];

    /// <summary>True: the author says that the other side knows repetitions by their key.</summary>
    public bool MayRepeatAlways { get; init; }

    /// <summary>Methods whose repetition has no further effect (RFC 9110 §9.2.2).</summary>
    public bool IsIdempotent =>
        Method == HttpMethod.Get
        || Method == HttpMethod.Head
        || Method == HttpMethod.Options
        || Method == HttpMethod.Put
        || Method == HttpMethod.Delete;

    /// <summary>For messages: without query and user, which may hold secrets.</summary>
    public string Target => $"{Method} {Url.Scheme}://{Url.Authority}{Url.AbsolutePath}";

    /// <summary>The call that a redirect asks for (RFC 9110 §15.4); null when it is none, or one that must not be followed.</summary>
    public HttpCall? RedirectedBy(HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;

        if (
            status is not (301 or 302 or 303 or 307 or 308)
            || !response.Headers.TryGetValues("Location", out var locations)
            || !Uri.TryCreate(Url, locations.First(), out var target)
            || (target.Scheme != Uri.UriSchemeHttps && (target.Scheme != Uri.UriSchemeHttp || Url.Scheme == Uri.UriSchemeHttps))
        )
            return null;

        var becomesGet = (status == 303 && Method != HttpMethod.Head) || (status is 301 or 302 && Method == HttpMethod.Post);
        var isSameOrigin = target.Scheme == Url.Scheme && target.Authority == Url.Authority;

        return this with
        {
            Url = target,
            Method = becomesGet ? HttpMethod.Get : Method,
            Body = becomesGet ? null : Body,
            // Secrets of one host are not for another.
            Headers = isSameOrigin
                ? Headers
                : Headers
                    .Where(h => !Secrets.Contains(h.Key, StringComparer.OrdinalIgnoreCase))
                    .ToDictionary(StringComparer.OrdinalIgnoreCase),
        };
    }

    public HttpRequestMessage ToMessage()
    {
        var message = new HttpRequestMessage(Method, Url);

        if (Body is not null)
        {
            message.Content = new ByteArrayContent(Body);
            message.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(ContentType!);
        }

        foreach (var (name, values) in Headers)
        {
            if (message.Headers.TryAddWithoutValidation(name, values) || message.Content is null)
                continue;

            message.Content.Headers.Remove(name);
            message.Content.Headers.TryAddWithoutValidation(name, values);
        }

        return message;
    }
}

/// <summary>What came of a request. A closed union.</summary>
internal abstract record HttpExchange
{
    private HttpExchange() { }

    /// <summary>How often it was sent.</summary>
    public int Attempts => Repeated.Length + 1;

    /// <summary>The attempts before it, oldest first.</summary>
    public ImmutableArray<RepeatedAttempt> Repeated { get; init; } = [];

    /// <summary>What it is for a person, when it is not what was wished.</summary>
    public abstract string Told(HttpCall call);

    /// <summary>True when another attempt may help and does no harm.</summary>
    public abstract bool IsTransient(HttpCall call);

    /// <summary>A response came.</summary>
    public sealed record Answered(int StatusCode, Dictionary<string, object?> Headers, string? ContentType, byte[] Body) : HttpExchange
    {
        public TimeSpan? RetryAfter { get; init; }

        public override string Told(HttpCall call) => $"{call.Target} answered {StatusCode}.";

        /// <summary>After 429 and 503 nothing has happened on the other side; after the others that is not known.</summary>
        public override bool IsTransient(HttpCall call) =>
            !call.Expected.Contains(StatusCode)
            && (StatusCode is 429 or 503 || (StatusCode is 408 or 409 or 500 or 502 or 504 && (call.IsIdempotent || call.MayRepeatAlways)));
    }

    /// <summary>No response in time.</summary>
    public sealed record TimedOut(string Message) : HttpExchange
    {
        public override string Told(HttpCall call) => Message;

        public override bool IsTransient(HttpCall call) => call.IsIdempotent || call.MayRepeatAlways;
    }

    /// <summary>No connection, or one that broke.</summary>
    public sealed record Unreachable(string Message, bool WasSent) : HttpExchange
    {
        public override string Told(HttpCall call) => Message;

        public override bool IsTransient(HttpCall call) => !WasSent || call.IsIdempotent || call.MayRepeatAlways;
    }
}
