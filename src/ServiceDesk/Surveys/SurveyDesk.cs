using Npgsql;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Work;
using ServiceLoop.ServiceDesk.Findings;
using ServiceLoop.ServiceDesk.FollowUps;
using ServiceLoop.ServiceDesk.Windows;

namespace ServiceLoop.ServiceDesk.Surveys;

/// <summary>A question as the customer sees it.</summary>
/// <param name="Metric">What is measured.</param>
/// <param name="First">First score of the scale.</param>
/// <param name="Last">Last score of the scale.</param>
/// <param name="ExpiresAt">Until when an answer counts, UTC.</param>
/// <param name="IsAnswered">True when it was answered.</param>
public sealed record SurveyQuestion(SurveyMetric Metric, int First, int Last, DateTimeOffset ExpiresAt, bool IsAnswered);

/// <summary>An answer.</summary>
/// <param name="FollowUpId">To what.</param>
/// <param name="Metric">What is measured.</param>
/// <param name="Score">Score on its scale.</param>
/// <param name="Verbatim">In the customer's words.</param>
/// <param name="IsLow">True: a recovery was asked for.</param>
/// <param name="Channel">Channel.</param>
/// <param name="AnsweredAt">When, UTC.</param>
public sealed record SurveyResponse(
    string FollowUpId,
    SurveyMetric Metric,
    int Score,
    string? Verbatim,
    bool IsLow,
    string Channel,
    DateTimeOffset AnsweredAt
);

