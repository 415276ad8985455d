using ServiceLoop.Engine.Compilation;
using static ServiceLoop.Runtime.Tests.InMemory.HostUnderTest;

namespace ServiceLoop.Runtime.Tests.InMemory;

public sealed class VersionTests
{
    private static string Flags(HostUnderTest host) =>
        string.Join(' ', host.Workflows.Definitions.Select(d => $"v{d.Version}{(d.IsLatest ? "L" : "")}{(d.IsPublished ? "P" : "")}"));

    [Fact]
    public void Saving_over_a_draft_keeps_its_number()
    {
        var host = new HostUnderTest().Import("d", Line("one")).Import("d", Line("two"));

        Flags(host).ShouldBe("v1L");
    }

    [Fact]
    public void Saving_after_publishing_makes_the_next_draft()
    {
        var host = new HostUnderTest().Publish("d", Line("one")).Import("d", Line("two"));

        Flags(host).ShouldBe("v1P v2L");
    }

    [Fact]
    public async Task New_instances_start_on_the_published_version_and_old_ones_keep_theirs()
    {
        var host = new HostUnderTest().Publish("d", Event("go") + "," + Line("one"));
        await host.StartAsync("d");
        host.Publish("d", Event("go") + "," + Line("two"));
        await host.StartAsync("d");

        await host.EventAsync("go");

        host.Lines.ShouldBe(["one", "two"]);
        Flags(host).ShouldBe("v1 v2LP");
    }

    [Fact]
    public async Task A_draft_does_not_start()
    {
        var host = new HostUnderTest().Publish("d", Line("one")).Import("d", Line("two"));

        await host.StartAsync("d");

        host.Lines.ShouldBe(["one"]);
    }

    [Fact]
    public async Task What_was_retracted_neither_starts_nor_listens_but_goes_on()
    {
        var host = new HostUnderTest().Publish("d", Event("go", starts: true) + "," + Line("on"));
        await host.StartAsync("d");

        host.Workflows.Retract("d");
        var start = () => host.TryStartAsync("d");

        await start.ShouldThrowAsync<KeyNotFoundException>();
        var result = await host.EventAsync("go");
        result.Started.ShouldBeEmpty();
        host.Lines.ShouldBe(["on"]);
        Flags(host).ShouldBe("v1L");
    }

    [Fact]
    public async Task Reverting_copies_an_old_version_as_draft()
    {
        var host = new HostUnderTest().Publish("d", Line("one")).Publish("d", Line("two"));

        host.Workflows.Revert("d", 1);
        var afterRevert = Flags(host);
        await host.StartAsync("d");
        host.Workflows.Publish("d");
        await host.StartAsync("d");

        afterRevert.ShouldBe("v1 v2P v3L");
        host.Lines.ShouldBe(["two", "one"]);
    }

    [Fact]
    public void A_version_with_a_trigger_that_cannot_be_indexed_is_not_published()
    {
        var host = new HostUnderTest().Publish("d", Line("one"));
        host.Import("d", """{ "type": "Elsa.Timer", "interval": "00:00:00", "canStartWorkflow": true }""");

        var publish = () => host.Workflows.Publish("d");

        publish.ShouldThrow<WorkflowCompilationException>().Errors.ShouldHaveSingleItem().Code.ShouldBe("trigger.input");
        Flags(host).ShouldBe("v1P v2L");
    }

    [Fact]
    public void A_version_that_does_not_compile_is_not_published()
    {
        var host = new HostUnderTest().Import("d", """{ "type": "Elsa.WriteLine", "text": { "expression": { "value": "x" } } }""");

        var publish = () => host.Workflows.Publish("d");

        publish.ShouldThrow<WorkflowCompilationException>();
        Flags(host).ShouldBe("v1L");
    }

    [Fact]
    public async Task Publishing_a_workflow_that_is_used_as_activity_takes_its_consumers_along()
    {
        const string Usable = """ "options": { "usableAsActivity": true, "autoUpdateConsumingWorkflows": true }, """;
        var host = new HostUnderTest().Publish("child", Line("one"), Usable);
        var childId = host.Workflows.Definitions[0].Id;
        host.Publish(
            "parent",
            $$"""{ "type": "Child", "version": 1, "workflowDefinitionId": "child", "workflowDefinitionVersionId": "{{childId}}" }"""
        );

        host.Publish("child", Line("two"), Usable);
        await host.StartAsync("parent");

        host.Lines.ShouldBe(["two"]);
        host.Workflows.Definitions.Where(d => d.DefinitionId == "parent").Select(d => d.Version).ShouldBe([1, 2]);
    }

    [Fact]
    public void Ids_of_a_file_count_as_far_as_they_are_free()
    {
        var host = new HostUnderTest().Publish("d", Line("one"), "\"id\": \"v\",").Publish("d", Line("two"), "\"id\": \"v\",");

        host.Workflows.Definitions.Select(d => d.Id).ShouldBe(["v", "version-1"]);
    }
}
