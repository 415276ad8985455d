using ServiceLoop.Engine.Bench.Flows;
using ServiceLoop.Engine.Bench.Measuring;
using ServiceLoop.Engine.Expressions;
using ServiceLoop.Scripting;

namespace ServiceLoop.Engine.Bench.Cases;

/// <summary>The same with one JavaScript condition in each activity.</summary>
internal static class ScriptCase
{
    private const int Length = BurstCase.Length;

    /// <summary>A single simple expression: reduced to a read and a comparison, no interpreter.</summary>
    private const string Simple = "getVariable('Count') % 7 < 5";

    /// <summary>A statement of its own makes it more than the reduction takes; nothing in it can run away.</summary>
    private const string Interpreted = "const rest = getVariable('Count') % 7; rest < 5";

    /// <summary>A regular expression may run away inside one native call, so the script gets guards and a thread of its own.</summary>
    private const string Guarded = "/^[0-4]$/.test(getVariable('Count') % 7)";

    private static readonly IExpressionLanguage JavaScript = ScriptLanguages.All().First(l => l.Type == "JavaScript");

    public static IEnumerable<Group> Groups() =>
        [
            new(
                "Run with JavaScript: ten activities, one simple condition each",
                "run",
                [
                    Burst("script: flowchart, the condition is reduced", JavaScript, Simple),
                    Burst("script: flowchart, the condition is the literal true", JavaScript, "true"),
                    new("script: peer, bare Jint, engine kept, ten evaluations", Bare(Simple, keep: true)),
                ]
            )
            {
                Note = $"The condition is `{Simple}`, as most are: one simple expression, which is evaluated without an interpreter.",
            },
            new(
                "Run with JavaScript: ten activities, one interpreted condition each",
                "run",
                [
                    Burst("script: flowchart, the condition is interpreted", JavaScript, Interpreted),
                    Burst("script: flowchart, the condition is interpreted under guard", JavaScript, Guarded),
                    new("script: floor, bare Jint, ten new engines, ten evaluations", Bare(Interpreted, keep: false)),
                    Burst("script: flowchart, one unlimited Jint engine a burst", new JintLanguage(), Simple),
                ]
            )
            {
                Note =
                    $"Interpreted: `{Interpreted}`. Under guard, on a thread of its own: `{Guarded}`. Both are parsed once and get a fresh interpreter with limits for each evaluation; the floor has neither limits nor variables.",
            },
        ];

    private static Contestant Burst(string name, IExpressionLanguage language, string source)
    {
        var graph = Charts.Conditions(Length, language, source);
        Charts.Check(graph, Length);
        return new(name, () => Charts.Run(graph));
    }

    private static Action Bare(string source, bool keep)
    {
        var script = Jint.Engine.PrepareScript(source);
        var kept = NewEngine();

        return () =>
        {
            for (var i = 0; i < Length; i++)
                if ((keep ? kept : NewEngine()).Evaluate(script).ToObject() is not true)
                    throw new InvalidOperationException("The condition should hold.");
        };

        static Jint.Engine NewEngine() =>
            new Jint.Engine().SetValue("getVariable", static (string name) => name == "Count" ? 3L : null as object);
    }
}
