using ServiceLoop.Engine.Bench.Flows;
using ServiceLoop.Engine.Bench.Measuring;

namespace ServiceLoop.Engine.Bench.Cases;

/// <summary>The same with one JavaScript condition in each activity.</summary>
internal static class ScriptCase
{
    private const int Length = BurstCase.Length;
    private const string Source = "getVariable('Count') % 7 < 5";

    public static Group Group() =>
        new(
            "Run with JavaScript: ten activities, one condition each",
            "run",
            [
                Engine("script: flowchart, Jint", Charts.Conditions(Length, new JintLanguage(), Source)),
                Engine(
                    "script: flowchart, condition reduced to reading a variable",
                    Charts.Conditions(Length, new ReducedLanguage(), "Open")
                ),
                new("script: bare Jint, a new engine, ten evaluations", Bare(keep: false)),
                new("script: bare Jint, an engine that is kept, ten evaluations", Bare(keep: true)),
            ]
        )
        {
            Note = $"The condition is `{Source}`; it is parsed once. A burst makes one Jint engine and keeps it to its end.",
        };

    private static Contestant Engine(string name, Graph.WorkflowGraph graph)
    {
        Charts.Check(graph, Length);
        return new(name, () => Charts.Run(graph));
    }

    private static Action Bare(bool keep)
    {
        var script = Jint.Engine.PrepareScript(Source);
        var kept = NewEngine();

        return () =>
        {
            var engine = keep ? kept : NewEngine();

            for (var i = 0; i < Length; i++)
                if (engine.Evaluate(script).ToObject() is not true)
                    throw new InvalidOperationException("The condition should hold.");
        };

        static Jint.Engine NewEngine() =>
            new Jint.Engine().SetValue("getVariable", static (string name) => name == "Count" ? 3L : null as object);
    }
}
