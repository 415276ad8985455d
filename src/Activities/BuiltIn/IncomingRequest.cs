using System.Text;
using ServiceLoop.Engine.State;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.Activities.BuiltIn;

/// <summary>An HTTP request as plain values: what the host hands to <see cref="HttpEndpoint"/>.</summary>
/// <remarks>
/// It comes with the stimulus under <see cref="InputKey"/>, as the object that <see cref="ToPlain"/> gives. Members are camelCase:
/// <c>{ method, path, routeData, query, headers, contentType, contentLength, body, form, files: [ { name, fileName, contentType, length, content } ] }</c>.
/// </remarks>
public sealed record IncomingRequest
{
    /// <summary>Key of the stimulus input.</summary>
    public const string InputKey = "HttpContext";

    /// <summary>Method, for example <c>POST</c>.</summary>
    public required string Method { get; init; }

    /// <summary>Path below the base path of workflows.</summary>
    public required string Path { get; init; }

    /// <summary>Values of the route's parameters.</summary>
    public IReadOnlyDictionary<string, object?> RouteData { get; init; } = new Dictionary<string, object?>();

    /// <summary>Values of the query; a list where a name occurs more than once.</summary>
    public IReadOnlyDictionary<string, object?> Query { get; init; } = new Dictionary<string, object?>();

    /// <summary>Headers; a list where one occurs more than once.</summary>
    public IReadOnlyDictionary<string, object?> Headers { get; init; } = new Dictionary<string, object?>();

    /// <summary>Type of the body.</summary>
    public string? ContentType { get; init; }

    /// <summary>Length of the whole body in bytes; null when it is not known.</summary>
    public long? ContentLength { get; init; }

    /// <summary>The body as text or bytes; null for a form or without one.</summary>
    public object? Body { get; init; }

    /// <summary>Fields of a form; null when it is none.</summary>
    public IReadOnlyDictionary<string, object?>? Form { get; init; }

    /// <summary>Files of a form.</summary>
    public IReadOnlyList<IncomingFile> Files { get; init; } = [];

    /// <summary>The request as a plain object.</summary>
    public Dictionary<string, object?> ToPlain() =>
        PlainObject.Of(
            ("method", Method),
            ("path", Path),
            ("routeData", PlainValue.Of(RouteData)),
            ("query", PlainValue.Of(Query)),
            ("headers", PlainValue.Of(Headers)),
            ("contentType", ContentType),
            ("contentLength", ContentLength),
            ("body", Body),
            ("form", Form is null ? null : PlainValue.Of(Form)),
            ("files", Files.Select(f => (object?)f.ToPlain()).ToList())
        );

    /// <summary>Reads the plain object; null when it is none.</summary>
    internal static IncomingRequest? Read(object? plain)
    {
        if (plain is IncomingRequest request)
            return request;

        // In the host the input of a resume may still be as it was stored.
        if (plain is RawValue raw)
            plain = ValueJson.ReadStored(raw.Utf8, typeof(object));

        if (PlainValue.Of(plain) is not Dictionary<string, object?> members)
            return null;

        return new()
        {
            Method = Text(members, "method") ?? "",
            Path = Text(members, "path") ?? "",
            RouteData = Object(members, "routeData") ?? [],
            Query = Object(members, "query") ?? [],
            Headers = Object(members, "headers") ?? [],
            ContentType = Text(members, "contentType"),
            ContentLength = ValueConverter.To<long?>(members.GetValueOrDefault("contentLength")),
            Body = members.GetValueOrDefault("body"),
            Form = Object(members, "form"),
            Files = members.GetValueOrDefault("files") is List<object?> files
                ? [.. files.OfType<Dictionary<string, object?>>().Select(IncomingFile.Read)]
                : [],
        };
    }

    /// <summary>Bytes of the body, for the check of its size.</summary>
    internal long Size =>
        ContentLength
        ?? Body switch
        {
            byte[] bytes => bytes.Length,
            string text => Encoding.UTF8.GetByteCount(text),
            _ => Files.Sum(f => f.Length),
        };

    internal static string? Text(Dictionary<string, object?> members, string name) => ValueConverter.Text(members.GetValueOrDefault(name));

    private static Dictionary<string, object?>? Object(Dictionary<string, object?> members, string name) =>
        members.GetValueOrDefault(name) as Dictionary<string, object?>;
}

/// <summary>A file of a form.</summary>
/// <param name="Name">Name of the field.</param>
/// <param name="FileName">Name of the file, as the sender gave it: never use it as a path.</param>
/// <param name="ContentType">Its type, as the sender gave it.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Content">The bytes; null when the host keeps them elsewhere.</param>
public sealed record IncomingFile(string Name, string FileName, string? ContentType, long Length, byte[]? Content)
{
    internal Dictionary<string, object?> ToPlain() =>
        PlainObject.Of(("name", Name), ("fileName", FileName), ("contentType", ContentType), ("length", Length), ("content", Content));

    internal static IncomingFile Read(Dictionary<string, object?> members)
    {
        var content = members.GetValueOrDefault("content") as byte[];
        return new(
            IncomingRequest.Text(members, "name") ?? "",
            IncomingRequest.Text(members, "fileName") ?? "",
            IncomingRequest.Text(members, "contentType"),
            ValueConverter.To<long?>(members.GetValueOrDefault("length")) ?? content?.Length ?? 0,
            content
        );
    }
}
