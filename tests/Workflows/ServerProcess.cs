using System.Collections.Concurrent;
using System.Diagnostics;

namespace ServiceLoop.Workflows.Tests;

/// <summary>The real server as a process of its own, as <c>dotnet run</c> starts it.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);

    private readonly Process process;
    private readonly ConcurrentQueue<string> lines = new();
    private readonly TaskCompletionSource<Uri> ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServerProcess(Process process) => this.process = process;

    /// <summary>All that it has printed so far.</summary>
    public string Output => string.Join('\n', lines);

    public IReadOnlyList<string> Lines => [.. lines];

    public int Id => process.Id;

    /// <summary>Starts the server on a free port.</summary>
    /// <param name="settings">Environment variables; null removes one.</param>
    public static ServerProcess Start(params IEnumerable<(string Name, string? Value)> settings)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "ServiceLoop.Workflows.dll"));

        // What the tests themselves were started with must not leak in.
        foreach (var name in (string[])["ConnectionStrings__Default", "DATABASE_URL", "ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT"])
            start.Environment.Remove(name);

        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        start.Environment["Definitions__Path"] = "";
        start.Environment["Triage__IsTrained"] = "false";
        start.Environment["People__BootstrapKey"] = DeploymentKey.Value;

        foreach (var (name, value) in settings)
            if (value is null)
                start.Environment.Remove(name);
            else
                start.Environment[name] = value;

        var server = new ServerProcess(new Process { StartInfo = start, EnableRaisingEvents = true });
        server.Begin();
        return server;
    }

    /// <summary>Waits for its last line, and gives the address in it.</summary>
    public async Task<HttpClient> ConnectAsync(CancellationToken ct)
    {
        try
        {
            var client = new HttpClient { BaseAddress = await ready.Task.WaitAsync(Patience, ct), Timeout = Patience };
            DeploymentKey.Show(client);
            return client;
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"The server was not ready after {Patience.TotalSeconds:0} s:\n{Output}", e);
        }
    }

    /// <summary>Waits until it has printed a text.</summary>
    public async Task SaysAsync(string text, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);

        while (!Output.Contains(text, StringComparison.Ordinal))
        {
            if (process.HasExited)
                throw new InvalidOperationException($"The server ended without saying '{text}':\n{Output}");

            await Task.Delay(50, patience.Token);
        }
    }

    /// <summary>Sends a signal: TERM, INT, KILL.</summary>
    public void Signal(string name) => Process.Start("kill", [$"-{name}", process.Id.ToString()])!.WaitForExit();

    /// <summary>Waits for its end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> ExitAsync(CancellationToken ct)
    {
        try
        {
            await process.WaitForExitAsync(ct).WaitAsync(Patience, ct);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"The server did not end within {Patience.TotalSeconds:0} s:\n{Output}", e);
        }

        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: false);
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }

    private void Begin()
    {
        process.OutputDataReceived += (_, line) => Take(line.Data);
        process.ErrorDataReceived += (_, line) => Take(line.Data);
        process.Exited += (_, _) => ready.TrySetException(new InvalidOperationException($"The server ended:\n{Output}"));
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    private void Take(string? line)
    {
        if (line is null)
            return;

        lines.Enqueue(line);

        if (line.IndexOf("ServiceLoop is ready: ", StringComparison.Ordinal) is >= 0 and var at)
            if (Uri.TryCreate(line[(at + "ServiceLoop is ready: ".Length)..].Split(',')[0], UriKind.Absolute, out var address))
                ready.TrySetResult(address);
    }
}
