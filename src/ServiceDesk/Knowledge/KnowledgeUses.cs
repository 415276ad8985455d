using Npgsql;
using NpgsqlTypes;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Store;
using ServiceLoop.ServiceDesk.Cases;
using ServiceLoop.ServiceDesk.ProblemFiles;

namespace ServiceLoop.ServiceDesk.Knowledge;

/// <summary>How an article was used.</summary>
public enum UseKind
{
    /// <summary>It was shown to a person.</summary>
    Recommended,

    /// <summary>A bot answered with it.</summary>
    Answered,

    /// <summary>A person solved a case with it.</summary>
    Used,
}

/// <summary>What a person made of a recommendation.</summary>
public enum UseVerdict
{
    /// <summary>It was taken as it is.</summary>
    Accepted,

    /// <summary>It was taken with changes.</summary>
    Edited,

    /// <summary>It was not taken.</summary>
    Rejected,
}

/// <summary>An article is used for a case.</summary>
/// <param name="Id">Id; a burst that is repeated makes the same.</param>
/// <param name="Kind">How.</param>
/// <param name="Article">Which.</param>
/// <param name="CaseId">For which case; null for none.</param>
/// <param name="Category">Category of the case.</param>
/// <param name="Place">Place among what was shown, from 1.</param>
public sealed record KnowledgeUse(string Id, UseKind Kind, Recommendation Article, string? CaseId, string? Category, int Place);

/// <summary>A use with what became of it.</summary>
/// <param name="Id">Id.</param>
/// <param name="Kind">How it was used.</param>
/// <param name="ArticleId">Which article.</param>
/// <param name="Version">Its version.</param>
/// <param name="Title">Its title.</param>
/// <param name="CaseId">For which case.</param>
/// <param name="Place">Place among what was shown.</param>
/// <param name="Score">How well it fitted.</param>
/// <param name="Verdict">What a person made of it; null while nobody said.</param>
/// <param name="Reason">Why it was not taken.</param>
/// <param name="IsHelpful">Whether it helped; null while nobody said.</param>
/// <param name="At">When, UTC.</param>
public sealed record KnowledgeUseView(
    string Id,
    UseKind Kind,
    string ArticleId,
    int Version,
    string Title,
    string? CaseId,
    int Place,
    double Score,
    UseVerdict? Verdict,
    string? Reason,
    bool? IsHelpful,
    DateTimeOffset At
);

/// <summary>Figures of the knowledge base.</summary>
/// <param name="Offered">Recommendations that were shown.</param>
/// <param name="Accepted">Those that were taken, changed or not.</param>
/// <param name="Rated">Uses of which somebody said whether they helped.</param>
/// <param name="Helpful">Those that helped.</param>
/// <param name="Answered">Answers of the bot.</param>
/// <param name="Resolved">Cases that were resolved.</param>
/// <param name="Reused">Resolved cases in which an article was taken or answered with.</param>
/// <param name="Published">Articles that are published.</param>
/// <param name="Stale">Published articles that nobody has looked at for a year, or that expire within 30 days.</param>
public sealed record KnowledgeFigures(
    long Offered,
    long Accepted,
    long Rated,
    long Helpful,
    long Answered,
    long Resolved,
    long Reused,
    long Published,
    long Stale
)
{
    /// <summary>Accepted of offered, 0 to 1; null without any.</summary>
    public double? Adoption => Share(Accepted, Offered);

    /// <summary>Helpful of rated, 0 to 1.</summary>
    public double? Fit => Share(Helpful, Rated);

    /// <summary>Resolutions that cite an article, 0 to 1.</summary>
    public double? Reuse => Share(Reused, Resolved);

    /// <summary>Stale of published, 0 to 1.</summary>
    public double? StaleShare => Share(Stale, Published);

    private static double? Share(long part, long whole) => whole == 0 ? null : Math.Round((double)part / whole, 4);
}

/// <summary>What articles were used for, whether they helped, and how many cases they settle without a person.</summary>
/// <param name="database">Where it is.</param>
/// <param name="access">The gate.</param>
/// <param name="clock">Tells the time.</param>
public sealed class KnowledgeUses(Database database, IAccess access, TimeProvider clock)
{
    private static readonly string OfCase = SqlFile.Beside<Article>("knowledge_use.of_case");
    private static readonly string Judge = SqlFile.Beside<Article>("knowledge_use.judge");
    private static readonly string FiguresOf = SqlFile.Beside<Article>("knowledge_use.figures");
    private static readonly string AutomationOf = SettledCases.Before(SqlFile.Beside<Article>("service_case.automation"));

