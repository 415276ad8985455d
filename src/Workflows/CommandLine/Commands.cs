using System.Runtime.InteropServices;
using System.Text;
using ServiceLoop.Workflows.Golden;
using ServiceLoop.Workflows.Replay;

namespace ServiceLoop.Workflows.CommandLine;

/// <summary>The command line: finds the verb, runs it, and turns what is wrong with a call into a sentence.</summary>
internal static class Commands
{
    /// <summary>Exit code when all is well.</summary>
    public const int Ok = 0;

    /// <summary>Exit code when something was wrong: the call, a file, a case.</summary>
    public const int Failed = 1;

    private static readonly Dictionary<
        string,
        (string Usage, Func<IReadOnlyList<string>, Console, CancellationToken, Task<int>> Run)
    > Verbs = new(StringComparer.Ordinal)
    {
        ["run"] = (RunCommand.Usage, RunCommand.RunAsync),
        ["check"] = (CheckCommand.Usage, CheckCommand.RunAsync),
        ["golden"] = (GoldenCommand.Usage, GoldenCommand.RunAsync),
        ["health"] = (HealthCommand.Usage, HealthCommand.RunAsync),
        ["export-definitions"] = (ExportCommand.Usage, ExportCommand.RunAsync),
        ["replay"] = (ReplayOptions.Usage, DeskReplayCommand.RunAsync),
        ["replay-instance"] = (ReplayCommand.Usage, ReplayCommand.RunAsync),
        ["train"] = (TrainCommand.Usage, TrainCommand.RunAsync),
        ["verify-audit"] = (VerifyAuditCommand.Usage, VerifyAuditCommand.RunAsync),
    };

    /// <summary>Where a verb writes.</summary>
    /// <param name="Out">Results.</param>
    /// <param name="Error">What was wrong with the call.</param>
    internal sealed record Console(TextWriter Out, TextWriter Error);

    /// <summary>True when the arguments ask for a command and not for the server.</summary>
    /// <remarks>Options without a verb are the server's: <c>--urls</c>, <c>--environment</c>.</remarks>
    public static bool IsCommand(string[] arguments) =>
        arguments.Length > 0 && arguments[0] != "serve" && (!arguments[0].StartsWith('-') || IsHelp(arguments[0]));

    /// <summary>True when there is such a verb.</summary>
    public static bool Has(string verb) => Verbs.ContainsKey(verb);

    /// <summary>Runs the verb of a command line until it ends or the process is asked to stop; asked a second time, it ends at once.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunUntilStoppedAsync(string[] arguments, TextWriter output, TextWriter error)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

        try
        {
            return await RunAsync(arguments, output, error, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await error.WriteLineAsync("Stopped.");
            return Failed;
        }

        void Stop(PosixSignalContext context)
        {
            context.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        }
    }

    /// <summary>Runs the verb of a command line.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter error, CancellationToken ct)
    {
        if (arguments.Length == 0 || IsHelp(arguments[0]))
        {
            await output.WriteLineAsync(Usage());
            return Ok;
        }

        if (!Verbs.TryGetValue(arguments[0], out var verb))
        {
            await error.WriteLineAsync($"There is no verb '{arguments[0]}'.");
            await error.WriteLineAsync(Usage());
            return Failed;
        }

        if (arguments.Skip(1).Any(IsHelp))
        {
            await output.WriteLineAsync(verb.Usage);
            return Ok;
        }

        try
        {
            return await verb.Run(arguments[1..], new Console(output, error), ct);
        }
        catch (UsageException e)
        {
            await error.WriteLineAsync(e.Message);
            await error.WriteLineAsync(verb.Usage);
            return Failed;
        }
        catch (Exception e) when (e is not (OperationCanceledException or OutOfMemoryException))
        {
            // A defect of ours; the caller still gets one sentence.
            await error.WriteLineAsync($"'{arguments[0]}' failed: {e.GetType().Name}: {e.Message.ReplaceLineEndings(" ")}");
            return Failed;
        }
    }

    private static bool IsHelp(string argument) => argument is "--help" or "-h" or "-?" or "help";

    private static string Usage()
    {
        var text = new StringBuilder("serviceloop VERB …   (no verb, or serve: the server)").AppendLine();

        foreach (var (usage, _) in Verbs.Values)
            text.AppendLine().AppendLine(usage);

        return text.ToString().TrimEnd();
    }
}
