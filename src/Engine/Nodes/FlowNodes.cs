using System.Text.Json;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Engine.Execution;
using ServiceLoop.Engine.Expressions;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.Engine.Nodes;

/// <summary>How a join waits.</summary>
public enum FlowJoinMode
{
    /// <summary>The first branch goes on, the others are cancelled.</summary>
    WaitAny,

    /// <summary>Every branch must arrive.</summary>
    WaitAll,

    /// <summary>Every branch that is on its way must arrive.</summary>
    WaitAllActive,
}

/// <summary>How many cases may match.</summary>
public enum SwitchMode
{
    /// <summary>Only the first.</summary>
    MatchFirst,

    /// <summary>All that do.</summary>
    MatchAny,
}

/// <summary>The start of a flowchart.</summary>
[Activity("Elsa", "Flow", "Marks where the flowchart begins.")]
public sealed class Start : CodeActivity, IStartNode;

/// <summary>Ends the flowchart that it stands in.</summary>
[Activity("Elsa", "Flow", "Ends the flowchart.")]
public sealed class End : CodeActivity, ITerminalNode;

/// <summary>Goes one of two ways.</summary>
[Activity("Elsa", "Branching", "Goes one of two ways.", DisplayName = "Decision")]
[FlowNode("True", "False")]
public sealed class FlowDecision : Activity
{
    /// <summary>What decides.</summary>
    [Input(Description = "What decides.", UIHint = InputHints.SingleLine)]
    public Input<bool> Condition { get; set; } = new(false);

    /// <inheritdoc/>
    protected override void Execute(ActivityExecutionContext context) => context.Complete(Outcomes.Of(Condition.Get(context)));
}

/// <summary>Goes on under every branch name at once.</summary>
[Activity("Elsa", "Branching", "Splits into branches that run side by side.", DisplayName = "Fork")]
[FlowNode("Done")]
public sealed class FlowFork : Activity
{
    /// <summary>Names of the branches.</summary>
    [Input(Description = "Names of the branches.", UIHint = InputHints.DynamicOutcomes)]
    public Input<string[]> Branches { get; set; } = new(Array.Empty<string>());

    /// <inheritdoc/>
    protected override void Execute(ActivityExecutionContext context)
    {
        var branches = Branches?.Get(context);
        context.Complete(branches is { Length: > 0 } ? [.. branches] : Outcomes.Default);
    }
}

/// <summary>Brings branches together.</summary>
[Activity("Elsa", "Branching", "Brings branches together.", DisplayName = "Join")]
public sealed class FlowJoin : Activity
{
    /// <summary>How it waits.</summary>
    [Input(
        Description = "Wait Any goes on with the first branch and cancels the others; Wait All needs every branch; Wait All Active needs every branch that is on its way.",
        UIHint = InputHints.Dropdown
    )]
    public Input<FlowJoinMode> Mode { get; set; } = new(FlowJoinMode.WaitAny);

    /// <summary>The mode, as the chart sees it before the join runs.</summary>
    internal FlowJoinMode ModeIn(Frame chart)
    {
        if (Mode is null)
            return FlowJoinMode.WaitAny;

        var binding = Node.Inputs[Mode.Index];
        return (FlowJoinMode)(binding.Kind == BindingKind.Constant ? binding.Constant! : chart.EvaluateBinding(binding)!);
    }

    /// <inheritdoc/>
    protected override void Execute(ActivityExecutionContext context)
    {
        if (((Frame)context).Parent is { IsAlive: true, Node.Activity: Flowchart chart } parent)
            chart.CancelAncestors(parent, Node.Ordinal);

        context.Complete();
    }
}

/// <summary>A named condition.</summary>
/// <param name="Label">Name of the outcome.</param>
/// <param name="Condition">What must be true.</param>
/// <param name="Activity">What runs; only for <see cref="Switch"/>.</param>
public sealed record SwitchCase(string Label, ExpressionDefinition? Condition, Activity? Activity = null)
{
    internal InputBinding Binding { get; set; } = null!;

    /// <summary>Reads the cases of a switch in any of their forms.</summary>
    internal static List<SwitchCase> Read(ActivityReader reader, JsonElement json, string path, bool withActivity)
    {
        var cases = new List<SwitchCase>();
        var i = 0;

        // A case list may itself be wrapped as an input.
        if (
            json.ValueKind == JsonValueKind.Object
            && ElsaJson.Find(json, "expression") is { ValueKind: JsonValueKind.Object } wrapped
            && ElsaJson.Find(wrapped, "value") is { } inner
        )
            json = inner;

        foreach (var item in ElsaJson.Items(json))
        {
            var place = $"{path}[{i++}]";
            var condition = ElsaJson.Find(item, "condition") is { } c ? reader.ReadExpression(c, $"{place}.condition") : null;
            var activity = withActivity && ElsaJson.Find(item, "activity") is { } a ? reader.Read(a, $"{place}.activity") : null;
            cases.Add(new SwitchCase(ElsaJson.Text(ElsaJson.Find(item, "label")) ?? "", condition, activity));
        }

        return cases;
    }

    internal static List<SwitchCase> Matching(IReadOnlyList<SwitchCase> cases, SwitchMode mode, ActivityExecutionContext context)
    {
        var matching = new List<SwitchCase>();

        foreach (var @case in cases)
        {
            if (!ValueConverter.To<bool>(((Frame)context).EvaluateBinding(@case.Binding)))
                continue;

            matching.Add(@case);

            if (mode == SwitchMode.MatchFirst)
                break;
        }

        return matching;
    }
}

/// <summary>Goes on under the names of the cases that match.</summary>
[Activity("Elsa", "Branching", "Goes on by the first case that matches, or by all.", DisplayName = "Switch (flow)")]
[FlowNode("Default")]
public sealed class FlowSwitch : Activity
{
    /// <summary>The cases, in the order in which they are tried.</summary>
    [Input(Description = "The cases, in the order in which they are tried.", UIHint = InputHints.FlowSwitchEditor)]
    [ReadByActivity]
    public IReadOnlyList<SwitchCase> Cases { get; set; } = [];

    /// <summary>Whether one or all may match.</summary>
    [Input(Description = "Whether only the first matching case counts, or every one.", UIHint = InputHints.Dropdown)]
    public Input<SwitchMode> Mode { get; set; } = new(SwitchMode.MatchFirst);

    internal override void ReadMembers(ActivityReader reader, JsonElement json)
    {
        if (ElsaJson.Find(json, "cases") is { } cases)
            Cases = SwitchCase.Read(reader, cases, $"{Path}.cases", withActivity: false);
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
        context.Complete(matching.Count == 0 ? ["Default"] : [.. matching.Select(c => c.Label)]);
    }
}

/// <summary>A container with one activity inside.</summary>
[Activity("Elsa", "Flow", "Holds another activity.", DisplayName = "Container")]
public sealed class FlowNode : Activity
{
    /// <summary>What runs inside.</summary>
    [Port]
    public Activity? Body { get; set; }

    /// <inheritdoc/>
    protected override void Execute(ActivityExecutionContext context)
    {
        if (Body is null)
            context.Complete();
        else if (Body is Flowchart && ((Frame)context).Run.TryBegin(Body.Node, (Frame)context))
            return;
        else
            context.Schedule(Body);
    }

    /// <inheritdoc/>
    protected override void OnChildCompleted(ActivityExecutionContext context, ActivityCompletion completion) => context.Complete();
}
