namespace ServiceLoop.ServiceDesk.Tasks;

/// <summary>Who wants to do something with a task.</summary>
/// <param name="Id">Who.</param>
/// <param name="IsSupervisor">True: may manage the tasks of others.</param>
public readonly record struct TaskActor(string Id, bool IsSupervisor);

/// <summary>Why something cannot be done with a task.</summary>
public enum TaskRefusal
{
    /// <summary>It has ended.</summary>
    Ended,

    /// <summary>It was answered, and its workflow is about to take the answer.</summary>
    Answered,

    /// <summary>It does not stand where this can be done.</summary>
    WrongState,

    /// <summary>It is somebody else's.</summary>
    NotYours,

    /// <summary>Only a supervisor may do this.</summary>
    SupervisorOnly,

    /// <summary>Who would get it must not have it.</summary>
    Excluded,

    /// <summary>It was put aside.</summary>
    Suspended,
}

/// <summary>What becomes of a task, or why not.</summary>
public readonly record struct TaskStep
{
    private TaskStep(TaskStanding? after, TaskRefusal? refusal) => (After, Refusal) = (after, refusal);

    /// <summary>How it stands then; null when it is refused.</summary>
    public TaskStanding? After { get; }

    /// <summary>Why not; null when it can be done.</summary>
    public TaskRefusal? Refusal { get; }

    /// <summary>It can be done.</summary>
    public static implicit operator TaskStep(TaskStanding after) => new(after, null);

    /// <summary>It cannot.</summary>
    public static implicit operator TaskStep(TaskRefusal refusal) => new(null, refusal);
}

/// <summary>The life of a task: <c>Created → Ready → Offered → Assigned → InProgress → Completing → Completed</c>, with its side ways.</summary>
/// <remarks>
/// | verb | from | who | to |
/// |---|---|---|---|
/// | claim | Ready; Offered to oneself | anybody who is not excluded | Assigned |
/// | release | Assigned, InProgress | assignee, supervisor | Ready |
/// | assign | Created, Ready | supervisor | Assigned |
/// | reassign | Offered, Assigned, InProgress | supervisor | Assigned |
/// | delegate, resolve-back | Assigned, InProgress | assignee, supervisor | Assigned |
/// | start, stop | Assigned, InProgress | assignee | InProgress, Assigned |
/// | save-draft | Assigned, InProgress | assignee | same |
/// | complete | Ready, Assigned, InProgress | nobody's: who is not excluded; else assignee, supervisor | Completing |
/// | return-to-sender | Assigned, InProgress | assignee | Assigned to the sender, or Ready |
/// | skip | all before Completing | supervisor | Completing |
/// | suspend, resume, set-due, set-follow-up, set-priority | all before Completing | assignee, supervisor | same |
/// | escalate | all before Completing | supervisor | same |
/// | comment, attach | all before the end | anybody | same |
/// </remarks>
public static class TaskLifecycle
{
    /// <summary>What a verb makes of a task.</summary>
    /// <param name="task">How it stands.</param>
    /// <param name="verb">What is wanted.</param>
    /// <param name="actor">Who wants it.</param>
    /// <param name="target">Who is to get it, for assign, reassign and delegate.</param>
    public static TaskStep Apply(TaskStanding task, TaskVerb verb, TaskActor actor, string? target = null)
    {
        if (task.HasEnded)
            return TaskRefusal.Ended;

        if (verb is TaskVerb.Comment or TaskVerb.Attach)
            return task;

        if (task.State == TaskState.Completing)
            return TaskRefusal.Answered;

        if (task.IsSuspended && verb is (TaskVerb.Claim or TaskVerb.Start or TaskVerb.Complete))
            return TaskRefusal.Suspended;

        return verb switch
        {
            TaskVerb.Claim => Claim(task, actor),
            TaskVerb.Release => OfHolder(task, actor, static t => Freed(t)),
            TaskVerb.Assign when task.State is not (TaskState.Created or TaskState.Ready) => TaskRefusal.WrongState,
            TaskVerb.Reassign when task.State is not (TaskState.Offered or TaskState.Assigned or TaskState.InProgress) =>
                TaskRefusal.WrongState,
            TaskVerb.Assign or TaskVerb.Reassign => Give(task, actor, Named(target)),
            TaskVerb.Delegate => Delegate(task, actor, Named(target)),
            TaskVerb.ResolveBack => ResolveBack(task, actor),
            TaskVerb.Start => Work(task, actor, TaskState.Assigned, TaskState.InProgress),
            TaskVerb.Stop => Work(task, actor, TaskState.InProgress, TaskState.Assigned),
            TaskVerb.SaveDraft => IsHeld(task) ? Own(task, actor) ?? (TaskStep)task : TaskRefusal.WrongState,
            TaskVerb.Complete => Complete(task, actor),
            TaskVerb.ReturnToSender => ReturnToSender(task, actor),
            TaskVerb.Skip => actor.IsSupervisor ? Answered(task) : TaskRefusal.SupervisorOnly,
            TaskVerb.Suspend => Steer(task, actor) ?? (TaskStep)(Unoffered(task) with { IsSuspended = true }),
            TaskVerb.Resume => Steer(task, actor) ?? (TaskStep)(task with { IsSuspended = false }),
            TaskVerb.SetDue or TaskVerb.SetFollowUp or TaskVerb.SetPriority => Steer(task, actor) ?? (TaskStep)task,
            TaskVerb.Escalate => actor.IsSupervisor ? task with { IsEscalated = true } : TaskRefusal.SupervisorOnly,
            _ => throw new ArgumentOutOfRangeException(nameof(verb), verb, "Unknown verb."),
        };
    }

