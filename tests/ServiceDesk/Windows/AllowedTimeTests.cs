using System.Collections.Immutable;
using CsCheck;
using ServiceLoop.ServiceDesk.Windows;

namespace ServiceLoop.ServiceDesk.Tests.Windows;

public sealed class AllowedTimeTests
{
    private static readonly TimeZoneInfo Shanghai = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");
    private static readonly Span Wednesday = Range("2026-03-04T00:00+08:00", 1);

    [Fact]
    public void Nobody_is_contacted_before_nine_and_after_eight_in_the_evening()
    {
        var allowed = Of(new() { Numbers = [new("+8613800138000", null)] }, Wednesday);

        allowed.Spans.ShouldBe([Between("2026-03-04T09:00+08:00", "2026-03-04T20:00+08:00")]);
    }

    [Fact]
    public void Nobody_is_contacted_on_a_sunday_or_a_holiday()
    {
        var laws = new LegalWindows([LegalWindow.Default with { Jurisdiction = "CN", Holidays = [new(2026, 3, 9)] }]);

        var allowed = AllowedTime.Of(
            new() { Numbers = [new("+8613800138000", null)] },
            laws,
            Always(Range("2026-03-07T00:00+08:00", 4)),
            Shanghai,
            Range("2026-03-07T00:00+08:00", 4)
        );

        allowed.Spans.ShouldBe([
            Between("2026-03-07T09:00+08:00", "2026-03-07T20:00+08:00"),
            Between("2026-03-10T09:00+08:00", "2026-03-10T20:00+08:00"),
        ]);
    }

    [Fact]
    public void Windows_quiet_hours_law_and_service_are_cut_with_each_other()
    {
        var subject = new ContactSubject
        {
            Zone = "Asia/Shanghai",
            Preferred = [new(new(8, 0), new(18, 0))],
            Quiet = [new(new(12, 0), new(14, 0))],
        };

        var allowed = AllowedTime.Of(
            subject,
            LegalWindows.None,
            [Between("2026-03-04T09:30+08:00", "2026-03-04T17:00+08:00")],
            Shanghai,
            Wednesday
        );

        allowed.Spans.ShouldBe([
            Between("2026-03-04T09:30+08:00", "2026-03-04T12:00+08:00"),
            Between("2026-03-04T14:00+08:00", "2026-03-04T17:00+08:00"),
        ]);
    }

    [Fact]
    public void Numbers_in_several_zones_share_the_time_that_suits_all()
    {
        var allowed = Of(new() { Numbers = [new("+8613800138000", null), new("+4930123456", null)] }, Wednesday);

        // 09:00 to 20:00 in Berlin is 16:00 to 03:00 in Shanghai.
        allowed.Spans.ShouldBe([Between("2026-03-04T16:00+08:00", "2026-03-04T20:00+08:00")]);
    }

    [Fact]
    public void A_country_of_many_zones_is_called_when_it_suits_from_coast_to_coast()
    {
        var allowed = Of(new() { Numbers = [new("+14155550100", null)] }, Range("2026-03-04T00:00+00:00", 1.5));

        // 09:00 in Honolulu is 19:00 UTC, 20:00 in St. John's is 23:30 UTC.
        allowed.Spans.ShouldContain(Between("2026-03-04T19:00+00:00", "2026-03-04T23:30+00:00"));
        allowed.Zones.ShouldAllBe(z => z.IsAssumed);
    }

    [Theory]
    [InlineData("+8613800138000", "Asia/Tokyo", null, "Asia/Tokyo", ZoneSource.Number)]
    [InlineData("+8613800138000", null, "Asia/Tokyo", "Asia/Tokyo", ZoneSource.Customer)]
    [InlineData("+4930123456", null, null, "Europe/Berlin", ZoneSource.Prefix)]
    [InlineData("+9999123456", null, null, "Asia/Shanghai", ZoneSource.Tenant)]
    [InlineData("+4930123456", "Mars/Base", "Mars/Base", "Europe/Berlin", ZoneSource.Prefix)]
    public void An_unknown_zone_is_assumed_and_that_is_recorded(
        string number,
        string? its,
        string? customers,
        string zone,
        ZoneSource source
    )
    {
        var allowed = Of(new() { Zone = customers, Numbers = [new(number, its)] }, Wednesday);

        var used = allowed.Zones.ShouldHaveSingleItem();
        used.Zone.ShouldBe(zone);
        used.Source.ShouldBe(source);
        used.IsAssumed.ShouldBe(source is ZoneSource.Prefix or ZoneSource.Tenant);
    }

