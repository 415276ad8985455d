using ServiceLoop.Engine.Compilation;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Tests.InMemory;
using ServiceLoop.Runtime.Tests.Work;
using ServiceLoop.TestKit;

namespace ServiceLoop.Runtime.Tests.Definitions;

public class DefinitionServiceTests : WorldTests
{
    private const string UsesSub = """{ "type": "Sub", "id": "sub1", "workflowDefinitionId": "sub", "version": 1 }""";
    private const string Sub = """ "options": { "usableAsActivity": true }, """;

    [Fact]
    public async Task A_draft_is_overwritten_and_a_published_version_is_followed_by_the_next()
    {
        var first = await SaveAsync("main", HostUnderTest.Line("1"));
        var second = await SaveAsync("main", HostUnderTest.Line("2"));
        await World.Definitions.PublishAsync("main", "first", Ct);
        var third = await SaveAsync("main", HostUnderTest.Line("3"));

        second.Id.ShouldBe(first.Id);
        third.Version.ShouldBe(2);
        var versions = await World.Definitions.ListAsync("main", Ct);
        versions.Select(v => (v.Version, v.IsLatest, v.IsPublished)).ShouldBe([(1, false, true), (2, true, false)]);
        (await World.StartAsync("main", "i-1")).DefinitionVersionId.ShouldBe(first.Id);
        (await World.LinesAsync("i-1")).ShouldBe(["2"]);
    }

    [Fact]
    public async Task New_instances_start_on_the_new_version_and_old_ones_stay()
    {
        await World.PublishAsync("main", $"{HostUnderTest.Event("go")}, {HostUnderTest.Line("old")}");
        var old = await World.StartAsync("main", "i-1");
        await World.PublishAsync("main", HostUnderTest.Line("new"));
        await World.StartAsync("main", "i-2");

        // Also on a node that never saw the old version.
        await World.Join().Runtime.ResumeAsync("i-1", old.Bookmarks[0].Id, null, null, Ct);

        (await World.LinesAsync("i-1")).ShouldBe(["old"]);
        (await World.LinesAsync("i-2")).ShouldBe(["new"]);
    }

    [Fact]
    public async Task Another_node_sees_a_publication_after_a_second_at_the_latest()
    {
        await World.PublishAsync("main", HostUnderTest.Line("old"));
        var other = World.Join();
        await other.Runtime.StartAsync(new StartInstanceRequest("main"), Ct);
        await World.PublishAsync("main", HostUnderTest.Line("new"));

        World.Clock.Advance(GraphCache.PublicationLife);
        var result = await other.Runtime.StartAsync(new StartInstanceRequest("main"), Ct);

        (await World.LinesAsync(result.InstanceId!)).ShouldBe(["new"]);
    }

    [Fact]
    public async Task An_instance_keeps_the_sub_workflow_that_its_version_was_published_with()
    {
        await World.PublishAsync("sub", HostUnderTest.Line("sub 1"), Sub);
        await World.PublishAsync("main", $"{HostUnderTest.Event("go")}, {UsesSub}");
        var first = await World.StartAsync("main", "i-1");

        await World.PublishAsync("sub", $"{HostUnderTest.Event("other")}, {HostUnderTest.Line("sub 2")}", Sub);
        var restarted = World.Join();
        await restarted.Runtime.ResumeAsync("i-1", first.Bookmarks[0].Id, null, null, Ct);

        (await World.LinesAsync("i-1")).ShouldBe(["sub 1"]);
        (await new Replay(World.Store, restarted.Graphs).RunAsync("i-1", Ct)).Difference.ShouldBeNull();
    }

    [Fact]
    public async Task Those_who_use_a_workflow_follow_when_it_says_so()
    {
        // A member that stands twice, as in files that were edited by hand.
        const string Leads = """ "options": { "usableAsActivity": true, "autoUpdateConsumingWorkflows": true }, "name": "Sub", """;
        await World.PublishAsync("sub", HostUnderTest.Line("sub 1"), Leads);
        await World.PublishAsync("main", UsesSub);
        await SaveAsync("sub", HostUnderTest.Line("sub 2"), Leads);

        var result = await World.Definitions.PublishAsync("sub", null, Ct);

        result.Followers.ShouldBe(["main"]);
        (await World.Definitions.FindAsync("main", 0, Ct))!.Version.ShouldBe(2);
        await World.StartAsync("main", "i-1");
        (await World.LinesAsync("i-1")).ShouldBe(["sub 2"]);
    }

