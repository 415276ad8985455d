using Npgsql;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Work;
using ServiceLoop.ServiceDesk.Cases;
using ServiceLoop.ServiceDesk.Customers;
using ServiceLoop.ServiceDesk.Windows;

namespace ServiceLoop.ServiceDesk.Callbacks;

/// <summary>A callback as it is asked for.</summary>
/// <param name="CaseId">What it is about; null for none.</param>
/// <param name="CustomerId">Who is to be called; null: the customer of the case.</param>
/// <param name="Channel"><c>phone</c> when null.</param>
/// <param name="Numbers">Numbers; null: those of the customer.</param>
/// <param name="Reason">What to talk about.</param>
/// <param name="Segment">Group whose answers are learned from together.</param>
/// <param name="WishFrom">From when the customer wants to be called, UTC.</param>
/// <param name="WishTo">Until when.</param>
public sealed record CallbackRequest(
    string? CaseId,
    string? CustomerId,
    string? Channel,
    IReadOnlyList<string>? Numbers,
    string? Reason,
    string? Segment,
    DateTimeOffset? WishFrom,
    DateTimeOffset? WishTo
);

/// <summary>Callbacks: asked for, promised within the allowed time, tried, tried again, ended.</summary>
public sealed class CallbackDesk
{
    private readonly Database database;
    private readonly IAccess access;
    private readonly TimeProvider clock;
    private readonly IWorkSignal signal;
    private readonly CallbackPlans plans;
    private readonly ContactTimes times;
    private readonly LinkTokens tokens;
    private readonly ContactOptions options;

    internal CallbackDesk(
        Database database,
        IAccess access,
        TimeProvider clock,
        IWorkSignal signal,
        CallbackPlans plans,
        ContactTimes times,
        LinkTokens tokens,
        ContactOptions options
    ) =>
        (this.database, this.access, this.clock, this.signal, this.plans, this.times, this.tokens, this.options) = (
            database,
            access,
            clock,
            signal,
            plans,
            times,
            tokens,
            options
        );

    /// <summary>A page of callbacks, the newest first.</summary>
    public async Task<IReadOnlyList<Callback>> ListAsync(
        string? state,
        string? caseId,
        string? customerId,
        bool isOpen,
        (DateTimeOffset At, string Id)? after,
        int take,
        CancellationToken ct
    )
    {
        access.Demand(Permissions.CallbacksRead);
        return await database.ReadFittedAsync(
            CallbackStore.List,
            CallbackStore.RowOf,
            ct,
            Arg.Text(state is null ? null : Words.Of(Words.Read<CallbackState>(state, "state"))),
            Arg.Text(caseId),
            Arg.Text(customerId),
            Arg.Flag(isOpen),
            Arg.Time(after?.At),
            Arg.Text(after?.Id),
            Arg.Integer(take)
        );
    }

    /// <summary>A callback with its attempts.</summary>
    public async Task<Callback> GetAsync(string id, CancellationToken ct)
    {
        access.Demand(Permissions.CallbacksRead);
        return await FindAsync(id, ct);
    }

