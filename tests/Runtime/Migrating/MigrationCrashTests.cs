using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using ServiceLoop.Engine.Execution;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Migrating;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Tests.Store;
using ServiceLoop.Runtime.Tests.Work;
using ServiceLoop.TestKit;

namespace ServiceLoop.Runtime.Tests.Migrating;

/// <summary>Nodes die, work at once, and events come in between: every instance is moved once or not, and ends once with every step once.</summary>
public sealed class MigrationCrashTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private const int Instances = 40;

    private const string First = """
        { "id": "a", "type": "Elsa.WriteLine", "text": "a" },
        { "id": "wait", "type": "Elsa.Event", "eventName": "go" },
        { "id": "pause", "type": "Elsa.Delay", "timeSpan": "00:10:00" },
        { "id": "z", "type": "Elsa.WriteLine", "text": "z" }
        """;

    private const string Second = """
        { "id": "a", "type": "Elsa.WriteLine", "text": "a" },
        { "id": "m", "type": "Elsa.WriteLine", "text": "never" },
        { "id": "wait", "type": "Elsa.Event", "eventName": "go" },
        { "id": "n", "type": "Elsa.WriteLine", "text": "n" },
        { "id": "pause", "type": "Elsa.Delay", "timeSpan": "00:10:00" },
        { "id": "z", "type": "Elsa.WriteLine", "text": "z" }
        """;

    private PostgresStore store = null!;
    private World world = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private MigrationService Service => world.Node.Get<MigrationService>();

    public async ValueTask InitializeAsync()
    {
        NpgsqlDataSource database = await postgres.OpenAsync(Ct);
        await StoreUnderTest.ClearAsync(database, Ct);
        store = StoreUnderTest.Open(database, null, new MovedInstanceWriter());
        world = new World(store, more: parts => parts.AddSingleton(database).AddInstanceMigration());
        await world.PublishAsync("main", First, """ "id": "", """);

        for (var i = 0; i < Instances; i++)
            await world.StartAsync("main", $"i-{i:00}");

        await world.PublishAsync("main", Second, """ "id": "", """);
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Theory]
    [InlineData(1, false)]
    [InlineData(7, false)]
    [InlineData(7, true)]
    [InlineData(25, true)]
    public async Task Another_node_goes_on_where_one_has_died(int commit, bool after)
    {
        var run = await CreateAsync();
        var death = new StoreThrough(store);
        var (seen, isDead) = (0, false);
        death.BeforeCommit = _ => isDead || (!after && Interlocked.Increment(ref seen) >= commit) ? Die() : Task.CompletedTask;
        death.AfterCommit = (_, _) => isDead || (after && Interlocked.Increment(ref seen) >= commit) ? Die() : Task.CompletedTask;
        await Service.StartAsync(run.Id, new() { BatchSize = 30, Lanes = 1 }, Ct);

        await Should.ThrowAsync<OperationCanceledException>(() => world.Join(death).PumpAsync());
        var half = await Service.ProgressAsync(run.Id, Ct);
        await world.PassAsync(TimeSpan.FromSeconds(61));

        half.Of(MigrationItemStatus.Open).ShouldBeGreaterThan(0);
        await AllMovedAsync(run.Id);
        await FinishAllAsync(["a", "n", "z"]);

        Task Die()
        {
            isDead = true;
            throw new OperationCanceledException("The node died here.");
        }
    }

    [Fact]
    public async Task Two_nodes_work_on_one_run()
    {
        var run = await CreateAsync();
        var nodes = new[] { world.Join(), world.Join(), world.Join() };
        await Service.StartAsync(run.Id, new() { BatchSize = 3, Lanes = 3 }, Ct);

        await Task.WhenAll(nodes.Select(n => Task.Run(n.PumpAsync, Ct)));
        await world.Node.PumpAsync();

        await AllMovedAsync(run.Id);
        await Service.UndoAllAsync(run.Id, Ct);
        await Task.WhenAll(nodes.Select(n => Task.Run(n.PumpAsync, Ct)));
        await world.Node.PumpAsync();
        (await Service.ProgressAsync(run.Id, Ct)).Of(MigrationItemStatus.Undone).ShouldBe(Instances);
        await FinishAllAsync(["a", "z"]);
    }

    [Fact]
    public async Task Events_that_come_meanwhile_are_neither_lost_nor_heard_twice()
    {
        var run = await CreateAsync();
        var (mover, worker) = (world.Join(), world.Join());
        await Service.StartAsync(run.Id, new() { BatchSize = 4, Lanes = 2 }, Ct);

        var moving = Task.Run(mover.PumpAsync, Ct);
        await Task.WhenAll(
            Enumerable
                .Range(0, Instances)
                .Select(async i => await worker.Runtime.PublishAsync(new PublishEventRequest("go") { InstanceId = $"i-{i:00}" }, Ct))
        );
        await Task.WhenAll(moving, Task.Run(worker.PumpAsync, Ct));

        // Those that were busy are tried again.
        for (var i = 0; i < 10; i++)
            await world.PassAsync(TimeSpan.FromSeconds(3));

        await AllMovedAsync(run.Id);
        await world.PassAsync(TimeSpan.FromMinutes(10));

        for (var i = 0; i < Instances; i++)
        {
            var id = $"i-{i:00}";
            var lines = await world.LinesAsync(id);
            (lines is ["a", "z"] or ["a", "n", "z"]).ShouldBeTrue($"{id}: {string.Join(", ", lines)}");
            await EndedOnceAsync(id);
        }
    }

    private async Task<MigrationRun> CreateAsync() =>
        await Service.CreateAsync(new((await world.Store.FindDefinitionAsync("main", 2, Ct)).ShouldNotBeNull().Id), Ct);

    private async Task AllMovedAsync(string runId)
    {
        var progress = await Service.ProgressAsync(runId, Ct);
        progress.Run.Status.ShouldBe(MigrationStatus.Finished);
        progress.Of(MigrationItemStatus.Migrated).ShouldBe(Instances);

        for (var i = 0; i < Instances; i++)
            (await world.Runtime.ReadHistoryAsync($"i-{i:00}", Ct))
                .Count(h => h is { Event: JournalEvent.Migrated, Message: not null })
                .ShouldBe(1);
    }

    private async Task FinishAllAsync(string[] lines)
    {
        await world.EventAsync("go");
        await world.Node.PumpAsync();
        await world.PassAsync(TimeSpan.FromMinutes(10));

        for (var i = 0; i < Instances; i++)
        {
            (await world.LinesAsync($"i-{i:00}")).ShouldBe(lines, $"i-{i:00}");
            await EndedOnceAsync($"i-{i:00}");
        }
    }

    private async Task EndedOnceAsync(string id)
    {
        (await world.StateAsync(id)).SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        var history = await world.Runtime.ReadHistoryAsync(id, Ct);
        history.Where(h => h.Event == JournalEvent.Completed).GroupBy(h => h.FrameId).ShouldAllBe(g => g.Count() == 1);
        history.Where(h => h.Event == JournalEvent.Completed).GroupBy(h => h.ActivityId).ShouldAllBe(g => g.Count() == 1);
        (await new Replay(world.Store, world.Node.Graphs).RunAsync(id, Ct)).Difference.ShouldBeNull();
    }
}