    [Fact]
    public async Task A_workflow_that_uses_a_draft_is_not_published()
    {
        await SaveAsync("sub", HostUnderTest.Line("sub"), Sub);
        await SaveAsync("main", UsesSub);

        var refused = await Should.ThrowAsync<WorkflowCompilationException>(() => World.Definitions.PublishAsync("main", null, Ct));

        refused.Errors.ShouldHaveSingleItem().Code.ShouldBe("workflow.draft");
        (await World.Definitions.FindAsync("main", 0, Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task A_definition_that_does_not_compile_is_not_published()
    {
        await SaveAsync("main", """{ "type": "Elsa.Cron", "id": "c", "cronExpression": "never", "canStartWorkflow": true }""");

        await Should.ThrowAsync<WorkflowCompilationException>(() => World.Definitions.PublishAsync("main", null, Ct));
        await Should.ThrowAsync<DefinitionNotFoundException>(() => World.Definitions.PublishAsync("none", null, Ct));

        (await World.Definitions.FindAsync("main", 0, Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task Triggers_follow_the_published_version()
    {
        await World.PublishAsync("main", HostUnderTest.Event("one", starts: true));
        await World.PublishAsync("main", HostUnderTest.Event("two", starts: true));

        (await World.Store.ListTriggersAsync("Elsa.Event", Ct)).ShouldHaveSingleItem().ActivityId.ShouldBe("two");
        await World.Definitions.RetractAsync("main", Ct);
        (await World.Store.ListTriggersAsync("Elsa.Event", Ct)).ShouldBeEmpty();
        await Should.ThrowAsync<DefinitionNotFoundException>(() => World.Runtime.StartAsync(new StartInstanceRequest("main"), Ct));
    }

    [Fact]
    public async Task An_address_belongs_to_one_definition()
    {
        const string Endpoint =
            """{ "type": "Elsa.HttpEndpoint", "id": "in", "path": "orders", "supportedMethods": ["GET"], "canStartWorkflow": true }""";
        await World.PublishAsync("one", Endpoint);
        await World.PublishAsync("one", $"{Endpoint}, {HostUnderTest.Line("more")}");
        await SaveAsync("two", Endpoint);

        var refused = await Should.ThrowAsync<WorkflowCompilationException>(() => World.Definitions.PublishAsync("two", null, Ct));

        refused.Errors.ShouldHaveSingleItem().Code.ShouldBe("trigger.taken");
    }

    [Fact]
    public async Task A_revert_copies_an_old_version_as_the_next_draft()
    {
        await World.PublishAsync("main", HostUnderTest.Line("1"));
        await World.PublishAsync("main", HostUnderTest.Line("2"));

        var draft = await World.Definitions.RevertAsync("main", 1, Ct);

        (draft.Version, draft.IsLatest, draft.IsPublished).ShouldBe((3, true, false));
        (await World.Definitions.FindAsync("main", 0, Ct))!.Version.ShouldBe(2);
        await World.Definitions.PublishAsync("main", null, Ct);
        await World.StartAsync("main", "i-1");
        (await World.LinesAsync("i-1")).ShouldBe(["1"]);
    }

    [Fact]
    public async Task An_import_of_the_same_file_changes_nothing()
    {
        var file = HostUnderTest.Definition(
            "main",
            $$"""{ "type": "Elsa.Timer", "id": "t", "interval": "00:01:00", "canStartWorkflow": true }"""
        );
        (await World.Definitions.ImportAsync(file, "start", Ct)).IsNew.ShouldBeTrue();
        World.Clock.Advance(TimeSpan.FromSeconds(30));

        (await World.Definitions.ImportAsync(file, "start", Ct)).IsNew.ShouldBeFalse();

        (await World.Definitions.ListAsync("main", Ct)).Count.ShouldBe(1);
        (await World.WorkAsync()).ShouldHaveSingleItem().DueAt.ShouldBe(World.Noon.AddMinutes(1));
    }

    [Fact]
    public async Task A_version_is_deleted_only_when_nothing_uses_it()
    {
        await World.PublishAsync("sub", HostUnderTest.Line("sub 1"), Sub);
        await World.PublishAsync("main", UsesSub);
        await World.PublishAsync("sub", HostUnderTest.Line("sub 2"), Sub);
        await World.PublishAsync("lone", HostUnderTest.Event("go"));
        await World.StartAsync("lone", "i-1");
        await World.PublishAsync("lone", HostUnderTest.Line("new"));
        await SaveAsync("lone", HostUnderTest.Line("draft"));

        (await DeleteAsync("sub", 1)).ShouldBe(DeleteResult.IsPinned);
        (await DeleteAsync("sub", 2)).ShouldBe(DeleteResult.IsPublished);
        (await DeleteAsync("lone", 1)).ShouldBe(DeleteResult.IsRunning);
        (await DeleteAsync("lone", 3)).ShouldBe(DeleteResult.Deleted);
        (await World.Definitions.FindAsync("lone", -1, Ct))!.Version.ShouldBe(2);
    }

    [Fact]
    public async Task Saving_what_is_published_makes_no_draft_and_a_draft_never_touches_what_was_published()
    {
        await World.PublishAsync("main", HostUnderTest.Line("1"));
        var published = (await World.Definitions.FindAsync("main", 0, Ct)).ShouldNotBeNull();

        var touched = await SaveAsync("main", HostUnderTest.Line("1"), """ "isPublished": false, "version": 7, "options": {}, """);
        touched.Id.ShouldBe(published.Id);
        await World.Definitions.RetractAsync("main", Ct);
        (await SaveAsync("main", HostUnderTest.Line("1"))).Id.ShouldBe(published.Id);

        var draft = await SaveAsync("main", HostUnderTest.Line("2"), $""" "id": "{published.Id}", """);
        draft.Version.ShouldBe(2);
        draft.Id.ShouldNotBe(published.Id);
        (await World.Definitions.FindAsync(published.Id, Ct))!.Content.ToArray().ShouldBe(published.Content.ToArray());
    }

    [Fact]
    public async Task Lists_follow_what_a_draft_says()
    {
        await SaveAsync("main", HostUnderTest.Line("1"), """ "description": "Before", """);
        await SaveAsync(
            "main",
            UsesSub,
            """ "description": "Gives back", "toolVersion": "3.8.0.0", "isSystem": true, "options": { "usableAsActivity": true }, """
        );

        var row = (await World.Definitions.ListAsync(new DefinitionFilter { SearchTerm = "gives" }, 0, 9, Ct)).ShouldHaveSingleItem();

        (row.Description, row.ToolVersion, row.IsSystem, row.UsableAsActivity).ShouldBe(("Gives back", "3.8.0.0", true, true));
        (await World.Definitions.ListConsumersAsync("sub", Ct)).ShouldHaveSingleItem().DefinitionId.ShouldBe("main");
        (await World.Definitions.IsNameUniqueAsync(" Main ", null, Ct)).ShouldBeFalse();
        (await World.Definitions.IsNameUniqueAsync("main", "main", Ct)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_number_is_not_used_twice()
    {
        await World.PublishAsync("main", HostUnderTest.Line("1"));
        await World.PublishAsync("main", HostUnderTest.Line("2"));
        await World.Definitions.RollbackAsync("main", 1, null, Ct);
        (await DeleteAsync("main", 2)).ShouldBe(DeleteResult.Deleted);

        (await SaveAsync("main", HostUnderTest.Line("3"))).Version.ShouldBe(3);
    }

    [Fact]
    public async Task A_line_is_deleted_whole_but_not_from_under_its_instances()
    {
        await World.PublishAsync("main", HostUnderTest.Event("start", starts: true));
        await World.PublishAsync("other", HostUnderTest.Event("go"));
        await World.PublishAsync("main", HostUnderTest.Line("2"));
        await World.StartAsync("main", "ended");
        var running = await World.StartAsync("other", "running");

        (await DeleteLineAsync("other", withEnded: true)).ShouldBe(DeleteResult.IsRunning);
        (await DeleteLineAsync("main", withEnded: false)).ShouldBe(DeleteResult.HasEnded);
        (await World.Store.FindInstanceAsync("ended", Ct)).ShouldNotBeNull();

        (await DeleteLineAsync("main", withEnded: true)).ShouldBe(DeleteResult.Deleted);
        (await World.Store.FindInstanceAsync("ended", Ct)).ShouldBeNull();
        (await World.Definitions.CountAsync(new DefinitionFilter { DefinitionIds = ["main"] }, Ct)).ShouldBe(0);
        await Should.ThrowAsync<DefinitionNotFoundException>(() => DeleteLineAsync("main", withEnded: true));
        await Should.ThrowAsync<DefinitionNotFoundException>(() => World.StartAsync("main"));

        await World.Runtime.CancelAsync(running.InstanceId, compensate: false, Ct);
        (await DeleteLineAsync("other", withEnded: true)).ShouldBe(DeleteResult.Deleted);
    }

    [Fact]
    public async Task A_line_that_a_published_workflow_uses_is_not_deleted()
    {
        await World.PublishAsync("sub", HostUnderTest.Line("sub 1"), Sub);
        await World.PublishAsync("main", UsesSub);

        (await DeleteLineAsync("sub", withEnded: true)).ShouldBe(DeleteResult.IsPinned);

        await DeleteLineAsync("main", withEnded: true);
        (await DeleteLineAsync("sub", withEnded: true)).ShouldBe(DeleteResult.Deleted);
    }

    [Fact]
    public async Task Two_nodes_that_import_the_same_file_at_once_publish_it_once()
    {
        var nodes = new[] { World.Node, World.Join(), World.Join() };
        var file = HostUnderTest.Definition("main", HostUnderTest.Line("1"));

        var results = await Task.WhenAll(
            Enumerable.Range(0, 9).Select(i => Task.Run(() => nodes[i % 3].Definitions.ImportAsync(file, "start", Ct), Ct))
        );

        results.Count(r => r.IsNew).ShouldBe(1);
        (await World.Definitions.ListAsync("main", Ct)).ShouldHaveSingleItem().IsPublished.ShouldBeTrue();
    }

    [Fact]
    public async Task A_change_that_another_node_spoilt_is_made_again()
    {
        await World.PublishAsync("main", HostUnderTest.Line("1"));
        var published = (await World.Definitions.FindAsync("main", 0, Ct)).ShouldNotBeNull();
        var spoilt = 0;
        var through = new StoreThrough(World.Store)
        {
            // As if the guard had been lost: somebody else makes a draft in between.
            BeforeSave = async () =>
            {
                if (spoilt++ == 0)
                    await World.Store.SaveDefinitionsAsync(
                        new DefinitionChange([published with { Id = "theirs", Version = 2, IsPublished = false, PublishedAt = null }])
                        {
                            Moves = [new(published.Id, IsLatest: false, IsPublished: true)],
                        },
                        Ct
                    );
            },
        };

        var draft = await World.Join(through).Definitions.SaveDraftAsync(HostUnderTest.Definition("main", HostUnderTest.Line("ours")), Ct);

        (draft.Id, draft.Version).ShouldBe(("theirs", 2));
        spoilt.ShouldBe(2);
    }

    [Fact]
    public async Task An_instance_can_start_on_an_older_version_but_not_on_a_draft()
    {
        await World.PublishAsync("main", HostUnderTest.Line("1"));
        await World.PublishAsync("main", HostUnderTest.Line("2"));
        var draft = await SaveAsync("main", HostUnderTest.Line("3"));
        var old = (await World.Definitions.FindAsync("main", 1, Ct)).ShouldNotBeNull();

        await World.Runtime.StartAsync(new StartInstanceRequest("main") { VersionId = old.Id, InstanceId = "i-1" }, Ct);

        (await World.LinesAsync("i-1")).ShouldBe(["1"]);
        await Should.ThrowAsync<DefinitionNotFoundException>(() =>
            World.Runtime.StartAsync(new StartInstanceRequest("main") { VersionId = draft.Id }, Ct)
        );
    }

    [Fact]
    public async Task Two_nodes_that_save_at_once_make_one_line_of_versions()
    {
        await World.PublishAsync("main", HostUnderTest.Line("1"));
        var other = World.Join();

        await Task.WhenAll(
            Enumerable
                .Range(0, 6)
                .Select(i =>
                    Task.Run(
                        async () =>
                        {
                            var definitions = (i % 2 == 0 ? World.Node : other).Definitions;
                            await definitions.SaveDraftAsync(HostUnderTest.Definition("main", HostUnderTest.Line($"{i}")), Ct);
                            await definitions.PublishAsync("main", null, Ct);
                        },
                        Ct
                    )
                )
        );

        var versions = await World.Definitions.ListAsync("main", Ct);
        versions.Count(v => v.IsLatest).ShouldBe(1);
        versions.Count(v => v.IsPublished).ShouldBe(1);
        versions.Select(v => v.Version).ShouldBe(Enumerable.Range(1, versions.Count));
    }

    private Task<DefinitionRow> SaveAsync(string id, string activities, string envelope = "") =>
        World.Definitions.SaveDraftAsync(HostUnderTest.Definition(id, activities, envelope), Ct);

    private Task<DeleteResult> DeleteLineAsync(string id, bool withEnded) => World.Definitions.DeleteLineAsync(id, withEnded, Ct);

    private async Task<DeleteResult> DeleteAsync(string id, int version) =>
        await World.Definitions.DeleteVersionAsync((await World.Definitions.FindAsync(id, version, Ct)).ShouldNotBeNull().Id, Ct);
}

public sealed class DefinitionServiceTestsOnPostgres(PostgresFixture postgres) : DefinitionServiceTests, IClassFixture<PostgresFixture>
{
    protected override PostgresFixture? Postgres => postgres;
}
