using System.ComponentModel;
using System.Diagnostics;

namespace ServiceLoop.Runtime.Postgres.Embedded;

/// <summary>What a finished program said.</summary>
internal sealed record CommandResult(int ExitCode, string Output, string Error)
{
    public bool Succeeded => ExitCode == 0;

    /// <summary>Everything said, errors last.</summary>
    public string Said => $"{Output.TrimEnd()}\n{Error.TrimEnd()}".Trim();
}

/// <summary>A program to run to its end without a shell: file and arguments.</summary>
internal sealed record Command(string File, IReadOnlyList<string> Arguments)
{
    // The pipes of a program end with it, except on Windows, where a server that it started may have inherited them.
    private static readonly TimeSpan PipeGrace = TimeSpan.FromSeconds(2);

    public static Command Of(string file, params IReadOnlyList<string> arguments) => new(file, arguments);

    /// <summary>Runs the program; a cancelled token kills it.</summary>
    /// <exception cref="Win32Exception">The file does not exist or may not be run.</exception>
    public async Task<CommandResult> RunAsync(string workingDirectory, CancellationToken ct)
    {
        using var process = new Process { StartInfo = StartInfo(workingDirectory) };
        process.Start();
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            await process.WaitForExitAsync(ct);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return new(process.ExitCode, await EndOf(output), await EndOf(error));
    }

    private ProcessStartInfo StartInfo(string workingDirectory)
    {
        var start = new ProcessStartInfo(File, Arguments)
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
        };

        // PGDATA, PGPORT and friends would redirect our programs; messages must be English because we show and read them.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("PG", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment.Remove("LC_ALL");
        start.Environment.Remove("LANGUAGE");
        start.Environment["LC_MESSAGES"] = "C";
        return start;
    }

    private static async Task<string> EndOf(Task<string> pipe)
    {
        try
        {
            return await pipe.WaitAsync(PipeGrace);
        }
        catch (TimeoutException)
        {
            return "";
        }
    }
}
