using Npgsql;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Work;

namespace ServiceLoop.ServiceDesk.Cases;

/// <summary>What is judged of a case.</summary>
public sealed record CaseRequest
{
    /// <summary>Whose; null when it is not known.</summary>
    public string? CustomerId { get; init; }

    /// <summary>What it is about.</summary>
    public string? Category { get; init; }

    /// <summary>One line for people.</summary>
    public string? Title { get; init; }

    /// <summary><c>many</c>, <c>one</c> or <c>minor</c>.</summary>
    public string? Impact { get; init; }

    /// <summary><c>urgent</c>, <c>normal</c> or <c>low</c>.</summary>
    public string? Urgency { get; init; }

    /// <summary>True when the customer is angry: raises the urgency once.</summary>
    public bool IsAngry { get; init; }

    /// <summary>Stage of the customer's journey.</summary>
    public string? JourneyStage { get; init; }

    /// <summary>Channel on which it came in; <c>desk</c> when null.</summary>
    public string? Channel { get; init; }
}

/// <summary>What became of looking for similar cases.</summary>
/// <param name="ContactNo">Which contact about the same this is, from 1.</param>
/// <param name="Similar">The earlier ones, the newest first.</param>
/// <param name="Priority">Priority of the case now.</param>
public sealed record SimilarCases(int ContactNo, IReadOnlyList<string> Similar, int Priority);

/// <summary>Cases. Where one stands is told by its workflow; nothing here sets it but coming back, and going on with another case.</summary>
/// <param name="database">Where they are.</param>
/// <param name="access">The gate.</param>
/// <param name="clock">Tells the time.</param>
/// <param name="signal">Hears of work that is due.</param>
public sealed class CaseDesk(Database database, IAccess access, TimeProvider clock, IWorkSignal signal)
{
    /// <summary>Event that starts workflows for cases that people open; correlated by the id of the case.</summary>
    public const string OpenedEvent = "case-opened";

    /// <summary>Event for the workflow of a case whose customer came back; correlated by the id of the case.</summary>
    public const string ReopenedEvent = "case-reopened";

    /// <summary>Days within which a contact about the same is a repeated one, unless told otherwise.</summary>
    public const int RepeatDays = 7;

    private const int MostDays = 366;
    private const string DeskChannel = "desk";

    private string Who => access.Actor.Who ?? "system";

