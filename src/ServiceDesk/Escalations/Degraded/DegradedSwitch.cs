namespace ServiceLoop.ServiceDesk.Escalations.Degraded;

/// <summary>Starts that go to another definition while an escalation lasts.</summary>
/// <param name="EscalationId">The escalation.</param>
/// <param name="DefinitionId">The definition, published before, that they go to.</param>
/// <param name="QueueId">For this queue; null does not count.</param>
/// <param name="Category">For this category; null does not count.</param>
/// <param name="Channel">For this channel; null does not count. Without any of the three: for all contacts.</param>
/// <param name="Since">Since when, UTC.</param>
/// <param name="Fault">Why they go the usual way all the same; null when they do not.</param>
/// <param name="Starts">How many went there.</param>
public sealed record DegradedSwitch(
    string EscalationId,
    string DefinitionId,
    string? QueueId,
    string? Category,
    string? Channel,
    DateTimeOffset Since,
    string? Fault,
    long Starts
);

/// <summary>Open escalations of a level.</summary>
/// <param name="Level">The level.</param>
/// <param name="Open">How many are open and speak for themselves.</param>
/// <param name="Unacknowledged">How many of them nobody cares for yet.</param>
public sealed record LevelCount(int Level, long Open, long Unacknowledged);

/// <summary>How the desk stands.</summary>
/// <param name="Levels">Open escalations by level.</param>
/// <param name="Degraded">Starts that go another way.</param>
public sealed record EscalationStatus(IReadOnlyList<LevelCount> Levels, IReadOnlyList<DegradedSwitch> Degraded)
{
    /// <summary>True while some starts go another way.</summary>
    public bool IsDegraded => Degraded.Count > 0;
}
