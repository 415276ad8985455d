using ServiceLoop.ServiceDesk.Cases;
using ServiceLoop.ServiceDesk.Messages.Letters;

namespace ServiceLoop.ServiceDesk.Escalations;

/// <summary>Notices go as messages: by e-mail where the recipient has an address and mail is set up, else to the outbox of the product.</summary>
/// <remarks>The template <c>escalation-level-N</c> counts before <c>escalation</c>, and that before the text of the product.</remarks>
internal sealed class NoticesByMessage(EscalationStore store, LetterDesk letters) : INoticeSender
{
    private const string Name = "escalation";

    public async Task<Messages.Message?> PrepareAsync(
        Escalation escalation,
        LadderLevel level,
        EscalationNotice notice,
        string key,
        CancellationToken ct
    )
    {
        var contacts = await store.ContactsAsync(ct);
        var known =
            contacts.FirstOrDefault(c => c.Recipient.Id == notice.Recipient && c.Role == notice.Role)
            ?? contacts.FirstOrDefault(c => c.Recipient.Id == notice.Recipient);
        var number = escalation.CaseId is { } id && await store.FindCaseAsync(id, ct) is { } about ? CaseNumber.Label(about.Number) : null;

        // No case and no customer stands with it: it is for the house, and no list of what a customer was told shows it.
        return await letters.WriteAsync(
            new(
                Name,
                $"escalation:{key}",
                letters.WayTo(known?.Recipient.Address ?? notice.Recipient, notice.Recipient, known?.Recipient.Language)
            )
            {
                Special = $"{Name}-level-{level.Number}",
                Values = new Dictionary<string, object?>(StringComparer.Ordinal)
                {
                    ["escalation_id"] = escalation.Id,
                    ["level"] = level.Number,
                    ["level_name"] = level.Name,
                    ["role"] = notice.Role,
                    ["reason"] = escalation.Reason,
                    ["subject_kind"] = escalation.SubjectKind,
                    ["subject"] = escalation.SubjectId,
                    ["metric"] = escalation.Metric,
                    ["case_id"] = escalation.CaseId,
                    ["case_number"] = number,
                    ["priority"] = escalation.Priority,
                    ["cause"] = escalation.Cause,
                    ["queue"] = escalation.QueueId,
                    ["actions"] = level.Actions,
                    ["raised_at"] = escalation.LevelAt,
                    ["ack_deadline"] = escalation.AckDeadline,
                },
            },
            ct
        );
    }
}
