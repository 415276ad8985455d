using ServiceLoop.ServiceDesk.Routing;

namespace ServiceLoop.ServiceDesk.Calendars;

/// <summary>The working time of queues: by their calendar; around the clock where they have none, or it is gone.</summary>
internal sealed class QueueTime(WorkingTimes times) : IWorkingTime
{
    public async Task<DateTimeOffset> AddAsync(string? calendarId, DateTimeOffset from, TimeSpan span, CancellationToken ct)
    {
        var time = calendarId is null ? null : await times.FindAsync(calendarId, ct);
        return time?.Add(from, span) ?? from + span;
    }
}
