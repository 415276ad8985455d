using System.Globalization;

namespace ServiceLoop.Designer.Shell;

/// <summary>Moments as the person in front of the browser reads them. One for each page that is open.</summary>
/// <param name="clock">Tells what is today.</param>
public sealed class BrowserZone(TimeProvider clock)
{
    /// <summary>The person's own zone, or where they have none that of the browser; UTC until it has told.</summary>
    public TimeZoneInfo Zone { get; private set; } = TimeZoneInfo.Utc;

    /// <summary>The browser has told another zone.</summary>
    public event EventHandler? Changed;

    /// <summary>The moment that it is.</summary>
    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>Takes the zone of the browser.</summary>
    /// <param name="browser">IANA name, such as <c>Asia/Shanghai</c>; an unknown one is ignored.</param>
    /// <param name="own">The person's, which comes first; null for none.</param>
    public void Learn(string? browser, string? own = null)
    {
        var id = string.IsNullOrEmpty(own) ? browser : own;

        if (string.IsNullOrEmpty(id) || id == Zone.Id || !TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone))
            return;

        Zone = zone;
        Changed?.Invoke(this, EventArgs.Empty);
    }

    /// <summary>Date and time to the second, in the culture of the page.</summary>
    public string Format(DateTimeOffset moment) => Local(moment).ToString("G", CultureInfo.CurrentCulture);

    /// <summary>The wall clock in the zone.</summary>
    public DateTime Local(DateTimeOffset moment) => TimeZoneInfo.ConvertTime(moment, Zone).DateTime;

    /// <summary>The moment at which the wall clock of the browser shows a time; one that a change of the clocks leaves out moves forward.</summary>
    public DateTimeOffset Moment(DateTime local)
    {
        var wall = DateTime.SpecifyKind(local, DateTimeKind.Unspecified);
        var real = Zone.IsInvalidTime(wall) ? wall.AddHours(1) : wall;
        return new DateTimeOffset(real, Zone.GetUtcOffset(real)).ToUniversalTime();
    }
}
