using Npgsql;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Work;
using ServiceLoop.ServiceDesk.Agents;
using ServiceLoop.ServiceDesk.Cases;
using ServiceLoop.ServiceDesk.Customers;

namespace ServiceLoop.ServiceDesk.Interactions;

/// <summary>Contacts from every channel: kept once, given to the customer and the case that they are about, or to a workflow that opens one.</summary>
/// <param name="database">Where they are.</param>
/// <param name="access">The gate.</param>
/// <param name="clock">Tells the time.</param>
/// <param name="signal">Hears of work that is due.</param>
/// <param name="options">Settings.</param>
public sealed class InteractionDesk(Database database, IAccess access, TimeProvider clock, IWorkSignal signal, ContactOptions options)
{
    /// <summary>Event with which workflows start for a contact without a case; with a colon and a channel for those of one channel only.</summary>
    public const string ReceivedEvent = "contact-received";

    /// <summary>Event for the workflow of the case that a contact belongs to; correlated by the id of the case.</summary>
    public const string OnCaseEvent = "contact-on-case";

    private string Who => access.Actor.Who ?? "system";

    /// <summary>Takes in a contact. Sent again with the same id on its channel, it is answered as before and nothing happens.</summary>
    /// <exception cref="DeskRefusedException">A field is wrong, or another contact was sent with the same id.</exception>
    public async Task<ReceivedInteraction> ReceiveAsync(InteractionRequest request, CancellationToken ct)
    {
        var received = await access.ActAsync(
            new Deed(Permissions.CasesWrite, "interaction.receive", TextRules.Quote(request.ExternalId))
            {
                Wanted = Facts.Of(("channel", TextRules.Quote(request.Channel))),
            },
            () => KeepAsync(request, null, ct),
            r => Facts.Of(("interaction", r.Interaction.Id), ("correlation", Words.Of(r.Correlation))),
            ct
        );
        return received;
    }

    /// <summary>Takes in a contact for a service that has asked the gate.</summary>
    /// <param name="request">The contact.</param>
    /// <param name="also">What is to be done in the same transaction, also for a contact that was here already.</param>
    /// <param name="ct">Cancels.</param>
    internal async Task<ReceivedInteraction> KeepAsync(
        InteractionRequest request,
        Func<NpgsqlConnection, ReceivedInteraction, Task>? also,
        CancellationToken ct
    )
    {
        var now = clock.GetUtcNow();
        var (contact, interaction) = ReadContact.Of(request, Guid.CreateVersion7(now).ToString("N"), options.Home, now);
        ReceivedInteraction? received = null;
        await database.TransactionAsync(
            async (db, _) =>
            {
                received = await ReceiveAsync(db, request, contact, interaction, ct);

                if (also is not null)
                    await also(db, received);
            },
            ct
        );

        if (received!.IsNew)
            signal.Ring(now);

        return received;
    }

    /// <summary>A contact.</summary>
    public async Task<Interaction> GetAsync(string id, CancellationToken ct)
    {
        access.Demand(Permissions.CasesRead);
        return (await database.ReadAsync(InteractionStore.Find, InteractionStore.RowOf, ct, Arg.Text(id))).SingleOrDefault()
            ?? throw Unknown(id);
    }

    /// <summary>By what the sender of a contact is known; null when the channel did not tell.</summary>
    public async Task<IdentityRequest?> SenderAsync(string id, CancellationToken ct)
    {
        access.Demand(Permissions.CasesRead);
        return (
            await database.ReadAsync(InteractionStore.Sender, r => new IdentityRequest(r.GetString(0), r.GetString(1)), ct, Arg.Text(id))
        ).SingleOrDefault();
    }

    /// <summary>A page of contacts, the newest first.</summary>
    public async Task<IReadOnlyList<Interaction>> ListAsync(
        string? caseId,
        string? customerId,
        string? channel,
        (DateTimeOffset At, string Id)? after,
        int take,
        CancellationToken ct
    )
    {
        access.Demand(Permissions.CasesRead);
        return await database.ReadFittedAsync(
            InteractionStore.List,
            InteractionStore.RowOf,
            ct,
            Arg.Text(caseId),
            Arg.Text(customerId),
            Arg.Text(channel),
            Arg.Time(after?.At),
            Arg.Text(after?.Id),
            Arg.Integer(take)
        );
    }

