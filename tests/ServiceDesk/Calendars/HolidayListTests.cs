using ServiceLoop.ServiceDesk.Calendars;
using static ServiceLoop.ServiceDesk.Tests.Calendars.Sample;

namespace ServiceLoop.ServiceDesk.Tests.Calendars;

public sealed class HolidayListTests
{
    private const string Year = """
        {
          "year": 2026,
          "papers": ["an announcement"],
          "days": [
            { "name": "春节", "date": "2026-02-16", "isOffDay": true },
            { "name": "春节", "date": "2026-02-14", "isOffDay": false }
          ]
        }
        """;

    [Theory]
    [InlineData(Year)]
    [InlineData("""[{"name":"春节","date":"2026-02-16","isOffDay":true},{"name":"春节","date":"2026-02-14","isOffDay":false}]""")]
    [InlineData("date,name,isOffDay\n2026-02-14,春节,false\r\n2026-02-16,春节,true\n")]
    [InlineData("2026-02-16, 春节, True\n2026-02-14,春节,False")]
    public void Every_format_reads_the_same_days(string text)
    {
        var (days, problems) = HolidayList.Read(text);

        problems.ShouldBeEmpty();
        days.ShouldBe([new(new(2026, 2, 14), "春节", false), new(new(2026, 2, 16), "春节", true)]);
    }

    [Fact]
    public void A_list_closes_holidays_opens_make_up_days_and_leaves_others_alone()
    {
        var own = CalendarException.Closed(new(2026, 3, 2), "move");
        var version = new CalendarVersion(1, null, OfficeWeek, [own, CalendarException.Closed(new(2026, 2, 14), "wrong")]);

        var after = HolidayList.Into(version, HolidayList.Read(Year).Days, []);

        after
            .Exceptions.Select(e => (e.Date.Day, e.Kind))
            .ShouldBe([(14, ExceptionKind.Open), (16, ExceptionKind.Closed), (2, ExceptionKind.Closed)]);
        after.Exceptions[0].Hours.ShouldBe(OfficeDay);
        after.Exceptions[2].Name.ShouldBe("move");
    }

    [Theory]
    [InlineData("", "list")]
    [InlineData("{}", "days")]
    [InlineData("{\"days\":3}", "days")]
    [InlineData("[{\"name\":\"x\",\"date\":\"2026-02-30\",\"isOffDay\":true}]", "days[0]")]
    [InlineData("[{\"name\":\"x\",\"date\":\"2026-02-03\"}]", "days[0].isOffDay")]
    [InlineData("[{\"name\":\"\\ud800\",\"date\":\"2026-02-03\",\"isOffDay\":true}]", "list")]
    [InlineData("[1]", "days[0]")]
    [InlineData("[{", "list")]
    [InlineData("2026-02-03,x", "line 1")]
    [InlineData("2026-02-03,x,perhaps", "line 1")]
    [InlineData("17.02.2026,x,true", "line 1")]
    [InlineData("2026-02-03,x,true\n2026-02-03,x,false", "list (2026-02-03)")]
    [InlineData("[{\"name\":\"a\\u0000b\",\"date\":\"2026-02-03\",\"isOffDay\":true}]", "days[0]")]
    public void What_cannot_be_read_is_named_by_its_place(string text, string field) =>
        HolidayList.Read(text).Problems.ShouldHaveSingleItem().Field.ShouldBe(field);
}
