using ServiceLoop.Engine.State;
using static ServiceLoop.Runtime.Tests.InMemory.HostUnderTest;

namespace ServiceLoop.Runtime.Tests.InMemory;

public sealed class ChildTests
{
    private const string Parent = """{ "type": "Test.StartChild", "definition": "child" }""";
    private const string Answer =
        """{ "type": "Elsa.SetOutput", "outputName": "Answer", "outputValue": { "typeName": "Object", "expression": { "type": "Literal", "value": "yes" } } }""";

    [Fact]
    public async Task A_parent_hears_the_outputs_of_its_child()
    {
        var host = new HostUnderTest().Publish("child", Answer).Publish("parent", Parent);

        var parent = await host.StartAsync("parent");

        host.Lines.ShouldBe(["Finished yes"]);
        parent.State.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public async Task A_parent_waits_for_a_child_that_waits()
    {
        var host = new HostUnderTest().Publish("child", Event("go") + "," + Answer).Publish("parent", Parent);
        var parent = await host.StartAsync("parent");

        var before = parent.State.SubStatus;
        await host.EventAsync("go");

        before.ShouldBe(WorkflowSubStatus.Suspended);
        host.Lines.ShouldBe(["Finished yes"]);
    }

    [Fact]
    public async Task A_parent_hears_that_its_child_failed()
    {
        var host = new HostUnderTest().Publish("child", """{ "type": "Elsa.Fault", "message": "boom" }""").Publish("parent", Parent);

        await host.StartAsync("parent");

        host.Lines.ShouldBe(["Faulted boom"]);
    }

    [Fact]
    public async Task A_parent_hears_that_its_child_could_not_be_started()
    {
        var host = new HostUnderTest().Publish("parent", Parent);

        await host.StartAsync("parent");

        host.Lines.ShouldHaveSingleItem().ShouldStartWith("Faulted No published version");
        host.Workflows.Undelivered.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Cancelling_a_parent_cancels_its_child()
    {
        var host = new HostUnderTest().Publish("child", Event("go")).Publish("parent", Parent);
        var parent = await host.StartAsync("parent");

        await host.Workflows.CancelAsync(parent.Id, compensate: false, TestContext.Current.CancellationToken);

        host.Workflows.Instances.ShouldAllBe(i => i.State.SubStatus == WorkflowSubStatus.Cancelled);
        (await host.EventAsync("go")).Resumed.ShouldBe(0);
    }

    [Fact]
    public async Task A_child_that_is_asked_for_twice_is_started_once()
    {
        var host = new HostUnderTest().Publish("child", Line("once"));
        var request = new Runtime.InMemory.StartRequest("child") { InstanceId = "c-1" };

        var first = await host.Workflows.StartAsync(request, TestContext.Current.CancellationToken);
        var second = await host.Workflows.StartAsync(request, TestContext.Current.CancellationToken);

        second.Instance.ShouldBe(first.Instance);
        host.Lines.ShouldBe(["once"]);
    }

    [Fact]
    public async Task A_workflow_that_runs_itself_inside_itself_fails()
    {
        var host = new HostUnderTest(new() { Services = workflows => new OnlyService(workflows) }).Publish(
            "d",
            """{ "type": "Test.RunInline", "definition": "d" }"""
        );

        var instance = await host.StartAsync("d");

        instance.State.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        host.Workflows.Instances[^1].State.Incidents.ShouldHaveSingleItem().Message.ShouldContain("runs itself without end");
    }

    [Fact]
    public async Task Work_in_the_background_runs_after_the_burst()
    {
        var host = new HostUnderTest().Publish("d", """{ "type": "Test.Slow" },""" + Line("after"));

        var instance = await host.StartAsync("d");

        host.Lines.ShouldBe(["after"]);
        instance.State.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }
}
