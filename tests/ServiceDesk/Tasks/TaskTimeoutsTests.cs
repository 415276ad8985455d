using ServiceLoop.ServiceDesk.Calendars;
using ServiceLoop.TestKit;

namespace ServiceLoop.ServiceDesk.Tests.Tasks;

/// <summary>Timeouts of tasks that count working time, on PostgreSQL.</summary>
public sealed class TaskTimeoutsTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string FourWorkingHours =
        Inputs.Approval
        + """
            , "timeout": {"typeName": "TimeSpan", "expression": {"type": "Literal", "value": "04:00:00"}}
            , "inWorkingTime": {"typeName": "Boolean", "expression": {"type": "Literal", "value": true}}
            """;

    // 103 minutes before the office closes for a weekend whose Monday is a holiday.
    private static readonly DateTimeOffset Friday = new(2026, 3, 6, 16, 17, 0, TimeSpan.FromHours(8));
    private static readonly DateTimeOffset Tuesday = new(2026, 3, 10, 11, 17, 0, TimeSpan.FromHours(8));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_timeout_in_working_time_passes_over_the_weekend_and_a_holiday()
    {
        await using var house = await OpenAsync();
        var calendar = await OfficeAsync(house);
        await house.QueueAsync("office", q => q with { CalendarId = calendar });
        await house.PublishAsync("check", FourWorkingHours + Inputs.Of("queue", "office"));

        var task = await house.StartAsync("check");

        task.TimesOutAt.ShouldBe(Tuesday);
        await house.PassAsync(Tuesday - Friday - TimeSpan.FromMinutes(1));
        (await house.LinesAsync(task)).ShouldBeEmpty();
        await house.PassAsync(TimeSpan.FromMinutes(1));
        (await house.LinesAsync(task)).ShouldBe(["Timed out"]);
    }

    [Fact]
    public async Task Without_the_wish_every_minute_counts_though_the_queue_has_a_calendar()
    {
        await using var house = await OpenAsync();
        var calendar = await OfficeAsync(house);
        await house.QueueAsync("office", q => q with { CalendarId = calendar });
        await house.PublishAsync("check", Inputs.Approval + Inputs.OneHour + Inputs.Of("queue", "office"));

        (await house.StartAsync("check")).TimesOutAt.ShouldBe(Friday.AddHours(1));
    }

    [Fact]
    public async Task Every_minute_counts_without_a_calendar_a_queue_or_either()
    {
        await using var house = await OpenAsync();
        await house.QueueAsync("always");
        await house.QueueAsync("lost", q => q with { CalendarId = "calendar-that-is-gone" });
        await house.PublishAsync("no-calendar", FourWorkingHours + Inputs.Of("queue", "always"));
        await house.PublishAsync("gone-calendar", FourWorkingHours + Inputs.Of("queue", "lost"));
        await house.PublishAsync("no-such-queue", FourWorkingHours + Inputs.Of("queue", "nowhere"));
        await house.PublishAsync("no-queue", FourWorkingHours);

        foreach (var definition in new[] { "no-calendar", "gone-calendar", "no-such-queue", "no-queue" })
            (await house.StartAsync(definition)).TimesOutAt.ShouldBe(Friday.AddHours(4), definition);
    }

    private async Task<TaskHouse> OpenAsync()
    {
        var house = await TaskHouse.OpenAsync(postgres);
        house.Clock.SetUtcNow(Friday.ToUniversalTime());
        return house;
    }

    private static async Task<string> OfficeAsync(TaskHouse house)
    {
        using var system = house.As("system");
        DayOfWeek[] days = [DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday];
        var made = await house
            .Get<CalendarService>()
            .CreateAsync(
                new(
                    $"Office {Guid.NewGuid():N}",
                    "Asia/Shanghai",
                    null,
                    [.. days.Select(d => new WeeklyHours(d, new(540, 1080)))],
                    [CalendarException.Closed(new(2026, 3, 9), "Holiday")],
                    "first"
                ),
                Ct
            );
        return made.Calendar.Id;
    }
}