    /// <summary>Says that nobody is to act on a contact.</summary>
    public Task<Interaction> MarkSpamAsync(string id, CancellationToken ct) =>
        access.ActAsync(
            new Deed(Permissions.CasesWrite, "interaction.spam", id),
            async () =>
            {
                await database.RepeatableAsync(InteractionStore.Spam, ct, Arg.Text(id));
                return await GetAsync(id, ct);
            },
            ct
        );

    private async Task<ReceivedInteraction> ReceiveAsync(
        NpgsqlConnection db,
        InteractionRequest request,
        ReadContact contact,
        Interaction interaction,
        CancellationToken ct
    )
    {
        if (!await InteractionStore.InsertAsync(db, interaction, contact, ct))
        {
            var known = await InteractionStore.GetExternalAsync(db, contact.Channel, contact.ExternalId, ct);

            // What was erased cannot be compared; it is the same by its id.
            if (known.Digest.Length > 0 && known.Digest != contact.Digest)
                throw DeskRefusedException.Conflict(
                    "interaction.differs",
                    $"Contact '{TextRules.Quote(contact.ExternalId)}' of channel '{contact.Channel}' was sent before with other content. Send another contact with another id."
                );

            return new(known, false, known.CaseId is null ? Correlation.None : Correlation.OpenCase, []);
        }

        var thread = await InteractionStore.TouchAsync(
            db,
            interaction.Id,
            contact.Channel,
            contact.ThreadKey,
            interaction.StartedAt,
            request.MessageWindowUntil?.ToUniversalTime(),
            ct
        );
        var customerId = await CustomerOfAsync(db, request, contact, thread, ct);
        var target = await CaseOfAsync(db, request, interaction, thread, customerId, ct);
        var isInbound = contact.Direction == InteractionDirection.Inbound;
        var correlation =
            target is null ? Correlation.None
            : !isInbound ? Correlation.OpenCase
            : Reopening.Of(target.Status, target.ResolvedAt, interaction.ReceivedAt) switch
            {
                ReopenAnswer.Correlate => Correlation.OpenCase,
                ReopenAnswer.Reopen => Correlation.Reopened,
                _ => Correlation.Follows,
            };
        var caseId = correlation is Correlation.OpenCase or Correlation.Reopened ? target!.Id : null;
        var placed = interaction with
        {
            CustomerId = customerId ?? target?.CustomerId,
            CaseId = caseId,
            ConversationId = thread.Id,
            State = caseId is null ? InteractionState.Received : InteractionState.Correlated,
        };
        await InteractionStore.AssignAsync(db, placed, ct);
        await InteractionStore.AssignThreadAsync(db, thread.Id, placed.CustomerId, caseId, ct);

        if (!isInbound)
        {
            if (caseId is not null)
            {
                await CaseStore.RespondAsync(db, caseId, placed.StartedAt, ct);
                await CaseTelling.TellAsync(db, LineOf(placed, caseId), ct);
            }

            return new(placed, true, correlation, []);
        }

        if (correlation == Correlation.Reopened)
            await CaseDesk.ReopenAsync(db, target!, $"{placed.Channel}: {TextRules.Quote(placed.Subject)}", placed.ReceivedAt, Who, ct);

        if (caseId is not null)
            await CaseTelling.TellAsync(db, LineOf(placed, caseId), ct);

        var pending = caseId is null ? [] : await InteractionStore.PendingAsync(db, caseId, placed.ReceivedAt, ct);
        await db.AskAsync(Events(placed, correlation, target, pending, request), ct);
        return new(placed, true, correlation, pending);
    }

    /// <summary>Whose it is: as it was told, as the sender's identity tells, or as the thread was before.</summary>
    private static async Task<string?> CustomerOfAsync(
        NpgsqlConnection db,
        InteractionRequest request,
        ReadContact contact,
        Conversation thread,
        CancellationToken ct
    )
    {
        if (TextRules.Optional(request.CustomerId, "customerId", 64) is { } told)
            return (await CustomerStore.LockAsync(db, ct, told)).SingleOrDefault()?.RootId
                ?? throw DeskRefusedException.Invalid(
                    "customer.unknown",
                    "customerId",
                    $"'customerId' is '{told}', and there is no such customer."
                );

        if (contact.Sender is not { } sender)
            return thread.CustomerId;

        var found = Resolution.Of(await CustomerStore.MatchAsync(db, [sender], isLocked: false, ct));
        return found.Kind == ResolutionKind.Known ? found.CustomerId : thread.CustomerId;
    }

