using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.Engine.Execution;

/// <summary>
/// Takes down the inputs, outputs and properties of executions while steps are taken again from a journal. States forget what has ended, and journals do
/// not carry values: a burst costs nothing for records that nobody may ever look at.
/// </summary>
/// <remarks>
/// Not safe for several threads at once. What <c>logPersistenceConfig</c> excludes is never taken down. Inputs and outputs that are secret are named with a
/// mask; their values are told by methods of their own.
/// </remarks>
/// <param name="isWanted">Whether an execution, by its number, is to be taken down.</param>
public sealed class ExecutionValues(Func<long, bool> isWanted)
{
    private static readonly IReadOnlyDictionary<string, object?> Nothing = new Dictionary<string, object?>();

    /// <summary>Stands for a secret value.</summary>
    public const string Mask = "••••••";

    private readonly Dictionary<long, Values> executions = [];
    private readonly HashSet<object> secrets = [];

    private sealed class Values
    {
        public Dictionary<string, object?>? Inputs { get; set; }

        public Dictionary<string, object?>? Outputs { get; set; }

        public Dictionary<string, object?>? Properties { get; set; }

        public Dictionary<string, object?>? SecretInputs { get; set; }

        public Dictionary<string, object?>? SecretOutputs { get; set; }
    }

    /// <summary>Secret values that went through inputs and outputs, of all executions, wanted or not; each once, in no order.</summary>
    public IReadOnlyCollection<object> Secrets => secrets;

    /// <summary>Inputs as they were evaluated last, by name; inputs that the activity evaluates itself only where they are constant.</summary>
    public IReadOnlyDictionary<string, object?> InputsOf(long frameId) => executions.GetValueOrDefault(frameId)?.Inputs ?? Nothing;

    /// <summary>Outputs as they were set last, by name.</summary>
    public IReadOnlyDictionary<string, object?> OutputsOf(long frameId) => executions.GetValueOrDefault(frameId)?.Outputs ?? Nothing;

    /// <summary>What the activity kept for itself, by name.</summary>
    public IReadOnlyDictionary<string, object?> PropertiesOf(long frameId) => executions.GetValueOrDefault(frameId)?.Properties ?? Nothing;

    /// <summary>Secret inputs as they were evaluated last, by name.</summary>
    public IReadOnlyDictionary<string, object?> SecretInputsOf(long frameId) =>
        executions.GetValueOrDefault(frameId)?.SecretInputs ?? Nothing;

    /// <summary>Secret outputs as they were set last, by name.</summary>
    public IReadOnlyDictionary<string, object?> SecretOutputsOf(long frameId) =>
        executions.GetValueOrDefault(frameId)?.SecretOutputs ?? Nothing;

    internal void TakeInputs(Frame frame)
    {
        if (frame.Inputs is not { Length: > 0 } values)
            return;

        var inputs = isWanted(frame.Id) ? Of(frame.Id).Inputs = new(StringComparer.Ordinal) : null;

        for (var i = 0; i < values.Length; i++)
        {
            var binding = frame.Node.Inputs[i];

            if (!binding.AutoEvaluate && binding.Kind != BindingKind.Constant)
                continue;

            if (binding.IsSecret)
                NoteSecret(values[i]);

            if (inputs is null || !LogPersistence.KeepsInput(frame.Node, binding.Name))
                continue;

            if (binding.IsSecret && values[i] is not null)
                (Of(frame.Id).SecretInputs ??= new(StringComparer.Ordinal))[binding.Name] = Copy(values[i]);

            inputs[binding.Name] = binding.IsSecret && values[i] is not null ? Mask : Copy(values[i]);
        }
    }

    internal void TakeOutput(Frame frame, string name, object? value, bool isSecret)
    {
        if (isSecret)
            NoteSecret(value);

        if (!isWanted(frame.Id) || !LogPersistence.KeepsOutput(frame.Node, name))
            return;

        if (isSecret && value is not null)
            (Of(frame.Id).SecretOutputs ??= new(StringComparer.Ordinal))[name] = Copy(value);

        (Of(frame.Id).Outputs ??= new(StringComparer.Ordinal))[name] = isSecret && value is not null ? Mask : Copy(value);
    }

    internal void TakeProperty(Frame frame, string name, object? value)
    {
        if (isWanted(frame.Id) && LogPersistence.KeepsInternalState(frame.Node))
            (Of(frame.Id).Properties ??= new(StringComparer.Ordinal))[name] = Copy(value);
    }

    private void NoteSecret(object? value)
    {
        if (Copy(value) is { } secret)
            secrets.Add(secret);
    }

    private Values Of(long frameId)
    {
        if (!executions.TryGetValue(frameId, out var values))
            executions.Add(frameId, values = new());

        return values;
    }

    // Somebody may go on changing it.
    private static object? Copy(object? value) => PlainValue.IsScalar(value) ? value : PlainValue.Of(value);
}