    /// <summary>A page of cases, the newest first.</summary>
    /// <param name="status">A word; null for all.</param>
    /// <param name="customerId">The customer that goes on; null for all.</param>
    /// <param name="isOpen">True: only those that are not over.</param>
    /// <param name="after">The last one of the page before; null for the first page.</param>
    /// <param name="take">At most.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<IReadOnlyList<ServiceCase>> ListAsync(
        string? status,
        string? customerId,
        bool isOpen,
        (DateTimeOffset At, string Id)? after,
        int take,
        CancellationToken ct
    )
    {
        access.Demand(Permissions.CasesRead);
        return await database.ReadFittedAsync(
            CaseStore.List,
            CaseStore.RowOf,
            ct,
            Arg.Text(status is null ? null : Words.Of(Words.Read<CaseStatus>(status, "status"))),
            Arg.Text(customerId),
            Arg.Flag(isOpen),
            Arg.Time(after?.At),
            Arg.Text(after?.Id),
            Arg.Integer(take)
        );
    }

    /// <summary>A case with its links.</summary>
    /// <param name="id">Its id, or its number: <c>C-000123</c>.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<ServiceCase> GetAsync(string id, CancellationToken ct)
    {
        access.Demand(Permissions.CasesRead);
        return await FindAsync(id, ct) ?? throw Unknown(id);
    }

    /// <summary>The history of a case.</summary>
    public async Task<IReadOnlyList<CaseEvent>> HistoryAsync(string id, long after, int take, CancellationToken ct)
    {
        access.Demand(Permissions.CasesRead);
        return await database.ReadAsync(CaseStore.Events, CaseStore.EventOf, ct, Arg.Text(id), Arg.Number(after), Arg.Integer(take));
    }

    /// <summary>Opens a case for a customer who stands before the desk; workflows that wait for <see cref="OpenedEvent"/> start with it.</summary>
    public Task<ServiceCase> OpenAsync(CaseRequest request, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now).ToString("N");
        return ActAsync(
            id,
            "case.open",
            async db =>
            {
                var wanted = Judged(
                    new()
                    {
                        Id = id,
                        Number = 0,
                        Rev = 1,
                        Channel = DeskChannel,
                        OpenedAt = now,
                        Impact = CaseImpact.One,
                        Urgency = CaseUrgency.Normal,
                    },
                    request
                );

                if (!await CaseStore.InsertAsync(db, wanted, request.IsAngry, ct))
                    throw DeskRefusedException.Invalid(
                        "customer.unknown",
                        "customerId",
                        $"'customerId' is '{TextRules.Quote(request.CustomerId)}', and there is no such customer."
                    );

                await CaseStore.MoveAsync(db, $"{id}:open", new(id, "open", null, null), now, Who, ct);
                var value = new Dictionary<string, object?>(StringComparer.Ordinal)
                {
                    ["CaseId"] = id,
                    ["CustomerId"] = wanted.CustomerId,
                    ["Category"] = wanted.Category,
                    ["Priority"] = (long)wanted.Priority,
                    ["Channel"] = wanted.Channel,
                };
                await db.AskAsync([AskedWork.Publish(OpenedEvent, value, id, null, $"{id}:opened", now)], ct);
            },
            ct
        );
    }

    /// <summary>Changes what is judged of a case, as it was seen. Where it stands is not among it.</summary>
    public Task<ServiceCase> ChangeAsync(string id, long expectedRev, CaseRequest request, CancellationToken ct) =>
        ActAsync(
            id,
            "case.change",
            async db =>
            {
                var seen = await OpenCaseAsync(db, id, ct);

                if (seen.Rev != expectedRev)
                    throw DeskRefusedException.Conflict(
                        "case.changed",
                        $"Case '{seen.Label}' was changed by somebody else: it is at revision {seen.Rev}, and {expectedRev} was seen. Read it again."
                    );

                await CaseStore.ChangeAsync(db, seen, Judged(seen, request), request.IsAngry, clock.GetUtcNow(), Who, ct);
            },
            ct
        );

    /// <summary>Links a case to another one.</summary>
    public Task<ServiceCase> LinkAsync(string id, string? otherId, string? kind, CancellationToken ct) =>
        ActAsync(
            id,
            "case.link",
            async db =>
            {
                var other = TextRules.Required(otherId, "otherId", 64);
                var link = Words.Read<CaseLinkKind>(kind, "kind");

                if (other == id)
                    throw DeskRefusedException.Invalid("case.same", "otherId", $"'otherId' is '{other}', which is the case itself.");

                var locked = await CaseStore.LockAsync(db, ct, id, other);
                _ = locked.SingleOrDefault(c => c.Id == id) ?? throw Unknown(id);
                _ = locked.SingleOrDefault(c => c.Id == other) ?? throw Unknown(other);
                await CaseStore.LinkAsync(db, id, [other], link, clock.GetUtcNow(), Who, ct);
            },
            ct
        );

    /// <summary>Finds earlier cases of the customer about the same category, links them, and raises the urgency with the third contact.</summary>
    /// <param name="id">The case.</param>
    /// <param name="category">What it is about; null: as it stands with the case.</param>
    /// <param name="days">How far to look back.</param>
    /// <param name="ct">Cancels.</param>
    public Task<SimilarCases> LinkSimilarAsync(string id, string? category, int days, CancellationToken ct) =>
        access.ActAsync(
            new Deed(Permissions.CasesWrite, "case.link-similar", id),
            async () =>
            {
                if (days is < 1 or > MostDays)
                    throw DeskRefusedException.Invalid("case.days", "days", $"'days' is {days}, and must be 1 to {MostDays}.");

                SimilarCases? result = null;
                var about = TextRules.Optional(category, "category", 200);
                await database.TransactionAsync(
                    async (db, _) =>
                    {
                        var seen = await OpenCaseAsync(db, id, ct);
                        var topic = about ?? seen.Category;
                        IReadOnlyList<ServiceCase> similar = topic is null
                            ? []
                            : await CaseStore.SimilarAsync(db, id, topic, seen.OpenedAt.AddDays(-days), ct);
                        var contact = similar.Count + 1;

                        // Asked again, or for an angry customer, a case that was raised is not raised once more.
                        var urgency =
                            contact >= CasePriority.RaisingContact && seen.ContactNo < CasePriority.RaisingContact && !seen.IsAngry
                                ? CasePriority.Raised(seen.Urgency, isAngry: false, contact)
                                : seen.Urgency;
                        var judged = seen with
                        {
                            Category = topic,
                            ContactNo = contact,
                            Urgency = urgency,
                            Priority = CasePriority.Of(seen.Impact, urgency),
                        };
                        await CaseStore.LinkAsync(db, id, similar.Select(c => c.Id), CaseLinkKind.Repeat, clock.GetUtcNow(), Who, ct);
                        await CaseStore.ChangeAsync(db, seen, judged, false, clock.GetUtcNow(), Who, ct);
                        result = new(contact, [.. similar.Select(c => c.Id)], judged.Priority);
                    },
                    ct
                );
                return result!;
            },
            r => Facts.Of(("contact", $"{r.ContactNo}")),
            ct
        );

    /// <summary>The customer has come back: the same case goes on, for <see cref="Reopening.Window"/> after it was settled.</summary>
    public Task<ServiceCase> ReopenAsync(string id, string? reason, CancellationToken ct) =>
        ActAsync(
            id,
            "case.reopen",
            async db =>
            {
                var why = TextRules.Required(reason, "reason", 500);
                var seen = (await CaseStore.LockAsync(db, ct, id)).SingleOrDefault() ?? throw Unknown(id);
                var now = clock.GetUtcNow();

                if (seen.Status.IsOpen())
                    throw DeskRefusedException.Conflict("case.open", $"Case '{seen.Label}' is open: it stands at {Words.Of(seen.Status)}.");

                if (Reopening.Of(seen.Status, seen.ResolvedAt, now) != ReopenAnswer.Reopen)
                    throw DeskRefusedException.Gone(
                        "case.over",
                        $"Case '{seen.Label}' is over: it stands at {Words.Of(seen.Status)} and was settled at {seen.ResolvedAt:u}. Open a new case that follows it."
                    );

                await ReopenAsync(db, seen, why, now, Who, ct);
            },
            ct
        );

    /// <summary>Lets another case go on with this one. Its history stays, and it points to the other.</summary>
    public Task<ServiceCase> MergeAsync(string loserId, string? winnerId, string? reason, CancellationToken ct) =>
        ActAsync(
            loserId,
            "case.merge",
            async db =>
            {
                var winner = TextRules.Required(winnerId, "winnerId", 64);
                var why = TextRules.Required(reason, "reason", 500);

                if (winner == loserId)
                    throw DeskRefusedException.Invalid("case.same", "winnerId", $"'winnerId' is '{winner}', which is the case itself.");

                var locked = await CaseStore.LockAsync(db, ct, loserId, winner);

                foreach (var id in new[] { loserId, winner })
                    if ((locked.SingleOrDefault(c => c.Id == id) ?? throw Unknown(id)).Status.IsTerminal())
                        throw Over(locked.Single(c => c.Id == id));

                var now = clock.GetUtcNow();
                await CaseStore.MergeAsync(db, $"{loserId}:merge", loserId, winner, why, now, Who, ct);
                await CaseStore.LinkAsync(db, loserId, [winner], CaseLinkKind.Duplicate, now, Who, ct);
            },
            ct
        );

    /// <summary>Projects a place as a workflow would: for tests, and for the end of instances.</summary>
    internal Task ProjectAsync(CaseMove move, CancellationToken ct) =>
        database.TransactionAsync(
            (db, _) =>
            {
                var now = clock.GetUtcNow();
                return CaseStore.MoveAsync(db, Guid.CreateVersion7(now).ToString("N"), move, now, Who, ct);
            },
            ct
        );

    internal static async Task ReopenAsync(
        NpgsqlConnection db,
        ServiceCase seen,
        string why,
        DateTimeOffset now,
        string who,
        CancellationToken ct
    )
    {
        var move = new CaseMove(seen.Id, "reopen", CaseStatus.InDiagnosis, why);
        var key = $"{seen.Id}:reopen:{seen.ReopenCount + 1}";
        await CaseStore.MoveAsync(db, key, move, now, who, ct);
        var value = new Dictionary<string, object?>(StringComparer.Ordinal) { ["CaseId"] = seen.Id, ["Reason"] = why };
        await db.AskAsync([AskedWork.Publish(ReopenedEvent, value, seen.Id, null, key, now)], ct);
    }

    internal async Task<ServiceCase?> FindAsync(string id, CancellationToken ct)
    {
        var found =
            CaseNumber.FindIn(id) is { } number && id.Length < 24
                ? await database.ReadAsync(CaseStore.Numbered, CaseStore.RowOf, ct, Arg.Number(number))
                : await database.ReadAsync(CaseStore.Find, CaseStore.RowOf, ct, Arg.Text(id));

        return found.SingleOrDefault() is { } one
            ? one with
            {
                Links = [.. await database.ReadAsync(CaseStore.Links, CaseStore.LinkOf, ct, Arg.Text(one.Id))],
            }
            : null;
    }

    private static ServiceCase Judged(ServiceCase before, CaseRequest request)
    {
        var impact = request.Impact is null ? before.Impact : Words.Read<CaseImpact>(request.Impact, "impact");
        var judged = request.Urgency is null ? before.Urgency : Words.Read<CaseUrgency>(request.Urgency, "urgency");

        // What was raised before stands in the urgency already; only another judgement, or anger that is new, raises it again.
        var wasRaised = judged == before.Urgency && (before.IsAngry || before.ContactNo >= CasePriority.RaisingContact);
        var urgency = wasRaised ? judged : CasePriority.Raised(judged, request.IsAngry, before.ContactNo);
        return before with
        {
            CustomerId = TextRules.Optional(request.CustomerId, "customerId", 64) ?? before.CustomerId,
            Category = TextRules.Optional(request.Category, "category", 200) ?? before.Category,
            Title = TextRules.Optional(request.Title, "title", 300) ?? before.Title,
            JourneyStage = TextRules.Optional(request.JourneyStage, "journeyStage", 64) ?? before.JourneyStage,
            Channel = TextRules.Optional(request.Channel, "channel", 64) ?? before.Channel,
            Impact = impact,
            Urgency = urgency,
            Priority = CasePriority.Of(impact, urgency),
        };
    }

    private static async Task<ServiceCase> OpenCaseAsync(NpgsqlConnection db, string id, CancellationToken ct)
    {
        var seen = (await CaseStore.LockAsync(db, ct, id)).SingleOrDefault() ?? throw Unknown(id);
        return seen.Status.IsTerminal() ? throw Over(seen) : seen;
    }

    private async Task<ServiceCase> ActAsync(string id, string action, Func<NpgsqlConnection, Task> change, CancellationToken ct)
    {
        var result = await access.ActAsync(
            new Deed(Permissions.CasesWrite, action, id),
            async () =>
            {
                await database.TransactionAsync((db, _) => change(db), ct);
                return await FindAsync(id, ct) ?? throw Unknown(id);
            },
            c => Facts.Of(("rev", $"{c.Rev}")),
            ct
        );
        signal.Ring(clock.GetUtcNow());
        return result;
    }

    private static DeskRefusedException Over(ServiceCase seen) =>
        DeskRefusedException.Gone(
            "case.over",
            seen.MergedInto is { } winner
                ? $"Case '{seen.Label}' was merged; '{winner}' goes on with it."
                : $"Case '{seen.Label}' is over: it stands at {Words.Of(seen.Status)}, and nothing of it changes any more."
        );

    private static DeskRefusedException Unknown(string id) =>
        DeskRefusedException.Unknown("case.unknown", $"There is no case '{TextRules.Quote(id)}'.");
}
