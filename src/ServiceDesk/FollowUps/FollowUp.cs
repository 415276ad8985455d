using Npgsql;
using NpgsqlTypes;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Work;
using ServiceLoop.ServiceDesk.Surveys;

namespace ServiceLoop.ServiceDesk.FollowUps;

/// <summary>Where a follow-up stands.</summary>
public enum FollowUpState
{
    /// <summary>It is to be made.</summary>
    Planned,

    /// <summary>The customer was asked.</summary>
    Sent,

    /// <summary>The customer has answered.</summary>
    Answered,

    /// <summary>The customer has not answered in time.</summary>
    Expired,

    /// <summary>The customer is not asked, for a reason.</summary>
    Suppressed,
}

/// <summary>A planned question to a customer whose case is settled.</summary>
public sealed record FollowUp
{
    /// <summary>Id.</summary>
    public required string Id { get; init; }

    /// <summary>Grows with every plan: what was set for an older one is not done.</summary>
    public int Generation { get; init; }

    /// <summary>What it is about.</summary>
    public string? CaseId { get; init; }

    /// <summary>Who is asked.</summary>
    public string? CustomerId { get; init; }

    /// <summary>The workflow that waits.</summary>
    public string? InstanceId { get; init; }

    /// <summary>Its waiter.</summary>
    public long? BookmarkId { get; init; }

    /// <summary>How it is made.</summary>
    public FollowUpKind Kind { get; init; }

    /// <summary>What is measured.</summary>
    public SurveyMetric Metric { get; init; }

    /// <summary>How the case was settled.</summary>
    public FollowUpCause Cause { get; init; }

    /// <summary>Channel.</summary>
    public required string Channel { get; init; }

    /// <summary>True: a template is agreed that may be sent at any time.</summary>
    public bool HasTemplate { get; init; }

    /// <summary>When the case was settled, UTC.</summary>
    public DateTimeOffset SettledAt { get; init; }

    /// <summary>Where it stands.</summary>
    public FollowUpState State { get; init; }

    /// <summary>Why the customer is not asked: one of <see cref="SuppressionReason"/> as a word.</summary>
    public string? Reason { get; init; }

    /// <summary>When the customer is to be asked, UTC.</summary>
    public DateTimeOffset? PlannedAt { get; init; }

    /// <summary>When the customer was asked, UTC.</summary>
    public DateTimeOffset? SentAt { get; init; }

    /// <summary>When it ended, UTC.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Until when an answer counts, UTC.</summary>
    public DateTimeOffset ExpiresAt { get; init; }

    /// <summary>When it was asked for, UTC.</summary>
    public DateTimeOffset MadeAt { get; init; }
}

/// <summary>A wish to ask a customer.</summary>
/// <param name="Id">Id.</param>
/// <param name="CaseId">What it is about.</param>
/// <param name="CustomerId">Who is asked; null: the customer of the case.</param>
/// <param name="BookmarkId">Waiter of the workflow that asks; null for none.</param>
/// <param name="Kind">How.</param>
/// <param name="Metric">What is measured.</param>
/// <param name="Cause">How the case was settled.</param>
/// <param name="Channel">Channel.</param>
/// <param name="HasTemplate">True: a template is agreed that may be sent at any time.</param>
/// <param name="SettledAt">When the case was settled, UTC; null: now.</param>
public sealed record FollowUpWish(
    string Id,
    string? CaseId,
    string? CustomerId,
    long? BookmarkId,
    FollowUpKind Kind,
    SurveyMetric Metric,
    FollowUpCause Cause,
    string Channel,
    bool HasTemplate,
    DateTimeOffset? SettledAt
);

/// <summary>Writes follow-ups that workflows ask for, each with the work that plans it.</summary>
public sealed class FollowUpWishWriter : IRecordWriter
{
    /// <inheritdoc/>
    public Type RowType => typeof(FollowUpWish);

    /// <inheritdoc/>
    public void Write(NpgsqlBatch batch, IReadOnlyList<RecordedRow> rows)
    {
        var command = new NpgsqlBatchCommand(FollowUpStore.Insert);

        foreach (var parameter in FollowUpStore.Columns([.. rows.Select(r => ((FollowUpWish)r.Row, (string?)r.InstanceId, r.Now))]))
            command.Parameters.Add(parameter);

        batch.BatchCommands.Add(command);
        batch.BatchCommands.Add(WorkRowsCommand.Adding([.. rows.Select(r => FollowUpWork.Plan(((FollowUpWish)r.Row).Id, r.Now))]));
    }
}

/// <summary>What comes with the end of a follow-up to the workflow that waits.</summary>
public static class FeedbackEnd
{
    /// <summary>Answered, Low score, Expired or Suppressed.</summary>
    public const string OutcomeKey = "FeedbackOutcome";

    /// <summary>Why nobody was asked.</summary>
    public const string ReasonKey = "FeedbackReason";

    /// <summary>The score.</summary>
    public const string ScoreKey = "FeedbackScore";

    /// <summary>What the customer wrote.</summary>
    public const string TextKey = "FeedbackText";
}

/// <summary>What follow-ups ask to be done later, and whom they wake.</summary>
internal static class FollowUpWork
{
    public const string PlanTopic = "follow-up.plan";
    public const string SendTopic = "follow-up.send";
    public const string ExpireTopic = "follow-up.expire";
    public const string DueEvent = "follow-up-due";
    public const string RecoveryEvent = "service-recovery-needed";

    public static NewWork Plan(string id, DateTimeOffset now) => AskedWork.Message(PlanTopic, id, $"follow-up:{id}:plan", now);

