namespace ServiceLoop.ServiceDesk.Routing;

/// <summary>How a queue orders what waits in it.</summary>
public sealed record WaitingRules
{
    /// <summary>The defaults.</summary>
    public static readonly WaitingRules Default = new();

    /// <summary>How much earlier P1 counts.</summary>
    public TimeSpan OffsetP1 { get; init; } = TimeSpan.FromMinutes(480);

    /// <summary>How much earlier P2 counts.</summary>
    public TimeSpan OffsetP2 { get; init; } = TimeSpan.FromMinutes(120);

    /// <summary>How much earlier P3 counts.</summary>
    public TimeSpan OffsetP3 { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How much earlier P4 counts.</summary>
    public TimeSpan OffsetP4 { get; init; } = TimeSpan.Zero;

    /// <summary>The most that the value of a customer moves an item.</summary>
    public TimeSpan MaxTierBoost { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How much earlier an item counts that has reached the first level of escalation.</summary>
    public TimeSpan EarlyWarningPush { get; init; } = TimeSpan.FromMinutes(60);

    /// <summary>The longest that anything may wait in the queue.</summary>
    public TimeSpan MaxWait { get; init; } = TimeSpan.FromMinutes(480);

    /// <summary>The offset of a priority.</summary>
    public TimeSpan OffsetOf(Priority priority) =>
        priority switch
        {
            Priority.P1 => OffsetP1,
            Priority.P2 => OffsetP2,
            Priority.P3 => OffsetP3,
            Priority.P4 => OffsetP4,
            _ => throw new ArgumentOutOfRangeException(nameof(priority), priority, "There are P1 to P4."),
        };

    /// <summary>The most that any item is moved by all rules together.</summary>
    public TimeSpan MostAhead => new[] { OffsetP1, OffsetP2, OffsetP3, OffsetP4 }.Max() + MaxTierBoost + EarlyWarningPush;
}

/// <summary>What the place of an item in its queue depends on; nothing of it changes as time passes.</summary>
/// <param name="EnqueuedAt">Since when it waits, UTC; kept when it comes back.</param>
/// <param name="LatestAt">When the longest wait of the queue is over, UTC: computed once, in its business time.</param>
/// <param name="Priority">Priority.</param>
public readonly record struct WaitingPlace(DateTimeOffset EnqueuedAt, DateTimeOffset LatestAt, Priority Priority)
{
    /// <summary>When its earliest running clock is due, UTC; null while none runs.</summary>
    public DateTimeOffset? ClockDueAt { get; init; }

    /// <summary>How much the customer's value moves it; what is above the rules' limit does not count.</summary>
    public TimeSpan TierBoost { get; init; }

    /// <summary>True: it has reached the first level of escalation.</summary>
    public bool HasEarlyWarning { get; init; }
}

/// <summary>The order of waiting, by a virtual deadline that stays as it is while time passes. So it stands in an index, and nothing starves.</summary>
public static class WaitingOrder
{
    /// <summary>The virtual deadline; the smallest is served first, ties go to who waits longer, then by id.</summary>
    public static DateTimeOffset VirtualDeadline(in WaitingPlace place, WaitingRules rules)
    {
        var boost = place.TierBoost > rules.MaxTierBoost ? rules.MaxTierBoost : place.TierBoost;
        var deadline = place.ClockDueAt is { } due && due < place.LatestAt ? due : place.LatestAt;
        var ahead = rules.OffsetOf(place.Priority) + boost + (place.HasEarlyWarning ? rules.EarlyWarningPush : TimeSpan.Zero);
        return deadline - ahead;
    }

    /// <summary>The moment from which on nothing that is newly opened can be served before the item.</summary>
    /// <param name="virtualDeadline">The item's.</param>
    /// <param name="leastTarget">The shortest time that any newly opened item has until its deadline.</param>
    /// <param name="rules">Of the queue.</param>
    public static DateTimeOffset NotOvertakenFrom(DateTimeOffset virtualDeadline, TimeSpan leastTarget, WaitingRules rules) =>
        virtualDeadline + rules.MostAhead - leastTarget;
}
