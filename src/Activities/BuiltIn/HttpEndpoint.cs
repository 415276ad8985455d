using System.Text.Json;
using ServiceLoop.Engine;

namespace ServiceLoop.Activities.BuiltIn;

/// <summary>Waits for an HTTP request, or starts a workflow with it.</summary>
/// <remarks>
/// The request comes as <see cref="IncomingRequest"/>. One that is refused takes the outcome of its refusal where that is exposed. Where it is not: a wait
/// answers the sender and goes on, and a workflow that was to start fails with the code of the refusal, which
/// <see cref="StatusOfRefusal"/> turns into the status of the answer.
/// </remarks>
[Activity("Elsa", "HTTP", "Waits for an HTTP request, or starts a workflow with it.", DisplayName = "HTTP Endpoint")]
[FlowNode(Outcomes.Done, HttpRefusal.RequestTooLarge, HttpRefusal.FileTooLarge, HttpRefusal.InvalidExtension, HttpRefusal.InvalidMimeType)]
public sealed class HttpEndpoint : Trigger<object?>
{
    /// <summary>Route template below the base path of workflows, for example <c>orders/{id}</c>.</summary>
    [Input(Description = "Path, for example orders/{id}.", UIHint = InputHints.SingleLine)]
    public Input<string> Path { get; set; } = new((string?)null);

    /// <summary>Methods that it accepts; GET when empty.</summary>
    [Input(
        Description = "Methods that it accepts.",
        UIHint = InputHints.CheckList,
        Options = ["GET", "POST", "PUT", "PATCH", "HEAD", "DELETE"]
    )]
    public Input<string[]> SupportedMethods { get; set; } = new(["GET"]);

    /// <summary>True: only senders that have signed in.</summary>
    [Input(Description = "Only senders that have signed in.", Category = "Security", UIHint = InputHints.Checkbox)]
    public Input<bool> Authorize { get; set; } = new(false);

    /// <summary>A policy that the sender must meet.</summary>
    [Input(Description = "A policy that the sender must meet.", Category = "Security")]
    public Input<string> Policy { get; set; } = new((string?)null);

    /// <summary>How long the burst may take.</summary>
    [Input(Description = "How long the workflow may take to answer.", Category = "Upload")]
    public Input<TimeSpan?> RequestTimeout { get; set; } = new((TimeSpan?)null);

    /// <summary>Limit of the whole request in bytes.</summary>
    [Input(Description = "Limit of the whole request in bytes.", Category = "Upload")]
    public Input<long?> RequestSizeLimit { get; set; } = new((long?)null);

    /// <summary>Limit of one file in bytes.</summary>
    [Input(Description = "Limit of one file in bytes.", Category = "Upload")]
    public Input<long?> FileSizeLimit { get; set; } = new((long?)null);

    /// <summary>Only these extensions, with the dot; empty allows all.</summary>
    [Input(Description = "Only these extensions, with the dot; empty allows all.", Category = "Upload", UIHint = InputHints.MultiText)]
    public Input<string[]> AllowedFileExtensions { get; set; } = new((string[]?)null);

    /// <summary>Not these extensions, with the dot.</summary>
    [Input(Description = "Not these extensions, with the dot.", Category = "Upload", UIHint = InputHints.MultiText)]
    public Input<string[]> BlockedFileExtensions { get; set; } = new((string[]?)null);

    /// <summary>Only these MIME types; empty allows all.</summary>
    [Input(Description = "Only these MIME types; empty allows all.", Category = "Upload", UIHint = InputHints.MultiText)]
    public Input<string[]> AllowedMimeTypes { get; set; } = new((string[]?)null);

    /// <summary>True: has the outcome <c>Request too large</c>.</summary>
    [Input(Description = "Has the outcome 'Request too large'.", Category = "Outcomes")]
    public bool ExposeRequestTooLargeOutcome { get; set; }

    /// <summary>True: has the outcome <c>File too large</c>.</summary>
    [Input(Description = "Has the outcome 'File too large'.", Category = "Outcomes")]
    public bool ExposeFileTooLargeOutcome { get; set; }

