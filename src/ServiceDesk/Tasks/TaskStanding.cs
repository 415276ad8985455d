using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace ServiceLoop.ServiceDesk.Tasks;

/// <summary>Where a task stands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TaskState>))]
public enum TaskState
{
    /// <summary>It is not to be worked on yet.</summary>
    Created,

    /// <summary>It waits for somebody.</summary>
    Ready,

    /// <summary>It is offered to one agent.</summary>
    Offered,

    /// <summary>It is somebody's.</summary>
    Assigned,

    /// <summary>Somebody works on it.</summary>
    InProgress,

    /// <summary>It was answered, and its workflow is about to take the answer.</summary>
    Completing,

    /// <summary>Its workflow took the answer.</summary>
    Completed,

    /// <summary>Nobody waits for it any more.</summary>
    Cancelled,

    /// <summary>Its time was over.</summary>
    TimedOut,

    /// <summary>Another task stands in its place.</summary>
    Superseded,
}

/// <summary>What can be done with a task.</summary>
public enum TaskVerb
{
    /// <summary>Take it from the list.</summary>
    Claim,

    /// <summary>Give it back to its queue.</summary>
    Release,

    /// <summary>Give it to somebody.</summary>
    Assign,

    /// <summary>Give it to somebody else.</summary>
    Reassign,

    /// <summary>Let somebody else do it, and stay its owner.</summary>
    Delegate,

    /// <summary>Give it back to its owner.</summary>
    ResolveBack,

    /// <summary>Begin.</summary>
    Start,

    /// <summary>Stop for now.</summary>
    Stop,

    /// <summary>Keep what is filled in so far.</summary>
    SaveDraft,

    /// <summary>Answer it.</summary>
    Complete,

    /// <summary>Say something about it.</summary>
    Comment,

    /// <summary>Add a file.</summary>
    Attach,

    /// <summary>Set when it is due.</summary>
    SetDue,

    /// <summary>Set when to look at it again.</summary>
    SetFollowUp,

    /// <summary>Set its priority.</summary>
    SetPriority,

    /// <summary>Go on without it.</summary>
    Skip,

    /// <summary>Give it back to who gave it.</summary>
    ReturnToSender,

    /// <summary>Put it aside.</summary>
    Suspend,

    /// <summary>Take it up again.</summary>
    Resume,

    /// <summary>Mark that it has reached an escalation.</summary>
    Escalate,
}

/// <summary>What else can happen to a task, none of it by a person's wish to do so.</summary>
public enum TaskHappening
{
    /// <summary>Routing offers it.</summary>
    Offer,

    /// <summary>The agent takes the offer.</summary>
    Accept,

    /// <summary>The agent does not want it, or did not answer in time, or has gone.</summary>
    Withdraw,

    /// <summary>Its workflow took the answer.</summary>
    Confirm,

    /// <summary>Its time is over.</summary>
    TimeOut,

    /// <summary>Nobody waits for it any more.</summary>
    Cancel,

    /// <summary>Another one stands in its place.</summary>
    Supersede,
}

/// <summary>What the rules of a task look at.</summary>
/// <param name="State">Where it stands.</param>
/// <param name="Assignee">Whose it is; null for nobody's.</param>
public sealed record TaskStanding(TaskState State, string? Assignee)
{
    /// <summary>Who stays its owner while somebody else does it; null when it is not delegated.</summary>
    public string? Owner { get; init; }

    /// <summary>To whom it is offered; null for nobody.</summary>
    public string? OfferedTo { get; init; }

    /// <summary>Who gave it to the assignee; null for routing or the assignee.</summary>
    public string? Sender { get; init; }

    /// <summary>True: it was put aside.</summary>
    public bool IsSuspended { get; init; }

    /// <summary>True: it has reached an escalation.</summary>
    public bool IsEscalated { get; init; }

    /// <summary>The only ones who may have it; empty for all.</summary>
    public ImmutableHashSet<string> Only { get; init; } = [];

    /// <summary>Those who must not have it.</summary>
    public ImmutableHashSet<string> Excluded { get; init; } = [];

    /// <summary>True: it does not wait any more, whatever is tried.</summary>
    public bool HasEnded => State is TaskState.Completed or TaskState.Cancelled or TaskState.TimedOut or TaskState.Superseded;

    /// <summary>Who has it: at most one at any time.</summary>
    public string? Holder => State == TaskState.Offered ? OfferedTo : Assignee;
}