    [Fact]
    public void The_law_is_that_of_the_country_of_the_number()
    {
        var laws = new LegalWindows([new("FR", new(new(10, 0), new(13, 0)), [DayOfWeek.Saturday, DayOfWeek.Sunday], [])]);

        var allowed = AllowedTime.Of(new() { Numbers = [new("+33123456789", null)] }, laws, Always(Wednesday), Shanghai, Wednesday);

        allowed.Spans.ShouldBe([Between("2026-03-04T10:00+01:00", "2026-03-04T13:00+01:00")]);
    }

    [Fact]
    public void Who_must_not_be_contacted_never_is() => Of(new() { DoNotContact = true }, Wednesday).Spans.ShouldBeEmpty();

    [Fact]
    public void Quiet_hours_over_midnight_hold_on_both_days()
    {
        var late = new LegalWindows([new(LegalWindow.Anywhere, new(new(0, 0), new(0, 0)), [], [])]);
        var subject = new ContactSubject { Zone = "Asia/Shanghai", Quiet = [new(new(22, 0), new(8, 0))] };

        var allowed = AllowedTime.Of(subject, late, Always(Wednesday), Shanghai, Wednesday);

        allowed.Spans.ShouldBe([Between("2026-03-04T08:00+08:00", "2026-03-04T22:00+08:00")]);
    }

    [Fact]
    public void No_moment_outside_the_customers_clock_is_allowed_and_none_inside_is_left_out()
    {
        var zones = AnyOf.These(
            "America/New_York",
            "Europe/Berlin",
            "Asia/Shanghai",
            "Australia/Lord_Howe",
            "Asia/Kathmandu",
            "Africa/Casablanca"
        );
        var time = Gen.Int[0, 95].Select(q => new TimeOnly(q / 4, q % 4 * 15));
        var days = Gen.Enum<DayOfWeek>().Array[0, 3].Select(d => d.Distinct().ToImmutableArray());
        var window = Gen.Select(time, time, days, (from, to, on) => new DailyWindow(from, to) { Days = on });
        var start = Gen.Int[0, 365 * 24 * 4].Select(q => new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(15 * q));

        Gen.Select(zones.Array[1, 3], window.Array[0, 2], window.Array[0, 2], window, start)
            .Sample(
                (names, preferred, quiet, law, from) =>
                {
                    var range = new Span(from, from.AddDays(4));
                    var subject = new ContactSubject
                    {
                        Numbers = [.. names.Select(n => new ContactNumber("+9999", n))],
                        Preferred = [.. preferred],
                        Quiet = [.. quiet],
                    };
                    var legal = new LegalWindow(
                        LegalWindow.Anywhere,
                        law,
                        [DayOfWeek.Sunday],
                        [DateOnly.FromDateTime(from.AddDays(2).Date)]
                    );

                    var allowed = AllowedTime.Of(subject, new LegalWindows([legal]), Always(range), Shanghai, range);

                    for (var at = range.Start; at < range.End; at = at.AddMinutes(15))
                        allowed.Spans.Hold(at).ShouldBe(names.All(n => IsAllowed(n, at, preferred, quiet, legal)), $"{at:O}");
                },
                iter: 150
            );
    }

    private static bool IsAllowed(string name, DateTimeOffset at, DailyWindow[] preferred, DailyWindow[] quiet, LegalWindow law)
    {
        var wall = TimeZoneInfo.ConvertTime(at, TimeZoneInfo.FindSystemTimeZoneById(name)).DateTime;
        return Shows(wall, law.Open, law.IsOff)
            && (preferred.Length == 0 || preferred.Any(w => Shows(wall, w, _ => false)))
            && !quiet.Any(w => Shows(wall, w, _ => false));
    }

    private static bool Shows(DateTime wall, DailyWindow window, Func<DateOnly, bool> isOff)
    {
        var time = TimeOnly.FromDateTime(wall);
        var today = DateOnly.FromDateTime(wall);
        var yesterday = today.AddDays(-1);
        var isOver = window.To <= window.From;
        bool Begins(DateOnly day) => !isOff(day) && (window.Days.IsDefaultOrEmpty || window.Days.Contains(day.DayOfWeek));

        return (time >= window.From && (isOver || time < window.To) && Begins(today)) || (isOver && time < window.To && Begins(yesterday));
    }

    private static AllowedTime Of(ContactSubject subject, Span range) =>
        AllowedTime.Of(subject, LegalWindows.None, Always(range), Shanghai, range);

    private static ImmutableArray<Span> Always(Span range) => [range];

    private static Span Range(string from, double days) => new(At(from), At(from).AddDays(days));

    private static Span Between(string from, string to) => new(At(from), At(to));

    private static DateTimeOffset At(string text) =>
        DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture).ToUniversalTime();
}
