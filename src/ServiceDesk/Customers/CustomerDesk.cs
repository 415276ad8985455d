using System.Collections.Immutable;
using Npgsql;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.ServiceDesk.Callbacks;

namespace ServiceLoop.ServiceDesk.Customers;

/// <summary>Customers: who they are, how they are known, and which of them are the same.</summary>
/// <param name="database">Where they are.</param>
/// <param name="access">The gate.</param>
/// <param name="clock">Tells the time.</param>
/// <param name="options">Settings.</param>
public sealed class CustomerDesk(Database database, IAccess access, TimeProvider clock, ContactOptions options)
{
    private const int MostIdentities = 50;

    /// <summary>A page of customers that go on, the newest first.</summary>
    /// <param name="name">Part of a name; null for all.</param>
    /// <param name="after">The last one of the page before; null for the first page.</param>
    /// <param name="take">At most.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<IReadOnlyList<Customer>> ListAsync(
        string? name,
        (DateTimeOffset At, string Id)? after,
        int take,
        CancellationToken ct
    )
    {
        access.Demand(Permissions.CustomersRead);
        return await database.ReadAsync(
            CustomerStore.List,
            CustomerStore.RowOf,
            ct,
            Arg.Text(TextRules.Optional(name, "name", 200)),
            Arg.Time(after?.At),
            Arg.Text(after?.Id),
            Arg.Integer(take)
        );
    }

    /// <summary>A customer with identities and consents.</summary>
    /// <remarks>A merged one is shown as it is, and names the one that goes on.</remarks>
    /// <exception cref="DeskRefusedException">There is none.</exception>
    public async Task<Customer> GetAsync(string id, CancellationToken ct)
    {
        access.Demand(Permissions.CustomersRead);
        return await FindAsync(id, ct) ?? throw Unknown(id);
    }

    /// <summary>The history of a customer and of all that was merged into it.</summary>
    public async Task<IReadOnlyList<CustomerEvent>> HistoryAsync(string id, long after, int take, CancellationToken ct)
    {
        access.Demand(Permissions.CustomersRead);
        return await database.ReadAsync(
            CustomerStore.Events,
            CustomerStore.EventOf,
            ct,
            Arg.Text(id),
            Arg.Number(after),
            Arg.Integer(take)
        );
    }

    /// <summary>Merges in which a customer won or lost.</summary>
    public async Task<IReadOnlyList<CustomerMerge>> MergesAsync(string id, CancellationToken ct)
    {
        access.Demand(Permissions.CustomersRead);
        return await database.ReadAsync(CustomerStore.Merges, CustomerStore.MergeOf, ct, Arg.Text(id));
    }

    /// <summary>Whom some identities tell.</summary>
    public async Task<Resolution> ResolveAsync(IReadOnlyList<IdentityRequest>? identities, CancellationToken ct)
    {
        access.Demand(Permissions.CustomersRead);
        var read = Read(identities);
        IReadOnlyList<(string, bool)> found = [];
        await database.TransactionAsync(
            async (db, _) => found = await CustomerStore.MatchAsync(db, [.. read.Select(i => i.Identity)], isLocked: false, ct),
            ct
        );
        return Resolution.Of(found);
    }

    /// <summary>Makes a customer.</summary>
    /// <exception cref="DeskRefusedException">A value is wrong, or a proven identity belongs to somebody else.</exception>
    public Task<Customer> CreateAsync(CustomerRequest request, IReadOnlyList<IdentityRequest>? identities, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now).ToString("N");
        return ChangeAsync(
            id,
            "customer.create",
            Facts.None,
            async db =>
            {
                var profile = request.Read();
                var read = Read(identities);
                await CustomerStore.InsertAsync(db, id, profile, now, ct);
                await AddAsync(db, id, read, now, ct);
            },
            ct
        );
    }

    /// <summary>The customer of some identities, who is made where nobody has them. One identity makes one customer, however often and at once it is asked.</summary>
    /// <param name="id">Id of the customer to be; the same when it is asked again.</param>
    /// <param name="identities">How the customer is known.</param>
    /// <param name="profile">What the customer is to be where it is made.</param>
    /// <param name="ct">Cancels.</param>
    public Task<Resolution> IdentifyAsync(
        string id,
        IReadOnlyList<IdentityRequest>? identities,
        CustomerRequest profile,
        CancellationToken ct
    ) =>
        access.ActAsync(
            new Deed(Permissions.CustomersWrite, "customer.identify", id),
            async () =>
            {
                var (read, made) = (Read(identities), profile.Read());
                var now = clock.GetUtcNow();
                var resolution = new Resolution(ResolutionKind.New, id, [id], false);
                await database.TransactionAsync(
                    async (db, _) =>
                    {
                        var found = Resolution.Of(
                            await CustomerStore.MatchAsync(db, [.. read.Select(i => i.Identity)], isLocked: true, ct)
                        );

                        // Asked again after a crash: the customer was made by the first attempt.
                        if (found.CustomerId == id)
                            return;

                        if (found.Kind != ResolutionKind.New)
                        {
                            resolution = found;
                            return;
                        }

                        if (await CustomerStore.InsertAsync(db, id, made, now, ct))
                            await AddAsync(db, id, read, now, ct);
                    },
                    ct
                );
                return resolution;
            },
            r => Facts.Of(("kind", Words.Of(r.Kind)), ("customer", r.CustomerId)),
            ct
        );

    /// <summary>Changes a customer as it was seen.</summary>
    public Task<Customer> ChangeAsync(string id, long expectedRev, CustomerRequest request, CancellationToken ct) =>
        ChangeAsync(
            id,
            "customer.change",
            Facts.None,
            async db =>
            {
                var profile = request.Read();

                if (!await CustomerStore.ChangeAsync(db, id, expectedRev, profile, clock.GetUtcNow(), ct))
                    throw Changed(id, (await CustomerStore.LockAsync(db, ct, id)).SingleOrDefault(), expectedRev);
            },
            ct
        );

    /// <summary>Adds an identity, or says that it is proven.</summary>
    public Task<Customer> AddIdentityAsync(string id, IdentityRequest request, CancellationToken ct) =>
        ChangeAsync(
            id,
            "customer.identity-add",
            Facts.Of(("kind", TextRules.Quote(request.Kind))),
            async db =>
            {
                var identity = request.Read(options.Home, "identity");
                await ActiveAsync(db, id, ct);
                await AddAsync(db, id, [identity], clock.GetUtcNow(), ct);
            },
            ct
        );

    /// <summary>Takes an identity away.</summary>
    public Task<Customer> RemoveIdentityAsync(string id, IdentityRequest request, CancellationToken ct) =>
        ChangeAsync(
            id,
            "customer.identity-remove",
            Facts.Of(("kind", TextRules.Quote(request.Kind))),
            async db =>
            {
                var (identity, _) = request.Read(options.Home, "identity");
                await ActiveAsync(db, id, ct);

                if (await CustomerStore.RemoveIdentityAsync(db, id, identity, ct) == 0)
                    throw DeskRefusedException.Unknown(
                        "identity.unknown",
                        $"Customer '{id}' is not known by '{Identities.Masked(identity)}'."
                    );
            },
            ct
        );

    /// <summary>Writes down what a customer has agreed to or taken back.</summary>
    public Task<Customer> SetConsentAsync(string id, string? purpose, bool isGiven, string? source, CancellationToken ct) =>
        ChangeAsync(
            id,
            "customer.consent",
            Facts.Of(("purpose", TextRules.Quote(purpose)), ("given", isGiven ? "true" : "false")),
            async db =>
            {
                var consent = new Consent(
                    TextRules.Required(purpose, "purpose", 64),
                    isGiven,
                    TextRules.Required(source, "source", 200),
                    clock.GetUtcNow()
                );
                await ActiveAsync(db, id, ct);
                await CustomerStore.SetConsentAsync(db, id, consent, ct);
            },
            ct
        );

    /// <summary>Says that two customers are the same. The loser keeps all it has and points to the winner; so nothing is lost, and it can be taken back.</summary>
    /// <exception cref="DeskRefusedException">One of them does not go on by itself any more.</exception>
    public Task<CustomerMerge> MergeAsync(string winnerId, string? loserId, string? reason, CancellationToken ct) =>
        access.ActAsync(
            new Deed(Permissions.CustomersWrite, "customer.merge", winnerId) { Wanted = Facts.Of(("loser", TextRules.Quote(loserId))) },
            async () =>
            {
                var now = clock.GetUtcNow();
                var loser = TextRules.Required(loserId, "loserId", 64);
                var merge = new CustomerMerge(
                    Guid.CreateVersion7(now).ToString("N"),
                    winnerId,
                    loser,
                    TextRules.Required(reason, "reason", 500),
                    now,
                    Who,
                    null
                );

                if (winnerId == loser)
                    throw DeskRefusedException.Invalid("customer.same", "loserId", $"'loserId' is '{loser}', which is the winner itself.");

                await database.TransactionAsync(
                    async (db, _) =>
                    {
                        var locked = await CustomerStore.LockAsync(db, ct, winnerId, loser);
                        RequireActive(locked, winnerId);
                        RequireActive(locked, loser);
                        await CustomerStore.MergeAsync(db, winnerId, loser, now, ct);
                        await CustomerStore.AddMergeAsync(db, merge, ct);
                        await TellAsync(db, winnerId, "merged", Facts.Of(("loser", loser), ("merge", merge.Id)), ct);
                        await TellAsync(db, loser, "merged-into", Facts.Of(("winner", winnerId), ("merge", merge.Id)), ct);
                    },
                    ct
                );
                return merge;
            },
            m => Facts.Of(("merge", m.Id)),
            ct
        );

    /// <summary>Takes a merge back: the loser goes on by itself, with all that it brought along.</summary>
    /// <exception cref="DeskRefusedException">There is no such merge, or it was taken back already.</exception>
    public Task<CustomerMerge> UndoMergeAsync(string mergeId, CancellationToken ct) =>
        access.ActAsync(
            new Deed(Permissions.CustomersWrite, "customer.merge-undo", mergeId),
            async () =>
            {
                CustomerMerge? merge = null;
                var now = clock.GetUtcNow();
                await database.TransactionAsync(
                    async (db, _) =>
                    {
                        merge =
                            await CustomerStore.FindMergeAsync(db, mergeId, ct)
                            ?? throw DeskRefusedException.Unknown("merge.unknown", $"There is no merge '{mergeId}'.");

                        if (merge.UndoneAt is not null)
                            throw DeskRefusedException.Conflict("merge.undone", $"Merge '{mergeId}' was taken back already.");

                        var loser = (await CustomerStore.LockAsync(db, ct, merge.WinnerId, merge.LoserId)).Single(c =>
                            c.Id == merge.LoserId
                        );

                        if (loser.State == CustomerState.Erased)
                            throw DeskRefusedException.Gone(
                                "customer.erased",
                                $"Customer '{merge.LoserId}' was erased; there is nothing to part."
                            );

                        await CustomerStore.PartAsync(db, merge.LoserId, now, ct);
                        await CustomerStore.UndoMergeAsync(db, mergeId, now, Who, ct);
                        await TellAsync(db, merge.WinnerId, "parted", Facts.Of(("from", merge.LoserId), ("merge", mergeId)), ct);
                        await TellAsync(db, merge.LoserId, "parted", Facts.Of(("from", merge.WinnerId), ("merge", mergeId)), ct);
                    },
                    ct
                );
                return merge! with { UndoneAt = now };
            },
            ct
        );

    /// <summary>Removes for good what is personal of a customer, of all that was merged into it, and in their contacts, cases, callbacks, answers and messages.</summary>
    public Task<Customer> EraseAsync(string id, string? reason, CancellationToken ct) =>
        ChangeAsync(
            id,
            "customer.erase",
            Facts.Of(("reason", TextRules.Quote(reason))),
            async db =>
            {
                TextRules.Required(reason, "reason", 500);
                await ActiveAsync(db, id, ct);
                var now = clock.GetUtcNow();
                await ErasedCallbacks.EndAsync(db, id, now, ct);
                await CustomerStore.EraseAsync(db, id, now, ct);
            },
            ct
        );

    internal async Task<Customer?> FindAsync(string id, CancellationToken ct)
    {
        if ((await database.ReadAsync(CustomerStore.Find, CustomerStore.RowOf, ct, Arg.Text(id))).SingleOrDefault() is not { } customer)
            return null;

        return customer with
        {
            Identities = [.. await database.ReadAsync(CustomerStore.Identities, CustomerStore.IdentityOf, ct, Arg.Text(id))],
            Consents = [.. await database.ReadAsync(CustomerStore.Consents, CustomerStore.ConsentOf, ct, Arg.Text(id))],
            Absorbed = [.. await database.ReadAsync(CustomerStore.Family, r => r.GetString(0), ct, Arg.Text(id))],
        };
    }

    private string Who => access.Actor.Who ?? "system";

    private Task<Customer> ChangeAsync(
        string id,
        string action,
        ImmutableSortedDictionary<string, string?> facts,
        Func<NpgsqlConnection, Task> change,
        CancellationToken ct
    ) =>
        access.ActAsync(
            new Deed(Permissions.CustomersWrite, action, id) { Wanted = facts },
            async () =>
            {
                await database.TransactionAsync(
                    async (db, _) =>
                    {
                        await change(db);
                        await TellAsync(db, id, action["customer.".Length..], Facts.None, ct);
                    },
                    ct
                );
                return await FindAsync(id, ct) ?? throw Unknown(id);
            },
            ct
        );

    private Task TellAsync(
        NpgsqlConnection db,
        string id,
        string action,
        IReadOnlyDictionary<string, string?> facts,
        CancellationToken ct
    ) => CustomerStore.TellAsync(db, id, clock.GetUtcNow(), Who, action, facts, ct);

    private static async Task AddAsync(
        NpgsqlConnection db,
        string id,
        IReadOnlyCollection<(Identity Identity, string? Zone)> identities,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        try
        {
            await CustomerStore.AddIdentitiesAsync(db, id, identities, now, ct);
        }
        catch (PostgresException e)
            when (e is { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "customer_identity_verified" })
        {
            throw DeskRefusedException.Conflict(
                "identity.taken",
                $"One of the identities is proven to belong to another customer than '{id}'. Merge the two, or send it as not proven."
            );
        }
    }

    private ImmutableArray<(Identity Identity, string? Zone)> Read(IReadOnlyList<IdentityRequest>? identities)
    {
        if (identities is { Count: > MostIdentities })
            throw DeskRefusedException.Invalid(
                "list.too-long",
                "identities",
                $"'identities' has {identities.Count} entries, and {MostIdentities} are allowed."
            );

        return
        [
            .. (identities ?? [])
                .Select((identity, i) => identity.Read(options.Home, $"identities[{i}]"))
                .GroupBy(i => (i.Identity.Kind, i.Identity.Value))
                .Select(g => g.OrderByDescending(i => i.Identity.IsVerified).First()),
        ];
    }

    private static async Task ActiveAsync(NpgsqlConnection db, string id, CancellationToken ct) =>
        RequireActive(await CustomerStore.LockAsync(db, ct, id), id);

    private static void RequireActive(IEnumerable<Customer> locked, string id)
    {
        var customer = locked.SingleOrDefault(c => c.Id == id) ?? throw Unknown(id);

        if (customer.State == CustomerState.Erased)
            throw DeskRefusedException.Gone("customer.erased", $"Customer '{id}' was erased.");

        if (customer.State == CustomerState.Merged)
            throw DeskRefusedException.Conflict(
                "customer.merged",
                $"Customer '{id}' was merged, and '{customer.RootId}' goes on for it. Use that one, or take the merge back first."
            );
    }

    private static DeskRefusedException Changed(string id, Customer? customer, long expectedRev)
    {
        if (customer is null)
            return Unknown(id);

        RequireActive([customer], id);
        return DeskRefusedException.Conflict(
            "customer.changed",
            $"Customer '{id}' was changed by somebody else: it is at revision {customer.Rev}, and {expectedRev} was seen. Read it again."
        );
    }

    private static DeskRefusedException Unknown(string id) =>
        DeskRefusedException.Unknown("customer.unknown", $"There is no customer '{TextRules.Quote(id)}'.");
}
