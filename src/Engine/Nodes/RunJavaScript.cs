using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Execution;
using ServiceLoop.Engine.Expressions;
using ServiceLoop.Engine.Graph;

namespace ServiceLoop.Engine.Nodes;

/// <summary>Runs a script; its value is the result, and it may choose outcomes with <c>setOutcome</c>.</summary>
[Activity(
    "Elsa",
    "Scripting",
    "Runs a script. Its value is the result; setOutcome chooses where to go on.",
    DisplayName = "Run JavaScript"
)]
[FlowNode("Done")]
public sealed class RunJavaScript : Activity<object?>
{
    private IExpressionLanguage? language;
    private Evaluator? compiled;

    /// <summary>The script.</summary>
    [Input(Description = "The script.", UIHint = InputHints.CodeEditor, Language = "javascript", DefaultSyntax = "JavaScript")]
    public Input<string> Script { get; set; } = new("");

    /// <summary>Outcomes that the script may choose, for the designer.</summary>
    [Input(
        Description = "Outcomes that the script may choose.",
        UIHint = InputHints.DynamicOutcomes,
        FixedOutcomes = [Engine.Outcomes.Done]
    )]
    public Input<string[]> PossibleOutcomes { get; set; } = new(Array.Empty<string>());

    /// <summary>The script as it was compiled; null when it is only known at run time.</summary>
    internal Evaluator? Compiled => compiled;

    internal override void Prepare(GraphBuilder builder)
    {
        language = builder.FindLanguage("JavaScript");

        if (Script is null || language is null)
            return;

        var binding = Node.Inputs[Script.Index];

        // A script that is itself an expression runs as that expression: its value is the text to run only when it is a literal.
        if (binding.Kind == BindingKind.Script && binding.Expression.Type == "JavaScript")
        {
            compiled = binding.Evaluator;
            Node.Inputs[Script.Index] = binding with
            {
                Kind = BindingKind.Constant,
                Constant = binding.Expression.Value as string,
                Evaluator = null,
            };
        }
        else if (binding.Kind == BindingKind.Constant)
        {
            try
            {
                compiled = language.Compile(binding.Constant as string ?? "");
            }
            catch (ExpressionException e)
            {
                builder.Report(
                    new(
                        "expression.syntax",
                        binding.Expression.Path,
                        $"The script of '{Id}' does not parse{InputBinder.Place(e)}: {e.Message} In: {binding.Expression.Quoted}",
                        builder.Semantics == FlowSemantics.Sound ? CompileSeverity.Error : CompileSeverity.Warning,
                        Id
                    )
                );
            }
        }

        if (compiled is null or { ReadsOutputs: true })
            builder.MarkReadsOutputs();
    }

    /// <inheritdoc/>
    protected override void Execute(ActivityExecutionContext context)
    {
        var source = Script?.Get(context) ?? "";

        if (language is null)
            throw new WorkflowFaultException("JavaScript is not available here. Register the scripting languages.");

        var evaluator = compiled ?? Compile(source);
        var value = ((Frame)context).EvaluateScript(
            evaluator,
            Script is null ? ExpressionDefinition.JavaScript(source) : Node.Inputs[Script.Index].Expression,
            out var outcomes
        );
        Result.Set(context, value);
        context.Complete(outcomes);
    }

    private Evaluator Compile(string source)
    {
        try
        {
            return language!.Compile(source);
        }
        catch (ExpressionException e)
        {
            throw new WorkflowFaultException($"The script of '{Id}' does not parse{InputBinder.Place(e)}: {e.Message}");
        }
    }
}
