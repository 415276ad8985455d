using Microsoft.Extensions.Logging;

namespace ServiceLoop.Runtime.Postgres.Embedded;

/// <summary>Tells at intervals that a long step is still going on, so that a slow first start does not look hung.</summary>
internal static class StillBusy
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    public static async Task<T> TellAsync<T>(Task<T> work, string what, ILogger logger, TimeProvider time, CancellationToken ct)
    {
        var start = time.GetTimestamp();
        while (await Task.WhenAny(work, Task.Delay(Every, time, ct)) != work && !ct.IsCancellationRequested)
        {
            Log.StillBusy(logger, what, (int)time.GetElapsedTime(start).TotalSeconds);
        }

        return await work;
    }
}
