using Microsoft.Extensions.Logging;

namespace ServiceLoop.Runtime.Postgres.Store;

/// <summary>What the store tells; events 640–659.</summary>
internal static partial class Log
{
    [LoggerMessage(640, LogLevel.Warning, "The connection was lost while {Count} commits were under way; looking for what became of them")]
    public static partial void AnswerLost(ILogger logger, int count, Exception exception);

    [LoggerMessage(641, LogLevel.Information, "Found what became of {Count} commits whose answer was lost: {Committed} had happened")]
    public static partial void AnswerFound(ILogger logger, int count, int committed);

    [LoggerMessage(642, LogLevel.Error, "It is not known whether {Count} commits happened: the database did not come back in time")]
    public static partial void AnswerUnknown(ILogger logger, int count);

    [LoggerMessage(643, LogLevel.Warning, "A group of {Count} commits failed and is repeated one by one")]
    public static partial void GroupFailed(ILogger logger, int count, Exception exception);

    [LoggerMessage(644, LogLevel.Error, "The commit of instance {InstanceId} failed")]
    public static partial void CommitFailed(ILogger logger, string instanceId, Exception exception);

    [LoggerMessage(645, LogLevel.Warning, "The store is unavailable; {Count} commits were refused: {Reason}")]
    public static partial void Unavailable(ILogger logger, int count, string reason);

    [LoggerMessage(646, LogLevel.Warning, "Lost the connection that listens for changed definitions; connecting again: {Reason}")]
    public static partial void ListenerLost(ILogger logger, string reason);

    [LoggerMessage(647, LogLevel.Error, "A listener for changed definitions failed")]
    public static partial void ListenerFailed(ILogger logger, Exception exception);

    [LoggerMessage(648, LogLevel.Information, "Dropped the history {Partition}")]
    public static partial void JournalDropped(ILogger logger, string partition);

    [LoggerMessage(
        649,
        LogLevel.Warning,
        "Could not drop the history {Partition} without making others wait; it is tried again by the next retention"
    )]
    public static partial void JournalBusy(ILogger logger, string partition);
}
