using System.Text.Json.Serialization;

namespace ServiceLoop.ServiceDesk.Routing;

/// <summary>What is done for an item that has waited too long; each step keeps those before it.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OverflowStep>))]
public enum OverflowStep
{
    /// <summary>Nothing yet.</summary>
    None,

    /// <summary>From 30 % of the target: secondary members may have it.</summary>
    SecondaryMembers,

    /// <summary>From 50 %: preferred skills do not count any more. Required ones always do.</summary>
    DropPreferred,

    /// <summary>From 70 %: it waits in the overflow queue too.</summary>
    CopyToOverflowQueue,

    /// <summary>From 85 %: a supervisor sees it, and the customer is offered a callback or help for oneself.</summary>
    Supervisor,
}

/// <summary>When the steps of the overflow come: fractions of the target that an item has waited.</summary>
public static class Overflow
{
    private static readonly (OverflowStep Step, double From)[] Steps =
    [
        (OverflowStep.SecondaryMembers, 0.30),
        (OverflowStep.DropPreferred, 0.50),
        (OverflowStep.CopyToOverflowQueue, 0.70),
        (OverflowStep.Supervisor, 0.85),
    ];

    /// <summary>The step that a fraction of the target has reached.</summary>
    /// <param name="waited">0 is just enqueued, 1 is the target.</param>
    public static OverflowStep StepAt(double waited)
    {
        var reached = OverflowStep.None;

        foreach (var (step, from) in Steps)
            if (waited >= from)
                reached = step;

        return reached;
    }

    /// <summary>The moment of a step; null after the last.</summary>
    /// <param name="step">Which.</param>
    /// <param name="enqueuedAt">Since when the item waits, UTC.</param>
    /// <param name="targetAt">When it should be taken at the latest, UTC.</param>
    public static DateTimeOffset? MomentOf(OverflowStep step, DateTimeOffset enqueuedAt, DateTimeOffset targetAt)
    {
        foreach (var (known, from) in Steps)
            if (known == step)
                return enqueuedAt + (targetAt - enqueuedAt) * from;

        return null;
    }

    /// <summary>The step after another; null after the last.</summary>
    public static OverflowStep? After(OverflowStep step) => step == OverflowStep.Supervisor ? null : step + 1;

    /// <summary>The item as its overflow lets it be seen.</summary>
    public static RoutedItem Applied(RoutedItem item) => item.Overflow >= OverflowStep.DropPreferred ? item with { Preferred = [] } : item;
}
