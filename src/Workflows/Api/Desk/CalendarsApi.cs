using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceLoop.Runtime.Access;
using ServiceLoop.ServiceDesk;
using ServiceLoop.ServiceDesk.Calendars;
using ServiceLoop.ServiceDesk.Clocks;

namespace ServiceLoop.Workflows.Api.Desk;

/// <summary>Calendars of working time.</summary>
internal static class CalendarsApi
{
    /// <summary>A span of a day.</summary>
    /// <param name="From">Like 09:00.</param>
    /// <param name="To">Like 12:00; the end of a day is 24:00.</param>
    internal sealed record HoursView(string? From, string? To)
    {
        public static HoursView Of(OpenHours hours) => new(hours.ToString()[..5], hours.ToString()[6..]);

        public OpenHours Read(string field) => new(Minute(From, $"{field}.from"), Minute(To, $"{field}.to"));

        private static int Minute(string? text, string field) =>
            OpenHours.Minute(text)
            ?? throw DeskRefusedException.Invalid(
                "calendar.time",
                field,
                $"'{field}' is not a time of day. Write it like 09:00; midnight is 24:00."
            );
    }

    /// <summary>Hours of a day of the week.</summary>
    /// <param name="Day">Monday to Sunday.</param>
    /// <param name="From">Like 09:00.</param>
    /// <param name="To">Like 12:00; before <paramref name="From"/> when it ends on the next day.</param>
    internal sealed record WeekdayView(string? Day, string? From, string? To);

    /// <summary>A day that is not as the week says.</summary>
    /// <param name="Date">The day.</param>
    /// <param name="IsOpen">Whether there is working time on it.</param>
    /// <param name="Hours">The hours, when it is open.</param>
    /// <param name="Name">How people call it.</param>
    internal sealed record ExceptionView(DateOnly Date, bool IsOpen, HoursView[]? Hours, string? Name);

    /// <summary>A calendar as it is to be.</summary>
    /// <param name="Name">Name.</param>
    /// <param name="Zone">IANA zone, for example Asia/Shanghai.</param>
    /// <param name="EffectiveFrom">First day for which it counts; nothing means all days.</param>
    /// <param name="Weekly">Hours of the week.</param>
    /// <param name="Exceptions">Exceptions.</param>
    /// <param name="Reason">Why.</param>
    /// <param name="Version">For a change: the version that was seen.</param>
    internal sealed record SaveRequest(
        string? Name,
        string? Zone,
        DateOnly? EffectiveFrom,
        WeekdayView[]? Weekly,
        ExceptionView[]? Exceptions,
        string? Reason,
        int? Version
    )
    {
        public CalendarRequest Read() =>
            new(
                Name ?? "",
                Zone,
                EffectiveFrom,
                [
                    .. (Weekly ?? []).Select(
                        (day, i) => new WeeklyHours(DayOf(day.Day, i), new HoursView(day.From, day.To).Read($"weekly[{i}]"))
                    ),
                ],
                [.. (Exceptions ?? []).Select(Read)],
                Reason ?? ""
            );

        private static CalendarException Read(ExceptionView day, int index) =>
            new(
                day.Date,
                day.IsOpen ? ExceptionKind.Open : ExceptionKind.Closed,
                [.. (day.Hours ?? []).Select((h, i) => h.Read($"exceptions[{index}].hours[{i}]"))],
                day.Name ?? ""
            );

        private static DayOfWeek DayOf(string? name, int index) =>
            Enum.TryParse<DayOfWeek>(name, ignoreCase: true, out var day) && Enum.IsDefined(day) && !char.IsDigit(name[0])
                ? day
                : throw DeskRefusedException.Invalid(
                    "calendar.day",
                    $"weekly[{index}].day",
                    $"'weekly[{index}].day' is no day. Use Monday to Sunday."
                );
    }

    /// <summary>A list of holidays.</summary>
    /// <param name="List">The JSON of holiday-cn as text, a JSON list of name, date and isOffDay, or lines of date,name,isOffDay.</param>
    /// <param name="MakeUpHours">Hours of make-up workdays; nothing means the usual ones.</param>
    internal sealed record ImportRequest(string? List, HoursView[]? MakeUpHours);

    /// <summary>A version of a calendar.</summary>
    internal sealed record VersionView(
        int Number,
        DateOnly? EffectiveFrom,
        IReadOnlyList<WeekdayView> Weekly,
        IReadOnlyList<ExceptionView> Exceptions,
        string Reason,
        string MadeBy,
        DateTimeOffset MadeAt
    );

