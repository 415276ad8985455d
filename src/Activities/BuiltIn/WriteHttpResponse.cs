using System.Globalization;
using System.Net;
using ServiceLoop.Engine;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.Activities.BuiltIn;

/// <summary>Answers the HTTP request that the workflow serves.</summary>
[Activity("Elsa", "HTTP", "Answers the HTTP request that the workflow serves.", DisplayName = "HTTP Response")]
public sealed class WriteHttpResponse : CodeActivity
{
    /// <summary>Status code: a number, or a name such as <c>OK</c>.</summary>
    [Input(
        Description = "Status code: a number, or a name such as OK.",
        UIHint = InputHints.Dropdown,
        OptionsType = typeof(HttpStatusCode),
        DefaultValue = "OK"
    )]
    public Input<object> StatusCode { get; set; } = new("OK");

    /// <summary>The body. Text and bytes go as they are, all else as JSON.</summary>
    [Input(Description = "The body. Text and bytes go as they are, all else as JSON.", UIHint = InputHints.MultiLine)]
    public Input<object> Content { get; set; } = new((object?)null);

    /// <summary>Type of the body; empty means: what fits the value.</summary>
    [Input(
        Description = "Type of the body; empty means: what fits the value.",
        UIHint = InputHints.Dropdown,
        Options = ["", "text/plain", "text/html", "application/json", "application/xml", "application/x-www-form-urlencoded"]
    )]
    public Input<string> ContentType { get; set; } = new((string?)null);

    /// <summary>Further headers, as an object.</summary>
    [Input(Description = "Further headers, as an object.", Category = "Advanced", UIHint = InputHints.JsonEditor)]
    public Input<IDictionary<string, object?>> ResponseHeaders { get; set; } = new((IDictionary<string, object?>?)null);

    /// <inheritdoc/>
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var status = StatusOf(StatusCode?.Get(context));
        var headers = HttpHeaderFields.Read(ResponseHeaders?.Get(context));
        var (body, contentType) = Content?.Get(context) is { } content
            ? HttpBody.Encode(content, ContentType?.Get(context))
            : ([], null as string);
        var reply = context.GetRequiredService<IHttpReply>();

        if (!reply.IsOpen)
            throw new WorkflowFaultException(
                $"The HTTP request that '{Id}' should answer is gone: the workflow has waited since it came, it was answered already, or there never was one. Answer before the first wait.",
                "http.no-request",
                "HTTP"
            );

        await reply.WriteAsync(new HttpReply(status, contentType, body) { Headers = headers }, context.CancellationToken);
    }

    private static int StatusOf(object? given)
    {
        var text = ValueConverter.Text(given)?.Trim();

        if (string.IsNullOrEmpty(text))
            return (int)HttpStatusCode.OK;

        if (
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || (Enum.TryParse<HttpStatusCode>(text, ignoreCase: true, out var name) && (number = (int)name) > 0)
        )
            if (number is >= 100 and <= 599)
                return number;

        throw new WorkflowFaultException(
            $"'{text}' is not a status code. Use a number from 100 to 599, or a name such as OK.",
            "http.status"
        );
    }
}
