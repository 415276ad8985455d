namespace ServiceLoop.Workflows.Api;

/// <summary>A request says something that cannot be understood. The message names value, place and cure.</summary>
/// <param name="code">Stable code, for programs.</param>
/// <param name="message">A sentence.</param>
internal sealed class RequestException(string code, string message) : Exception(message)
{
    /// <summary>Stable code, for programs.</summary>
    public string Code { get; } = code;
}
