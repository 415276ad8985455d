using ServiceLoop.Engine.Expressions;

namespace ServiceLoop.Scripting.Tests;

/// <summary>A scope over plain dictionaries, with a fixed clock and counted chance.</summary>
internal sealed class FakeScope : IExpressionScope
{
    private readonly Dictionary<Type, object> sessions = [];
    private int randoms;
    private int guids;

    public Dictionary<string, object?> Variables { get; init; } = new(StringComparer.OrdinalIgnoreCase);

    public Dictionary<string, object?> Inputs { get; init; } = new(StringComparer.OrdinalIgnoreCase);

    public List<string> DeclaredInputs { get; init; } = [];

    public Dictionary<(string Activity, string Output), object?> Outputs { get; init; } = [];

    /// <summary>Outputs of activities that have an id only.</summary>
    public Dictionary<(string ActivityId, string Output), object?> Unnamed { get; init; } = [];

    public Dictionary<string, object?> Given { get; init; } = [];

    public List<string> Outcomes { get; } = [];

    public List<string> Writes { get; } = [];

    public DateTimeOffset Now { get; init; } = new(2026, 3, 1, 9, 30, 0, TimeSpan.Zero);

    public string InstanceId => "instance-1";

    public string? InstanceName { get; set; } = "Order 7";

    public string? CorrelationId { get; set; } = "case-7";

    public string DefinitionId => "definition-1";

    public string DefinitionVersionId => "definition-1:3";

    public int DefinitionVersion => 3;

    public bool InsideComposite { get; init; }

    public IEnumerable<string> VariableNames => Variables.Keys;

    public IEnumerable<string> InputNames => Inputs.Keys.Union(DeclaredInputs);

    public IEnumerable<(string ActivityId, string? ActivityName, string Output)> OutputNames =>
        Unnamed
            .Keys.Select(key => (key.ActivityId, (string?)null, key.Output))
            .Concat(Outputs.Keys.Select(key => ($"id-{key.Activity}", (string?)key.Activity, key.Output)));

    public object? LastResult { get; init; }

    public IReadOnlyDictionary<string, object?> Arguments => Given;

    public bool TryGetVariable(string name, out object? value) => Variables.TryGetValue(name, out value);

    public void SetVariable(string name, object? value)
    {
        Writes.Add(name);
        Variables[name] = value;
    }

    public bool TryGetInput(string name, out object? value) => Inputs.TryGetValue(name, out value);

    public object? GetOutput(string activity, string? output) =>
        Unnamed.TryGetValue((activity, output ?? "Result"), out var value)
            ? value
            : Outputs
                .FirstOrDefault(o =>
                    (o.Key.Activity == activity || $"id-{o.Key.Activity}" == activity) && o.Key.Output == (output ?? "Result")
                )
                .Value;

    public void SetOutcomes(IReadOnlyList<string> outcomes) => Outcomes.AddRange(outcomes);

    public double NextRandom() => ++randoms / 10.0;

    public Guid NextGuid() => new(++guids, 0, 0, new byte[8]);

    public T Session<T>(Func<T> create)
        where T : class => (T)(sessions.TryGetValue(typeof(T), out var found) ? found : sessions[typeof(T)] = create());
}
