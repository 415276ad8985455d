using System.Globalization;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.ServiceDesk.Cases;

namespace ServiceLoop.ServiceDesk.Tracking;

/// <summary>A link of a status page that was read.</summary>
/// <param name="IsContact">True: it is about a contact, and about its case as soon as there is one.</param>
/// <param name="Id">Id of the contact or the case.</param>
/// <param name="IssuedAt">When it was made, UTC.</param>
/// <param name="ExpiresAt">Until when it opens something, UTC.</param>
internal sealed record StatusLink(bool IsContact, string Id, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt);

/// <summary>Signed links to status pages: they open one case, for a time, until they are revoked or the customer is erased.</summary>
/// <param name="database">Where cases are.</param>
/// <param name="access">The gate.</param>
/// <param name="clock">Tells the time.</param>
/// <param name="tokens">Signs.</param>
public sealed class StatusLinks(Database database, IAccess access, TimeProvider clock, LinkTokens tokens)
{
    /// <summary>Purpose of tokens.</summary>
    internal const string Purpose = "status";

    /// <summary>How long a link opens something.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(90);

    private static readonly string CaseOf = SqlFile.Beside<StatusLinks>("status.find");
    private static readonly string Revoke = SqlFile.Beside<StatusLinks>("status_revocation.save");

    /// <summary>A token for the customer of a case, from now on for <see cref="Lifetime"/>.</summary>
    /// <param name="caseId">The case.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<string> OfCaseAsync(string caseId, CancellationToken ct)
    {
        access.Demand(Permissions.CasesRead);
        return await IssueAsync('c', TextRules.Required(caseId, "caseId", 150), clock.GetUtcNow(), ct);
    }

    /// <summary>Makes all links of a case that exist so far open nothing any more.</summary>
    /// <exception cref="DeskRefusedException">There is no such case.</exception>
    public Task<bool> RevokeAsync(string caseId, CancellationToken ct) =>
        access.ActAsync(
            new Deed(Permissions.CasesWrite, "status-link.revoke", TextRules.Quote(caseId)),
            async () =>
                await database.RepeatableAsync(
                    Revoke,
                    ct,
                    Arg.Text(caseId),
                    Arg.Time(clock.GetUtcNow()),
                    Arg.Text(access.Actor.Who ?? "system")
                ) == 1
                    ? true
                    : throw DeskRefusedException.Unknown("case.unknown", $"There is no case '{TextRules.Quote(caseId)}'."),
            ct
        );

    /// <summary>A token for who sent a contact; the same at any time.</summary>
    internal Task<string> OfContactAsync(string interactionId, DateTimeOffset receivedAt, CancellationToken ct) =>
        IssueAsync('i', interactionId, receivedAt, ct);

    /// <summary>The case behind a token; null for a contact whose case is not there yet.</summary>
    /// <exception cref="DeskRefusedException">The token is none, expired, revoked, or its customer was erased.</exception>
    internal async Task<(StatusLink Link, ServiceCase? Case)> OpenAsync(string? token, CancellationToken ct)
    {
        var link = Parse(await tokens.ReadAsync(Purpose, token, ct)) ?? throw Unknown();
        var now = clock.GetUtcNow();

        if (now >= link.ExpiresAt)
            throw DeskRefusedException.Gone("link.expired", $"This link was good until {link.ExpiresAt:u}. Ask us for a new one.");

        var found = await database.ReadAsync(
            CaseOf,
            r => (CaseId: r.FindText(0), IsErased: r.GetBoolean(1), Revoked: r.FindTime(2)),
            ct,
            Arg.Flag(link.IsContact),
            Arg.Text(link.Id)
        );

        if (found is not [var about])
            throw Unknown();

        // Second for second: what was made in the moment of the revocation is revoked, too.
        if (about.IsErased || (about.Revoked is { } before && link.IssuedAt <= before))
            throw DeskRefusedException.Gone("link.revoked", "This link is not good any more. Ask us for a new one.");

        return about.CaseId is { } id
            ? (link, (await database.ReadAsync(CaseStore.Find, CaseStore.RowOf, ct, Arg.Text(id))).Single())
            : (link, null);
    }

    private async Task<string> IssueAsync(char kind, string id, DateTimeOffset at, CancellationToken ct)
    {
        var seconds = at.ToUnixTimeSeconds();
        var until = seconds + (long)Lifetime.TotalSeconds;
        return await tokens.IssueAsync(Purpose, string.Create(CultureInfo.InvariantCulture, $"{kind}|{seconds}|{until}|{id}"), ct);
    }

    private static StatusLink? Parse(string? subject) =>
        subject?.Split('|', 4) is [("c" or "i") and var kind, { } at, { } until, { Length: > 0 } id]
        && long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var issued)
        && long.TryParse(until, NumberStyles.None, CultureInfo.InvariantCulture, out var expires)
            ? new(kind == "i", id, DateTimeOffset.FromUnixTimeSeconds(issued), DateTimeOffset.FromUnixTimeSeconds(expires))
            : null;

    private static DeskRefusedException Unknown() =>
        DeskRefusedException.Unknown("link.unknown", "This link is not known. Use it as it was sent.");
}
