using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Expressions;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Nodes;

namespace ServiceLoop.Engine.Lint;

/// <summary>An expression that reads a variable or an input that nothing declares: it is nothing when it runs.</summary>
/// <remarks>
/// An input of the kind Variable is checked by the compiler. Names that a script of this workflow may create are known; as soon as one script creates
/// variables whose names cannot be seen, nothing is said of variables at all.
/// </remarks>
internal sealed class UnknownName : ILintRule
{
    /// <summary>Inputs that the engine itself gives to some instances.</summary>
    private static readonly HashSet<string> GivenInputs = new(StringComparer.OrdinalIgnoreCase)
    {
        "ParentInstanceId",
        "Item",
        "HttpContext",
        "Path",
    };

    /// <summary>Variables that the engine itself creates.</summary>
    private static readonly HashSet<string> GivenVariables = new(StringComparer.OrdinalIgnoreCase) { "Compensated" };

    public string Code => "lint.unknown-name";

    public IEnumerable<CompileError> Find(LintedGraph graph)
    {
        var inputs = new HashSet<string>(graph.Graph.Inputs.Select(i => i.Name), StringComparer.OrdinalIgnoreCase);
        var texts = graph.Own.SelectMany(n => ExpressionsOf(n).Select(e => (Node: n, Binding: e.Binding, e.Evaluator))).ToList();
        var written = Written(graph.Graph);
        var said = new HashSet<(Node, string)>();

        foreach (var (node, binding, evaluator) in texts)
        {
            var path = binding.Expression.Path;

            if (
                binding.Kind == BindingKind.WorkflowInput
                && binding.Source is { Length: > 0 } input
                && !IsInput(input)
                && said.Add((node, input))
            )
                yield return Unknown("input", node, binding, input, path);

            if (evaluator is null)
                continue;

            foreach (var name in evaluator.ReadInputs)
                if (!IsInput(name) && said.Add((node, name)))
                    yield return Unknown("input", node, binding, name, path);

            if (written is null)
                continue;

            foreach (var name in evaluator.ReadVariables)
                if (!IsVariable(node, name) && said.Add((node, name)))
                    yield return Unknown("variable", node, binding, name, path);

            foreach (var name in evaluator.ReadAccessors)
                if (!IsVariable(node, name) && !IsInput(name) && said.Add((node, name)))
                    yield return Unknown("any", node, binding, name, path);
        }

        bool IsInput(string name) => inputs.Contains(name) || GivenInputs.Contains(name) || name.StartsWith("__", StringComparison.Ordinal);

        bool IsVariable(Node node, string name) => written.Contains(name) || GivenVariables.Contains(name) || IsDeclared(node, name);
    }

    private CompileError Unknown(string kind, Node node, InputBinding binding, string name, string path) =>
        LintedGraph.Warn(
            this,
            node,
            kind,
            $"'{binding.Name}' of '{node.Label}' ({node.Id}) reads the {(kind == "any" ? "variable or input" : kind)} '{name}', which the workflow does not declare. Declare it, or correct the name.",
            [binding.Name, name],
            path
        );

    private static bool IsDeclared(Node node, string name)
    {
        for (var around = node; around is not null; around = around.Parent)
            if (around.FindSlotByName(name) >= 0 || (around.Activity is Loop && IsLoopVariable(name)))
                return true;

        return false;
    }

    private static bool IsLoopVariable(string name) =>
        name.Equals("CurrentValue", StringComparison.OrdinalIgnoreCase) || name.Equals("CurrentIndex", StringComparison.OrdinalIgnoreCase);

    /// <summary>Names of all variables that scripts create; null when they may create any.</summary>
    private static HashSet<string>? Written(WorkflowGraph graph)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);

        foreach (var evaluator in graph.Nodes.SelectMany(ExpressionsOf).Select(e => e.Evaluator).OfType<Evaluator>())
        {
            if (evaluator.WrittenVariables is not { } written)
                return null;

            names.UnionWith(written);
        }

        // A script that is only known when it runs.
        return graph.Nodes.Any(n => n.Activity is RunJavaScript { Compiled: null, Script: not null }) ? null : names;
    }

    private static IEnumerable<(InputBinding Binding, Evaluator? Evaluator)> ExpressionsOf(Node node)
    {
        foreach (var input in node.Inputs)
            yield return (
                input,
                input.Evaluator ?? (node.Activity is RunJavaScript script && input.Name == nameof(script.Script) ? script.Compiled : null)
            );

        var bindings = node.Activity switch
        {
            FlowSwitch choice => choice.Cases.Select(c => c.Binding),
            Switch choice => choice.Cases.Select(c => c.Binding),
            StateMachine machine => machine.Transitions.Select(t => t.Binding).OfType<InputBinding>(),
            _ => [],
        };

        foreach (var binding in bindings)
            yield return (binding, binding.Evaluator);
    }
}
