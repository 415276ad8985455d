using System.Collections.Immutable;
using System.Reflection;
using ServiceLoop.Engine;
using ServiceLoop.Engine.Execution;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.State;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.TestKit;

/// <summary>What an activity under test did so far.</summary>
public sealed class ActivityRun
{
    private const string Watched = "output:";

    private readonly WorkflowGraph graph;
    private readonly Node node;
    private readonly IServiceProvider services;
    private readonly List<Effect> effects = [];
    private readonly List<JournalEntry> journal = [];
    private DateTimeOffset now;

    internal ActivityRun(WorkflowGraph graph, Activity activity, IServiceProvider services, DateTimeOffset now)
    {
        (this.graph, this.services, this.now) = (graph, services, now);
        node = graph.Nodes.Single(n => ReferenceEquals(n.Activity, activity));
        State = WorkflowState.New("wf-1", graph);
    }

    /// <summary>The instance around the activity, as it was stored last.</summary>
    public WorkflowState State { get; private set; }

    /// <summary>Outcomes under which the activity completed; empty while it waits or when it failed.</summary>
    public ImmutableArray<string> Outcomes =>
        journal.FindLast(j => j.Node == node.Index && j.Event == JournalEvent.Completed).Detail is ImmutableArray<string> outcomes
            ? outcomes
            : [];

    /// <summary>All that the world was asked to do, in order; calls to the host are not among them.</summary>
    public IReadOnlyList<Effect> Effects => effects;

    /// <summary>Domain rows that were written.</summary>
    public IReadOnlyList<object> Records => [.. effects.OfType<Effect.Record>().Select(r => r.Row)];

    /// <summary>Where it waits now.</summary>
    public ImmutableArray<Bookmark> Bookmarks => State.Bookmarks;

    /// <summary>The newest open incident; null when nothing failed.</summary>
    public Incident? Incident => State.Incidents.IsEmpty ? null : State.Incidents[^1];

    /// <summary>What happened, in order.</summary>
    public IReadOnlyList<JournalEntry> Journal => journal;

    /// <summary>Ids of the activities that were started, in order; the workflow itself is not among them.</summary>
    public IEnumerable<string> Started =>
        journal.Where(j => j.Event == JournalEvent.Started && j.Node > 0).Select(j => graph.Nodes[j.Node].Id);

    /// <summary>The variables of the workflow around the activity.</summary>
    public IReadOnlyDictionary<string, object?> Variables
    {
        get
        {
            var values = State.FinalVariables.AsEnumerable();

            if (State.Frames.FirstOrDefault(f => f.Node == 0) is { } root)
                values = DeclaredNames.Zip(root.Variables, (name, value) => new NamedValue(name, value)).Concat(root.Dynamic);

            return values.ToDictionary(v => v.Name, v => Decoded(v.Value), StringComparer.OrdinalIgnoreCase);
        }
    }

    internal IEnumerable<string> DeclaredNames { get; init; } = [];

    /// <summary>The value of an output that the test did not bind itself; null when it got none.</summary>
    public object? Output(string name) => Decoded(State.Outputs.FirstOrDefault(o => o.Name == Watched + name).Value);

    /// <summary>Resumes the bookmark at which it waits.</summary>
    /// <param name="input">What comes with the stimulus.</param>
    /// <param name="bookmark">Which one; needed only when it waits at several.</param>
    /// <param name="at">The moment; unchanged when null.</param>
    /// <param name="ct">Gives up.</param>
    public async Task<ActivityRun> ResumeAsync(
        IReadOnlyDictionary<string, object?>? input = null,
        Bookmark? bookmark = null,
        DateTimeOffset? at = null,
        CancellationToken ct = default
    )
    {
        now = at ?? now;
        bookmark ??= Bookmarks.ShouldHaveSingleItem("the activity does not wait at one bookmark");
        await TakeAsync(new Stimulus.Resume(bookmark.Id) { Input = input ?? ImmutableDictionary<string, object?>.Empty }, ct);
        return this;
    }

    /// <summary>Lets something happen to the instance, and runs all that follows.</summary>
    public async Task TakeAsync(Stimulus stimulus, CancellationToken ct = default)
    {
        var jobs = new Queue<long>();

        for (Stimulus? next = stimulus; next is not null; )
        {
            var step = WorkflowEngine.Advance(graph, State, next, now);
            effects.AddRange(step.Effects.Where(e => e is not (Effect.Invoke or Effect.InvokeLater or Effect.Checkpoint)));
            journal.AddRange(step.Journal);
            State = StateJson.Read(StateJson.Write(step.State));
            State.Remember(graph);

            foreach (var later in step.Effects.OfType<Effect.InvokeLater>())
                jobs.Enqueue(later.FrameId);

            next =
                step.Invocation is { } call ? await HostInvocation.RunAsync(graph, State, call.FrameId, services, now, ct)
                : step.IsCheckpoint ? new Stimulus.Continue()
                : jobs.TryDequeue(out var job) ? await HostInvocation.RunAsync(graph, State, job, services, now, ct)
                : null;
        }
    }

    /// <summary>Binds every free output of the activity to an output of the workflow, where the test can read it.</summary>
    internal static void WatchOutputs(Activity activity)
    {
        foreach (var property in activity.GetType().GetProperties(BindingFlags.Instance | BindingFlags.Public))
            if (typeof(Output).IsAssignableFrom(property.PropertyType) && property.GetValue(activity) is Output { Target: null } output)
                output.Target = Watched + property.Name;
    }

    private static object? Decoded(object? value) => value is RawValue raw ? ValueJson.ReadStored(raw.Utf8, typeof(object)) : value;
}
