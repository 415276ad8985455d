using System.Globalization;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Execution;
using ServiceLoop.Engine.Expressions;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Nodes;
using ServiceLoop.Engine.State;

namespace ServiceLoop.Engine.Bench.Flows;

/// <summary>Workflows that are built in code, and how to run them.</summary>
internal static class Charts
{
    public static readonly DateTimeOffset Noon = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);

    /// <summary>A flowchart of activities one after the other.</summary>
    public static WorkflowGraph Chain(
        int length,
        FlowSemantics semantics,
        Func<Activity> make,
        string? port = null,
        params Variable[] variables
    )
    {
        var activities = Enumerable.Range(0, length).Select(_ => make()).ToArray();
        var connections = activities.Zip(activities.Skip(1), (from, to) => new Connection(from, to, port)).ToArray();
        return Compile(new Flowchart { Activities = activities, Connections = connections }, semantics, [], variables);
    }

    /// <summary>A chain of conditions, each of which says yes.</summary>
    public static WorkflowGraph Conditions(int length, IExpressionLanguage language, string source)
    {
        var activities = Enumerable
            .Range(0, length)
            .Select(_ => new FlowDecision { Condition = new(ExpressionDefinition.JavaScript(source)) })
            .ToArray();
        var connections = activities.Zip(activities.Skip(1), (from, to) => new Connection(from, to, "True")).ToArray();
        return Compile(
            new Flowchart { Activities = activities, Connections = connections },
            FlowSemantics.Sound,
            [language],
            [new Variable("Count", typeof(long), 3L), new Variable("Open", typeof(bool), true)]
        );
    }

    /// <summary>A sequence.</summary>
    public static WorkflowGraph Sequence(int length) =>
        Compile(new Sequence { Activities = [.. Enumerable.Range(0, length).Select(_ => new Nothing())] }, FlowSemantics.Sound, [], []);

    /// <summary>Variables of all common types, and an activity that waits.</summary>
    public static WorkflowGraph Waiting(int variables) =>
        Compile(
            new Nodes.Event { EventName = new("go") },
            FlowSemantics.Sound,
            [],
            [.. Enumerable.Range(0, variables).Select(i => new Variable(NameOf(i), TypeOf(i), ValueOf(i)))]
        );

    public static string NameOf(int variable) => "Variable" + variable.ToString(CultureInfo.InvariantCulture);

    /// <summary>What a variable of a case holds: mostly short texts and numbers, now and then an object.</summary>
    public static object ValueOf(int variable) =>
        (variable % 5) switch
        {
            0 => "A customer asked for a call-back, number " + variable.ToString(CultureInfo.InvariantCulture),
            1 => 1000L + variable,
            2 => variable % 2 == 0,
            3 => variable + 0.25,
            _ => new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["team"] = "tier-2",
                ["priority"] = (long)variable,
                ["tags"] = new List<object?> { "refund", "parcel" },
            },
        };

    /// <summary>One run from start to end.</summary>
    public static Step Run(WorkflowGraph graph) =>
        WorkflowEngine.Advance(graph, WorkflowState.New("wf-1", graph), new Stimulus.Start(), Noon);

    /// <summary>Fails when a run does not do what its figure claims.</summary>
    public static void Check(WorkflowGraph graph, int activities)
    {
        var step = Run(graph);
        var completed = step.Journal.Count(j =>
            j.Event == JournalEvent.Completed && graph.Nodes[j.Node].Activity is Nothing or FlowDecision or WriteLine or SetVariable
        );

        if (step.State.SubStatus != WorkflowSubStatus.Finished || completed != activities)
            throw new InvalidOperationException(
                $"{activities} activities should have run to the end; {completed} ran, and the instance is {step.State.SubStatus}."
            );
    }

    private static Type TypeOf(int variable) =>
        ValueOf(variable) switch
        {
            Dictionary<string, object?> => typeof(object),
            var scalar => scalar.GetType(),
        };

    private static WorkflowGraph Compile(
        Activity root,
        FlowSemantics semantics,
        IReadOnlyList<IExpressionLanguage> languages,
        IReadOnlyList<Variable> variables
    ) =>
        new WorkflowCompiler(ActivityCatalog.WithEngineActivities().Add<Nothing>(), languages)
            .Compile(root, variables, semantics)
            .GraphOrThrow();
}
