using System.Collections.Frozen;
using System.Text.RegularExpressions;
using Acornima.Ast;
using Jint;
using ServiceLoop.Engine.Expressions;

namespace ServiceLoop.Scripting.JavaScript;

/// <summary>What can be known of a script before it runs: which globals it names, what it reads, and whether it may do native harm.</summary>
internal sealed partial class Survey
{
    private Survey(string source, Prepared<Script> script)
    {
        var globals = script.ReferencedGlobals!;
        Globals = [.. globals.Where(name => !Builtin.Contains(name))];
        SeesGlobalObject = globals.Contains("globalThis") || globals.Contains("eval") || globals.Contains("Function");
        UsesRandom = globals.Contains("Math");
        Walk(script.Program!);
        ReadsOutputs = SeesGlobalObject || OutputReads().IsMatch(source);
    }

    /// <summary>Free names of the script that JavaScript itself does not define: candidates for our globals.</summary>
    public IReadOnlyList<string> Globals { get; }

    /// <summary>True when the script can reach globals by computed names, so that all of them must be there.</summary>
    public bool SeesGlobalObject { get; private set; }

    /// <summary>True when the script names <c>Math</c>.</summary>
    public bool UsesRandom { get; }

    /// <summary>What the script can reach that needs guards.</summary>
    public Reach Reach { get; private set; }

    /// <summary>True when a single native call may take long in spite of all guards, so that the script needs a thread of its own.</summary>
    public bool NeedsThread => (Reach & ~(Reach.Texts | Reach.Json)) != Reach.None;

    /// <summary>True when the script copies all members of something, which may be a text: that costs far more than the interpreter counts.</summary>
    public bool Spreads { get; private set; }

    /// <summary>True when the text may read outputs of other activities.</summary>
    public bool ReadsOutputs { get; }

    /// <summary>Variables that the script certainly reads and does not itself create.</summary>
    public IReadOnlyCollection<string> ReadVariables { get; private set; } = [];

    /// <summary>Workflow inputs that the script certainly reads.</summary>
    public IReadOnlyCollection<string> ReadInputs { get; private set; } = [];

    /// <summary>Names behind functions such as <c>getCustomer()</c> that must be a variable or an input, or the script fails.</summary>
    public IReadOnlyCollection<string> ReadAccessors { get; private set; } = [];

    /// <summary>Variables that the script may create; null when it may create any.</summary>
    public IReadOnlyCollection<string>? WrittenVariables { get; private set; }

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
        var uses = new Dictionary<string, int>(StringComparer.Ordinal)
        {
            ["variables"] = 0,
            ["getVariable"] = 0,
            ["setVariable"] = 0,
            ["getInput"] = 0,
            ["Object"] = 0,
        };
        var inputs = new HashSet<string>(StringComparer.Ordinal);
        var asksForType = false;
        var namesObjectKeys = false;
        var pending = new Stack<Node>();
        pending.Push(root);

        while (pending.TryPop(out var node))
        {
            Reach |= ReachOf(node);
            Spreads |=
                node is ForInStatement
                || (node is ObjectExpression or ObjectPattern && node.ChildNodes.Any(child => child is SpreadElement or RestElement));

            switch (node)
            {
                case ThisExpression:
                    SeesGlobalObject = true;
                    break;
                case BigIntLiteral:
                    throw new ExpressionException(
                        "Big integers are not supported. Use a number.",
                        node.Location.Start.Line,
                        node.Location.Start.Column + 1
                    );
                case Identifier { Name: var name }:
                    Spreads |= name is "assign" or "getOwnPropertyNames" or "ownKeys";

                    if (uses.TryGetValue(name, out var count))
                        uses[name] = count + 1;

                    break;
                case MemberExpression
                {
                    Object: Identifier { Name: "Object" },
                    Computed: false,
                    Property: Identifier { Name: "keys" or "values" or "entries" }
                }:
                    // The most common of all reads; harmless as long as "Object" is what it should be.
                    namesObjectKeys = true;
                    uses["Object"]--;
                    pending.Push(((MemberExpression)node).Object);
                    continue;
                case AssignmentExpression { Left: MemberExpression target } when VariableName(target) is { } name:
                    written.Add(name);
                    break;
                case MemberExpression member when VariableName(member) is { } name:
                    uses["variables"]--;
                    read.Add(name);
                    break;
                case CallExpression { Callee: Identifier { Name: "getVariable" }, Arguments: [StringLiteral argument, ..] }:
                    uses["getVariable"]--;
                    read.Add(argument.Value);
                    break;
                case CallExpression { Callee: Identifier { Name: "setVariable" }, Arguments: [StringLiteral argument, ..] }:
                    uses["setVariable"]--;
                    written.Add(argument.Value);
                    break;
                case CallExpression { Callee: Identifier { Name: "getInput" }, Arguments: [StringLiteral argument, ..] }:
                    uses["getInput"]--;
                    inputs.Add(argument.Value);
                    break;
                case UnaryExpression { Operator: Acornima.Operator.TypeOf }:
                    asksForType = true;
                    break;
                default:
                    break;
            }

            foreach (var child in node.ChildNodes)
                if (child is not null)
                    pending.Push(child);
        }

        if (SeesGlobalObject)
            Reach = Reach.Anything;

        if (namesObjectKeys && uses["Object"] != 0)
            Reach |= Reach.Collections;

        read.ExceptWith(written);

        // A script that uses these names in any other way may have bound them to something of its own.
        var isPlain = uses["variables"] == 0 && !SeesGlobalObject;

        if (uses["variables"] == 0 && uses["getVariable"] == 0)
            ReadVariables = [.. read];

        if (uses["getInput"] == 0)
            ReadInputs = [.. inputs];

        if (isPlain && uses["setVariable"] == 0)
            WrittenVariables = [.. written];

        // A script that asks whether a function exists does not fail without it.
        if (!SeesGlobalObject && !asksForType)
            ReadAccessors = [.. Globals.Select(ScriptGlobals.NameBehind).OfType<string>()];
    }

    private static Reach ReachOf(Node node) =>
        node switch
        {
            Identifier name => Reaches.Of(name.Name),
            StringLiteral text => Reaches.Of(text.Value),
            RegExpLiteral => Reach.Texts | Reach.Patterns,
            AwaitExpression or IFunction { Async: true } => Reach.Promises,
            MemberExpression { Computed: true, Property: not (StringLiteral or NumericLiteral) } => Reach.Anything,
            WithStatement or YieldExpression or ImportExpression or IFunction { Generator: true } or Property { Computed: true } =>
                Reach.Anything,
            _ => Reach.None,
        };

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
