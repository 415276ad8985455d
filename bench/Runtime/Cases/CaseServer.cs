using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;

namespace ServiceLoop.Runtime.Bench.Cases;

/// <summary>The whole product as a process of its own, on driven time, with its definitions and its starter set.</summary>
internal sealed class CaseServer : IAsyncDisposable
{
    private const string ReadyLine = "ServiceLoop is ready: ";
    private const string Key = "a-key-for-the-bench-of-cases-and-nothing-else";

    private readonly Process process;
    private readonly TaskCompletionSource<Uri> ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private CaseServer(Process process) => this.process = process;

    public HttpClient Client { get; private set; } = new();

    /// <summary>Processor time so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }
    }

    public static async Task<CaseServer> StartAsync(string database, CancellationToken ct)
    {
        // Beside this program, in the same configuration.
        var configuration = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/')).Name;
        var program = Path.GetFullPath(
            Path.Combine(AppContext.BaseDirectory, "../../Workflows", configuration, "ServiceLoop.Workflows.dll")
        );

        if (!File.Exists(program))
            throw new InvalidOperationException($"There is no '{program}'. Build src/Workflows in the same configuration first.");

        var start = new ProcessStartInfo("dotnet")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(program);
        start.Environment["ConnectionStrings__Default"] = database;
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        start.Environment["People__BootstrapKey"] = Key;
        start.Environment["Clock__Mode"] = "Driven";
        start.Environment["Clock__OnlyFor"] = new NpgsqlConnectionStringBuilder(database).Database;
        start.Environment["Clock__Start"] = DateTimeOffset.UtcNow.ToString("O", CultureInfo.InvariantCulture);
        start.Environment["Triage__IsTrained"] = "false";
        start.Environment["Logging__LogLevel__Default"] = "Warning";
        start.Environment["Logging__LogLevel__ServiceLoop.Workflows"] = "Information";
        var server = new CaseServer(new Process { StartInfo = start, EnableRaisingEvents = true });
        server.process.OutputDataReceived += (_, line) => server.Take(line.Data);
        server.process.ErrorDataReceived += (_, line) => server.Take(line.Data);
        server.process.Start();
        server.process.BeginOutputReadLine();
        server.process.BeginErrorReadLine();
        var address = await server.ready.Task.WaitAsync(TimeSpan.FromMinutes(5), ct);
        server.Client = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromMinutes(2) };
        server.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("ApiKey", Key);
        return server;
    }

    /// <summary>Asks, and fails with what was said where it is refused.</summary>
    public async Task<JsonElement> SendAsync(HttpMethod method, string path, object? body, string? who, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };

        if (who is not null)
            request.Headers.Add("X-On-Behalf-Of", who);

        using var answer = await Client.SendAsync(request, ct);
        var text = await answer.Content.ReadAsStringAsync(ct);
        return answer.IsSuccessStatusCode
            ? text.Length == 0
                ? default
                : JsonElement.Parse(text)
            : throw new InvalidOperationException($"{method} {path}: {(int)answer.StatusCode} {text}");
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();

        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }

    private void Take(string? line)
    {
        if (line?.IndexOf(ReadyLine, StringComparison.Ordinal) is >= 0 and var at)
            ready.TrySetResult(new Uri(line[(at + ReadyLine.Length)..].Split(',')[0]));
    }
}
