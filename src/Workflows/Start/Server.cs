using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Npgsql;
using ServiceLoop.Identity;
using ServiceLoop.Identity.Users;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Hangfire;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Workflows.CommandLine;
using ServiceLoop.Workflows.Import;
using ServiceLoop.Workflows.Secrets;

namespace ServiceLoop.Workflows.Start;

/// <summary>The server from its first line to its last: database, host, doors, end.</summary>
internal static class Server
{
    /// <summary>Lock of the node that brings in what a fresh database lacks: "SLstart1" in ASCII.</summary>
    internal const long FreshDatabase = 0x534C7374_61727431;

    // Longer than Hangfire takes to let go of its jobs, shorter than a container platform's patience.
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(25);

    /// <summary>Runs the server until it is asked to stop.</summary>
    /// <param name="arguments">Settings, as ASP.NET Core reads them: <c>--urls http://localhost:8080</c>.</param>
    /// <param name="error">Gets one sentence when it cannot start.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] arguments, TextWriter error)
    {
        try
        {
            await ServeAsync(arguments);
            return Commands.Ok;
        }
        catch (StartException e)
        {
            await error.WriteLineAsync(e.Message);
        }
        catch (StoreUnavailableException e)
        {
            await error.WriteLineAsync($"The database went away during the start: {e.Message}");
        }
        catch (InstanceBusyException e)
        {
            await error.WriteLineAsync($"Another node stood in the way of the start all the time: {e.Message}");
        }
        catch (OperationCanceledException)
        {
            await error.WriteLineAsync("Stopped before the start was complete.");
        }
        catch (IOException e) when (e.InnerException is AddressInUseException or SocketException)
        {
            await error.WriteLineAsync(
                $"The server cannot listen: {e.Message.ReplaceLineEndings(" ").TrimEnd('.')}. Stop the other program, or choose another address with --urls http://localhost:8080."
            );
        }

        return Commands.Failed;
    }

    private static async Task ServeAsync(string[] arguments)
    {
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions { Args = arguments, ContentRootPath = ContentRoot(arguments) }
        );
        builder.Configuration.AddSettingFiles();
        // Also without publishing first, in whatever environment: otherwise the files of the pages would be empty.
        builder.WebHost.UseStaticWebAssets();
        var logs = new StartLogs();
        builder.Logging.ClearProviders();
        logs.Configure(builder.Logging);

        // What is wrong with the settings is told before anything is begun.
        var ring = RingKeys.Of(builder.Configuration);
        await using var database = await OpenDatabaseAsync(builder.Configuration, logs);

        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTimeout);
        builder.Services.AddSingleton(logs);
        builder.Services.AddServiceLoop(builder.Configuration, database.ConnectionString, ring);

        await using var app = builder.Build();
        app.MapServiceLoop();
        TimeSettings.Tell(app.Services, app.Logger);
        await PrepareAsync(app.Services, app.Logger);
        await app.RunAsync();
    }

    private static async Task PrepareAsync(IServiceProvider services, ILogger logger)
    {
        using var stop = new StopSignal();
        await KeyRing.PrepareAsync(
            services.GetRequiredService<NpgsqlDataSource>(),
            services.GetRequiredService<RingKeys>(),
            logger,
            stop.Token
        );
        using var system = services.GetRequiredService<IAccess>().AsSystem();
        await services.GetRequiredService<Upkeep>().PrepareJournalAsync(stop.Token);
        await GreetFirstAdminAsync(services.GetRequiredService<FirstAdmin>(), stop.Token);

        await using (var session = await services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync(stop.Token))
        await using (await StartLock.TakeAsync(session, FreshDatabase, null, stop.Token))
        {
            await services.GetRequiredService<DeskStart>().RunAsync(stop.Token);
            await services.GetRequiredService<ArticleStart>().RunAsync(stop.Token);
        }

        await services.GetRequiredService<DefinitionImport>().RunAsync(stop.Token);
    }

    // On the console and nowhere else: a log is kept and read by others.
    private static async Task GreetFirstAdminAsync(FirstAdmin admin, CancellationToken ct)
    {
        try
        {
            if (await admin.EnsureAsync(ct) is var (name, password))
                await Console.Error.WriteLineAsync(
                    $"Sign in as '{name}' with the password {password} and choose your own. It is shown this once."
                );
        }
        catch (IdentityRefusedException e)
        {
            throw new StartException(e.Message, e);
        }
    }

    private static async Task<Database> OpenDatabaseAsync(IConfiguration settings, StartLogs logs)
    {
        using var stop = new StopSignal();
        using var factory = LoggerFactory.Create(logging =>
        {
            logging.AddConfiguration(settings.GetSection("Logging"));
            logs.Configure(logging);
        });
        return await Database.OpenAsync(settings, factory, TimeProvider.System, stop.Token);
    }

    /// <summary>Settings lie beside the program, wherever the caller stands; who says otherwise is believed.</summary>
    private static string? ContentRoot(string[] arguments) =>
        arguments.Any(a => a.StartsWith("--contentRoot", StringComparison.OrdinalIgnoreCase))
        || Environment.GetEnvironmentVariable("ASPNETCORE_CONTENTROOT") is { Length: > 0 }
        || Environment.GetEnvironmentVariable("DOTNET_CONTENTROOT") is { Length: > 0 }
            ? null
            : AppContext.BaseDirectory;
}
