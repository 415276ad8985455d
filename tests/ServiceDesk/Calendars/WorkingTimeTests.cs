using System.Collections.Immutable;
using CsCheck;
using ServiceLoop.ServiceDesk.Calendars;
using static ServiceLoop.ServiceDesk.Tests.Calendars.Sample;

namespace ServiceLoop.ServiceDesk.Tests.Calendars;

public sealed class WorkingTimeTests
{
    private static readonly WorkingTime Office = new(China);
    private static readonly WorkingTime NewYork = new(NewYorkAlways);

    // Zones with daylight saving of an hour and of half an hour, changes at midnight, a day that was left out, and none.
    private static readonly string[] Zones =
    [
        "Asia/Shanghai",
        "America/New_York",
        "Europe/London",
        "Australia/Lord_Howe",
        "America/Havana",
        "America/Asuncion",
        "Asia/Beirut",
        "Pacific/Apia",
        "UTC",
    ];

    private static readonly Gen<OpenHours> Hours =
        from start in Gen.Int[0, 1439]
        from length in Gen.Int[1, 900]
        select new OpenHours(start, Math.Min(1440, start + length));

    private static readonly Gen<DateTimeOffset> Moment = Gen.Long[
            At("2026-01-01 00:00").ToUnixTimeMilliseconds(),
            At("2027-12-31 00:00").ToUnixTimeMilliseconds()
        ]
        .Select(DateTimeOffset.FromUnixTimeMilliseconds);

    private static readonly Gen<BusinessCalendar> AnyCalendar =
        from zone in Gen.Int[0, Zones.Length - 1].Select(i => Zones[i])
        from week in Gen.Select(Gen.Int[0, 6], Hours).List[1, 14]
        from days in Gen.Select(Gen.Int[0, 900], Gen.Bool, Hours).List[0, 30]
        select Of(zone, Apart(week), Exceptions(days));

    [Theory]
    [InlineData("V1", "2026-03-04 11:30", 60, "2026-03-04 14:00")]
    [InlineData("V2", "2026-03-06 17:30", 60, "2026-03-09 09:30")]
    [InlineData("V3", "2026-02-13 17:00", 600, "2026-02-24 10:30")]
    [InlineData("V4", "2026-03-04 07:00", 30, "2026-03-04 09:30")]
    [InlineData("V5", "2026-03-04 17:00", 60, "2026-03-04 18:00")]
    [InlineData("V5", "2026-03-04 17:00", 61, "2026-03-05 09:01")]
    public void Minutes_are_added_in_working_time(string vector, string start, int minutes, string due) =>
        Office.Add(At(start), TimeSpan.FromMinutes(minutes)).ShouldBe(At(due), vector);

    [Fact]
    public void V6_holidays_and_make_up_workdays_count_as_the_list_says() =>
        Office.Between(At("2026-02-13 17:00"), At("2026-02-24 10:00")).TotalMinutes.ShouldBe(570);

    [Theory]
    [InlineData("V7", "2026-03-07T12:00-05:00", "2026-03-08T13:00-04:00")]
    [InlineData("V8", "2026-10-31T12:00-04:00", "2026-11-01T11:00-05:00")]
    public void A_day_of_hours_crosses_a_change_of_the_clocks(string vector, string start, string due) =>
        NewYork.Add(At(start), TimeSpan.FromMinutes(1440)).ShouldBe(At(due), vector);

    [Fact]
    public void V9_the_day_on_which_the_clocks_go_forward_has_23_hours() =>
        NewYork.Between(At("2026-03-08T00:00-05:00"), At("2026-03-09T00:00-04:00")).TotalMinutes.ShouldBe(1380);

    [Fact]
    public void An_opening_that_does_not_exist_moves_forward_and_an_ambiguous_one_is_the_earlier()
    {
        var night = new WorkingTime(
            Of("America/New_York", [.. Enum.GetValues<DayOfWeek>().Select(d => new WeeklyHours(d, new(90, 150)))], [])
        );

        var spring = night.Spans(At("2026-03-08T00:00-05:00"), At("2026-03-08T12:00-04:00")).ShouldHaveSingleItem();
        var autumn = night.Spans(At("2026-11-01T00:00-04:00"), At("2026-11-01T12:00-05:00")).ShouldHaveSingleItem();

        spring.ShouldBe(new(At("2026-03-08T01:30-05:00").ToUniversalTime(), At("2026-03-08T03:00-04:00").ToUniversalTime()));
        autumn.ShouldBe(new(At("2026-11-01T01:30-04:00").ToUniversalTime(), At("2026-11-01T02:30-05:00").ToUniversalTime()));
    }

    [Theory]
    [InlineData("2026-03-06 17:30", 1, "2026-03-09 17:30", "over a weekend")]
    [InlineData("2026-03-06 20:00", 1, "2026-03-10 09:00", "after hours counts from Monday's opening")]
    [InlineData("2026-02-13 17:00", 2, "2026-02-24 17:00", "the make-up Saturday is a working day")]
    [InlineData("2026-03-04 10:00", 5, "2026-03-11 10:00", "a week")]
    public void Days_are_working_days_at_the_same_time(string start, int days, string due, string why) =>
        Office.AddDays(At(start), days).ShouldBe(At(due), why);

