using Microsoft.Extensions.Logging;

namespace ServiceLoop.ServiceDesk;

internal static partial class Log
{
    [LoggerMessage(1000, LogLevel.Error, "A look at a queue failed; all queues are looked at again soon")]
    public static partial void LookFailed(ILogger logger, Exception error);

    [LoggerMessage(
        1001,
        LogLevel.Information,
        "{Disconnected} agents were not heard of any more; {Requeued} tasks of agents who stay away wait again"
    )]
    public static partial void AgentsGone(ILogger logger, int disconnected, int requeued);

    [LoggerMessage(1090, LogLevel.Warning, "What is old could not be removed; it is tried again in an hour")]
    public static partial void UpkeepFailed(ILogger logger, Exception error);
}
