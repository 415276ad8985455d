using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Tests.InMemory;
using ServiceLoop.Runtime.Tests.Work;
using ServiceLoop.TestKit;

namespace ServiceLoop.Runtime.Tests.Instances;

/// <summary>A node dies at a commit; another one goes on. Nothing is lost, nothing is done twice.</summary>
public class CrashTests : WorldTests
{
    private const string Chain = """
        { "type": "Elsa.WriteLine", "text": "a" },
        { "type": "Test.CallOutside" },
        { "type": "Elsa.Event", "id": "go", "eventName": "go" },
        { "type": "Test.CallOutside" },
        { "type": "Elsa.Delay", "timeSpan": "00:01:00" },
        { "type": "Test.CallLater" },
        { "type": "Elsa.PublishEvent", "eventName": "bye" },
        { "type": "Elsa.WriteLine", "text": "b" }
        """;

    public static TheoryData<int, bool> Deaths => [.. Enumerable.Range(1, 9).SelectMany(n => new[] { (n, false), (n, true) })];

    [Theory]
    [MemberData(nameof(Deaths))]
    public async Task Whenever_a_node_dies_the_next_one_brings_it_to_the_same_end(int commit, bool after)
    {
        await World.PublishAsync("main", Chain);
        await World.PublishAsync("listener", $"{HostUnderTest.Event("bye", starts: true)}, {HostUnderTest.Line("heard")}");
        var id = await World.Runtime.DispatchAsync(new StartInstanceRequest("main"), Ct);
        var node = World.Join(new StoreThrough(World.Store).DieAt(commit, after));
        var hasPublished = false;

        for (var round = 0; round < 30; round++)
        {
            try
            {
                await node.PumpAsync();
            }
            catch (DeathException)
            {
                node = World.Join();
            }

            if (!hasPublished && (await World.Store.FindBookmarksAsync(new(InstanceId: id), Ct)).Any(b => b.Name == "Elsa.Event"))
            {
                await World.EventAsync("go");
                hasPublished = true;
            }

            World.Clock.Advance(TimeSpan.FromSeconds(31));
        }

        var state = await World.StateAsync(id);
        state.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        (await World.LinesAsync(id)).ShouldBe(["a", "b"]);
        World.Outside.Calls.Distinct().Count().ShouldBe(3);
        World.Outside.Calls.Count.ShouldBeLessThanOrEqualTo(4);
        (await World.InstancesAsync("listener")).Count.ShouldBe(1);
        (await World.WorkAsync()).ShouldBeEmpty();
        (await World.WorkAsync(isBuried: true)).ShouldBeEmpty();
        (await new Replay(World.Store, World.Node.Graphs).RunAsync(id, Ct)).Difference.ShouldBeNull();
    }