    /// <summary>True: has the outcome <c>Invalid file extension</c>.</summary>
    [Input(Description = "Has the outcome 'Invalid file extension'.", Category = "Outcomes")]
    public bool ExposeInvalidFileExtensionOutcome { get; set; }

    /// <summary>True: has the outcome <c>Invalid file MIME type</c>.</summary>
    [Input(Description = "Has the outcome 'Invalid file MIME type'.", Category = "Outcomes")]
    public bool ExposeInvalidFileMimeTypeOutcome { get; set; }

    /// <summary>The body: fields of a form, a JSON value, text or bytes.</summary>
    [Output(Description = "The body: fields of a form, a JSON value, text or bytes.")]
    public Output<object?> ParsedContent { get; set; } = new();

    /// <summary>The first file.</summary>
    [Output(Description = "The first file.")]
    public Output<object?> File { get; set; } = new();

    /// <summary>All files.</summary>
    [Output(Description = "All files.")]
    public Output<object?> Files { get; set; } = new();

    /// <summary>Values of the route's parameters.</summary>
    [Output(Description = "Values of the route's parameters.")]
    public Output<object?> RouteData { get; set; } = new();

    /// <summary>Values of the query.</summary>
    [Output(Description = "Values of the query.")]
    public Output<object?> QueryStringData { get; set; } = new();

    /// <summary>Headers.</summary>
    [Output(Description = "Headers.")]
    public Output<object?> Headers { get; set; } = new();

    /// <summary>The stimulus of a request.</summary>
    /// <param name="template">Route template that matched.</param>
    /// <param name="method">Method, in any case.</param>
    public static BookmarkRequest StimulusOf(string template, string method) =>
        new("Elsa.HttpEndpoint") { Payload = PlainObject.Of(("Path", Normalize(template)), ("Method", method.ToLowerInvariant())) };

    /// <summary>The HTTP status that answers a refused request by the code of the fault: 413, 415 or 400; null when the fault is no refusal.</summary>
    public static int? StatusOfRefusal(string? faultCode) =>
        faultCode switch
        {
            "http.request-too-large" or "http.file-too-large" => 413,
            "http.file-extension" or "http.file-type" => 415,
            "http.unreadable-body" => 400,
            _ => null,
        };

    /// <inheritdoc/>
    protected override void Execute(ActivityExecutionContext context)
    {
        if (!context.IsTriggerOfWorkflow)
            foreach (var request in Requests(context))
                context.CreateBookmark(request, OnRequestAsync);
        else if (Receive(context, context.GetWorkflowInput(IncomingRequest.InputKey), out _) is { } refusal)
            throw refusal.ToFault();
    }

    /// <inheritdoc/>
    protected override IEnumerable<BookmarkRequest> GetTriggers(ActivityExecutionContext context) => Requests(context);

    private async ValueTask OnRequestAsync(ActivityExecutionContext context)
    {
        if (Receive(context, context.ResumeInput.GetValueOrDefault(IncomingRequest.InputKey), out var method) is not { } refusal)
            return;

        var reply = context.GetRequiredService<IHttpReply>();

        if (reply.IsOpen)
            await reply.WriteAsync(refusal.ToReply(), context.CancellationToken);

        foreach (var request in Requests(context))
            if (string.Equals(request.Payload!["Method"] as string, method, StringComparison.OrdinalIgnoreCase))
                context.CreateBookmark(request, OnRequestAsync);
    }

    /// <summary>Gives the outputs and completes; or gives back why the request is refused, and where that is not exposed does nothing else.</summary>
    private HttpRefusal? Receive(ActivityExecutionContext context, object? plain, out string method)
    {
        var request = IncomingRequest.Read(plain);
        method = request?.Method ?? "";

        // Resumed or started by hand.
        if (request is null)
        {
            context.Complete();
            return null;
        }

        var refusal = Check(context, request);
        object? content = null;

        try
        {
            if (refusal is null)
                content = request.Form ?? Parse(request);
        }
        catch (JsonException e)
        {
            refusal = HttpRefusal.Unreadable(e.Message);
        }

        if (refusal is not null && !IsExposed(refusal))
            return refusal;

        var files = request.Files.Select(f => (object?)f.ToPlain()).ToList();
        Result.Set(context, request.ToPlain());
        RouteData.Set(context, request.RouteData);
        QueryStringData.Set(context, request.Query);
        Headers.Set(context, request.Headers);
        ParsedContent.Set(context, content);
        Files.Set(context, refusal is null ? files : null);
        File.Set(context, refusal is null ? files.FirstOrDefault() : null);

        if (refusal is null)
            context.Complete();
        else
            context.CompleteWithOutcomes(refusal.Outcome);

        return null;
    }

