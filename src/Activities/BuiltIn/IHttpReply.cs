namespace ServiceLoop.Activities.BuiltIn;

/// <summary>The answer to the HTTP request that the present burst serves. Outside a request it is closed.</summary>
/// <remarks>One for each request; used by one thread.</remarks>
public interface IHttpReply
{
    /// <summary>True while a request waits for its answer.</summary>
    bool IsOpen { get; }

    /// <summary>Sends the answer; afterwards it is closed.</summary>
    ValueTask WriteAsync(HttpReply reply, CancellationToken ct);
}

/// <summary>An answer to an HTTP request.</summary>
/// <param name="StatusCode">100 to 599.</param>
/// <param name="ContentType">Type of the body; null without one.</param>
/// <param name="Body">The body; may be empty.</param>
public sealed record HttpReply(int StatusCode, string? ContentType, ReadOnlyMemory<byte> Body)
{
    /// <summary>Further headers.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Headers { get; init; } = new Dictionary<string, IReadOnlyList<string>>();
}

/// <summary>Stands where no request is served.</summary>
internal sealed class ClosedReply : IHttpReply
{
    public bool IsOpen => false;

    public ValueTask WriteAsync(HttpReply reply, CancellationToken ct) =>
        throw new InvalidOperationException("No request waits for an answer.");
}
