using static ServiceLoop.Runtime.Tests.InMemory.HostUnderTest;

namespace ServiceLoop.Runtime.Tests.InMemory;

public sealed class TimerTests
{
    [Fact]
    public async Task A_delay_ends_when_it_is_due_and_not_before()
    {
        var host = new HostUnderTest().Publish("d", Delay("01:00:00") + "," + Line("after"));
        await host.StartAsync("d");

        var early = await host.PassAsync(TimeSpan.FromMinutes(59));
        var due = await host.PassAsync(TimeSpan.FromMinutes(1));

        early.ShouldBe(0);
        due.ShouldBe(1);
        host.Lines.ShouldBe(["after"]);
    }

    [Fact]
    public async Task Timers_fire_in_the_order_in_which_they_are_due()
    {
        var host = new HostUnderTest()
            .Publish("late", Delay("02:00:00") + "," + Line("late"))
            .Publish("early", Delay("01:00:00") + "," + Line("early"));
        await host.StartAsync("late");
        await host.StartAsync("early");

        await host.PassAsync(TimeSpan.FromHours(3));

        host.Lines.ShouldBe(["early", "late"]);
    }

    [Fact]
    public async Task The_next_moment_is_that_of_the_earliest_timer()
    {
        var host = new HostUnderTest().Publish("d", Delay("02:00:00")).Publish("e", Delay("00:30:00"));
        await host.StartAsync("d");
        await host.StartAsync("e");

        host.Workflows.NextDueAt.ShouldBe(Noon.AddMinutes(30));
    }

    [Fact]
    public async Task A_timer_trigger_starts_an_instance_every_interval()
    {
        var host = new HostUnderTest().Publish(
            "d",
            """{ "type": "Elsa.Timer", "interval": "00:10:00", "canStartWorkflow": true },""" + Line("tick")
        );

        for (var i = 0; i < 3; i++)
            await host.PassAsync(TimeSpan.FromMinutes(10));

        host.Lines.ShouldBe(["tick", "tick", "tick"]);
        host.Workflows.Instances.Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_moment_that_starts_a_workflow_does_so_once()
    {
        var host = new HostUnderTest().Publish(
            "d",
            """{ "type": "Elsa.StartAt", "dateTime": "2026-01-05T13:00:00Z", "canStartWorkflow": true },""" + Line("now")
        );

        await host.PassAsync(TimeSpan.FromHours(2));
        await host.PassAsync(TimeSpan.FromHours(2));

        host.Lines.ShouldBe(["now"]);
        host.Workflows.NextDueAt.ShouldBeNull();
    }

    [Fact]
    public async Task A_cancelled_instance_has_no_timer()
    {
        var host = new HostUnderTest().Publish("d", Delay("01:00:00"));
        var instance = await host.StartAsync("d");

        await host.Workflows.CancelAsync(instance.Id, compensate: false, TestContext.Current.CancellationToken);

        host.Workflows.NextDueAt.ShouldBeNull();
    }
}
