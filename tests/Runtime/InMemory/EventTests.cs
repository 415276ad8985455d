using ServiceLoop.Engine.State;
using static ServiceLoop.Runtime.Tests.InMemory.HostUnderTest;

namespace ServiceLoop.Runtime.Tests.InMemory;

public sealed class EventTests
{
    [Fact]
    public async Task An_event_with_a_correlation_id_wakes_only_the_correlated()
    {
        var host = new HostUnderTest().Publish("d", Event("go"));
        var a = await host.StartAsync("d", "A");
        var b = await host.StartAsync("d", "B");

        var result = await host.EventAsync("go", correlationId: "B");

        result.Resumed.ShouldBe(1);
        a.State.SubStatus.ShouldBe(WorkflowSubStatus.Suspended);
        b.State.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public async Task An_event_without_a_correlation_id_wakes_all()
    {
        var host = new HostUnderTest().Publish("d", Event("go"));
        await host.StartAsync("d", "A");
        await host.StartAsync("d");

        var result = await host.EventAsync("go");

        result.Resumed.ShouldBe(2);
    }

    [Fact]
    public async Task The_name_of_an_event_is_case_sensitive()
    {
        var host = new HostUnderTest().Publish("d", Event("go"));
        await host.StartAsync("d");

        var result = await host.EventAsync("Go");

        result.Resumed.ShouldBe(0);
    }

    [Fact]
    public async Task One_event_does_not_wake_two_waiters_one_after_the_other()
    {
        var waiter = Event("go").Replace("\"id\": \"go\",", "", StringComparison.Ordinal);
        var host = new HostUnderTest().Publish("d", $"{waiter},{Line("one")},{waiter},{Line("two")}");
        await host.StartAsync("d");

        await host.EventAsync("go");

        host.Lines.ShouldBe(["one"]);
    }

    [Fact]
    public async Task An_event_starts_what_it_triggers_and_hands_over_its_correlation_id()
    {
        var host = new HostUnderTest().Publish("d", Event("go", starts: true) + "," + Line("started"));

        var result = await host.EventAsync("go", correlationId: "A");

        host.Lines.ShouldBe(["started"]);
        result.Started.ShouldHaveSingleItem().State.CorrelationId.ShouldBe("A");
    }

    [Fact]
    public async Task Started_otherwise_a_trigger_waits()
    {
        var host = new HostUnderTest().Publish("d", Event("go", starts: true) + "," + Line("started"));

        var instance = await host.StartAsync("d");

        instance.State.Bookmarks.ShouldHaveSingleItem().Name.ShouldBe("Elsa.Event");
    }

    [Fact]
    public async Task What_a_workflow_publishes_is_delivered_after_its_burst()
    {
        var host = new HostUnderTest()
            .Publish("waiter", Event("go") + "," + Line("heard"))
            .Publish("teller", """{ "type": "Elsa.PublishEvent", "eventName": "go" },""" + Line("told"));
        await host.StartAsync("waiter");

        await host.StartAsync("teller");

        host.Lines.ShouldBe(["told", "heard"]);
    }

    [Fact]
    public async Task A_local_event_stays_in_its_instance()
    {
        var host = new HostUnderTest()
            .Publish("waiter", Event("go") + "," + Line("heard"))
            .Publish("teller", """{ "type": "Elsa.PublishEvent", "eventName": "go", "isLocalEvent": true }""");
        await host.StartAsync("waiter");

        await host.StartAsync("teller");

        host.Lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task Workflows_that_wake_each_other_without_end_are_stopped()
    {
        var host = new HostUnderTest(new() { BurstBudget = 100 }).Publish(
            "d",
            Event("go", starts: true) + """, { "type": "Elsa.PublishEvent", "eventName": "go" }"""
        );

        var call = () => host.EventAsync("go");

        (await call.ShouldThrowAsync<InvalidOperationException>()).Message.ShouldContain("without end");
    }
}
