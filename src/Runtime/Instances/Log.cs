using Microsoft.Extensions.Logging;

namespace ServiceLoop.Runtime.Instances;

/// <summary>What bursts tell; events 300–399.</summary>
internal static partial class Log
{
    [LoggerMessage(300, LogLevel.Debug, "Instance {InstanceId} was changed by someone else at version {Expected}; the burst is repeated")]
    public static partial void CommitConflict(ILogger logger, string instanceId, long expected);

    [LoggerMessage(301, LogLevel.Warning, "The lease of {Name} was lost; if somebody else took it, this work will not be committed")]
    public static partial void LeaseLost(ILogger logger, string name);

    [LoggerMessage(302, LogLevel.Warning, "The lease of {Name} could not be renewed")]
    public static partial void LeaseNotRenewed(ILogger logger, string name, Exception exception);

    [LoggerMessage(
        303,
        LogLevel.Warning,
        "The answer of a host activity of instance {InstanceId} came too late: the instance went on without it"
    )]
    public static partial void AnswerTooLate(ILogger logger, string instanceId);

    [LoggerMessage(304, LogLevel.Information, "{InstanceId}: {Line}")]
    public static partial void Line(ILogger logger, string instanceId, string line);

    [LoggerMessage(307, LogLevel.Information, "{InstanceId}: a line that may hold a secret; its journal has it")]
    public static partial void HiddenLine(ILogger logger, string instanceId);

    [LoggerMessage(305, LogLevel.Warning, "Instance {InstanceId} of {DefinitionId} has a new incident; {Count} are open")]
    public static partial void Incident(ILogger logger, string instanceId, string definitionId, int count);

    [LoggerMessage(306, LogLevel.Warning, "The lease of instance {InstanceId} could not be given back; it ends by itself")]
    public static partial void LeaseNotReleased(ILogger logger, string instanceId, Exception exception);
}
