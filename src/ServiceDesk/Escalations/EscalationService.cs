using System.Collections.Immutable;
using System.Globalization;
using ServiceLoop.Runtime.Access;
using ServiceLoop.ServiceDesk.Calendars;
using ServiceLoop.ServiceDesk.Escalations.Degraded;
using ServiceLoop.ServiceDesk.Messages;
using ServiceLoop.ServiceDesk.Messages.Email;
using ServiceLoop.ServiceDesk.Messages.Templates;

namespace ServiceLoop.ServiceDesk.Escalations;

/// <summary>An escalation with its history and all who were told.</summary>
/// <param name="Escalation">The escalation.</param>
/// <param name="Level">Its level as the ladder describes it.</param>
/// <param name="History">What happened.</param>
/// <param name="Notices">Who was told.</param>
public sealed record EscalationView(
    Escalation Escalation,
    LadderLevel Level,
    IReadOnlyList<EscalationEvent> History,
    IReadOnlyList<EscalationNotice> Notices
);

/// <summary>Escalations: raise, acknowledge, waive, extend, resolve; the ladder and who stands on it.</summary>
public sealed class EscalationService
{
    private const int MaxReason = 500;
    private const int MaxWord = 200;
    private const int MaxContacts = 100;

    private readonly EscalationDesk desk;
    private readonly DegradedStore degraded;
    private readonly WorkingTimes times;
    private readonly IAccess access;
    private readonly TimeProvider wall;

    internal EscalationService(EscalationDesk desk, DegradedStore degraded, WorkingTimes times, IAccess access, TimeProvider wall) =>
        (this.desk, this.degraded, this.times, this.access, this.wall) = (desk, degraded, times, access, wall);

    /// <summary>How the desk stands: open escalations by level, and starts that go to a degraded definition.</summary>
    public Task<EscalationStatus> StatusAsync(CancellationToken ct)
    {
        access.Demand(Permissions.EscalationsRead);
        return degraded.StatusAsync(ct);
    }

    /// <summary>A page of escalations, newest first.</summary>
    public async Task<IReadOnlyList<Escalation>> ListAsync(EscalationFilter filter, CancellationToken ct)
    {
        access.Demand(Permissions.EscalationsRead);
        TextRules.Optional(filter.CaseId, "caseId", MaxWord);
        TextRules.Optional(filter.ParentId, "parentId", MaxWord);
        TextRules.Optional(filter.Before, "before", MaxWord);
        return await desk.Store.PageAsync(filter, ct);
    }

    /// <summary>An escalation with its history.</summary>
    /// <exception cref="DeskRefusedException">There is none of that id.</exception>
    public async Task<EscalationView> GetAsync(string id, CancellationToken ct)
    {
        access.Demand(Permissions.EscalationsRead);
        var escalation = await OneAsync(id, ct);
        return new(
            escalation,
            (await desk.Store.LadderAsync(ct)).Level(escalation.Level),
            await desk.Store.HistoryAsync(id, ct),
            await desk.Store.NoticesAsync(id, ct)
        );
    }

    /// <summary>Raises a subject, or says that all is well with it.</summary>
    /// <exception cref="DeskRefusedException">A value is wrong.</exception>
    public async Task SignalAsync(EscalationSignal signal, CancellationToken ct)
    {
        access.Demand(Permissions.EscalationsManage);
        signal.Validated();
        await access.ActAsync(
            new Deed(Permissions.EscalationsManage, "escalation.signal", $"{signal.SubjectKind}:{signal.SubjectId}")
            {
                Wanted = Facts.Of(
                    ("kind", signal.IsClear ? "clear" : signal.Kind),
                    ("value", signal.Value.ToString(CultureInfo.InvariantCulture)),
                    ("reason", signal.Reason)
                ),
            },
            () => desk.HeedAsync(signal with { At = wall.GetUtcNow() }, ct),
            ct
        );
    }

