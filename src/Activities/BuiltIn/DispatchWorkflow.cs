using ServiceLoop.Engine;

namespace ServiceLoop.Activities.BuiltIn;

/// <summary>Starts another workflow in the background, and waits for its end if asked to.</summary>
/// <remarks>
/// A child that failed or was cancelled also ends the wait, with <c>Done</c>, as in Elsa; here <see cref="ChildSubStatus"/> and
/// <see cref="ChildFault"/> tell.
/// </remarks>
[Activity("Elsa", "Composition", "Starts another workflow in the background, and waits for its end if asked to.")]
public sealed class DispatchWorkflow : Activity<object?>
{
    /// <summary>Id of the workflow definition; its published version is started.</summary>
    [Input(DisplayName = "Workflow Definition", Description = "The workflow to start.", UIHint = InputHints.WorkflowDefinitionPicker)]
    public Input<string> WorkflowDefinitionId { get; set; } = new((string?)null);

    /// <summary>Correlation id of the child.</summary>
    [Input(DisplayName = "Correlation ID", Description = "Correlation id of the child.")]
    public Input<string> CorrelationId { get; set; } = new((string?)null);

    /// <summary>Inputs of the child; <c>ParentInstanceId</c> is added.</summary>
    [Input(Description = "Inputs of the child: names with values.", UIHint = InputHints.Dictionary)]
    public Input<IDictionary<string, object?>> Input { get; set; } = new((IDictionary<string, object?>?)null);

    /// <summary>True: completes when the child has ended; its outputs are the result.</summary>
    [Input(Description = "Wait until the child has ended.", UIHint = InputHints.Checkbox)]
    public Input<bool> WaitForCompletion { get; set; } = new(false);

    /// <summary>Kept for definitions of Elsa; there is one channel here.</summary>
    [Input(DisplayName = "Channel", Description = "Not used here: there is one channel.")]
    public Input<string> ChannelName { get; set; } = new((string?)null);

    /// <summary>Id of the child.</summary>
    [Output(Description = "Id of the child.")]
    public Output<string> ChildInstanceId { get; set; } = new();

    /// <summary>After a wait: <c>Finished</c>, <c>Faulted</c> or <c>Cancelled</c>.</summary>
    [Output(Description = "After a wait: Finished, Faulted or Cancelled.")]
    public Output<string> ChildSubStatus { get; set; } = new();

    /// <summary>After a wait for a child that failed: why.</summary>
    [Output(Description = "After a wait for a child that failed: why.")]
    public Output<string> ChildFault { get; set; } = new();

    /// <inheritdoc/>
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var definitionId = await ChildWorkflow.PublishedAsync(context, WorkflowDefinitionId);
        var child = ChildWorkflow.IdFor(context);
        var wait = WaitForCompletion is not null && WaitForCompletion.Get(context);

        context.Emit(
            new Effect.Dispatch
            {
                DefinitionId = definitionId,
                ChildInstanceId = child,
                CorrelationId = CorrelationId?.Get(context) is { Length: > 0 } id ? id : null,
                Inputs = ChildWorkflow.Named(ChildWorkflow.InputsFrom(context, Input?.Get(context))),
                Wait = wait,
            }
        );
        ChildInstanceId.Set(context, child);

        if (wait)
            context.CreateBookmark(ChildWorkflow.EndOfOne("Elsa.DispatchWorkflow", child), OnChildEnded);
        else
            context.Complete();
    }

    private void OnChildEnded(ActivityExecutionContext context)
    {
        var end = ChildEnd.Of(context);
        Result.Set(context, end.Output);
        ChildSubStatus.Set(context, end.SubStatus.ToString());
        ChildFault.Set(context, end.Fault);
        context.Complete();
    }
}
