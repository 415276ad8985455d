using System.Collections.Immutable;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Engine.Graph;

namespace ServiceLoop.Engine.Nodes;

/// <summary>A flowchart as arrays of integers, built once. Steps are numbered by their place in the chart, edges by their place in the list.</summary>
internal sealed class FlowPlan
{
    private readonly Lazy<int[]> component;

    public FlowPlan(Flowchart chart, FlowSemantics semantics)
    {
        var connections = chart.Connections;
        Steps = [.. chart.Activities.Select(a => a.Node)];
        Source = new int[connections.Count];
        Target = new int[connections.Count];
        Port = new string?[connections.Count];
        Out = Lists(connections, Source, Steps.Length, static c => c.Source.Node.Ordinal);
        In = Lists(connections, Target, Steps.Length, static c => c.Target.Node.Ordinal);

        for (var e = 0; e < connections.Count; e++)
            Port[e] = connections[e].Port ?? (semantics == FlowSemantics.Sound ? Outcomes.Done : null);

        IsJoin = new bool[Steps.Length];
        Merge = new MergeMode[Steps.Length];

        for (var s = 0; s < Steps.Length; s++)
        {
            IsJoin[s] = In[s].Length > 1 || Steps[s].Activity is FlowJoin;
            Merge[s] = MergeModeOf(Steps[s].Activity);
        }

        Place = new int[connections.Count];

        foreach (var list in In)
            for (var i = 0; i < list.Length; i++)
                Place[list[i]] = i;

        DefaultStart = FindStart(chart);
        component = new(() => StrongComponents.Of(this));
    }

    public Node[] Steps { get; }

    public int[] Source { get; }

    public int[] Target { get; }

    /// <summary>Outcome that makes an edge active; null is the Done of a plain completion.</summary>
    public string?[] Port { get; }

    public int[][] Out { get; }

    public int[][] In { get; }

    /// <summary>By edge: its place among those into its target.</summary>
    public int[] Place { get; }

    /// <summary>By step: its strong component; no edge leads to a higher number. Computed when first asked for.</summary>
    public int[] Component => component.Value;

    public bool[] IsJoin { get; }

    public MergeMode[] Merge { get; }

    /// <summary>The step to start with when no trigger says otherwise; -1 for an empty chart.</summary>
    public int DefaultStart { get; }

    public bool IsActive(int edge, ImmutableArray<string> outcomes)
    {
        var port = Port[edge];

        if (port is null)
            return outcomes == Outcomes.Default;

        foreach (var outcome in outcomes)
            if (string.Equals(outcome, port, StringComparison.Ordinal))
                return true;

        return false;
    }

    private static int[][] Lists(IReadOnlyList<Connection> connections, int[] ends, int steps, Func<Connection, int> end)
    {
        var counts = new int[steps];

        for (var e = 0; e < connections.Count; e++)
            counts[ends[e] = end(connections[e])]++;

        var lists = new int[steps][];

        for (var s = 0; s < steps; s++)
            lists[s] = counts[s] == 0 ? [] : new int[counts[s]];

        Array.Clear(counts);

        for (var e = 0; e < connections.Count; e++)
            lists[ends[e]][counts[ends[e]]++] = e;

        return lists;
    }

    private static MergeMode MergeModeOf(Activity activity) =>
        activity.CustomProperties.ValueKind == System.Text.Json.JsonValueKind.Object
        && ElsaJson.Text(ElsaJson.Find(activity.CustomProperties, "mergeMode")) is { } name
        && Enum.TryParse<MergeMode>(name, ignoreCase: true, out var mode)
            ? mode
            : MergeMode.None;

    private int FindStart(Flowchart chart)
    {
        if (chart.Start is not null)
            return chart.Start.Node.Ordinal;

        for (var s = 0; s < Steps.Length; s++)
            if (Steps[s].Descriptor.IsStart)
                return s;

        for (var s = 0; s < Steps.Length; s++)
            if (Steps[s].Activity.CanStartWorkflow)
                return s;

        for (var s = 0; s < Steps.Length; s++)
            if (In[s].Length == 0)
                return s;

        return Steps.Length > 0 ? 0 : -1;
    }
}

/// <summary>How a step of a chart takes several inbound connections in token mode.</summary>
internal enum MergeMode
{
    None,
    Stream,
    Merge,
    Converge,
    Cascade,
    Race,
}
