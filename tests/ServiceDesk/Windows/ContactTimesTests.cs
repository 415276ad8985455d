using ServiceLoop.ServiceDesk.Calendars;
using ServiceLoop.ServiceDesk.Customers;
using ServiceLoop.ServiceDesk.Windows;
using ServiceLoop.TestKit;

namespace ServiceLoop.ServiceDesk.Tests.Windows;

public sealed class ContactTimesTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private static readonly DateTimeOffset Wednesday = new(2026, 3, 4, 0, 0, 0, TimeSpan.FromHours(8));
    private DeskUnderTest desk = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => desk = await DeskUnderTest.OpenAsync(postgres, Wednesday);

    public ValueTask DisposeAsync() => desk.DisposeAsync();

    [Fact]
    public async Task The_calendar_of_the_company_opens_the_service()
    {
        var calendar = await desk.Get<CalendarService>()
            .CreateAsync(
                new(
                    "Service",
                    "Asia/Shanghai",
                    null,
                    [new(DayOfWeek.Wednesday, new(9 * 60, 12 * 60)), new(DayOfWeek.Wednesday, new(810, 18 * 60))],
                    [],
                    "test"
                ),
                Ct
            );
        await desk.Get<CalendarService>().MakeDefaultAsync(calendar.Calendar.Id, Ct);

        var allowed = await desk.Get<ContactTimes>().AllowedAsync(null, ["+8613800000000"], new(Wednesday, Wednesday.AddDays(3)), Ct);

        allowed.Spans.ShouldBe([
            new(Wednesday.AddHours(9).ToUniversalTime(), Wednesday.AddHours(12).ToUniversalTime()),
            new(Wednesday.AddHours(13.5).ToUniversalTime(), Wednesday.AddHours(18).ToUniversalTime()),
        ]);
    }

    [Fact]
    public async Task Quiet_hours_of_the_one_who_goes_on_hold_and_a_do_not_contact_of_any()
    {
        var customers = desk.Get<CustomerDesk>();
        var preferences = new PreferencesText(null, [new("09:00", "19:00", null)], null);
        var winner = await customers.CreateAsync(new() { Zone = "Asia/Shanghai", Preferences = preferences }, null, Ct);
        var loser = await customers.CreateAsync(new() { DoNotContact = true }, null, Ct);
        var range = new Span(Wednesday.AddHours(18), Wednesday.AddDays(1));

        var before = await desk.Get<ContactTimes>().AllowedAsync(winner.Id, [], range, Ct);
        await customers.MergeAsync(winner.Id, loser.Id, "the same", Ct);
        var after = await desk.Get<ContactTimes>().AllowedAsync(winner.Id, [], range, Ct);

        before.Spans.ShouldAllBe(s => s.Start >= Wednesday.AddHours(19) && s.End <= Wednesday.AddHours(20));
        after.Spans.ShouldBeEmpty();
    }
}