    /// <summary>What was used for a case, the oldest first.</summary>
    public async Task<IReadOnlyList<KnowledgeUseView>> OfCaseAsync(string caseId, CancellationToken ct)
    {
        access.Demand(Permissions.KnowledgeRead);
        return await database.ReadAsync(OfCase, RowOf, ct, Arg.Text(caseId));
    }

    /// <summary>Keeps uses outside of a workflow.</summary>
    /// <exception cref="DeskRefusedException">There is no such case or article.</exception>
    internal Task KeepAsync(IReadOnlyList<KnowledgeUse> uses, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return database.TransactionAsync(
            (db, _) => db.DoAsync(KnowledgeUseWriter.Insert, ct, KnowledgeUseWriter.Columns([.. uses.Select(u => (u, now))])),
            ct
        );
    }

    /// <summary>Says what became of a use. Said again, the last word counts.</summary>
    /// <param name="id">The use.</param>
    /// <param name="verdict">A word; null leaves it.</param>
    /// <param name="reason">Why it was not taken; needed for <c>rejected</c>.</param>
    /// <param name="isHelpful">Whether it helped; null leaves it.</param>
    /// <param name="ct">Cancels.</param>
    public Task<KnowledgeUseView> JudgeAsync(string id, string? verdict, string? reason, bool? isHelpful, CancellationToken ct) =>
        access.ActAsync(
            new Deed(Permissions.KnowledgeRead, "knowledge.judge", TextRules.Quote(id)),
            async () =>
            {
                var said = verdict is null ? (UseVerdict?)null : Words.Read<UseVerdict>(verdict, "verdict");
                var why =
                    said == UseVerdict.Rejected ? TextRules.Required(reason, "reason", 500) : TextRules.Optional(reason, "reason", 500);

                if (said is null && isHelpful is null)
                    throw DeskRefusedException.Invalid("knowledge.judgement", "verdict", "Give 'verdict', 'isHelpful', or both.");

                KnowledgeUseView? judged = null;
                await database.TransactionAsync(
                    async (db, _) =>
                    {
                        judged = (
                            await db.ReadAsync(
                                Judge,
                                RowOf,
                                ct,
                                Arg.Text(id),
                                Arg.Text(said is { } v ? Words.Of(v) : null),
                                Arg.Text(why),
                                Arg.Flag(isHelpful),
                                Arg.Text(access.Actor.Who ?? "system"),
                                Arg.Time(clock.GetUtcNow())
                            )
                        ).SingleOrDefault();

                        if (isHelpful is { } helped)
                            await db.DoAsync(ProblemFileStore.JudgeAttempt, ct, Arg.Text(id), Arg.Text(helped ? "helped" : "did-not-help"));
                    },
                    ct
                );
                return judged ?? throw DeskRefusedException.Unknown("knowledge.use", $"There is no use '{TextRules.Quote(id)}'.");
            },
            ct
        );

    /// <summary>Figures of a time.</summary>
    /// <param name="from">From when, UTC; null: 30 days ago.</param>
    /// <param name="to">Until when, UTC; null: now.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<KnowledgeFigures> FiguresAsync(DateTimeOffset? from, DateTimeOffset? to, CancellationToken ct)
    {
        access.Demand(Permissions.KnowledgeRead);
        var (since, until) = Between(from, to);
        return (
            await database.ReadAsync(
                FiguresOf,
                r => new KnowledgeFigures(
                    r.GetInt64(0),
                    r.GetInt64(1),
                    r.GetInt64(2),
                    r.GetInt64(3),
                    r.GetInt64(4),
                    r.GetInt64(5),
                    r.GetInt64(6),
                    r.GetInt64(7),
                    r.GetInt64(8)
                ),
                ct,
                Arg.Time(since),
                Arg.Time(until),
                Arg.Time(clock.GetUtcNow())
            )
        ).Single();
    }

    /// <summary>How many cases of each category were settled without a person, beside the target.</summary>
    /// <param name="from">Settled from when, UTC; null: 30 days ago.</param>
    /// <param name="to">Until when, UTC; null: now.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<AutomationReport> AutomationAsync(DateTimeOffset? from, DateTimeOffset? to, CancellationToken ct)
    {
        access.Demand(Permissions.KnowledgeRead);
        var (since, until) = Between(from, to);
        var rows = await database.ReadAsync(
            AutomationOf,
            r => (IsStandard: r.GetBoolean(1), Share: new AutomationShare(r.FindText(0), r.GetInt64(2), r.GetInt64(3), r.GetInt64(4))),
            ct,
            Arg.Time(since),
            Arg.Time(until)
        );
        return new(
            since,
            until,
            AutomationShare.Sum(null, rows.Select(r => r.Share)),
            AutomationShare.Sum(null, rows.Where(r => r.IsStandard).Select(r => r.Share)),
            [
                .. rows.GroupBy(r => r.Share.Category, StringComparer.Ordinal)
                    .Select(g => AutomationShare.Sum(g.Key, g.Select(r => r.Share)))
                    .OrderByDescending(s => s.Total)
                    .ThenBy(s => s.Category, StringComparer.Ordinal),
            ]
        );
    }