    /// <summary>The case that it is about: as it was told, as the thread was before, as the number in its subject tells, or the only open one of the customer.</summary>
    private static async Task<ServiceCase?> CaseOfAsync(
        NpgsqlConnection db,
        InteractionRequest request,
        Interaction interaction,
        Conversation thread,
        string? customerId,
        CancellationToken ct
    )
    {
        if (TextRules.Optional(request.CaseId, "caseId", 64) is { } told)
            return await GoingOnAsync(db, told, ct)
                ?? throw DeskRefusedException.Invalid("case.unknown", "caseId", $"'caseId' is '{told}', and there is no such case.");

        if (thread.CaseId is { } before)
            return await GoingOnAsync(db, before, ct);

        // A number can be guessed: it counts only for the customer whose case it is.
        if (
            customerId is not null
            && CaseNumber.FindIn(interaction.Subject) is { } number
            && await CaseStore.ByNumberAsync(db, number, ct) is { CustomerId: { } owner } numbered
            && (await CustomerStore.LockAsync(db, ct, owner)).SingleOrDefault()?.RootId == customerId
        )
            return await GoingOnAsync(db, numbered.Id, ct);

        return customerId is not null && await CaseStore.OpenOfAsync(db, customerId, ct) is [var only]
            ? await GoingOnAsync(db, only.Id, ct)
            : null;
    }

    /// <summary>A case, locked; for a merged one that which goes on.</summary>
    private static async Task<ServiceCase?> GoingOnAsync(NpgsqlConnection db, string id, CancellationToken ct)
    {
        for (var next = id; ; )
        {
            if ((await CaseStore.LockAsync(db, ct, next)).SingleOrDefault() is not { } found)
                return null;

            if (found is not { Status: CaseStatus.Merged, MergedInto: { } winner })
                return found;

            next = winner;
        }
    }

    private static IReadOnlyList<NewWork> Events(
        Interaction placed,
        Correlation correlation,
        ServiceCase? target,
        IReadOnlyList<string> pending,
        InteractionRequest request
    )
    {
        var value = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["InteractionId"] = placed.Id,
            ["Channel"] = placed.Channel,
            ["CustomerId"] = placed.CustomerId,
            ["CaseId"] = placed.CaseId,
            ["PreviousCaseId"] = correlation == Correlation.Follows ? target!.Id : null,
            ["Sentiment"] = placed.Sentiment,
            ["Language"] = placed.Language,
            ["Category"] = TextRules.Optional(request.Category, "category", 200),
            ["QueueId"] = TextRules.Optional(request.QueueId, "queueId", 200),
            ["PendingCallbacks"] = pending.Cast<object?>().ToList(),
        };
        var at = placed.ReceivedAt;
        return placed.CaseId is { } caseId
            ? [AskedWork.Publish(OnCaseEvent, value, caseId, null, $"{placed.Id}:case", at), CustomerReplies.Of(caseId, placed.Id, at)]
            :
            [
                AskedWork.Publish(ReceivedEvent, value, null, null, placed.Id, at),
                AskedWork.Publish($"{ReceivedEvent}:{placed.Channel}", value, null, null, $"{placed.Id}:channel", at),
            ];
    }

    /// <summary>The line of a contact in the history of its case. An answer counts from when it was given, a contact of the customer from when it was received.</summary>
    private CaseLine LineOf(Interaction placed, string caseId) =>
        new(
            $"interaction:{placed.Id}",
            caseId,
            placed.Direction == InteractionDirection.Outbound && placed.StartedAt < placed.ReceivedAt
                ? placed.StartedAt
                : placed.ReceivedAt,
            Who,
            Words.Of(placed.Direction),
            null,
            ("by", placed.BotHandled ? "bot" : "human"),
            ("on", placed.Channel),
            ("interaction", placed.Id)
        );

    private static DeskRefusedException Unknown(string id) =>
        DeskRefusedException.Unknown("interaction.unknown", $"There is no contact '{TextRules.Quote(id)}'.");
}
