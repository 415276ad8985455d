using System.Globalization;
using Npgsql;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Work;

namespace ServiceLoop.ServiceDesk.Knowledge;

/// <summary>Articles and their life: somebody or the machine writes, another person approves, and after a time somebody looks again.</summary>
/// <param name="database">Where they are.</param>
/// <param name="access">The gate.</param>
/// <param name="clock">Tells the time.</param>
/// <param name="signal">Hears of work that is due.</param>
public sealed class ArticleDesk(Database database, IAccess access, TimeProvider clock, IWorkSignal signal)
{
    internal const string ExpireTopic = "knowledge.expire";

    private string Who => access.Actor.Who ?? "system";

    /// <summary>A page of articles, those first that were changed last.</summary>
    /// <param name="state">A word; null for all.</param>
    /// <param name="language"><c>zh</c>, <c>en</c>; null for both.</param>
    /// <param name="category">Category; null for all.</param>
    /// <param name="after">The last one of the page before; null for the first page.</param>
    /// <param name="take">At most.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<IReadOnlyList<Article>> ListAsync(
        string? state,
        string? language,
        string? category,
        (DateTimeOffset At, string Id)? after,
        int take,
        CancellationToken ct
    )
    {
        access.Demand(Permissions.KnowledgeRead);
        return await database.ReadFittedAsync(
            KnowledgeStore.List,
            KnowledgeStore.RowOf,
            ct,
            Arg.Text(state is null ? null : Words.Of(Words.Read<ArticleState>(state, "state"))),
            Arg.Text(language),
            Arg.Text(category),
            Arg.Time(after?.At),
            Arg.Text(after?.Id),
            Arg.Integer(take)
        );
    }

    /// <summary>An article with its latest version.</summary>
    /// <exception cref="DeskRefusedException">There is none.</exception>
    public async Task<Article> GetAsync(string id, CancellationToken ct)
    {
        access.Demand(Permissions.KnowledgeRead);
        return await FindAsync(id, ct) ?? throw Unknown(id);
    }

    /// <summary>All versions of an article, the latest first.</summary>
    public async Task<IReadOnlyList<ArticleVersion>> VersionsAsync(string id, CancellationToken ct)
    {
        access.Demand(Permissions.KnowledgeRead);
        return await database.ReadAsync(KnowledgeStore.Versions, r => KnowledgeStore.VersionOf(r, 0), ct, Arg.Text(id));
    }

    /// <summary>The history of an article.</summary>
    public async Task<IReadOnlyList<ArticleEvent>> HistoryAsync(string id, CancellationToken ct)
    {
        access.Demand(Permissions.KnowledgeRead);
        return await database.ReadAsync(
            KnowledgeStore.Events,
            r => new ArticleEvent(r.GetInt64(0), r.GetInt32(1), r.GetTime(2), r.GetString(3), r.GetString(4), r.FindText(5)),
            ct,
            Arg.Text(id)
        );
    }

    /// <summary>Begins an article as a draft.</summary>
    /// <exception cref="DeskRefusedException">A field is wrong, or there is one of this key and language.</exception>
    public Task<Article> CreateAsync(ArticleRequest request, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now).ToString("N");
        return access.ActAsync(
            new Deed(Permissions.KnowledgeWrite, "article.create", id),
            async () =>
            {
                var (language, key, text) = (request.ReadLanguage(), request.ReadKey() ?? id, request.ReadText(now));
                await database.TransactionAsync(
                    async (db, _) =>
                    {
                        if (!await KnowledgeStore.InsertAsync(db, id, key, language, text, Who, null, now, ct))
                            throw DeskRefusedException.Conflict(
                                "article.key",
                                $"There is an article '{key}' in '{language}' already. Change that one, or choose another key."
                            );

                        await KnowledgeStore.TellAsync(db, id, 1, Who, "create", null, now, ct);
                    },
                    ct
                );
                return (await FindAsync(id, ct))!;
            },
            ct
        );
    }

    /// <summary>Writes at an article: at its draft, or at a new one beside what is published.</summary>
    public Task<Article> ChangeAsync(string id, long expectedRev, ArticleRequest request, CancellationToken ct) =>
        ChangeAsync(
            id,
            expectedRev,
            new Deed(Permissions.KnowledgeWrite, "article.change", id),
            async (db, seen, now) =>
            {
                var version = ArticleRules.NextVersion(seen);
                await KnowledgeStore.WriteAsync(db, id, version, request.ReadText(now), Who, now, ct);
                await KnowledgeStore.TellAsync(db, id, version, Who, "change", null, now, ct);
            },
            ct
        );

    /// <summary>Hands a draft in for review.</summary>
    public Task<Article> SubmitAsync(string id, long expectedRev, CancellationToken ct) =>
        ChangeAsync(
            id,
            expectedRev,
            new Deed(Permissions.KnowledgeWrite, "article.submit", id),
            async (db, seen, now) =>
            {
                if (seen.Latest.State != ArticleState.Draft)
                    throw DeskRefusedException.Conflict(
                        "article.state",
                        $"Version {seen.Latest.Version} of the article is {Words.Of(seen.Latest.State)}; only a draft is handed in."
                    );

                await MoveAsync(db, seen, ArticleState.Review, "submit", null, now, ct);
            },
            ct
        );

    /// <summary>Publishes what somebody else wrote.</summary>
    /// <exception cref="DeskRefusedException">It is not in review, was changed meanwhile, or the approver wrote at it.</exception>
    public Task<Article> ApproveAsync(string id, long expectedRev, CancellationToken ct) =>
        ChangeAsync(
            id,
            expectedRev,
            new Deed(Permissions.KnowledgeApprove, "article.approve", id),
            async (db, seen, now) =>
            {
                ArticleRules.RequireApproval(seen, access.Actor);

                if (seen.Latest.Text.ExpiresAt <= now)
                    throw DeskRefusedException.Conflict(
                        "article.expires",
                        $"The article expired at {seen.Latest.Text.ExpiresAt:u}. Send it back for a later date."
                    );

                await PublishAsync(db, seen, Who, now, ct);
            },
            ct
        );

    /// <summary>Sends an article back to who wrote it, for a reason.</summary>
    public Task<Article> RejectAsync(string id, long expectedRev, string? reason, CancellationToken ct) =>
        ChangeAsync(
            id,
            expectedRev,
            new Deed(Permissions.KnowledgeApprove, "article.reject", id),
            async (db, seen, now) =>
            {
                var why = TextRules.Required(reason, "reason", 1000);
                ArticleRules.RequireReview(seen);
                await MoveAsync(db, seen, ArticleState.Draft, "reject", why, now, ct);
            },
            ct
        );

    /// <summary>Takes a published article out of what is found.</summary>
    public Task<Article> ExpireAsync(string id, long expectedRev, string? reason, CancellationToken ct) =>
        ChangeAsync(
            id,
            expectedRev,
            new Deed(Permissions.KnowledgeApprove, "article.expire", id),
            async (db, seen, now) =>
            {
                var why = TextRules.Required(reason, "reason", 1000);

                if (seen.PublishedVersion is not { } version)
                    throw DeskRefusedException.Conflict("article.state", $"The article is {Words.Of(seen.State)}, and not published.");

                await KnowledgeStore.ExpireAsync(db, id, now, ct);
                await KnowledgeStore.TellAsync(db, id, version, Who, "expire", why, now, ct);
            },
            ct
        );

    /// <summary>Publishes a version in a transaction of the caller, with the work that lets it expire.</summary>
    internal static async Task PublishAsync(NpgsqlConnection db, Article seen, string who, DateTimeOffset now, CancellationToken ct)
    {
        await KnowledgeStore.PublishAsync(db, seen, who, now, ct);
        await KnowledgeStore.TellAsync(db, seen.Id, seen.Latest.Version, who, "approve", null, now, ct);

        if (seen.Latest.Text.ExpiresAt is { } expiresAt)
            await db.AskAsync(
                [
                    AskedWork.Message(
                        ExpireTopic,
                        $"{seen.Id}:{seen.Latest.Version.ToString(CultureInfo.InvariantCulture)}",
                        $"{ExpireTopic}:{seen.Id}:{seen.Latest.Version}",
                        expiresAt
                    ),
                ],
                ct
            );
    }

    /// <summary>The time of a version is over; a later one has a time of its own.</summary>
    internal async Task PassAsync(string id, int version, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await database.TransactionAsync(
            async (db, _) =>
            {
                if (await KnowledgeStore.LockAsync(db, id, ct) is not { } seen || seen.PublishedVersion != version || seen.ExpiresAt > now)
                    return;

                await KnowledgeStore.ExpireAsync(db, id, now, ct);
                await KnowledgeStore.TellAsync(db, id, version, "system", "expire", "its time was over", now, ct);
            },
            ct
        );
    }

    internal async Task<Article?> FindAsync(string id, CancellationToken ct) =>
        (await database.ReadAsync(KnowledgeStore.Find, KnowledgeStore.RowOf, ct, Arg.Text(id))).SingleOrDefault();

    private async Task MoveAsync(
        NpgsqlConnection db,
        Article seen,
        ArticleState state,
        string action,
        string? reason,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        await KnowledgeStore.MoveAsync(db, seen.Id, seen.Latest.Version, state, reason, now, ct);
        await KnowledgeStore.TellAsync(db, seen.Id, seen.Latest.Version, Who, action, reason, now, ct);
    }

    private async Task<Article> ChangeAsync(
        string id,
        long expectedRev,
        Deed deed,
        Func<NpgsqlConnection, Article, DateTimeOffset, Task> change,
        CancellationToken ct
    )
    {
        var now = clock.GetUtcNow();
        var changed = await access.ActAsync(
            deed,
            async () =>
            {
                await database.TransactionAsync(
                    async (db, _) =>
                    {
                        var seen = await KnowledgeStore.LockAsync(db, id, ct) ?? throw Unknown(id);

                        if (seen.Rev != expectedRev)
                            throw DeskRefusedException.Conflict(
                                "article.changed",
                                $"The article was changed by somebody else: it is at revision {seen.Rev}, and {expectedRev} was seen. Read it again."
                            );

                        await change(db, seen, now);
                    },
                    ct
                );
                return (await FindAsync(id, ct))!;
            },
            a => Facts.Of(("rev", $"{a.Rev}"), ("state", Words.Of(a.State)), ("version", $"{a.Latest.Version}")),
            ct
        );
        signal.Ring(now);
        return changed;
    }

    private static DeskRefusedException Unknown(string id) =>
        DeskRefusedException.Unknown("article.unknown", $"There is no article '{TextRules.Quote(id)}'.");
}

/// <summary>Lets articles expire.</summary>
internal sealed class ArticleExpiry(ArticleDesk desk) : IMessageHandler
{
    public string Topic => ArticleDesk.ExpireTopic;

    public Task HandleAsync(Message message, CancellationToken ct) =>
        (message.Body as string)?.Split(':') is [{ } id, { } version]
            ? desk.PassAsync(id, int.Parse(version, CultureInfo.InvariantCulture), ct)
            : Task.CompletedTask;
}
