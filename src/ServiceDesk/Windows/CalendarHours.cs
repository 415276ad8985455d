using System.Collections.Immutable;
using ServiceLoop.ServiceDesk.Calendars;

namespace ServiceLoop.ServiceDesk.Windows;

/// <summary>The service is open by the business calendar of the settings, else by that of the company; without any it never closes.</summary>
internal sealed class CalendarHours(WorkingTimes times, ContactOptions options) : IServiceHours
{
    public async Task<ImmutableArray<Span>> OpenAsync(Span range, CancellationToken ct) =>
        await FindAsync(ct) is { } time ? Spans.Of(time.Spans(range.Start, range.End).Select(s => new Span(s.From, s.To))) : [range];

    public async Task<DateTimeOffset> AfterAsync(DateTimeOffset from, TimeSpan worked, CancellationToken ct) =>
        await FindAsync(ct) is { } time && time.Add(from, worked) is { } end ? end : from + worked;

    private async Task<WorkingTime?> FindAsync(CancellationToken ct)
    {
        var id = string.IsNullOrWhiteSpace(options.Calendar) ? await times.DefaultAsync(ct) : options.Calendar.Trim();
        return id is null ? null : await times.GetAsync(id, ct);
    }
}
