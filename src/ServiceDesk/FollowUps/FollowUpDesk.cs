using System.Collections.Immutable;
using Npgsql;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Work;
using ServiceLoop.ServiceDesk.Customers;
using ServiceLoop.ServiceDesk.Messages.Letters;
using ServiceLoop.ServiceDesk.Surveys;
using ServiceLoop.ServiceDesk.Windows;

namespace ServiceLoop.ServiceDesk.FollowUps;

/// <summary>Follow-ups: planned into the allowed time, left out for a reason, sent, ended.</summary>
public sealed class FollowUpDesk
{
    private readonly Database database;
    private readonly IAccess access;
    private readonly TimeProvider clock;
    private readonly IWorkSignal signal;
    private readonly ContactTimes times;
    private readonly LinkTokens tokens;
    private readonly SurveyLetters letters;

    internal FollowUpDesk(
        Database database,
        IAccess access,
        TimeProvider clock,
        IWorkSignal signal,
        ContactTimes times,
        LinkTokens tokens,
        SurveyLetters letters
    ) =>
        (this.database, this.access, this.clock, this.signal, this.times, this.tokens, this.letters) = (
            database,
            access,
            clock,
            signal,
            times,
            tokens,
            letters
        );

    /// <summary>A page of follow-ups, the newest first.</summary>
    public async Task<IReadOnlyList<FollowUp>> ListAsync(
        string? state,
        string? caseId,
        string? customerId,
        (DateTimeOffset At, string Id)? after,
        int take,
        CancellationToken ct
    )
    {
        access.Demand(Permissions.CallbacksRead);
        return await database.ReadFittedAsync(
            FollowUpStore.List,
            FollowUpStore.RowOf,
            ct,
            Arg.Text(state is null ? null : Words.Of(Words.Read<FollowUpState>(state, "state"))),
            Arg.Text(caseId),
            Arg.Text(customerId),
            Arg.Time(after?.At),
            Arg.Text(after?.Id),
            Arg.Integer(take)
        );
    }

    /// <summary>A follow-up; a suppressed one tells why.</summary>
    public async Task<FollowUp> GetAsync(string id, CancellationToken ct)
    {
        access.Demand(Permissions.CallbacksRead);
        return await FindAsync(id, ct)
            ?? throw DeskRefusedException.Unknown("follow-up.unknown", $"There is no follow-up '{TextRules.Quote(id)}'.");
    }

    /// <summary>The link token of a survey that was sent, for whoever sends it once more.</summary>
    public async Task<string> TokenAsync(string id, CancellationToken ct)
    {
        access.Demand(Permissions.CallbacksManage);
        var followUp = await GetAsync(id, ct);
        return followUp.State == FollowUpState.Sent
            ? await tokens.IssueAsync(SurveyDesk.Purpose, id, ct)
            : throw DeskRefusedException.Conflict(
                "follow-up.state",
                $"Follow-up '{id}' is {Words.Of(followUp.State)}; only one that was sent has a link."
            );
    }

    /// <summary>Plans a follow-up, or writes down why the customer is spared. A planned one is left alone.</summary>
    internal async Task PlanAsync(string id, CancellationToken ct)
    {
        if (await FindAsync(id, ct) is not { State: FollowUpState.Planned, PlannedAt: null } followUp)
            return;

        var now = clock.GetUtcNow();
        var plannedAt = FollowUpTiming.PlannedAt(followUp.Cause, followUp.SettledAt, await AllowedAsync(followUp, now, ct));
        var reason = await ReasonAsync(followUp, plannedAt, now, ct);
        await ChangeAsync(
            id,
            f => f is { State: FollowUpState.Planned, PlannedAt: null },
            async (db, locked) =>
            {
                if (reason is { } why)
                {
                    await SuppressAsync(db, locked, why, now, ct);
                    return;
                }

                var generation = await FollowUpStore.PlanAsync(db, id, plannedAt!.Value, ct);
                await db.AskAsync([FollowUpWork.Send(id, generation, plannedAt.Value), FollowUpWork.Expire(id, locked.ExpiresAt)], ct);
            },
            ct
        );
    }

    /// <summary>Asks the customer, unless something has happened since. An old plan does nothing.</summary>
    internal async Task SendAsync(string id, int generation, CancellationToken ct)
    {
        if (await FindAsync(id, ct) is not { State: FollowUpState.Planned } followUp || followUp.Generation != generation)
            return;

        var now = clock.GetUtcNow();

        // Work may come late, after a standstill: what was allowed then need not be now.
        var at = (await AllowedAsync(followUp, now, ct)).FirstFrom(now);
        var reason = await ReasonAsync(followUp, at, now, ct);
        var token = await tokens.IssueAsync(SurveyDesk.Purpose, id, ct);
        var letter = await letters.WriteAsync(followUp, token, ct);
        await ChangeAsync(
            id,
            f => f.State == FollowUpState.Planned && f.Generation == generation,
            async (db, locked) =>
            {
                // Two that are due at once for one customer are decided one after the other: the second finds that the first was sent.
                if (reason is null && locked.CustomerId is { } customer)
                    reason = await ReasonBesideOthersAsync(db, locked, customer, at, ct);

                if (reason is { } why)
                {
                    await SuppressAsync(db, locked, why, now, ct);
                    return;
                }

                if (at > now)
                {
                    var next = await FollowUpStore.PlanAsync(db, id, at.Value, ct);
                    await db.AskAsync([FollowUpWork.Send(id, next, at.Value)], ct);
                    return;
                }

                await FollowUpStore.SentAsync(db, id, now, ct);

                if (letter is not null)
                    await LetterDesk.SendAsync(db, letter, ct);

                await db.AskAsync(
                    [AskedWork.Publish(FollowUpWork.DueEvent, ValueOf(locked, token), locked.CaseId, null, $"follow-up:{id}:sent", now)],
                    ct
                );
            },
            ct
        );
    }

