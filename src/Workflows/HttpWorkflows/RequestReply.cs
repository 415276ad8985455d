using System.Globalization;
using Microsoft.Net.Http.Headers;
using ServiceLoop.Activities.BuiltIn;

namespace ServiceLoop.Workflows.HttpWorkflows;

/// <summary>
/// The answer of one request. It is kept until the burst that gave it is durable: who gets an answer can rely on it. Outside a request it is closed.
/// </summary>
internal sealed class RequestReply : IHttpReply
{
    private bool isServing;

    /// <inheritdoc/>
    public bool IsOpen => isServing && Given is null;

    /// <summary>The answer; null while there is none.</summary>
    public HttpReply? Given { get; private set; }

    /// <summary>A request waits from now on.</summary>
    public void Open() => isServing = true;

    /// <inheritdoc/>
    public ValueTask WriteAsync(HttpReply reply, CancellationToken ct)
    {
        if (!IsOpen)
            throw new InvalidOperationException("No request waits for an answer.");

        Given = reply;
        return ValueTask.CompletedTask;
    }

    /// <summary>Sends what was given.</summary>
    public static async Task SendAsync(HttpReply reply, HttpContext context)
    {
        var response = context.Response;
        // 1xx is not an answer, and Kestrel sends none for us.
        response.StatusCode = reply.StatusCode < StatusCodes.Status200OK ? StatusCodes.Status200OK : reply.StatusCode;

        foreach (var (name, values) in reply.Headers)
            response.Headers[name] = values.ToArray();

        if (reply.ContentType is { } type)
            response.ContentType = type;

        if (response.StatusCode is StatusCodes.Status204NoContent or StatusCodes.Status205ResetContent or StatusCodes.Status304NotModified)
            return;

        response.Headers[HeaderNames.ContentLength] = reply.Body.Length.ToString(CultureInfo.InvariantCulture);

        if (!HttpMethods.IsHead(context.Request.Method))
            await response.Body.WriteAsync(reply.Body, context.RequestAborted);
    }
}
