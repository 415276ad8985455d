using System.Collections.Immutable;
using System.Text.Json;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Graph;

namespace ServiceLoop.Engine;

/// <summary>Told to a container when one of its children has completed.</summary>
/// <param name="Child">The child.</param>
/// <param name="Outcomes">The names under which it completed.</param>
/// <param name="Tag">What the container gave when it scheduled the child.</param>
public readonly record struct ActivityCompletion(Activity Child, ImmutableArray<string> Outcomes, long Tag);

/// <summary>One step of a workflow. An instance of this class belongs to a compiled graph and is shared by all running workflows: it holds no state of a run.</summary>
/// <remarks>
/// Override <see cref="Execute"/> to run inside the engine's step: no services, no I/O, only the context. Override <see cref="ExecuteAsync"/>
/// to run in the host between two steps: there <c>context.GetRequiredService</c> works. Override one of them.
/// </remarks>
public abstract class Activity
{
    /// <summary>Id, unique within its container; generated when empty.</summary>
    public string Id { get; set; } = "";

    /// <summary>Name by which expressions find it; optional.</summary>
    public string? Name { get; set; }

    /// <summary>True: a matching stimulus starts a new instance here.</summary>
    public bool CanStartWorkflow { get; set; }

    /// <summary>True: runs in the background; null means as the type says.</summary>
    public bool? RunAsynchronously { get; set; }

    /// <summary>The custom properties of the definition; undefined for activities built in code.</summary>
    public JsonElement CustomProperties { get; internal set; }

    /// <summary>The compiled place of this activity.</summary>
    internal Node Node { get; set; } = null!;

    /// <summary>Type version that the definition asks for; 0 for activities built in code.</summary>
    internal int RequestedVersion { get; set; }

    /// <summary>What the designer shows in its box; null when nobody has named it there.</summary>
    internal string? DisplayText { get; set; }

    /// <summary>JSON path in the definition, for messages.</summary>
    internal string Path { get; set; } = "$";

    /// <summary>Runs inside the engine's step.</summary>
    protected virtual void Execute(ActivityExecutionContext context) { }

    /// <summary>Runs in the host, between two steps; may use services and await.</summary>
    protected virtual ValueTask ExecuteAsync(ActivityExecutionContext context) => default;

    /// <summary>Asked before it runs; false leaves it pending.</summary>
    protected virtual bool CanExecute(ActivityExecutionContext context) => true;

    /// <summary>A child that was scheduled without a callback has completed.</summary>
    protected virtual void OnChildCompleted(ActivityExecutionContext context, ActivityCompletion completion) { }

    /// <summary>A child was cancelled, not by this activity's own completion.</summary>
    protected virtual void OnChildCanceled(ActivityExecutionContext context, Activity child) { }

    /// <summary>For triggers: the payloads of the stimuli that start a workflow here.</summary>
    protected virtual IEnumerable<BookmarkRequest> GetTriggers(ActivityExecutionContext context) => [];

    /// <summary>Children that the graph must know besides those in ports.</summary>
    internal virtual void CollectChildren(List<Activity> children) { }

    /// <summary>Variables that this activity declares for itself and what it contains.</summary>
    internal virtual IReadOnlyList<Variable> DeclaredVariables => [];

    /// <summary>Reads the members that are neither inputs, outputs nor ports.</summary>
    internal virtual void ReadMembers(ActivityReader reader, JsonElement json) { }

    /// <summary>Prepares what depends on the definition only; reports errors.</summary>
    internal virtual void Prepare(GraphBuilder builder) { }

    internal void InvokeExecute(ActivityExecutionContext context) => Execute(context);

    internal ValueTask InvokeExecuteAsync(ActivityExecutionContext context) => ExecuteAsync(context);

    internal bool InvokeCanExecute(ActivityExecutionContext context) => CanExecute(context);

    internal void InvokeChildCompleted(ActivityExecutionContext context, in ActivityCompletion completion) =>
        OnChildCompleted(context, completion);

    internal void InvokeChildCanceled(ActivityExecutionContext context, Activity child) => OnChildCanceled(context, child);

    internal IEnumerable<BookmarkRequest> InvokeGetTriggers(ActivityExecutionContext context) => GetTriggers(context);
}

/// <summary>An activity that completes by itself when its method returns, unless it waits or has completed already.</summary>
public abstract class CodeActivity : Activity;

/// <summary>A <see cref="CodeActivity"/> with a result.</summary>
/// <typeparam name="T">Type of the result.</typeparam>
public abstract class CodeActivity<T> : CodeActivity
{
    /// <summary>Where the result goes.</summary>
    [Output]
    public Output<T> Result { get; set; } = new();
}

/// <summary>An activity with a result that does not complete by itself.</summary>
/// <typeparam name="T">Type of the result.</typeparam>
public abstract class Activity<T> : Activity
{
    /// <summary>Where the result goes.</summary>
    [Output]
    public Output<T> Result { get; set; } = new();
}

/// <summary>An activity that may start a workflow; started otherwise, it waits for the same stimulus.</summary>
public abstract class Trigger : Activity;

/// <summary>A trigger with a result.</summary>
/// <typeparam name="T">Type of the result.</typeparam>
public abstract class Trigger<T> : Trigger
{
    /// <summary>Where the result goes.</summary>
    [Output]
    public Output<T> Result { get; set; } = new();
}

/// <summary>An activity that is made of another one; <c>Complete</c> inside it completes it.</summary>
public abstract class Composite : Activity
{
    /// <summary>The activity that it is made of.</summary>
    [Port(IsBrowsable = false)]
    public Activity? Root { get; set; }

    /// <inheritdoc/>
    protected override void Execute(ActivityExecutionContext context)
    {
        if (Root is null)
            context.Complete();
        else
            context.Schedule(Root);
    }

    /// <inheritdoc/>
    protected override void OnChildCompleted(ActivityExecutionContext context, ActivityCompletion completion) => context.Complete();
}