    /// <summary>No answer counts any more.</summary>
    internal Task ExpireAsync(string id, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return ChangeAsync(
            id,
            f => f.EndedAt is null && f.ExpiresAt <= now,
            async (db, locked) =>
            {
                await FollowUpStore.EndAsync(db, id, FollowUpState.Expired, null, now, ct);
                await db.AskAsync(FollowUpWork.Wake(locked, "Expired", "expired", null, null, now), ct);
            },
            ct
        );
    }

    private async Task<ImmutableArray<Span>> AllowedAsync(FollowUp followUp, DateTimeOffset now, CancellationToken ct)
    {
        var from = followUp.SettledAt > now ? followUp.SettledAt : now;
        return from < followUp.ExpiresAt
            ? (await times.FindAsync(followUp.CustomerId, [], new(from, followUp.ExpiresAt), isWished: false, ct)).Spans
            : [];
    }

    private async Task<SuppressionReason?> ReasonAsync(
        FollowUp followUp,
        DateTimeOffset? plannedAt,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        var facts = (await database.ReadAsync(FollowUpStore.Facts, FollowUpStore.FactsOf, ct, Arg.Text(followUp.Id))).Single();
        var never = await times.MustNotAsync(followUp.CustomerId, plannedAt ?? now, ct);
        return Suppression.Of(facts with { HasNoConsent = facts.HasNoConsent || never, HasTemplate = followUp.HasTemplate }, plannedAt);
    }

    private static async Task<SuppressionReason?> ReasonBesideOthersAsync(
        NpgsqlConnection db,
        FollowUp followUp,
        string customer,
        DateTimeOffset? at,
        CancellationToken ct
    )
    {
        await CustomerStore.LockRootAsync(db, customer, ct);
        var facts = (await db.ReadAsync(FollowUpStore.Facts, FollowUpStore.FactsOf, ct, Arg.Text(followUp.Id))).Single();
        return Suppression.Of(facts with { HasTemplate = followUp.HasTemplate }, at);
    }

    private static async Task SuppressAsync(
        NpgsqlConnection db,
        FollowUp followUp,
        SuppressionReason why,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        await FollowUpStore.EndAsync(db, followUp.Id, FollowUpState.Suppressed, Words.Of(why), now, ct);
        await db.AskAsync(FollowUpWork.Wake(followUp, "Suppressed", Words.Of(why), null, null, now), ct);
    }

    private async Task ChangeAsync(
        string id,
        Func<FollowUp, bool> mayStill,
        Func<NpgsqlConnection, FollowUp, Task> change,
        CancellationToken ct
    )
    {
        await database.TransactionAsync(
            async (db, _) =>
            {
                if (await FollowUpStore.LockAsync(db, id, ct) is { } locked && mayStill(locked))
                    await change(db, locked);
            },
            ct
        );
        signal.Ring(clock.GetUtcNow());
    }

    private async Task<FollowUp?> FindAsync(string id, CancellationToken ct) =>
        (await database.ReadAsync(FollowUpStore.Find, FollowUpStore.RowOf, ct, Arg.Text(id))).SingleOrDefault();

    private static Dictionary<string, object?> ValueOf(FollowUp followUp, string token) =>
        new(StringComparer.Ordinal)
        {
            ["FollowUpId"] = followUp.Id,
            ["SurveyId"] = followUp.Id,
            ["CaseId"] = followUp.CaseId,
            ["CustomerId"] = followUp.CustomerId,
            ["Kind"] = Words.Of(followUp.Kind),
            ["Metric"] = Words.Of(followUp.Metric),
            ["Channel"] = followUp.Channel,
            ["Token"] = token,
        };
}

/// <summary>Plans follow-ups that were asked for.</summary>
internal sealed class FollowUpPlanHandler(FollowUpDesk desk) : IMessageHandler
{
    public string Topic => FollowUpWork.PlanTopic;

    public Task HandleAsync(Message message, CancellationToken ct) => desk.PlanAsync((string)message.Body!, ct);
}

/// <summary>Asks customers whose moment has come.</summary>
internal sealed class FollowUpSendHandler(FollowUpDesk desk) : IMessageHandler
{
    public string Topic => FollowUpWork.SendTopic;

    public Task HandleAsync(Message message, CancellationToken ct)
    {
        var (id, generation) = Callbacks.CallbackWork.Read(message.Body);
        return desk.SendAsync(id, generation, ct);
    }
}

/// <summary>Ends follow-ups without an answer.</summary>
internal sealed class FollowUpExpireHandler(FollowUpDesk desk) : IMessageHandler
{
    public string Topic => FollowUpWork.ExpireTopic;

    public Task HandleAsync(Message message, CancellationToken ct) => desk.ExpireAsync((string)message.Body!, ct);
}
