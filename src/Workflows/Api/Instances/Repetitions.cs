using ServiceLoop.Activities.BuiltIn;
using ServiceLoop.Engine.Execution;
using ServiceLoop.Runtime.Instances;

namespace ServiceLoop.Workflows.Api.Instances;

/// <summary>
/// Attempts of executions that failed and were repeated: by the strategy of their activity, or because somebody repaired them. The former are recalled
/// from the journal, so they are asked for only where an activity has such a strategy.
/// </summary>
internal sealed class Repetitions
{
    private readonly ExecutionValues? values;

    private Repetitions(ExecutionValues? values) => this.values = values;

    /// <summary>Of these executions of an instance.</summary>
    public static async ValueTask<Repetitions> OfAsync(
        InstanceHistory history,
        IEnumerable<ExecutionRecord> records,
        Histories histories,
        CancellationToken ct
    )
    {
        var repeating = records.Where(IsRepeating).Select(r => r.FrameId).ToList();
        return new(repeating.Count == 0 ? null : (await histories.RecallAsync(history.InstanceId, repeating, ct))?.Values);
    }

    /// <summary>
    /// The same where nobody asks and it must not cost a replay: of activities without a strategy only what somebody has had recalled already. They repeat
    /// what was not taken, too, but seldom; who asks is told.
    /// </summary>
    public static async ValueTask<Repetitions> AtHandAsync(
        InstanceHistory history,
        IEnumerable<ExecutionRecord> records,
        Histories histories,
        CancellationToken ct
    )
    {
        var repeating = records.Where(IsRepeating).ToList();

        if (repeating.Count == 0)
            return new(null);

        return repeating.Exists(r => ResilienceStrategy.IsChosen(r.Node.Activity.CustomProperties))
            ? await OfAsync(history, repeating, histories, ct)
            : Of(histories.FindRecalled(history));
    }

    /// <summary>With values that were recalled already; null for none.</summary>
    public static Repetitions Of(Recollection? recalled) => new(recalled?.Values);

    /// <summary>Attempts of the activity's own strategy, oldest first.</summary>
    public IReadOnlyList<RepeatedAttempt> Of(ExecutionRecord record) =>
        values is not null && IsRepeating(record)
            ? RepeatedAttempt.Read(values.PropertiesOf(record.FrameId).GetValueOrDefault(RepeatedAttempt.PropertyName))
            : [];

    /// <summary>Whether there is any.</summary>
    public bool Has(ExecutionRecord record) => !record.Retries.IsEmpty || Of(record).Count > 0;

    private static bool IsRepeating(ExecutionRecord record) => record.Node.Descriptor.ResilienceCategory is not null;
}
