using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using ServiceLoop.Engine;

namespace ServiceLoop.Activities.BuiltIn;

/// <summary>What the two activities that send HTTP requests have in common.</summary>
/// <remarks>
/// Sends <c>Idempotency-Key</c> with the id of this execution unless the author sets that header: the same key when the burst is repeated after a crash.
/// GET, HEAD, OPTIONS, PUT and DELETE are repeated after a time-out, a broken connection or a transient status code; other methods only when the request was
/// not taken (no connection, 429, 503), or when <see cref="EnableResiliency"/> or a resilience strategy says that repetition does no harm.
/// </remarks>
public abstract class HttpRequestActivity : Activity<object?>
{
    private protected HttpRequestActivity() { }

    /// <summary>Absolute address, http or https.</summary>
    [Input(Description = "Absolute address, http or https.", UIHint = InputHints.SingleLine, Order = 0)]
    public Input<string> Url { get; set; } = new((string?)null);

    /// <summary>Method.</summary>
    [Input(
        Description = "Method.",
        UIHint = InputHints.Dropdown,
        Options = ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"],
        DefaultValue = "GET",
        Order = 1
    )]
    public Input<string> Method { get; set; } = new("GET");

    /// <summary>The body. Text and bytes go as they are, objects as JSON or as a form.</summary>
    [Input(
        Description = "The body. Text and bytes go as they are, objects as JSON or as a form.",
        UIHint = InputHints.MultiLine,
        Order = 2
    )]
    public Input<object> Content { get; set; } = new((object?)null);

    /// <summary>Type of the body; empty means: what fits the value.</summary>
    [Input(
        Description = "Type of the body; empty means: what fits the value.",
        UIHint = InputHints.Dropdown,
        Options = ["", "text/plain", "text/html", "application/json", "application/xml", "application/x-www-form-urlencoded"],
        Order = 3
    )]
    public Input<string> ContentType { get; set; } = new((string?)null);

    /// <summary>The header <c>Authorization</c>.</summary>
    [Input(Description = "The header Authorization, for example Bearer …", Category = "Security", IsSensitive = true, Order = 4)]
    public Input<string> Authorization { get; set; } = new((string?)null);

    /// <summary>True: sends <see cref="Authorization"/> as it is, also when it does not have the usual form.</summary>
    [Input(Description = "Send Authorization as it is.", Category = "Security", UIHint = InputHints.Checkbox, Order = 5)]
    public Input<bool> DisableAuthorizationHeaderValidation { get; set; } = new(false);

    /// <summary>Further headers, as an object.</summary>
    [Input(Description = "Further headers, as an object.", Category = "Advanced", UIHint = InputHints.JsonEditor, Order = 6)]
    public Input<IDictionary<string, object?>> RequestHeaders { get; set; } = new((IDictionary<string, object?>?)null);

    /// <summary>True: repeats every method, because the other side knows repetitions by their key.</summary>
    [Input(
        Description = "Repeat every method: the other side knows repetitions by their key.",
        Category = "Advanced",
        UIHint = InputHints.Checkbox,
        Order = 8
    )]
    public Input<bool> EnableResiliency { get; set; } = new(false);

    /// <summary>Status code of the response.</summary>
    [Output(Description = "Status code of the response.")]
    public Output<int> StatusCode { get; set; } = new();

    /// <summary>Body of the response: a JSON value, text or bytes.</summary>
    [Output(Description = "Body of the response: a JSON value, text or bytes.")]
    public Output<object?> ParsedContent { get; set; } = new();

    /// <summary>Headers of the response; each a list.</summary>
    [Output(Description = "Headers of the response; each a list.")]
    public Output<object?> ResponseHeaders { get; set; } = new();

    /// <summary>How often the request was repeated.</summary>
    [Output(Description = "How often the request was repeated.")]
    public Output<int> RetryAttemptsCount { get; set; } = new();

    /// <summary>Why no response came.</summary>
    [Output(Description = "Why no response came.")]
    public Output<string> Error { get; set; } = new();

    /// <summary>Status codes that the workflow handles.</summary>
    private protected abstract IReadOnlyCollection<int> ExpectedCodes(ActivityExecutionContext context);

