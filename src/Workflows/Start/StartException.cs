namespace ServiceLoop.Workflows.Start;

/// <summary>The server cannot start as it is set up. The message is one sentence for the person who starts it, with the cure.</summary>
internal sealed class StartException(string message, Exception? inner = null) : Exception(message, inner);