    /// <summary>What happens to a task without a person's wish.</summary>
    /// <param name="task">How it stands.</param>
    /// <param name="happening">What happens.</param>
    /// <param name="agent">Who is offered it, or answers the offer.</param>
    public static TaskStep Apply(TaskStanding task, TaskHappening happening, string? agent = null)
    {
        if (task.HasEnded)
            return TaskRefusal.Ended;

        return happening switch
        {
            TaskHappening.Offer when task.State != TaskState.Ready => TaskRefusal.WrongState,
            TaskHappening.Offer when task.IsSuspended => TaskRefusal.Suspended,
            TaskHappening.Offer when !MayHave(task, Named(agent)) => TaskRefusal.Excluded,
            TaskHappening.Offer => task with { State = TaskState.Offered, OfferedTo = agent },
            TaskHappening.Accept or TaskHappening.Withdraw when task.State != TaskState.Offered => TaskRefusal.WrongState,
            TaskHappening.Accept or TaskHappening.Withdraw when task.OfferedTo != agent => TaskRefusal.NotYours,
            TaskHappening.Accept => Held(task, agent!),
            TaskHappening.Withdraw => Freed(task) with { Excluded = task.Excluded.Add(agent!) },
            TaskHappening.Confirm when task.State != TaskState.Completing => TaskRefusal.WrongState,
            TaskHappening.Confirm => Ended(task, TaskState.Completed),
            TaskHappening.TimeOut => Ended(task, TaskState.TimedOut),
            TaskHappening.Cancel => Ended(task, TaskState.Cancelled),
            TaskHappening.Supersede => Ended(task, TaskState.Superseded),
            _ => throw new ArgumentOutOfRangeException(nameof(happening), happening, "Unknown happening."),
        };
    }

    private static TaskStep Claim(TaskStanding task, TaskActor actor) =>
        task.State switch
        {
            TaskState.Offered when task.OfferedTo == actor.Id => Held(task, actor.Id),
            TaskState.Ready when MayHave(task, actor.Id) => Held(task, actor.Id),
            TaskState.Ready => TaskRefusal.Excluded,
            TaskState.Offered or TaskState.Assigned or TaskState.InProgress => TaskRefusal.NotYours,
            _ => TaskRefusal.WrongState,
        };

    private static TaskStep Give(TaskStanding task, TaskActor actor, string target) =>
        !actor.IsSupervisor ? TaskRefusal.SupervisorOnly
        : !MayHave(task, target) ? TaskRefusal.Excluded
        : Held(task, target) with { Sender = actor.Id == target ? null : actor.Id };

