using Microsoft.Extensions.Logging;

namespace ServiceLoop.Runtime.Hangfire;

/// <summary>What the work queue tells; events 500–599.</summary>
internal static partial class Log
{
    [LoggerMessage(500, LogLevel.Warning, "The store is away, work waits: {Reason}")]
    public static partial void StoreIsAway(ILogger logger, string reason);

    [LoggerMessage(501, LogLevel.Information, "The store is back, work goes on")]
    public static partial void StoreIsBack(ILogger logger);

    [LoggerMessage(502, LogLevel.Warning, "Hangfire's tables are away, due work is run without jobs: {Reason}")]
    public static partial void JobsAreAway(ILogger logger, string reason);

    [LoggerMessage(503, LogLevel.Information, "Hangfire's tables are back")]
    public static partial void JobsAreBack(ILogger logger);

    [LoggerMessage(504, LogLevel.Warning, "Leases of {Count} pieces of work could not be prolonged: {Reason}")]
    public static partial void LeasesNotRenewed(ILogger logger, int count, string reason);

    [LoggerMessage(505, LogLevel.Warning, "Work {WorkId} ({Key}) failed for the {Failures}. time; next attempt in {Seconds:0} s")]
    public static partial void WorkFailed(ILogger logger, long workId, string key, int failures, double seconds, Exception exception);

    [LoggerMessage(506, LogLevel.Error, "Work {WorkId} ({Key}) was given up after {Failures} failures")]
    public static partial void WorkGivenUp(ILogger logger, long workId, string key, int failures, Exception exception);

    [LoggerMessage(507, LogLevel.Error, "Work {WorkId} ({Key}) ended without an answer; it comes back when its lease ends")]
    public static partial void WorkLost(ILogger logger, long workId, string key, Exception exception);

    [LoggerMessage(508, LogLevel.Warning, "The node ends while {Count} pieces of work run; they come back when their leases end")]
    public static partial void WorkLeftBehind(ILogger logger, int count);

    [LoggerMessage(509, LogLevel.Information, "Removed {Count} instances that are no longer kept")]
    public static partial void Retained(ILogger logger, int count);

    [LoggerMessage(
        510,
        LogLevel.Warning,
        "Hangfire's tables cannot be prepared; timers and retries wait. Next try in {Seconds:0} s: {Reason}"
    )]
    public static partial void SchemaNotReady(ILogger logger, double seconds, string reason);

    [LoggerMessage(511, LogLevel.Debug, "Hangfire runs: {Workers} workers for timers, {Others} for other jobs")]
    public static partial void ServersRun(ILogger logger, int workers, int others);

    [LoggerMessage(EventId = 512, Message = "{Message}{Cause}")]
    public static partial void FromHangfire(ILogger logger, LogLevel level, string message, string cause);
}
