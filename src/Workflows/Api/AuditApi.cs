using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceLoop.Identity.Audit;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Workflows.Api;

/// <summary>The audit log: who did what, when and from where; export; check of its chain.</summary>
internal static class AuditApi
{
    private const int StandardPage = 100;

    /// <summary>Which entries.</summary>
    /// <param name="Actor">Who, by name; upper and lower case are the same.</param>
    /// <param name="Action">What was done, for example <c>definition.publish</c>.</param>
    /// <param name="Subject">To what: the whole id.</param>
    /// <param name="End">How it ended: begun, done, denied or failed.</param>
    /// <param name="From">At this moment or later.</param>
    /// <param name="To">Before this moment.</param>
    /// <param name="Text">Part of the subject, of who acted, of an address, of a value or of a reason.</param>
    internal sealed record Wanted(
        string? Actor,
        string? Action,
        string? Subject,
        string? End,
        DateTimeOffset? From,
        DateTimeOffset? To,
        string? Text
    );

    /// <summary>An entry.</summary>
    internal sealed record EntryView(
        long Number,
        DateTimeOffset At,
        string ActorKind,
        string ActorId,
        string Actor,
        string? OnBehalfOf,
        string? Address,
        string? Session,
        string Action,
        string Subject,
        string Permission,
        string End,
        long? Begun,
        JsonNode? Before,
        JsonNode? Wanted,
        JsonNode? After,
        string? Reason,
        string PreviousHash,
        string Hash
    )
    {
        public static EntryView Of(AuditEntry entry) =>
            new(
                entry.Number,
                entry.At,
                entry.ActorKind.ToString(),
                entry.ActorId,
                entry.Actor,
                entry.OnBehalfOf,
                entry.Address,
                entry.SessionId,
                entry.Action,
                entry.Subject,
                entry.Permission,
                entry.End.ToString(),
                entry.Begun == 0 ? null : entry.Begun,
                FactsOf(entry.Before),
                FactsOf(entry.Wanted),
                FactsOf(entry.After),
                entry.Reason,
                Convert.ToHexString(entry.PreviousHash.Span),
                Convert.ToHexString(entry.Hash.Span)
            );

        private static JsonObject? FactsOf(string? json) =>
            json is null ? null : new(AuditFacts.Read(json).Select(f => KeyValuePair.Create(f.Key, (JsonNode?)f.Value)));
    }

    /// <summary>A page, and where the next begins.</summary>
    /// <param name="Items">The entries, newest first.</param>
    /// <param name="Next">Value of <c>before</c> for the next page; null when there is none.</param>
    internal sealed record EntriesView(IReadOnlyList<EntryView> Items, long? Next);

    /// <summary>What a check has found.</summary>
    /// <param name="IsSound">True when the chain is whole.</param>
    /// <param name="Entries">Entries that are sound, from the first on.</param>
    /// <param name="Last">The last of them as <c>N:HASH</c>; keep it, and give it to a later check.</param>
    /// <param name="Break">The first broken link; null when there is none.</param>
    internal sealed record VerdictView(bool IsSound, long Entries, string Last, BreakView? Break);

    /// <summary>The first broken link.</summary>
    /// <param name="Number">Number of the entry that is not as it should be.</param>
    /// <param name="Fault">What is wrong.</param>
    /// <param name="Other">Another entry that belongs to it; null for none.</param>
    /// <param name="Detail">A sentence.</param>
    internal sealed record BreakView(long Number, string Fault, long? Other, string Detail);

