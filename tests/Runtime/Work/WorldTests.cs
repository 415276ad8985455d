using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using ServiceLoop.Runtime.InMemory;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Tasks;
using ServiceLoop.Runtime.Tests.Store;
using ServiceLoop.TestKit;

namespace ServiceLoop.Runtime.Tests.Work;

/// <summary>Tests of the runtime in a world of their own: in memory, and in a derived class on PostgreSQL.</summary>
public abstract class WorldTests : IAsyncLifetime
{
    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    internal World World { get; private set; } = null!;

    /// <summary>The database; null in memory.</summary>
    protected virtual PostgresFixture? Postgres => null;

    /// <summary>What a node has besides; null for nothing.</summary>
    protected virtual Action<IServiceCollection>? More => null;

    public async ValueTask InitializeAsync() => World = new World(await OpenAsync(), more: More);

    public async ValueTask DisposeAsync()
    {
        if (World.Store is IAsyncDisposable store)
            await store.DisposeAsync();

        GC.SuppressFinalize(this);
    }

    /// <summary>Ids of the tasks that are open.</summary>
    protected async Task<IReadOnlyList<string>> OpenTasksAsync()
    {
        if (Postgres is null)
        {
            var rows = ((InMemoryStore)World.Store).Records.Select(r => r.Row).ToList();
            var ended = rows.OfType<RunTaskEnd>().Select(r => r.TaskId).ToHashSet();
            return [.. rows.OfType<Engine.Nodes.RunTaskRequest>().Select(r => r.TaskId).Where(id => !ended.Contains(id))];
        }

        await using var command = (await Postgres.OpenAsync(Ct)).CreateCommand("select task_id from run_task order by task_id");
        await using var reader = await command.ExecuteReaderAsync(Ct);
        var found = new List<string>();

        while (await reader.ReadAsync(Ct))
            found.Add(reader.GetString(0));

        return found;
    }

    private async Task<IWorkflowStore> OpenAsync()
    {
        if (Postgres is null)
            return new InMemoryStore();

        NpgsqlDataSource database = await Postgres.OpenAsync(Ct);
        await StoreUnderTest.ClearAsync(database, Ct);
        return StoreUnderTest.Open(database, null, new RunTaskWriter(), new RunTaskEndWriter());
    }
}
