namespace ServiceLoop.Workflows;

/// <summary>What the server tells; events 700–799.</summary>
internal static partial class Log
{
    [LoggerMessage(700, LogLevel.Information, "ServiceLoop is ready: {Addresses}")]
    public static partial void Ready(ILogger logger, string addresses);

    [LoggerMessage(701, LogLevel.Information, "Stopping: not ready for new work; listening for {Seconds} s more")]
    public static partial void Draining(ILogger logger, int seconds);
}