    /// <summary>Says that the actor cares for it; the workflows that wait for that go on.</summary>
    /// <exception cref="DeskRefusedException">It is unknown or over.</exception>
    public Task<Escalation> AcknowledgeAsync(string id, CancellationToken ct) =>
        ActAsync(
            Permissions.EscalationsAcknowledge,
            "escalation.acknowledge",
            id,
            Facts.None,
            (e, ladder, _, now) => EscalationRules.Acknowledge(e, ladder, access.Actor.Name, now),
            ct
        );

    /// <summary>Takes it back. The level says who may.</summary>
    /// <exception cref="DeskRefusedException">It is unknown or over, or there is no reason.</exception>
    public async Task<Escalation> WaiveAsync(string id, string? reason, CancellationToken ct)
    {
        access.Demand(Permissions.EscalationsRead);
        var said = TextRules.Required(reason, "reason", MaxReason);
        var level = (await desk.Store.LadderAsync(ct)).Level((await OneAsync(id, ct)).Level);

        return await ActAsync(
            level.Authority.Waive,
            "escalation.waive",
            id,
            Facts.Of(("reason", said)),
            (e, ladder, _, now) =>
            {
                // It may have climbed meanwhile to where others decide.
                access.Demand(ladder.Level(e.Level).Authority.Waive);
                return EscalationRules.Waive(e, ladder, access.Actor.Name, said, now);
            },
            ct
        );
    }

    /// <summary>Grants more time to acknowledge. The level says who may, and how much.</summary>
    /// <exception cref="DeskRefusedException">It is unknown, waits for nobody, or that is too much.</exception>
    public async Task<Escalation> ExtendAsync(string id, int minutes, string? reason, CancellationToken ct)
    {
        access.Demand(Permissions.EscalationsRead);
        var said = TextRules.Required(reason, "reason", MaxReason);
        var level = (await desk.Store.LadderAsync(ct)).Level((await OneAsync(id, ct)).Level);

        if (minutes < 1 || minutes > level.Authority.MaxExtendMinutes)
            throw DeskRefusedException.Invalid(
                "escalation.minutes",
                "minutes",
                $"{minutes} minutes cannot be granted on level {level.Number}. Give 1 to {level.Authority.MaxExtendMinutes}."
            );

        return await ActAsync(
            level.Authority.Extend,
            "escalation.extend",
            id,
            Facts.Of(("minutes", minutes.ToString(CultureInfo.InvariantCulture)), ("reason", said)),
            (e, ladder, _, now) =>
            {
                access.Demand(ladder.Level(e.Level).Authority.Extend);
                return EscalationRules.Extend(e, ladder, access.Actor.Name, minutes, said, now);
            },
            ct
        );
    }

    /// <summary>Says that what raised it is over; it ends when that lasts.</summary>
    /// <exception cref="DeskRefusedException">It is unknown.</exception>
    public Task<Escalation> ClearAsync(string id, CancellationToken ct) =>
        ActAsync(
            Permissions.EscalationsManage,
            "escalation.clear",
            id,
            Facts.None,
            (e, ladder, _, now) => EscalationRules.Clear(e, ladder, now),
            ct
        );

    /// <summary>What the actor was told, the latest first.</summary>
    public async Task<IReadOnlyList<EscalationNotice>> NoticesAsync(int take, CancellationToken ct)
    {
        access.Demand(Permissions.EscalationsRead);
        return await desk.Store.NoticesOfAsync(access.Actor.Name, Math.Clamp(take, 1, 200), ct);
    }

    /// <summary>The ladder.</summary>
    public async Task<Ladder> LadderAsync(CancellationToken ct)
    {
        access.Demand(Permissions.EscalationsRead);
        return await desk.Store.LadderAsync(ct);
    }

