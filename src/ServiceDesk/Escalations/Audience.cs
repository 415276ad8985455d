namespace ServiceLoop.ServiceDesk.Escalations;

/// <summary>Knows who is meant by a role of the ladder. Another one may be registered in the place of that on contacts.</summary>
public interface IAudience
{
    /// <summary>Who is told in a role about an escalation, by rank; empty when nobody is.</summary>
    Task<IReadOnlyList<Recipient>> FindAsync(string role, Escalation escalation, CancellationToken ct);
}

/// <summary>Makes the message by which somebody is told. It is sent in the transaction that marks the notice as sent: once, whatever happens in between.</summary>
public interface INoticeSender
{
    /// <summary>The message; null when the sender has told it in a way of its own. An exception means that it failed and is tried again.</summary>
    /// <param name="escalation">The escalation.</param>
    /// <param name="level">The level that is told of.</param>
    /// <param name="notice">Who is told, and as what.</param>
    /// <param name="key">Unique for escalation, level and recipient.</param>
    /// <param name="ct">Cancels.</param>
    Task<Messages.Message?> PrepareAsync(
        Escalation escalation,
        LadderLevel level,
        EscalationNotice notice,
        string key,
        CancellationToken ct
    );
}

/// <summary>The roles as the company has filled them, and the assignee as the signal names it.</summary>
internal sealed class ContactAudience(EscalationStore store) : IAudience
{
    private const string Assignee = "assignee";

    public async Task<IReadOnlyList<Recipient>> FindAsync(string role, Escalation escalation, CancellationToken ct)
    {
        var contacts = await store.ContactsAsync(ct);
        var inRole = contacts.Where(c => c.Role == role).Select(c => c.Recipient).ToList();

        if (role != Assignee || escalation.Assignee is not { Length: > 0 } assignee)
            return inRole;

        // Hours and duty of a person stand with any role that the person has.
        return
        [
            contacts.Select(c => c.Recipient).FirstOrDefault(r => r.Id == assignee)
                ?? new(assignee, escalation.CalendarId, IsOnCall: false, 0),
        ];
    }
}
