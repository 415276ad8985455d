using Microsoft.Extensions.DependencyInjection;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Hangfire;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Tests.InMemory;
using ServiceLoop.Runtime.Tests.Work;
using ServiceLoop.TestKit;

namespace ServiceLoop.Runtime.Tests.Definitions;

/// <summary>On which version a new instance starts.</summary>
public class StartVersionTests : WorldTests
{
    private readonly Recorder recorder = new();

    protected override Action<IServiceCollection>? More => services => services.AddSingleton<IVersionResolver>(recorder);

    [Fact]
    public async Task Every_start_asks_the_one_resolver()
    {
        await World.PublishAsync("child", HostUnderTest.Line("child"));
        await World.PublishAsync(
            "main",
            $$"""{ "type": "Elsa.Timer", "id": "t", "interval": "00:01:00", "canStartWorkflow": true }, {{HostUnderTest.Event("go", starts: true)}}, { "type": "Test.StartChild", "definition": "child" }"""
        );
        recorder.Choice = (await World.Definitions.FindAsync("main", 0, Ct))!.Id;
        recorder.Child = (await World.Definitions.FindAsync("child", 0, Ct))!.Id;

        await World.Runtime.StartAsync(new StartInstanceRequest("main") { CorrelationId = "api" }, Ct);
        await World.Runtime.DispatchAsync(new StartInstanceRequest("main") { CorrelationId = "soon" }, Ct);
        await World.EventAsync("go", correlationId: "event");
        await World.Node.PumpAsync();
        await World.PassAsync(TimeSpan.FromMinutes(1));

        recorder.Asked.ShouldContain(r => r.CorrelationId == "api");
        recorder.Asked.Count(r => r.CorrelationId == "soon").ShouldBe(2);
        recorder.Asked.ShouldContain(r => r.CorrelationId == "event" && r.TriggerActivityId == "go");
        recorder.Asked.ShouldContain(r => r.TriggerActivityId == "t" && r.VersionId == recorder.Choice);
        recorder.Asked.ShouldContain(r => r.DefinitionId == "child" && r.ParentInstanceId != null);
        (await World.InstancesAsync()).Count.ShouldBeGreaterThanOrEqualTo(5);
    }

    [Fact]
    public async Task What_was_chosen_is_recorded_with_the_instance()
    {
        await World.PublishAsync("main", HostUnderTest.Line("one"));
        await World.PublishAsync("main", HostUnderTest.Line("two"));
        recorder.Choice = (await World.Definitions.FindAsync("main", 1, Ct))!.Id;

        await World.StartAsync("main", "i-1");

        (await World.StateAsync("i-1")).DefinitionVersionId.ShouldBe(recorder.Choice);
        (await World.LinesAsync("i-1")).ShouldBe(["one"]);
    }

    /// <summary>Chooses what a test says, and remembers who asked.</summary>
    private sealed class Recorder : IVersionResolver
    {
        private readonly List<VersionRequest> asked = [];

        public string? Choice { get; set; }

        public string? Child { get; set; }

        public IReadOnlyList<VersionRequest> Asked => asked;

        public ValueTask<VersionChoice?> ResolveAsync(VersionRequest request, CancellationToken ct)
        {
            asked.Add(request);
            var version = request.DefinitionId == "child" ? Child : Choice;
            return new(version is null ? null : new VersionChoice(version, VersionReason.Allocated));
        }
    }
}

public class DraftStartTests : WorldTests
{
    [Fact]
    public async Task A_draft_is_tried_out_as_it_is_and_may_change_while_its_instances_run()
    {
        var draft = await SaveAsync($"{HostUnderTest.Event("go")}, {HostUnderTest.Line("first thought")}");

        var tried = await TryAsync(draft, "i-1");
        await SaveAsync(HostUnderTest.Line("second thought"));
        await TryAsync(draft, "i-2");
        await World.Join().Runtime.ResumeAsync("i-1", tried.Bookmarks[0].Id, null, null, Ct);

        (await World.LinesAsync("i-1")).ShouldBe(["first thought"]);
        (await World.LinesAsync("i-2")).ShouldBe(["second thought"]);
        (await World.Definitions.ListAsync("main", Ct)).ShouldHaveSingleItem().Id.ShouldBe(draft.Id);
        (await World.Definitions.FindAsync(tried.DefinitionVersionId, Ct)).ShouldNotBeNull().Version.ShouldBe(1);
        (await World.InstancesAsync("main")).ShouldAllBe(i => i.Version == 1);
    }

