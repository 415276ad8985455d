namespace ServiceLoop.ServiceDesk.Routing;

/// <summary>Business time, as far as queues need it.</summary>
public interface IWorkingTime
{
    /// <summary>The moment that lies some business minutes after another.</summary>
    /// <param name="calendarId">The calendar; null counts every minute.</param>
    /// <param name="from">From when, UTC.</param>
    /// <param name="minutes">Business minutes.</param>
    /// <param name="ct">Cancels.</param>
    Task<DateTimeOffset> AddAsync(string? calendarId, DateTimeOffset from, int minutes, CancellationToken ct);
}

/// <summary>Counts every minute.</summary>
internal sealed class EveryMinute : IWorkingTime
{
    /// <inheritdoc/>
    public Task<DateTimeOffset> AddAsync(string? calendarId, DateTimeOffset from, int minutes, CancellationToken ct) =>
        Task.FromResult(from.AddMinutes(minutes));
}
