using Npgsql;
using NpgsqlTypes;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;

namespace ServiceLoop.ServiceDesk.Knowledge;

/// <summary>Statements about articles.</summary>
internal static class KnowledgeStore
{
    public static readonly string Find = Load("knowledge_article.find");
    public static readonly string FindVersion = Load("knowledge_version.find");
    public static readonly string List = Load("knowledge_article.list");
    public static readonly string Versions = Load("knowledge_version.list");
    public static readonly string Events = Load("knowledge_event.list");
    public static readonly string HasKey = Load("knowledge_article.has_key");

    private static readonly string LockOne = Load("knowledge_article.lock");
    private static readonly string InsertOne = Load("knowledge_article.insert");
    private static readonly string WriteVersion = Load("knowledge_version.write");
    private static readonly string MoveVersion = Load("knowledge_version.move");
    private static readonly string PublishOne = Load("knowledge_article.publish");
    private static readonly string ExpireOne = Load("knowledge_article.expire");
    private static readonly string ReplaceTerms = Load("knowledge_term.replace");
    private static readonly string DropTerms = Load("knowledge_term.drop");
    private static readonly string InsertEvent = Load("knowledge_event.insert");

    public static async Task<Article?> LockAsync(NpgsqlConnection db, string id, CancellationToken ct)
    {
        // The row that all versions belong to is locked; then they are read as they stand.
        if (await db.ReadAsync(LockOne, r => r.GetString(0), ct, Arg.Text(id)) is not [_])
            return null;

        return (await db.ReadAsync(Find, RowOf, ct, Arg.Text(id))).Single();
    }

    /// <returns>False: there is one of this id, or of this key and language.</returns>
    public static async Task<bool> InsertAsync(
        NpgsqlConnection db,
        string id,
        string key,
        string language,
        ArticleText text,
        string author,
        string? sourceCaseId,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        if (
            await db.DoAsync(
                InsertOne,
                ct,
                Arg.Text(id),
                Arg.Text(key),
                Arg.Text(language),
                Arg.Text(text.Category),
                Arg.Texts(text.Intents),
                Arg.Flag(text.IsStandard),
                Arg.Text(sourceCaseId),
                Arg.Time(now)
            ) == 0
        )
            return false;

        await WriteAsync(db, id, 1, text, author, now, ct);
        return true;
    }

    public static Task WriteAsync(
        NpgsqlConnection db,
        string id,
        int version,
        ArticleText text,
        string author,
        DateTimeOffset now,
        CancellationToken ct
    ) =>
        db.DoAsync(
            WriteVersion,
            ct,
            Arg.Text(id),
            Arg.Integer(version),
            Arg.Text(text.Title),
            Arg.Text(text.Body),
            Arg.Text(text.Category),
            Arg.Texts(text.Intents),
            Arg.Flag(text.IsStandard),
            Arg.Time(text.ExpiresAt),
            Arg.Text(author),
            Arg.Time(now)
        );

    public static Task MoveAsync(
        NpgsqlConnection db,
        string id,
        int version,
        ArticleState state,
        string? note,
        DateTimeOffset now,
        CancellationToken ct
    ) => db.DoAsync(MoveVersion, ct, Arg.Text(id), Arg.Integer(version), Arg.Text(Words.Of(state)), Arg.Text(note), Arg.Time(now));

    /// <summary>Publishes a version, and makes it what is found.</summary>
    public static async Task PublishAsync(NpgsqlConnection db, Article article, string who, DateTimeOffset now, CancellationToken ct)
    {
        await db.DoAsync(PublishOne, ct, Arg.Text(article.Id), Arg.Integer(article.Latest.Version), Arg.Text(who), Arg.Time(now));
        var weights = TermWeights.Of(article.Latest.Text);
        await db.DoAsync(
            ReplaceTerms,
            ct,
            Arg.Text(article.Id),
            Arg.Text(article.Language),
            Arg.Texts(weights.Keys),
            new() { Value = weights.Values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Real }
        );
    }

    public static async Task ExpireAsync(NpgsqlConnection db, string id, DateTimeOffset now, CancellationToken ct)
    {
        await db.DoAsync(ExpireOne, ct, Arg.Text(id), Arg.Time(now));
        await db.DoAsync(DropTerms, ct, Arg.Text(id));
    }

    public static Task TellAsync(
        NpgsqlConnection db,
        string id,
        int version,
        string who,
        string action,
        string? reason,
        DateTimeOffset now,
        CancellationToken ct
    ) => db.DoAsync(InsertEvent, ct, Arg.Text(id), Arg.Integer(version), Arg.Time(now), Arg.Text(who), Arg.Text(action), Arg.Text(reason));

    public static Article RowOf(NpgsqlDataReader r) =>
        new(
            r.GetString(0),
            r.GetInt64(1),
            r.GetString(2),
            r.GetString(3),
            Words.Find<ArticleState>(r.GetString(4))!.Value,
            r.IsDBNull(5) ? null : r.GetInt32(5),
            r.FindTime(6),
            r.FindText(7),
            r.GetTime(8),
            VersionOf(r, 9)
        );

    public static ArticleVersion VersionOf(NpgsqlDataReader r, int first) =>
        new(
            r.GetInt32(first),
            Words.Find<ArticleState>(r.GetString(first + 1))!.Value,
            new ArticleText
            {
                Title = r.GetString(first + 2),
                Body = r.GetString(first + 3),
                Category = r.FindText(first + 4),
                Intents = [.. r.GetFieldValue<string[]>(first + 5)],
                IsStandard = r.GetBoolean(first + 6),
                ExpiresAt = r.FindTime(first + 7),
            },
            [.. r.GetFieldValue<string[]>(first + 8)],
            r.FindText(first + 9),
            r.GetTime(first + 10),
            r.FindTime(first + 11),
            r.FindText(first + 12),
            r.FindTime(first + 13)
        );

    private static string Load(string name) => SqlFile.Beside<Article>(name);
}

/// <summary>A line in the history of an article.</summary>
/// <param name="Seq">Its place.</param>
/// <param name="Version">The version.</param>
/// <param name="At">When, UTC.</param>
/// <param name="Actor">Who.</param>
/// <param name="Action">What: create, change, submit, approve, reject, expire.</param>
/// <param name="Reason">Why.</param>
public sealed record ArticleEvent(long Seq, int Version, DateTimeOffset At, string Actor, string Action, string? Reason);