    /// <summary>A calendar.</summary>
    internal sealed record View(
        string Id,
        string Name,
        string Zone,
        bool IsDefault,
        int Version,
        DateTimeOffset ChangedAt,
        IReadOnlyList<VersionView> Versions,
        string? RecomputeId
    )
    {
        public static View Of(CalendarView view, bool isBrief = false, string? recomputeId = null) =>
            new(
                view.Calendar.Id,
                view.Calendar.Name,
                view.Calendar.Zone,
                view.IsDefault,
                view.Calendar.Version,
                view.ChangedAt,
                isBrief ? [] : [.. view.Calendar.Versions.Zip(view.Origins, Of)],
                recomputeId
            );

        private static VersionView Of(CalendarVersion version, CalendarOrigin origin) =>
            new(
                version.Number,
                version.EffectiveFrom,
                [.. version.Weekly.Select(w => new WeekdayView(w.Day.ToString(), HoursView.Of(w.Hours).From, HoursView.Of(w.Hours).To))],
                [
                    .. version.Exceptions.Select(e => new ExceptionView(
                        e.Date,
                        e.Kind == ExceptionKind.Open,
                        [.. e.Hours.Select(HoursView.Of)],
                        e.Name
                    )),
                ],
                origin.Reason,
                origin.MadeBy,
                origin.MadeAt
            );
    }

    /// <summary>What an import has done.</summary>
    internal sealed record ImportView(View Calendar, int Holidays, int MakeUpDays, int Changed);

    public static IEndpointRouteBuilder MapCalendars(this IEndpointRouteBuilder routes)
    {
        var calendars = routes.MapGroup("/calendars").Needs(Permissions.CalendarsRead).WithTags("Calendars");
        calendars.MapGet("", ListAsync).WithSummary("Lists calendars by name, without their versions.");
        calendars.MapGet("/{id}", GetAsync).WithSummary("A calendar with all its versions.");
        calendars
            .MapPost("", CreateAsync)
            .Needs(Permissions.CalendarsManage)
            .WithSummary("Makes a calendar; the first is that of the company.");
        calendars
            .MapPut("/{id}", ChangeAsync)
            .Needs(Permissions.CalendarsManage)
            .WithSummary("Makes the next version; open clocks are reckoned again in the background.");
        calendars
            .MapPost("/{id}/holidays", ImportAsync)
            .Needs(Permissions.CalendarsManage)
            .WithSummary("Takes in a list of holidays and make-up workdays.");
        calendars
            .MapPost("/{id}/default", DefaultAsync)
            .Needs(Permissions.CalendarsManage)
            .WithSummary("Makes it the calendar of the company.");
        calendars.MapGet("/{id}/recomputes", RecomputesAsync).WithSummary("How far its clocks are reckoned again after changes.");
        return routes;
    }

    private static async Task<Ok<ListView<View>>> ListAsync(CalendarService service, CancellationToken ct)
    {
        var all = await service.ListAsync(ct);
        return TypedResults.Ok(new ListView<View>([.. all.Select(c => View.Of(c, isBrief: true))], all.Count));
    }

    private static async Task<Results<Ok<View>, ProblemHttpResult>> GetAsync(string id, CalendarService service, CancellationToken ct) =>
        TypedResults.Ok(View.Of(await service.GetAsync(id, ct)));

    private static async Task<Results<Created<View>, ProblemHttpResult>> CreateAsync(
        SaveRequest request,
        CalendarService service,
        CancellationToken ct
    )
    {
        var view = View.Of(await service.CreateAsync(request.Read(), ct));
        return TypedResults.Created($"/api/calendars/{view.Id}", view);
    }

    private static async Task<Results<Ok<View>, ProblemHttpResult>> ChangeAsync(
        string id,
        SaveRequest request,
        CalendarService service,
        CancellationToken ct
    )
    {
        var (calendar, recompute) = await service.ChangeAsync(id, request.Read(), request.Version ?? 0, ct);
        return TypedResults.Ok(View.Of(calendar, recomputeId: recompute));
    }

    private static async Task<Results<Ok<ImportView>, ProblemHttpResult>> ImportAsync(
        string id,
        ImportRequest request,
        CalendarService service,
        CancellationToken ct
    )
    {
        ImmutableArray<OpenHours> hours =
        [
            .. (request.MakeUpHours ?? []).Select((h, i) => h.Read($"makeUpHours[{i.ToString(CultureInfo.InvariantCulture)}]")),
        ];
        var done = await service.ImportAsync(id, request.List ?? "", hours, ct);
        return TypedResults.Ok(
            new ImportView(View.Of(done.Calendar, recomputeId: done.RecomputeId), done.Holidays, done.MakeUpDays, done.Changed)
        );
    }

    private static async Task<Results<Ok<View>, ProblemHttpResult>> DefaultAsync(
        string id,
        CalendarService service,
        CancellationToken ct
    ) => TypedResults.Ok(View.Of(await service.MakeDefaultAsync(id, ct)));

    private static async Task<Ok<ListView<Recompute>>> RecomputesAsync(string id, CalendarService service, CancellationToken ct)
    {
        var all = await service.RecomputesAsync(id, ct);
        return TypedResults.Ok(new ListView<Recompute>(all, all.Count));
    }
}
