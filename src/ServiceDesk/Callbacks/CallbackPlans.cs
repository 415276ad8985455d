using Npgsql;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Work;
using ServiceLoop.ServiceDesk.Messages.Letters;
using ServiceLoop.ServiceDesk.Windows;

namespace ServiceLoop.ServiceDesk.Callbacks;

/// <summary>Finds the moment for a callback, promises it, and does what its moments ask for. Behind the gate: jobs and <see cref="CallbackDesk"/> call it.</summary>
internal sealed class CallbackPlans(
    Database database,
    ContactTimes times,
    IServiceHours hours,
    LinkTokens tokens,
    CallbackLetters letters,
    TimeProvider clock,
    IWorkSignal signal,
    ContactOptions options
)
{
    /// <summary>Purpose of links with which customers choose a moment.</summary>
    public const string BookingPurpose = "callback-booking";

    private const int MostSlots = 2000;
    private const int MostTries = 20;

    public CallbackPolicy Policy { get; } = CallbackPolicy.Default;

    /// <summary>Promises a window, or asks the customer to choose one. Done once: a callback that is planned already is left alone.</summary>
    public async Task PlanAsync(string id, CancellationToken ct)
    {
        for (var attempt = 0; attempt < MostTries; attempt++)
        {
            var callback = (await database.ReadAsync(CallbackStore.Find, CallbackStore.RowOf, ct, Arg.Text(id))).SingleOrDefault();

            if (callback is not { State: CallbackState.Requested, NeedsBooking: false })
                return;

            var now = clock.GetUtcNow();

            // Nobody can be called without a number: the customer is written to, and may give one with the link.
            if (callback.Numbers.IsEmpty)
            {
                await AskForBookingAsync(callback, [], now, ct);
                return;
            }

            var (free, allowed) = await FreeAsync(callback, callback.Wish is not null, now, ct);
            var rows = await database.ReadAsync(
                CallbackStore.Rates,
                r => (r.GetString(0), (int)r.GetInt16(1), new HourRecord(r.GetInt64(2), r.GetInt64(3))),
                ct,
                Arg.Text(callback.Segment)
            );
            var chosen = SlotChoice.Choose(
                free,
                CallbackStore.RatesOf(callback.Segment, rows),
                ZoneOf(allowed),
                Policy,
                now,
                callback.Wish,
                callback.Id
            );

            if (chosen is null)
            {
                await AskForBookingAsync(callback, allowed.Zones, now, ct);
                return;
            }

            if (
                await PromiseAsync(
                    callback.Id,
                    chosen,
                    allowed,
                    isMoved: false,
                    c => c is { State: CallbackState.Requested, NeedsBooking: false },
                    ct
                )
            )
                return;
        }

        throw new InvalidOperationException($"Callback '{id}' found its slots taken {MostTries} times; it is planned again later.");
    }

    /// <summary>Slots that can be promised for a callback, within the days that are looked at.</summary>
    /// <param name="callback">The callback.</param>
    /// <param name="isWished">True: the customer chooses, so only law and service stand against a slot.</param>
    /// <param name="now">Now, UTC.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<(IReadOnlyList<Span> Free, AllowedTime Allowed)> FreeAsync(
        Callback callback,
        bool isWished,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        var furthest = new Span(now, now + BookingHorizon.Furthest);
        var open = await hours.OpenAsync(furthest, ct);
        var until = isWished ? callback.Wish?.End ?? now.AddDays(14) : BookingHorizon.EndOf(open, options.HomeZone, now);
        var range = new Span(now, until < furthest.End ? until : furthest.End);
        var allowed = await times.FindAsync(callback.CustomerId, callback.Numbers, range, isWished, ct);
        var full = (
            await database.ReadAsync(CallbackStore.FullSlots, r => r.GetTime(0), ct, Arg.Time(range.Start), Arg.Time(range.End))
        ).ToHashSet();
        var slots = SlotChoice
            .Slots(allowed.Spans, Policy.Window, now + Policy.ReserveBefore)
            .Where(s => !full.Contains(s.Start))
            .Take(MostSlots)
            .ToList();
        return (slots, allowed);
    }

    /// <summary>Takes room in the slot and promises it, in one transaction.</summary>
    /// <returns>False when the slot was taken meanwhile: another one may be tried. True also when the callback is not as it was, and nothing is left to do.</returns>
    public async Task<bool> PromiseAsync(
        string id,
        ChosenSlot chosen,
        AllowedTime allowed,
        bool isMoved,
        Func<Callback, bool> mayStill,
        CancellationToken ct
    )
    {
        var isPromised = false;
        var now = clock.GetUtcNow();
        await database.TransactionAsync(
            async (db, transaction) =>
            {
                if (await CallbackStore.LockAsync(db, id, ct) is not { } callback)
                    return;

                isPromised = !mayStill(callback);

                if (isPromised || !await CallbackStore.ReserveAsync(db, chosen.Slot.Start, options.CallbacksPerSlot, ct))
                    return;

                if (callback.Window is { } before)
                    await CallbackStore.ReleaseAsync(db, before.Start, ct);

                var generation = await CallbackStore.ScheduleAsync(db, id, chosen, allowed.Zones, isMoved, ct);
                var promised = callback with { Window = chosen.Slot, NextAt = chosen.Slot.Start };
                await db.AskAsync(
                    [
                        CallbackWork.Due(id, generation, chosen.Slot.Start - Policy.ReserveBefore),
                        CallbackWork.Late(id, generation, chosen.Slot.End + Policy.Grace),
                        CallbackWork.Event(CallbackWork.PromisedEvent, promised, $"{generation}", now),
                    ],
                    ct
                );
                isPromised = true;
            },
            ct
        );
        signal.Ring(now);
        return isPromised;
    }

    /// <summary>The window is near: who is to call is told. An old plan does nothing.</summary>
    public Task DueAsync(string id, int generation, CancellationToken ct) =>
        WithAsync(
            id,
            generation,
            async (db, callback, now) =>
            {
                if (callback.State is not (CallbackState.Scheduled or CallbackState.RetryScheduled))
                    return;

                await CallbackStore.SetStateAsync(db, id, CallbackState.Reserved, ct);
                var name = callback.Attempts is [.., { Outcome: CallOutcome.Dropped }] ? CallbackWork.CallNowEvent : CallbackWork.DueEvent;
                await db.AskAsync([CallbackWork.Event(name, callback, $"{generation}", now)], ct);
            },
            ct
        );

    /// <summary>The window has passed without an attempt: the promise is broken, and that is told.</summary>
    public Task LateAsync(string id, int generation, CancellationToken ct) =>
        WithAsync(
            id,
            generation,
            async (db, callback, now) =>
            {
                if (callback.Attempts.IsEmpty && await CallbackStore.MarkLateAsync(db, id, ct))
                    await db.AskAsync([CallbackWork.Event(CallbackWork.LateEvent, callback, $"{generation}", now)], ct);
            },
            ct
        );

    /// <summary>Zone by whose clock hours are told.</summary>
    public TimeZoneInfo ZoneOf(AllowedTime allowed) =>
        (allowed.Zones.Length > 0 ? LocalTimes.Find(allowed.Zones[0].Zone) : null) ?? options.HomeZone;

    private async Task WithAsync(
        string id,
        int generation,
        Func<NpgsqlConnection, Callback, DateTimeOffset, Task> act,
        CancellationToken ct
    )
    {
        var now = clock.GetUtcNow();
        await database.TransactionAsync(
            async (db, _) =>
            {
                if (await CallbackStore.LockAsync(db, id, ct) is { EndedAt: null } callback && callback.Generation == generation)
                    await act(db, callback, now);
            },
            ct
        );
        signal.Ring(now);
    }

    /// <summary>When work that follows from a call is due: some open hours from now.</summary>
    public Task<DateTimeOffset> FixByAsync(DateTimeOffset now, CancellationToken ct) => hours.AfterAsync(now, Policy.FixWithin, ct);

    /// <summary>A message that nobody was reached; null where nobody is known who could be written to.</summary>
    public Task<Messages.Message?> UnreachableAsync(Callback callback, CancellationToken ct) =>
        letters.WriteAsync(CallbackLetters.Unreachable, callback, ct);

    private async Task AskForBookingAsync(Callback callback, IReadOnlyCollection<UsedZone> zones, DateTimeOffset now, CancellationToken ct)
    {
        var letter = await letters.WriteAsync(CallbackLetters.Booking, callback, ct);
        var token = await tokens.IssueAsync(BookingPurpose, callback.Id, ct);
        await database.TransactionAsync(
            async (db, _) =>
            {
                if (await CallbackStore.LockAsync(db, callback.Id, ct) is not { State: CallbackState.Requested, NeedsBooking: false })
                    return;

                await CallbackStore.AskAsync(db, callback.Id, zones, ct);
                await db.AskAsync(
                    [
                        CallbackWork.Event(CallbackWork.BookingEvent, callback, "1", now, token),
                        CallbackWork.Expire(callback.Id, callback.Generation + 1, now + CallbackLetters.LinkLife),
                    ],
                    ct
                );

                if (letter is not null)
                    await LetterDesk.SendAsync(db, letter, ct);
            },
            ct
        );
        signal.Ring(now);
    }
}

