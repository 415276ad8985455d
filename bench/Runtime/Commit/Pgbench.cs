using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;
using ServiceLoop.Runtime.Bench.Server;

namespace ServiceLoop.Runtime.Bench.Commit;

/// <summary>PostgreSQL's own load program with the one-statement step.</summary>
internal static partial class Pgbench
{
    // The embedded server allows 100 connections, and others need some.
    private const int MostClients = 64;

    /// <returns>Steps a second; null when the server came without pgbench.</returns>
    public static async Task<double?> RunAsync(BenchServer server, int clients, int seconds, CancellationToken ct)
    {
        if (await server.FindProgramAsync("pgbench", ct) is not { } program)
            return null;

        var address = new NpgsqlConnectionStringBuilder(server.ConnectionString);
        var start = new ProcessStartInfo(program)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["PGPASSWORD"] = address.Password },
        };
        string[] arguments =
        [
            "-n",
            "-M",
            "prepared",
            "-f",
            Path.Combine(AppContext.BaseDirectory, "Commit", "pgbench.sql"),
            "-h",
            address.Host!,
            "-p",
            $"{address.Port}",
            "-U",
            address.Username!,
            "-c",
            $"{Math.Min(clients, MostClients)}",
            "-j",
            $"{Math.Min(clients, 2)}",
            "-T",
            $"{seconds}",
            "-D",
            $"instances={BurstRows.Instances}",
            "-D",
            $"state=\\x{Convert.ToHexString(BurstRows.State)}",
            "-D",
            $"stimuli=\\x{Convert.ToHexString(BurstRows.Stimuli)}",
            "-D",
            $"entries=\\x{Convert.ToHexString(BurstRows.Entries)}",
            address.Database!,
        ];

        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(ct);
        var output = await process.StandardOutput.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        return Rate().Match(output) is { Success: true } match
            ? double.Parse(match.Groups["rate"].ValueSpan, CultureInfo.InvariantCulture)
            : throw new InvalidOperationException($"pgbench did not tell a rate: {output} {await errors}");
    }

    [GeneratedRegex(@"tps = (?<rate>[\d.]+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Rate();
}
