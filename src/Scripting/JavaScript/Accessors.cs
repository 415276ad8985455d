using ServiceLoop.Engine.Expressions;

namespace ServiceLoop.Scripting.JavaScript;

/// <summary>Which value a function such as <c>getCustomer()</c> stands for.</summary>
/// <remarks>
/// In Elsa's order: outputs (<c>getResultFromAsk</c>) hide inputs, inputs hide variables, variables hide <c>getCorrelationId</c> and its like. Only
/// names of letters and digits have variable accessors; the first letter is upper case, the others are compared without regard to case.
/// </remarks>
internal static class Accessors
{
    private const string Getter = "get";
    private const string Setter = "set";

    /// <summary>What stands behind an accessor.</summary>
    public enum Target
    {
        None,
        Variable,
        Input,
        MissingInput,
        Output,
        Argument,
        Instance,
    }

    /// <summary>Values of the instance itself that a script reads with a function without arguments.</summary>
    public static IReadOnlyDictionary<string, Func<IExpressionScope, object?>> Instance { get; } =
        new Dictionary<string, Func<IExpressionScope, object?>>(StringComparer.Ordinal)
        {
            ["getWorkflowInstanceId"] = static scope => scope.InstanceId,
            ["getWorkflowInstanceName"] = static scope => scope.InstanceName,
            ["getCorrelationId"] = static scope => scope.CorrelationId,
            ["getWorkflowDefinitionId"] = static scope => scope.DefinitionId,
            ["getWorkflowDefinitionVersionId"] = static scope => scope.DefinitionVersionId,
            ["getWorkflowDefinitionVersion"] = static scope => scope.DefinitionVersion,
            ["getLastResult"] = static scope => scope.LastResult,
        };

    /// <summary>The name behind <c>getName</c>; null when the function does not read.</summary>
    public static string? ReadName(string function) =>
        function.Length > Getter.Length && function.StartsWith(Getter, StringComparison.Ordinal) ? function[Getter.Length..] : null;

    /// <summary>The name behind <c>setName</c>; null when the function does not write.</summary>
    public static string? WrittenName(string function) =>
        function.Length > Setter.Length && function.StartsWith(Setter, StringComparison.Ordinal) ? function[Setter.Length..] : null;

    /// <summary>True for names such as <c>ResultFromAsk</c>, which may stand for an output.</summary>
    public static bool MayBeOutput(string name)
    {
        var from = name.IndexOf("From", 1, StringComparison.Ordinal);
        return from > 0 && from + 4 < name.Length;
    }

    /// <summary>True when a variable of this name has accessors.</summary>
    public static bool IsVariableName(string name) => !char.IsLower(name[0]) && name.All(char.IsLetterOrDigit);

    /// <summary>Finds what <c>get</c> + <paramref name="name"/> reads now.</summary>
    public static Target Find(IExpressionScope scope, string name, out object? value)
    {
        value = null;

        if (MayBeOutput(name) && FindOutput(scope, name) is (var source, var result))
        {
            value = scope.GetOutput(source, result);
            return Target.Output;
        }

        if (!scope.InsideComposite && scope.TryGetInput(name, out value))
            return Target.Input;

        if (IsVariableName(name) && scope.TryGetVariable(name, out value))
            return Target.Variable;

        if (!scope.InsideComposite && scope.InputNames.Contains(name, StringComparer.OrdinalIgnoreCase))
            return Target.MissingInput;

        if (scope.Arguments.TryGetValue(name, out value))
            return Target.Argument;

        if (!Instance.TryGetValue(Getter + name, out var read))
            return Target.None;

        value = read(scope);
        return Target.Instance;
    }

    /// <summary>Finds an output by the name of its activity; by the id, as files from before Studio 3.0 do, where no name fits.</summary>
    private static (string ActivityId, string Output)? FindOutput(IExpressionScope scope, string name)
    {
        (string ActivityId, string Output)? byId = null;

        foreach (var (id, activity, output) in scope.OutputNames)
        {
            if (!name.StartsWith(output, StringComparison.Ordinal))
                continue;

            if (Spellings(activity, output).Contains(name))
                return (id, output);

            if (byId is null && Spellings(id, output).Contains(name))
                byId = (id, output);
        }

        return byId;
    }

    /// <summary>"Ask customer" is read as <c>AskCustomer</c>: a script cannot write a blank into a name.</summary>
    private static IEnumerable<string> Spellings(string? activity, string output)
    {
        if (string.IsNullOrEmpty(activity))
            yield break;

        yield return $"{output}From{Pascal(activity)}";

        if (activity.AsSpan().IndexOfAny(" _-") >= 0)
            yield return $"{output}From{string.Concat(activity.Split([' ', '_', '-'], StringSplitOptions.RemoveEmptyEntries).Select(Pascal))}";
    }

    /// <summary>Names of all read functions of this scope, for scripts that look them up by computed names.</summary>
    public static IEnumerable<string> Names(IExpressionScope scope) =>
        scope
            .VariableNames.Select(Pascal)
            .Concat(scope.InputNames)
            .Concat(scope.Arguments.Keys)
            .Concat(scope.OutputNames.SelectMany(o => Spellings(o.ActivityName, o.Output).Concat(Spellings(o.ActivityId, o.Output))))
            .Where(name => name.Length > 0)
            .Select(name => Getter + name)
            .Concat(Instance.Keys);

    /// <summary>The name with its first letter in upper case.</summary>
    public static string Pascal(string name) =>
        name.Length == 0 || !char.IsLower(name[0]) ? name : char.ToUpperInvariant(name[0]) + name[1..];
}
