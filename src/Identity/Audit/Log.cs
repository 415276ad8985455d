using Microsoft.Extensions.Logging;

namespace ServiceLoop.Identity.Audit;

/// <summary>What the audit log tells of itself; events 1100–1199.</summary>
internal static partial class Log
{
    [LoggerMessage(1100, LogLevel.Warning, "The audit log cannot be written at the moment; {Count} entries wait: {Reason}")]
    public static partial void AuditAway(ILogger logger, int count, string reason);

    [LoggerMessage(1101, LogLevel.Information, "The audit log is written again after {Failures} failures")]
    public static partial void AuditBack(ILogger logger, int failures);

    [LoggerMessage(
        1102,
        LogLevel.Critical,
        "A row stands in audit_entry where the next entry belongs: somebody wrote into it by hand. The log goes on behind it; run verify-audit"
    )]
    public static partial void ChainCrowded(ILogger logger);

    [LoggerMessage(1103, LogLevel.Error, "The database refuses an entry of the audit log ({Action})")]
    public static partial void EntryRefused(ILogger logger, string action, Exception exception);

    [LoggerMessage(
        1104,
        LogLevel.Critical,
        "An entry of the audit log was lost: at {At:O} {Actor} {Action} {Subject} {End}, begun {Begun}; {Why}"
    )]
    public static partial void EntryLost(
        ILogger logger,
        DateTimeOffset at,
        string actor,
        string action,
        string subject,
        string end,
        long begun,
        string why
    );
}
