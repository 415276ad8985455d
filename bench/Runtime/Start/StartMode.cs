using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ServiceLoop.Runtime.Bench.Measuring;
using ServiceLoop.Runtime.Bench.Server;
using ServiceLoop.Runtime.Postgres.Embedded;

namespace ServiceLoop.Runtime.Bench.Start;

/// <summary>The built server as a process of its own: from its start to its first ready answer, with a data folder that exists.</summary>
internal sealed class StartMode : IBenchMode
{
    private const string Program = "artifacts/bin/Workflows/release/ServiceLoop.Workflows.dll";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    public string Name => "start";

    public string Usage =>
        "[--rounds 5] [--quick]: the built server from start to ready; build it first: dotnet build -c Release src/Workflows";

    /// <param name="Wall">Seconds until the first ready answer.</param>
    /// <param name="Processor">Seconds of processor time of the process until then.</param>
    /// <param name="Server">The same of PostgreSQL.</param>
    /// <param name="WorkingSet">Bytes of the process.</param>
    private sealed record Figure(double Wall, double Processor, double Server, long WorkingSet);

    public async Task RunAsync(Arguments arguments, CancellationToken ct)
    {
        if (!File.Exists(Program))
            throw new FileNotFoundException(
                $"There is no {Program} here. Stand in the root of the repository and run: dotnet build -c Release src/Workflows"
            );

        var home = Path.Combine(Path.GetTempPath(), $"serviceloop-bench-{Guid.NewGuid():N}");

        try
        {
            var first = await StartAsync(home, ct);
            var others = new List<Figure>();

            for (var round = 0; round < arguments.Number("rounds", arguments.Has("quick") ? 1 : 5); round++)
                others.Add(await StartAsync(home, ct));

            Console.WriteLine("| start | until ready, wall s | processor s | PostgreSQL's processor s | working set MB | load |");
            Console.WriteLine("|---|---:|---:|---:|---:|---:|");
            Print("first, makes the data folder", [first]);
            Print($"with an existing data folder, median of {others.Count}", others);
        }
        finally
        {
            if (Directory.Exists(home))
                Directory.Delete(home, recursive: true);
        }
    }

    private static void Print(string name, IReadOnlyList<Figure> figures) =>
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {Latencies.Median(figures.Select(f => f.Wall)):0.00} | {Latencies.Median(figures.Select(f => f.Processor)):0.00} | {Latencies.Median(figures.Select(f => f.Server)):0.00} | {Latencies.Median(figures.Select(f => f.WorkingSet / 1e6)):0} | {Machine.Load()} |"
            )
        );

    private static async Task<Figure> StartAsync(string home, CancellationToken ct)
    {
        var port = FreePort();
        var info = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardOutput = true };
        info.ArgumentList.Add(Path.GetFullPath(Program));
        info.Environment["ASPNETCORE_URLS"] = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
        info.Environment[EmbeddedPostgresOptions.HomeVariable] = home;
        info.Environment.Remove("ConnectionStrings__Default");
        info.Environment.Remove("DATABASE_URL");
        var start = Stopwatch.GetTimestamp();
        using var process = Process.Start(info)!;
        var output = process.StandardOutput.ReadToEndAsync(ct);

        try
        {
            await ReadyAsync(process, port, ct);
            var wall = Stopwatch.GetElapsedTime(start).TotalSeconds;
            process.Refresh();
            return new(wall, process.TotalProcessorTime.TotalSeconds, ServerProcesses.TimeOf(home).TotalSeconds, process.WorkingSet64);
        }
        finally
        {
            if (!process.HasExited)
                using (var kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]))
                    await kill.WaitForExitAsync(ct);

            await process.WaitForExitAsync(ct).WaitAsync(Patience, ct);
            await output;
        }
    }

    private static async Task ReadyAsync(Process process, int port, CancellationToken ct)
    {
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        var start = Stopwatch.GetTimestamp();

        while (Stopwatch.GetElapsedTime(start) < Patience)
        {
            if (process.HasExited)
                throw new InvalidOperationException($"The server ended with exit code {process.ExitCode}.");

            try
            {
                using var answer = await client.GetAsync(new Uri("/health/ready", UriKind.Relative), ct);

                if (answer.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            await Task.Delay(Look, ct);
        }

        throw new TimeoutException($"The server was not ready after {Patience.TotalSeconds:0} s.");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
