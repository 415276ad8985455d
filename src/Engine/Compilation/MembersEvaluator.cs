using ServiceLoop.Engine.Execution;
using ServiceLoop.Engine.Expressions;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.Engine.Compilation;

/// <summary>An object whose members are expressions: what the designer's editor for names with values stores.</summary>
/// <param name="members">Names, each with where its value comes from.</param>
internal sealed class MembersEvaluator(IReadOnlyList<(string Name, InputBinding Binding)> members) : Evaluator
{
    /// <inheritdoc/>
    public override bool ReadsOutputs => members.Any(m => m.Binding.Evaluator is { ReadsOutputs: true });

    /// <inheritdoc/>
    public override IReadOnlyCollection<string> ReadVariables { get; } =
    [.. members.SelectMany(m => m.Binding.Evaluator?.ReadVariables ?? []).Distinct(StringComparer.OrdinalIgnoreCase)];

    /// <summary>The expression that a member is; null when it is a plain value.</summary>
    /// <param name="value">The member's value.</param>
    /// <param name="isLanguage">Whether a name is one of a language: an object may well have members called type and value.</param>
    /// <param name="path">JSON path of the object, for messages.</param>
    public static ExpressionDefinition? Read(object? value, Func<string, bool> isLanguage, string path)
    {
        if (value is not IDictionary<string, object?> { Count: 1 or 2 } members)
            return null;

        var found = new Dictionary<string, object?>(members, StringComparer.OrdinalIgnoreCase);

        if (found.GetValueOrDefault("type") is not string type || !isLanguage(type) || (found.Count == 2 && !found.ContainsKey("value")))
            return null;

        var source = found.GetValueOrDefault("value");

        // The designer keeps what it names as text.
        if (type is "Variable" or "Input" && source is string text && text.StartsWith('{') && ValueJson.TryParse(text, out var named))
            source = named;

        return new ExpressionDefinition(type, source, path);
    }

    /// <inheritdoc/>
    public override object? Evaluate(IExpressionScope scope)
    {
        var result = new Dictionary<string, object?>(members.Count, StringComparer.Ordinal);

        foreach (var (name, binding) in members)
            result[name] = ((Frame)scope).EvaluateBinding(binding);

        return result;
    }
}
