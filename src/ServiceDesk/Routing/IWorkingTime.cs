namespace ServiceLoop.ServiceDesk.Routing;

/// <summary>Business time, as far as queues need it.</summary>
public interface IWorkingTime
{
    /// <summary>The moment that lies so much business time after another.</summary>
    /// <param name="calendarId">The calendar; null counts every minute.</param>
    /// <param name="from">From when, UTC.</param>
    /// <param name="span">Business time, not negative.</param>
    /// <param name="ct">Cancels.</param>
    Task<DateTimeOffset> AddAsync(string? calendarId, DateTimeOffset from, TimeSpan span, CancellationToken ct);
}

/// <summary>Counts every minute.</summary>
internal sealed class EveryMinute : IWorkingTime
{
    /// <inheritdoc/>
    public Task<DateTimeOffset> AddAsync(string? calendarId, DateTimeOffset from, TimeSpan span, CancellationToken ct) =>
        Task.FromResult(from + span);
}
