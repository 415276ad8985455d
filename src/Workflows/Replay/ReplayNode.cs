using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using ServiceLoop.Runtime.DrivenTime;
using ServiceLoop.Workflows.Start;

namespace ServiceLoop.Workflows.Replay;

/// <summary>What all nodes of a replay are started with.</summary>
/// <param name="Database">The database.</param>
/// <param name="Key">An API key that may do everything.</param>
/// <param name="Definitions">Folder of definitions; null for the product's.</param>
/// <param name="Folder">For their logs.</param>
internal sealed record NodeSettings(ReplayDatabase Database, string Key, string? Definitions, string Folder);

/// <summary>A node of the product, as a process of its own.</summary>
internal sealed class ReplayNode : IAsyncDisposable
{
    private const string ReadyLine = "ServiceLoop is ready: ";
    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(5);

    private readonly Process process;
    private readonly StreamWriter log;
    private readonly ConcurrentQueue<string> tail = new();
    private readonly TaskCompletionSource<Uri> ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ReplayNode(Process process, StreamWriter log) => (this.process, this.log) = (process, log);

    /// <summary>Where it answers.</summary>
    public Uri Address { get; private set; } = new("http://localhost");

    /// <summary>False once it has ended.</summary>
    public bool IsAlive => !process.HasExited;

    /// <summary>Processor time that it has used.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            try
            {
                process.Refresh();
                return process.TotalProcessorTime;
            }
            catch (InvalidOperationException)
            {
                return TimeSpan.Zero;
            }
        }
    }

    /// <summary>Starts one and waits until it answers.</summary>
    /// <exception cref="StartException">It does not start; the message holds its last lines.</exception>
    public static async Task<ReplayNode> StartAsync(NodeSettings settings, string name, Pace pace, CancellationToken ct)
    {
        var start = new ProcessStartInfo
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = settings.Folder,
        };

        // This very program: as it was published, or through dotnet.
        var program = Path.Combine(AppContext.BaseDirectory, $"{typeof(ReplayNode).Assembly.GetName().Name}.dll");
        start.FileName = "dotnet";
        start.ArgumentList.Add(program);
        Configure(start.Environment, settings, pace);
        var node = new ReplayNode(
            new Process { StartInfo = start, EnableRaisingEvents = true },
            new StreamWriter(Path.Combine(settings.Folder, $"{name}.log"), append: true) { AutoFlush = true }
        );

        try
        {
            node.Begin();
            node.Address = await node.ready.Task.WaitAsync(StartPatience, ct);
            return node;
        }
        catch (Exception e) when (e is TimeoutException or InvalidOperationException)
        {
            var said = string.Join('\n', node.tail);
            await node.DisposeAsync();
            throw new StartException($"Node {name} did not start:\n{said}", e);
        }
    }

    /// <summary>Ends it without a word, as a machine that loses its power.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            await KillAsync();

        process.Dispose();
        await log.DisposeAsync();
    }

    private static void Configure(IDictionary<string, string?> environment, NodeSettings settings, Pace pace)
    {
        // What this process was started with, and tests with theirs, must not leak in.
        foreach (var name in (string[])["DATABASE_URL", "ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT", "Definitions__Path"])
            environment.Remove(name);

        environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        environment["ConnectionStrings__Default"] = settings.Database.Address;
        environment["People__BootstrapKey"] = settings.Key;
        environment["Clock__Mode"] = nameof(ClockMode.Driven);
        environment["Clock__OnlyFor"] = settings.Database.Name;
        environment["Clock__Start"] = pace.Now.ToString("O", CultureInfo.InvariantCulture);
        environment["Clock__Origin"] = pace.At.ToString("O", CultureInfo.InvariantCulture);
        environment["Clock__Speed"] = pace.Speed.ToString("R", CultureInfo.InvariantCulture);
        // Simulated agents sign on and off; a heartbeat every 15 s of compressed time would be all that happens.
        environment["Presence__SilenceLimit"] = "14:00:00";
        // The replay trains on its own messages; a model of the product's examples at each start would only take its time.
        environment["Triage__IsTrained"] = "false";
        // Short pieces of work with short waits between them: threads that spin for the next piece would take more time than all the work.
        environment["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "0";
        environment["Logging__LogLevel__Default"] = nameof(LogLevel.Warning);
        environment["Logging__LogLevel__ServiceLoop.Workflows"] = nameof(LogLevel.Information);

        if (settings.Definitions is { } folder)
            environment["Definitions__Path"] = Path.GetFullPath(folder);
    }

    private void Begin()
    {
        process.OutputDataReceived += (_, line) => Take(line.Data);
        process.ErrorDataReceived += (_, line) => Take(line.Data);
        process.Exited += (_, _) => ready.TrySetException(new InvalidOperationException("It has ended."));
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    private void Take(string? line)
    {
        if (line is null)
            return;

        lock (log)
            log.WriteLine(line);

        tail.Enqueue(line);

        if (tail.Count > 20)
            tail.TryDequeue(out _);

        if (
            line.IndexOf(ReadyLine, StringComparison.Ordinal) is >= 0 and var at
            && Uri.TryCreate(line[(at + ReadyLine.Length)..].Split(',')[0], UriKind.Absolute, out var address)
        )
            ready.TrySetResult(address);
    }
}
