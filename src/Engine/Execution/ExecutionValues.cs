using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.Engine.Execution;

/// <summary>
/// Takes down the inputs, outputs and properties of executions while steps are taken again from a journal. States forget what has ended, and journals do
/// not carry values: a burst costs nothing for records that nobody may ever look at.
/// </summary>
/// <remarks>Not safe for several threads at once. Sensitive inputs are never taken down, nor what <c>logPersistenceConfig</c> excludes.</remarks>
/// <param name="isWanted">Whether an execution, by its number, is to be taken down.</param>
public sealed class ExecutionValues(Func<long, bool> isWanted)
{
    private static readonly IReadOnlyDictionary<string, object?> Nothing = new Dictionary<string, object?>();

    private readonly Dictionary<long, Values> executions = [];

    private sealed class Values
    {
        public Dictionary<string, object?>? Inputs { get; set; }

        public Dictionary<string, object?>? Outputs { get; set; }

        public Dictionary<string, object?>? Properties { get; set; }
    }

    /// <summary>Inputs as they were evaluated last, by name; inputs that the activity evaluates itself only where they are constant.</summary>
    public IReadOnlyDictionary<string, object?> InputsOf(long frameId) => executions.GetValueOrDefault(frameId)?.Inputs ?? Nothing;

    /// <summary>Outputs as they were set last, by name.</summary>
    public IReadOnlyDictionary<string, object?> OutputsOf(long frameId) => executions.GetValueOrDefault(frameId)?.Outputs ?? Nothing;

    /// <summary>What the activity kept for itself, by name.</summary>
    public IReadOnlyDictionary<string, object?> PropertiesOf(long frameId) => executions.GetValueOrDefault(frameId)?.Properties ?? Nothing;

    internal void TakeInputs(Frame frame)
    {
        if (frame.Inputs is not { Length: > 0 } values || !isWanted(frame.Id))
            return;

        var inputs = Of(frame.Id).Inputs = new(StringComparer.Ordinal);

        for (var i = 0; i < values.Length; i++)
        {
            var binding = frame.Node.Inputs[i];

            if (
                !binding.IsSensitive
                && (binding.AutoEvaluate || binding.Kind == BindingKind.Constant)
                && LogPersistence.KeepsInput(frame.Node, binding.Name)
            )
                inputs[binding.Name] = Copy(values[i]);
        }
    }

    internal void TakeOutput(Frame frame, string name, object? value)
    {
        if (isWanted(frame.Id) && LogPersistence.KeepsOutput(frame.Node, name))
            (Of(frame.Id).Outputs ??= new(StringComparer.Ordinal))[name] = Copy(value);
    }

    internal void TakeProperty(Frame frame, string name, object? value)
    {
        if (isWanted(frame.Id) && LogPersistence.KeepsInternalState(frame.Node))
            (Of(frame.Id).Properties ??= new(StringComparer.Ordinal))[name] = Copy(value);
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