/// <summary>Plans callbacks that were asked for.</summary>
internal sealed class CallbackPlanHandler(CallbackPlans plans) : IMessageHandler
{
    public string Topic => CallbackWork.PlanTopic;

    public Task HandleAsync(Message message, CancellationToken ct) => plans.PlanAsync((string)message.Body!, ct);
}

/// <summary>Tells that somebody is to call.</summary>
internal sealed class CallbackDueHandler(CallbackPlans plans) : IMessageHandler
{
    public string Topic => CallbackWork.DueTopic;

    public Task HandleAsync(Message message, CancellationToken ct)
    {
        var (id, generation) = CallbackWork.Read(message.Body);
        return plans.DueAsync(id, generation, ct);
    }
}

/// <summary>Tells that nobody called.</summary>
internal sealed class CallbackLateHandler(CallbackPlans plans) : IMessageHandler
{
    public string Topic => CallbackWork.LateTopic;

    public Task HandleAsync(Message message, CancellationToken ct)
    {
        var (id, generation) = CallbackWork.Read(message.Body);
        return plans.LateAsync(id, generation, ct);
    }
}

/// <summary>Ends callbacks that are needed no more: the customer was in contact since, and the case is settled.</summary>
internal sealed class CallbackSolvedHandler(CallbackDesk desk) : IMessageHandler
{
    public string Topic => CallbackWork.SolvedTopic;

    public Task HandleAsync(Message message, CancellationToken ct) => desk.SupersedeOfCaseAsync((string)message.Body!, ct);
}
