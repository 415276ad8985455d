using System.Globalization;
using ServiceLoop.Designer.Shell;

namespace ServiceLoop.Designer.Tests.Shell;

public sealed class BrowserZoneTests
{
    private static readonly DateTimeOffset Evening = new(2026, 11, 27, 17, 30, 0, TimeSpan.Zero);

    private readonly BrowserZone browser = new(TimeProvider.System);

    [Fact]
    public void A_moment_is_told_by_the_clock_and_in_the_manner_of_the_reader()
    {
        browser.Learn("Asia/Shanghai");

        In("zh-CN", () => browser.Format(Evening)).ShouldBe("2026/11/28 01:30:00");
        In("en-GB", () => browser.Format(Evening)).ShouldBe("28/11/2026 01:30:00");
    }

    [Fact]
    public void Before_the_browser_has_told_its_zone_it_is_UTC()
    {
        browser.Learn("No/Such_Zone");

        In("en-GB", () => browser.Format(Evening)).ShouldBe("27/11/2026 17:30:00");
    }

    [Theory]
    [InlineData("Asia/Shanghai", "Asia/Shanghai")]
    [InlineData("", "Europe/Berlin")]
    [InlineData(null, "Europe/Berlin")]
    public void The_zone_of_the_person_comes_before_that_of_the_browser(string? own, string zone)
    {
        browser.Learn("Europe/Berlin", own);

        browser.Zone.Id.ShouldBe(zone);
    }

    [Fact]
    public void Pages_hear_of_a_zone_once()
    {
        var heard = 0;
        browser.Changed += (_, _) => heard++;

        browser.Learn("Asia/Shanghai");
        browser.Learn("Asia/Shanghai");

        heard.ShouldBe(1);
    }

    [Theory]
    [InlineData("2026-11-28 01:30", "2026-11-27 17:30")]
    [InlineData("2026-11-27 17:30", "2026-11-27 09:30")]
    public void What_a_person_enters_is_the_moment_on_the_own_clock(string entered, string utc)
    {
        browser.Learn("Asia/Shanghai");

        browser.Moment(Parse(entered)).ShouldBe(new DateTimeOffset(Parse(utc), TimeSpan.Zero));
    }

    [Fact]
    public void A_time_that_the_change_of_the_clocks_leaves_out_moves_forward()
    {
        browser.Learn("America/New_York");

        browser.Moment(Parse("2026-03-08 02:30")).ShouldBe(new DateTimeOffset(2026, 3, 8, 7, 30, 0, TimeSpan.Zero));
    }

    private static DateTime Parse(string text) => DateTime.Parse(text, CultureInfo.InvariantCulture);

    private static string In(string culture, Func<string> say)
    {
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);

        try
        {
            return say();
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