    public static RouteGroupBuilder MapAudit(this RouteGroupBuilder routes)
    {
        var audit = routes.MapGroup("/audit").Needs(Permissions.AuditRead).WithTags("Audit");
        audit.MapGet("", ListAsync).WithSummary("Lists entries, newest first, page by page.");
        audit.MapGet("/{number:long}", GetAsync).WithSummary("One entry.");
        audit
            .MapGet("/export", Export)
            .Needs(Permissions.AuditExport)
            .WithSummary("Sends entries as a file: csv for spreadsheets, or jsonl. Is itself written into the log.")
            .Produces(StatusCodes.Status200OK, contentType: "text/csv")
            .DisableRequestTimeout();
        audit
            .MapGet("/verify", VerifyAsync)
            .Needs(Permissions.AuditExport)
            .WithSummary("Checks the whole chain, and names the first link that does not hold. Is itself written into the log.")
            .DisableRequestTimeout();
        return routes;
    }

    /// <param name="wanted">Which.</param>
    /// <param name="before">Number before which the page begins: <c>next</c> of the page before.</param>
    /// <param name="take">At most; 1 to 500. Standard: 100.</param>
    /// <param name="log">The log.</param>
    /// <param name="ct">Cancels.</param>
    private static async Task<Ok<EntriesView>> ListAsync(
        [AsParameters] Wanted wanted,
        long? before,
        int? take,
        AuditLog log,
        CancellationToken ct
    )
    {
        var page = await log.ListAsync(FilterOf(wanted), before, take ?? StandardPage, ct);
        return TypedResults.Ok(new EntriesView([.. page.Items.Select(EntryView.Of)], page.Next));
    }

    private static async Task<Results<Ok<EntryView>, ProblemHttpResult>> GetAsync(long number, AuditLog log, CancellationToken ct) =>
        await log.FindAsync(number, ct) is { } entry
            ? TypedResults.Ok(EntryView.Of(entry))
            : Problems.NotFound("audit.unknown", $"There is no entry {number} in the audit log, or it is not for you to see.");

    /// <param name="wanted">Which.</param>
    /// <param name="format">csv (standard) or jsonl.</param>
    /// <param name="log">The log.</param>
    /// <param name="time">Names the file.</param>
    /// <param name="ct">Cancels.</param>
    private static PushStreamHttpResult Export(
        [AsParameters] Wanted wanted,
        string? format,
        AuditLog log,
        TimeProvider time,
        CancellationToken ct
    )
    {
        var filter = FilterOf(wanted);
        var how = Choice.Find<ExportFormat>(format, "format") ?? ExportFormat.Csv;
        var (type, ending) = how == ExportFormat.Csv ? ("text/csv; charset=utf-8", "csv") : ("application/x-ndjson", "jsonl");
        return TypedResults.Stream(
            output => log.ExportAsync(filter, how, output, ct),
            type,
            string.Create(CultureInfo.InvariantCulture, $"audit-{time.GetUtcNow():yyyyMMdd-HHmmss}.{ending}")
        );
    }

    /// <param name="expect">What an earlier check gave as <c>last</c>: finds out too whether the end was cut off since.</param>
    /// <param name="log">The log.</param>
    /// <param name="ct">Cancels.</param>
    private static async Task<Ok<VerdictView>> VerifyAsync(string? expect, AuditLog log, CancellationToken ct)
    {
        var verdict = await log.VerifyAsync(Kept(expect), null, ct);
        return TypedResults.Ok(
            new VerdictView(
                verdict.IsSound,
                verdict.Count,
                verdict.Last.ToString(),
                verdict.Break is { } b ? new(b.Number, b.Fault.ToString(), b.Other, b.Detail) : null
            )
        );
    }

    private static AuditFilter FilterOf(Wanted wanted) =>
        new()
        {
            Actor = Given(wanted.Actor),
            Action = Given(wanted.Action),
            Subject = Given(wanted.Subject),
            End = Choice.Find<DeedEnd>(wanted.End, "end"),
            From = wanted.From,
            Until = wanted.To,
            Text = Given(wanted.Text),
        };

    private static ChainAnchor? Kept(string? text)
    {
        try
        {
            return Given(text) is { } given ? ChainAnchor.Parse(given) : null;
        }
        catch (FormatException e)
        {
            throw new RequestException("audit.expect", e.Message);
        }
    }

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
