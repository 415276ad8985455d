using Hangfire.Logging;
using Microsoft.Extensions.Logging;
using LogLevel = Hangfire.Logging.LogLevel;

namespace ServiceLoop.Runtime.Hangfire;

/// <summary>Hangfire's own messages, in our log. They are about its tables: one line each, without stack traces.</summary>
/// <remarks>Hangfire keeps one provider for the whole process: it must outlive hosts that end before others, as in tests.</remarks>
internal sealed class HangfireLog(ILoggerFactory factory) : ILogProvider
{
    public ILog GetLogger(string name)
    {
        try
        {
            return new Lines(factory.CreateLogger(name));
        }
        catch (ObjectDisposedException)
        {
            return new Lines(null);
        }
    }

    private sealed class Lines(ILogger? logger) : ILog
    {
        public bool Log(LogLevel logLevel, Func<string>? messageFunc, Exception? exception = null)
        {
            var level = (Microsoft.Extensions.Logging.LogLevel)(int)logLevel;

            if (logger is null || !logger.IsEnabled(level))
                return false;

            if (messageFunc is null)
                return true;

            var cause = exception?.GetBaseException();
            var message = messageFunc();
            var because = cause is null ? "" : $" ({cause.GetType().Name}: {cause.Message})";
            Hangfire.Log.FromHangfire(logger, level, message, because);
            return true;
        }
    }
}