    private static TaskStep Delegate(TaskStanding task, TaskActor actor, string target) =>
        OfHolder(
            task,
            actor,
            t =>
                !MayHave(t, target) || t.Assignee == target
                    ? TaskRefusal.Excluded
                    : t with
                    {
                        State = TaskState.Assigned,
                        Assignee = target,
                        Owner = t.Owner ?? t.Assignee,
                        Sender = t.Assignee,
                    }
        );

    private static TaskStep ResolveBack(TaskStanding task, TaskActor actor) =>
        OfHolder(
            task,
            actor,
            static t =>
                t.Owner is { } owner
                    ? t with
                    {
                        State = TaskState.Assigned,
                        Assignee = owner,
                        Owner = null,
                        Sender = t.Assignee,
                    }
                    : TaskRefusal.WrongState
        );

    private static TaskStep ReturnToSender(TaskStanding task, TaskActor actor) =>
        !IsHeld(task) ? TaskRefusal.WrongState
        : task.Assignee != actor.Id ? TaskRefusal.NotYours
        : task.Sender is { } sender && MayHave(task, sender)
            ? task with
            {
                State = TaskState.Assigned,
                Assignee = sender,
                Owner = task.Owner == sender ? null : task.Owner,
                Sender = null,
            }
        : Freed(task) with { Excluded = task.Excluded.Add(actor.Id) };

    private static TaskStep Work(TaskStanding task, TaskActor actor, TaskState from, TaskState to) =>
        task.State != from ? TaskRefusal.WrongState : Own(task, actor) ?? (TaskStep)(task with { State = to });

    private static TaskStep Complete(TaskStanding task, TaskActor actor) =>
        task.State switch
        {
            TaskState.Ready => MayHave(task, actor.Id) ? Answered(task with { Assignee = actor.Id }) : TaskRefusal.Excluded,
            TaskState.Assigned or TaskState.InProgress => actor.IsSupervisor || task.Assignee == actor.Id
                ? Answered(task)
                : TaskRefusal.NotYours,
            TaskState.Offered when task.OfferedTo == actor.Id => Answered(Held(task, actor.Id)),
            TaskState.Offered => TaskRefusal.NotYours,
            _ => TaskRefusal.WrongState,
        };

    private static TaskStep OfHolder(TaskStanding task, TaskActor actor, Func<TaskStanding, TaskStep> then) =>
        !IsHeld(task) ? TaskRefusal.WrongState
        : task.Assignee == actor.Id || actor.IsSupervisor ? then(task)
        : TaskRefusal.NotYours;

    /// <summary>Null: the actor has it.</summary>
    private static TaskRefusal? Own(TaskStanding task, TaskActor actor) => task.Assignee == actor.Id ? null : TaskRefusal.NotYours;

    /// <summary>Null: the actor may set what is around it.</summary>
    private static TaskRefusal? Steer(TaskStanding task, TaskActor actor) =>
        actor.IsSupervisor || (IsHeld(task) && task.Assignee == actor.Id) ? null
        : IsHeld(task) ? TaskRefusal.NotYours
        : TaskRefusal.SupervisorOnly;

    private static bool IsHeld(TaskStanding task) => task.State is TaskState.Assigned or TaskState.InProgress;

    private static bool MayHave(TaskStanding task, string agent) =>
        !task.Excluded.Contains(agent) && (task.Only.IsEmpty || task.Only.Contains(agent));

    private static TaskStanding Held(TaskStanding task, string agent) =>
        task with
        {
            State = TaskState.Assigned,
            Assignee = agent,
            OfferedTo = null,
            Owner = null,
            Sender = null,
        };

    private static TaskStanding Freed(TaskStanding task) =>
        task with
        {
            State = TaskState.Ready,
            Assignee = null,
            OfferedTo = null,
            Owner = null,
            Sender = null,
        };

    private static TaskStanding Unoffered(TaskStanding task) => task.State == TaskState.Offered ? Freed(task) : task;

    private static TaskStanding Answered(TaskStanding task) => task with { State = TaskState.Completing, OfferedTo = null };

    private static TaskStanding Ended(TaskStanding task, TaskState how) => task with { State = how, OfferedTo = null };

    private static string Named(string? who) =>
        string.IsNullOrEmpty(who) ? throw new ArgumentException("Say who is to get the task.", nameof(who)) : who;
}
