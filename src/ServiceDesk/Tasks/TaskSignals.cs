using System.Globalization;
using ServiceLoop.Runtime.Store;
using ServiceLoop.ServiceDesk.Escalations;
using ServiceLoop.ServiceDesk.Routing;

namespace ServiceLoop.ServiceDesk.Tasks;

/// <summary>What tasks tell the ladder, in the transaction in which it happens.</summary>
internal static class TaskSignals
{
    /// <summary>Declined or missed offers in a row that are a chain.</summary>
    public const int Chain = 3;

    /// <summary>The signals of a change: nobody wants the task, or somebody has it after all.</summary>
    public static IEnumerable<NewWork> Of(TaskChange change)
    {
        var (before, after) = (change.Before, change.After);

        if (before.State == TaskState.Offered && change.OfferEnd is Offers.Declined or Offers.TimedOut && after.Declined.Length >= Chain)
            yield return EscalationWork.Of(
                SignalOf(after, $"task:{after.Id}:declined:{before.OfferNo}", change.Now) with
                {
                    Value = after.Declined.Length,
                    Reason = string.Create(
                        CultureInfo.InvariantCulture,
                        $"'{after.Title}' was declined or missed by {after.Declined.Length} agents in a row"
                    ),
                }
            );

        if (before.Assignee is null && after.Assignee is not null && after.OfferNo >= Chain)
            yield return EscalationWork.Of(SignalOf(after, $"task:{after.Id}:taken:{before.Rev}", change.Now) with { IsClear = true });
    }

    private static EscalationSignal SignalOf(TaskRow task, string key, DateTimeOffset now) =>
        new()
        {
            Key = key,
            Kind = SignalKinds.Declines,
            SubjectKind = "task",
            SubjectId = task.Id,
            Metric = "declines",
            CaseId = task.CaseId,
            Priority = task.Priority.ToString(),
            QueueId = task.QueueId,
            At = now,
        };
}