/// <summary>Surveys behind signed links: whoever has the link may answer, once.</summary>
/// <param name="database">Where answers are.</param>
/// <param name="access">The gate.</param>
/// <param name="clock">Tells the time.</param>
/// <param name="signal">Hears of work that is due.</param>
/// <param name="tokens">Knows links.</param>
/// <param name="hours">When the service is open: a recovery is due by it.</param>
public sealed class SurveyDesk(
    Database database,
    IAccess access,
    TimeProvider clock,
    IWorkSignal signal,
    LinkTokens tokens,
    IServiceHours hours
)
{
    /// <summary>Purpose of links.</summary>
    internal const string Purpose = "survey";

    /// <summary>Open hours within which a recovery is due.</summary>
    public static readonly TimeSpan RecoveryWithin = TimeSpan.FromHours(4);

    private static readonly string Insert = SqlFile.Beside<SurveyDesk>("survey_response.insert");
    private static readonly string Find = SqlFile.Beside<SurveyDesk>("survey_response.find");

    /// <summary>The answer to a follow-up; null while there is none.</summary>
    public async Task<SurveyResponse?> FindAsync(string followUpId, CancellationToken ct)
    {
        access.Demand(Permissions.CallbacksRead);
        return (await database.ReadAsync(Find, RowOf, ct, Arg.Text(followUpId))).SingleOrDefault();
    }

    /// <summary>The question behind a link. Tells nothing about the customer.</summary>
    /// <exception cref="DeskRefusedException">The link is none, or no answer counts any more.</exception>
    public async Task<SurveyQuestion> QuestionAsync(string? token, CancellationToken ct)
    {
        var id = await IdOfAsync(token, ct);
        var followUp = (await database.ReadAsync(FollowUpStore.Find, FollowUpStore.RowOf, ct, Arg.Text(id))).SingleOrDefault();
        RequireOpen(followUp, clock.GetUtcNow());
        var (first, last) = SurveyRules.Scale(followUp!.Metric);
        return new(followUp.Metric, first, last, followUp.ExpiresAt, followUp.State == FollowUpState.Answered);
    }

    /// <summary>Answers the question behind a link; a low score asks for a recovery and becomes a finding.</summary>
    /// <exception cref="DeskRefusedException">The link is none, the score is outside the scale, or another answer was given before.</exception>
    public async Task<SurveyQuestion> AnswerAsync(string? token, int? score, string? verbatim, CancellationToken ct)
    {
        var id = await IdOfAsync(token, ct);
        using var system = access.AsSystem();
        var now = clock.GetUtcNow();
        var recoverBy = await hours.AfterAsync(now, RecoveryWithin, ct);
        var answered = await access.ActAsync(
            new Deed(Permissions.CallbacksManage, "survey.answer", id),
            async () =>
            {
                FollowUp? followUp = null;
                await database.TransactionAsync(
                    async (db, _) =>
                    {
                        followUp = await FollowUpStore.LockAsync(db, id, ct);
                        RequireOpen(followUp, now);
                        var answer = Read(followUp!, score, verbatim, now);

                        if (followUp!.State == FollowUpState.Answered)
                        {
                            RequireSame((await db.ReadAsync(Find, RowOf, ct, Arg.Text(id))).Single(), answer);
                            return;
                        }

                        await WriteAsync(db, followUp, answer, recoverBy, ct);
                    },
                    ct
                );
                return followUp!;
            },
            ct
        );
        signal.Ring(now);
        var (first, last) = SurveyRules.Scale(answered.Metric);
        return new(answered.Metric, first, last, answered.ExpiresAt, true);
    }

    private static SurveyResponse Read(FollowUp followUp, int? score, string? verbatim, DateTimeOffset now)
    {
        var given = SurveyRules.Checked(
            followUp.Metric,
            score ?? throw DeskRefusedException.Invalid("survey.score", "score", "'score' is missing."),
            "score"
        );
        var text = TextRules.Optional(verbatim, "text", SurveyRules.MaxVerbatim);
        return new(followUp.Id, followUp.Metric, given, text, SurveyRules.IsLow(followUp.Metric, given, text), followUp.Channel, now);
    }

    private static async Task WriteAsync(
        NpgsqlConnection db,
        FollowUp followUp,
        SurveyResponse answer,
        DateTimeOffset recoverBy,
        CancellationToken ct
    )
    {
        await db.DoAsync(
            Insert,
            ct,
            Arg.Text(followUp.Id),
            Arg.Text(Words.Of(answer.Metric)),
            Arg.Small((short)answer.Score),
            Arg.Text(answer.Verbatim),
            Arg.Flag(answer.IsLow),
            Arg.Text(answer.Channel),
            Arg.Time(answer.AnsweredAt)
        );
        await FollowUpStore.EndAsync(db, followUp.Id, FollowUpState.Answered, null, answer.AnsweredAt, ct);
        var outcome = answer.IsLow ? "Low score" : "Answered";
        await db.AskAsync(FollowUpWork.Wake(followUp, outcome, null, answer.Score, answer.Verbatim, answer.AnsweredAt), ct);

        await SurveySignals.TellAsync(db, followUp, answer, ct);

        if (!answer.IsLow)
            return;

        var metric = Words.Of(answer.Metric);
        await FindingStore.InsertAsync(
            db,
            new FindingReport($"{followUp.Id}:low", FindingSource.Survey, $"Low {metric.ToUpperInvariant()}: {answer.Score}")
            {
                Kpi = metric,
                Detail = answer.Verbatim,
                CaseId = followUp.CaseId,
                Evidence = [$"survey:{followUp.Id}"],
            },
            "survey",
            answer.AnsweredAt,
            ct
        );
        var value = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["FollowUpId"] = followUp.Id,
            ["SurveyId"] = followUp.Id,
            ["FindingId"] = $"{followUp.Id}:low",
            ["CaseId"] = followUp.CaseId,
            ["CustomerId"] = followUp.CustomerId,
            ["Metric"] = metric,
            ["Score"] = (long)answer.Score,
            ["Verbatim"] = answer.Verbatim,
            ["DueAt"] = recoverBy,
        };
        await db.AskAsync(
            [AskedWork.Publish(FollowUpWork.RecoveryEvent, value, followUp.CaseId, null, $"survey:{followUp.Id}:low", answer.AnsweredAt)],
            ct
        );
    }

    private async Task<string> IdOfAsync(string? token, CancellationToken ct) =>
        await tokens.ReadAsync(Purpose, token, ct)
        ?? throw DeskRefusedException.Unknown("link.unknown", "This link is not known. Use it as it was sent.");

    private static void RequireSame(SurveyResponse before, SurveyResponse now)
    {
        if (before.Score != now.Score || before.Verbatim != now.Verbatim)
            throw DeskRefusedException.Conflict("survey.answered", "This survey was answered before. Thank you.");
    }

    private static void RequireOpen(FollowUp? followUp, DateTimeOffset now)
    {
        if (followUp is null)
            throw DeskRefusedException.Unknown("link.unknown", "This link is not known. Use it as it was sent.");

        if (followUp.State is not (FollowUpState.Sent or FollowUpState.Answered) || now >= followUp.ExpiresAt)
            throw DeskRefusedException.Gone("survey.over", "This survey is over: no answer counts any more.");
    }

    private static SurveyResponse RowOf(NpgsqlDataReader r) =>
        new(
            r.GetString(0),
            Words.Find<SurveyMetric>(r.GetString(1))!.Value,
            r.GetInt16(2),
            r.FindText(3),
            r.GetBoolean(4),
            r.GetString(5),
            r.GetTime(6)
        );
}
