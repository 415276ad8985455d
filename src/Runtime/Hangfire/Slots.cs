namespace ServiceLoop.Runtime.Hangfire;

/// <summary>Runs a bounded number of things at once.</summary>
/// <param name="count">How many.</param>
internal sealed class Slots(int count) : IDisposable
{
    private readonly SemaphoreSlim free = new(count, count);

    /// <summary>Begins at once, or not at all.</summary>
    /// <param name="run">Must not throw.</param>
    /// <returns>False when there is no slot.</returns>
    public bool TryBegin(Func<Task> run)
    {
        if (!free.Wait(0))
            return false;

        Begin(run);
        return true;
    }

    /// <summary>Begins as soon as there is a slot.</summary>
    /// <param name="run">Must not throw.</param>
    /// <param name="ct">Gives up waiting.</param>
    public async Task BeginAsync(Func<Task> run, CancellationToken ct)
    {
        await free.WaitAsync(ct);
        Begin(run);
    }

    /// <summary>Waits until nothing runs any more.</summary>
    /// <exception cref="OperationCanceledException">Something still runs.</exception>
    public async Task DrainAsync(CancellationToken ct)
    {
        var taken = 0;

        try
        {
            for (; taken < count; taken++)
                await free.WaitAsync(ct);
        }
        finally
        {
            if (taken > 0)
                free.Release(taken);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => free.Dispose();

    private void Begin(Func<Task> run) =>
        _ = Task.Run(
            async () =>
            {
                try
                {
                    await run();
                }
                finally
                {
                    free.Release();
                }
            },
            CancellationToken.None
        );
}
