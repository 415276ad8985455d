using Microsoft.Extensions.Logging;

namespace ServiceLoop.Designer;

internal static partial class Log
{
    [LoggerMessage(900, LogLevel.Error, "A page broke")]
    public static partial void PageBroke(ILogger logger, Exception exception);

    [LoggerMessage(901, LogLevel.Error, "A wish of a page failed; the person was told number {Number}")]
    public static partial void WishFailed(ILogger logger, string number, Exception exception);
}