    private bool IsExposed(HttpRefusal refusal) =>
        refusal.Outcome switch
        {
            HttpRefusal.RequestTooLarge => ExposeRequestTooLargeOutcome,
            HttpRefusal.FileTooLarge => ExposeFileTooLargeOutcome,
            HttpRefusal.InvalidExtension => ExposeInvalidFileExtensionOutcome,
            HttpRefusal.InvalidMimeType => ExposeInvalidFileMimeTypeOutcome,
            _ => false,
        };

    private HttpRefusal? Check(ActivityExecutionContext context, IncomingRequest request)
    {
        if (RequestSizeLimit?.Get(context) is { } limit && request.Size > limit)
            return HttpRefusal.TooLarge(limit);

        if (FileSizeLimit?.Get(context) is { } fileLimit && request.Files.Any(f => f.Length > fileLimit))
            return HttpRefusal.FileIsTooLarge(fileLimit);

        var extensions = request.Files.Select(f => System.IO.Path.GetExtension(f.FileName)).ToArray();

        if (Listed(context, AllowedFileExtensions) is { Length: > 0 } allowed && !extensions.All(e => Contains(allowed, e)))
            return HttpRefusal.ExtensionNotAllowed(allowed);

        if (Listed(context, BlockedFileExtensions) is { Length: > 0 } blocked && extensions.Any(e => Contains(blocked, e)))
            return HttpRefusal.ExtensionBlocked(blocked);

        if (Listed(context, AllowedMimeTypes) is { Length: > 0 } types && !request.Files.All(f => Contains(types, f.ContentType)))
            return HttpRefusal.MimeTypeNotAllowed(types);

        return null;
    }

    private IEnumerable<BookmarkRequest> Requests(ActivityExecutionContext context)
    {
        var path =
            Path?.Get(context)
            ?? throw new WorkflowFaultException($"'{Id}' has no path. Set Path, for example orders/{{id}}.", "http.no-path", "HTTP");
        var methods = Listed(context, SupportedMethods) is { Length: > 0 } given ? given : ["GET"];
        (string, object?)[] excluded =
        [
            ("Authorize", Authorize is not null && Authorize.Get(context)),
            ("Policy", Policy?.Get(context)),
            ("RequestTimeout", RequestTimeout?.Get(context)),
            ("RequestSizeLimit", RequestSizeLimit?.Get(context)),
        ];

        foreach (var method in methods.Distinct(StringComparer.OrdinalIgnoreCase))
        {
            var request = StimulusOf(path, method);
            yield return request with
            {
                Payload = PlainObject.Of([.. request.Payload!.Select(p => (p.Key, p.Value)), .. excluded]),
                ExcludedFromHash = [.. excluded.Select(e => e.Item1)],
            };
        }
    }

    /// <summary>A body that the host has parsed stays as it is.</summary>
    private static object? Parse(IncomingRequest request) =>
        request.Body switch
        {
            byte[] bytes => HttpBody.Decode(bytes, request.ContentType),
            string { Length: > 0 } text when HttpBody.IsJson(request.ContentType) => HttpBody.ParseJson(text),
            var other => other,
        };

    private static string[]? Listed(ActivityExecutionContext context, Input<string[]>? input) =>
        input?.Get(context)?.Where(t => !string.IsNullOrWhiteSpace(t)).ToArray();

    private static bool Contains(string[] list, string? value) => list.Contains(value, StringComparer.OrdinalIgnoreCase);

    /// <summary>One slash in front, none behind, lower case except in the names of parameters.</summary>
    private static string Normalize(string path) =>
        "/" + string.Join('/', path.Trim().Trim('/').Split('/').Select(s => s.StartsWith('{') ? s : s.ToLowerInvariant()));
}
