namespace ServiceLoop.Runtime.Work;

/// <summary>Carries out messages of one topic that a domain package has sent.</summary>
/// <remarks>Called at least once for each message, with the same key: what must not happen twice is to be recognised by it.</remarks>
public interface IMessageHandler
{
    /// <summary>Topic; unique among all handlers.</summary>
    string Topic { get; }

    /// <summary>Carries out one message; an exception means that it failed and is to be tried again.</summary>
    Task HandleAsync(Message message, CancellationToken ct);
}

/// <summary>A message.</summary>
/// <param name="Key">Unique; the same when it comes again.</param>
/// <param name="Body">What comes with it, plain.</param>
/// <param name="Attempt">How often it was tried before.</param>
public sealed record Message(string Key, object? Body, int Attempt);
