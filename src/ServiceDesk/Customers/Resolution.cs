using System.Collections.Immutable;

namespace ServiceLoop.ServiceDesk.Customers;

/// <summary>Whom some identities tell.</summary>
public enum ResolutionKind
{
    /// <summary>Nobody.</summary>
    New,

    /// <summary>One customer.</summary>
    Known,

    /// <summary>Several: a person must decide.</summary>
    Ambiguous,
}

/// <summary>Whom some identities tell.</summary>
/// <param name="Kind">One, none or several.</param>
/// <param name="CustomerId">The customer, when it is one.</param>
/// <param name="Candidates">All that it may be.</param>
/// <param name="IsVerified">True when a proven identity tells it.</param>
public sealed record Resolution(ResolutionKind Kind, string? CustomerId, ImmutableArray<string> Candidates, bool IsVerified)
{
    /// <summary>A proven identity wins over all that are only claimed; what contradicts itself is asked.</summary>
    /// <param name="found">Customers that have one of the identities, each as the one that goes on for it.</param>
    public static Resolution Of(IEnumerable<(string CustomerId, bool IsVerified)> found)
    {
        var all = found.Distinct().OrderBy(f => f.CustomerId, StringComparer.Ordinal).ToList();
        var proven = all.Where(f => f.IsVerified).Select(f => f.CustomerId).Distinct(StringComparer.Ordinal).ToImmutableArray();
        var candidates = proven.IsEmpty ? all.Select(f => f.CustomerId).Distinct(StringComparer.Ordinal).ToImmutableArray() : proven;
        return candidates.Length switch
        {
            0 => new(ResolutionKind.New, null, [], false),
            1 => new(ResolutionKind.Known, candidates[0], candidates, !proven.IsEmpty),
            _ => new(ResolutionKind.Ambiguous, null, candidates, !proven.IsEmpty),
        };
    }
}
