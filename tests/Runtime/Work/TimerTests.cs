using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Tests.InMemory;

namespace ServiceLoop.Runtime.Tests.Work;

public sealed class TimerTests
{
    private readonly World world = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_timer_never_fires_early_and_fires_once()
    {
        await world.PublishAsync("main", $"{HostUnderTest.Delay("00:05:00")}, {HostUnderTest.Line("woken")}");
        await world.StartAsync("main", "i-1");

        (await world.PassAsync(TimeSpan.FromMinutes(5) - TimeSpan.FromMilliseconds(1))).ShouldBe(0);
        (await world.PassAsync(TimeSpan.FromMilliseconds(1))).ShouldBe(1);

        (await world.PassAsync(TimeSpan.FromHours(1))).ShouldBe(0);
        (await world.LinesAsync("i-1")).ShouldBe(["woken"]);
        (await world.WorkAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_timer_that_a_fast_clock_hands_out_early_waits()
    {
        await world.PublishAsync("main", $"{HostUnderTest.Delay("00:05:00")}, {HostUnderTest.Line("woken")}");
        await world.StartAsync("main", "i-1");
        var early = World.Noon.AddMinutes(6);
        var row = (await world.Store.LeaseDueAsync(early, early.AddSeconds(30), 10, Ct)).ShouldHaveSingleItem();

        await world.Node.Runner.RunAsync(row, Ct);

        (await world.StateAsync("i-1")).SubStatus.ShouldBe(WorkflowSubStatus.Suspended);
        (await world.PassAsync(TimeSpan.FromMinutes(5))).ShouldBe(1);
        (await world.LinesAsync("i-1")).ShouldBe(["woken"]);
    }

    [Fact]
    public async Task A_timer_that_is_delivered_to_two_nodes_fires_once()
    {
        await world.PublishAsync("main", $"{HostUnderTest.Delay("00:05:00")}, {HostUnderTest.Line("woken")}, {HostUnderTest.Event("end")}");
        await world.StartAsync("main", "i-1");
        var other = world.Join();
        world.Clock.Advance(TimeSpan.FromMinutes(5));
        var now = world.Clock.GetUtcNow();
        var row = (await world.Store.LeaseDueAsync(now, now.AddSeconds(30), 10, Ct)).ShouldHaveSingleItem();

        await Task.WhenAll(
            Enumerable.Range(0, 10).Select(i => Task.Run(() => (i % 2 == 0 ? world.Node : other).Runner.RunAsync(row, Ct), Ct))
        );

        (await world.LinesAsync("i-1")).ShouldBe(["woken"]);
        (await world.WorkAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_cancelled_instance_leaves_no_timer()
    {
        await world.PublishAsync("main", HostUnderTest.Delay("00:05:00"));
        await world.StartAsync("main", "i-1");

        await world.Runtime.CancelAsync("i-1", compensate: false, "ann", Ct);

        (await world.WorkAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_timer_of_a_failed_instance_fires_after_its_repair()
    {
        await world.PublishAsync(
            "main",
            """
            { "type": "Elsa.Parallel", "activities": [
              { "type": "Elsa.Sequence", "activities": [ { "type": "Elsa.Delay", "timeSpan": "00:05:00" }, { "type": "Elsa.WriteLine", "text": "woken" } ] },
              { "type": "Elsa.Sequence", "activities": [ { "type": "Elsa.Event", "eventName": "go" }, { "type": "Test.CallOutside" } ] } ] }
            """
        );
        world.Outside.OnCall = static (_, _) => throw new InvalidOperationException("No.");
        await world.StartAsync("main", "i-1");
        await world.EventAsync("go");
        await world.PassAsync(TimeSpan.Zero);
        (await world.StateAsync("i-1")).SubStatus.ShouldBe(WorkflowSubStatus.Faulted);
        world.Outside.OnCall = static (_, _) => Task.CompletedTask;
        await world.PassAsync(TimeSpan.FromMinutes(10));

        await world.Runtime.RetryAsync("i-1", null, null, Ct);
        await world.PassAsync(TimeSpan.Zero);

        (await world.StateAsync("i-1")).SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        (await world.LinesAsync("i-1")).ShouldBe(["woken"]);
    }

    [Fact]
    public async Task Many_timers_that_are_due_at_once_all_fire()
    {
        await world.PublishAsync("main", HostUnderTest.Delay("00:05:00"));

        for (var i = 0; i < 1000; i++)
            await world.StartAsync("main");

        (await world.PassAsync(TimeSpan.FromMinutes(5))).ShouldBe(1000);
        (await world.Store.AnyRunningAsync("main", null, Ct)).ShouldBeFalse();
    }
}

public sealed class TriggerTimerTests
{
    private const string EveryMinute = """{ "type": "Elsa.Timer", "id": "tick", "interval": "00:01:00", "canStartWorkflow": true }""";

    private readonly World world = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_interval_starts_an_instance_each_time_also_after_a_restart()
    {
        await world.PublishAsync("main", $"{EveryMinute}, {HostUnderTest.Line("a")}");

        (await world.PassAsync(TimeSpan.FromSeconds(59))).ShouldBe(0);
        await world.PassAsync(TimeSpan.FromSeconds(1));
        (await world.InstancesAsync()).Count.ShouldBe(1);

        // Another process with the same store.
        var restarted = world.Join();
        world.Clock.Advance(TimeSpan.FromSeconds(60));
        await restarted.PumpAsync();
        (await world.InstancesAsync()).Count.ShouldBe(2);
        (await world.WorkAsync()).ShouldHaveSingleItem().DueAt.ShouldBe(World.Noon.AddMinutes(3));
    }

    [Fact]
    public async Task Lateness_does_not_add_up()
    {
        await world.PublishAsync("main", EveryMinute);

        await world.PassAsync(TimeSpan.FromSeconds(70));

        (await world.WorkAsync()).ShouldHaveSingleItem().DueAt.ShouldBe(World.Noon.AddMinutes(2));
    }

    [Fact]
    public async Task After_a_long_stop_it_fires_once_and_goes_on_from_now()
    {
        await world.PublishAsync("main", EveryMinute);

        await world.PassAsync(TimeSpan.FromHours(1) + TimeSpan.FromSeconds(20));

        (await world.InstancesAsync()).Count.ShouldBe(1);
        (await world.WorkAsync()).ShouldHaveSingleItem().DueAt.ShouldBe(World.Noon.AddMinutes(61).AddSeconds(20));
    }

    [Fact]
    public async Task A_calendar_rule_fires_at_its_moments()
    {
        await world.PublishAsync(
            "main",
            """{ "type": "Elsa.Cron", "id": "tick", "cronExpression": "0 30 * * * *", "canStartWorkflow": true }"""
        );

        await world.PassAsync(TimeSpan.FromMinutes(29));
        (await world.InstancesAsync()).ShouldBeEmpty();
        await world.PassAsync(TimeSpan.FromMinutes(2));

        (await world.InstancesAsync()).Count.ShouldBe(1);
        (await world.WorkAsync()).ShouldHaveSingleItem().DueAt.ShouldBe(World.Noon.AddMinutes(90));
    }

    [Fact]
    public async Task A_moment_fires_once_and_a_new_version_does_not_repeat_it()
    {
        const string At = """{ "type": "Elsa.StartAt", "id": "at", "dateTime": "2026-01-05T13:00:00Z", "canStartWorkflow": true }""";
        await world.PublishAsync("main", At);

        await world.PassAsync(TimeSpan.FromHours(1));
        (await world.WorkAsync()).ShouldBeEmpty();

        await world.PublishAsync("main", $"{At}, {HostUnderTest.Line("new")}");
        await world.PassAsync(TimeSpan.FromHours(1));
        (await world.InstancesAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_new_version_keeps_the_rhythm()
    {
        await world.PublishAsync("main", EveryMinute);
        world.Clock.Advance(TimeSpan.FromSeconds(50));

        await world.PublishAsync("main", $"{EveryMinute}, {HostUnderTest.Line("new")}");

        (await world.WorkAsync()).ShouldHaveSingleItem().DueAt.ShouldBe(World.Noon.AddMinutes(1));
        await world.PassAsync(TimeSpan.FromSeconds(10));
        (await world.InstancesAsync()).ShouldHaveSingleItem().Version.ShouldBe(2);
    }

    [Fact]
    public async Task Two_nodes_that_fire_the_same_timer_start_one_instance()
    {
        await world.PublishAsync("main", EveryMinute);
        var other = world.Join();
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        var now = world.Clock.GetUtcNow();
        var row = (await world.Store.LeaseDueAsync(now, now.AddSeconds(30), 10, Ct)).ShouldHaveSingleItem();

        await Task.WhenAll(
            Enumerable.Range(0, 10).Select(i => Task.Run(() => (i % 2 == 0 ? world.Node : other).Runner.RunAsync(row, Ct), Ct))
        );

        (await world.InstancesAsync()).Count.ShouldBe(1);
        (await world.WorkAsync()).ShouldHaveSingleItem().Kind.ShouldBe(WorkKind.TriggerTimer);
    }

    [Fact]
    public async Task A_singleton_that_runs_refuses_the_start_and_the_timer_goes_on()
    {
        await world.PublishAsync("main", $"{EveryMinute}, {HostUnderTest.Event("go")}", HostUnderTest.Strategy("SingletonStrategy"));

        await world.PassAsync(TimeSpan.FromMinutes(1));
        await world.PassAsync(TimeSpan.FromMinutes(1));
        (await world.InstancesAsync()).Count.ShouldBe(1);

        await world.EventAsync("go");
        await world.PassAsync(TimeSpan.Zero);
        await world.PassAsync(TimeSpan.FromMinutes(1));
        (await world.InstancesAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_retracted_definition_fires_no_more()
    {
        await world.PublishAsync("main", EveryMinute);

        await world.Definitions.RetractAsync("main", Ct);

        (await world.PassAsync(TimeSpan.FromMinutes(5))).ShouldBe(0);
        (await world.InstancesAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_node_that_dies_with_the_commit_of_a_timer_leaves_the_next_one_set()
    {
        await world.PublishAsync("main", $"{EveryMinute}, {HostUnderTest.Line("a")}");
        var dying = world.Join(new StoreThrough(world.Store).DieAt(1, after: true));
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        await Should.ThrowAsync<DeathException>(dying.PumpAsync);

        await world.Join().PumpAsync();
        await world.PassAsync(TimeSpan.FromMinutes(1));

        (await world.InstancesAsync()).Count.ShouldBe(2);
        (await world.WorkAsync()).ShouldHaveSingleItem().DueAt.ShouldBe(World.Noon.AddMinutes(3));
    }
}