    [Fact]
    public async Task An_activity_that_must_not_repeat_comes_back_as_an_incident()
    {
        await InterruptAsync("""{ "type": "Test.CallOnce" }, { "type": "Elsa.WriteLine", "text": "after" }""");

        var state = await World.StateAsync("i-1");
        state.Incidents.ShouldHaveSingleItem().Kind.ShouldBe(IncidentKind.Interrupted);
        World.Outside.Calls.Count.ShouldBe(1);
        (await World.WorkAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_interrupted_activity_can_be_retried_with_the_same_key()
    {
        await InterruptAsync("""{ "type": "Test.CallOnce" }, { "type": "Elsa.WriteLine", "text": "after" }""");

        var state = await World.Node.Runtime.RetryAsync("i-1", null, Ct);

        state.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        World.Outside.Calls.ShouldBe([World.Outside.Calls[0], World.Outside.Calls[0]]);
        (await World.LinesAsync("i-1")).ShouldBe(["after"]);
    }

    [Fact]
    public async Task An_interrupted_activity_can_be_skipped()
    {
        await InterruptAsync("""{ "type": "Test.CallOnce" }, { "type": "Elsa.WriteLine", "text": "after" }""");
        var frame = (await World.StateAsync("i-1")).Incidents[0].FrameId;

        var state = await World.Node.Runtime.SkipAsync("i-1", frame, [], Ct);

        state.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        World.Outside.Calls.Count.ShouldBe(1);
    }

    [Fact]
    public async Task The_recovery_leaves_a_node_alone_that_still_works()
    {
        await World.PublishAsync("main", """{ "type": "Test.CallOnce" }, { "type": "Elsa.WriteLine", "text": "after" }""");
        var other = World.Join();
        var through = new StoreThrough(World.Store);
        var busy = World.Join(through);
        var answer = new TaskCompletionSource();
        World.Outside.OnCall = (_, _) => answer.Task;

        while (World.Clock.TimersMade.Wait(0, Ct)) { }

        var starting = busy.Runtime.StartAsync(new StartInstanceRequest("main") { InstanceId = "i-1" }, Ct);
        (await World.Clock.TimersMade.WaitAsync(TimeSpan.FromSeconds(180), Ct)).ShouldBeTrue();

        for (var i = 0; i < 10; i++)
        {
            World.Clock.Advance(TimeSpan.FromSeconds(10));
            (await through.Leased.WaitAsync(TimeSpan.FromSeconds(180), Ct)).ShouldBeTrue();
            await other.PumpAsync();
        }

        answer.SetResult();
        var state = (await starting).State.ShouldNotBeNull();

        state.Incidents.ShouldBeEmpty();
        state.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        (await World.WorkAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_burst_that_committed_halfway_goes_on_from_there(int commit)
    {
        await World.PublishAsync(
            "main",
            $"{HostUnderTest.Line("a")}, {HostUnderTest.Line("b")}, {HostUnderTest.Line("c")}",
            """ "options": { "commitStrategyName": "ActivityExecuted" }, """
        );
        var dying = World.Join(new StoreThrough(World.Store).DieAt(commit, after: true));
        await Should.ThrowAsync<DeathException>(() =>
            dying.Runtime.StartAsync(new StartInstanceRequest("main") { InstanceId = "i-1" }, Ct)
        );
        (await World.StateAsync("i-1")).SubStatus.ShouldBe(WorkflowSubStatus.Executing);
        var next = World.Join();

        (await next.PumpAsync()).ShouldBe(0);
        World.Clock.Advance(TimeSpan.FromSeconds(31));
        await next.PumpAsync();

        (await World.StateAsync("i-1")).SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        (await World.LinesAsync("i-1")).ShouldBe(["a", "b", "c"]);
        (await World.WorkAsync()).ShouldBeEmpty();
        (await new Replay(World.Store, World.Node.Graphs).RunAsync("i-1", Ct)).Difference.ShouldBeNull();
    }

    [Fact]
    public async Task A_background_activity_that_must_not_repeat_comes_back_as_an_incident()
    {
        await World.PublishAsync("main", """{ "type": "Test.CallOnceLater" }""");
        await World.StartAsync("main", "i-1");
        var through = new StoreThrough(World.Store);
        var dying = World.Join(through);
        World.Outside.OnCall = (_, _) =>
        {
            through.Kill();
            return Task.CompletedTask;
        };
        await Should.ThrowAsync<DeathException>(dying.PumpAsync);
        World.Outside.OnCall = static (_, _) => Task.CompletedTask;

        World.Clock.Advance(TimeSpan.FromMinutes(2));
        await World.Join().PumpAsync();

        (await World.StateAsync("i-1")).Incidents.ShouldHaveSingleItem().Kind.ShouldBe(IncidentKind.Interrupted);
        World.Outside.Calls.Count.ShouldBe(1);
    }

    private async Task InterruptAsync(string activities)
    {
        await World.PublishAsync("main", activities);
        var through = new StoreThrough(World.Store);
        var dying = World.Join(through);
        World.Outside.OnCall = (_, _) =>
        {
            through.Kill();
            return Task.CompletedTask;
        };
        await Should.ThrowAsync<DeathException>(() =>
            dying.Runtime.StartAsync(new StartInstanceRequest("main") { InstanceId = "i-1" }, Ct)
        );
        World.Outside.OnCall = static (_, _) => Task.CompletedTask;
        World.Clock.Advance(TimeSpan.FromSeconds(31));
        await World.Join().PumpAsync();
    }
}

public sealed class CrashTestsOnPostgres(PostgresFixture postgres) : CrashTests, IClassFixture<PostgresFixture>
{
    protected override PostgresFixture? Postgres => postgres;
}
