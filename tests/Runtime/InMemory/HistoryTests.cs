using ServiceLoop.Engine;
using ServiceLoop.Engine.State;
using static ServiceLoop.Runtime.Tests.InMemory.HostUnderTest;

namespace ServiceLoop.Runtime.Tests.InMemory;

public sealed class HistoryTests
{
    [Fact]
    public async Task Executions_are_kept_after_they_left_the_state()
    {
        var host = new HostUnderTest().Publish("d", Line("one") + "," + Event("go"));

        var instance = await host.StartAsync("d");

        instance
            .Executions.Select(e => $"{e.Node.Id}={e.Status}")
            .ShouldBe(["Workflow1=Running", "Sequence1=Running", "WriteLine1=Completed", "go=Running"]);
    }

    [Fact]
    public async Task A_fault_counts_for_all_that_it_stands_in_until_it_is_repaired()
    {
        var host = new HostUnderTest().Publish("d", """{ "type": "Elsa.Fault", "message": "boom" }""");
        var instance = await host.StartAsync("d");

        var faulted = instance.Executions.Select(e => e.FaultCount).ToList();
        await host.Workflows.ApplyAsync(instance.Id, new Stimulus.Retry(), TestContext.Current.CancellationToken);

        faulted.ShouldBe([1, 1, 1]);
        instance.State.SubStatus.ShouldBe(WorkflowSubStatus.Faulted);
        instance.Executions.Select(e => e.FaultCount).ShouldBe([1, 1, 1]);
    }

    [Fact]
    public async Task A_task_is_written_as_a_row()
    {
        var host = new HostUnderTest().Publish("d", """{ "type": "Elsa.RunTask", "taskName": "Approve" }""");

        await host.StartAsync("d");

        host.Workflows.Rows.ShouldHaveSingleItem().Row.ShouldBeOfType<Engine.Nodes.RunTaskRequest>().Name.ShouldBe("Approve");
    }

    [Fact]
    public async Task A_bookmark_that_is_gone_is_not_resumed()
    {
        var host = new HostUnderTest().Publish("d", Event("go"));
        var instance = await host.StartAsync("d");
        var bookmark = instance.State.Bookmarks.ShouldHaveSingleItem();
        await host.EventAsync("go");

        var resumed = await host.Workflows.ResumeAsync(instance.Id, bookmark.Id, null, TestContext.Current.CancellationToken);

        resumed.ShouldBeFalse();
    }
}
