using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Tests.InMemory;
using ServiceLoop.TestKit;

namespace ServiceLoop.Runtime.Tests.Work;

public class TimerTests : WorldTests
{
    [Fact]
    public async Task A_timer_never_fires_early_and_fires_once()
    {
        await World.PublishAsync("main", $"{HostUnderTest.Delay("00:05:00")}, {HostUnderTest.Line("woken")}");
        await World.StartAsync("main", "i-1");

        (await World.PassAsync(TimeSpan.FromMinutes(5) - TimeSpan.FromMilliseconds(1))).ShouldBe(0);
        (await World.PassAsync(TimeSpan.FromMilliseconds(1))).ShouldBe(1);

        (await World.PassAsync(TimeSpan.FromHours(1))).ShouldBe(0);
        (await World.LinesAsync("i-1")).ShouldBe(["woken"]);
        (await World.WorkAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_timer_that_a_fast_clock_hands_out_early_waits()
    {
        await World.PublishAsync("main", $"{HostUnderTest.Delay("00:05:00")}, {HostUnderTest.Line("woken")}");
        await World.StartAsync("main", "i-1");
        var early = World.Noon.AddMinutes(6);
        var row = (await World.Store.LeaseDueAsync(early, early.AddSeconds(30), 10, Ct)).ShouldHaveSingleItem();

        await World.Node.Runner.RunAsync(row, Ct);

        (await World.StateAsync("i-1")).SubStatus.ShouldBe(WorkflowSubStatus.Suspended);
        (await World.PassAsync(TimeSpan.FromMinutes(5))).ShouldBe(1);
        (await World.LinesAsync("i-1")).ShouldBe(["woken"]);
    }

    [Fact]
    public async Task A_timer_that_is_delivered_to_two_nodes_fires_once()
    {
        await World.PublishAsync("main", $"{HostUnderTest.Delay("00:05:00")}, {HostUnderTest.Line("woken")}, {HostUnderTest.Event("end")}");
        await World.StartAsync("main", "i-1");
        var other = World.Join();
        World.Clock.Advance(TimeSpan.FromMinutes(5));
        var now = World.Clock.GetUtcNow();
        var row = (await World.Store.LeaseDueAsync(now, now.AddSeconds(30), 10, Ct)).ShouldHaveSingleItem();

        await Task.WhenAll(
            Enumerable.Range(0, 10).Select(i => Task.Run(() => (i % 2 == 0 ? World.Node : other).Runner.RunAsync(row, Ct), Ct))
        );

        (await World.LinesAsync("i-1")).ShouldBe(["woken"]);
        (await World.WorkAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_cancelled_instance_leaves_no_timer()
    {
        await World.PublishAsync("main", HostUnderTest.Delay("00:05:00"));
        await World.StartAsync("main", "i-1");

        await World.Runtime.CancelAsync("i-1", compensate: false, Ct);

        (await World.WorkAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_timer_of_a_failed_instance_fires_after_its_repair()
    {
        await World.PublishAsync(
            "main",
            """
            { "type": "Elsa.Parallel", "activities": [
              { "type": "Elsa.Sequence", "activities": [ { "type": "Elsa.Delay", "timeSpan": "00:05:00" }, { "type": "Elsa.WriteLine", "text": "woken" } ] },
              { "type": "Elsa.Sequence", "activities": [ { "type": "Elsa.Event", "eventName": "go" }, { "type": "Test.CallOutside" } ] } ] }
            """
        );
        World.Outside.OnCall = static (_, _) => throw new InvalidOperationException("No.");
        await World.StartAsync("main", "i-1");
        await World.EventAsync("go");
        await World.PassAsync(TimeSpan.Zero);
        (await World.StateAsync("i-1")).SubStatus.ShouldBe(WorkflowSubStatus.Faulted);
        World.Outside.OnCall = static (_, _) => Task.CompletedTask;
        await World.PassAsync(TimeSpan.FromMinutes(10));

        await World.Runtime.RetryAsync("i-1", null, Ct);
        await World.PassAsync(TimeSpan.Zero);

        (await World.StateAsync("i-1")).SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        (await World.LinesAsync("i-1")).ShouldBe(["woken"]);
    }

    [Fact]
    public async Task Many_timers_that_are_due_at_once_all_fire()
    {
        await World.PublishAsync("main", HostUnderTest.Delay("00:05:00"));

        for (var i = 0; i < 1000; i++)
            await World.StartAsync("main");

        (await World.PassAsync(TimeSpan.FromMinutes(5))).ShouldBe(1000);
        (await World.Store.AnyRunningAsync("main", null, Ct)).ShouldBeFalse();
    }
}

public class TriggerTimerTests : WorldTests
{
    private const string EveryMinute = """{ "type": "Elsa.Timer", "id": "tick", "interval": "00:01:00", "canStartWorkflow": true }""";

    [Fact]
    public async Task An_interval_starts_an_instance_each_time_also_after_a_restart()
    {
        await World.PublishAsync("main", $"{EveryMinute}, {HostUnderTest.Line("a")}");

        (await World.PassAsync(TimeSpan.FromSeconds(59))).ShouldBe(0);
        await World.PassAsync(TimeSpan.FromSeconds(1));
        (await World.InstancesAsync()).Count.ShouldBe(1);

        // Another process with the same store.
        var restarted = World.Join();
        World.Clock.Advance(TimeSpan.FromSeconds(60));
        await restarted.PumpAsync();
        (await World.InstancesAsync()).Count.ShouldBe(2);
        (await World.WorkAsync()).ShouldHaveSingleItem().DueAt.ShouldBe(World.Noon.AddMinutes(3));
    }

    [Fact]
    public async Task Lateness_does_not_add_up()
    {
        await World.PublishAsync("main", EveryMinute);

        await World.PassAsync(TimeSpan.FromSeconds(70));

        (await World.WorkAsync()).ShouldHaveSingleItem().DueAt.ShouldBe(World.Noon.AddMinutes(2));
    }

    [Fact]
    public async Task After_a_long_stop_it_fires_once_and_goes_on_from_now()
    {
        await World.PublishAsync("main", EveryMinute);

        await World.PassAsync(TimeSpan.FromHours(1) + TimeSpan.FromSeconds(20));

        (await World.InstancesAsync()).Count.ShouldBe(1);
        (await World.WorkAsync()).ShouldHaveSingleItem().DueAt.ShouldBe(World.Noon.AddMinutes(61).AddSeconds(20));
    }

    [Fact]
    public async Task A_calendar_rule_fires_at_its_moments()
    {
        await World.PublishAsync(
            "main",
            """{ "type": "Elsa.Cron", "id": "tick", "cronExpression": "0 30 * * * *", "canStartWorkflow": true }"""
        );

        await World.PassAsync(TimeSpan.FromMinutes(29));
        (await World.InstancesAsync()).ShouldBeEmpty();
        await World.PassAsync(TimeSpan.FromMinutes(2));

        (await World.InstancesAsync()).Count.ShouldBe(1);
        (await World.WorkAsync()).ShouldHaveSingleItem().DueAt.ShouldBe(World.Noon.AddMinutes(90));
    }

    [Fact]
    public async Task A_moment_fires_once_and_a_new_version_does_not_repeat_it()
    {
        const string At = """{ "type": "Elsa.StartAt", "id": "at", "dateTime": "2026-01-05T13:00:00Z", "canStartWorkflow": true }""";
        await World.PublishAsync("main", At);

        await World.PassAsync(TimeSpan.FromHours(1));
        (await World.WorkAsync()).ShouldBeEmpty();

        await World.PublishAsync("main", $"{At}, {HostUnderTest.Line("new")}");
        await World.PassAsync(TimeSpan.FromHours(1));
        (await World.InstancesAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_new_version_keeps_the_rhythm()
    {
        await World.PublishAsync("main", EveryMinute);
        World.Clock.Advance(TimeSpan.FromSeconds(50));

        await World.PublishAsync("main", $"{EveryMinute}, {HostUnderTest.Line("new")}");

        (await World.WorkAsync()).ShouldHaveSingleItem().DueAt.ShouldBe(World.Noon.AddMinutes(1));
        await World.PassAsync(TimeSpan.FromSeconds(10));
        (await World.InstancesAsync()).ShouldHaveSingleItem().Version.ShouldBe(2);
    }

    [Fact]
    public async Task Two_nodes_that_fire_the_same_timer_start_one_instance()
    {
        await World.PublishAsync("main", EveryMinute);
        var other = World.Join();
        World.Clock.Advance(TimeSpan.FromMinutes(1));
        var now = World.Clock.GetUtcNow();
        var row = (await World.Store.LeaseDueAsync(now, now.AddSeconds(30), 10, Ct)).ShouldHaveSingleItem();

        await Task.WhenAll(
            Enumerable.Range(0, 10).Select(i => Task.Run(() => (i % 2 == 0 ? World.Node : other).Runner.RunAsync(row, Ct), Ct))
        );

        (await World.InstancesAsync()).Count.ShouldBe(1);
        (await World.WorkAsync()).ShouldHaveSingleItem().Kind.ShouldBe(WorkKind.TriggerTimer);
    }

    [Fact]
    public async Task A_singleton_that_runs_refuses_the_start_and_the_timer_goes_on()
    {
        await World.PublishAsync("main", $"{EveryMinute}, {HostUnderTest.Event("go")}", HostUnderTest.Strategy("SingletonStrategy"));

        await World.PassAsync(TimeSpan.FromMinutes(1));
        await World.PassAsync(TimeSpan.FromMinutes(1));
        (await World.InstancesAsync()).Count.ShouldBe(1);

        await World.EventAsync("go");
        await World.PassAsync(TimeSpan.Zero);
        await World.PassAsync(TimeSpan.FromMinutes(1));
        (await World.InstancesAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_retracted_definition_fires_no_more()
    {
        await World.PublishAsync("main", EveryMinute);

        await World.Definitions.RetractAsync("main", Ct);

        (await World.PassAsync(TimeSpan.FromMinutes(5))).ShouldBe(0);
        (await World.InstancesAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_node_that_dies_with_the_commit_of_a_timer_leaves_the_next_one_set()
    {
        await World.PublishAsync("main", $"{EveryMinute}, {HostUnderTest.Line("a")}");
        var dying = World.Join(new StoreThrough(World.Store).DieAt(1, after: true));
        World.Clock.Advance(TimeSpan.FromMinutes(1));
        await Should.ThrowAsync<DeathException>(dying.PumpAsync);

        await World.Join().PumpAsync();
        await World.PassAsync(TimeSpan.FromMinutes(1));

        (await World.InstancesAsync()).Count.ShouldBe(2);
        (await World.WorkAsync()).ShouldHaveSingleItem().DueAt.ShouldBe(World.Noon.AddMinutes(3));
    }
}

public sealed class TimerTestsOnPostgres(PostgresFixture postgres) : TimerTests, IClassFixture<PostgresFixture>
{
    protected override PostgresFixture? Postgres => postgres;
}

public sealed class TriggerTimerTestsOnPostgres(PostgresFixture postgres) : TriggerTimerTests, IClassFixture<PostgresFixture>
{
    protected override PostgresFixture? Postgres => postgres;
}
