using System.Collections.Immutable;
using System.Text.Json;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Engine.Execution;
using ServiceLoop.Engine.Graph;

namespace ServiceLoop.Engine.Nodes;

/// <summary>A connection between two activities of a flowchart.</summary>
/// <param name="Source">The activity that it leaves.</param>
/// <param name="Target">The activity that it enters.</param>
/// <param name="Port">Outcome that makes it active; null means <c>Done</c>.</param>
public sealed record Connection(Activity Source, Activity Target, string? Port = null)
{
    /// <summary>Decorative; part of the identity of a connection.</summary>
    internal string? TargetPort { get; init; }
}

/// <summary>Activities and connections between them.</summary>
[Activity("Elsa", "Flow", "Activities and the connections between them.", IsBrowsable = false)]
public sealed class Flowchart : Activity
{
    private FlowRule rule = null!;
    private List<(string Source, string Target, string? Port, string? TargetPort, string Path)>? unread;

    /// <summary>The activities.</summary>
    [Port]
    public IReadOnlyList<Activity> Activities { get; set; } = [];

    /// <summary>The connections, in the order in which they are taken.</summary>
    public IReadOnlyList<Connection> Connections { get; set; } = [];

    /// <summary>Variables that only these activities see.</summary>
    public IReadOnlyList<Variable> Variables { get; set; } = [];

    /// <summary>The activity to start with; null means by rule.</summary>
    public Activity? Start { get; set; }

    internal FlowPlan Plan { get; private set; } = null!;

    internal override IReadOnlyList<Variable> DeclaredVariables => Variables;

    internal override void ReadMembers(ActivityReader reader, JsonElement json)
    {
        if (ElsaJson.Find(json, "variables") is { } variables)
            Variables = reader.ReadVariables(variables, $"{Path}.variables");

        if (ElsaJson.Find(json, "connections") is { } connections)
            unread = FlowConnections.Read(reader, connections, $"{Path}.connections", Id);

        // Connections from activities that were unknown where the file was written.
        if (CustomProperties.ValueKind == JsonValueKind.Object && ElsaJson.Find(CustomProperties, "notFoundConnections") is { } kept)
            (unread ??= []).AddRange(FlowConnections.Read(reader, kept, $"{Path}.customProperties.notFoundConnections", Id));
    }

    internal override void Prepare(GraphBuilder builder)
    {
        if (unread is not null)
            Connections = FlowConnections.Resolve(builder, unread, Activities, Id);

        unread = null;
        FlowConnections.CheckIds(builder, this);
        Plan = new FlowPlan(this, builder.Semantics);
        rule = builder.Semantics switch
        {
            FlowSemantics.ElsaCounter => new CounterRule(Plan),
            FlowSemantics.ElsaToken => new TokenRule(Plan),
            _ => new SoundRule(Plan),
        };
    }

    internal void ChildCompleted(Frame chart, Frame child, ImmutableArray<string> outcomes) => rule.ChildCompleted(chart, child, outcomes);

    internal void ChildCanceled(Frame chart, Frame child) => rule.ChildCanceled(chart, child);

    internal void ScheduleByHand(Frame chart, Node node) => rule.Schedule(chart, node.Ordinal);

    internal FlowState Thaw(Frame chart, ImmutableArray<int> saved) => rule.Thaw(StartOf(chart), saved);

    internal void CancelAncestors(Frame chart, int step) => rule.CancelAncestors(chart, step);

    /// <summary>The step that it begins with in an instance that this activity has started; -1 for an empty chart.</summary>
    internal int StartFor(string? triggerActivityId)
    {
        if (triggerActivityId is not null)
            for (var i = 0; i < Activities.Count; i++)
                if (Activities[i].Id == triggerActivityId)
                    return i;

        return Plan.DefaultStart;
    }

    /// <summary>By edge: whether it leads onwards, in a chart that begins at a step.</summary>
    internal bool[] ForwardEdges(int start) => start < 0 ? [] : rule.ForwardEdges(start);

    /// <summary>What sound joins know; null in Elsa's modes.</summary>
    internal SoundGraph? SoundFrom(int start) => start < 0 ? null : (rule as SoundRule)?.GraphOf(start);

    internal string DescribeStandstill(Frame chart) =>
        $"flowchart '{Id}' has nothing left to run, but it has not ended ({chart.Flow?.Describe(Plan)}).";

    /// <inheritdoc/>
    protected override void Execute(ActivityExecutionContext context)
    {
        var chart = (Frame)context;
        var start = StartOf(chart);

        if (start < 0)
        {
            context.Complete();
            return;
        }

        chart.Flow = rule.Begin(start);
        rule.Schedule(chart, start);
    }

    private int StartOf(Frame chart) => StartFor(chart.Run.TriggerActivityId);
}
