using Microsoft.Extensions.Logging;

namespace ServiceLoop.Designer;

internal static partial class Log
{
    [LoggerMessage(900, LogLevel.Error, "A page broke")]
    public static partial void PageBroke(ILogger logger, Exception exception);

    [LoggerMessage(901, LogLevel.Error, "A wish of a page failed; the person was told number {Number}")]
    public static partial void WishFailed(ILogger logger, string number, Exception exception);

    [LoggerMessage(902, LogLevel.Warning, "The authority of OpenID Connect cannot be asked how to sign in there: {Reason}")]
    public static partial void AuthorityDown(ILogger logger, string reason);
}
