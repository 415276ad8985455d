using System.Collections.Immutable;
using ServiceLoop.ServiceDesk.Windows;

namespace ServiceLoop.ServiceDesk.Customers;

/// <summary>Whether a customer is still one.</summary>
public enum CustomerState
{
    /// <summary>Yes.</summary>
    Active,

    /// <summary>Another one goes on for it.</summary>
    Merged,

    /// <summary>What was personal has been removed.</summary>
    Erased,
}

/// <summary>How somebody likes to be contacted.</summary>
/// <param name="Preferred">When; none means any time.</param>
/// <param name="Quiet">When not.</param>
/// <param name="Channels">Channels, the best first.</param>
public sealed record ContactPreferences(
    ImmutableArray<DailyWindow> Preferred,
    ImmutableArray<DailyWindow> Quiet,
    ImmutableArray<string> Channels
)
{
    /// <summary>Nothing was said.</summary>
    public static readonly ContactPreferences None = new([], [], []);
}

/// <summary>What is known about a customer.</summary>
public sealed record CustomerProfile
{
    /// <summary>Name; null when it is not known.</summary>
    public string? Name { get; init; }

    /// <summary>IANA zone; null when it is not known.</summary>
    public string? Zone { get; init; }

    /// <summary>ISO 3166 code of the country whose law holds; null when it is not known.</summary>
    public string? Jurisdiction { get; init; }

    /// <summary>Language, such as <c>zh-CN</c>.</summary>
    public string? Locale { get; init; }

    /// <summary>0 (usual) to 3.</summary>
    public int ValueTier { get; init; }

    /// <summary>One of awareness, discovery, purchase, use, aftersales, loyalty; free text.</summary>
    public string? JourneyStage { get; init; }

    /// <summary>When and how to contact.</summary>
    public ContactPreferences Preferences { get; init; } = ContactPreferences.None;

    /// <summary>True: never contact on our own account.</summary>
    public bool DoNotContact { get; init; }
}

/// <summary>An identity with where its number rings.</summary>
/// <param name="Kind">How somebody is known.</param>
/// <param name="Value">In the one way in which it is kept.</param>
/// <param name="IsVerified">True when it was proven.</param>
/// <param name="Zone">IANA zone of a number, where it was told.</param>
/// <param name="CustomerId">Whose; after a merge that of the loser.</param>
public sealed record KnownIdentity(IdentityKind Kind, string Value, bool IsVerified, string? Zone, string CustomerId);

/// <summary>What a customer has agreed to.</summary>
/// <param name="Purpose">For what: <c>survey</c>, <c>marketing</c>.</param>
/// <param name="IsGiven">False: taken back.</param>
/// <param name="Source">From where it is known.</param>
/// <param name="At">When, UTC.</param>
public sealed record Consent(string Purpose, bool IsGiven, string Source, DateTimeOffset At);

/// <summary>A customer.</summary>
/// <param name="Id">Id.</param>
/// <param name="Rev">Grows with every change.</param>
/// <param name="State">Whether it is still one.</param>
/// <param name="RootId">The customer that goes on: itself, or whom it was merged into in the end.</param>
/// <param name="MergedInto">Whom it was merged into; null when it was not.</param>
/// <param name="Profile">What is known.</param>
/// <param name="SuppressedUntil">No calls until then, UTC.</param>
/// <param name="CreatedAt">When it was made, UTC.</param>
/// <param name="ChangedAt">When it was changed last, UTC.</param>
public sealed record Customer(
    string Id,
    long Rev,
    CustomerState State,
    string RootId,
    string? MergedInto,
    CustomerProfile Profile,
    DateTimeOffset? SuppressedUntil,
    DateTimeOffset CreatedAt,
    DateTimeOffset ChangedAt
)
{
    /// <summary>How it is known, with all that was merged into it.</summary>
    public ImmutableArray<KnownIdentity> Identities { get; init; } = [];

    /// <summary>What it has agreed to.</summary>
    public ImmutableArray<Consent> Consents { get; init; } = [];

    /// <summary>Customers that were merged into it.</summary>
    public ImmutableArray<string> Absorbed { get; init; } = [];
}

/// <summary>A merge of two customers.</summary>
/// <param name="Id">Id, for taking it back.</param>
/// <param name="WinnerId">Who goes on.</param>
/// <param name="LoserId">Who points to the winner since.</param>
/// <param name="Reason">Why.</param>
/// <param name="MergedAt">When, UTC.</param>
/// <param name="MergedBy">By whom.</param>
/// <param name="UndoneAt">When it was taken back, UTC; null when it holds.</param>
public sealed record CustomerMerge(
    string Id,
    string WinnerId,
    string LoserId,
    string Reason,
    DateTimeOffset MergedAt,
    string MergedBy,
    DateTimeOffset? UndoneAt
);

/// <summary>A line of the history of a customer.</summary>
/// <param name="Seq">Grows.</param>
/// <param name="CustomerId">Whose.</param>
/// <param name="At">When, UTC.</param>
/// <param name="Actor">By whom.</param>
/// <param name="Action">What.</param>
/// <param name="Facts">More about it; nothing personal.</param>
public sealed record CustomerEvent(long Seq, string CustomerId, DateTimeOffset At, string Actor, string Action, string Facts);
