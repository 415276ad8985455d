using System.Globalization;
using Npgsql;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Identity.Audit;

/// <summary>The audit log for those who may see it: pages, one entry, export, check of the chain. Asks the gate at every call.</summary>
/// <remarks>Who is limited to teams or regions sees what people of these did, and nothing else.</remarks>
public sealed class AuditLog
{
    /// <summary>Most entries of a page.</summary>
    public const int MaxPage = 500;

    /// <summary>What an export is called in the log.</summary>
    public const string ExportAction = "audit.export";

    /// <summary>What a check of the chain is called in the log.</summary>
    public const string VerifyAction = "audit.verify";

    private const string Subject = "audit";
    private const int ExportedAtOnce = 1000;

    private readonly IAccess access;
    private readonly AuditReader reader;
    private readonly ChainWalk walk;

    /// <summary>Makes it.</summary>
    public AuditLog(NpgsqlDataSource database, IAccess access)
    {
        this.access = access;
        reader = new AuditReader(database);
        walk = new ChainWalk(database);
    }

    /// <summary>Whether who acts here may export the log and check its chain.</summary>
    public bool MayExport => access.Actor.May(Permissions.AuditExport);

    /// <summary>A page of entries, newest first.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="before">Number before which the page begins (<see cref="AuditPage.Next"/>); null for the newest.</param>
    /// <param name="take">At most; 1 to <see cref="MaxPage"/>.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<AuditPage> ListAsync(AuditFilter filter, long? before, int take, CancellationToken ct)
    {
        access.Demand(Permissions.AuditRead);
        var size = Math.Clamp(take, 1, MaxPage);
        var entries = await reader.ListAsync(filter, await ScopeAsync(ct), before, null, size + 1, ct);
        return entries.Count > size ? new([.. entries.Take(size)], entries[size - 1].Number) : new(entries, null);
    }

    /// <summary>One entry; null when there is none.</summary>
    public async Task<AuditEntry?> FindAsync(long number, CancellationToken ct)
    {
        access.Demand(Permissions.AuditRead);
        return await reader.FindAsync(number, await ScopeAsync(ct), ct);
    }

    /// <summary>Number of the entry that tells how something ended that another entry began; null when none does.</summary>
    public async Task<long?> FindEndAsync(long begun, CancellationToken ct)
    {
        access.Demand(Permissions.AuditRead);
        return await reader.FindEndAsync(begun, await ScopeAsync(ct), ct);
    }

    /// <summary>The end of the chain: how many entries there are, and the hash of the last; null when somebody removed it.</summary>
    public async Task<ChainAnchor?> HeadAsync(CancellationToken ct)
    {
        access.Demand(Permissions.AuditRead);
        return await reader.HeadAsync(ct) is { } head ? ChainAnchor.Of(head) : null;
    }

    /// <summary>The entry of the last check of the chain that came to its end; null when there was none.</summary>
    public async Task<AuditEntry?> LastCheckAsync(CancellationToken ct)
    {
        access.Demand(Permissions.AuditRead);
        var filter = new AuditFilter { Action = VerifyAction, End = DeedEnd.Done };
        return (await reader.ListAsync(filter, scope: null, before: null, highest: null, 1, ct)) is [var entry] ? entry : null;
    }

    /// <summary>Writes entries into a stream, newest first: those that are there when it begins. Is itself written into the log.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="format">How.</param>
    /// <param name="output">Where to; is written to while entries are read.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>How many.</returns>
    public Task<long> ExportAsync(AuditFilter filter, ExportFormat format, Stream output, CancellationToken ct) =>
        access.ActAsync(
            new Deed(Permissions.AuditExport, ExportAction, Subject) { Wanted = filter.ToFacts().SetItem("format", format.ToString()) },
            () => WriteAsync(filter, format, output, ct),
            count => Facts.Of(("entries", count.ToString(CultureInfo.InvariantCulture))),
            ct
        );

    /// <summary>Checks the whole chain. Is itself written into the log.</summary>
    /// <param name="kept">An end that was written down earlier; null for none.</param>
    /// <param name="progress">Told from time to time; null for nobody.</param>
    /// <param name="ct">Cancels.</param>
    public Task<ChainVerdict> VerifyAsync(ChainAnchor? kept, IProgress<ChainProgress>? progress, CancellationToken ct) =>
        access.ActAsync(
            new Deed(Permissions.AuditExport, VerifyAction, Subject) { Wanted = Facts.Of(("expected", kept?.ToString())) },
            () => walk.CheckAsync(kept, progress, ct),
            verdict =>
                Facts.Of(
                    ("entries", verdict.Count.ToString(CultureInfo.InvariantCulture)),
                    ("last", verdict.Last.ToString()),
                    ("broken", verdict.Break?.Number.ToString(CultureInfo.InvariantCulture)),
                    ("fault", verdict.Break?.Fault.ToString())
                ),
            ct
        );

    private async Task<long> WriteAsync(AuditFilter filter, ExportFormat format, Stream output, CancellationToken ct)
    {
        var scope = await ScopeAsync(ct);

        // What comes meanwhile, and the entry of this export itself, would make it endless.
        var highest = (await reader.HeadAsync(ct))?.Number;
        await using var writer = EntryWriter.Of(format, output);
        long count = 0;
        long? before = null;

        while (true)
        {
            var entries = await reader.ListAsync(filter, scope, before, highest, ExportedAtOnce, ct);

            foreach (var entry in entries)
                writer.Write(entry);

            await writer.FlushAsync(ct);
            count += entries.Count;

            if (entries.Count < ExportedAtOnce)
                return count;

            before = entries[^1].Number;
        }
    }

    private Task<string[]?> ScopeAsync(CancellationToken ct) => reader.ScopeAsync(access.Actor, ct);
}
