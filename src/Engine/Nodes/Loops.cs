using System.Collections;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Execution;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.Engine.Nodes;

/// <summary>An activity whose body a Break ends.</summary>
internal interface ILoop;

/// <summary>What all loops share: a body, and its variables.</summary>
public abstract class Loop : Activity
{
    /// <summary>What runs each time.</summary>
    [Port]
    public Activity? Body { get; set; }

    private protected static bool IsBreaking(ActivityExecutionContext context) => ((Frame)context).IsBreaking;

    private protected static Dictionary<string, object?> Current(object? value, long? index = null)
    {
        var variables = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase) { ["CurrentValue"] = value };

        if (index is not null)
            variables["CurrentIndex"] = index;

        return variables;
    }

    private protected static List<object?> Listed(object? items) =>
        items switch
        {
            null => [],
            string text when text.TrimStart() is ['[', ..] && ValueJson.TryParse(text, out var parsed) && parsed is List<object?> list =>
                list,
            string text => text.Length == 0 ? [] : [text],
            IDictionary<string, object?> => [items],
            IEnumerable list => [.. list.Cast<object?>()],
            _ => [items],
        };
}

/// <summary>Counts from a start to an end.</summary>
[Activity("Elsa", "Looping", "Counts from a start to an end and runs its body each time.")]
public sealed class For : Loop, ILoop
{
    /// <summary>First value.</summary>
    [Input(Description = "First value.")]
    public Input<int> Start { get; set; } = new(0);

    /// <summary>Last value.</summary>
    [Input(Description = "Last value.")]
    public Input<int> End { get; set; } = new(0);

    /// <summary>What is added each time; negative counts down.</summary>
    [Input(Description = "What is added each time; negative counts down.")]
    public Input<int> Step { get; set; } = new(1);

    /// <summary>Whether the end itself counts.</summary>
    [Input(Description = "Whether the end itself counts.", UIHint = InputHints.Checkbox)]
    public Input<bool> OuterBoundInclusive { get; set; } = new(true);

    /// <summary>The value of this turn.</summary>
    [Output]
    public Output<object?> CurrentValue { get; set; } = new();

    /// <inheritdoc/>
    protected override void Execute(ActivityExecutionContext context) => Turn(context, Start?.Get(context) ?? 0);

    /// <inheritdoc/>
    protected override void OnChildCompleted(ActivityExecutionContext context, ActivityCompletion completion)
    {
        if (IsBreaking(context))
            context.Complete();
        else
            Turn(context, completion.Tag + (Step is null ? 1 : Step.Get(context)));
    }

    private void Turn(ActivityExecutionContext context, long value)
    {
        long end = End?.Get(context) ?? 0;
        var step = Step is null ? 1 : Step.Get(context);
        var inclusive = OuterBoundInclusive is null || OuterBoundInclusive.Get(context);
        var goesOn =
            step >= 0
                ? inclusive
                    ? value <= end
                    : value < end
                : inclusive
                    ? value >= end
                    : value > end;

        if (!goesOn || (Body is null && !((Frame)context).Run.Graph.IsElsaExact))
        {
            context.Complete();
            return;
        }

        // In Elsa a For without body stands still.
        if (Body is null)
            return;

        CurrentValue.Set(context, value);
        context.Schedule(Body, tag: value, variables: Current(value));
    }
}

/// <summary>Runs its body for each item, one after the other.</summary>
[Activity("Elsa", "Looping", "Runs its body for each item, one after the other.", DisplayName = "For Each")]
public sealed class ForEach : Loop, ILoop
{
    /// <summary>The items.</summary>
    [Input(Description = "The items.", UIHint = InputHints.MultiText)]
    public Input<object> Items { get; set; } = new(Array.Empty<object>());

    /// <summary>The item of this turn.</summary>
    [Output]
    public Output<object?> CurrentValue { get; set; } = new();

    /// <inheritdoc/>
    protected override void Execute(ActivityExecutionContext context) => Turn(context, 0);

    /// <inheritdoc/>
    protected override void OnChildCompleted(ActivityExecutionContext context, ActivityCompletion completion)
    {
        if (IsBreaking(context))
            context.Complete();
        else
            Turn(context, (int)completion.Tag + 1);
    }

    private void Turn(ActivityExecutionContext context, int index)
    {
        var items = Listed(Items?.Get(context));

        if (Body is null || index >= items.Count)
        {
            context.Complete();
            return;
        }

        CurrentValue.Set(context, items[index]);
        context.Schedule(Body, tag: index, variables: Current(items[index], index));
    }
}

/// <summary>Runs its body for all items side by side.</summary>
[Activity("Elsa", "Looping", "Runs its body for all items side by side.", DisplayName = "Parallel For Each")]
public sealed class ParallelForEach : Loop
{
    /// <summary>The items.</summary>
    [Input(Description = "The items.", UIHint = InputHints.MultiText)]
    public Input<object> Items { get; set; } = new(Array.Empty<object>());

    /// <inheritdoc/>
    protected override void Execute(ActivityExecutionContext context)
    {
        var items = Listed(Items?.Get(context));

        if (Body is null || items.Count == 0)
        {
            context.Complete();
            return;
        }

        context.SetProperty("Items", items.Count);

        for (var i = 0; i < items.Count; i++)
            context.Schedule(Body, tag: i, variables: Current(items[i], i));
    }

    /// <inheritdoc/>
    protected override void OnChildCompleted(ActivityExecutionContext context, ActivityCompletion completion)
    {
        // A Break inside it ends a loop further out.
        if (Counting.Count(context) == context.GetProperty<long>("Items"))
            context.Complete();
    }
}

/// <summary>Runs its body as long as a condition holds.</summary>
[Activity("Elsa", "Looping", "Runs its body as long as a condition holds.")]
public sealed class While : Loop, ILoop
{
    /// <summary>Asked before each turn.</summary>
    [Input(Description = "Asked before each turn.", UIHint = InputHints.SingleLine, AutoEvaluate = false)]
    public Input<bool> Condition { get; set; } = new(false);

    /// <inheritdoc/>
    protected override void Execute(ActivityExecutionContext context) => Turn(context);

    /// <inheritdoc/>
    protected override void OnChildCompleted(ActivityExecutionContext context, ActivityCompletion completion)
    {
        if (IsBreaking(context))
            context.Complete();
        else
            Turn(context);
    }

    private void Turn(ActivityExecutionContext context)
    {
        if (Body is not null && context.Evaluate(Condition))
            context.Schedule(Body);
        else
            context.Complete();
    }
}

/// <summary>Ends the nearest loop; the chart or sequence that it stands in ends first.</summary>
[Activity("Elsa", "Looping", "Ends the nearest loop.")]
public sealed class Break : CodeActivity, ITerminalNode
{
    /// <inheritdoc/>
    protected override void Execute(ActivityExecutionContext context)
    {
        for (var frame = ((Frame)context).Parent; frame is not null; frame = frame.Parent)
        {
            frame.IsBreaking = true;

            if (frame.Node.Activity is ILoop)
                return;
        }
    }
}
