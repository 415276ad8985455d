using Microsoft.Extensions.DependencyInjection;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Tests.InMemory;
using ServiceLoop.Runtime.Tests.Work;
using ServiceLoop.TestKit;

namespace ServiceLoop.Runtime.Tests.Definitions;

public class RollbackTests : WorldTests
{
    private const string Singleton = """ "options": { "activationStrategyType": "SingletonStrategy" }, """;

    [Fact]
    public async Task New_instances_start_on_the_old_version_at_once_and_nothing_is_copied()
    {
        await PublishTwiceAsync();

        var result = await World.Definitions.RollbackAsync("main", 1, "it was better", Ct);

        (result.Version.Version, result.Replaced, result.WasPublished).ShouldBe((1, 2, false));
        (await VersionsAsync()).ShouldBe([(1, false, true), (2, true, false)]);
        await World.StartAsync("main", "i-1");
        (await World.LinesAsync("i-1")).ShouldBe(["one"]);
    }

    [Fact]
    public async Task A_rollback_that_is_rolled_back_works()
    {
        await PublishTwiceAsync();
        await World.Definitions.RollbackAsync("main", 1, null, Ct);

        await World.Definitions.RollbackAsync("main", 2, null, Ct);

        (await VersionsAsync()).ShouldBe([(1, false, false), (2, true, true)]);
        await World.StartAsync("main", "i-1");
        (await World.LinesAsync("i-1")).ShouldBe(["two"]);
    }

    [Fact]
    public async Task The_latest_draft_stays_as_it_is_and_can_be_published_later()
    {
        await PublishTwiceAsync();
        var draft = await SaveAsync(HostUnderTest.Line("three"));

        await World.Definitions.RollbackAsync("main", 1, null, Ct);

        (await World.Definitions.FindAsync("main", -1, Ct))!.ShouldSatisfyAllConditions(
            latest => latest.Id.ShouldBe(draft.Id),
            latest => latest.PublishedAt.ShouldBeNull()
        );
        (await World.Definitions.PublishAsync("main", null, Ct)).Version.Version.ShouldBe(3);
        (await VersionsAsync()).ShouldBe([(1, false, false), (2, false, false), (3, true, true)]);
    }

    [Fact]
    public async Task Settings_of_the_old_version_count_again()
    {
        await World.PublishAsync("main", HostUnderTest.Event("go"), Singleton);
        await World.PublishAsync("main", HostUnderTest.Event("go"));
        await World.StartAsync("main");
        await World.StartAsync("main");

        await World.Definitions.RollbackAsync("main", 1, null, Ct);

        var refused = await World.Runtime.StartAsync(new StartInstanceRequest("main"), Ct);
        refused.Refusal.ShouldNotBeNull().ShouldContain("runs already");
    }

    [Fact]
    public async Task Triggers_and_their_timers_are_those_of_the_old_version()
    {
        await World.PublishAsync("main", Timer("t1", "00:10:00"));
        await World.PublishAsync("main", $"{Timer("t2", "00:01:00")}, {HostUnderTest.Event("start", starts: true)}");

        await World.Definitions.RollbackAsync("main", 1, null, Ct);

        (await World.Store.ListTriggersAsync("Elsa.Event", Ct)).ShouldBeEmpty();
        (await World.Store.ListTriggersAsync("Elsa.Timer", Ct)).ShouldHaveSingleItem().ActivityId.ShouldBe("t1");
        (await World.WorkAsync()).ShouldHaveSingleItem().DueAt.ShouldBe(World.Noon.AddMinutes(10));
        await World.PassAsync(TimeSpan.FromMinutes(10));
        (await World.InstancesAsync("main")).ShouldHaveSingleItem().Version.ShouldBe(1);
    }

    [Fact]
    public async Task Those_who_use_it_follow_as_on_publish()
    {
        const string Leads = """ "options": { "usableAsActivity": true, "autoUpdateConsumingWorkflows": true }, """;
        await World.PublishAsync("sub", HostUnderTest.Line("sub 1"), Leads);
        await World.PublishAsync("main", """{ "type": "Sub", "id": "sub1", "workflowDefinitionId": "sub", "version": 1 }""");
        await World.PublishAsync("sub", HostUnderTest.Line("sub 2"), Leads);

        var result = await World.Definitions.RollbackAsync("sub", 1, null, Ct);

        result.Followers.ShouldBe(["main"]);
        await World.StartAsync("main", "i-1");
        (await World.LinesAsync("i-1")).ShouldBe(["sub 1"]);
        (await World.Definitions.ListPublicationsAsync("main", 0, 1, Ct))[0].Note.ShouldBe("Follows version 1 of 'sub'.");
    }

    [Fact]
    public async Task It_tells_how_many_instances_run_on_each_version()
    {
        await World.PublishAsync("main", HostUnderTest.Event("go"));
        await World.StartAsync("main");
        await World.PublishAsync("main", HostUnderTest.Event("on"));
        await World.StartAsync("main");
        await World.StartAsync("main");

        var result = await World.Definitions.RollbackAsync("main", 1, null, Ct);

        result.Running.Select(r => (r.Version, r.Running)).ShouldBe([(1, 1L), (2, 2L)]);
        (await World.InstancesAsync("main")).Count(i => i.Version == 2).ShouldBe(2);
    }