    /// <summary>Changes the ladder; open escalations climb by the new one from now on.</summary>
    /// <exception cref="DeskRefusedException">Something is wrong with it, or it was changed meanwhile.</exception>
    public async Task<Ladder> SaveLadderAsync(Ladder ladder, int seen, CancellationToken ct)
    {
        access.Demand(Permissions.EscalationsManage);

        if (LadderRules.Check(ladder) is { IsEmpty: false } problems)
            throw CalendarProblem.Refusal("ladder.invalid", problems);

        return await access.ActAsync(
            new Deed(Permissions.EscalationsManage, "escalation.ladder", "company")
            {
                Wanted = Facts.Of(("name", ladder.Name), ("levels", ladder.Levels.Length.ToString(CultureInfo.InvariantCulture))),
            },
            async () =>
            {
                if (!await desk.Store.SaveLadderAsync(ladder, seen, access.Actor.Name, wall.GetUtcNow(), ct))
                    throw DeskRefusedException.Conflict(
                        "ladder.changed",
                        "The ladder was changed by somebody else meanwhile. Look at it again."
                    );

                return await desk.Store.LadderAsync(ct);
            },
            ct
        );
    }

    /// <summary>Who is told in which role.</summary>
    public async Task<IReadOnlyList<EscalationContact>> ContactsAsync(CancellationToken ct)
    {
        access.Demand(Permissions.EscalationsRead);
        return await desk.Store.ContactsAsync(ct);
    }

    /// <summary>Says who is told in a role; an empty list for nobody.</summary>
    /// <exception cref="DeskRefusedException">A value is wrong.</exception>
    public async Task SaveContactsAsync(string role, ImmutableArray<Recipient> recipients, CancellationToken ct)
    {
        access.Demand(Permissions.EscalationsManage);
        role = TextRules.Required(role, "role", MaxWord);

        if (recipients.Length > MaxContacts || recipients.DistinctBy(r => r.Id).Count() != recipients.Length)
            throw DeskRefusedException.Invalid("contacts.invalid", "recipients", $"A role has {MaxContacts} people at most, each once.");

        foreach (var recipient in recipients)
        {
            TextRules.Required(recipient.Id, "recipients.id", MaxWord);
            TextRules.Optional(recipient.Language, "recipients.language", MessageTemplates.LongestLanguage);

            if (
                TextRules.Optional(recipient.Address, "recipients.address", MessageWish.LongestRecipient) is { } address
                && EmailCarrier.Mailbox(address) is null
            )
                throw DeskRefusedException.Invalid(
                    "contacts.address",
                    "recipients.address",
                    $"'{TextRules.Quote(address)}' is no e-mail address. Give one like ann@example.com, or none."
                );

            if (recipient.Rank is < 0 or > EscalationRules.LastRank)
                throw DeskRefusedException.Invalid(
                    "contacts.rank",
                    "recipients.rank",
                    $"{recipient.Rank} is not a rank from 0 to {EscalationRules.LastRank}."
                );

            if (recipient.CalendarId is { } calendar)
                await times.GetAsync(TextRules.Required(calendar, "recipients.calendarId", MaxWord), ct);
        }

        await access.ActAsync(
            new Deed(Permissions.EscalationsManage, "escalation.contacts", role)
            {
                Wanted = Facts.Of(("recipients", string.Join(' ', recipients.Select(r => r.Id)))),
            },
            () => desk.Store.SaveContactsAsync(role, recipients, ct),
            ct
        );
    }

    private async Task<Escalation> ActAsync(
        string permission,
        string action,
        string id,
        ImmutableSortedDictionary<string, string?> told,
        Func<Escalation, Ladder, WorkingTime?, DateTimeOffset, EscalationStep> change,
        CancellationToken ct
    )
    {
        access.Demand(permission);
        await OneAsync(id, ct);

        return await access.ActAsync(
            new Deed(permission, action, id) { Wanted = told },
            async () =>
            {
                var step = await desk.ChangeAsync(id, change, ct) ?? throw Unknown(id);
                return step.Refusal is { } sentence ? throw DeskRefusedException.Gone("escalation.over", sentence) : step.After;
            },
            ct
        );
    }

    private async Task<Escalation> OneAsync(string id, CancellationToken ct) => await desk.Store.FindAsync(id, ct) ?? throw Unknown(id);

    private static DeskRefusedException Unknown(string id) =>
        DeskRefusedException.Unknown(
            "escalation.unknown",
            $"There is no escalation '{SoundText.Quoted(id)}'. Look at the list of escalations."
        );
}
