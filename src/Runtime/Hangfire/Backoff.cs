namespace ServiceLoop.Runtime.Hangfire;

/// <summary>When work that failed is tried again: soon, in case it was a hiccup; then ever later; then never.</summary>
internal static class Backoff
{
    private static readonly int[] Seconds = [2, 10, 60, 300, 1800];

    // Work that failed together must not come back together.
    private const double Jitter = 0.2;

    /// <summary>How often work is tried in all.</summary>
    public static int Attempts => Seconds.Length + 1;

    /// <summary>How long to wait after so many failures; null when it is given up.</summary>
    /// <param name="failures">From 1.</param>
    /// <param name="chance">From 0 to 1; spreads the moments.</param>
    public static TimeSpan? After(int failures, double chance) =>
        failures > Seconds.Length ? null : TimeSpan.FromSeconds(Seconds[Math.Max(failures, 1) - 1] * (1 + (Jitter * chance)));
}
