using System.Collections.Frozen;
using System.Text.RegularExpressions;
using Acornima.Ast;
using Jint;
using ServiceLoop.Engine.Expressions;

namespace ServiceLoop.Scripting.JavaScript;

/// <summary>What can be known of a script before it runs: which globals it names, what it reads, and whether it may do native harm.</summary>
internal sealed partial class Survey
{
    // What can run long, or allocate much, inside one native call, where the limits of the interpreter are not asked; and every way to reach a
    // built-in function without naming it. A script that has none of these words and no computed member cannot call such a function.
    private static readonly FrozenSet<string> Risky = new[]
    {
        "repeat",
        "padStart",
        "padEnd",
        "concat",
        "replace",
        "replaceAll",
        "match",
        "matchAll",
        "search",
        "split",
        "test",
        "exec",
        "raw",
        "normalize",
        "flat",
        "flatMap",
        "stringify",
        "fill",
        "values",
        "keys",
        "entries",
        "from",
        "call",
        "apply",
        "bind",
        "toTemporalInstant",
        "toLocaleString",
        "constructor",
        "prototype",
        "__proto__",
        "getPrototypeOf",
        "setPrototypeOf",
        "getOwnPropertyDescriptor",
        "getOwnPropertyDescriptors",
        "__lookupGetter__",
        "__lookupSetter__",
        "__defineGetter__",
        "__defineSetter__",
        "RegExp",
        "Symbol",
        "Promise",
        "Set",
        "Map",
        "WeakSet",
        "WeakMap",
        "Reflect",
        "Proxy",
        "Iterator",
        "AsyncIterator",
        "Uint8Array",
        "ArrayBuffer",
        "TypedArray",
        "Intl",
        "Function",
        "eval",
        "globalThis",
        "JSON",
    }
        .Concat(Hidden)
        .ToFrozenSet(StringComparer.Ordinal);

    private Survey(string source, Prepared<Script> script)
    {
        var globals = script.ReferencedGlobals!;
        Globals = [.. globals.Where(name => !Builtin.Contains(name))];
        SeesGlobalObject = globals.Contains("globalThis") || globals.Contains("eval") || globals.Contains("Function");
        UsesRandom = globals.Contains("Math");
        Walk(script.Program!);
        ReadsOutputs = SeesGlobalObject || OutputReads().IsMatch(source);
    }

    /// <summary>Globals that hold no more than harm, big numbers that never end, or things that depend on the machine: they do not exist here.</summary>
    public static IEnumerable<string> Hidden =>
        [
            "Int8Array",
            "Uint8ClampedArray",
            "Int16Array",
            "Uint16Array",
            "Int32Array",
            "Uint32Array",
            "BigInt64Array",
            "BigUint64Array",
            "Float16Array",
            "Float32Array",
            "Float64Array",
            "TypedArray",
            "DataView",
            "SharedArrayBuffer",
            "Atomics",
            "BigInt",
            "Temporal",
            "WeakRef",
            "FinalizationRegistry",
            "ShadowRealm",
            "AggregateError",
            "Iterator",
            "AsyncIterator",
            "AsyncDisposableStack",
            "DisposableStack",
        ];

    /// <summary>Free names of the script that JavaScript itself does not define: candidates for our globals.</summary>
    public IReadOnlyList<string> Globals { get; }

    /// <summary>True when the script can reach globals by computed names, so that all of them must be there.</summary>
    public bool SeesGlobalObject { get; private set; }

    /// <summary>True when the script names <c>Math</c>.</summary>
    public bool UsesRandom { get; }

    /// <summary>True when built-in functions need guards and the script a thread of its own, because a single native call may run away.</summary>
    public bool IsGuarded { get; private set; }

    /// <summary>True when the text may read outputs of other activities.</summary>
    public bool ReadsOutputs { get; }

    /// <summary>Variables that the script certainly reads and does not itself create.</summary>
    public IReadOnlyCollection<string> ReadVariables { get; private set; } = [];

    /// <summary>Examines a prepared script.</summary>
    /// <exception cref="ExpressionException">The script uses big integers, which are not supported.</exception>
    public static Survey Of(string source, Prepared<Script> script) => new(source, script);

    private static readonly FrozenSet<string> Builtin = new[]
    {
        "undefined",
        "NaN",
        "Infinity",
        "isNaN",
        "isFinite",
        "parseInt",
        "parseFloat",
        "encodeURI",
        "encodeURIComponent",
        "decodeURI",
        "decodeURIComponent",
        "escape",
        "unescape",
        "Object",
        "Array",
        "String",
        "Number",
        "Boolean",
        "Date",
        "Math",
        "JSON",
        "Error",
        "TypeError",
        "RangeError",
        "SyntaxError",
        "ReferenceError",
        "EvalError",
        "URIError",
        "arguments",
    }.ToFrozenSet(StringComparer.Ordinal);

    private void Walk(Node root)
    {
        var read = new HashSet<string>(StringComparer.Ordinal);
        var written = new HashSet<string>(StringComparer.Ordinal);
        int variables = 0,
            variableReads = 0,
            getters = 0,
            getterCalls = 0;
        var pending = new Stack<Node>();
        pending.Push(root);

        while (pending.TryPop(out var node))
        {
            switch (node)
            {
                case ThisExpression:
                    SeesGlobalObject = true;
                    break;
                case Identifier name:
                    IsGuarded |= Risky.Contains(name.Name);
                    variables += name.Name == "variables" ? 1 : 0;
                    getters += name.Name == "getVariable" ? 1 : 0;
                    break;
                case StringLiteral text:
                    IsGuarded |= Risky.Contains(text.Value);
                    break;
                case RegExpLiteral or WithStatement or AwaitExpression or YieldExpression or ImportExpression:
                case IFunction { Async: true } or IFunction { Generator: true }:
                case Property { Computed: true }:
                    IsGuarded = true;
                    break;
                case BigIntLiteral:
                    throw new ExpressionException(
                        "Big integers are not supported. Use a number.",
                        node.Location.Start.Line,
                        node.Location.Start.Column + 1
                    );
                case AssignmentExpression { Left: MemberExpression target } when VariableName(target) is { } name:
                    written.Add(name);
                    break;
                case MemberExpression member:
                    IsGuarded |= member is { Computed: true, Property: not (StringLiteral or NumericLiteral) };

                    if (VariableName(member) is { } found)
                    {
                        variableReads++;
                        read.Add(found);
                    }

                    break;
                case CallExpression { Callee: Identifier { Name: "getVariable" }, Arguments: [StringLiteral argument, ..] }:
                    getterCalls++;
                    read.Add(argument.Value);
                    break;
                case CallExpression { Callee: Identifier { Name: "setVariable" }, Arguments: [StringLiteral argument, ..] }:
                    written.Add(argument.Value);
                    break;
                default:
                    break;
            }

            foreach (var child in node.ChildNodes)
                if (child is not null)
                    pending.Push(child);
        }

        IsGuarded |= SeesGlobalObject;
        read.ExceptWith(written);

        // A script that uses these names in any other way may have bound them to something of its own.
        if (variables == variableReads && getters == getterCalls)
            ReadVariables = [.. read];
    }

    private static string? VariableName(MemberExpression member) =>
        member switch
        {
            { Object: Identifier { Name: "variables" }, Computed: false, Property: Identifier name } => name.Name,
            { Object: Identifier { Name: "variables" }, Computed: true, Property: StringLiteral name } => name.Value,
            _ => null,
        };

    [GeneratedRegex(@"getOutputFrom|getLastResult|get\w+From\w+", RegexOptions.NonBacktracking)]
    private static partial Regex OutputReads();
}
