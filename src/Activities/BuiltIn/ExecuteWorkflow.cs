using ServiceLoop.Engine;
using ServiceLoop.Engine.State;

namespace ServiceLoop.Activities.BuiltIn;

/// <summary>Runs another workflow: until it ends or waits, or to its end if asked to wait.</summary>
/// <remarks>
/// The result is <c>{ workflowInstanceId, status, subStatus, output }</c>. Elsa gives the bare outputs when it waited for a child that was suspended; after
/// a wait the result therefore has the outputs as members too, except where one is named like the four.
/// </remarks>
[Activity("Elsa", "Composition", "Runs another workflow until it ends or waits, or to its end if asked to wait.", Kind = ActivityKind.Task)]
public sealed class ExecuteWorkflow : Activity<object?>
{
    /// <summary>Id of the workflow definition; its published version is run.</summary>
    [Input(DisplayName = "Workflow Definition", Description = "The workflow to run.", UIHint = InputHints.WorkflowDefinitionPicker)]
    public Input<string> WorkflowDefinitionId { get; set; } = new((string?)null);

    /// <summary>Correlation id of the child.</summary>
    [Input(DisplayName = "Correlation ID", Description = "Correlation id of the child.")]
    public Input<string> CorrelationId { get; set; } = new((string?)null);

    /// <summary>Inputs of the child; <c>ParentInstanceId</c> is added.</summary>
    [Input(Description = "Inputs of the child: names with values.", UIHint = InputHints.Dictionary)]
    public Input<IDictionary<string, object?>> Input { get; set; } = new((IDictionary<string, object?>?)null);

    /// <summary>True: completes when the child has ended. False: completes after the child's first burst.</summary>
    [Input(Description = "Wait until the child has ended.", UIHint = InputHints.Checkbox)]
    public Input<bool> WaitForCompletion { get; set; } = new(false);

    /// <summary>Id of the child.</summary>
    [Output(Description = "Id of the child.")]
    public Output<string> ChildInstanceId { get; set; } = new();

    /// <summary>Where the child stands: <c>Finished</c>, <c>Faulted</c>, <c>Cancelled</c>, or <c>Suspended</c> without a wait.</summary>
    [Output(Description = "Finished, Faulted, Cancelled, or Suspended without a wait.")]
    public Output<string> ChildSubStatus { get; set; } = new();

    /// <summary>For a child that failed: why.</summary>
    [Output(Description = "For a child that failed: why.")]
    public Output<string> ChildFault { get; set; } = new();

    /// <inheritdoc/>
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var definitionId = await ChildWorkflow.PublishedAsync(context, WorkflowDefinitionId);
        var child = ChildWorkflow.IdFor(context);
        var correlationId = CorrelationId?.Get(context) is { Length: > 0 } id ? id : null;
        var inputs = ChildWorkflow.InputsFrom(context, Input?.Get(context));
        ChildInstanceId.Set(context, child);

        if (WaitForCompletion is not null && WaitForCompletion.Get(context))
        {
            // Not run inline: the child must not end before this bookmark is committed.
            context.Emit(
                new Effect.Dispatch
                {
                    DefinitionId = definitionId,
                    ChildInstanceId = child,
                    CorrelationId = correlationId,
                    Inputs = ChildWorkflow.Named(inputs),
                    Wait = true,
                }
            );
            context.CreateBookmark(ChildWorkflow.EndOfOne("Elsa.ExecuteWorkflow", child), OnChildEnded);
            return;
        }

        var result = await context
            .GetRequiredService<IChildWorkflows>()
            .RunAsync(
                new ChildWorkflowRequest
                {
                    DefinitionId = definitionId,
                    InstanceId = child,
                    ParentInstanceId = context.WorkflowInstanceId,
                    Inputs = inputs,
                    CorrelationId = correlationId,
                },
                context.CancellationToken
            );
        Give(context, result.InstanceId, result.SubStatus, result.Output, result.Fault, []);
    }

    private void OnChildEnded(ActivityExecutionContext context)
    {
        var end = ChildEnd.Of(context);
        Give(context, end.InstanceId ?? ChildWorkflow.IdFor(context), end.SubStatus, end.Output, end.Fault, end.Output);
    }

    private void Give(
        ActivityExecutionContext context,
        string child,
        WorkflowSubStatus subStatus,
        IReadOnlyDictionary<string, object?> output,
        string? fault,
        Dictionary<string, object?> members
    )
    {
        var result = new Dictionary<string, object?>(members, StringComparer.Ordinal)
        {
            ["workflowInstanceId"] = child,
            ["status"] = WorkflowState.StatusOf(subStatus).ToString(),
            ["subStatus"] = subStatus.ToString(),
            ["output"] = output,
        };
        Result.Set(context, result);
        ChildSubStatus.Set(context, subStatus.ToString());
        ChildFault.Set(context, fault);
        context.Complete();
    }
}
