using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using ServiceLoop.Activities.BuiltIn;

namespace ServiceLoop.Workflows.HttpWorkflows;

/// <summary>Reads a request into plain values, never more of it than is allowed.</summary>
internal static class RequestReader
{
    // They become part of the instance and its history, and secrets do not belong there.
    private static readonly string[] Secrets = [HeaderNames.Authorization, HeaderNames.ProxyAuthorization, HeaderNames.Cookie];

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads the request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="path">Path below the base path.</param>
    /// <param name="values">Values of the route's parameters.</param>
    /// <param name="authorsLimit">What the endpoint allows, in bytes; a larger body is not read, and the endpoint decides. Null allows what the host does.</param>
    /// <param name="hostsLimit">What the host allows, in bytes.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="BodyTooLargeException">It is larger than the host allows.</exception>
    /// <exception cref="BadHttpRequestException">It is broken.</exception>
    public static async Task<IncomingRequest> ReadAsync(
        HttpContext context,
        string path,
        RouteValueDictionary values,
        long? authorsLimit,
        long hostsLimit,
        CancellationToken ct
    )
    {
        var request = context.Request;
        var head = new IncomingRequest
        {
            Method = request.Method.ToUpperInvariant(),
            Path = path,
            RouteData = values.ToDictionary(v => v.Key, v => v.Value, StringComparer.Ordinal),
            Query = request.Query.ToDictionary(q => q.Key, q => Plain(q.Value), StringComparer.Ordinal),
            Headers = request
                .Headers.Where(h => !Secrets.Contains(h.Key, StringComparer.OrdinalIgnoreCase))
                .ToDictionary(h => h.Key, h => Plain(h.Value), StringComparer.OrdinalIgnoreCase),
            ContentType = request.ContentType,
            ContentLength = request.ContentLength,
        };
        var limit = Math.Min(authorsLimit ?? hostsLimit, hostsLimit);

        if (request.ContentLength > hostsLimit)
            throw new BodyTooLargeException(hostsLimit);

        // The sender says itself that it is too much: not a byte is read.
        if (request.ContentLength > limit)
            return head;

        AllowKestrel(context, hostsLimit);
        var body = new LimitedBody(request.Body, limit);
        request.Body = body;

        try
        {
            return request.HasFormContentType ? await FormAsync(head, request, limit, ct) : await BodyAsync(head, body, ct);
        }
        catch (BodyTooLargeException) when (limit < hostsLimit)
        {
            return head with { ContentLength = body.Count };
        }
        catch (InvalidDataException e)
        {
            // A broken form, or one with more fields than anybody needs.
            throw new BadHttpRequestException(e.Message, StatusCodes.Status400BadRequest, e);
        }
    }

    private static async Task<IncomingRequest> BodyAsync(IncomingRequest head, LimitedBody body, CancellationToken ct)
    {
        using var memory = new MemoryStream();
        await body.CopyToAsync(memory, ct);
        return memory.Length == 0 ? head : head with { ContentLength = memory.Length, Body = Content(memory.ToArray(), head.ContentType) };
    }

    private static async Task<IncomingRequest> FormAsync(IncomingRequest head, HttpRequest request, long limit, CancellationToken ct)
    {
        var form = await request.ReadFormAsync(
            new FormOptions { MultipartBodyLengthLimit = limit, ValueLengthLimit = (int)Math.Min(limit, int.MaxValue) },
            ct
        );
        var files = new List<IncomingFile>();

        foreach (var file in form.Files)
        {
            using var memory = new MemoryStream();
            await file.CopyToAsync(memory, ct);
            files.Add(new(file.Name, file.FileName, file.ContentType, file.Length, memory.ToArray()));
        }

        return head with
        {
            Form = form.ToDictionary(f => f.Key, f => Plain(f.Value), StringComparer.Ordinal),
            Files = files,
        };
    }

    /// <summary>Text stays readable in the history; what is no text, or not in UTF-8, goes as bytes.</summary>
    private static object Content(byte[] bytes, string? contentType)
    {
        if (!MediaTypeHeaderValue.TryParse(contentType, out var type) || !IsText(type))
            return bytes;

        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return bytes;
        }
    }

    private static bool IsText(MediaTypeHeaderValue type) =>
        (type.Charset.Length == 0 || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase))
        && (
            type.Type.Equals("text", StringComparison.OrdinalIgnoreCase)
            || type.SubType.Equals("json", StringComparison.OrdinalIgnoreCase)
            || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase)
            || type.SubType.Equals("xml", StringComparison.OrdinalIgnoreCase)
            || type.Suffix.Equals("xml", StringComparison.OrdinalIgnoreCase)
        );

    private static object? Plain(StringValues values) => values.Count == 1 ? values[0] : values.Cast<object?>().ToList();

    private static void AllowKestrel(HttpContext context, long bytes)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
            feature.MaxRequestBodySize = bytes + 1;
    }
}
