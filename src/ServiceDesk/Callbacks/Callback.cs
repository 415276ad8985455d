using System.Collections.Immutable;
using ServiceLoop.ServiceDesk.Windows;

namespace ServiceLoop.ServiceDesk.Callbacks;

/// <summary>Where a promise to call stands.</summary>
public enum CallbackState
{
    /// <summary>Somebody asked for it.</summary>
    Requested,

    /// <summary>A window was promised.</summary>
    Scheduled,

    /// <summary>The window is near: somebody is to call.</summary>
    Reserved,

    /// <summary>Somebody is calling.</summary>
    Dialling,

    /// <summary>The customer was reached.</summary>
    Reached,

    /// <summary>It is tried again later.</summary>
    RetryScheduled,

    /// <summary>All was tried.</summary>
    Exhausted,

    /// <summary>It was called off.</summary>
    Cancelled,

    /// <summary>The customer was helped before.</summary>
    Superseded,
}

/// <summary>A promise to call.</summary>
public sealed record Callback
{
    /// <summary>Id.</summary>
    public required string Id { get; init; }

    /// <summary>Grows with every change.</summary>
    public long Rev { get; init; }

    /// <summary>Grows with every plan: what was set for an older one is not done.</summary>
    public int Generation { get; init; }

    /// <summary>What it is about.</summary>
    public string? CaseId { get; init; }

    /// <summary>Who is to be called.</summary>
    public string? CustomerId { get; init; }

    /// <summary>The workflow that waits.</summary>
    public string? InstanceId { get; init; }

    /// <summary>Its waiter.</summary>
    public long? BookmarkId { get; init; }

    /// <summary>Channel.</summary>
    public required string Channel { get; init; }

    /// <summary>Numbers.</summary>
    public ImmutableArray<string> Numbers { get; init; } = [];

    /// <summary>What to talk about.</summary>
    public string? Reason { get; init; }

    /// <summary>Group of customers whose answers are learned from together.</summary>
    public string Segment { get; init; } = "";

    /// <summary>When the customer wants to be called.</summary>
    public Span? Wish { get; init; }

    /// <summary>Where it stands.</summary>
    public CallbackState State { get; init; }

    /// <summary>The promised window.</summary>
    public Span? Window { get; init; }

    /// <summary>When to call next, UTC.</summary>
    public DateTimeOffset? NextAt { get; init; }

    /// <summary>Why the slot was chosen.</summary>
    public SlotReason? SlotReason { get; init; }

    /// <summary>How likely it was to be chosen.</summary>
    public double? Propensity { get; init; }

    /// <summary>By whose clocks, and which of them are assumed.</summary>
    public string Zones { get; init; } = "[]";

    /// <summary>True: no moment was found, and the customer is asked to choose one.</summary>
    public bool NeedsBooking { get; init; }

    /// <summary>Who is to call again after a call that broke off.</summary>
    public string? SameAgent { get; init; }

    /// <summary>Whether the first attempt was in the window; null before it.</summary>
    public bool? IsOnTime { get; init; }

    /// <summary>True when the window was moved after it was promised.</summary>
    public bool WasMoved { get; init; }

    /// <summary>When the customer contacted us about the case meanwhile, UTC: offer to call it off.</summary>
    public DateTimeOffset? ContactAt { get; init; }

    /// <summary>Why it ended.</summary>
    public string? EndReason { get; init; }

    /// <summary>When it was asked for, UTC.</summary>
    public DateTimeOffset RequestedAt { get; init; }

    /// <summary>When it ended, UTC.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>What was tried.</summary>
    public ImmutableArray<MadeAttempt> Attempts { get; init; } = [];
}

/// <summary>An attempt that was made.</summary>
/// <param name="No">From 1.</param>
/// <param name="At">When, UTC.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Agent">By whom.</param>
/// <param name="Note">More about it.</param>
public sealed record MadeAttempt(int No, DateTimeOffset At, CallOutcome Outcome, string? Agent, string? Note);

/// <summary>A wish for a callback.</summary>
/// <param name="Id">Id.</param>
/// <param name="CaseId">What it is about.</param>
/// <param name="CustomerId">Who is to be called.</param>
/// <param name="BookmarkId">Waiter of the workflow that asks; null for none.</param>
/// <param name="Channel">Channel.</param>
/// <param name="Numbers">Numbers, international; none: those of the customer.</param>
/// <param name="Reason">What to talk about.</param>
/// <param name="Segment">Group that is learned from together.</param>
/// <param name="Wish">When the customer wants to be called.</param>
public sealed record CallbackWish(
    string Id,
    string? CaseId,
    string? CustomerId,
    long? BookmarkId,
    string Channel,
    IReadOnlyList<string> Numbers,
    string? Reason,
    string Segment,
    Span? Wish
);
