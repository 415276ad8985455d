using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Tests.InMemory;
using ServiceLoop.Runtime.Tests.Work;
using ServiceLoop.TestKit;

namespace ServiceLoop.Runtime.Tests.Instances;

public class GuardedStartTests : WorldTests
{
    [Fact]
    public async Task Of_many_starts_on_two_nodes_one_singleton_runs()
    {
        await World.PublishAsync("main", HostUnderTest.Event("go"), HostUnderTest.Strategy("SingletonStrategy"));
        var other = World.Join();

        var results = await Task.WhenAll(
            Enumerable
                .Range(0, 12)
                .Select(i => Task.Run(() => (i % 2 == 0 ? World.Node : other).Runtime.StartAsync(new StartInstanceRequest("main"), Ct), Ct))
        );

        results.Count(r => r.IsNew).ShouldBe(1);
        results.Where(r => !r.IsNew).ShouldAllBe(r => r.Refusal == "An instance of 'main' runs already.");
        (await World.InstancesAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_singleton_starts_again_once_the_first_has_ended()
    {
        await World.PublishAsync("main", HostUnderTest.Event("go"), HostUnderTest.Strategy("SingletonStrategy"));
        var first = await World.StartAsync("main");

        await World.Runtime.CancelAsync(first.InstanceId, compensate: false, Ct);

        (await World.StartAsync("main")).SubStatus.ShouldBe(WorkflowSubStatus.Suspended);
    }

    [Fact]
    public async Task A_correlated_singleton_runs_once_for_each_correlation_id()
    {
        await World.PublishAsync("main", HostUnderTest.Event("go"), HostUnderTest.Strategy("CorrelatedSingletonStrategy"));
        await World.StartAsync("main", correlationId: "a");
        await World.StartAsync("main", correlationId: "b");

        var again = await World.Runtime.StartAsync(new StartInstanceRequest("main") { CorrelationId = "a" }, Ct);

        again.Refusal.ShouldBe("An instance of 'main' with the correlation id 'a' runs already.");
    }

    [Fact]
    public async Task One_correlation_id_is_exclusive_among_all_definitions()
    {
        await World.PublishAsync("other", HostUnderTest.Event("go"));
        await World.PublishAsync("main", HostUnderTest.Event("go"), HostUnderTest.Strategy("CorrelationStrategy"));
        await World.StartAsync("other", correlationId: "a");

        var refused = await World.Runtime.StartAsync(new StartInstanceRequest("main") { CorrelationId = "a" }, Ct);

        refused.Refusal.ShouldBe("An instance with the correlation id 'a' runs already.");
        (await World.StartAsync("main", correlationId: "b")).SubStatus.ShouldBe(WorkflowSubStatus.Suspended);
    }

    [Fact]
    public async Task A_repeated_start_of_the_same_singleton_is_not_refused_by_itself()
    {
        await World.PublishAsync("main", HostUnderTest.Event("go"), HostUnderTest.Strategy("SingletonStrategy"));
        await World.StartAsync("main", "i-1");

        var again = await World.Runtime.StartAsync(new StartInstanceRequest("main") { InstanceId = "i-1" }, Ct);

        again.Refusal.ShouldBeNull();
        again.IsNew.ShouldBeFalse();
    }
}

public sealed class GuardedStartTestsOnPostgres(PostgresFixture postgres) : GuardedStartTests, IClassFixture<PostgresFixture>
{
    protected override PostgresFixture? Postgres => postgres;
}
