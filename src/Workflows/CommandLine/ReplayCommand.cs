using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Secrets;
using ServiceLoop.Workflows.Secrets;
using ServiceLoop.Workflows.Start;
using Database = ServiceLoop.Workflows.Start.Database;
using InstanceReplay = ServiceLoop.Runtime.Instances.Replay;

namespace ServiceLoop.Workflows.CommandLine;

/// <summary>The verb <c>replay-instance</c>: lives the lives of instances again from their journals, and compares.</summary>
internal static class ReplayCommand
{
    private const string AddressOption = "--database";

    public const string Usage = """
        replay-instance ID… [--database ADDRESS]
          Takes instances from the database, folds what happened to them from the start, and compares every state with the one in life. Changes nothing.
          One line for each instance: its id, "equal" or "differs", how many bursts and stimuli were compared, and where it differs.
          --database ADDRESS  connection string (default: what the server uses: ConnectionStrings__Default, DATABASE_URL, else the embedded server)
          Exit code: 0 when all are equal, 1 otherwise.
        """;

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, Commands.Console console, CancellationToken ct)
    {
        var given = Arguments.Parse(arguments, [AddressOption], []);

        if (given.Free.Count == 0)
            throw new UsageException("Name at least one instance.");

        try
        {
            var settings = Settings(given.Find(AddressOption));
            await using var database = await Database.OpenAsync(settings, NullLoggerFactory.Instance, TimeProvider.System, ct);
            return await ReplayAsync(database.ConnectionString, settings, given.Free, console, ct);
        }
        catch (StartException e)
        {
            await console.Error.WriteLineAsync(e.Message);
            return Commands.Failed;
        }
    }

    private static async Task<int> ReplayAsync(
        string address,
        IConfiguration settings,
        IReadOnlyList<string> ids,
        Commands.Console console,
        CancellationToken ct
    )
    {
        await using var source = NpgsqlDataSource.Create(address);
        await using var rows = new PostgresStore(source, [], new(), NullLogger<PostgresStore>.Instance);
        await using var secrets = await ValueCipher.OpenAsync(source, settings, ct);
        var store = new SealedStore(rows, secrets.GetRequiredService<IValueCipher>());
        var replay = new InstanceReplay(store, new GraphCache(store, Parts.Compiler(), TimeProvider.System));
        var code = Commands.Ok;

        foreach (var id in ids)
        {
            var line = await LineAsync(replay, id, ct);
            code = line.IsEqual ? code : Commands.Failed;
            await console.Out.WriteLineAsync(line.Text);
        }

        return code;
    }

    private static async Task<(bool IsEqual, string Text)> LineAsync(InstanceReplay replay, string id, CancellationToken ct)
    {
        try
        {
            var result = await replay.RunAsync(id, ct);
            var counted = $"{result.Bursts} bursts, {result.Stimuli} stimuli";
            return result.Difference is null
                ? (true, $"{id} equal: {counted}")
                : (false, $"{id} differs after {counted}: {result.Difference}");
        }
        catch (Exception e) when (e is InstanceNotFoundException or DefinitionNotFoundException or SecretUnreadableException)
        {
            return (false, $"{id} differs: {e.Message}");
        }
    }

    /// <summary>Settings as the server reads them; an address counts more.</summary>
    internal static IConfigurationRoot Settings(string? address)
    {
        var settings = new ConfigurationBuilder()
            .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true)
            .AddEnvironmentVariables();

        if (address is not null)
            settings.AddInMemoryCollection([new(DatabaseAddress.Setting, address)]);

        return settings.AddSettingFiles().Build();
    }
}
