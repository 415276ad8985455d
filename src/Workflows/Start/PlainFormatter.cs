using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace ServiceLoop.Workflows.Start;

/// <summary>Prints log messages for a person who watches a console: the time and a sentence. Machines read <c>json</c>, by setting.</summary>
internal sealed class PlainFormatter(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    /// <summary>Value of <c>Logging:Console:FormatterName</c>.</summary>
    public const string FormatterName = "plain";

    public override void Write<TState>(in LogEntry<TState> entry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var message = entry.Formatter(entry.State, entry.Exception);
        textWriter.Write(time.GetLocalNow().ToString("HH:mm:ss ", CultureInfo.InvariantCulture));
        textWriter.Write(Mark(entry.LogLevel));
        textWriter.WriteLine(message);

        if (entry.Exception is { } exception)
            textWriter.WriteLine(exception);
    }

    private static string Mark(LogLevel level) =>
        level switch
        {
            LogLevel.Critical or LogLevel.Error => "error: ",
            LogLevel.Warning => "warning: ",
            _ => "",
        };
}
