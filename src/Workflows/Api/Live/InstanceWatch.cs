using Npgsql;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Workflows.Api.Live;

/// <summary>
/// Looks after observed instances: what this node commits is told at once, what others commit is heard from them, and every two seconds all that
/// viewers of this node look at is looked at once more, so that nothing that got lost on the way is missed.
/// </summary>
internal sealed class InstanceWatch(
    Observers observers,
    InstancePushes pushes,
    NotifyListener nodes,
    TimeProvider clock,
    ILogger<InstanceWatch> logger
) : BackgroundService
{
    /// <summary>How often everything is looked at once more.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    // An instance that commits a hundred times a second is told of ten times.
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(100);

    // Below the 8000 bytes of a notification, whatever the ids are made of.
    private const int MaxMessage = 6000;

    private readonly string self = Guid.NewGuid().ToString("N");
    private DateTimeOffset announcedAt;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var observed = nodes.Subscribe(NotifyListener.ObservedChannel, HearObserved);
        using var moved = nodes.Subscribe(NotifyListener.MovedChannel, HearMoved);

        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RoundAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is StoreUnavailableException or NpgsqlException)
            {
                // Viewers see what they have until the store is back.
                Log.ViewersNotTold(logger, e.Message);
                await Task.Delay(Every, clock, stoppingToken);
            }
        }
    }

    private async Task RoundAsync(CancellationToken ct)
    {
        var moved = new HashSet<string>(StringComparer.Ordinal);
        var heard = new HashSet<string>(StringComparer.Ordinal);
        var begun = new HashSet<string>(StringComparer.Ordinal);
        var everything = !await WaitAsync(ct);

        if (!everything)
            await Task.Delay(Gather, clock, ct);

        while (observers.Moves.TryRead(out var move))
            if (move.InstanceId is not { } id)
                everything = true;
            else
                (
                    move.IsNew ? begun
                    : move.IsHeard ? heard
                    : moved
                ).Add(id);

        // Who is announced first misses less.
        await AnnounceAsync(begun, ct);
        await TellNodesAsync(moved, ct);
        moved.UnionWith(heard);
        moved.UnionWith(begun);
        await pushes.LookAsync(everything ? observers.Local : [.. moved.Where(id => observers.Find(id) is not null)], begun, ct);
    }

    /// <summary>False when nothing came in time.</summary>
    private async Task<bool> WaitAsync(CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using var timer = clock.CreateTimer(
            static source => ((CancellationTokenSource)source!).Cancel(),
            patience,
            Every,
            Timeout.InfiniteTimeSpan
        );

        try
        {
            return await observers.Moves.WaitToReadAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Says what viewers of this node look at: what is new at once, all of it from time to time.</summary>
    private async Task AnnounceAsync(HashSet<string> begun, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        IReadOnlyCollection<string> told = begun;

        if (now - announcedAt >= Observers.RemoteLife / 3)
        {
            observers.Sweep();
            told = observers.Local;
            announcedAt = now;
        }

        await TellAsync(NotifyListener.ObservedChannel, told, ct);
    }

    private Task TellNodesAsync(HashSet<string> moved, CancellationToken ct) =>
        TellAsync(NotifyListener.MovedChannel, [.. moved.Where(observers.IsObservedElsewhere)], ct);

    private async Task TellAsync(string channel, IReadOnlyCollection<string> ids, CancellationToken ct)
    {
        var text = self;

        foreach (var id in ids)
        {
            if (System.Text.Encoding.UTF8.GetByteCount(text) + System.Text.Encoding.UTF8.GetByteCount(id) >= MaxMessage)
            {
                await nodes.TellAsync(channel, text, ct);
                text = self;
            }

            text += '\n' + id;
        }

        if (text.Length > self.Length)
            await nodes.TellAsync(channel, text, ct);
    }

    private void HearObserved(string? text)
    {
        if (ReadFromOthers(text) is { } ids)
            observers.HearObserved(ids);
    }

    private void HearMoved(string? text)
    {
        if (text is null)
            observers.WakeAll();
        else if (ReadFromOthers(text) is { } ids)
            foreach (var id in ids)
                observers.HearMoved(id);
    }

    /// <summary>The ids; null when it is from this node itself.</summary>
    private string[]? ReadFromOthers(string? text) => text?.Split('\n') is [var node, .. var ids] && node != self ? ids : null;
}
