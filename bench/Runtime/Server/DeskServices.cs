using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using ServiceLoop.Activities.CustomerService;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.ServiceDesk;

namespace ServiceLoop.Runtime.Bench.Server;

/// <summary>The service desk for a mode that measures it by itself, without the server of the product.</summary>
internal static class DeskServices
{
    /// <summary>A source of connections as the server of the product has it.</summary>
    public static NpgsqlDataSource Tuned(BenchServer server) =>
        NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(server.ConnectionString) { MaxPoolSize = 30, MaxAutoPrepare = 50 });

    /// <summary>Its services.</summary>
    public static ServiceProvider On(NpgsqlDataSource database) =>
        new ServiceCollection()
            .AddLogging()
            .AddSingleton(database)
            .AddSingleton<IAccess, OpenAccess>()
            .AddSingleton(new WorkflowCompiler(CustomerServiceActivities.AddTo(ActivityCatalog.WithEngineActivities()), []))
            .AddPostgresStore()
            .AddServiceLoopRuntime()
            .AddServiceDesk()
            .BuildServiceProvider();

    /// <summary>Fills tables: a statement that may take long.</summary>
    public static async Task FillAsync(this NpgsqlDataSource database, string sql, CancellationToken ct, params int[] numbers)
    {
        await using var command = database.CreateCommand(sql);
        command.CommandTimeout = 600;

        foreach (var number in numbers)
            command.Parameters.Add(new() { Value = number });

        await command.ExecuteNonQueryAsync(ct);
    }
}
