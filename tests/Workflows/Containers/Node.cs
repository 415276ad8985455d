using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ServiceLoop.Workflows.Tests.Containers;

/// <summary>A node as the container would run it: entry point, environment and health check of the Dockerfile, on a port of this machine.</summary>
internal sealed class Node : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(180);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(180);

    private readonly string app;
    private readonly Process process;
    private readonly StringBuilder said = new();

    private Node(string app, string connectionString)
    {
        this.app = app;
        Port = FreePort();
        var start = Start(app, Dockerfile.Product.Single("node", "ENTRYPOINT").Words);
        start.Environment["ASPNETCORE_HTTP_PORTS"] = Text(Port);
        start.Environment["ConnectionStrings__Default"] = connectionString;
        start.Environment["People__BootstrapKey"] = DeploymentKey.Value;
        process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => Say(line.Data);
        process.ErrorDataReceived += (_, line) => Say(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Port { get; }

    public string Said
    {
        get
        {
            lock (said)
                return said.ToString();
        }
    }

    public static async Task<Node> StartAsync(string app, string connectionString, CancellationToken ct)
    {
        var node = new Node(app, connectionString);
        var clock = Stopwatch.StartNew();

        while (await node.HealthAsync(ct) != 0)
            if (node.process.HasExited || clock.Elapsed > StartLimit)
                throw new InvalidOperationException($"The node did not become healthy:\n{node.Said}");

        return node;
    }

    /// <summary>Runs the health check of the Dockerfile; its exit code.</summary>
    public async Task<int> HealthAsync(CancellationToken ct)
    {
        var words = Dockerfile.Product.Single("node", "HEALTHCHECK").Words;
        var port = Dockerfile.Product.Environment("node")["ASPNETCORE_HTTP_PORTS"];
        using var probe = Process.Start(
            Start(app, [.. words.Select(w => w.Replace($":{port}/", $":{Text(Port)}/", StringComparison.Ordinal))])
        )!;
        _ = probe.StandardOutput.ReadToEndAsync(ct);
        _ = probe.StandardError.ReadToEndAsync(ct);
        await probe.WaitForExitAsync(ct);
        return probe.ExitCode;
    }

    /// <summary>Asks the node itself; the status of its answer.</summary>
    public async Task<HttpStatusCode> StatusAsync(string path, CancellationToken ct)
    {
        using var client = new HttpClient();
        DeploymentKey.Show(client);
        using var response = await client.GetAsync(new Uri($"http://localhost:{Text(Port)}{path}"), ct);
        return response.StatusCode;
    }

    /// <summary>Sends the stop signal of the Dockerfile and waits; the exit code.</summary>
    public async Task<int> StopAsync(CancellationToken ct)
    {
        var signal = Dockerfile.Product.Single("node", "STOPSIGNAL").Arguments.Replace("SIG", "", StringComparison.Ordinal);
        using var kill = Process.Start("kill", [$"-{signal}", Text(process.Id)]);
        await kill.WaitForExitAsync(ct);
        await process.WaitForExitAsync(ct).WaitAsync(StopLimit, ct);
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static ProcessStartInfo Start(string app, string[] words)
    {
        var start = new ProcessStartInfo(words[0], words[1..])
        {
            WorkingDirectory = app,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };

        foreach (var (name, value) in Dockerfile.Product.Environment("node"))
            start.Environment[name] = value;

        return start;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private void Say(string? line)
    {
        lock (said)
            said.AppendLine(line);
    }
}