    /// <summary>Asks for a callback; it is planned soon.</summary>
    public Task<Callback> RequestAsync(CallbackRequest request, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now).ToString("N");
        return ActAsync(
            id,
            "callback.request",
            async db =>
            {
                var wish = CallbackWishes.Read(request, id, now, options.Home);
                await RequireKnownAsync(db, wish, ct);
                await db.DoAsync(CallbackStore.Insert, ct, CallbackStore.Columns([(wish, null, now)]));
                await db.AskAsync([CallbackWork.Plan(id, now)], ct);
            },
            ct
        );
    }

    /// <summary>Slots that the customer may choose from.</summary>
    public async Task<IReadOnlyList<Span>> SlotsAsync(string id, CancellationToken ct)
    {
        access.Demand(Permissions.CallbacksRead);
        var callback = await FindAsync(id, ct);
        return (await plans.FreeAsync(callback with { Wish = null }, isWished: true, clock.GetUtcNow(), ct)).Free;
    }

    /// <summary>Slots for whoever has the link.</summary>
    /// <exception cref="DeskRefusedException">The link is none.</exception>
    public async Task<IReadOnlyList<Span>> SlotsByLinkAsync(string? token, CancellationToken ct)
    {
        var callback = await ByLinkAsync(token, ct);
        return (await plans.FreeAsync(callback with { Wish = null }, isWished: true, clock.GetUtcNow(), ct)).Free;
    }

    /// <summary>The customer chooses a slot with the link.</summary>
    /// <param name="token">The token of the link.</param>
    /// <param name="startsAt">Start of the slot, UTC.</param>
    /// <param name="number">The number to call; needed where none is known, null keeps those that are.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="DeskRefusedException">The link is none, the slot is not free, or a number is missing or none.</exception>
    public async Task<Span> BookByLinkAsync(string? token, DateTimeOffset startsAt, string? number, CancellationToken ct)
    {
        var callback = await ByLinkAsync(token, ct);
        var numbers = number is null ? [] : CallbackWishes.Numbers([number], options.Home);

        if (callback.Numbers.IsEmpty && numbers.Count == 0)
            throw DeskRefusedException.Invalid("callback.number", "number", "'number' is missing: tell us which number we may call.");

        using (access.AsSystem())
        {
            if (numbers.Count > 0 && !numbers.SequenceEqual(callback.Numbers))
                await ActAsync(
                    callback.Id,
                    "callback.number",
                    async db =>
                    {
                        await OpenAsync(db, callback.Id, ct);
                        await CallbackStore.SetNumbersAsync(db, callback.Id, numbers, ct);
                    },
                    ct
                );

            return (await MoveAsync(callback.Id, startsAt, "callback.book", "booked by the customer", ct)).Window!.Value;
        }
    }

    /// <summary>Promises another window that the customer has accepted; before the old one, so that the promise counts as kept.</summary>
    /// <exception cref="DeskRefusedException">The slot is not allowed or taken, or the callback is over.</exception>
    public Task<Callback> RescheduleAsync(string id, DateTimeOffset startsAt, string? reason, CancellationToken ct) =>
        MoveAsync(id, startsAt, "callback.reschedule", reason, ct);

    /// <summary>Somebody begins to dial. Refused outside the allowed time, whatever was planned, and before the promised window begins.</summary>
    public async Task<Callback> DialAsync(string id, CancellationToken ct)
    {
        access.Demand(Permissions.CallbacksManage);
        var seen = await FindAsync(id, ct);
        var now = clock.GetUtcNow();
        var allowed = await times.FindAsync(seen.CustomerId, seen.Numbers, new(now, now.AddMinutes(1)), IsWished(seen), ct);

        if (!allowed.Spans.Hold(now))
            throw DeskRefusedException.Conflict(
                "callback.not-now",
                $"Callback '{id}' must not be made at {now:u}: it is outside the times at which the customer may be contacted. Wait, or reschedule it."
            );

        return await ActAsync(
            id,
            "callback.dial",
            async db =>
            {
                var callback = await OpenAsync(db, id, ct);

                if (callback.State is CallbackState.Requested or CallbackState.Dialling)
                    throw DeskRefusedException.Conflict(
                        "callback.state",
                        $"Callback '{id}' is {Words.Of(callback.State)}: nothing is to be dialled."
                    );

                if (callback is { Attempts.IsEmpty: true, Window: { } promised } && now < promised.Start)
                    throw DeskRefusedException.Conflict(
                        "callback.too-early",
                        $"The customer was promised a call between {promised.Start:u} and {promised.End:u}, and it is {now:u}. "
                            + $"Wait until then, or reschedule callback '{id}' with the customer."
                    );

                await CallbackStore.SetStateAsync(db, id, CallbackState.Dialling, ct);
                await db.AskAsync([CallbackWork.Expire(id, callback.Generation, now + CallbackExpiryHandler.LongestCall)], ct);
            },
            ct
        );
    }

    /// <summary>Tells how an attempt ended; what follows is decided. The same attempt told again is answered as before.</summary>
    /// <param name="id">The callback.</param>
    /// <param name="no">Number of the attempt: one more than were made.</param>
    /// <param name="outcome">How it ended.</param>
    /// <param name="note">More about it.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Callback> ReportAttemptAsync(string id, int no, string? outcome, string? note, CancellationToken ct)
    {
        access.Demand(Permissions.CallbacksManage);
        var end = Words.Read<CallOutcome>(outcome, "outcome");
        var said = TextRules.Optional(note, "note", 2000);
        var seen = await FindAsync(id, ct);
        var now = clock.GetUtcNow();
        var allowed = await times.FindAsync(
            seen.CustomerId,
            seen.Numbers,
            new(now, now + plans.Policy.Within + TimeSpan.FromDays(1)),
            isWished: IsWished(seen) && end == CallOutcome.Dropped,
            ct
        );
        var followers = new AttemptFollowers(await plans.FixByAsync(now, ct), await plans.UnreachableAsync(seen, ct));
        return await ActAsync(
            id,
            "callback.attempt",
            async db =>
            {
                var callback = await CallbackStore.LockAsync(db, id, ct) ?? throw Unknown(id);

                if (callback.Attempts.FirstOrDefault(a => a.No == no) is { } made)
                {
                    if (made.Outcome != end)
                        throw DeskRefusedException.Conflict(
                            "callback.attempt-differs",
                            $"Attempt {no} of callback '{id}' was told before: it ended as {Words.Of(made.Outcome)}."
                        );

                    return;
                }

                RequireOpen(callback);

                if (no != callback.Attempts.Length + 1)
                    throw DeskRefusedException.Invalid(
                        "callback.attempt-number",
                        "no",
                        $"'no' is {no}, and the next attempt of callback '{id}' is {callback.Attempts.Length + 1}."
                    );

                if (callback.State == CallbackState.Requested)
                    throw DeskRefusedException.Conflict(
                        "callback.state",
                        $"Callback '{id}' is not planned yet: nothing was to be dialled."
                    );

                await new AttemptEnd(db, callback, new(no, now, end, access.Actor.Who, said), plans, allowed, followers, now).WriteAsync(
                    ct
                );
            },
            ct
        );
    }

    /// <summary>Calls a callback off.</summary>
    public Task<Callback> CancelAsync(string id, string? reason, CancellationToken ct) =>
        EndAsync(id, CallbackState.Cancelled, "Cancelled", "callback.cancel", reason, _ => { }, ct);

    /// <summary>The customer was helped by another contact since the callback was asked for.</summary>
    public Task<Callback> SupersedeAsync(string id, string? reason, CancellationToken ct) =>
        EndAsync(
            id,
            CallbackState.Superseded,
            "Superseded",
            "callback.supersede",
            reason,
            callback =>
            {
                if (callback.ContactAt is null)
                    throw DeskRefusedException.Conflict(
                        "callback.no-contact",
                        $"Callback '{id}' is still wanted: the customer was not in contact about the case since. Cancel it to call it off."
                    );
            },
            ct
        );

    /// <summary>How many callbacks may begin in a slot; what was promised stays.</summary>
    /// <returns>The room now.</returns>
    public Task<int> SetRoomAsync(DateTimeOffset startsAt, int room, CancellationToken ct) =>
        access.ActAsync(
            new Deed(Permissions.CallbacksManage, "callback.room", $"{startsAt:u}"),
            async () =>
            {
                if (room is < 0 or > 100_000)
                    throw DeskRefusedException.Invalid("callback.room", "room", $"'room' is {room}, and must be 0 to 100000.");

                if (startsAt.UtcTicks % plans.Policy.Window.Ticks != 0)
                    throw DeskRefusedException.Invalid(
                        "callback.slot",
                        "startsAt",
                        $"'startsAt' is {startsAt:u}; slots begin every {plans.Policy.Window.TotalMinutes:0} minutes."
                    );

                return (int)(await database.OnceForValueAsync(CallbackStore.SetSlot, ct, Arg.Time(startsAt), Arg.Integer(room)))!;
            },
            ct
        );

    internal async Task SupersedeOfCaseAsync(string caseId, CancellationToken ct)
    {
        foreach (var id in await database.ReadAsync(CallbackStore.OfCase, r => r.GetString(0), ct, Arg.Text(caseId)))
        {
            try
            {
                await SupersedeAsync(id, "the case was settled", ct);
            }
            catch (DeskRefusedException)
            {
                // Ended meanwhile: nothing is left to end.
            }
        }
    }

    private Task<Callback> EndAsync(
        string id,
        CallbackState state,
        string outcome,
        string action,
        string? reason,
        Action<Callback> check,
        CancellationToken ct
    ) =>
        ActAsync(
            id,
            action,
            async db =>
            {
                var why = TextRules.Required(reason, "reason", 500);
                var callback = await OpenAsync(db, id, ct);
                check(callback);
                var now = clock.GetUtcNow();
                await CallbackStore.EndAsync(db, id, state, why, now, null, null, ct);

                if (callback.Window is { } window && window.Start > now)
                    await CallbackStore.ReleaseAsync(db, window.Start, ct);

                await db.AskAsync(CallbackWork.Wake(callback, outcome, why, callback.Attempts.Length, now), ct);
            },
            ct
        );

    private async Task<Callback> MoveAsync(string id, DateTimeOffset startsAt, string action, string? reason, CancellationToken ct)
    {
        access.Demand(Permissions.CallbacksManage);
        var why = TextRules.Required(reason, "reason", 500);
        var seen = await FindAsync(id, ct);
        RequireOpen(seen);
        var now = clock.GetUtcNow();

        // Told again: it is promised already, and nobody is to be told twice.
        if (
            seen is { State: CallbackState.Scheduled or CallbackState.Reserved, Window: { } held }
            && held.Start == startsAt
            && held.End > now
        )
            return seen;

        var (free, allowed) = await plans.FreeAsync(seen with { Wish = null }, isWished: true, now, ct);
        var slot = free.FirstOrDefault(s => s.Start == startsAt);

        if (slot.Length <= TimeSpan.Zero)
            throw DeskRefusedException.Conflict(
                "callback.slot-taken",
                $"The slot at {startsAt:u} is not free: it is taken, outside the allowed time, too soon, or no slot begins then. Choose one of those listed."
            );

        return await access.ActAsync(
            new Deed(Permissions.CallbacksManage, action, id) { Wanted = Facts.Of(("startsAt", $"{slot.Start:u}"), ("reason", why)) },
            async () =>
            {
                var chosen = new ChosenSlot(slot, SlotReason.Wish, 1, 1, free.Count);

                if (
                    !await plans.PromiseAsync(id, chosen, allowed, seen.Window is not null, c => c.EndedAt is null && c.Rev == seen.Rev, ct)
                )
                    throw DeskRefusedException.Conflict(
                        "callback.slot-taken",
                        $"The slot at {startsAt:u} was taken just now. Choose another one."
                    );

                var after = await FindAsync(id, ct);
                return after.Window == slot
                    ? after
                    : throw DeskRefusedException.Conflict("callback.changed", $"Callback '{id}' was changed meanwhile. Look again.");
            },
            ct
        );
    }

    private async Task<Callback> FindAsync(string id, CancellationToken ct)
    {
        var found =
            (await database.ReadAsync(CallbackStore.Find, CallbackStore.RowOf, ct, Arg.Text(id))).SingleOrDefault() ?? throw Unknown(id);
        return found with { Attempts = [.. await database.ReadAsync(CallbackStore.Attempts, CallbackStore.AttemptOf, ct, Arg.Text(id))] };
    }

    private async Task<Callback> ByLinkAsync(string? token, CancellationToken ct)
    {
        var id =
            await tokens.ReadAsync(CallbackPlans.BookingPurpose, token, ct)
            ?? throw DeskRefusedException.Unknown("link.unknown", "This link is not known. Use it as it was sent.");
        var callback = await FindAsync(id, ct);
        RequireOpen(callback);
        return callback;
    }

    private async Task<Callback> ActAsync(string id, string action, Func<NpgsqlConnection, Task> change, CancellationToken ct)
    {
        var result = await access.ActAsync(
            new Deed(Permissions.CallbacksManage, action, id),
            async () =>
            {
                await database.TransactionAsync((db, _) => change(db), ct);
                return await FindAsync(id, ct);
            },
            c => Facts.Of(("state", Words.Of(c.State))),
            ct
        );
        signal.Ring(clock.GetUtcNow());
        return result;
    }

    private static async Task<Callback> OpenAsync(NpgsqlConnection db, string id, CancellationToken ct)
    {
        var callback = await CallbackStore.LockAsync(db, id, ct) ?? throw Unknown(id);
        RequireOpen(callback);
        return callback;
    }

    /// <summary>The customer has chosen the moment, in the wish or out of the slots: own windows do not stand against it.</summary>
    private static bool IsWished(Callback callback) => callback.Wish is not null || callback.SlotReason == SlotReason.Wish;

    private static async Task RequireKnownAsync(NpgsqlConnection db, CallbackWish wish, CancellationToken ct)
    {
        if (wish.CaseId is { } about && await CaseStore.FindAsync(db, about, ct) is null)
            throw DeskRefusedException.Invalid("case.unknown", "caseId", $"'caseId' is '{about}', and there is no such case.");

        if (wish.CustomerId is { } who && (await CustomerStore.LockAsync(db, ct, who)).Count == 0)
            throw DeskRefusedException.Invalid(
                "customer.unknown",
                "customerId",
                $"'customerId' is '{who}', and there is no such customer."
            );
    }

    private static void RequireOpen(Callback callback)
    {
        if (callback.EndedAt is not null)
            throw DeskRefusedException.Gone(
                "callback.over",
                $"Callback '{callback.Id}' is over: it ended as {Words.Of(callback.State)}, {TextRules.Quote(callback.EndReason)}."
            );
    }

    private static DeskRefusedException Unknown(string id) =>
        DeskRefusedException.Unknown("callback.unknown", $"There is no callback '{TextRules.Quote(id)}'.");
}
