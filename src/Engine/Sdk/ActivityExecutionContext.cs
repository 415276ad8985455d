using System.Collections.Immutable;
using ServiceLoop.Engine.State;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.Engine;

/// <summary>One execution of an activity: what its author may see and ask for. It only records; the engine acts.</summary>
/// <remarks>Used by one thread. Values that it hands out are copies.</remarks>
public abstract class ActivityExecutionContext
{
    private protected ActivityExecutionContext() { }

    /// <summary>The activity that runs.</summary>
    public abstract Activity Activity { get; }

    /// <summary>Id of the running instance.</summary>
    public abstract string WorkflowInstanceId { get; }

    /// <summary>Number of this execution within the instance: the same when a burst is run again after a crash.</summary>
    public abstract long ExecutionId { get; }

    /// <summary>Id of this execution: a ready idempotency key, the same when a burst is run again after a crash.</summary>
    public string ActivityInstanceId => $"{WorkflowInstanceId}:{ExecutionId}";

    /// <summary>The moment of the step, UTC.</summary>
    public abstract DateTimeOffset Now { get; }

    /// <summary>Correlation id of the instance; setting it correlates the instance from now on.</summary>
    public abstract string? CorrelationId { get; set; }

    /// <summary>Name of the instance.</summary>
    public abstract string? WorkflowName { get; set; }

    /// <summary>True in the activity whose stimulus started the instance, on its first execution.</summary>
    public abstract bool IsTriggerOfWorkflow { get; }

    /// <summary>Signals that the host wants to stop; never signalled inside the engine.</summary>
    public virtual CancellationToken CancellationToken => default;

    /// <summary>The evaluated value of an input.</summary>
    public abstract T? Get<T>(Input<T>? input);

    /// <summary>The evaluated inputs as an object: each settable member of <typeparamref name="T"/> takes the input of its name; an input without a value leaves it.</summary>
    /// <exception cref="InvalidOperationException">A member has no input of its name that gives its type.</exception>
    public T ReadInputs<T>()
        where T : new() => DeclaredArguments.Read<T>(this);

    /// <summary>Evaluates an input now, with the variables as they are. For inputs with <c>AutoEvaluate = false</c>.</summary>
    public abstract T? Evaluate<T>(Input<T>? input);

    /// <summary>Evaluates an input now, with arguments that scripts see as <c>args</c>.</summary>
    public abstract T? Evaluate<T>(Input<T>? input, IReadOnlyDictionary<string, object?> arguments);

    /// <summary>Gives an output its value.</summary>
    public abstract void Set(Output? output, object? value);

    /// <summary>Gives outputs their values by name: each that <paramref name="values"/> has a member for, converted to its type.</summary>
    /// <param name="values">For example what came with an event.</param>
    public void SetOutputs(IReadOnlyDictionary<string, object?> values) => DeclaredArguments.Set(this, values);

    /// <summary>Reads a variable by name from the inside out; null when there is none.</summary>
    public abstract object? GetVariable(string name);

    /// <summary>Sets a variable by name; an unknown name creates it in the nearest container.</summary>
    public abstract void SetVariable(string name, object? value);

    /// <summary>Reads from what came with the stimulus that resumed or started it, then from the workflow's inputs.</summary>
    public abstract object? GetWorkflowInput(string name);

    /// <summary>Everything that came with the stimulus that resumed this execution; empty otherwise.</summary>
    public abstract IReadOnlyDictionary<string, object?> ResumeInput { get; }

    /// <summary>Reads what this execution kept for itself; null when there is nothing.</summary>
    public abstract object? GetProperty(string name);

    /// <summary>Keeps something with this execution; survives a suspension.</summary>
    public abstract void SetProperty(string name, object? value);

    /// <summary>Asks to be woken.</summary>
    /// <returns>The bookmark; its id is known at once and stays the same when the burst is repeated.</returns>
    public abstract Bookmark CreateBookmark(BookmarkRequest request);

    /// <summary>Schedules a child. Its completion is told to <paramref name="callback"/>, or to <c>OnChildCompleted</c>.</summary>
    /// <param name="child">A child of this activity.</param>
    /// <param name="callback">A method of this activity; optional.</param>
    /// <param name="tag">Comes back with the completion.</param>
    /// <param name="variables">Variables that only this execution of the child sees, such as <c>CurrentValue</c>.</param>
    public abstract void Schedule(
        Activity child,
        ActivityCompletionCallback? callback = null,
        long tag = 0,
        IReadOnlyDictionary<string, object?>? variables = null
    );

