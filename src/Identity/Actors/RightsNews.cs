using Microsoft.Extensions.Logging;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Identity.Actors;

/// <summary>Whose rights have changed.</summary>
internal enum RightsKind
{
    /// <summary>Anybody's: something may have been missed.</summary>
    All,

    /// <summary>A person's, with all sessions.</summary>
    Person,

    /// <summary>One session's.</summary>
    Session,

    /// <summary>All holders' of a role.</summary>
    Role,

    /// <summary>An API key's.</summary>
    Key,
}

/// <summary>What has changed.</summary>
/// <param name="Kind">Of what kind.</param>
/// <param name="Id">Which; empty for all.</param>
internal readonly record struct RightsChange(RightsKind Kind, string Id);

/// <summary>Carries changes of rights to all nodes, so that what they remember of them is forgotten at once.</summary>
/// <remarks>A message may be lost with a connection: whatever is remembered is read again after seconds anyhow.</remarks>
internal sealed class RightsNews : IDisposable
{
    private readonly NotifyListener listener;
    private readonly ILogger<RightsNews> logger;
    private readonly IDisposable subscription;
    private readonly Lock gate = new();
    private Action<RightsChange>[] subscribers = [];
    private long generation;

    public RightsNews(NotifyListener listener, ILogger<RightsNews> logger)
    {
        (this.listener, this.logger) = (listener, logger);
        subscription = listener.Subscribe(NotifyListener.PeopleChannel, Hear);
    }

    /// <summary>Grows with each change: what was read before it grew may be stale.</summary>
    public long Generation => Interlocked.Read(ref generation);

    /// <summary>Calls back at each change, on any thread.</summary>
    public void Subscribe(Action<RightsChange> heard)
    {
        lock (gate)
            subscribers = [.. subscribers, heard];
    }

    /// <summary>Tells a change that is durable: this node knows it when this returns, the others soon.</summary>
    public async Task TellAsync(RightsChange change, CancellationToken ct)
    {
        Spread(change);

        try
        {
            await listener.TellAsync(NotifyListener.PeopleChannel, $"{change.Kind}:{change.Id}", ct);
        }
        catch (Exception error) when (error is Npgsql.NpgsqlException or StoreUnavailableException)
        {
            // The change itself is made. The others see it when they read again.
            Log.NotTold(logger, change.Kind.ToString(), error.Message);
        }
    }

    public void Dispose() => subscription.Dispose();

    private void Hear(string? text)
    {
        if (text is null)
            Spread(new(RightsKind.All, ""));
        else if (text.Split(':', 2) is [var kind, var id] && Enum.TryParse<RightsKind>(kind, out var known))
            Spread(new(known, id));
    }

    private void Spread(RightsChange change)
    {
        Interlocked.Increment(ref generation);

        foreach (var subscriber in subscribers)
            subscriber(change);
    }
}
