using ServiceLoop.ServiceDesk.Calendars;
using static ServiceLoop.ServiceDesk.Tests.Calendars.Sample;

namespace ServiceLoop.ServiceDesk.Tests.Calendars;

public sealed class CalendarRulesTests
{
    [Fact]
    public void Hours_over_midnight_are_split()
    {
        var ordered = CalendarRules.Ordered(
            new(1, null, [new(DayOfWeek.Sunday, new(22 * 60, 6 * 60)), new(DayOfWeek.Friday, new(1380, 0))], [])
        );

        ordered.Weekly.ShouldBe([
            new(DayOfWeek.Monday, new(0, 360)),
            new(DayOfWeek.Friday, new(1380, 1440)),
            new(DayOfWeek.Sunday, new(1320, 1440)),
        ]);
    }

    [Fact]
    public void A_sound_calendar_has_no_problems() =>
        CalendarRules.Check(China.Name, China.Zone, CalendarRules.Ordered(China.Versions[0])).ShouldBeEmpty();

    [Theory]
    [InlineData("", "Asia/Shanghai", "name")]
    [InlineData("a\0b", "Asia/Shanghai", "name")]
    [InlineData("a", "Asia/Shangri-La", "zone")]
    [InlineData("a", "China Standard Time", "zone")]
    [InlineData("a", "'; drop table business_calendar; --/", "zone")]
    [InlineData("a", "../etc/passwd", "zone")]
    public void Odd_names_and_zones_are_refused(string name, string zone, string field) =>
        CalendarRules.Check(name, zone, new(1, null, OfficeWeek, [])).ShouldHaveSingleItem().Field.ShouldBe(field);

    [Fact]
    public void Half_of_a_surrogate_pair_is_refused() =>
        CalendarRules.Check("a\ud83d", "UTC", new(1, null, OfficeWeek, [])).ShouldHaveSingleItem().Field.ShouldBe("name");

    [Fact]
    public void Odd_hours_are_refused()
    {
        CalendarVersion[] odd =
        [
            new(1, null, [], []),
            new(1, null, [new(DayOfWeek.Monday, new(0, 600)), new(DayOfWeek.Monday, new(599, 700))], []),
            new(1, null, [new(DayOfWeek.Monday, new(-5, 600))], []),
            new(1, null, [new(DayOfWeek.Monday, new(600, 1441))], []),
            new(1, new(1066, 10, 14), OfficeWeek, []),
            new(1, null, OfficeWeek, [CalendarException.Closed(new(9999, 1, 1), "")]),
            new(1, null, OfficeWeek, [CalendarException.Closed(new(2026, 1, 1), "a"), CalendarException.Closed(new(2026, 1, 1), "b")]),
            new(1, null, OfficeWeek, [new(new(2026, 1, 1), ExceptionKind.Open, [], "")]),
            new(1, null, OfficeWeek, [new(new(2026, 1, 1), ExceptionKind.Closed, OfficeDay, "")]),
            new(1, null, OfficeWeek, [new(new(2026, 1, 1), ExceptionKind.Open, [new(600, 500)], "")]),
            new(1, null, OfficeWeek, [CalendarException.Closed(new(2026, 1, 1), new string('x', 201))]),
        ];

        foreach (var version in odd)
            CalendarRules.Check("a", "UTC", CalendarRules.Ordered(version)).ShouldHaveSingleItem().Sentence.ShouldEndWith(".");
    }
}