    [Fact]
    public async Task The_same_draft_tried_twice_is_kept_once()
    {
        var draft = await SaveAsync(HostUnderTest.Line("x"));

        var first = await TryAsync(draft, "i-1");
        var second = await TryAsync(draft, "i-2");

        second.DefinitionVersionId.ShouldBe(first.DefinitionVersionId);
        first.DefinitionVersionId.ShouldNotBe(draft.Id);
    }

    [Fact]
    public async Task What_nobody_tries_out_any_more_is_tidied_away_and_can_be_tried_again()
    {
        var draft = await SaveAsync(HostUnderTest.Line("x"));
        var snapshot = (await TryAsync(draft, "i-1")).DefinitionVersionId;

        await World.PassAsync(TimeSpan.FromDays(2));
        await RetainAsync();
        var whileUsed = await World.Store.FindDefinitionAsync(snapshot, Ct);
        await World.Store.DeleteInstancesAsync(["i-1"], Ct);
        await RetainAsync();
        var afterwards = await World.Store.FindDefinitionAsync(snapshot, Ct);
        var again = (await TryAsync(draft, "i-2")).DefinitionVersionId;

        whileUsed.ShouldNotBeNull();
        afterwards.ShouldBeNull();
        again.ShouldBe(snapshot);
        (await World.LinesAsync("i-2")).ShouldBe(["x"]);
    }

    [Fact]
    public async Task A_snapshot_that_is_tried_again_is_as_good_as_new_to_the_housekeeping()
    {
        var draft = await SaveAsync(HostUnderTest.Line("x"));
        var snapshot = (await TryAsync(draft, "i-1")).DefinitionVersionId;
        await World.PassAsync(TimeSpan.FromDays(2));

        await TryAsync(draft, "i-2");
        await World.Store.DeleteInstancesAsync(["i-1", "i-2"], Ct);
        await RetainAsync();

        (await World.Store.FindDefinitionAsync(snapshot, Ct)).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_snapshot_stays_until_the_start_that_waits_for_it()
    {
        var draft = await SaveAsync(HostUnderTest.Line("x"));
        await World.Runtime.DispatchAsync(
            new StartInstanceRequest("main")
            {
                VersionId = draft.Id,
                AllowsDraft = true,
                InstanceId = "i-1",
            },
            Ct
        );
        World.Clock.Advance(TimeSpan.FromDays(2));

        await RetainAsync();
        await World.Node.PumpAsync();

        (await World.StateAsync("i-1")).DefinitionVersionId.ShouldStartWith($"{draft.Id}~");
    }

    private Task RetainAsync() => World.Store.RetainAsync(new RetentionOptions().At(World.Clock.GetUtcNow()), Ct);

    [Fact]
    public async Task A_draft_that_does_not_compile_is_not_started()
    {
        var draft = await SaveAsync("""{ "type": "Sub", "id": "s", "workflowDefinitionId": "sub" }""");
        await World.Definitions.SaveDraftAsync(
            HostUnderTest.Definition("sub", HostUnderTest.Line("x"), """ "options": { "usableAsActivity": true }, """),
            Ct
        );

        await Should.ThrowAsync<WorkflowCompilationException>(() => TryAsync(draft, "i-1"));

        (await World.Store.FindInstanceAsync("i-1", Ct)).ShouldBeNull();
    }

    private async Task<WorkflowState> TryAsync(DefinitionRow draft, string instanceId) =>
        (
            await World.Runtime.StartAsync(
                new StartInstanceRequest("main")
                {
                    VersionId = draft.Id,
                    AllowsDraft = true,
                    InstanceId = instanceId,
                },
                Ct
            )
        ).State.ShouldNotBeNull();

    private Task<DefinitionRow> SaveAsync(string activities) =>
        World.Definitions.SaveDraftAsync(HostUnderTest.Definition("main", activities), Ct);
}

public sealed class DraftStartTestsOnPostgres(PostgresFixture postgres) : DraftStartTests, IClassFixture<PostgresFixture>
{
    protected override PostgresFixture? Postgres => postgres;
}
