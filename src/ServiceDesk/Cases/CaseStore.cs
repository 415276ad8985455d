using Npgsql;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;

namespace ServiceLoop.ServiceDesk.Cases;

/// <summary>Statements about cases, each within a connection of the caller.</summary>
internal static class CaseStore
{
    public static readonly string Find = Load("service_case.find");
    public static readonly string Numbered = Load("service_case.numbered");
    public static readonly string List = Load("service_case.list");
    public static readonly string Events = Load("service_case_event.list");
    public static readonly string Links = Load("service_case_link.list");
    public static readonly string Transitions = Load("service_case_transition.list");

    private static readonly string LockMany = Load("service_case.lock");
    private static readonly string InsertOne = Load("service_case.insert");
    private static readonly string ChangeOne = Load("service_case.change");
    private static readonly string MoveMany = Load("service_case.move");
    private static readonly string MergeOne = Load("service_case.merge");
    private static readonly string OpenOfCustomer = Load("service_case.open_of_customer");
    private static readonly string Similar = Load("service_case.similar");
    private static readonly string Respond = Load("service_case.respond");
    private static readonly string InsertLinks = Load("service_case_link.insert");

    public static Task<IReadOnlyList<ServiceCase>> LockAsync(NpgsqlConnection db, CancellationToken ct, params string[] ids) =>
        db.ReadAsync(LockMany, RowOf, ct, Arg.Texts(ids));

    public static Task<IReadOnlyList<ServiceCase>> OpenOfAsync(NpgsqlConnection db, string customerId, CancellationToken ct) =>
        db.ReadAsync(OpenOfCustomer, RowOf, ct, Arg.Text(customerId));

    public static async Task<ServiceCase?> ByNumberAsync(NpgsqlConnection db, long number, CancellationToken ct) =>
        (await db.ReadAsync(Numbered, RowOf, ct, Arg.Number(number))).SingleOrDefault();

    public static async Task<ServiceCase?> FindAsync(NpgsqlConnection db, string id, CancellationToken ct) =>
        (await db.ReadAsync(Find, RowOf, ct, Arg.Text(id))).SingleOrDefault();

    public static Task<IReadOnlyList<ServiceCase>> SimilarAsync(
        NpgsqlConnection db,
        string id,
        string category,
        DateTimeOffset since,
        CancellationToken ct
    ) => db.ReadAsync(Similar, RowOf, ct, Arg.Text(id), Arg.Text(category), Arg.Time(since));

    public static async Task<bool> InsertAsync(NpgsqlConnection db, ServiceCase c, bool isAngry, CancellationToken ct) =>
        await db.DoAsync(
            InsertOne,
            ct,
            Arg.Text(c.Id),
            Arg.Text(c.CustomerId),
            Arg.Text(c.Category),
            Arg.Text(c.Title),
            Arg.Text(Words.Of(c.Impact)),
            Arg.Text(Words.Of(c.Urgency)),
            Arg.Small((short)c.Priority),
            Arg.Flag(isAngry),
            Arg.Text(c.JourneyStage),
            Arg.Text(c.Channel),
            Arg.Time(c.OpenedAt)
        ) == 1;

    /// <summary>Writes what people judge of a case that is locked, and tells it.</summary>
    public static async Task ChangeAsync(
        NpgsqlConnection db,
        ServiceCase before,
        ServiceCase c,
        bool isAngry,
        DateTimeOffset now,
        string who,
        CancellationToken ct
    )
    {
        await db.DoAsync(
            ChangeOne,
            ct,
            Arg.Text(c.Id),
            Arg.Text(c.Category),
            Arg.Text(c.Title),
            Arg.Text(Words.Of(c.Impact)),
            Arg.Text(Words.Of(c.Urgency)),
            Arg.Small((short)c.Priority),
            Arg.Flag(isAngry),
            Arg.Integer(c.ContactNo),
            Arg.Text(c.JourneyStage)
        );
        await CaseTelling.TellAsync(db, CaseTelling.Judged(before, now, who), ct);
    }

