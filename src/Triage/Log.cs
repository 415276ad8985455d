using Microsoft.Extensions.Logging;

namespace ServiceLoop.Triage;

internal static partial class Log
{
    [LoggerMessage(1200, LogLevel.Information, "Triage model {Version} is in force ({Bytes} bytes)")]
    public static partial void Loaded(ILogger logger, long version, int bytes);

    [LoggerMessage(1201, LogLevel.Error, "Triage model {Version} cannot be used, the one before stays in force on this node: {Reason}")]
    public static partial void Unusable(ILogger logger, long version, string reason);

    [LoggerMessage(1202, LogLevel.Warning, "It could not be seen which triage model is in force; it is looked at again soon")]
    public static partial void LookFailed(ILogger logger, Exception error);

    [LoggerMessage(
        1203,
        LogLevel.Information,
        "Triage model {Version} was trained from the examples of the product: accuracy {Accuracy:P1}, {Seconds:0.0} s"
    )]
    public static partial void Started(ILogger logger, long version, double accuracy, double seconds);

    [LoggerMessage(1204, LogLevel.Error, "No triage model could be trained from the examples of the product; contacts go to people")]
    public static partial void StartFailed(ILogger logger, Exception error);

    [LoggerMessage(
        1205,
        LogLevel.Error,
        "The sentence embedding cannot be used on this machine (no native part for it, or too little memory); contacts are judged by their words alone"
    )]
    public static partial void EmbeddingUnusable(ILogger logger, Exception error);
}