    [Fact]
    public void A_day_is_clipped_to_the_hours_of_the_day_on_which_it_ends()
    {
        var early = new WorkingTime(
            Of(
                "Asia/Shanghai",
                [
                    new(DayOfWeek.Thursday, new(8 * 60, 18 * 60)),
                    new(DayOfWeek.Friday, new(9 * 60, 11 * 60)),
                    new(DayOfWeek.Friday, new(13 * 60, 15 * 60)),
                ],
                []
            )
        );

        early.AddDays(At("2026-03-05 17:30"), 1).ShouldBe(At("2026-03-06 15:00"), "closed already");
        early.AddDays(At("2026-03-05 12:00"), 1).ShouldBe(At("2026-03-06 11:00"), "closed for lunch");
        early.AddDays(At("2026-03-05 08:10"), 1).ShouldBe(At("2026-03-06 09:00"), "not open yet");
    }

    [Fact]
    public void A_later_version_counts_from_its_day_on_only()
    {
        var calendar = China with
        {
            Versions = [.. China.Versions, new CalendarVersion(2, new(2026, 3, 5), [new(DayOfWeek.Thursday, new(600, 660))], [])],
        };

        new WorkingTime(calendar).Between(At("2026-03-04 00:00"), At("2026-03-06 00:00")).TotalMinutes.ShouldBe(450 + 60);
    }

    [Fact]
    public void A_calendar_that_opens_once_never_reaches_more()
    {
        var once = new WorkingTime(Of("UTC", [], [new(new(2026, 5, 1), ExceptionKind.Open, [new(0, 60)], "")]));

        once.Add(At("2026-04-01 00:00"), TimeSpan.FromMinutes(61)).ShouldBeNull();
        once.AddDays(At("2026-04-01 00:00"), 1).ShouldBeNull();
        once.NextOpening(At("2026-06-01 00:00")).ShouldBeNull();
    }

    [Fact]
    public void Invariant_4_what_was_added_is_between() =>
        Gen.Select(AnyCalendar, Moment, Gen.Long[1, 60_000_000_000 / 60])
            .Sample(
                (calendar, start, milliseconds) =>
                {
                    var time = new WorkingTime(calendar);
                    var worked = TimeSpan.FromMilliseconds(milliseconds);

                    if (time.Add(start, worked) is not { } due)
                        return;

                    time.Between(start, due).ShouldBe(worked);
                    time.Between(start, due.AddMilliseconds(-1))
                        .ShouldBe(worked - TimeSpan.FromMilliseconds(1), "it is the earliest moment");
                },
                iter: 300
            );

    [Fact]
    public void Invariant_3_working_time_is_monotone_and_does_not_depend_on_where_it_is_split() =>
        Gen.Select(AnyCalendar, Moment.Array[2, 12])
            .Sample(
                (calendar, moments) =>
                {
                    Array.Sort(moments);
                    var time = new WorkingTime(calendar);
                    var parts = Enumerable.Range(1, moments.Length - 1).Select(i => time.Between(moments[i - 1], moments[i])).ToList();

                    parts.ShouldAllBe(p => p >= TimeSpan.Zero);
                    parts.Aggregate(TimeSpan.Zero, (a, b) => a + b).ShouldBe(time.Between(moments[0], moments[^1]));
                },
                iter: 300
            );

    [Fact]
    public void Spans_are_in_order_apart_and_sum_up() =>
        Gen.Select(AnyCalendar, Moment, Gen.Int[0, 400])
            .Sample(
                (calendar, start, days) =>
                {
                    var time = new WorkingTime(calendar);
                    var end = start.AddDays(days);
                    var spans = time.Spans(start, end).ToList();

                    spans.Aggregate(TimeSpan.Zero, (sum, s) => sum + s.Length).ShouldBe(time.Between(start, end));
                    spans.ShouldAllBe(s => s.Length > TimeSpan.Zero && s.From >= start && s.To <= end && time.IsOpen(s.From));
                    spans.Zip(spans.Skip(1)).ShouldAllBe(p => p.First.To <= p.Second.From);
                },
                iter: 150
            );

    private static ImmutableArray<WeeklyHours> Apart(IEnumerable<(int Day, OpenHours Hours)> week) =>
        [
            .. week.GroupBy(w => w.Day)
                .SelectMany(day => NotOverlapping(day.Select(w => w.Hours)).Select(h => new WeeklyHours((DayOfWeek)day.Key, h))),
        ];

    private static ImmutableArray<CalendarException> Exceptions(IEnumerable<(int Day, bool IsOpen, OpenHours Hours)> days) =>
        [
            .. days.DistinctBy(d => d.Day)
                .Select(d => new CalendarException(
                    new DateOnly(2025, 12, 1).AddDays(d.Day),
                    d.IsOpen ? ExceptionKind.Open : ExceptionKind.Closed,
                    d.IsOpen ? [d.Hours] : [],
                    ""
                )),
        ];

    private static IEnumerable<OpenHours> NotOverlapping(IEnumerable<OpenHours> hours)
    {
        var end = -1;

        foreach (var span in hours.OrderBy(h => h.FromMinute))
        {
            if (span.FromMinute < end)
                continue;

            end = span.ToMinute;
            yield return span;
        }
    }
}
