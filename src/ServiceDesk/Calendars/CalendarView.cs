using System.Collections.Immutable;

namespace ServiceLoop.ServiceDesk.Calendars;

/// <summary>Who made a version, and why.</summary>
/// <param name="Number">Number of the version.</param>
/// <param name="Reason">Why.</param>
/// <param name="MadeBy">Who.</param>
/// <param name="MadeAt">When, UTC.</param>
public sealed record CalendarOrigin(int Number, string Reason, string MadeBy, DateTimeOffset MadeAt);

/// <summary>A calendar with all its versions.</summary>
/// <param name="Calendar">The calendar.</param>
/// <param name="IsDefault">Whether it is that of the company.</param>
/// <param name="ChangedAt">When it was changed last, UTC.</param>
/// <param name="Origins">Where its versions come from, in their order.</param>
public sealed record CalendarView(
    BusinessCalendar Calendar,
    bool IsDefault,
    DateTimeOffset ChangedAt,
    ImmutableArray<CalendarOrigin> Origins
);

/// <summary>What a calendar is to be.</summary>
/// <param name="Name">Name.</param>
/// <param name="Zone">IANA zone; for a change, that of the calendar or null.</param>
/// <param name="EffectiveFrom">First day for which it counts; null for all days, also those of the past.</param>
/// <param name="Weekly">Hours of the week.</param>
/// <param name="Exceptions">Exceptions.</param>
/// <param name="Reason">Why, for those who read the history.</param>
public sealed record CalendarRequest(
    string Name,
    string? Zone,
    DateOnly? EffectiveFrom,
    ImmutableArray<WeeklyHours> Weekly,
    ImmutableArray<CalendarException> Exceptions,
    string Reason
);

/// <summary>What an import of holidays has done.</summary>
/// <param name="Calendar">The calendar after it.</param>
/// <param name="Holidays">Days that are closed by the list.</param>
/// <param name="MakeUpDays">Days that are opened by it.</param>
/// <param name="Changed">Days that were not so before.</param>
/// <param name="RecomputeId">The work that reckons open clocks again; null when nothing changed.</param>
public sealed record HolidayImport(CalendarView Calendar, int Holidays, int MakeUpDays, int Changed, string? RecomputeId);
