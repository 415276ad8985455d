using System.Collections.Immutable;
using System.Text.Json;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Engine.Execution;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.State;

namespace ServiceLoop.Engine.Tests.Charts;

/// <summary>Runs one instance step by step; every state is written and read again between two steps.</summary>
internal sealed class ChartRun
{
    public static readonly DateTimeOffset Noon = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);

    private static readonly WorkflowCompiler Compiler = new(ActivityCatalog.WithEngineActivities(), [new TestScript()]);

    public ChartRun(WorkflowGraph graph)
    {
        Graph = graph;
        State = WorkflowState.New("wf-1", graph);
    }

    public WorkflowGraph Graph { get; }

    public WorkflowState State { get; private set; }

    public List<string> Lines { get; } = [];

    public List<JournalEntry> Journal { get; } = [];

    public List<(WorkflowState Before, Stimulus Stimulus, Step Step)> History { get; } = [];

    public static WorkflowGraph Compile(JsonElement definition, FlowSemantics semantics) =>
        Compiler.Compile(ElsaJson.Read(definition), semantics: semantics).GraphOrThrow();

    public Step Take(Stimulus stimulus, DateTimeOffset? at = null)
    {
        var step = WorkflowEngine.Advance(Graph, State, stimulus, at ?? Noon);
        History.Add((State, stimulus, step));
        Lines.AddRange(step.Effects.OfType<Effect.WriteLine>().Select(l => l.Text));
        Journal.AddRange(step.Journal);
        State = StateJson.Read(StateJson.Write(step.State));
        return step;
    }

    /// <summary>Resumes the oldest waiter of an activity; false when none waits.</summary>
    public bool Resume(string activityId)
    {
        var waiting = State
            .Bookmarks.Where(b => Graph.Nodes[State.Frames.Single(f => f.Id == b.FrameId).Node].Id == activityId)
            .ToImmutableArray();

        if (waiting.IsEmpty)
            return false;

        Take(new Stimulus.Resume(waiting[0].Id));
        return true;
    }

    public IEnumerable<string> Waiting =>
        State.Bookmarks.Select(b => Graph.Nodes[State.Frames.Single(f => f.Id == b.FrameId).Node].Id).Order(StringComparer.Ordinal);

    public string Status => $"{State.Status}/{State.SubStatus}";

    /// <summary>Runs a case of a golden file.</summary>
    public static ChartRun Of(JsonElement given, FlowSemantics semantics)
    {
        var run = new ChartRun(Compile(given.GetProperty("defs")[0], semantics));
        run.Take(new Stimulus.Start());

        if (given.TryGetProperty("untilEnd", out var untilEnd) && untilEnd.GetBoolean())
            for (var i = 0; i < 200 && run.State.Bookmarks.Length > 0; i++)
                run.Take(new Stimulus.Resume(run.State.Bookmarks[0].Id));
        else if (given.TryGetProperty("resume", out var resume))
            foreach (var entry in resume.EnumerateArray())
                run.Resume(entry.GetString()!);

        return run;
    }
}
