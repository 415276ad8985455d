using System.Collections.Immutable;
using System.Globalization;
using Npgsql;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Work;
using ServiceLoop.ServiceDesk.Clocks;

namespace ServiceLoop.ServiceDesk.Calendars;

/// <summary>Calendars: their versions, the import of holidays, and which is that of the company.</summary>
public sealed class CalendarService
{
    private const int MaxReason = 500;

    private readonly CalendarStore store;
    private readonly Recomputes recomputes;
    private readonly IAccess access;
    private readonly IWorkSignal signal;
    private readonly TimeProvider wall;

    internal CalendarService(CalendarStore store, Recomputes recomputes, IAccess access, IWorkSignal signal, TimeProvider wall) =>
        (this.store, this.recomputes, this.access, this.signal, this.wall) = (store, recomputes, access, signal, wall);

    /// <summary>All calendars, by name.</summary>
    public async Task<IReadOnlyList<CalendarView>> ListAsync(CancellationToken ct)
    {
        access.Demand(Permissions.CalendarsRead);
        return await store.ListAsync(null, ct);
    }

    /// <summary>A calendar.</summary>
    /// <exception cref="DeskRefusedException">There is none of that id.</exception>
    public async Task<CalendarView> GetAsync(string id, CancellationToken ct)
    {
        access.Demand(Permissions.CalendarsRead);
        return await OneAsync(id, ct);
    }

    /// <summary>Makes a calendar. The first one becomes that of the company.</summary>
    /// <exception cref="DeskRefusedException">Something is wrong with it; all faults are told.</exception>
    public async Task<CalendarView> CreateAsync(CalendarRequest request, CancellationToken ct)
    {
        access.Demand(Permissions.CalendarsManage);
        var version = Checked(request, request.Zone ?? "", 1);
        var id = Guid.CreateVersion7(wall.GetUtcNow()).ToString("N");

        return await access.ActAsync(
            new Deed(Permissions.CalendarsManage, "calendar.create", id) { Wanted = Told(request) },
            async () =>
            {
                await store.InsertAsync(id, request.Name.Trim(), request.Zone!, version, Origin(1, request.Reason), ct);
                return await OneAsync(id, ct);
            },
            ct
        );
    }

    /// <summary>Makes the next version of a calendar. Open clocks are reckoned again in the background.</summary>
    /// <param name="id">Which.</param>
    /// <param name="request">What it is to be.</param>
    /// <param name="seen">The version that was seen.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The calendar, and the id of the work that reckons its clocks again.</returns>
    /// <exception cref="DeskRefusedException">It is unknown, was changed meanwhile, or something is wrong with it.</exception>
    public async Task<(CalendarView Calendar, string RecomputeId)> ChangeAsync(
        string id,
        CalendarRequest request,
        int seen,
        CancellationToken ct
    )
    {
        access.Demand(Permissions.CalendarsManage);
        var before = await OneAsync(id, ct);

        if (request.Zone is { } zone && zone != before.Calendar.Zone)
            throw DeskRefusedException.Invalid(
                "calendar.zone",
                "zone",
                $"The zone of a calendar stays '{before.Calendar.Zone}', or its past would change. Make a new calendar for '{SoundText.Quoted(zone)}'."
            );

        var version = Checked(request, before.Calendar.Zone, seen + 1);
        return await AdvanceAsync("calendar.change", before, request.Name.Trim(), version, request.Reason, Told(request), ct);
    }

    /// <summary>Takes a list of holidays into a calendar; see <see cref="HolidayList"/>.</summary>
    /// <param name="id">Which.</param>
    /// <param name="list">The list as text.</param>
    /// <param name="makeUpHours">Hours of make-up workdays; empty for the usual ones.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="DeskRefusedException">The list cannot be read, or the calendar is unknown.</exception>
    public async Task<HolidayImport> ImportAsync(string id, string list, ImmutableArray<OpenHours> makeUpHours, CancellationToken ct)
    {
        access.Demand(Permissions.CalendarsManage);
        var (days, problems) = HolidayList.Read(list);
        Refuse("calendar.holidays", problems);

        var before = await OneAsync(id, ct);
        var last = before.Calendar.Versions[^1];
        var next = HolidayList.Into(last, days, makeUpHours) with { Number = last.Number + 1 };
        Refuse("calendar.invalid", CalendarRules.Check(before.Calendar.Name, before.Calendar.Zone, next));

        var known = last.Exceptions.Select(Key).ToHashSet(StringComparer.Ordinal);
        var changed = next.Exceptions.Count(e => !known.Contains(Key(e)));
        var (holidays, makeUp) = (days.Count(d => d.IsOffDay), days.Count(d => !d.IsOffDay));

        if (changed == 0)
            return new(before, holidays, makeUp, 0, null);

        var told = Facts.Of(("days", string.Join(' ', days.Select(d => $"{d.Date:yyyy-MM-dd}{(d.IsOffDay ? "" : "+")}").Take(100))));
        var reason = $"Holidays {days[0].Date:yyyy-MM-dd} to {days[^1].Date:yyyy-MM-dd}";
        var (after, recompute) = await AdvanceAsync("calendar.import", before, before.Calendar.Name, next, reason, told, ct);
        return new(after, holidays, makeUp, changed, recompute);
    }