    private (DateTimeOffset From, DateTimeOffset To) Between(DateTimeOffset? from, DateTimeOffset? to)
    {
        var until = (to ?? clock.GetUtcNow()).ToUniversalTime();
        var since = (from ?? until.AddDays(-30)).ToUniversalTime();
        return since < until
            ? (since, until)
            : throw DeskRefusedException.Invalid(
                "moment.order",
                "from",
                $"'from' is {since:u}, and must be before 'to', which is {until:u}."
            );
    }

    private static KnowledgeUseView RowOf(NpgsqlDataReader r) =>
        new(
            r.GetString(0),
            Words.Find<UseKind>(r.GetString(1))!.Value,
            r.GetString(2),
            r.GetInt32(3),
            r.GetString(4),
            r.FindText(5),
            r.GetInt32(6),
            Math.Round(r.GetFloat(7), 4),
            Words.Find<UseVerdict>(r.FindText(8)),
            r.FindText(9),
            r.IsDBNull(10) ? null : r.GetBoolean(10),
            r.GetTime(11)
        );
}

/// <summary>How the cases of a category were settled.</summary>
/// <param name="Category">The category; null for cases without one, and for the sum.</param>
/// <param name="Auto">Without a person: a bot settled it, and nobody took a task of it, put its triage right or called.</param>
/// <param name="Assisted">By a bot with a person's help, or the reverse.</param>
/// <param name="Human">By a person.</param>
public sealed record AutomationShare(string? Category, long Auto, long Assisted, long Human)
{
    /// <summary>Share of cases that the plan wants settled without a person.</summary>
    public const double Target = 0.85;

    /// <summary>All.</summary>
    public long Total => Auto + Assisted + Human;

    /// <summary>Settled without a person, 0 to 1; null without any.</summary>
    public double? Share => Total == 0 ? null : Math.Round((double)Auto / Total, 4);

    /// <summary>True: an improvement is worth a look here.</summary>
    public bool IsUnderTarget => Share < Target;

    internal static AutomationShare Sum(string? category, IEnumerable<AutomationShare> shares) =>
        shares.Aggregate(
            new AutomationShare(category, 0, 0, 0),
            (sum, s) => sum with { Auto = sum.Auto + s.Auto, Assisted = sum.Assisted + s.Assisted, Human = sum.Human + s.Human }
        );
}

/// <summary>How cases were settled, in a time.</summary>
/// <param name="From">From when, UTC.</param>
/// <param name="To">Until when, UTC.</param>
/// <param name="All">All categories together.</param>
/// <param name="Standard">Of these the standard questions, as the taxonomy names them now: what the target is for.</param>
/// <param name="Categories">Each, the largest first.</param>
public sealed record AutomationReport(
    DateTimeOffset From,
    DateTimeOffset To,
    AutomationShare All,
    AutomationShare Standard,
    IReadOnlyList<AutomationShare> Categories
);

/// <summary>Writes uses of articles by workflows.</summary>
public sealed class KnowledgeUseWriter : IRecordWriter
{
    internal static readonly string Insert = SqlFile.Beside<Article>("knowledge_use.insert");

    /// <inheritdoc/>
    public Type RowType => typeof(KnowledgeUse);

    /// <inheritdoc/>
    public void Write(NpgsqlBatch batch, IReadOnlyList<RecordedRow> rows)
    {
        var command = new NpgsqlBatchCommand(Insert);

        foreach (var parameter in Columns([.. rows.Select(r => ((KnowledgeUse)r.Row, r.Now))]))
            command.Parameters.Add(parameter);

        batch.BatchCommands.Add(command);
    }

    internal static NpgsqlParameter[] Columns(IReadOnlyList<(KnowledgeUse Use, DateTimeOffset At)> uses) =>
        [
            Arg.Texts(uses.Select(u => u.Use.Id)),
            Arg.Texts(uses.Select(u => Words.Of(u.Use.Kind))),
            Arg.Texts(uses.Select(u => u.Use.Article.ArticleId)),
            Arg.Integers(uses.Select(u => u.Use.Article.Version)),
            Arg.Texts(uses.Select(u => u.Use.CaseId)),
            Arg.Texts(uses.Select(u => u.Use.Category)),
            Arg.Integers(uses.Select(u => u.Use.Place)),
            new() { Value = uses.Select(u => (float)u.Use.Article.Score).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Real },
            Arg.Times(uses.Select(u => (DateTimeOffset?)u.At)),
        ];
}