    /// <summary>Goes on after the exchange; the outputs have their values.</summary>
    private protected abstract void GoOn(ActivityExecutionContext context, HttpExchange exchange);

    /// <inheritdoc/>
    protected sealed override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var exchange = await context.GetRequiredService<OutgoingHttp>().SendAsync(Prepare(context), context.CancellationToken);
        context.SetProperty(nameof(RetryAttemptsCount), exchange.Attempts - 1);
        RetryAttemptsCount.Set(context, exchange.Attempts - 1);

        if (exchange.Repeated.Length > 0)
            context.SetProperty(RepeatedAttempt.PropertyName, RepeatedAttempt.Write(exchange.Repeated));

        switch (exchange)
        {
            case HttpExchange.Answered answer:
                var content = Parse(answer);
                Result.Set(context, PlainObject.Of(("statusCode", answer.StatusCode), ("headers", answer.Headers), ("content", content)));
                StatusCode.Set(context, answer.StatusCode);
                ParsedContent.Set(context, content);
                ResponseHeaders.Set(context, answer.Headers);
                break;
            case HttpExchange.TimedOut late:
                Error.Set(context, late.Message);
                break;
            case HttpExchange.Unreachable lost:
                Error.Set(context, lost.Message);
                break;
            default:
                throw new InvalidOperationException($"Unknown exchange {exchange}.");
        }

        GoOn(context, exchange);
    }

    private HttpCall Prepare(ActivityExecutionContext context)
    {
        var headers = HttpHeaderFields.Read(RequestHeaders?.Get(context));
        headers.TryAdd("Idempotency-Key", [context.ActivityInstanceId]);

        if (Authorization?.Get(context) is { } authorization && !string.IsNullOrWhiteSpace(authorization))
            headers["Authorization"] = [Checked(context, authorization)];

        var method = Method?.Get(context) is { Length: > 0 } name ? name.Trim().ToUpperInvariant() : "GET";
        var content = Content?.Get(context);
        var (body, contentType) = content is null or "" ? (null, null as string) : HttpBody.Encode(content, ContentType?.Get(context));

        return new HttpCall
        {
            Url = UrlOf(context),
            Method = method.All(char.IsAsciiLetter)
                ? new HttpMethod(method)
                : throw new WorkflowFaultException(
                    $"'{method}' is not an HTTP method. Use one such as GET or POST.",
                    "http.method",
                    "HTTP"
                ),
            Headers = headers,
            Body = body,
            ContentType = contentType,
            Expected = ExpectedCodes(context),
            MayRepeatAlways =
                (EnableResiliency is not null && EnableResiliency.Get(context)) || ResilienceStrategy.IsChosen(CustomProperties),
        };
    }

    private Uri UrlOf(ActivityExecutionContext context)
    {
        var text = Url?.Get(context)?.Trim();

        return Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
            ? url
            : throw new WorkflowFaultException(
                $"'{Id}' cannot call '{text}'. Use an absolute address that begins with http:// or https://.",
                "http.url",
                "HTTP"
            );
    }

    private string Checked(ActivityExecutionContext context, string authorization)
    {
        HttpHeaderFields.Check("Authorization", authorization);
        var asItIs = DisableAuthorizationHeaderValidation is not null && DisableAuthorizationHeaderValidation.Get(context);

        // The value itself is a secret: it must not stand in the message.
        return asItIs || AuthenticationHeaderValue.TryParse(authorization, out _)
            ? authorization
            : throw new WorkflowFaultException(
                $"The authorization of '{Id}' does not have the form 'scheme value'. Correct it, or set DisableAuthorizationHeaderValidation.",
                "http.authorization",
                "HTTP"
            );
    }

    private static object? Parse(HttpExchange.Answered answer)
    {
        try
        {
            return HttpBody.Decode(answer.Body, answer.ContentType);
        }
        catch (JsonException)
        {
            // The request has had its effect; a body that lies about its type is no reason to lose the answer.
            return Encoding.UTF8.GetString(answer.Body);
        }
    }
}
