using System.Collections.Immutable;
using System.Globalization;

namespace ServiceLoop.ServiceDesk.Tasks;

/// <summary>Refusals of tasks as sentences.</summary>
internal static class TaskRefusals
{
    public static DeskRefusedException Unknown(string id) =>
        DeskRefusedException.Unknown("task.unknown", $"There is no task '{id}'. Look at the id.");

    /// <summary>It has ended: what happened to it is told.</summary>
    public static DeskRefusedException Ended(TaskRow row)
    {
        var when = (row.EndedAt ?? row.ChangedAt).ToString("u", CultureInfo.InvariantCulture);
        return row.State switch
        {
            TaskState.Completed => DeskRefusedException.Conflict(
                "task.answered",
                $"Task '{row.Id}' was answered with '{row.Outcome}' by '{row.AnsweredBy}' at {when}. Nothing was changed."
            ),
            TaskState.TimedOut => DeskRefusedException.Gone(
                "task.timed-out",
                $"The time of task '{row.Id}' was over at {when}; its workflow went on without it. Nothing was changed."
            ),
            TaskState.Superseded => DeskRefusedException.Gone(
                "task.superseded",
                $"Another task stands in the place of task '{row.Id}' since {when}. Nothing was changed."
            ),
            _ => DeskRefusedException.Gone(
                "task.cancelled",
                $"Task '{row.Id}' was cancelled at {when}; nobody waits for it any more. Nothing was changed."
            ),
        };
    }

    /// <summary>A rule of its life forbids it.</summary>
    public static DeskRefusedException Of(TaskRow row, TaskVerb verb, TaskRefusal refusal) =>
        refusal switch
        {
            TaskRefusal.Ended => Ended(row),
            TaskRefusal.Answered => DeskRefusedException.Conflict(
                "task.answered",
                $"Task '{row.Id}' was answered with '{row.Outcome}' by '{row.AnsweredBy}', and its workflow is about to take the answer. Nothing was changed."
            ),
            TaskRefusal.WrongState => DeskRefusedException.Conflict(
                "task.state",
                $"Task '{row.Id}' is {row.State}: {verb} is not possible then. Look at it again."
            ),
            TaskRefusal.NotYours => DeskRefusedException.Conflict(
                "task.not-yours",
                $"Task '{row.Id}' is with '{row.Standing.Holder}'. Ask for it, or let a supervisor reassign it."
            ),
            TaskRefusal.SupervisorOnly => new DeskRefusedException(
                DeskRefusal.Forbidden,
                "task.supervisor-only",
                $"{verb} of a task is for those who may manage the tasks of others."
            ),
            TaskRefusal.Excluded => DeskRefusedException.Conflict(
                "task.excluded",
                $"Who would get task '{row.Id}' must not have it: declined it, is no candidate, or another pair of eyes is needed."
            ),
            TaskRefusal.Suspended => DeskRefusedException.Conflict(
                "task.suspended",
                $"Task '{row.Id}' was put aside. Take it up again first."
            ),
            _ => throw new ArgumentOutOfRangeException(nameof(refusal), refusal, "Unknown refusal."),
        };

    public static DeskRefusedException Changed(TaskRow row, long expected) =>
        DeskRefusedException.Conflict(
            "task.changed",
            string.Create(
                CultureInfo.InvariantCulture,
                $"Task '{row.Id}' is at revision {row.Rev}, not {expected}: it is {row.State} and with '{row.Standing.Holder ?? "nobody"}'. Look at it again."
            )
        );

    public static DeskRefusedException OtherContent(string operationId) =>
        DeskRefusedException.Conflict(
            "operation.other-content",
            $"The operation '{operationId}' was asked for before, with another content. Give each wish an id of its own."
        );

    public static DeskRefusedException Fields(ImmutableArray<FieldError> errors) =>
        new(DeskRefusal.Invalid, "task.answer", "The answer does not fit the form. Nothing was changed; the task still waits.")
        {
            Fields = errors.GroupBy(e => e.Field).ToDictionary(g => g.Key, g => g.Select(e => $"{e.Code}: {e.Message}").ToArray()),
        };
}
