using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using ServiceLoop.Identity.Audit;
using ServiceLoop.Workflows.Start;

namespace ServiceLoop.Workflows.CommandLine;

/// <summary>The verb <c>verify-audit</c>: walks the chain of the audit log and names the first link that does not hold.</summary>
internal static class VerifyAuditCommand
{
    private const string AddressOption = "--database";
    private const string ExpectOption = "--expect";

    public const string Usage = """
        verify-audit [--expect N:HASH] [--database ADDRESS]
          Checks every entry of the audit log: what stands in it against its hash, its hash against the next entry, the last against the stored end.
          Prints how many there are and the last as N:HASH, to be kept elsewhere; or the first broken link and what is wrong with it. Changes nothing.
          --expect N:HASH     what an earlier check printed: finds out too whether the end was cut off or the chain was made anew since
          --database ADDRESS  connection string (default: what the server uses: ConnectionStrings__Default, DATABASE_URL, else the embedded server)
          Exit code: 0 when the chain is whole, 1 otherwise.
        """;

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, Commands.Console console, CancellationToken ct)
    {
        var given = Arguments.Parse(arguments, [AddressOption, ExpectOption], []);

        if (given.Free.Count > 0)
            throw new UsageException($"'{given.Free[0]}' is one too many; what was kept goes behind {ExpectOption}.");

        var kept = given.Find(ExpectOption) is { } text ? Kept(text) : null;

        try
        {
            await using var database = await Database.OpenAsync(
                ReplayCommand.Settings(given.Find(AddressOption)),
                NullLoggerFactory.Instance,
                TimeProvider.System,
                ct
            );
            await using var source = NpgsqlDataSource.Create(database.ConnectionString);
            return await TellAsync(await new ChainWalk(source).CheckAsync(kept, null, ct), kept, console);
        }
        catch (StartException e)
        {
            await console.Error.WriteLineAsync(e.Message);
        }
        catch (NpgsqlException e)
        {
            await console.Error.WriteLineAsync($"The audit log cannot be read: {e.Message.ReplaceLineEndings(" ")}");
        }

        return Commands.Failed;
    }

    private static async Task<int> TellAsync(ChainVerdict verdict, ChainAnchor? kept, Commands.Console console)
    {
        if (verdict.Break is { } broken)
        {
            await console.Out.WriteLineAsync($"Broken at {broken.Number}: {broken.Fault}. {broken.Detail}");
            await console.Out.WriteLineAsync($"Sound up to {verdict.Last}");
            return Commands.Failed;
        }

        await console.Out.WriteLineAsync(
            $"{verdict.Count} entries, no broken link{(kept is null ? "" : $"; what was kept at {kept.Number} is still there")}"
        );
        await console.Out.WriteLineAsync($"Keep this: {verdict.Last}");
        return Commands.Ok;
    }

    private static ChainAnchor Kept(string text)
    {
        try
        {
            return ChainAnchor.Parse(text);
        }
        catch (FormatException e)
        {
            throw new UsageException(e.Message);
        }
    }
}
