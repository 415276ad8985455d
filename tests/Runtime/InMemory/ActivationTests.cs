using static ServiceLoop.Runtime.Tests.InMemory.HostUnderTest;

namespace ServiceLoop.Runtime.Tests.InMemory;

public sealed class ActivationTests
{
    [Theory]
    [InlineData("AllowAlwaysStrategy", "A", "A", false)]
    [InlineData("SingletonStrategy", "A", "B", true)]
    [InlineData("CorrelatedSingletonStrategy", "A", "A", true)]
    [InlineData("CorrelatedSingletonStrategy", "A", "B", false)]
    [InlineData("CorrelatedSingletonStrategy", "A", null, true)]
    [InlineData("CorrelationStrategy", "A", "A", true)]
    [InlineData("CorrelationStrategy", "A", "B", false)]
    [InlineData("CorrelationStrategy", "A", null, true)]
    public async Task A_second_instance_is_refused(string strategy, string? first, string? second, bool refused)
    {
        var host = new HostUnderTest().Publish("d", Event("go"), Strategy(strategy));
        await host.StartAsync("d", first);

        var result = await host.TryStartAsync("d", second);

        (result.Refusal is not null).ShouldBe(refused);
        (result.Instance is null).ShouldBe(refused);
    }

    [Theory]
    [InlineData("CorrelatedSingletonStrategy", false)]
    [InlineData("CorrelationStrategy", true)]
    public async Task Only_the_correlation_strategy_looks_at_other_definitions(string strategy, bool refused)
    {
        var host = new HostUnderTest().Publish("other", Event("go")).Publish("d", Event("go"), Strategy(strategy));
        await host.StartAsync("other", "A");

        var result = await host.TryStartAsync("d", "A");

        (result.Refusal is not null).ShouldBe(refused);
    }

    [Fact]
    public async Task When_the_first_has_ended_the_next_may_start()
    {
        var host = new HostUnderTest().Publish("d", Event("go"), Strategy("SingletonStrategy"));
        await host.StartAsync("d");
        await host.EventAsync("go");

        var result = await host.TryStartAsync("d");

        result.Refusal.ShouldBeNull();
    }

    [Fact]
    public async Task An_event_skips_what_refuses()
    {
        var host = new HostUnderTest().Publish("d", Event("go", starts: true) + "," + Event("later"), Strategy("SingletonStrategy"));
        await host.EventAsync("go");

        var second = await host.EventAsync("go");

        second.Started.ShouldBeEmpty();
        host.Workflows.Instances.Count.ShouldBe(1);
    }
}
