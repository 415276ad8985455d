using System.Runtime.CompilerServices;
using ServiceLoop.Engine;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.State;

namespace ServiceLoop.TestKit;

/// <summary>What tests say about an instance.</summary>
public static class WorkflowAssertions
{
    // A state does not know its graph; the kit remembers it for the states that it made.
    private static readonly ConditionalWeakTable<WorkflowState, WorkflowGraph> Graphs = [];

    /// <summary>It is suspended, and an activity of this type waits.</summary>
    public static void ShouldBeSuspendedAt<T>(this WorkflowState state)
        where T : Activity => state.ShouldBeSuspendedAt(node => node.Activity is T, typeof(T).Name);

    /// <summary>It is suspended, and the activity with this id waits.</summary>
    public static void ShouldBeSuspendedAt(this WorkflowState state, string activityId) =>
        state.ShouldBeSuspendedAt(node => node.Id == activityId, $"'{activityId}'");

    /// <summary>It has ended, and ended well.</summary>
    public static void ShouldBeFinished(this WorkflowState state) => state.SubStatus.ShouldBe(WorkflowSubStatus.Finished, Faults(state));

    /// <summary>It has failed; gives back the newest incident.</summary>
    public static Incident ShouldBeFaulted(this WorkflowState state)
    {
        state.SubStatus.ShouldBe(WorkflowSubStatus.Faulted);
        return state.Incidents[^1];
    }

    internal static void Remember(this WorkflowState state, WorkflowGraph graph) => Graphs.AddOrUpdate(state, graph);

    private static void ShouldBeSuspendedAt(this WorkflowState state, Func<Node, bool> isIt, string what)
    {
        state.SubStatus.ShouldBe(WorkflowSubStatus.Suspended, Faults(state));
        var graph = Graphs.TryGetValue(state, out var known)
            ? known
            : throw new ArgumentException("The state was not made by Flow or ActivityTester.", nameof(state));
        var waiting = state.Bookmarks.Select(b => graph.Nodes[state.Frames.Single(f => f.Id == b.FrameId).Node]).ToArray();

        waiting.ShouldContain(node => isIt(node), $"expected to wait at {what}, waits at {string.Join(", ", waiting.Select(n => n.Id))}");
    }

    private static string? Faults(WorkflowState state) =>
        state.Incidents.IsEmpty ? null : string.Join('\n', state.Incidents.Select(i => $"{i.ActivityId}: {i.Message}"));
}
