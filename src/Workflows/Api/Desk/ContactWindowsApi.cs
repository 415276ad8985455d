using Microsoft.AspNetCore.Http.HttpResults;
using ServiceLoop.Runtime.Access;
using ServiceLoop.ServiceDesk;
using ServiceLoop.ServiceDesk.Customers;
using ServiceLoop.ServiceDesk.Windows;

namespace ServiceLoop.Workflows.Api.Desk;

/// <summary>When customers may be contacted, and what the law of a place says about it.</summary>
internal static class ContactWindowsApi
{
    private const int MostHolidays = 1000;

    /// <summary>The legal window of a place, by the customer's own clock.</summary>
    /// <param name="From">Like 09:00.</param>
    /// <param name="To">Like 20:00.</param>
    /// <param name="DaysOff">0 (Sunday) to 6.</param>
    /// <param name="Holidays">Dates on which nobody may be contacted.</param>
    internal sealed record LawRequest(string? From, string? To, IReadOnlyList<int>? DaysOff, IReadOnlyList<DateOnly>? Holidays);

    /// <summary>The legal window of a place.</summary>
    internal sealed record LawView(
        string Jurisdiction,
        string From,
        string To,
        IReadOnlyList<int> DaysOff,
        IReadOnlyList<DateOnly> Holidays
    );

    /// <summary>By whose clock somebody may be contacted.</summary>
    internal sealed record ZoneView(string Zone, string? Jurisdiction, string Source, bool IsAssumed);

    /// <summary>When somebody may be contacted.</summary>
    internal sealed record AllowedView(IReadOnlyList<Span> Spans, IReadOnlyList<ZoneView> Zones);

    public static IEndpointRouteBuilder MapContactWindows(this IEndpointRouteBuilder routes)
    {
        var windows = routes.MapGroup("/contact-windows").WithTags("Callbacks");
        windows.MapGet("", ListAsync).Needs(Permissions.CallbacksRead);
        windows.MapGet("/allowed", AllowedAsync).Needs(Permissions.CallbacksRead);
        windows.MapPut("/{jurisdiction}", SetAsync).Needs(Permissions.CallbacksManage);
        windows.MapDelete("/{jurisdiction}", RemoveAsync).Needs(Permissions.CallbacksManage);
        return routes;
    }

    /// <summary>The legal windows of places that differ from 09:00 to 20:00 without Sundays.</summary>
    private static async Task<Ok<ListView<LawView>>> ListAsync(ContactTimes times, CancellationToken ct)
    {
        var laws = await times.LawsAsync(ct);
        return TypedResults.Ok(new ListView<LawView>([.. laws.Select(ViewOf)], laws.Count));
    }

    /// <summary>When a customer may be contacted, on a number or by message.</summary>
    private static async Task<Ok<AllowedView>> AllowedAsync(
        string? customerId,
        string[]? number,
        DateTimeOffset from,
        DateTimeOffset to,
        ContactTimes times,
        CancellationToken ct
    )
    {
        var allowed = await times.AllowedAsync(customerId, number ?? [], new(from.ToUniversalTime(), to.ToUniversalTime()), ct);
        return TypedResults.Ok(
            new AllowedView(
                allowed.Spans,
                [.. allowed.Zones.Select(z => new ZoneView(z.Zone, z.Jurisdiction, Words.Of(z.Source), z.IsAssumed))]
            )
        );
    }

    /// <summary>Sets the legal window of a place: a country code, or * for everywhere else.</summary>
    private static async Task<NoContent> SetAsync(string jurisdiction, LawRequest? request, ContactTimes times, CancellationToken ct)
    {
        var code = TextRules.Required(jurisdiction, "jurisdiction", 2).ToUpperInvariant();
        var open = new WindowText(request?.From, request?.To, request?.DaysOff).Read("window");

        if (request?.Holidays is { Count: > MostHolidays } many)
            throw DeskRefusedException.Invalid(
                "list.too-long",
                "holidays",
                $"'holidays' has {many.Count} entries, and {MostHolidays} are allowed."
            );

        await times.SetLawAsync(new(code, open with { Days = [] }, open.Days, [.. request?.Holidays ?? []]), ct);
        return TypedResults.NoContent();
    }

    /// <summary>The usual window holds for a place again.</summary>
    private static async Task<NoContent> RemoveAsync(string jurisdiction, ContactTimes times, CancellationToken ct)
    {
        await times.RemoveLawAsync(TextRules.Required(jurisdiction, "jurisdiction", 2).ToUpperInvariant(), ct);
        return TypedResults.NoContent();
    }

    private static LawView ViewOf(LegalWindow law) =>
        new(
            law.Jurisdiction,
            $"{law.Open.From:HH\\:mm}",
            $"{law.Open.To:HH\\:mm}",
            [.. law.DaysOff.Select(d => (int)d)],
            [.. law.Holidays.Order()]
        );
}
