using Jint;
using Jint.Native;
using Jint.Runtime;
using ServiceLoop.Engine.Expressions;
using ServiceLoop.Engine.Values;
using ServiceLoop.Scripting.Sandbox;

namespace ServiceLoop.Scripting.JavaScript;

/// <summary>Global functions that read and change the running instance.</summary>
internal static class WorkflowFunctions
{
    /// <summary>Name and body of each; none of these can be hidden by a variable or an input.</summary>
    public static IEnumerable<KeyValuePair<string, Func<ScriptRun, JsValue[], JsValue>>> All { get; } =
        new Dictionary<string, Func<ScriptRun, JsValue[], JsValue>>(StringComparer.Ordinal)
        {
            ["getVariable"] = static (run, a) => run.Variables.TryGet(Text(a, 0), out var value) ? value : JsValue.Null,
            ["setVariable"] = static (run, a) =>
            {
                run.Variables.Set(Text(a, 0), At(a, 1));
                return JsValue.Undefined;
            },
            ["getInput"] = static (run, a) => run.Values.ToScript(run.Scope.TryGetInput(Text(a, 0), out var value) ? value : null),
            ["getOutputFrom"] = static (run, a) =>
                run.Values.ToScript(run.Scope.GetOutput(Text(a, 0), IsNullish(a, 1) ? null : Text(a, 1))),
            ["setOutcome"] = SetOutcomes,
            ["setOutcomes"] = SetOutcomes,
            ["getConfig"] = static (run, _) =>
                throw run.Error("Configuration cannot be read from scripts. Pass the value as an input or a variable of the workflow."),
            ["createEventTriggerUrl"] = static (run, _) =>
                throw run.Error(
                    "Addresses that trigger an event cannot be made by scripts: they need the address and the key of a server. Let an activity make them, or send the correlation id along and publish the event with it."
                ),
            ["toJson"] = static (run, a) => ValueJson.ToText(run.Values.ToPlain(At(a, 0))),
        };

    /// <summary>Functions that set a text of the instance; a variable of the same name hides them, as in Elsa.</summary>
    public static IReadOnlyDictionary<string, Action<IExpressionScope, string?>> InstanceSetters { get; } =
        new Dictionary<string, Action<IExpressionScope, string?>>(StringComparer.Ordinal)
        {
            ["setCorrelationId"] = static (scope, value) => scope.CorrelationId = value,
            ["setWorkflowInstanceName"] = static (scope, value) => scope.InstanceName = value,
        };

    /// <summary>The argument at a place, or undefined.</summary>
    public static JsValue At(JsValue[] arguments, int index) => index < arguments.Length ? arguments[index] : JsValue.Undefined;

    /// <summary>The argument as text, converted as JavaScript does.</summary>
    public static string Text(JsValue[] arguments, int index) => TypeConverter.ToString(At(arguments, index));

    /// <summary>True when the argument is missing, null or undefined.</summary>
    public static bool IsNullish(JsValue[] arguments, int index) =>
        At(arguments, index) is var value && (value.IsNull() || value.IsUndefined());

    private static JsValue SetOutcomes(ScriptRun run, JsValue[] arguments)
    {
        var names = arguments is [JsArray list] ? list.ToArray() : arguments;
        run.Scope.SetOutcomes([.. names.Where(name => !name.IsNull() && !name.IsUndefined()).Select(TypeConverter.ToString)]);
        return JsValue.Undefined;
    }
}