    public static NewWork Send(string id, int generation, DateTimeOffset at) =>
        AskedWork.Message(SendTopic, $"{id}#{generation}", $"follow-up:{id}:send:{generation}", at);

    public static NewWork Expire(string id, DateTimeOffset at) => AskedWork.Message(ExpireTopic, id, $"follow-up:{id}:expire", at);

    public static IReadOnlyList<NewWork> Wake(
        FollowUp followUp,
        string outcome,
        string? reason,
        int? score,
        string? verbatim,
        DateTimeOffset now
    ) =>
        followUp is { InstanceId: { } instance, BookmarkId: { } bookmark }
            ?
            [
                AskedWork.Resume(
                    instance,
                    bookmark,
                    new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase)
                    {
                        [FeedbackEnd.OutcomeKey] = outcome,
                        [FeedbackEnd.ReasonKey] = reason,
                        [FeedbackEnd.ScoreKey] = score is { } s ? (long)s : null,
                        [FeedbackEnd.TextKey] = verbatim,
                    },
                    $"follow-up:{followUp.Id}:end",
                    now
                ),
            ]
            : [];
}

/// <summary>Statements about follow-ups, each within a connection of the caller.</summary>
internal static class FollowUpStore
{
    public static readonly string Insert = Load("follow_up.insert");
    public static readonly string Find = Load("follow_up.find");
    public static readonly string List = Load("follow_up.list");
    public static readonly string Facts = Load("follow_up.facts");

    private static readonly string LockOne = Load("follow_up.lock");
    private static readonly string PlanOne = Load("follow_up.plan");
    private static readonly string SentOne = Load("follow_up.sent");
    private static readonly string EndOne = Load("follow_up.end");

    public static NpgsqlParameter[] Columns(IReadOnlyList<(FollowUpWish Wish, string? InstanceId, DateTimeOffset Now)> wishes) =>
        [
            Arg.Texts(wishes.Select(w => w.Wish.Id)),
            Arg.Texts(wishes.Select(w => w.Wish.CaseId)),
            Arg.Texts(wishes.Select(w => w.Wish.CustomerId)),
            Arg.Texts(wishes.Select(w => w.InstanceId)),
            new() { Value = wishes.Select(w => w.Wish.BookmarkId).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint },
            Arg.Texts(wishes.Select(w => Words.Of(w.Wish.Kind))),
            Arg.Texts(wishes.Select(w => Words.Of(w.Wish.Metric))),
            Arg.Texts(wishes.Select(w => Words.Of(w.Wish.Cause))),
            Arg.Texts(wishes.Select(w => w.Wish.Channel)),
            Arg.Flags(wishes.Select(w => w.Wish.HasTemplate)),
            Arg.Times(wishes.Select(w => (DateTimeOffset?)(w.Wish.SettledAt ?? w.Now))),
            Arg.Times(wishes.Select(w => (DateTimeOffset?)((w.Wish.SettledAt ?? w.Now) + FollowUpTiming.Expires))),
            Arg.Times(wishes.Select(w => (DateTimeOffset?)w.Now)),
        ];

    public static async Task<FollowUp?> LockAsync(NpgsqlConnection db, string id, CancellationToken ct) =>
        (await db.ReadAsync(LockOne, RowOf, ct, Arg.Text(id))).SingleOrDefault();

    public static async Task<int> PlanAsync(NpgsqlConnection db, string id, DateTimeOffset at, CancellationToken ct) =>
        (await db.ReadAsync(PlanOne, r => r.GetInt32(0), ct, Arg.Text(id), Arg.Time(at))).Single();

    public static Task SentAsync(NpgsqlConnection db, string id, DateTimeOffset at, CancellationToken ct) =>
        db.DoAsync(SentOne, ct, Arg.Text(id), Arg.Time(at));

    public static Task EndAsync(
        NpgsqlConnection db,
        string id,
        FollowUpState state,
        string? reason,
        DateTimeOffset now,
        CancellationToken ct
    ) => db.DoAsync(EndOne, ct, Arg.Text(id), Arg.Text(Words.Of(state)), Arg.Text(reason), Arg.Time(now));

    public static FollowUpFacts FactsOf(NpgsqlDataReader r) =>
        new()
        {
            HasNoConsent = r.GetBoolean(0),
            ContactSince = r.FindTime(1),
            HasOpenComplaint = r.GetBoolean(2),
            LastSurveyedAt = r.FindTime(3),
            AsksOnCase = r.GetInt32(4),
            HadNoContact = r.GetBoolean(5),
            MessageWindowUntil = r.FindTime(6),
        };

    public static FollowUp RowOf(NpgsqlDataReader r) =>
        new()
        {
            Id = r.GetString(0),
            Generation = r.GetInt32(1),
            CaseId = r.FindText(2),
            CustomerId = r.FindText(3),
            InstanceId = r.FindText(4),
            BookmarkId = r.IsDBNull(5) ? null : r.GetInt64(5),
            Kind = Words.Find<FollowUpKind>(r.GetString(6))!.Value,
            Metric = Words.Find<SurveyMetric>(r.GetString(7))!.Value,
            Cause = Words.Find<FollowUpCause>(r.GetString(8))!.Value,
            Channel = r.GetString(9),
            HasTemplate = r.GetBoolean(10),
            SettledAt = r.GetTime(11),
            State = Words.Find<FollowUpState>(r.GetString(12))!.Value,
            Reason = r.FindText(13),
            PlannedAt = r.FindTime(14),
            SentAt = r.FindTime(15),
            EndedAt = r.FindTime(16),
            ExpiresAt = r.GetTime(17),
            MadeAt = r.GetTime(18),
        };

    private static string Load(string name) => SqlFile.Beside<FollowUp>(name);
}
