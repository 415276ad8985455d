using System.Collections.Immutable;

namespace ServiceLoop.Runtime.Access;

/// <summary>A change that somebody is about to make.</summary>
/// <param name="Permission">What is needed for it.</param>
/// <param name="Action">What is done: <c>definition.publish</c>. Stable; pages have a text for each.</param>
/// <param name="Subject">To what: an id.</param>
public sealed record Deed(string Permission, string Action, string Subject)
{
    /// <summary>What was before, as far as it is to be changed; secrets are masked by who fills it.</summary>
    public ImmutableSortedDictionary<string, string?> Before { get; init; } = Facts.None;

    /// <summary>What is wanted: note, target, options.</summary>
    public ImmutableSortedDictionary<string, string?> Wanted { get; init; } = Facts.None;

    /// <summary>
    /// True when the change writes who made it into the journal of an instance, in its own transaction: the entry of the audit log then follows it. Otherwise
    /// the entry is durable before the change begins, so that no change is without one.
    /// </summary>
    public bool IsJournalled { get; init; }
}

/// <summary>Makes the small dictionaries of a deed.</summary>
public static class Facts
{
    /// <summary>Nothing to tell.</summary>
    public static readonly ImmutableSortedDictionary<string, string?> None = ImmutableSortedDictionary.Create<string, string?>(
        StringComparer.Ordinal
    );

    /// <summary>One or more facts; those without a value are left out.</summary>
    public static ImmutableSortedDictionary<string, string?> Of(params ReadOnlySpan<(string Name, string? Value)> facts)
    {
        var found = None.ToBuilder();

        foreach (var (name, value) in facts)
            if (value is not null)
                found[name] = value;

        return found.ToImmutable();
    }
}
