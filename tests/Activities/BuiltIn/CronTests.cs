using ServiceLoop.Activities.BuiltIn;
using ServiceLoop.TestKit;

namespace ServiceLoop.Activities.Tests.BuiltIn;

public sealed class CronTests
{
    private static readonly DateTimeOffset Noon = ActivityTester.Noon;

    [Theory]
    [InlineData("0 30 8 * * MON-FRI", "2026-01-06T08:30:00Z")]
    [InlineData("*/15 * * * * *", "2026-01-05T12:00:15Z")]
    [InlineData("0 0 0 29 2 *", "2028-02-29T00:00:00Z")]
    public async Task It_waits_for_the_next_moment_in_UTC(string rule, string expected)
    {
        var run = await ActivityTester.For(new Cron { CronExpression = rule }).At(Noon.ToOffset(TimeSpan.FromHours(9))).RunAsync();

        var next = DateTimeOffset.Parse(expected);
        var bookmark = run.Bookmarks.ShouldHaveSingleItem();
        bookmark.Name.ShouldBe("Elsa.Cron");
        bookmark.DueAt.ShouldBe(next);
        bookmark.Payload.ShouldBe([new("ExecuteAt", next), new("CronExpression", rule)]);
        run.State.ShouldBeSuspendedAt<Cron>();

        await run.ResumeAsync(at: next);

        run.Outcomes.ShouldBe(["Done"]);
    }

    [Fact]
    public async Task As_trigger_of_its_workflow_it_completes_at_once()
    {
        var run = await ActivityTester.For(new Cron { Id = "cron", CronExpression = "0 0 8 * * *" }).TriggeredBy().RunAsync();

        run.Outcomes.ShouldBe(["Done"]);
        run.State.ShouldBeFinished();
    }

    [Fact]
    public void As_trigger_it_is_due_at_the_next_moment_and_keeps_its_hash()
    {
        var today = ActivityTester.For(new Cron { CronExpression = "0 0 8 * * *" }).At(Noon).Triggers(out var errors);
        var tomorrow = ActivityTester.For(new Cron { CronExpression = "0 0 8 * * *" }).At(Noon.AddDays(1)).Triggers(out _);

        errors.ShouldBeEmpty();
        today.ShouldHaveSingleItem().DueAt.ShouldBe(Noon.AddHours(20));
        tomorrow.ShouldHaveSingleItem().DueAt.ShouldBe(Noon.AddHours(44));
        tomorrow[0].Hash.ShouldBe(today[0].Hash);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0 8 * * *")]
    [InlineData("61 * * * * *")]
    [InlineData("every morning")]
    [InlineData("0 0 0 30 2 *")]
    public async Task A_bad_rule_is_an_incident_and_is_not_published(string rule)
    {
        var run = await ActivityTester.For(new Cron { CronExpression = rule }).RunAsync();
        ActivityTester.For(new Cron { CronExpression = rule }).Triggers(out var errors);

        run.State.ShouldBeFaulted().Message.ShouldStartWith("Error when parsing cron expression: ");
        run.Incident!.Message.ShouldContain($"'{rule}'");
        errors.ShouldHaveSingleItem().Message.ShouldContain("Error when parsing cron expression: ");
    }
}
