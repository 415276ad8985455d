using System.Collections.Frozen;
using Jint;
using Jint.Native;
using Jint.Runtime.Descriptors;
using ServiceLoop.Scripting.Sandbox;

namespace ServiceLoop.Scripting.JavaScript;

/// <summary>Gives an interpreter the globals that the script names, and no others: a fresh interpreter is cheap, sixty functions are not.</summary>
internal static class ScriptGlobals
{
    private static readonly FrozenDictionary<string, Func<ScriptRun, JsValue[], JsValue>> Functions = WorkflowFunctions
        .All.Concat(TextFunctions.All)
        .ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Objects = new[] { "variables", "args" }
        .Concat(ClockTypes.Names)
        .ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Names of all functions and objects that every script has, whatever its workflow declares.</summary>
    public static IEnumerable<string> Names =>
        Functions.Keys.Concat(Objects).Concat(Accessors.Instance.Keys).Concat(WorkflowFunctions.InstanceSetters.Keys);

    /// <summary>Installs what the script may look up.</summary>
    public static void Install(ScriptRun run, Survey survey)
    {
        foreach (var name in survey.Globals)
            Install(run, name);

        if (survey.UsesRandom || survey.SeesGlobalObject)
            Define(run.Engine.Global.Get("Math").AsObject(), "random", run.Function("random", _ => run.Scope.NextRandom()));

        if (!survey.SeesGlobalObject)
            return;

        foreach (var name in Functions.Keys.Concat(Objects).Concat(Accessors.Names(run.Scope)).Concat(Setters(run)))
            Install(run, name);
    }

    /// <summary>The name behind a function that reads a variable or an input; null when it is something else, or may be.</summary>
    public static string? NameBehind(string function) =>
        !Functions.ContainsKey(function)
        && !Accessors.Instance.ContainsKey(function)
        && Accessors.ReadName(function) is { } name
        && char.IsUpper(name[0])
        && !Accessors.MayBeOutput(name)
            ? name
            : null;

    private static IEnumerable<string> Setters(ScriptRun run) =>
        run
            .Scope.VariableNames.Where(name => name.Length > 0)
            .Select(name => "set" + Accessors.Pascal(name))
            .Concat(WorkflowFunctions.InstanceSetters.Keys);

    private static void Install(ScriptRun run, string name)
    {
        if (Find(run, name) is { } value)
            Define(run.Engine.Global, name, value);
    }

    private static JsValue? Find(ScriptRun run, string name)
    {
        if (Functions.TryGetValue(name, out var body))
            return run.Function(name, arguments => body(run, arguments));

        if (Objects.Contains(name))
            return name switch
            {
                "variables" => run.Variables.Members,
                "args" => run.Values.ToScript(new Dictionary<string, object?>(run.Scope.Arguments, StringComparer.Ordinal)),
                _ => ClockTypes.Find(run, name),
            };

        if (Accessors.ReadName(name) is { } read)
            return Reader(run, name, read);

        return Accessors.WrittenName(name) is { } written ? Writer(run, name, written) : null;
    }

    private static JsValue? Reader(ScriptRun run, string function, string name) =>
        Accessors.Find(run.Scope, name, out _) switch
        {
            Accessors.Target.None => null,
            Accessors.Target.Variable => run.Function(function, _ => run.Variables.TryGet(name, out var value) ? value : JsValue.Null),
            _ => run.Function(
                function,
                _ =>
                {
                    Accessors.Find(run.Scope, name, out var value);
                    return run.Values.ToScript(value);
                }
            ),
        };

    private static JsValue? Writer(ScriptRun run, string function, string name)
    {
        if (Accessors.IsVariableName(name) && run.Scope.TryGetVariable(name, out _))
            return run.Function(
                function,
                arguments =>
                {
                    run.Variables.Set(name, arguments.Length > 0 ? arguments[0] : JsValue.Undefined);
                    return JsValue.Undefined;
                }
            );

        return WorkflowFunctions.InstanceSetters.TryGetValue(function, out var set)
            ? run.Function(
                function,
                arguments =>
                {
                    set(
                        run.Scope,
                        arguments.Length == 0 || arguments[0].IsNull() || arguments[0].IsUndefined() ? null : arguments[0].ToString()
                    );
                    return JsValue.Undefined;
                }
            )
            : null;
    }

    private static void Define(Jint.Native.Object.ObjectInstance owner, string name, JsValue value) =>
        owner.FastSetProperty(name, new PropertyDescriptor(value, PropertyFlag.NonEnumerable));
}
