using ServiceLoop.Engine.Migration;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.Designer.Admin.Migration;

/// <summary>A plan while a person edits it.</summary>
public sealed class PlanDraft
{
    /// <summary>Where activities go that do not go to the one with the same id; null: nowhere.</summary>
    public Dictionary<string, string?> Activities { get; } = new(StringComparer.Ordinal);

    /// <summary>Where variables go that do not go to the one with the same name; null: nowhere.</summary>
    public Dictionary<string, string?> Variables { get; } = new(StringComparer.Ordinal);

    /// <summary>Values that variables of the new version get, as they were typed.</summary>
    public Dictionary<string, string> Values { get; } = new(StringComparer.Ordinal);

    /// <summary>What becomes of timers that run.</summary>
    public TimerPolicy Timers { get; set; }

    /// <summary>Steps that still had to happen may be passed over.</summary>
    public bool AcceptsSkipped { get; set; }

    /// <summary>Steps that have happened may happen again.</summary>
    public bool AcceptsRepeated { get; set; }

    /// <summary>Takes over a plan that is stored.</summary>
    public static PlanDraft Of(MigrationPlan plan)
    {
        var draft = new PlanDraft
        {
            Timers = plan.Timers,
            AcceptsSkipped = plan.Accepted.Contains(MigrationCodes.StepSkipped),
            AcceptsRepeated = plan.Accepted.Contains(MigrationCodes.StepRepeated),
        };

        foreach (var move in plan.Activities)
            draft.Activities[move.From] = move.To;

        foreach (var move in plan.Variables)
            if (move.From is { } from)
                draft.Variables[from] = move.To;
            else if (move is { HasValue: true, To: { } to })
                draft.Values[to] = move.Value as string ?? ValueJson.ToText(move.Value);

        return draft;
    }

    /// <summary>The plan as it stands now.</summary>
    public MigrationPlan ToPlan() =>
        new()
        {
            Activities = [.. Activities.OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => new ActivityMove(a.Key, a.Value))],
            Variables =
            [
                .. Variables.OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => new VariableMove(v.Key, v.Value)),
                .. Values
                    .Where(v => v.Value.Trim().Length > 0)
                    .OrderBy(v => v.Key, StringComparer.Ordinal)
                    .Select(v => new VariableMove(null, v.Key) { HasValue = true, Value = Typed(v.Value) }),
            ],
            Timers = Timers,
            Accepted =
            [
                .. AcceptsSkipped ? new[] { MigrationCodes.StepSkipped } : [],
                .. AcceptsRepeated ? new[] { MigrationCodes.StepRepeated } : [],
            ],
        };

    /// <summary>JSON where it is JSON, else the text itself.</summary>
    private static object? Typed(string text) => ValueJson.TryParse(text, out var value) ? value : text;

    /// <summary>A path of ids without the workflow itself, as the diagrams have it.</summary>
    public static string InDiagram(string nodeId) => nodeId[(nodeId.IndexOf(':', StringComparison.Ordinal) + 1)..];
}
