using System.Text.Json;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Engine.Execution;

namespace ServiceLoop.Engine.Nodes;

/// <summary>An activity that holds a list of others and a scope of variables.</summary>
public abstract class Container : Activity
{
    /// <summary>The activities, in order.</summary>
    [Port]
    public IReadOnlyList<Activity> Activities { get; set; } = [];

    /// <summary>Variables that only these activities see.</summary>
    public IReadOnlyList<Variable> Variables { get; set; } = [];

    internal override IReadOnlyList<Variable> DeclaredVariables => Variables;

    internal override void ReadMembers(ActivityReader reader, JsonElement json)
    {
        if (ElsaJson.Find(json, "variables") is { } variables)
            Variables = reader.ReadVariables(variables, $"{Path}.variables");
    }
}

/// <summary>Runs its activities one after the other.</summary>
[Activity("Elsa", "Workflows", "Runs activities one after the other.", IsBrowsable = false)]
public sealed class Sequence : Container
{
    /// <inheritdoc/>
    protected override void Execute(ActivityExecutionContext context) => RunAt(context, 0);

    /// <inheritdoc/>
    protected override void OnChildCompleted(ActivityExecutionContext context, ActivityCompletion completion)
    {
        if (((Frame)context).IsBreaking || completion.Child is ITerminalNode)
            context.Complete();
        else
            RunAt(context, (int)completion.Tag + 1);
    }

    private void RunAt(ActivityExecutionContext context, int index)
    {
        if (index >= Activities.Count)
            context.Complete();
        else
            context.Schedule(Activities[index], tag: index);
    }
}

/// <summary>Runs its activities side by side and waits for all.</summary>
[Activity("Elsa", "Workflows", "Runs activities side by side and waits for all.", IsBrowsable = false)]
public sealed class Parallel : Container
{
    /// <inheritdoc/>
    protected override void Execute(ActivityExecutionContext context)
    {
        if (Activities.Count == 0)
            context.Complete();

        foreach (var activity in Activities)
            context.Schedule(activity);
    }

    /// <inheritdoc/>
    protected override void OnChildCompleted(ActivityExecutionContext context, ActivityCompletion completion)
    {
        if (Counting.Count(context) == Activities.Count)
            context.Complete();
    }
}

/// <summary>Counts the completed children of an execution.</summary>
internal static class Counting
{
    private const string Key = "Completed";

    public static long Count(ActivityExecutionContext context)
    {
        var count = context.GetProperty<long>(Key) + 1;
        context.SetProperty(Key, count);
        return count;
    }
}
