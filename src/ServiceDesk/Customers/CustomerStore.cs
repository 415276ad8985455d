using System.Text.Json;
using Npgsql;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;

namespace ServiceLoop.ServiceDesk.Customers;

/// <summary>Statements about customers, each within a connection of the caller.</summary>
internal static class CustomerStore
{
    public static readonly string Find = Load("customer.find");
    public static readonly string List = Load("customer.list");
    public static readonly string Identities = Load("customer_identity.list");
    public static readonly string Consents = Load("customer_consent.list");
    public static readonly string Family = Load("customer.family");
    public static readonly string Merges = Load("customer_merge.list");
    public static readonly string Events = Load("customer_event.list");

    private static readonly string InsertOne = Load("customer.insert");
    private static readonly string ChangeOne = Load("customer.change");
    private static readonly string LockMany = Load("customer.lock");
    private static readonly string MergeTwo = Load("customer.merge");
    private static readonly string PartOne = Load("customer.part");
    private static readonly string EraseAll = Load("customer.erase");
    private static readonly string SuppressOne = Load("customer.suppress");
    private static readonly string InsertIdentities = Load("customer_identity.insert");
    private static readonly string LockIdentities = Load("customer_identity.lock");
    private static readonly string MatchIdentities = Load("customer_identity.match");
    private static readonly string DeleteIdentity = Load("customer_identity.delete");
    private static readonly string UpsertConsent = Load("customer_consent.upsert");
    private static readonly string InsertMerge = Load("customer_merge.insert");
    private static readonly string FindMerge = Load("customer_merge.find");
    private static readonly string UndoMerge = Load("customer_merge.undo");
    private static readonly string InsertEvent = Load("customer_event.insert");

    public static async Task<bool> InsertAsync(
        NpgsqlConnection db,
        string id,
        CustomerProfile p,
        DateTimeOffset now,
        CancellationToken ct
    ) => await db.DoAsync(InsertOne, ct, [Arg.Text(id), .. Columns(p), Arg.Time(now)]) == 1;

    public static async Task<bool> ChangeAsync(
        NpgsqlConnection db,
        string id,
        long rev,
        CustomerProfile p,
        DateTimeOffset now,
        CancellationToken ct
    ) => await db.DoAsync(ChangeOne, ct, [Arg.Text(id), Arg.Number(rev), .. Columns(p), Arg.Time(now)]) == 1;

    public static Task<IReadOnlyList<Customer>> LockAsync(NpgsqlConnection db, CancellationToken ct, params string[] ids) =>
        db.ReadAsync(LockMany, RowOf, ct, Arg.Texts(ids));

    /// <summary>Locks the customer that goes on for one; whoever decides about the same customer waits.</summary>
    /// <returns>Its id; null when there is no such customer.</returns>
    public static async Task<string?> LockRootAsync(NpgsqlConnection db, string id, CancellationToken ct)
    {
        var root = (await LockAsync(db, ct, id)).SingleOrDefault()?.RootId;

        if (root is not null && root != id)
            await LockAsync(db, ct, root);

        return root;
    }

    public static Task MergeAsync(NpgsqlConnection db, string winner, string loser, DateTimeOffset now, CancellationToken ct) =>
        db.DoAsync(MergeTwo, ct, Arg.Text(winner), Arg.Text(loser), Arg.Time(now));

    public static Task PartAsync(NpgsqlConnection db, string id, DateTimeOffset now, CancellationToken ct) =>
        db.DoAsync(PartOne, ct, Arg.Text(id), Arg.Time(now));

    public static Task EraseAsync(NpgsqlConnection db, string rootId, DateTimeOffset now, CancellationToken ct) =>
        db.DoAsync(EraseAll, ct, Arg.Text(rootId), Arg.Time(now));

    public static Task SuppressAsync(NpgsqlConnection db, string id, DateTimeOffset until, CancellationToken ct) =>
        db.DoAsync(SuppressOne, ct, Arg.Text(id), Arg.Time(until));

    public static Task AddIdentitiesAsync(
        NpgsqlConnection db,
        string id,
        IReadOnlyCollection<(Identity Identity, string? Zone)> identities,
        DateTimeOffset now,
        CancellationToken ct
    ) =>
        db.DoAsync(
            InsertIdentities,
            ct,
            Arg.Text(id),
            Arg.Texts(identities.Select(i => Words.Of(i.Identity.Kind))),
            Arg.Texts(identities.Select(i => i.Identity.Value)),
            Arg.Flags(identities.Select(i => i.Identity.IsVerified)),
            Arg.Texts(identities.Select(i => i.Zone)),
            Arg.Time(now)
        );

    public static Task<int> RemoveIdentityAsync(NpgsqlConnection db, string rootId, Identity identity, CancellationToken ct) =>
        db.DoAsync(DeleteIdentity, ct, Arg.Text(rootId), Arg.Text(Words.Of(identity.Kind)), Arg.Text(identity.Value));

