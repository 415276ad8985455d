using Npgsql;
using ServiceLoop.Activities.BuiltIn;
using ServiceLoop.Designer;
using ServiceLoop.Designer.Studio;
using ServiceLoop.Identity;
using ServiceLoop.Runtime;
using ServiceLoop.Runtime.Hangfire;
using ServiceLoop.Runtime.Migrating;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.ServiceDesk;
using ServiceLoop.ServiceDesk.Upkeep;
using ServiceLoop.Triage;
using ServiceLoop.Triage.Scoring;
using ServiceLoop.Workflows.Api;
using ServiceLoop.Workflows.Auth;
using ServiceLoop.Workflows.CommandLine;
using ServiceLoop.Workflows.Health;
using ServiceLoop.Workflows.HttpWorkflows;
using ServiceLoop.Workflows.Import;
using ServiceLoop.Workflows.Reference;
using ServiceLoop.Workflows.Secrets;
using ServiceLoop.Workflows.Telemetry;

namespace ServiceLoop.Workflows.Start;

/// <summary>What the server is made of, and its doors.</summary>
internal static class Composition
{
    // At most; a connection is made when it is needed. All figures of bench/ were measured with so many.
    private const int PoolSize = 100;

    // Statements of a load that repeats all the time are prepared once for each connection.
    private const int PreparedStatements = 200;

    /// <summary>Adds all parts.</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="settings">Settings.</param>
    /// <param name="connectionString">The database; migrated.</param>
    /// <param name="ring">With what the key ring is encrypted.</param>
    public static IServiceCollection AddServiceLoop(
        this IServiceCollection services,
        IConfiguration settings,
        string connectionString,
        RingKeys ring
    )
    {
        services.AddSingleton(_ => NpgsqlDataSource.Create(Tuned(connectionString)));
        services.AddSingleton(Parts.Compiler());
        services.AddPostgresStore(settings.ReadSection<PostgresStoreOptions>("Store"));
        services.AddSingleton(settings.ReadSection<RetentionOptions>("Retention"));
        var people = AuthSetup.ReadPeople(settings);
        services.AddServiceLoopIdentity(people);
        services.AddServiceLoopAuth(people.OpenIdConnect);
        services.AddProductTime(settings, connectionString);
        services.AddHangfireWork(connectionString);
        services.AddHttpWorkflows(settings);
        services.AddBuiltInActivities();
        services.AddServiceLoopRuntime();
        services.AddInstanceMigration();
        services.AddSingleton(settings.ReadSection<ContactOptions>("Contacts"));
        services.AddSingleton(settings.ReadSection<DeskRetentionOptions>("DeskRetention"));
        services.AddSingleton(TimeSettings.ReadPresence(settings));
        services.AddSingleton(MessageSettings.ReadEmail(settings));
        services.AddServiceDesk();
        services.AddTriageModels(settings.ReadSection<StarterOptions>("Triage"));
        services.AddSingleton<IChildWorkflows, RuntimeChildWorkflows>();
        services.AddDefinitionImport();
        services.AddProxies(settings);
        services.AddRequestTimes(settings);
        services.AddServiceLoopHealth();
        services.AddServiceLoopTelemetry(settings);
        services.AddServiceLoopPages();
        services.AddPageKeys(ring);
        services.AddServiceLoopApi();
        services.AddReference();
        services.AddStudio();
        services.AddAntiforgery();
        services.AddHostedService<Address>();
        return services;
    }

    /// <summary>Opens all doors.</summary>
    public static WebApplication MapServiceLoop(this WebApplication app)
    {
        app.UseForwardedHeaders();
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseRequestTimeouts();
        app.UseServiceLoopAuth();
        app.MapServiceLoopPages();
        app.MapServiceLoopHealth();
        app.MapServiceLoopMetrics();
        app.MapServiceLoopApi();
        app.MapReference();
        app.MapStudio();
        app.MapHttpWorkflows();
        app.MapJobsDashboard();
        return app;
    }

    internal static string Tuned(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);

        // What the address says itself counts more. (ContainsKey is true for every name that Npgsql knows.)
        if (!settings.ShouldSerialize("Maximum Pool Size"))
            settings.MaxPoolSize = PoolSize;

        if (!settings.ShouldSerialize("Max Auto Prepare"))
            settings.MaxAutoPrepare = PreparedStatements;

        // Seven statements for each connection that goes back to the pool. Whoever changes a session takes that back.
        if (!settings.ShouldSerialize("No Reset On Close"))
            settings.NoResetOnClose = true;

        return settings.ConnectionString;
    }
}