    [Fact]
    public async Task What_was_never_published_and_what_is_not_there_is_refused()
    {
        await PublishTwiceAsync();
        await SaveAsync(HostUnderTest.Line("three"));

        (await Should.ThrowAsync<DefinitionRefusedException>(() => RollAsync(3))).Code.ShouldBe("definition.never-published");
        await Should.ThrowAsync<DefinitionNotFoundException>(() => RollAsync(9));
        (await RollAsync(2)).WasPublished.ShouldBeTrue();
        (await World.Definitions.ListPublicationsAsync("main", 0, 9, Ct)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Another_nodes_address_is_not_taken_over()
    {
        const string Endpoint =
            """{ "type": "Elsa.HttpEndpoint", "id": "in", "path": "orders", "supportedMethods": ["GET"], "canStartWorkflow": true }""";
        await World.PublishAsync("main", Endpoint);
        await World.PublishAsync("main", HostUnderTest.Line("two"));
        await World.PublishAsync("other", Endpoint);

        var refused = await Should.ThrowAsync<WorkflowCompilationException>(() => RollAsync(1));

        refused.Errors.ShouldHaveSingleItem().Code.ShouldBe("trigger.taken");
        (await VersionsAsync()).ShouldBe([(1, false, false), (2, true, true)]);
    }

    [Fact]
    public async Task The_history_tells_what_happened_by_whom_and_why()
    {
        await PublishTwiceAsync();
        World.Clock.Advance(TimeSpan.FromHours(1));
        World.Caller.StepUp("mei");
        await World.Definitions.RollbackAsync("main", 1, "it was better", Ct);
        World.Caller.StepUp("tom");
        await World.Definitions.RetractAsync("main", "stop", Ct);
        World.Caller.StepUp("ann");
        await World.Definitions.PublishAsync("main", "again", Ct);

        var history = await World.Definitions.ListPublicationsAsync("main", 0, 10, Ct);

        history
            .Select(p => (p.Kind, p.Version, p.Replaced, p.Who, p.Note))
            .ShouldBe([
                (PublicationKind.Published, 2, null, "ann", "again"),
                (PublicationKind.Retracted, 1, 1, "tom", "stop"),
                (PublicationKind.RolledBack, 1, 2, "mei", "it was better"),
                (PublicationKind.Published, 2, 1, "tom", "second"),
                (PublicationKind.Published, 1, null, "ann", "first"),
            ]);
        history[0].At.ShouldBe(World.Noon.AddHours(1));
        var second = (await World.Definitions.FindAsync("main", 2, Ct)).ShouldNotBeNull();
        (second.Note, second.PublishedBy, second.PublishedAt).ShouldBe(("second", "tom", World.Noon));
    }

    [Fact]
    public async Task What_is_odd_is_kept_with_the_version_and_of_a_draft_told_on_demand()
    {
        await SaveAsync(Timer("t1", "00:10:00"));
        var draft = (await World.Definitions.FindAsync("main", -1, Ct)).ShouldNotBeNull();

        (await World.Definitions.LintAsync(draft, Ct)).ShouldHaveSingleItem().ShouldBe(OddCheck.Warning);
        var published = await World.Definitions.PublishAsync("main", null, Ct);
        var row = (await World.Definitions.FindAsync(published.Version.Id, Ct)).ShouldNotBeNull();

        row.WarningCount.ShouldBe(1);
        LintWarning.Read(row.Warnings).ShouldBe([OddCheck.Warning]);
        (await World.Definitions.LintAsync(row, Ct)).ShouldBe([OddCheck.Warning]);
    }

    [Fact]
    public async Task A_draft_that_does_not_compile_tells_its_errors()
    {
        var draft = await SaveAsync("""{ "type": "Elsa.Cron", "id": "c", "cronExpression": "never", "canStartWorkflow": true }""");

        (await World.Definitions.LintAsync(draft, Ct)).ShouldContain(w => w.Severity == CompileSeverity.Error && w.ActivityId == "c");
    }

    protected override Action<IServiceCollection>? More => static services => services.AddSingleton<IPublicationCheck, OddCheck>();

    private async Task PublishTwiceAsync()
    {
        await SaveAsync(HostUnderTest.Line("one"));
        World.Caller.StepUp("ann");
        await World.Definitions.PublishAsync("main", "first", Ct);
        await SaveAsync(HostUnderTest.Line("two"));
        World.Caller.StepUp("tom");
        await World.Definitions.PublishAsync("main", "second", Ct);
    }

    private Task<RollbackResult> RollAsync(int version) => World.Definitions.RollbackAsync("main", version, null, Ct);

    private Task<DefinitionRow> SaveAsync(string activities) =>
        World.Definitions.SaveDraftAsync(HostUnderTest.Definition("main", activities), Ct);

    private async Task<IEnumerable<(int, bool, bool)>> VersionsAsync() =>
        (await World.Definitions.ListAsync("main", Ct)).Select(v => (v.Version, v.IsLatest, v.IsPublished));

    private static string Timer(string id, string interval) =>
        $$"""{ "type": "Elsa.Timer", "id": "{{id}}", "interval": "{{interval}}", "canStartWorkflow": true }""";

    /// <summary>Finds timers odd.</summary>
    private sealed class OddCheck : IPublicationCheck
    {
        public static readonly LintWarning Warning = new("odd.timer", "$.root", "t1", "A timer called 't1'.", CompileSeverity.Warning);

        public IEnumerable<CompileError> Check(WorkflowGraph graph)
        {
            if (graph.Nodes.Any(n => n.Id == "t1"))
                yield return new(Warning.Code, Warning.Path, Warning.Message, CompileSeverity.Warning, "t1");
        }
    }
}

public sealed class RollbackTestsOnPostgres(PostgresFixture postgres) : RollbackTests, IClassFixture<PostgresFixture>
{
    protected override PostgresFixture? Postgres => postgres;
}
