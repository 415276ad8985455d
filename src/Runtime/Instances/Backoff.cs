namespace ServiceLoop.Runtime.Instances;

/// <summary>How long to wait before something that others stood in the way of is tried again.</summary>
/// <remarks>Real time, not the clock of the bursts: it is another process that we wait for.</remarks>
internal static class Backoff
{
    /// <summary>Tries before a caller is told; about three seconds in all.</summary>
    public const int MaxTries = 16;

    private const int FirstMilliseconds = 4;
    private const int MostMilliseconds = 300;

    /// <summary>Waits; longer for each further try, and never as long as another one.</summary>
    /// <param name="failed">How many tries have failed, from 1.</param>
    /// <param name="ct">Cancels.</param>
    public static Task PauseAsync(int failed, CancellationToken ct)
    {
        var most = Math.Min(MostMilliseconds, FirstMilliseconds << Math.Min(failed, 10));
        return Task.Delay(Random.Shared.Next(most / 2, most), ct);
    }
}
