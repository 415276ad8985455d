using System.Diagnostics;
using System.Globalization;

namespace ServiceLoop.Fuzz;

/// <summary>What to hunt, from where, and how long.</summary>
internal sealed record FuzzOptions(int Seconds, ulong Seed, FuzzTarget What, string Out, ulong? Replay, bool IsWorker)
{
    public static FuzzOptions? Parse(string[] args)
    {
        var options = new FuzzOptions(60, 1, FuzzTarget.All, Path.Combine(Path.GetTempPath(), "serviceloop-fuzz"), null, false);

        for (var i = 0; i < args.Length; i += 2)
        {
            if (args[i] == "--worker")
            {
                options = options with { IsWorker = true };
                i--;
                continue;
            }

            var value = i + 1 < args.Length ? args[i + 1] : "";
            var isNumber = ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number);

            switch (args[i])
            {
                case "--seconds" when isNumber:
                    options = options with { Seconds = (int)Math.Min(number, 86_400) };
                    break;
                case "--seed" when isNumber:
                    options = options with { Seed = number };
                    break;
                case "--replay" when isNumber:
                    options = options with { Replay = number };
                    break;
                case "--what" when Enum.TryParse<FuzzTarget>(value, ignoreCase: true, out var what):
                    options = options with { What = what };
                    break;
                case "--out" when value.Length > 0:
                    options = options with { Out = value };
                    break;
                default:
                    return null;
            }
        }

        return options;
    }
}

/// <summary>Runs seed after seed and says so before each, so that the one that kills the process is known.</summary>
internal static class FuzzWorker
{
    /// <summary>The case hangs: its thread cannot be ended, so the process is.</summary>
    public const int Hung = 3;

    public static int Run(FuzzOptions options)
    {
        var fuzz = new FuzzCase(FuzzCorpus.Read());
        var clock = Stopwatch.StartNew();
        var failed = false;
        using var progress = new FileStream(
            FuzzHunt.ProgressFile(options),
            FileMode.Create,
            FileAccess.Write,
            FileShare.ReadWrite,
            bufferSize: 0
        );

        for (var seed = options.Seed; clock.Elapsed.TotalSeconds < options.Seconds; seed++)
        {
            progress.Position = 0;
            progress.Write(BitConverter.GetBytes(seed));

            if (fuzz.Run(seed, options.What) is not { } failure)
                continue;

            failed = true;
            FuzzHunt.Tell(options, failure);

            if (failure.Kind == "hang")
                Environment.Exit(Hung);
        }

        return failed ? 1 : 0;
    }

    public static int Replay(ulong seed, FuzzOptions options)
    {
        var failure = new FuzzCase(FuzzCorpus.Read()).Run(seed, options.What);
        Console.WriteLine(failure is null ? $"seed {seed}: every promise was kept" : $"seed {seed}: {failure.Kind}: {failure.Message}");

        if (failure is not null)
            FuzzHunt.Tell(options, failure);

        return failure is null ? 0 : 1;
    }
}

/// <summary>Starts workers until the time is over; a worker that dies is a failure of its last seed.</summary>
internal static class FuzzHunt
{
    public static string ProgressFile(FuzzOptions options) => Path.Combine(options.Out, "progress");

    public static void Tell(FuzzOptions options, FuzzFailure failure)
    {
        var file = Path.Combine(options.Out, $"{failure.Kind}-{failure.Seed}.json");
        Directory.CreateDirectory(options.Out);
        File.WriteAllBytes(file, failure.Input);
        File.WriteAllText(file + ".txt", $"seed {failure.Seed}: {failure.Message}\n");
        Console.WriteLine($"seed {failure.Seed}: {failure.Kind}: {failure.Message.Split('\n')[0]}");
    }

    public static int Run(FuzzOptions options)
    {
        Directory.CreateDirectory(options.Out);
        var clock = Stopwatch.StartNew();
        var (first, cases, failed) = (options.Seed, 0ul, false);

        while (clock.Elapsed.TotalSeconds < options.Seconds)
        {
            var seconds = Math.Max(1, options.Seconds - (int)clock.Elapsed.TotalSeconds);
            using var worker = Start(options with { Seed = first, Seconds = seconds });
            worker.WaitForExit();
            var last = BitConverter.ToUInt64(File.ReadAllBytes(ProgressFile(options)));
            cases += last - first + 1;

            if (worker.ExitCode is not (0 or 1 or FuzzWorker.Hung))
                Tell(options, new(last, "death", $"The process died with exit code {worker.ExitCode}.", []));

            failed |= worker.ExitCode != 0;
            first = last + 1;
        }

        Console.WriteLine(
            $"{cases} cases from seed {options.Seed} in {clock.Elapsed.TotalSeconds:F0} s: {(failed ? "failures" : "no failure")}"
        );
        return failed ? 1 : 0;
    }

    private static Process Start(FuzzOptions options)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { Environment = { ["DOTNET_GCHeapHardLimit"] = "0x60000000" } };

        foreach (
            var argument in new[]
            {
                "--worker",
                "--seconds",
                $"{options.Seconds}",
                "--seed",
                $"{options.Seed}",
                "--what",
                $"{options.What}",
                "--out",
                options.Out,
            }
        )
            start.ArgumentList.Add(argument);

        return Process.Start(start)!;
    }
}
