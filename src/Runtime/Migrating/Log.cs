using Microsoft.Extensions.Logging;

namespace ServiceLoop.Runtime.Migrating;

internal static partial class Log
{
    [LoggerMessage(900, LogLevel.Information, "Migration {RunId}: {Moved} of a batch of {Count} instances were moved")]
    public static partial void BatchDone(ILogger logger, string runId, int count, int moved);

    [LoggerMessage(901, LogLevel.Error, "Instance {InstanceId} could not be moved by migration {RunId}")]
    public static partial void MoveFailed(ILogger logger, string instanceId, string runId, Exception cause);
}
