using System.Collections.Concurrent;

namespace ServiceLoop.ServiceDesk.Calendars;

/// <summary>The working time of calendars as they are now, for all parts of the desk. A version is worked out once and kept.</summary>
public sealed class WorkingTimes
{
    // Old versions are of no use once nobody asks for them; a company has few calendars, so forgetting all of them now and then is cheap.
    private const int MaxKept = 500;

    private readonly CalendarStore store;
    private readonly ConcurrentDictionary<(string Id, int Version), WorkingTime> kept = new();

    internal WorkingTimes(CalendarStore store) => this.store = store;

    /// <summary>The working time of a calendar's latest version; null when there is no such calendar.</summary>
    public async Task<WorkingTime?> FindAsync(string id, CancellationToken ct)
    {
        if (await store.VersionAsync(id, ct) is not { } version)
            return null;

        if (kept.TryGetValue((id, version), out var known))
            return known;

        if (await store.ListAsync(id, ct) is not [var view])
            return null;

        if (kept.Count >= MaxKept)
            kept.Clear();

        return kept.GetOrAdd((id, view.Calendar.Version), _ => new WorkingTime(view.Calendar));
    }

    /// <summary>The working time of a calendar that must be there.</summary>
    /// <exception cref="DeskRefusedException">There is no such calendar.</exception>
    public async Task<WorkingTime> GetAsync(string id, CancellationToken ct) =>
        await FindAsync(id, ct)
        ?? throw DeskRefusedException.Unknown(
            "calendar.unknown",
            $"There is no calendar '{SoundText.Quoted(id)}'. Look at the list of calendars."
        );

    /// <summary>Id of the calendar of the company; null when there is no calendar.</summary>
    public Task<string?> DefaultAsync(CancellationToken ct) => store.DefaultAsync(ct);
}
