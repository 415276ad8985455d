using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Tests.InMemory;
using ServiceLoop.Runtime.Tests.Work;

namespace ServiceLoop.Runtime.Tests.Instances;

/// <summary>A node dies at a commit; another one goes on. Nothing is lost, nothing is done twice.</summary>
public sealed class CrashTests
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

    private readonly World world = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<int, bool> Deaths => [.. Enumerable.Range(1, 9).SelectMany(n => new[] { (n, false), (n, true) })];

    [Theory]
    [MemberData(nameof(Deaths))]
    public async Task Whenever_a_node_dies_the_next_one_brings_it_to_the_same_end(int commit, bool after)
    {
        await world.PublishAsync("main", Chain);
        await world.PublishAsync("listener", $"{HostUnderTest.Event("bye", starts: true)}, {HostUnderTest.Line("heard")}");
        var id = await world.Runtime.DispatchAsync(new StartInstanceRequest("main"), Ct);
        var node = world.Join(new StoreThrough(world.Store).DieAt(commit, after));
        var hasPublished = false;

        for (var round = 0; round < 30; round++)
        {
            try
            {
                await node.PumpAsync();
            }
            catch (DeathException)
            {
                node = world.Join();
            }

            if (!hasPublished && (await world.Store.FindBookmarksAsync(new(InstanceId: id), Ct)).Any(b => b.Name == "Elsa.Event"))
            {
                await world.EventAsync("go");
                hasPublished = true;
            }

            world.Clock.Advance(TimeSpan.FromSeconds(31));
        }

        var state = await world.StateAsync(id);
        state.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        (await world.LinesAsync(id)).ShouldBe(["a", "b"]);
        world.Outside.Calls.Distinct().Count().ShouldBe(3);
        world.Outside.Calls.Count.ShouldBeLessThanOrEqualTo(4);
        (await world.InstancesAsync("listener")).Count.ShouldBe(1);
        (await world.WorkAsync()).ShouldBeEmpty();
        (await world.WorkAsync(isBuried: true)).ShouldBeEmpty();
        (await new Replay(world.Store, world.Node.Graphs).RunAsync(id, Ct)).Difference.ShouldBeNull();
    }

    [Fact]
    public async Task An_activity_that_must_not_repeat_comes_back_as_an_incident()
    {
        await InterruptAsync("""{ "type": "Test.CallOnce" }, { "type": "Elsa.WriteLine", "text": "after" }""");

        var state = await world.StateAsync("i-1");
        state.Incidents.ShouldHaveSingleItem().Kind.ShouldBe(IncidentKind.Interrupted);
        world.Outside.Calls.Count.ShouldBe(1);
        (await world.WorkAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_interrupted_activity_can_be_retried_with_the_same_key()
    {
        await InterruptAsync("""{ "type": "Test.CallOnce" }, { "type": "Elsa.WriteLine", "text": "after" }""");

        var state = await world.Node.Runtime.RetryAsync("i-1", null, "ann", Ct);

        state.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        world.Outside.Calls.ShouldBe([world.Outside.Calls[0], world.Outside.Calls[0]]);
        (await world.LinesAsync("i-1")).ShouldBe(["after"]);
    }

    [Fact]
    public async Task An_interrupted_activity_can_be_skipped()
    {
        await InterruptAsync("""{ "type": "Test.CallOnce" }, { "type": "Elsa.WriteLine", "text": "after" }""");
        var frame = (await world.StateAsync("i-1")).Incidents[0].FrameId;

        var state = await world.Node.Runtime.SkipAsync("i-1", frame, [], "ann", Ct);

        state.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        world.Outside.Calls.Count.ShouldBe(1);
    }

    [Fact]
    public async Task The_recovery_leaves_a_node_alone_that_still_works()
    {
        await world.PublishAsync("main", """{ "type": "Test.CallOnce" }, { "type": "Elsa.WriteLine", "text": "after" }""");
        var other = world.Join();
        var answer = new TaskCompletionSource();
        world.Outside.OnCall = (_, _) => answer.Task;
        await world.Node.Graphs.FindPublishedAsync("main", Ct);
        var starting = world.StartAsync("main", "i-1");

        for (var i = 0; i < 10; i++)
        {
            world.Clock.Advance(TimeSpan.FromSeconds(10));
            await other.PumpAsync();
        }

        answer.SetResult();
        var state = await starting;

        state.Incidents.ShouldBeEmpty();
        state.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        (await world.WorkAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_burst_that_committed_halfway_goes_on_from_there(int commit)
    {
        await world.PublishAsync(
            "main",
            $"{HostUnderTest.Line("a")}, {HostUnderTest.Line("b")}, {HostUnderTest.Line("c")}",
            """ "options": { "commitStrategyName": "ActivityExecuted" }, """
        );
        var dying = world.Join(new StoreThrough(world.Store).DieAt(commit, after: true));
        await Should.ThrowAsync<DeathException>(() =>
            dying.Runtime.StartAsync(new StartInstanceRequest("main") { InstanceId = "i-1" }, Ct)
        );
        (await world.StateAsync("i-1")).SubStatus.ShouldBe(WorkflowSubStatus.Executing);
        var next = world.Join();

        (await next.PumpAsync()).ShouldBe(0);
        world.Clock.Advance(TimeSpan.FromSeconds(31));
        await next.PumpAsync();

        (await world.StateAsync("i-1")).SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        (await world.LinesAsync("i-1")).ShouldBe(["a", "b", "c"]);
        (await world.WorkAsync()).ShouldBeEmpty();
        (await new Replay(world.Store, world.Node.Graphs).RunAsync("i-1", Ct)).Difference.ShouldBeNull();
    }

    [Fact]
    public async Task A_background_activity_that_must_not_repeat_comes_back_as_an_incident()
    {
        await world.PublishAsync("main", """{ "type": "Test.CallOnceLater" }""");
        await world.StartAsync("main", "i-1");
        var through = new StoreThrough(world.Store);
        var dying = world.Join(through);
        world.Outside.OnCall = (_, _) =>
        {
            through.Kill();
            return Task.CompletedTask;
        };
        await Should.ThrowAsync<DeathException>(dying.PumpAsync);
        world.Outside.OnCall = static (_, _) => Task.CompletedTask;

        world.Clock.Advance(TimeSpan.FromMinutes(2));
        await world.Join().PumpAsync();

        (await world.StateAsync("i-1")).Incidents.ShouldHaveSingleItem().Kind.ShouldBe(IncidentKind.Interrupted);
        world.Outside.Calls.Count.ShouldBe(1);
    }

    private async Task InterruptAsync(string activities)
    {
        await world.PublishAsync("main", activities);
        var through = new StoreThrough(world.Store);
        var dying = world.Join(through);
        world.Outside.OnCall = (_, _) =>
        {
            through.Kill();
            return Task.CompletedTask;
        };
        await Should.ThrowAsync<DeathException>(() =>
            dying.Runtime.StartAsync(new StartInstanceRequest("main") { InstanceId = "i-1" }, Ct)
        );
        world.Outside.OnCall = static (_, _) => Task.CompletedTask;
        world.Clock.Advance(TimeSpan.FromSeconds(31));
        await world.Join().PumpAsync();
    }
}
