using System.Collections.Immutable;
using ServiceLoop.Engine.State;

namespace ServiceLoop.Engine;

/// <summary>All that can happen to an instance. A closed union.</summary>
public abstract record Stimulus
{
    private Stimulus() { }

    /// <summary>It begins.</summary>
    public sealed record Start : Stimulus
    {
        /// <summary>Inputs of the workflow.</summary>
        public IReadOnlyDictionary<string, object?> Inputs { get; init; } = ImmutableDictionary<string, object?>.Empty;

        /// <summary>Correlation id.</summary>
        public string? CorrelationId { get; init; }

        /// <summary>Name of the instance.</summary>
        public string? Name { get; init; }

        /// <summary>Id of the activity whose stimulus starts it; null for a plain start.</summary>
        public string? TriggerActivityId { get; init; }

        /// <summary>What came with that stimulus.</summary>
        public IReadOnlyDictionary<string, object?> TriggerInput { get; init; } = ImmutableDictionary<string, object?>.Empty;

        /// <summary>The instance that starts it as a child.</summary>
        public string? ParentInstanceId { get; init; }

        /// <summary>Id of a step of the outermost flowchart to begin with, as if it had been reached; null for the usual beginning.</summary>
        public string? FromActivityId { get; init; }

        /// <summary>First values of variables of the workflow, by id or name; unknown ones do not count.</summary>
        public IReadOnlyDictionary<string, object?> Variables { get; init; } = ImmutableDictionary<string, object?>.Empty;
    }

    /// <summary>A bookmark is resumed. One that is gone changes nothing.</summary>
    /// <param name="BookmarkId">Number of the bookmark.</param>
    public sealed record Resume(long BookmarkId) : Stimulus
    {
        /// <summary>What came with the stimulus.</summary>
        public IReadOnlyDictionary<string, object?> Input { get; init; } = ImmutableDictionary<string, object?>.Empty;
    }

    /// <summary>The host has run an activity, and hands back what its code recorded.</summary>
    /// <param name="FrameId">The execution.</param>
    /// <param name="Recorded">What was recorded, in order.</param>
    public sealed record Returned(long FrameId, ImmutableArray<HostAction> Recorded) : Stimulus;

    /// <summary>The host has run an activity, and it failed.</summary>
    /// <param name="FrameId">The execution.</param>
    /// <param name="Fault">What went wrong.</param>
    public sealed record Threw(long FrameId, FaultDetail Fault) : Stimulus;

    /// <summary>The burst goes on after a checkpoint.</summary>
    public sealed record Continue : Stimulus;

    /// <summary>It is cancelled.</summary>
    /// <param name="Compensate">True: what was done is undone first.</param>
    public sealed record Cancel(bool Compensate = false) : Stimulus;

    /// <summary>An incident is repaired by running the failed activity again.</summary>
    /// <param name="IncidentId">The incident; null repairs all.</param>
    public sealed record Retry(long? IncidentId = null) : Stimulus;

    /// <summary>Somebody changes the instance by hand.</summary>
    /// <param name="Alterations">The changes, in order; all or none.</param>
    public sealed record Alter(ImmutableArray<Alteration> Alterations) : Stimulus;
}

/// <summary>A change by hand. A closed union.</summary>
public abstract record Alteration
{
    private Alteration() { }

    /// <summary>Gives a variable another value.</summary>
    /// <param name="Variable">Id or name.</param>
    /// <param name="Value">The value; converted to the declared type.</param>
    public sealed record ModifyVariable(string Variable, object? Value) : Alteration;

    /// <summary>Cancels one execution, or all of an activity.</summary>
    /// <param name="Activity">Id of the activity; null when <paramref name="FrameId"/> is given.</param>
    /// <param name="FrameId">Number of the execution; 0 for all of the activity.</param>
    public sealed record CancelActivity(string? Activity, long FrameId = 0) : Alteration;

    /// <summary>Schedules an activity in its container, if that lives.</summary>
    /// <param name="Activity">Id of the activity.</param>
    public sealed record ScheduleActivity(string Activity) : Alteration;

    /// <summary>Takes a failed or waiting execution as completed, and goes on with the given outcomes.</summary>
    /// <param name="FrameId">Number of the execution.</param>
    /// <param name="Outcomes">Outcomes; empty means <c>Done</c>.</param>
    public sealed record Skip(long FrameId, ImmutableArray<string> Outcomes) : Alteration;
}

/// <summary>What went wrong in the host.</summary>
/// <param name="Message">As a sentence.</param>
/// <param name="ExceptionType">Name of the exception type.</param>
/// <param name="Detail">More.</param>
/// <param name="Code">Stable code.</param>
public sealed record FaultDetail(string Message, string? ExceptionType = null, string? Detail = null, string? Code = null)
{
    /// <summary>What the repair is about.</summary>
    public IncidentKind Kind { get; init; }

    /// <summary>The fault that an exception stands for.</summary>
    public static FaultDetail Of(Exception exception) =>
        new(
            exception.Message,
            exception.GetType().FullName,
            exception.InnerException?.Message,
            (exception as WorkflowFaultException)?.Code
        );
}

/// <summary>One thing that the code of a host activity recorded. A closed union.</summary>
public abstract record HostAction
{
    private HostAction() { }

    /// <summary>An output got a value.</summary>
    public sealed record SetOutput(int Index, object? Value) : HostAction;

    /// <summary>A variable got a value.</summary>
    public sealed record SetVariable(string Name, object? Value) : HostAction;

    /// <summary>A property got a value.</summary>
    public sealed record SetProperty(string Name, object? Value) : HostAction;

    /// <summary>A bookmark was asked for.</summary>
    public sealed record AddBookmark(BookmarkRequest Request) : HostAction;

    /// <summary>A child was scheduled.</summary>
    public sealed record Schedule(int Node, string? Callback, long Tag, ImmutableArray<NamedValue> Variables) : HostAction;

    /// <summary>It completed.</summary>
    public sealed record Complete(ImmutableArray<string> Outcomes) : HostAction;

    /// <summary>A domain row is to be written with the step.</summary>
    public sealed record Record(object Row) : HostAction;

    /// <summary>An effect is asked for.</summary>
    public sealed record Emit(Effect Effect) : HostAction;

    /// <summary>The correlation id changed.</summary>
    public sealed record Correlate(string? CorrelationId) : HostAction;

    /// <summary>The name changed.</summary>
    public sealed record Rename(string? Name) : HostAction;
}