    /// <summary>Who has one of the identities; with a lock nobody else gives them to somebody meanwhile.</summary>
    public static async Task<IReadOnlyList<(string CustomerId, bool IsVerified)>> MatchAsync(
        NpgsqlConnection db,
        IReadOnlyCollection<Identity> identities,
        bool isLocked,
        CancellationToken ct
    )
    {
        if (isLocked)
            await db.DoAsync(LockIdentities, ct, KindsAndValues(identities));

        return await db.ReadAsync(MatchIdentities, r => (r.GetString(0), r.GetBoolean(1)), ct, KindsAndValues(identities));
    }

    public static Task SetConsentAsync(NpgsqlConnection db, string id, Consent consent, CancellationToken ct) =>
        db.DoAsync(
            UpsertConsent,
            ct,
            Arg.Text(id),
            Arg.Text(consent.Purpose),
            Arg.Flag(consent.IsGiven),
            Arg.Text(consent.Source),
            Arg.Time(consent.At)
        );

    public static Task AddMergeAsync(NpgsqlConnection db, CustomerMerge merge, CancellationToken ct) =>
        db.DoAsync(
            InsertMerge,
            ct,
            Arg.Text(merge.Id),
            Arg.Text(merge.WinnerId),
            Arg.Text(merge.LoserId),
            Arg.Text(merge.Reason),
            Arg.Time(merge.MergedAt),
            Arg.Text(merge.MergedBy)
        );

    public static async Task<CustomerMerge?> FindMergeAsync(NpgsqlConnection db, string id, CancellationToken ct) =>
        (await db.ReadAsync(FindMerge, MergeOf, ct, Arg.Text(id))).SingleOrDefault();

    public static Task UndoMergeAsync(NpgsqlConnection db, string id, DateTimeOffset now, string who, CancellationToken ct) =>
        db.DoAsync(UndoMerge, ct, Arg.Text(id), Arg.Time(now), Arg.Text(who));

    public static Task TellAsync(
        NpgsqlConnection db,
        string id,
        DateTimeOffset now,
        string who,
        string action,
        IReadOnlyDictionary<string, string?> facts,
        CancellationToken ct
    ) =>
        db.DoAsync(
            InsertEvent,
            ct,
            Arg.Text(id),
            Arg.Time(now),
            Arg.Text(who),
            Arg.Text(action),
            Arg.Text(JsonSerializer.Serialize(facts))
        );

    public static Customer RowOf(NpgsqlDataReader r) =>
        new(
            r.GetString(0),
            r.GetInt64(1),
            Words.Find<CustomerState>(r.GetString(2))!.Value,
            r.GetString(3),
            r.FindText(4),
            new()
            {
                Name = r.FindText(5),
                Zone = r.FindText(6),
                Jurisdiction = r.FindText(7),
                Locale = r.FindText(8),
                ValueTier = r.GetInt16(9),
                JourneyStage = r.FindText(10),
                Preferences = PreferencesText.Parse(r.GetString(11)),
                DoNotContact = r.GetBoolean(12),
            },
            r.FindTime(13),
            r.GetTime(14),
            r.GetTime(15)
        );

    public static KnownIdentity IdentityOf(NpgsqlDataReader r) =>
        new(Words.Find<IdentityKind>(r.GetString(0))!.Value, r.GetString(1), r.GetBoolean(2), r.FindText(3), r.GetString(4));

    public static Consent ConsentOf(NpgsqlDataReader r) => new(r.GetString(0), r.GetBoolean(1), r.GetString(2), r.GetTime(3));

    public static CustomerMerge MergeOf(NpgsqlDataReader r) =>
        new(r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetTime(4), r.GetString(5), r.FindTime(6));

    public static CustomerEvent EventOf(NpgsqlDataReader r) =>
        new(r.GetInt64(0), r.GetString(1), r.GetTime(2), r.GetString(3), r.GetString(4), r.GetString(5));

    private static NpgsqlParameter[] Columns(CustomerProfile p) =>
        [
            Arg.Text(p.Name),
            Arg.Text(p.Zone),
            Arg.Text(p.Jurisdiction),
            Arg.Text(p.Locale),
            Arg.Small((short)p.ValueTier),
            Arg.Text(p.JourneyStage),
            Arg.Text(PreferencesText.Write(p.Preferences)),
            Arg.Flag(p.DoNotContact),
        ];

    private static NpgsqlParameter[] KindsAndValues(IReadOnlyCollection<Identity> identities) =>
        [Arg.Texts(identities.Select(i => Words.Of(i.Kind))), Arg.Texts(identities.Select(i => i.Value))];

    private static string Load(string name) => SqlFile.Beside<Customer>(name);
}
