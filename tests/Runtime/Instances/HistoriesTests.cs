using System.Text;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.InMemory;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Tests.Work;

namespace ServiceLoop.Runtime.Tests.Instances;

public sealed class HistoriesTests
{
    private readonly InMemoryStore memory = new();
    private readonly World world;
    private readonly Histories histories;

    public HistoriesTests()
    {
        world = new World(memory);
        histories = new Histories(memory, new GraphCache(memory, world.Compiler, world.Clock), world.Caller);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_history_grows_with_each_burst()
    {
        await world.PublishAsync(
            "main",
            """{ "id": "Wait", "type": "Elsa.Event", "eventName": "go" }, { "id": "Say", "type": "Elsa.WriteLine", "text": "after" }"""
        );
        await world.StartAsync("main", "i-1");
        var first = (await histories.FindAsync("i-1", Ct)).ShouldNotBeNull();
        var before = (first.Count, first.ExecutionCount, first.OfNode("Workflow1:Sequence1:Wait").Single().Status);

        await world.EventAsync("go");
        await world.Node.PumpAsync();
        var second = (await histories.FindAsync("i-1", Ct)).ShouldNotBeNull();

        second.ShouldBeSameAs(first);
        before.Item3.ShouldBe(ActivityStatus.Running);
        second.Count.ShouldBeGreaterThan(before.Count);
        second.ExecutionCount.ShouldBe(before.ExecutionCount + 1);
        second.Executions().ShouldAllBe(e => e.Status == ActivityStatus.Completed);
        second
            .NodesSince(1)
            .ShouldBe(["Workflow1", "Workflow1:Sequence1", "Workflow1:Sequence1:Wait", "Workflow1:Sequence1:Say"], ignoreOrder: true);
        second
            .Chain(second.OfNode("Workflow1:Sequence1:Say").Single().FrameId)
            .Select(e => e.Node.Id)
            .ShouldBe(["Workflow1", "Sequence1", "Say"]);
    }

    [Fact]
    public async Task Another_instance_of_the_same_id_has_a_history_of_its_own()
    {
        await world.PublishAsync("main", """{ "type": "Elsa.WriteLine", "text": "one" }, { "type": "Elsa.WriteLine", "text": "two" }""");
        await world.PublishAsync("other", "");
        await world.StartAsync("main", "i-1");
        var first = (await histories.FindAsync("i-1", Ct)).ShouldNotBeNull();
        await memory.DeleteInstancesAsync(["i-1"], Ct);
        var gone = await histories.FindAsync("i-1", Ct);
        world.Clock.Advance(TimeSpan.FromSeconds(1));

        await world.StartAsync("other", "i-1");
        var second = (await histories.FindAsync("i-1", Ct)).ShouldNotBeNull();

        gone.ShouldBeNull();
        second.Count.ShouldBeLessThan(first.Count);
    }

    [Fact]
    public async Task Values_are_recalled_from_the_journal_and_a_gap_is_told()
    {
        await world.PublishAsync(
            "main",
            """
            { "id": "Say", "type": "Elsa.WriteLine", "text": { "typeName": "String", "expression": { "type": "Variable", "value": { "id": "v" } } } },
            { "id": "Wait", "type": "Elsa.Event", "eventName": "go" }
            """,
            """ "variables": [ { "id": "v", "name": "word", "typeName": "String", "value": "hello" } ], """
        );
        await world.StartAsync("main", "i-1");
        var say = (await histories.FindAsync("i-1", Ct)).ShouldNotBeNull().OfNode("Workflow1:Sequence1:Say").Single();

        var whole = (await histories.RecallAsync("i-1", [say.FrameId], Ct)).ShouldNotBeNull();
        await memory.RetainAsync(new(null, World.Noon.AddYears(1), null), Ct);
        await world.Runtime.ModifyVariableAsync("i-1", "word", "bye", Ct);
        var cut = (await histories.RecallAsync("i-1", [say.FrameId], Ct)).ShouldNotBeNull();

        whole.Gap.ShouldBeNull();
        whole.Values.InputsOf(say.FrameId)["Text"].ShouldBe("hello");
        cut.Gap.ShouldNotBeNull().ShouldContain("not in the journal any more");
        cut.Values.InputsOf(say.FrameId).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_printed_line_belongs_to_the_activity_that_printed_it()
    {
        await world.PublishAsync(
            "main",
            """{ "id": "One", "type": "Elsa.WriteLine", "text": "first" }, { "id": "Two", "type": "Elsa.WriteLine", "text": "second" }"""
        );
        await world.StartAsync("main", "i-1");

        var history = (await histories.FindAsync("i-1", Ct)).ShouldNotBeNull();

        history
            .Page(entry => entry.ActivityId is "One" or "Two", 0, 10)
            .Lines.Select(l => $"{l.Entry.NodeId} {l.Entry.Event?.ToString() ?? l.Entry.Message}")
            .ShouldBe([
                "Workflow1:Sequence1:One Started",
                "Workflow1:Sequence1:One first",
                "Workflow1:Sequence1:One Completed",
                "Workflow1:Sequence1:Two Started",
                "Workflow1:Sequence1:Two second",
                "Workflow1:Sequence1:Two Completed",
            ]);
        history
            .Page(entry => entry.Event is null, 0, 1)
            .Lines.Single()
            .Entry.FrameId.ShouldBe(history.OfNode("Workflow1:Sequence1:One").Single().FrameId);
    }

    [Fact]
    public async Task A_line_of_an_earlier_journal_is_read_without_its_activity()
    {
        HappenedRow row = new(1, World.Noon, Encoding.UTF8.GetBytes("""{"entries":[],"lines":["as before"]}"""));

        var line = (await History.ReadAsync([row], _ => new((WorkflowGraph?)null))).ShouldHaveSingleItem();

        line.Message.ShouldBe("as before");
        line.ActivityId.ShouldBeEmpty();
        line.Node.ShouldBeNull();
    }

    [Fact]
    public async Task A_long_history_is_paged_and_counted_whole()
    {
        await world.PublishAsync(
            "main",
            """{ "id": "Loop", "type": "Elsa.For", "start": "1", "end": "900", "step": "1", "body": { "id": "Say", "type": "Elsa.WriteLine", "text": "x" } }"""
        );
        await world.StartAsync("main", "i-1");
        var history = (await histories.FindAsync("i-1", Ct)).ShouldNotBeNull();

        var (lines, total) = history.Page(entry => entry.ActivityId == "Say", skip: 2690, take: 110);

        total.ShouldBe(2700);
        lines.Count.ShouldBe(10);
        lines.Select(l => l.Position).ShouldBeInOrder();
        history.OfNode("Workflow1:Sequence1:Loop:Say").Count.ShouldBe(900);
    }
}
