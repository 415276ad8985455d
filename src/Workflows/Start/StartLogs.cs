using Microsoft.Extensions.Logging.Console;

namespace ServiceLoop.Workflows.Start;

/// <summary>How the server logs, before there is a host and after.</summary>
internal sealed class StartLogs
{
    // Both tell of a start that failed, with a stack trace; the program tells it in one sentence.
    private static readonly string[] TellOfFailedStarts =
    [
        "Microsoft.Extensions.Hosting.Internal.Host",
        "Microsoft.AspNetCore.Server.Kestrel",
    ];

    private volatile bool started;

    /// <summary>From now on errors of the host are logged in full.</summary>
    public void Started() => started = true;

    /// <summary>Sets a logging builder up.</summary>
    public void Configure(ILoggingBuilder logging)
    {
        logging.Services.AddSingleton(TimeProvider.System);
        logging.AddConsole();
        logging.AddConsoleFormatter<PlainFormatter, ConsoleFormatterOptions>();
        logging.Services.PostConfigure<ConsoleLoggerOptions>(options => options.FormatterName ??= PlainFormatter.FormatterName);

        foreach (var category in TellOfFailedStarts)
            logging.AddFilter(category, level => started && level >= LogLevel.Warning);
    }
}
