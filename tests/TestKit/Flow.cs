using System.Collections.Immutable;
using ServiceLoop.Engine;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Nodes;
using ServiceLoop.Engine.State;

namespace ServiceLoop.TestKit;

/// <summary>A flowchart built in a test, and the pure steps of one instance of it.</summary>
/// <remarks>Activities that run in the host need <see cref="ActivityTester"/>: <c>ActivityTester.For(flow.ToActivity())</c>.</remarks>
public sealed class Flow
{
    private readonly Activity[] activities;
    private readonly List<Connection> connections = [];
    private WorkflowGraph? graph;

    private Flow(Activity[] activities) => this.activities = activities;

    /// <summary>The compiled flow.</summary>
    public WorkflowGraph Graph =>
        graph ??= new WorkflowCompiler(ActivityCatalog.WithEngineActivities(), []).Compile(ToActivity()).GraphOrThrow();

    /// <summary>Begins a flow. Without <see cref="Connect"/> the activities run one after the other.</summary>
    public static Flow Of(params Activity[] activities) => new(activities);

    /// <summary>Connects two of the activities; then only what is connected runs.</summary>
    /// <param name="source">The activity that it leaves.</param>
    /// <param name="target">The activity that it enters.</param>
    /// <param name="port">Outcome that makes it active; null means <c>Done</c>.</param>
    public Flow Connect(Activity source, Activity target, string? port = null)
    {
        connections.Add(new Connection(source, target, port));
        return this;
    }

    /// <summary>The flowchart, to be used once.</summary>
    public Activity ToActivity() =>
        new Flowchart
        {
            Activities = activities,
            Connections = connections.Count > 0 ? connections : [.. activities.Zip(activities.Skip(1), (a, b) => new Connection(a, b))],
        };

    /// <summary>The first step of an instance.</summary>
    public Step Start(DateTimeOffset? at = null, IReadOnlyDictionary<string, object?>? inputs = null) =>
        Take(WorkflowState.New("wf-1", Graph), new Stimulus.Start { Inputs = inputs ?? ImmutableDictionary<string, object?>.Empty }, at);

    /// <summary>A later step: the bookmark at which the instance waits is resumed.</summary>
    public Step Resume(
        WorkflowState state,
        IReadOnlyDictionary<string, object?>? input = null,
        DateTimeOffset? at = null,
        Bookmark? bookmark = null
    ) =>
        Take(
            state,
            new Stimulus.Resume((bookmark ?? state.Bookmarks.ShouldHaveSingleItem()).Id)
            {
                Input = input ?? ImmutableDictionary<string, object?>.Empty,
            },
            at
        );

    /// <summary>Any step.</summary>
    public Step Take(WorkflowState state, Stimulus stimulus, DateTimeOffset? at = null)
    {
        var step = WorkflowEngine.Advance(Graph, state, stimulus, at ?? ActivityTester.Noon);
        step.State.Remember(Graph);
        return step;
    }
}
