using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Workflows.Import;
using ServiceLoop.Workflows.Start;
using Database = ServiceLoop.Workflows.Start.Database;

namespace ServiceLoop.Workflows.CommandLine;

/// <summary>The verb <c>export-definitions</c>: writes definitions back into files, so that they can live in a repository.</summary>
internal static class ExportCommand
{
    private const string AddressOption = "--database";
    private const string LatestFlag = "--latest";
    private const string DefaultFolder = "definitions";
    private const int PageSize = 200;

    public const string Usage = """
        export-definitions [DIR] [--latest] [--database ADDRESS]
          Writes the published version of each definition into DIR (default: definitions), one file each. Importing the files changes nothing.
          A file that says the same already is left as it is, wherever in DIR it stands and however it is written.
          --latest            the newest version of each, published or not
          --database ADDRESS  connection string (default: what the server uses: ConnectionStrings__Default, DATABASE_URL, else the embedded server)
          Exit code: 0 when all were written or unchanged, 1 otherwise.
        """;

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, Commands.Console console, CancellationToken ct)
    {
        var given = Arguments.Parse(arguments, [AddressOption], [LatestFlag]);

        if (given.Free.Count > 1)
            throw new UsageException($"Name one folder; '{given.Free[1]}' is one too many.");

        try
        {
            await using var database = await Database.OpenAsync(
                ReplayCommand.Settings(given.Find(AddressOption)),
                NullLoggerFactory.Instance,
                TimeProvider.System,
                ct
            );
            await using var source = NpgsqlDataSource.Create(database.ConnectionString);
            await using var store = new PostgresStore(source, [], new(), NullLogger<PostgresStore>.Instance);
            var versions = given.Has(LatestFlag) ? VersionOption.Latest : VersionOption.Published;
            return await ExportAsync(store, versions, Path.GetFullPath(given.Free.Count == 1 ? given.Free[0] : DefaultFolder), console, ct);
        }
        catch (StartException e)
        {
            await console.Error.WriteLineAsync(e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await console.Error.WriteLineAsync($"The files cannot be written: {e.Message.ReplaceLineEndings(" ")}");
        }

        return Commands.Failed;
    }

    private static async Task<int> ExportAsync(
        PostgresStore store,
        VersionOption versions,
        string folder,
        Commands.Console console,
        CancellationToken ct
    )
    {
        Directory.CreateDirectory(folder);
        var files = DefinitionFolder.Read(folder);
        var filter = new DefinitionFilter { Versions = versions, OrderBy = DefinitionOrder.Name };
        var (written, unchanged) = (0, 0);

        for (var skip = 0; await store.ListDefinitionsAsync(filter, skip, PageSize, ct) is { Count: > 0 } page; skip += PageSize)
            foreach (var listed in page)
                if (await store.FindDefinitionAsync(listed.Id, ct) is { } row)
                {
                    if (files.Write(row) is not { } path)
                    {
                        unchanged++;
                        continue;
                    }

                    written++;
                    await console.Out.WriteLineAsync($"{Path.GetRelativePath(folder, path)}: version {row.Version} of {row.DefinitionId}");
                }

        await console.Out.WriteLineAsync($"{written} written, {unchanged} unchanged in {folder}");
        return Commands.Ok;
    }
}
