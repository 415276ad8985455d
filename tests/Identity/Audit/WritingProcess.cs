using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using ServiceLoop.Identity.Audit;

namespace ServiceLoop.Identity.Tests.Audit;

/// <summary>A node that writes the audit log and tells every number that it was given: this test program, started again.</summary>
internal sealed class WritingProcess : IDisposable
{
    public const string Verb = "write-audit";

    private const int Writers = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);

    private readonly Process process;

    private WritingProcess(Process process) => this.process = process;

    /// <summary>The other side: writes without end.</summary>
    public static async Task<int> RunAsync(string address)
    {
        await using var database = NpgsqlDataSource.Create(address);
        await using var trail = new AuditTrail(database, TimeProvider.System, NullLogger<AuditTrail>.Instance);
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(n => WriteAsync(trail, n)));
        return 0;
    }

    public static WritingProcess Start(string address)
    {
        var start = new ProcessStartInfo(Path.ChangeExtension(typeof(WritingProcess).Assembly.Location, null), [Verb, address])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        return new(Process.Start(start)!);
    }

    /// <summary>Lets it write for a while, then kills it as <c>kill -9</c> does.</summary>
    /// <returns>Subject of each entry that it was told to be written, by number.</returns>
    public async Task<Dictionary<long, string>> KillAfterAsync(int entries, CancellationToken ct)
    {
        var acknowledged = new Dictionary<long, string>();

        while (await process.StandardOutput.ReadLineAsync(ct).AsTask().WaitAsync(Patience, ct) is { } line)
        {
            // The last line may be half a line.
            if (line.Split(' ') is [var number, var subject, "."])
                acknowledged.Add(long.Parse(number), subject);

            if (acknowledged.Count == entries)
                process.Kill();
        }

        await process.WaitForExitAsync(ct);
        return acknowledged;
    }

    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill();

        process.Dispose();
    }

    private static async Task WriteAsync(AuditTrail trail, int writer)
    {
        await Task.Yield();

        for (var n = 0; ; n++)
        {
            var subject = $"{writer}-{n}";
            var number = await trail.WriteAsync(Notes.Of(subject), default);
            Console.Out.WriteLine($"{number} {subject} .");
        }
    }
}
