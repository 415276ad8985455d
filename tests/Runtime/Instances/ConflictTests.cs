using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Tests.InMemory;
using ServiceLoop.Runtime.Tests.Work;
using ServiceLoop.TestKit;

namespace ServiceLoop.Runtime.Tests.Instances;

public class ConflictTests : WorldTests
{
    private const string Two = """
        { "type": "Elsa.Parallel", "activities": [
          { "type": "Elsa.Sequence", "activities": [ { "type": "Elsa.Event", "id": "one", "eventName": "one" }, { "type": "Elsa.WriteLine", "text": "1" } ] },
          { "type": "Elsa.Sequence", "activities": [ { "type": "Elsa.Event", "id": "two", "eventName": "two" }, { "type": "Elsa.WriteLine", "text": "2" } ] } ] },
        { "type": "Elsa.WriteLine", "text": "both" }
        """;

    [Fact]
    public async Task The_loser_of_a_race_repeats_its_burst_on_what_the_winner_left()
    {
        await World.PublishAsync("main", Two);
        var state = await World.StartAsync("main", "i-1");
        var through = new StoreThrough(World.Store);
        var loser = World.Join(through);
        through.BeforeCommit = async _ =>
        {
            through.BeforeCommit = static _ => Task.CompletedTask;
            await World.Runtime.ResumeAsync("i-1", Waiter(state, "two"), null, null, Ct);
        };

        var result = await loser.Runtime.ResumeAsync("i-1", Waiter(state, "one"), null, null, Ct);

        result.State!.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        through.Commits.ShouldBe(2);
        (await World.LinesAsync("i-1")).ShouldBe(["2", "1", "both"]);
    }

    [Fact]
    public async Task Two_answers_to_one_waiter_wake_it_once()
    {
        await World.PublishAsync("main", $"{HostUnderTest.Event("go")}, {HostUnderTest.Line("woken")}, {HostUnderTest.Event("end")}");
        var state = await World.StartAsync("main", "i-1");
        var other = World.Join();

        var results = await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(i =>
                    Task.Run(() => (i % 2 == 0 ? World.Node : other).Runtime.ResumeAsync("i-1", state.Bookmarks[0].Id, null, null, Ct), Ct)
                )
        );

        results.Count(r => r.Outcome == ResumeOutcome.Resumed).ShouldBe(1);
        results.Count(r => r.Outcome == ResumeOutcome.Gone).ShouldBe(19);
        (await World.LinesAsync("i-1")).ShouldBe(["woken"]);
    }

    [Fact]
    public async Task A_remembered_state_saves_the_load_and_an_outdated_one_does_no_harm()
    {
        await World.PublishAsync(
            "main",
            $"{HostUnderTest.Event("a")}, {HostUnderTest.Event("b")}, {HostUnderTest.Event("c")}, {HostUnderTest.Event("d")}"
        );
        var through = new StoreThrough(World.Store);
        var node = World.Join(through);
        var state = (await node.Runtime.StartAsync(new StartInstanceRequest("main") { InstanceId = "i-1" }, Ct)).State!;

        // Remembered.
        state = (await node.Runtime.ResumeAsync("i-1", state.Bookmarks[0].Id, null, null, Ct)).State!;
        through.Loads.ShouldBe(0);
        through.Commits.ShouldBe(2);

        // Another node goes on: what is remembered knows nothing of the next waiter.
        state = (await World.Runtime.ResumeAsync("i-1", state.Bookmarks[0].Id, null, null, Ct)).State!;
        var result = await node.Runtime.ResumeAsync("i-1", state.Bookmarks[0].Id, null, null, Ct);

        result.Outcome.ShouldBe(ResumeOutcome.Resumed);
        through.Loads.ShouldBe(1);
    }

    [Fact]
    public async Task An_instance_that_another_node_holds_is_busy()
    {
        await World.PublishAsync("main", HostUnderTest.Event("go"));
        var state = await World.StartAsync("main", "i-1");
        (await World.Store.TryLeaseAsync("i-1", 1, "other", World.Noon, World.Noon.AddSeconds(30), Ct)).ShouldBeTrue();

        await Should.ThrowAsync<InstanceBusyException>(() => World.Runtime.ResumeAsync("i-1", state.Bookmarks[0].Id, null, null, Ct));

        World.Clock.Advance(TimeSpan.FromSeconds(31));
        (await World.Runtime.ResumeAsync("i-1", state.Bookmarks[0].Id, null, null, Ct)).Outcome.ShouldBe(ResumeOutcome.Resumed);
    }

    [Fact]
    public async Task A_store_that_fails_leaves_the_burst_to_be_repeated()
    {
        await World.PublishAsync("main", $"{HostUnderTest.Event("go")}, {HostUnderTest.Line("a")}");
        var through = new StoreThrough(World.Store);
        var node = World.Join(through);
        var state = (await node.Runtime.StartAsync(new StartInstanceRequest("main") { InstanceId = "i-1" }, Ct)).State!;
        through.BeforeCommit = _ => throw new StoreUnavailableException("The database is gone.");

        await Should.ThrowAsync<StoreUnavailableException>(() => node.Runtime.ResumeAsync("i-1", state.Bookmarks[0].Id, null, null, Ct));

        through.BeforeCommit = _ => Task.CompletedTask;
        (await node.Runtime.ResumeAsync("i-1", state.Bookmarks[0].Id, null, null, Ct)).Outcome.ShouldBe(ResumeOutcome.Resumed);
        (await World.LinesAsync("i-1")).ShouldBe(["a"]);
    }

    [Fact]
    public async Task Host_activities_of_one_instance_run_on_one_node_at_a_time()
    {
        await World.PublishAsync("main", """{ "type": "Elsa.Event", "id": "go", "eventName": "go" }, { "type": "Test.CallOutside" }""");
        var state = await World.StartAsync("main", "i-1");
        var other = World.Join();
        World.Outside.OnCall = async (_, _) =>
        {
            // While it runs, the other node cannot change the instance.
            var row = (await World.Store.FindInstanceAsync("i-1", Ct)).ShouldNotBeNull();
            row.LeaseOwner.ShouldNotBeNull();
            (await World.Store.TryLeaseAsync("i-1", row.RowVersion, "other", World.Noon, World.Noon.AddSeconds(30), Ct)).ShouldBeFalse();
        };

        var result = await other.Runtime.ResumeAsync("i-1", state.Bookmarks[0].Id, null, null, Ct);

        result.State!.Incidents.ShouldBeEmpty();
        (await World.Store.FindInstanceAsync("i-1", Ct))!.LeaseOwner.ShouldBeNull();
    }

    private static long Waiter(WorkflowState state, string eventName) =>
        state.Bookmarks.Single(b => eventName.Equals(b.Payload[0].Value)).Id;
}

public sealed class ConflictTestsOnPostgres(PostgresFixture postgres) : ConflictTests, IClassFixture<PostgresFixture>
{
    protected override PostgresFixture? Postgres => postgres;
}