    /// <summary>Completes the activity. Living children are cancelled; a second call changes nothing.</summary>
    public abstract void Complete(ImmutableArray<string> outcomes);

    /// <summary>Writes a domain row in the transaction of the step. A writer for its type must be registered.</summary>
    public abstract void Record(object row);

    /// <summary>Asks the world to do something once the step is committed.</summary>
    public abstract void Emit(Effect effect);

    /// <summary>A service of the host. Works in <c>ExecuteAsync</c> and in asynchronous callbacks only.</summary>
    /// <exception cref="InvalidOperationException">Called inside the engine.</exception>
    public abstract T GetRequiredService<T>()
        where T : notnull;

    /// <summary>Completes the activity with <c>Done</c>.</summary>
    public void Complete() => Complete(Outcomes.Default);

    /// <summary>Completes the activity with named outcomes.</summary>
    public void CompleteWithOutcomes(params string[] outcomes) => Complete([.. outcomes]);

    /// <summary>Completes the activity with <c>Done</c>.</summary>
    public ValueTask CompleteActivityAsync()
    {
        Complete(Outcomes.Default);
        return default;
    }

    /// <summary>Completes the activity with named outcomes.</summary>
    public ValueTask CompleteActivityWithOutcomesAsync(params string[] outcomes)
    {
        Complete([.. outcomes]);
        return default;
    }

    /// <summary>Schedules a child.</summary>
    public ValueTask ScheduleActivityAsync(Activity child, ActivityCompletionCallback? callback = null)
    {
        Schedule(child, callback);
        return default;
    }

    /// <summary>Asks to be woken by a stimulus, and continues with a method of this activity.</summary>
    public Bookmark CreateBookmark(BookmarkRequest request, ResumeCallback callback) =>
        CreateBookmark(request with { CallbackName = callback.Method.Name });

    /// <summary>Asks to be woken by a stimulus, and continues in the host with a method of this activity.</summary>
    public Bookmark CreateBookmark(BookmarkRequest request, ResumeCallbackAsync callback) =>
        CreateBookmark(request with { CallbackName = callback.Method.Name });

    /// <summary>Waits for a span of time, then continues with <paramref name="callback"/>, or completes.</summary>
    public Bookmark DelayFor(TimeSpan span, ResumeCallback? callback = null) => DelayUntil(Now + span, callback);

    /// <summary>Waits until a moment, UTC, then continues with <paramref name="callback"/>, or completes.</summary>
    public Bookmark DelayUntil(DateTimeOffset dueAt, ResumeCallback? callback = null) =>
        CreateBookmark(
            new BookmarkRequest("Elsa.Delay")
            {
                Payload = new Dictionary<string, object?>(StringComparer.Ordinal) { ["ResumeAt"] = dueAt },
                IncludeActivityInstanceId = true,
                DueAt = dueAt,
                CallbackName = callback?.Method.Name,
            }
        );

    /// <summary>Waits for a named event, then continues with <paramref name="callback"/>, or completes. Names are case-sensitive.</summary>
    public Bookmark WaitForEvent(string eventName, ResumeCallback? callback = null) =>
        CreateBookmark(
            new BookmarkRequest("Elsa.Event")
            {
                Payload = new Dictionary<string, object?>(StringComparer.Ordinal) { ["EventName"] = eventName },
                CallbackName = callback?.Method.Name,
            }
        );

    /// <summary>Reads a variable by name, converted to <typeparamref name="T"/>.</summary>
    public T? GetVariable<T>(string name) => ValueConverter.To<T>(GetVariable(name));

    /// <summary>Reads an input of the stimulus or the workflow, converted to <typeparamref name="T"/>.</summary>
    public T? GetWorkflowInput<T>(string name) => ValueConverter.To<T>(GetWorkflowInput(name));

    /// <summary>Reads what this execution kept, converted to <typeparamref name="T"/>.</summary>
    public T? GetProperty<T>(string name) => ValueConverter.To<T>(GetProperty(name));
}
