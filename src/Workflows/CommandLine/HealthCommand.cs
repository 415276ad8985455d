namespace ServiceLoop.Workflows.CommandLine;

/// <summary>The verb <c>health</c>: asks a node how it is, for probes on machines that have no other client.</summary>
internal static class HealthCommand
{
    public const string Usage = """
        health [URL]
          Asks a node whether it is ready (default http://localhost:5000/health/ready). Exit code 0 when it answers with success within 4 s,
          otherwise 1, with the reason.
        """;

    private const string DefaultUrl = "http://localhost:5000/health/ready";

    // Below the time-out of the probe in docker/Dockerfile, so that the reason is printed.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, Commands.Console console, CancellationToken ct)
    {
        var given = Arguments.Parse(arguments, [], []);

        if (given.Free.Count > 1)
            throw new UsageException("Name one URL.");

        var text = given.Free.Count == 1 ? given.Free[0] : DefaultUrl;

        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            throw new UsageException($"'{text}' is no URL. Write for example {DefaultUrl}.");

        using var client = new HttpClient { Timeout = Patience };

        try
        {
            using var answer = await client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, ct);

            if (answer.IsSuccessStatusCode)
                return Commands.Ok;

            await console.Error.WriteLineAsync($"{url} answered {(int)answer.StatusCode}.");
        }
        catch (HttpRequestException e)
        {
            await console.Error.WriteLineAsync($"{url} could not be reached: {e.Message}");
        }
        catch (TaskCanceledException) when (!ct.IsCancellationRequested)
        {
            await console.Error.WriteLineAsync($"{url} did not answer within {Patience.TotalSeconds:0} s.");
        }

        return Commands.Failed;
    }
}