    /// <summary>Makes a calendar that of the company: it counts where neither policy, contract nor queue names another.</summary>
    public async Task<CalendarView> MakeDefaultAsync(string id, CancellationToken ct)
    {
        access.Demand(Permissions.CalendarsManage);
        await OneAsync(id, ct);

        return await access.ActAsync(
            new Deed(Permissions.CalendarsManage, "calendar.default", id),
            async () =>
            {
                await store.SetDefaultAsync(id, ct);
                return await OneAsync(id, ct);
            },
            ct
        );
    }

    /// <summary>How far the clocks of a calendar are reckoned again, the latest change first.</summary>
    public async Task<IReadOnlyList<Recompute>> RecomputesAsync(string id, CancellationToken ct)
    {
        access.Demand(Permissions.CalendarsRead);
        return await recomputes.ListAsync(id, ct);
    }

    private async Task<(CalendarView, string)> AdvanceAsync(
        string action,
        CalendarView before,
        string name,
        CalendarVersion version,
        string reason,
        ImmutableSortedDictionary<string, string?> told,
        CancellationToken ct
    )
    {
        var id = before.Calendar.Id;
        var now = wall.GetUtcNow();
        var recompute = Guid.CreateVersion7(now).ToString("N");

        return await access.ActAsync(
            new Deed(Permissions.CalendarsManage, action, id)
            {
                Before = Facts.Of(("version", before.Calendar.Version.ToString(CultureInfo.InvariantCulture))),
                Wanted = told,
            },
            async () =>
            {
                IEnumerable<NpgsqlBatchCommand> Besides() => recomputes.Begin(recompute, id, version.Number, access.Actor.Name, now);

                if (!await store.AdvanceAsync(id, name, version, Origin(version.Number, reason), Besides, ct))
                    throw DeskRefusedException.Conflict(
                        "calendar.changed",
                        $"The calendar '{before.Calendar.Name}' was changed by somebody else meanwhile. Look at it again."
                    );

                signal.Ring(now);
                return (await OneAsync(id, ct), recompute);
            },
            ct
        );
    }

    private async Task<CalendarView> OneAsync(string id, CancellationToken ct) =>
        SoundText.IsOneLine(id) && await store.ListAsync(id, ct) is [var view]
            ? view
            : throw DeskRefusedException.Unknown(
                "calendar.unknown",
                $"There is no calendar '{SoundText.Quoted(id)}'. Look at the list of calendars."
            );

    private static CalendarVersion Checked(CalendarRequest request, string zone, int number)
    {
        TextRules.Required(request.Reason, "reason", MaxReason);
        var version = CalendarRules.Ordered(
            new(
                number,
                request.EffectiveFrom,
                request.Weekly.IsDefault ? [] : request.Weekly,
                request.Exceptions.IsDefault ? [] : request.Exceptions
            )
        );
        Refuse("calendar.invalid", CalendarRules.Check(request.Name, zone, version));
        return version;
    }

    private static void Refuse(string code, ImmutableArray<CalendarProblem> problems)
    {
        if (!problems.IsEmpty)
            throw CalendarProblem.Refusal(code, problems);
    }

    private CalendarOrigin Origin(int number, string reason) => new(number, reason.Trim(), access.Actor.Name, wall.GetUtcNow());

    private static string Key(CalendarException e) => $"{e.Date:O} {e.Kind} {string.Join(' ', e.Hours)} {e.Name}";

    private static ImmutableSortedDictionary<string, string?> Told(CalendarRequest request) =>
        Facts.Of(
            ("name", request.Name),
            ("effectiveFrom", request.EffectiveFrom?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
            ("reason", request.Reason)
        );
}
