using ServiceLoop.Engine.Expressions;

namespace ServiceLoop.Scripting.Sandbox;

/// <summary>A scope that can be closed: a script that was given up can no longer touch the instance.</summary>
internal sealed class ScopeGate(IExpressionScope inner) : IExpressionScope, IDisposable
{
    private readonly Lock gate = new();
    private bool closed;

    public DateTimeOffset Now => Read(static scope => scope.Now);

    public string InstanceId => Read(static scope => scope.InstanceId);

    public string? InstanceName
    {
        get => Read(static scope => scope.InstanceName);
        set => Do(scope => scope.InstanceName = value);
    }

    public string? CorrelationId
    {
        get => Read(static scope => scope.CorrelationId);
        set => Do(scope => scope.CorrelationId = value);
    }

    public string DefinitionId => Read(static scope => scope.DefinitionId);

    public string DefinitionVersionId => Read(static scope => scope.DefinitionVersionId);

    public int DefinitionVersion => Read(static scope => scope.DefinitionVersion);

    public bool InsideComposite => Read(static scope => scope.InsideComposite);

    public IEnumerable<string> VariableNames => Read(static scope => scope.VariableNames.ToArray());

    public IEnumerable<string> InputNames => Read(static scope => scope.InputNames.ToArray());

    public IEnumerable<(string ActivityId, string? ActivityName, string Output)> OutputNames =>
        Read(static scope => scope.OutputNames.ToArray());

    public object? LastResult => Read(static scope => scope.LastResult);

    public IReadOnlyDictionary<string, object?> Arguments => Read(static scope => scope.Arguments);

    public bool TryGetVariable(string name, out object? value)
    {
        lock (gate)
            return Open.TryGetVariable(name, out value);
    }

    public void SetVariable(string name, object? value) => Do(scope => scope.SetVariable(name, value));

    public bool TryGetInput(string name, out object? value)
    {
        lock (gate)
            return Open.TryGetInput(name, out value);
    }

    public object? GetOutput(string activity, string? output) => Read(scope => scope.GetOutput(activity, output));

    public void SetOutcomes(IReadOnlyList<string> outcomes) => Do(scope => scope.SetOutcomes(outcomes));

    public double NextRandom() => Read(static scope => scope.NextRandom());

    public Guid NextGuid() => Read(static scope => scope.NextGuid());

    public T Session<T>(Func<T> create)
        where T : class => Read(scope => scope.Session(create));

    /// <summary>Closes the gate; waits for a call that is just inside.</summary>
    public void Dispose()
    {
        lock (gate)
            closed = true;
    }

    private IExpressionScope Open => closed ? throw new ExpressionException("The script was given up.") : inner;

    private T Read<T>(Func<IExpressionScope, T> read)
    {
        lock (gate)
            return read(Open);
    }

    private void Do(Action<IExpressionScope> change)
    {
        lock (gate)
            change(Open);
    }
}
