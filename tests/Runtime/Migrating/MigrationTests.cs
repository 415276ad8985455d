using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using ServiceLoop.Engine.Execution;
using ServiceLoop.Engine.Migration;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Migrating;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Tasks;
using ServiceLoop.Runtime.Tests.InMemory;
using ServiceLoop.Runtime.Tests.Store;
using ServiceLoop.Runtime.Tests.Work;
using ServiceLoop.TestKit;

namespace ServiceLoop.Runtime.Tests.Migrating;

/// <summary>Instances move to another version and back, on PostgreSQL.</summary>
public sealed class MigrationTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private const string First = """
        { "id": "before", "type": "Elsa.WriteLine", "text": "before" },
        { "id": "wait", "type": "Elsa.Event", "eventName": "go" },
        { "id": "pause", "type": "Elsa.Delay", "timeSpan": "01:00:00" },
        { "id": "after", "type": "Elsa.WriteLine", "text": "after" }
        """;

    private const string Second = """
        { "id": "before", "type": "Elsa.WriteLine", "text": "before 2" },
        { "id": "added", "type": "Elsa.WriteLine", "text": "added before" },
        { "id": "wait", "type": "Elsa.Event", "eventName": "go 2" },
        { "id": "next", "type": "Elsa.WriteLine", "text": "next 2" },
        { "id": "pause", "type": "Elsa.Delay", "timeSpan": "00:10:00" },
        { "id": "after", "type": "Elsa.WriteLine", "text": "after 2" }
        """;

    private const string Hole = """
        { "id": "before", "type": "Elsa.WriteLine", "text": "before 3" },
        { "id": "after", "type": "Elsa.WriteLine", "text": "after 3" }
        """;

    private NpgsqlDataSource database = null!;
    private PostgresStore store = null!;
    private World world = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private MigrationService Service => world.Node.Get<MigrationService>();

    public async ValueTask InitializeAsync()
    {
        database = await postgres.OpenAsync(Ct);
        await StoreUnderTest.ClearAsync(database, Ct);
        store = StoreUnderTest.Open(database, null, new RunTaskWriter(), new RunTaskEndWriter(), new MovedInstanceWriter());
        world = new World(store, more: parts => parts.AddSingleton(database).AddInstanceMigration());
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Fact]
    public async Task An_instance_goes_on_in_the_new_version_with_its_waiters()
    {
        await StartAsync("i-1");
        var run = await RunAsync(Second);

        (await Service.ProgressAsync(run.Id, Ct)).Of(MigrationItemStatus.Migrated).ShouldBe(1);
        var waiter = (await world.Store.FindBookmarksAsync(new(InstanceId: "i-1"), Ct)).ShouldHaveSingleItem();
        waiter.NodeId.ShouldEndWith(":wait");
        var summary = (await world.InstancesAsync("main")).ShouldHaveSingleItem();
        summary.VersionId.ShouldBe(run.TargetVersionId);
        summary.Version.ShouldBe(2);

        // Waiters keep what they wait for.
        await world.EventAsync("go");
        await world.Node.PumpAsync();
        (await world.LinesAsync("i-1")).ShouldBe(["before", "next 2"]);
        await world.PassAsync(TimeSpan.FromMinutes(10));
        (await world.LinesAsync("i-1")).ShouldBe(["before", "next 2", "after 2"]);
        (await world.StateAsync("i-1")).SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        await ReplayAsync("i-1");
        (await HistoryAsync("i-1")).ShouldContain(JournalEvent.Migrated);
    }

    [Fact]
    public async Task It_can_be_moved_back_to_exactly_what_it_was()
    {
        await StartAsync("i-1");
        await EventAsync();
        var before = await RowsAsync();
        var run = await RunAsync(Second, timers: TimerPolicy.Recompute);
        var due = (await world.Store.FindBookmarksAsync(new(InstanceId: "i-1"), Ct)).ShouldHaveSingleItem().DueAt;
        due.ShouldBe(World.Noon.AddMinutes(10));

        await Service.UndoAsync(run.Id, "i-1", Ct);

        (await RowsAsync()).ShouldBe(before);
        (await Service.ListItemsAsync(run.Id, null, null, 10, Ct)).ShouldHaveSingleItem().Status.ShouldBe(MigrationItemStatus.Undone);
        await ReplayAsync("i-1");
        await world.PassAsync(TimeSpan.FromMinutes(59));
        (await world.LinesAsync("i-1")).ShouldBe(["before"]);
        await world.PassAsync(TimeSpan.FromMinutes(1));
        (await world.LinesAsync("i-1")).ShouldBe(["before", "after"]);
        await ReplayAsync("i-1");
        (await HistoryAsync("i-1")).ShouldContain(JournalEvent.MigrationUndone);
    }

    [Fact]
    public async Task A_timer_is_kept_or_counted_anew_from_when_the_wait_began()
    {
        await StartAsync("i-1");
        await EventAsync();
        world.Clock.Advance(TimeSpan.FromMinutes(4));
        await RunAsync(Second);
        await world.PassAsync(TimeSpan.FromMinutes(55));
        (await world.LinesAsync("i-1")).ShouldBe(["before"], "the moment that was promised stands");

        await StartAsync("i-2", version: 1);
        await EventAsync();
        world.Clock.Advance(TimeSpan.FromMinutes(4));
        var run = await Service.CreateAsync(
            new((await VersionAsync(2)).Id)
            {
                Plan = new() { Timers = TimerPolicy.Recompute },
                Scope = new() { InstanceIds = ["i-2"] },
            },
            Ct
        );
        await FinishAsync(run);
        await world.PassAsync(TimeSpan.FromMinutes(5));
        (await world.LinesAsync("i-2")).ShouldBe(["before"]);
        await world.PassAsync(TimeSpan.FromMinutes(1));
        (await world.LinesAsync("i-2")).ShouldBe(["before", "after 2"]);
        (await world.WorkAsync()).Where(w => w.InstanceId == "i-2").ShouldBeEmpty();
        await ReplayAsync("i-2");
    }

    [Fact]
    public async Task One_that_has_gone_on_is_not_moved_back()
    {
        await StartAsync("i-1");
        var run = await RunAsync(Second);
        await EventAsync();

        var refusal = await Should.ThrowAsync<MigrationRefusedException>(() => Service.UndoAsync(run.Id, "i-1", Ct));

        refusal.Code.ShouldBe("migration.moved-on");
        refusal.Message.ShouldContain("has gone on since");
        (await world.StateAsync("i-1")).DefinitionVersionId.ShouldBe(run.TargetVersionId);
    }

    [Fact]
    public async Task What_waits_and_has_no_place_is_not_moved_and_says_why()
    {
        await StartAsync("i-1");
        await PublishAsync(Hole);
        var run = await Service.CreateAsync(new((await VersionAsync(2)).Id), Ct);

        var forecast = (await Service.DryRunAsync(run.Id, null, 10, null, Ct)).Items.ShouldHaveSingleItem();
        var summary = await Service.SummariseAsync(run.Id, Ct);
        await FinishAsync(run);

        forecast.Verdict.ShouldBe(MigrationVerdict.Blocked);
        var refusal = forecast.Refusals.ShouldHaveSingleItem();
        (refusal.Code, refusal.ActivityId).ShouldBe((MigrationCodes.NoPlace, "wait"));
        forecast.Moves.Single(m => !m.Waits.IsEmpty).To.ShouldBeNull();
        summary.Verdicts[MigrationVerdict.Blocked].ShouldBe(1);
        summary.Reasons.ShouldHaveSingleItem().Example.ShouldBe("i-1");
        summary.Waits.ShouldHaveSingleItem().Count.ShouldBe(1);
        var item = (await Service.ListItemsAsync(run.Id, MigrationItemStatus.Blocked, null, 10, Ct)).ShouldHaveSingleItem();
        item.Reason!.ShouldContain("'wait'");
        (await world.StateAsync("i-1")).DefinitionVersionId.ShouldNotBe(run.TargetVersionId);
        await EventAsync();
        await world.PassAsync(TimeSpan.FromHours(1));
        (await world.LinesAsync("i-1")).ShouldBe(["before", "after"]);
    }

    [Fact]
    public async Task A_run_halts_at_a_number_of_failures_and_goes_on_when_it_is_told()
    {
        for (var i = 0; i < 6; i++)
            await StartAsync($"i-{i}");

        await PublishAsync(Hole);
        var run = await Service.CreateAsync(new((await VersionAsync(2)).Id), Ct);
        await Service.StartAsync(run.Id, new() { StopAfterFailures = 2, Lanes = 1 }, Ct);
        await world.Node.PumpAsync();

        var halted = await Service.ProgressAsync(run.Id, Ct);
        halted.Run.Status.ShouldBe(MigrationStatus.Halted);
        halted.Run.HaltReason!.ShouldContain("2");
        (halted.Of(MigrationItemStatus.Blocked), halted.Of(MigrationItemStatus.Open)).ShouldBe((2, 4));
        await Should.ThrowAsync<MigrationRefusedException>(() => Service.PauseAsync(run.Id, Ct));

        await Service.ResumeAsync(run.Id, new(), Ct);
        await world.Node.PumpAsync();
        var done = await Service.ProgressAsync(run.Id, Ct);
        (done.Run.Status, done.Of(MigrationItemStatus.Blocked)).ShouldBe((MigrationStatus.Finished, 6));
    }

    [Fact]
    public async Task A_run_goes_at_its_pace_and_stands_while_it_is_paused()
    {
        for (var i = 0; i < 10; i++)
            await StartAsync($"i-{i}");

        await PublishAsync(Second);
        var run = await Service.CreateAsync(new((await VersionAsync(2)).Id), Ct);
        await Service.StartAsync(
            run.Id,
            new()
            {
                BatchSize = 2,
                Lanes = 1,
                PerSecond = 1,
            },
            Ct
        );
        await world.Node.PumpAsync();
        (await Service.ProgressAsync(run.Id, Ct)).Of(MigrationItemStatus.Migrated).ShouldBe(2);
        await world.PassAsync(TimeSpan.FromSeconds(2));
        (await Service.ProgressAsync(run.Id, Ct)).Of(MigrationItemStatus.Migrated).ShouldBe(4);

        await Service.PauseAsync(run.Id, Ct);
        await world.PassAsync(TimeSpan.FromSeconds(10));
        (await Service.ProgressAsync(run.Id, Ct)).Of(MigrationItemStatus.Migrated).ShouldBe(4);

        await Service.ResumeAsync(run.Id, new(), Ct);
        await world.Node.PumpAsync();
        var done = await Service.ProgressAsync(run.Id, Ct);
        (done.Run.Status, done.Of(MigrationItemStatus.Migrated)).ShouldBe((MigrationStatus.Finished, 10));
        (await world.WorkAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Tasks_children_and_parents_go_on()
    {
        const string Parent = """
            { "id": "child", "type": "Test.StartChild", "definition": "child" },
            { "id": "task", "type": "Elsa.RunTask", "taskName": "t" },
            { "id": "end", "type": "Elsa.WriteLine", "text": "end" }
            """;
        await world.PublishAsync("child", $$"""{{HostUnderTest.Event("go")}}, { "id": "c", "type": "Elsa.WriteLine", "text": "c" }""");
        await PublishAsync(Parent);
        var state = await world.StartAsync("main", "p-1");
        await world.Node.PumpAsync();
        var child = (await world.InstancesAsync("child")).ShouldHaveSingleItem().Id;

        // Both move while one waits for the other.
        await RunAsync(
            $$"""{ "id": "new", "type": "Elsa.WriteLine", "text": "new" }, {{Parent.Replace("\"end\" }", "\"end 2\" }", StringComparison.Ordinal)}}"""
        );
        await world.PublishAsync(
            "child",
            $$"""{ "id": "n", "type": "Elsa.WriteLine", "text": "n" }, {{HostUnderTest.Event("go")}}, { "id": "c", "type": "Elsa.WriteLine", "text": "c 2" }"""
        );
        await Service.MigrateInstanceAsync(child, 2, null, Ct);
        await EventAsync();

        (await world.LinesAsync(child)).ShouldBe(["c 2"]);
        var task = await StoreUnderTest.AskAsync<string>(database, "select task_id from run_task", Ct);
        (await world.Runtime.CompleteTaskAsync(task, "done", Ct)).Outcome.ShouldBe(ResumeOutcome.Resumed);
        (await world.LinesAsync("p-1"))[^1].ShouldBe("end 2");
        (await StoreUnderTest.AskAsync<long>(database, "select count(*) from run_task", Ct)).ShouldBe(0);
        await ReplayAsync("p-1");
        await ReplayAsync(child);
        state.SubStatus.ShouldBe(WorkflowSubStatus.Suspended);
    }

    [Fact]
    public async Task A_node_that_remembers_the_old_state_does_not_go_on_with_it()
    {
        await StartAsync("i-1");
        var other = world.Join();
        await PublishAsync(Second);

        // The first node remembers the state; the other one moves it.
        var service = other.Get<MigrationService>();
        var run = await service.CreateAsync(new((await VersionAsync(2)).Id), Ct);
        await service.StartAsync(run.Id, null, Ct);
        await other.PumpAsync();
        await EventAsync();
        await world.PassAsync(TimeSpan.FromMinutes(10));

        (await world.LinesAsync("i-1")).ShouldBe(["before", "next 2", "after 2"]);
        await ReplayAsync("i-1");
    }

    [Fact]
    public async Task What_does_not_fit_is_refused_with_a_code()
    {
        await StartAsync("i-1");
        await PublishAsync(Second);
        var version = await VersionAsync(2);

        (await RefusedAsync(Service.StartAsync("none", null, Ct))).ShouldBe("migration.unknown");
        (await RefusedAsync(Service.CreateAsync(new(version.Id) { Plan = new() { Accepted = [MigrationCodes.NoPlace] } }, Ct))).ShouldBe(
            "migration.plan"
        );
        var run = await Service.CreateAsync(new(version.Id), Ct);
        (await RefusedAsync(Service.StartAsync(run.Id, new() { BatchSize = 0 }, Ct))).ShouldBe("migration.pace");
        (await RefusedAsync(Service.ResumeAsync(run.Id, null, Ct))).ShouldBe("migration.status");
        (await RefusedAsync(Service.UndoAllAsync(run.Id, Ct))).ShouldBe("migration.status");
        await FinishAsync(run);
        (await RefusedAsync(Service.EditAsync(run.Id, MigrationPlan.Default, null, Ct))).ShouldBe("migration.status");
        (await RefusedAsync(Service.UndoAsync(run.Id, "nobody", Ct))).ShouldBe("migration.unknown");
        (await RefusedAsync(Service.MigrateInstanceAsync("i-1", 2, null, Ct))).ShouldBe("migration.alreadythere");
    }

    private static async Task<string> RefusedAsync(Task wish) => (await Should.ThrowAsync<MigrationRefusedException>(() => wish)).Code;

    private async Task StartAsync(string id, int version = 0)
    {
        if (await world.Store.FindDefinitionAsync("main", 0, Ct) is null)
            await PublishAsync(First);

        await world.Runtime.StartAsync(
            new StartInstanceRequest("main") { InstanceId = id, VersionId = version > 0 ? (await VersionAsync(version)).Id : null },
            Ct
        );
    }

    private Task PublishAsync(string activities) => world.PublishAsync("main", activities, """ "id": "", """);

    private async Task<DefinitionRow> VersionAsync(int number) =>
        (await world.Store.FindDefinitionAsync("main", number, Ct)).ShouldNotBeNull();

    private async Task<MigrationRun> RunAsync(string activities, TimerPolicy timers = TimerPolicy.Keep)
    {
        await PublishAsync(activities);
        var version = (await world.Store.FindDefinitionAsync("main", 0, Ct)).ShouldNotBeNull();
        return await FinishAsync(await Service.CreateAsync(new(version.Id) { Plan = new() { Timers = timers } }, Ct));
    }

    private async Task<MigrationRun> FinishAsync(MigrationRun run)
    {
        await Service.StartAsync(run.Id, null, Ct);
        await world.Node.PumpAsync();
        var done = (await Service.FindAsync(run.Id, Ct)).ShouldNotBeNull();
        done.Status.ShouldBe(MigrationStatus.Finished);
        return done;
    }

    private async Task EventAsync()
    {
        await world.EventAsync("go");
        await world.Node.PumpAsync();
    }

    private async Task ReplayAsync(string id) =>
        (await new Replay(world.Store, world.Join().Graphs).RunAsync(id, Ct)).Difference.ShouldBeNull();

    private async Task<IReadOnlyList<JournalEvent?>> HistoryAsync(string id) =>
        [.. (await world.Runtime.ReadHistoryAsync(id, Ct)).Select(h => h.Event)];

    /// <summary>All that is stored of the instances but for what counts commits.</summary>
    private Task<string> RowsAsync() =>
        StoreUnderTest.AskAsync<string>(
            database,
            """
            select (select string_agg(concat_ws('|', id, version_id, version, sub_status, encode(state, 'escape'), incident_count), ';' order by id) from workflow_instance)
              || (select string_agg(concat_ws('|', instance_id, id, hash, activity_id, node_id, due_at, encode(payload, 'escape')), ';' order by instance_id, id) from bookmark)
              || coalesce((select string_agg(concat_ws('|', key, kind, instance_id, target, due_at, attempts), ';' order by key) from work where kind = 0), '')
            """,
            Ct
        );
}
