namespace ServiceLoop.Engine.Expressions;

/// <summary>Everything that an expression may see and do. Time and randomness come from here, so that a step can be repeated.</summary>
/// <remarks>Used by one thread during one evaluation. Lists and objects that it hands out belong to the engine: copy, never change.</remarks>
public interface IExpressionScope
{
    /// <summary>The moment of the step, UTC.</summary>
    DateTimeOffset Now { get; }

    /// <summary>Id of the running instance.</summary>
    string InstanceId { get; }

    /// <summary>Name of the running instance; setting it renames the instance.</summary>
    string? InstanceName { get; set; }

    /// <summary>Correlation id of the running instance; setting it correlates the instance.</summary>
    string? CorrelationId { get; set; }

    /// <summary>Id of the line of versions.</summary>
    string DefinitionId { get; }

    /// <summary>Id of this version.</summary>
    string DefinitionVersionId { get; }

    /// <summary>Number of this version, from 1.</summary>
    int DefinitionVersion { get; }

    /// <summary>True inside a workflow used as activity: there, inputs are variables and have no accessors of their own.</summary>
    bool InsideComposite { get; }

    /// <summary>Names of all variables in sight, inner ones first; a hidden outer one is not repeated.</summary>
    IEnumerable<string> VariableNames { get; }

    /// <summary>Names of the declared workflow inputs and of those that were given.</summary>
    IEnumerable<string> InputNames { get; }

    /// <summary>Outputs that activities of the same container have, as (activity id, activity name or null, output name).</summary>
    IEnumerable<(string ActivityId, string? ActivityName, string Output)> OutputNames { get; }

    /// <summary>The value that the most recently completed activity with a result gave, or null.</summary>
    object? LastResult { get; }

    /// <summary>Arguments given by an activity that evaluates a script itself; empty otherwise.</summary>
    IReadOnlyDictionary<string, object?> Arguments { get; }

    /// <summary>Reads a variable, looked up by name without regard to case from the inside out.</summary>
    bool TryGetVariable(string name, out object? value);

    /// <summary>Sets a variable; an unknown name creates it in the nearest container.</summary>
    void SetVariable(string name, object? value);

    /// <summary>Reads a workflow input by name, without regard to case.</summary>
    bool TryGetInput(string name, out object? value);

    /// <summary>Reads an output of an activity of the same container; null when it has not run.</summary>
    /// <param name="activity">Name or id of the activity.</param>
    /// <param name="output">Name of the output; null means the only one, or <c>Result</c>.</param>
    object? GetOutput(string activity, string? output);

    /// <summary>Sets the outcomes of the activity that runs the script; ignored where the script is an input.</summary>
    void SetOutcomes(IReadOnlyList<string> outcomes);

    /// <summary>The next random number of this instance, uniform in [0, 1); the same when the step is repeated.</summary>
    double NextRandom();

    /// <summary>The next random identifier of this instance; the same when the step is repeated.</summary>
    Guid NextGuid();

    /// <summary>Something that a language keeps for the length of one burst, such as a script engine.</summary>
    T Session<T>(Func<T> create)
        where T : class;
}
