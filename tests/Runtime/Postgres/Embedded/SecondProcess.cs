using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using ServiceLoop.Runtime.Postgres.Embedded;

namespace ServiceLoop.Runtime.Tests.Postgres.Embedded;

/// <summary>Another program that uses the embedded server: this test program, started again.</summary>
internal sealed class SecondProcess : IDisposable
{
    public const string Verb = "use-embedded-postgres";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);

    private readonly Process process;

    private SecondProcess(Process process) => this.process = process;

    public int Id => process.Id;

    /// <summary>The other side: starts the server, prints its connection string, stops when its input ends.</summary>
    public static async Task<int> RunAsync(string home)
    {
        await using var postgres = new EmbeddedPostgres(TestCluster.Fast(home), NullLogger<EmbeddedPostgres>.Instance, TimeProvider.System);
        Console.WriteLine(await postgres.StartAsync(CancellationToken.None));
        await Console.In.ReadToEndAsync();
        return 0;
    }

    /// <param name="home">The data home that the process shall use.</param>
    /// <param name="prefix">A program and its arguments that start another, for example <c>setpriv</c>.</param>
    public static SecondProcess Start(string home, params string[] prefix)
    {
        string[] command = [.. prefix, Path.ChangeExtension(typeof(SecondProcess).Assembly.Location, null), Verb, home];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return new(Process.Start(start)!);
    }

    /// <summary>What the process printed when its server was ready.</summary>
    public async Task<string> ConnectionStringAsync(CancellationToken ct) =>
        await process.StandardOutput.ReadLineAsync(ct).AsTask().WaitAsync(Patience, ct) is { Length: > 0 } line
            ? line
            : throw new InvalidOperationException("The second process failed: " + await process.StandardError.ReadToEndAsync(ct));

    public async Task StopAsync(CancellationToken ct)
    {
        process.StandardInput.Close();
        await process.WaitForExitAsync(ct).WaitAsync(Patience, ct);
    }

    /// <summary>As <c>kill -9</c>: no handler runs.</summary>
    public async Task KillAsync(CancellationToken ct)
    {
        process.Kill();
        await process.WaitForExitAsync(ct);
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
        }

        process.Dispose();
    }
}
