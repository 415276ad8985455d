namespace ServiceLoop.ServiceDesk.Triage;

/// <summary>What a step of a workflow asks of triage.</summary>
public sealed class TriageWish
{
    /// <summary>What the customer said; null: all contacts of the case.</summary>
    public string? Text { get; set; }

    /// <summary>How likely the intent must be, 0 to 1; null: as the model says.</summary>
    public double? Threshold { get; set; }

    /// <summary>What a person says that it is: nothing is scored.</summary>
    public string? DecidedIntent { get; set; }

    /// <summary>Who says so; null: the workflow.</summary>
    public string? DecidedBy { get; set; }
}

/// <summary>What a step of a workflow does with triage.</summary>
/// <param name="Row">To be recorded with the step.</param>
/// <param name="IsSure">Whether it may be acted on.</param>
/// <param name="Outputs">What it tells, by name.</param>
public sealed record TriageStep(object Row, bool IsSure, IReadOnlyDictionary<string, object?> Outputs)
{
    /// <summary>The version of the model where a person decided.</summary>
    public const string Person = "person";

    internal static TriageStep Of(TriageOutcome outcome) =>
        new(
            outcome,
            outcome.Result.IsSure,
            Told(outcome.Rule, outcome.Priority, outcome.Result.Confidence, outcome.Result.ModelVersion, outcome.Result.Language)
        );

    internal static TriageStep Of(TriageDecision decision, int priority, string language) =>
        new(decision, true, Told(decision.Rule, priority, 1, Person, language));

    private static Dictionary<string, object?> Told(IntentRule? rule, int priority, double confidence, string model, string language) =>
        new(StringComparer.Ordinal)
        {
            ["Intent"] = rule?.Name,
            ["Category"] = rule?.Category,
            ["Queue"] = rule?.Queue,
            ["Skills"] = rule is null ? [] : rule.Skills.ToArray(),
            ["IsStandard"] = rule is { IsStandard: true },
            ["Priority"] = priority,
            ["Confidence"] = confidence,
            ["Language"] = language,
            ["ModelVersion"] = model,
        };
}
