using System.Text.Json;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;

namespace ServiceLoop.Engine.Nodes;

/// <summary>Runs one of two activities.</summary>
[Activity("Elsa", "Branching", "Runs one of two activities.", DisplayName = "If")]
public sealed class If : Activity<bool>
{
    /// <summary>What decides.</summary>
    [Input(Description = "What decides.", UIHint = InputHints.SingleLine)]
    public Input<bool> Condition { get; set; } = new(false);

    /// <summary>Runs when the condition is true.</summary>
    [Port]
    public Activity? Then { get; set; }

    /// <summary>Runs when it is false.</summary>
    [Port]
    public Activity? Else { get; set; }

    /// <inheritdoc/>
    protected override void Execute(ActivityExecutionContext context)
    {
        var decision = Condition is not null && Condition.Get(context);
        Result.Set(context, decision);

        if ((decision ? Then : Else) is { } branch)
            context.Schedule(branch);
        else
            context.Complete();
    }

    /// <inheritdoc/>
    protected override void OnChildCompleted(ActivityExecutionContext context, ActivityCompletion completion) => context.Complete();
}

/// <summary>Runs the activity of the first case that matches, or of all.</summary>
[Activity("Elsa", "Branching", "Runs the activity of the first case that matches, or of all.")]
public sealed class Switch : Activity
{
    /// <summary>The cases, in the order in which they are tried.</summary>
    [Input(Description = "The cases, in the order in which they are tried.", UIHint = InputHints.SwitchEditor)]
    [ReadByActivity]
    public IReadOnlyList<SwitchCase> Cases { get; set; } = [];

    /// <summary>Whether one or all may match.</summary>
    [Input(Description = "Whether only the first matching case counts, or every one.", UIHint = InputHints.Dropdown)]
    public Input<SwitchMode> Mode { get; set; } = new(SwitchMode.MatchFirst);

    /// <summary>Runs when no case matches.</summary>
    [Port]
    public Activity? Default { get; set; }

    internal override void CollectChildren(List<Activity> children) => children.AddRange(Cases.Select(c => c.Activity).OfType<Activity>());

    internal override void ReadMembers(ActivityReader reader, JsonElement json)
    {
        if (ElsaJson.Find(json, "cases") is { } cases)
            Cases = SwitchCase.Read(reader, cases, $"{Path}.cases", withActivity: true);
    }

    internal override void Prepare(GraphBuilder builder)
    {
        foreach (var @case in Cases)
            @case.Binding = builder.Bind(Node, $"Cases[{@case.Label}]", typeof(bool), @case.Condition);
    }

    /// <inheritdoc/>
    protected override void Execute(ActivityExecutionContext context)
    {
        var matching = SwitchCase.Matching(Cases, Mode is null ? SwitchMode.MatchFirst : Mode.Get(context), context);
        var branches =
            matching.Count == 0
                ? Default is null
                    ? []
                    : [Default]
                : matching.Select(c => c.Activity).OfType<Activity>().ToList();

        if (branches.Count == 0)
            context.Complete();

        context.SetProperty("Branches", branches.Count);

        foreach (var branch in branches)
            context.Schedule(branch);
    }

    /// <inheritdoc/>
    protected override void OnChildCompleted(ActivityExecutionContext context, ActivityCompletion completion)
    {
        if (Counting.Count(context) >= context.GetProperty<long>("Branches"))
            context.Complete();
    }
}

/// <summary>When a <see cref="Fork"/> ends.</summary>
public enum ForkJoinMode
{
    /// <summary>With the first branch; the others are cancelled.</summary>
    WaitAny,

    /// <summary>With the last branch.</summary>
    WaitAll,
}

/// <summary>Runs branches side by side.</summary>
[Activity("Elsa", "Branching", "Runs branches side by side.", DisplayName = "Fork (sequence)", IsBrowsable = false)]
public sealed class Fork : Activity
{
    /// <summary>When it ends.</summary>
    [Input(
        Description = "Wait Any ends with the first branch and cancels the others; Wait All with the last.",
        UIHint = InputHints.Dropdown
    )]
    public ForkJoinMode JoinMode { get; set; } = ForkJoinMode.WaitAll;

    /// <summary>The branches.</summary>
    [Port]
    public IReadOnlyList<Activity> Branches { get; set; } = [];

    /// <inheritdoc/>
    protected override void Execute(ActivityExecutionContext context)
    {
        if (Branches.Count == 0)
            context.Complete();

        foreach (var branch in Branches)
            context.Schedule(branch);
    }

    /// <inheritdoc/>
    protected override void OnChildCompleted(ActivityExecutionContext context, ActivityCompletion completion)
    {
        if (JoinMode == ForkJoinMode.WaitAny || ((Execution.Frame)context).IsBreaking || Counting.Count(context) == Branches.Count)
            context.Complete();
    }
}
