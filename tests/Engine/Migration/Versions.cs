using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Engine.Execution;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Migration;
using ServiceLoop.Engine.State;
using ServiceLoop.TestKit.Chance;

namespace ServiceLoop.Engine.Tests.Migration;

/// <summary>Versions of one definition, and an instance that lives on them.</summary>
internal sealed class Versions
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly ImmutableArray<string>.Builder lines = ImmutableArray.CreateBuilder<string>();

    private readonly ImmutableArray<string>.Builder ran = ImmutableArray.CreateBuilder<string>();

    private Versions(WorkflowGraph graph) => (Graph, State) = (graph, WorkflowState.New("i-1", graph));

    public WorkflowGraph Graph { get; private set; }

    public WorkflowState State { get; private set; }

    public DateTimeOffset Now { get; set; } = Noon;

    /// <summary>What was printed since it was asked last.</summary>
    public ImmutableArray<string> Lines => lines.DrainToImmutable();

    /// <summary>Steps of charts that have completed since it was asked last.</summary>
    public ImmutableArray<string> Ran => ran.DrainToImmutable();

    /// <summary>Starts an instance on version 1.</summary>
    public static Versions Start(string root, string envelope = "") => Start(Compile(1, root, envelope));

    public static Versions Start(WorkflowGraph graph)
    {
        var life = new Versions(graph);
        life.Take(new Stimulus.Start());
        return life;
    }

    /// <summary>A sequence of activities.</summary>
    public static string Sequence(params string[] activities) =>
        $$"""{ "id": "S", "type": "Elsa.Sequence", "activities": [ {{string.Join(", ", activities)}} ] }""";

    /// <summary>A chart; a connection is <c>a-b</c> or <c>a:Port-b</c>.</summary>
    public static string Chart(string activities, string connections, string id = "C") =>
        $$"""
            { "id": "{{id}}", "type": "Elsa.Flowchart", "activities": [ {{activities}} ], "connections": [ {{string.Join(
                ", ",
                connections
                    .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                    .Select(c => c.Split('-'))
                    .Select(c =>
                        $$"""{ "source": { "activity": "{{c[0].Split(':')[0]}}", "port": "{{(c[0].Contains(':', StringComparison.Ordinal) ? c[0].Split(':')[1] : "Done")}}" }, "target": { "activity": "{{c[1]}}", "port": "In" } }"""
                    )
            )}} ] }
            """;

    public static string Line(string id, string? text = null) =>
        $$"""{ "id": "{{id}}", "type": "Elsa.WriteLine", "text": "{{text ?? id}}" }""";

    public static string Wait(string id, string? name = null) =>
        $$"""{ "id": "{{id}}", "type": "Elsa.Event", "eventName": "{{name ?? id}}" }""";

    public static WorkflowGraph Compile(int version, string root, string envelope = "", FlowSemantics semantics = FlowSemantics.Sound) =>
        Compile(version, root, [], envelope, semantics);

    /// <summary>Compiles a version that uses others as activities.</summary>
    public static WorkflowGraph Compile(
        int version,
        string root,
        string[] used,
        string envelope = "",
        FlowSemantics semantics = FlowSemantics.Sound
    )
    {
        var json = JsonNode.Parse(
            $$"""{ {{envelope}} "id": "v{{version}}", "definitionId": "d", "version": {{version}}, "root": {{root}} }"""
        )!;
        return RandomWorkflow
            .Compiler.Compile(
                ElsaJson.Read(Encoding.UTF8.GetBytes(json.ToJsonString())),
                new DefinitionSet([.. used.Select(u => ElsaJson.Read(Encoding.UTF8.GetBytes(u)))]),
                semantics
            )
            .GraphOrThrow();
    }

    /// <summary>What a migration to another version comes to.</summary>
    public MigrationResult Try(WorkflowGraph to, MigrationPlan? plan = null) =>
        StateMigration.Map(Graph, to, State, plan ?? MigrationPlan.Default);

    public MigrationResult Try(string root, MigrationPlan? plan = null, string envelope = "") =>
        Try(Compile(Graph.Version + 1, root, envelope, Graph.Semantics), plan);

    /// <summary>Migrates; fails when it is refused.</summary>
    public Versions Move(string root, MigrationPlan? plan = null, string envelope = "") =>
        Move(Compile(Graph.Version + 1, root, envelope, Graph.Semantics), plan);

    public Versions Move(WorkflowGraph to, MigrationPlan? plan = null)
    {
        var result = Try(to, plan);
        result.Verdict.ShouldBe(MigrationVerdict.Ready, string.Join('\n', result.Refusals.Select(r => $"{r.Code}: {r.Reason}")));

        // As it comes out of the store.
        (Graph, State) = (to, StateJson.Read(StateJson.Write(result.State!)));
        return this;
    }

    /// <summary>Wakes the waiter of an activity.</summary>
    public Versions Wake(string activityId)
    {
        var frames = State.Frames.Where(f => Graph.Nodes[f.Node].Id == activityId).Select(f => f.Id).ToList();
        var waiter = State.Bookmarks.FirstOrDefault(b => frames.Contains(b.FrameId));
        waiter.ShouldNotBeNull($"'{activityId}' does not wait");
        return Take(new Stimulus.Resume(waiter.Id));
    }

    public Versions Take(Stimulus stimulus)
    {
        var step = WorkflowEngine.Advance(Graph, State, stimulus, Now);
        lines.AddRange(step.Effects.OfType<Effect.WriteLine>().Select(l => l.Text));
        ran.AddRange(
            step.Journal.Where(j => j.Event == JournalEvent.Completed)
                .Select(j => Graph.Nodes[j.Node])
                .Where(n => n.Parent?.Activity is Nodes.Flowchart)
                .Select(n => n.Id)
        );
        State = step.State;
        return this;
    }

    /// <summary>Ids of the activities that wait.</summary>
    public IEnumerable<string> Waiting =>
        State.Bookmarks.Select(b => Graph.Nodes[State.Frames.First(f => f.Id == b.FrameId).Node].Id).Order(StringComparer.Ordinal);

    public void ShouldBeFinished() => State.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
}
