using Microsoft.Extensions.Logging;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Work;

/// <summary>What work tells; events 400–449.</summary>
internal static partial class Log
{
    [LoggerMessage(400, LogLevel.Error, "Work {Key} ({Kind}) is given up after {Attempts} failures")]
    public static partial void GivenUp(ILogger logger, string key, WorkKind kind, int attempts, Exception exception);

    [LoggerMessage(401, LogLevel.Warning, "Instance {InstanceId} of {DefinitionId} was not started: {Reason}")]
    public static partial void NotStarted(ILogger logger, string instanceId, string definitionId, string reason);
}
