using System.Globalization;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Work;
using ServiceLoop.ServiceDesk.Clocks;
using ServiceLoop.ServiceDesk.Escalations.Degraded;
using ServiceLoop.ServiceDesk.Webhooks;

namespace ServiceLoop.ServiceDesk.Escalations;

/// <summary>Work for later that escalations ask for.</summary>
public static class EscalationWork
{
    internal const string Signal = "escalations.signal";
    internal const string Timer = "escalations.timer";
    internal const string Notice = "escalations.notice";
    internal const string Ask = "escalations.ask";
    internal const string Release = "escalations.release";
    internal const string Storm = "escalations.storm";
    internal const string ParentAcknowledged = "escalations.parent-acknowledged";

    /// <summary>The event that asks for the degraded definition; its value names queue and definition.</summary>
    public const string DegradedEvent = "ServiceDesk.Degraded";

    /// <summary>The event that says that starts go the usual way again.</summary>
    public const string DegradedEndedEvent = "ServiceDesk.DegradedEnded";

    /// <summary>Name of the event that tells a workflow what became of its signal.</summary>
    public static string AnswerTo(string signalKey) => $"ServiceDesk.Escalation:{signalKey}";

    /// <summary>A signal as work of the transaction that causes it (<c>WorkRowsCommand</c>).</summary>
    public static NewWork Of(EscalationSignal signal) =>
        AskedWork.Message(Signal, ClockWork.Body(("signal", DeskJson.Write(signal))), $"escalation-signal:{signal.Key}", signal.At);

    internal static NewWork OfClock(SlaClock clock, int percent, DateTimeOffset now) =>
        Of(
            Subject(clock, string.Create(CultureInfo.InvariantCulture, $"clock:{clock.Id}:{percent}:{clock.Generation}"), now) with
            {
                Kind = SignalKinds.ClockPercent,
                Value = percent,
                Remaining = percent is > 0 and < 100 ? clock.Consumed / percent * (100 - percent) : null,
                Reason = $"{clock.Metric} at {percent} % of {clock.Target}",
            }
        );

    internal static NewWork ClockIsFine(SlaClock clock, DateTimeOffset now) =>
        Of(Subject(clock, string.Create(CultureInfo.InvariantCulture, $"clock:{clock.Id}:fine:{clock.Rev}"), now) with { IsClear = true });

    internal static NewWork? TimerOf(Escalation escalation) =>
        escalation.NextAt is { } at
            ? AskedWork.Message(
                Timer,
                ClockWork.Body(("escalation", escalation.Id), ("generation", escalation.Generation)),
                string.Create(CultureInfo.InvariantCulture, $"escalation:{escalation.Id}:{escalation.Generation}"),
                at
            )
            : null;

    internal static NewWork NoticeOf(string escalationId, int level, string recipient, DateTimeOffset at) =>
        AskedWork.Message(
            Notice,
            ClockWork.Body(("escalation", escalationId), ("level", level), ("recipient", recipient)),
            string.Create(CultureInfo.InvariantCulture, $"escalation-notice:{escalationId}:{level}:{recipient}"),
            at
        );

    internal static NewWork ReleaseOf(Escalation parent, DateTimeOffset now) =>
        AskedWork.Message(Release, ClockWork.Body(("parent", parent.Id)), $"escalation-release:{parent.Id}", now);

    internal static NewWork StormOf(Escalation child, DateTimeOffset now) =>
        AskedWork.Message(Storm, ClockWork.Body(("cause", child.Cause)), $"escalation-storm:{child.Id}", now);

    internal static NewWork AcknowledgedParent(Escalation parent, DateTimeOffset now) =>
        AskedWork.Message(
            ParentAcknowledged,
            ClockWork.Body(("parent", parent.Id), ("who", parent.AckBy)),
            $"escalation-parent:{parent.Id}",
            now
        );

    internal static NewWork Answer(string signalKey, string instanceId, Escalation escalation, DateTimeOffset now) =>
        AskedWork.Publish(
            AnswerTo(signalKey),
            ClockWork.Body(
                ("outcome", escalation.State.ToString()),
                ("escalationId", escalation.Id),
                ("level", escalation.Level),
                ("by", escalation.AckBy)
            ),
            correlationId: null,
            instanceId,
            $"escalation-answer:{signalKey}",
            now
        );

    internal static IEnumerable<NewWork> Degraded(Escalation escalation, string definitionId, DateTimeOffset now) =>
        [
            AskedWork.Publish(
                DegradedEvent,
                Switched(escalation, definitionId),
                correlationId: null,
                instanceId: null,
                $"escalation-degraded:{escalation.Id}:{escalation.Level}",
                now
            ),
            AskedWork.Message(
                DegradedCheck.CheckTopic,
                ClockWork.Body(("escalation", escalation.Id)),
                $"escalation-degraded-check:{escalation.Id}:{escalation.Level}",
                now
            ),
        ];

    internal static NewWork DegradedEnded(Escalation escalation, DateTimeOffset now) =>
        AskedWork.Publish(
            DegradedEndedEvent,
            Switched(escalation, definitionId: null),
            correlationId: null,
            instanceId: null,
            $"escalation-degraded-ended:{escalation.Id}",
            now
        );

    /// <summary>What webhooks hear of a change; nothing where there is nothing to hear.</summary>
    internal static IEnumerable<NewWork> Told(Escalation? before, Escalation after, DateTimeOffset now)
    {
        if (before is null || !before.IsOpen)
            yield return One("escalation.raised");
        else if (after.Level > before.Level)
            yield return One("escalation.climbed");

        if (after.State == EscalationState.Acknowledged && before?.State != EscalationState.Acknowledged)
            yield return One("escalation.acknowledged");

        if (!after.IsOpen && before is { IsOpen: true })
            yield return One("escalation.ended");

        NewWork One(string name) =>
            WebhookEvents.Telling(
                name,
                ClockWork.Body(
                    ("escalationId", after.Id),
                    ("level", after.Level),
                    ("state", after.State.ToString()),
                    ("subjectKind", after.SubjectKind),
                    ("subjectId", after.SubjectId),
                    ("metric", after.Metric),
                    ("caseId", after.CaseId),
                    ("priority", after.Priority),
                    ("cause", after.Cause),
                    ("queueId", after.QueueId),
                    ("parentId", after.ParentId),
                    ("isSilent", after.IsSilent),
                    ("acknowledgedBy", after.AckBy)
                ),
                string.Create(CultureInfo.InvariantCulture, $"{name}:{after.Id}:{after.Rev}"),
                now
            );
    }

    private static Dictionary<string, object?> Switched(Escalation escalation, string? definitionId) =>
        ClockWork.Body(
            ("escalationId", escalation.Id),
            ("definitionId", definitionId),
            ("queueId", escalation.QueueId),
            ("cause", escalation.Cause),
            ("subject", $"{escalation.SubjectKind}:{escalation.SubjectId}")
        );

    private static EscalationSignal Subject(SlaClock clock, string key, DateTimeOffset now) =>
        new()
        {
            Key = key,
            Kind = SignalKinds.ClockPercent,
            SubjectKind = "clock",
            SubjectId = clock.Id,
            Metric = clock.Metric,
            CaseId = clock.CaseId,
            Priority = clock.Priority,
            CalendarId = clock.CalendarId,
            InstanceId = null,
            At = now,
        };
}
