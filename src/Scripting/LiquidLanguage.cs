using Scriban;
using Scriban.Parsing;
using Scriban.Syntax;
using ServiceLoop.Engine.Expressions;
using ServiceLoop.Scripting.Liquid;

namespace ServiceLoop.Scripting;

/// <summary>Liquid templates with the globals of Elsa 3: <c>Variables</c>, <c>Input</c>, <c>CorrelationId</c> and the ids of the instance.</summary>
/// <remarks>
/// The result is a text. What is undefined renders as nothing; a template that does not parse, or that names an unknown filter, is refused when
/// it is compiled, where Elsa renders the error or ignores the filter. There are no includes and no files.
/// </remarks>
public sealed class LiquidLanguage : IExpressionLanguage
{
    private const int MaxSourceLength = 1_000_000;

    private static readonly ParserOptions Options = new()
    {
        ParseFloatAsDecimal = true,
        LiquidFunctionsToScriban = false,
        ExpressionDepthLimit = 100,
    };

    private readonly ScriptLimits limits;

    /// <summary>Creates the language; the instance is safe for all threads.</summary>
    /// <param name="limits">Limits of one evaluation; null takes the defaults.</param>
    public LiquidLanguage(ScriptLimits? limits = null) => this.limits = limits ?? new();

    /// <inheritdoc/>
    public string Type => "Liquid";

    /// <inheritdoc/>
    public Evaluator Compile(string source)
    {
        if (source.Length > MaxSourceLength)
            throw new ExpressionException($"The template has {source.Length} characters; at most {MaxSourceLength} are allowed.");

        var template = Template.ParseLiquid(
            NegativeArguments.Enclose(source),
            null,
            Options,
            new LexerOptions { Lang = ScriptLang.Liquid, Mode = ScriptMode.Default }
        );

        if (template.Messages.FirstOrDefault(message => message.Type == ParserMessageType.Error) is { } error)
            throw LiquidFaults.At(error.Span, error.Message);

        CheckFilters(template.Page!);
        return new LiquidEvaluator(template, string.IsNullOrWhiteSpace(source), limits);
    }

    private static void CheckFilters(ScriptNode root)
    {
        var pending = new Stack<ScriptNode>();
        pending.Push(root);

        while (pending.TryPop(out var node))
        {
            if (node is ScriptPipeCall { To: var to } && FilterName(to) is { } name && !LiquidFilters.Contains(name))
                throw LiquidFaults.At(
                    to!.Span,
                    $"The filter '{name}' does not exist. Known are: {string.Join(", ", LiquidFilters.Names)}."
                );

            foreach (var child in node.Children)
                if (child is not null)
                    pending.Push(child);
        }
    }

    private static string? FilterName(ScriptExpression? expression) =>
        expression switch
        {
            ScriptFunctionCall { Target: ScriptVariable function } => function.Name,
            ScriptVariable function => function.Name,
            ScriptPipeCall { From: var from } => FilterName(from),
            _ => null,
        };
}