    /// <summary>Goes to a status, if it may follow.</summary>
    public static async Task MoveAsync(NpgsqlConnection db, string key, CaseMove move, DateTimeOffset now, string who, CancellationToken ct)
    {
        await db.DoAsync(
            MoveMany,
            ct,
            Arg.Texts([key]),
            Arg.Texts([move.CaseId]),
            Arg.Times([now]),
            Arg.Texts([who]),
            Arg.Texts([move.Action]),
            Arg.Texts([move.Status is { } s ? Words.Of(s) : null]),
            Arg.Texts([move.Stage]),
            Arg.Texts([move.Reason]),
            Arg.Times([move.Until]),
            Arg.Texts([null]),
            Arg.Texts([null]),
            Arg.Texts([null]),
            Arg.Texts([null])
        );
        await db.AskAsync([CaseTelling.Heard(move.CaseId, key, now)], ct);
    }

    public static async Task MergeAsync(
        NpgsqlConnection db,
        string key,
        string loser,
        string winner,
        string reason,
        DateTimeOffset now,
        string who,
        CancellationToken ct
    )
    {
        await db.DoAsync(MergeOne, ct, Arg.Text(key), Arg.Text(loser), Arg.Text(winner), Arg.Text(reason), Arg.Time(now), Arg.Text(who));
        await db.AskAsync([CaseTelling.Heard(loser, key, now)], ct);
    }

    public static Task RespondAsync(NpgsqlConnection db, string id, DateTimeOffset at, CancellationToken ct) =>
        db.DoAsync(Respond, ct, Arg.Text(id), Arg.Time(at));

    public static Task LinkAsync(
        NpgsqlConnection db,
        string id,
        IEnumerable<string> others,
        CaseLinkKind kind,
        DateTimeOffset now,
        string who,
        CancellationToken ct
    ) => db.DoAsync(InsertLinks, ct, Arg.Text(id), Arg.Texts(others), Arg.Text(Words.Of(kind)), Arg.Time(now), Arg.Text(who));

    public static ServiceCase RowOf(NpgsqlDataReader r) =>
        new()
        {
            Id = r.GetString(0),
            Number = r.GetInt64(1),
            Rev = r.GetInt64(2),
            CustomerId = r.FindText(3),
            Category = r.FindText(4),
            Title = r.FindText(5),
            Impact = Words.Find<CaseImpact>(r.GetString(6))!.Value,
            Urgency = Words.Find<CaseUrgency>(r.GetString(7))!.Value,
            Priority = r.GetInt16(8),
            ContactNo = r.GetInt32(9),
            JourneyStage = r.FindText(10),
            Channel = r.GetString(11),
            DefinitionId = r.FindText(12),
            DefinitionVersionId = r.FindText(13),
            InstanceId = r.FindText(14),
            Stage = r.FindText(15),
            Status = Words.Find<CaseStatus>(r.GetString(16))!.Value,
            StatusReason = r.FindText(17),
            HeldUntil = r.FindTime(18),
            ResolutionCode = Words.Find<ResolutionCode>(r.FindText(19)),
            ResolutionMode = Words.Find<ResolutionMode>(r.FindText(20)),
            ResolutionNote = r.FindText(21),
            MergedInto = r.FindText(22),
            OpenedAt = r.GetTime(23),
            FirstResponseAt = r.FindTime(24),
            ResolvedAt = r.FindTime(25),
            ClosedAt = r.FindTime(26),
            ReopenCount = r.GetInt32(27),
            IsAngry = r.GetBoolean(28),
        };

    public static CaseLink LinkOf(NpgsqlDataReader r) => new(r.GetString(0), Words.Find<CaseLinkKind>(r.GetString(1))!.Value, r.GetTime(2));

    public static CaseEvent EventOf(NpgsqlDataReader r) =>
        new(
            r.GetInt64(0),
            r.GetTime(1),
            r.GetString(2),
            r.GetString(3),
            Words.Find<CaseStatus>(r.FindText(4)),
            r.FindText(5),
            r.FindText(6),
            r.FindText(7),
            r.GetBoolean(8)
        );

    private static string Load(string name) => SqlFile.Beside<ServiceCase>(name);
}
