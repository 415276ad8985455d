using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using ServiceLoop.Activities.BuiltIn;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Hangfire;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Migrating;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Secrets;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Scripting;

namespace ServiceLoop.Runtime.Bench.Server;

/// <summary>A node put together as the product puts it together, without doors.</summary>
internal sealed class BenchNode : IAsyncDisposable
{
    // As the product's server has them.
    private const int PoolSize = 30;
    private const int PreparedStatements = 50;

    private readonly IHost host;

    private BenchNode(IHost host) => this.host = host;

    public WorkflowRuntime Runtime => host.Services.GetRequiredService<WorkflowRuntime>();

    public DefinitionService Definitions => host.Services.GetRequiredService<DefinitionService>();

    public IWorkflowStore Store => host.Services.GetRequiredService<IWorkflowStore>();

    public MigrationService Migrations => host.Services.GetRequiredService<MigrationService>();

    public GraphCache Graphs => host.Services.GetRequiredService<GraphCache>();

    /// <summary>Starts one.</summary>
    /// <param name="connectionString">A migrated database.</param>
    /// <param name="options">How its store uses the server.</param>
    /// <param name="hasPump">True: with Hangfire and the pulse, which do work that is due.</param>
    /// <param name="ct">Cancels.</param>
    public static Task<BenchNode> StartAsync(string connectionString, PostgresStoreOptions options, bool hasPump, CancellationToken ct) =>
        StartAsync(connectionString, options, hasPump, cipher: null, ct);

    /// <summary>Starts one that encrypts what is secret; null: as the others.</summary>
    public static async Task<BenchNode> StartAsync(
        string connectionString,
        PostgresStoreOptions options,
        bool hasPump,
        IValueCipher? cipher,
        CancellationToken ct
    )
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { MaxPoolSize = PoolSize, MaxAutoPrepare = PreparedStatements };
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddSimpleConsole().AddFilter(null, LogLevel.Warning);
        builder.Services.AddSingleton(_ => NpgsqlDataSource.Create(settings.ConnectionString));
        builder.Services.AddSingleton(
            new WorkflowCompiler(BuiltInActivities.AddTo(ActivityCatalog.WithEngineActivities()), ScriptLanguages.All())
        );
        builder.Services.AddPostgresStore(options);

        if (cipher is not null)
            builder.Services.AddSingleton(cipher);

        if (hasPump)
            builder.Services.AddHangfireWork(connectionString);

        builder.Services.AddBuiltInActivities();
        builder.Services.AddServiceLoopRuntime();
        builder.Services.AddInstanceMigration();
        var node = new BenchNode(builder.Build());
        await node.host.StartAsync(ct);
        return node;
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync(CancellationToken.None);
        await ((IAsyncDisposable)host).DisposeAsync();
    }
}
