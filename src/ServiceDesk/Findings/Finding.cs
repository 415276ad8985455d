using System.Collections.Immutable;

namespace ServiceLoop.ServiceDesk.Findings;

/// <summary>From where a finding comes.</summary>
public enum FindingSource
{
    /// <summary>Answers and complaints of customers.</summary>
    Survey,

    /// <summary>Control charts and clocks.</summary>
    Kpi,

    /// <summary>Failures of workflows.</summary>
    Incident,

    /// <summary>Inspections of quality.</summary>
    Qa,

    /// <summary>Suggestions of people who work here.</summary>
    Staff,

    /// <summary>Reviews elsewhere.</summary>
    Review,
}

/// <summary>What became of a finding.</summary>
public enum FindingState
{
    /// <summary>Nobody has judged it.</summary>
    New,

    /// <summary>Another one says the same.</summary>
    Merged,

    /// <summary>An improvement was made of it.</summary>
    Promoted,

    /// <summary>It was put aside, for a reason.</summary>
    Dismissed,
}

/// <summary>A finding as it is reported.</summary>
/// <param name="Id">Id; the same report sent again is one.</param>
/// <param name="Source">From where it comes.</param>
/// <param name="Title">One line.</param>
public sealed record FindingReport(string Id, FindingSource Source, string Title)
{
    /// <summary>The indicator that it is about.</summary>
    public string? Kpi { get; init; }

    /// <summary>The segment that it is about.</summary>
    public string? Segment { get; init; }

    /// <summary>The category of cases that it is about.</summary>
    public string? Category { get; init; }

    /// <summary>More about it.</summary>
    public string? Detail { get; init; }

    /// <summary>The case in which it was seen.</summary>
    public string? CaseId { get; init; }

    /// <summary>References to what shows it.</summary>
    public ImmutableArray<string> Evidence { get; init; } = [];

    /// <summary>How large the effect is.</summary>
    public double? EffectSize { get; init; }

    /// <summary>How sure it is, 0 to 1.</summary>
    public double? Confidence { get; init; }
}

/// <summary>A signal that something is wrong.</summary>
/// <param name="Report">What was reported.</param>
/// <param name="DetectedBy">By whom.</param>
/// <param name="State">What became of it.</param>
/// <param name="Reason">Why.</param>
/// <param name="MergedInto">The one that says the same.</param>
/// <param name="FoundAt">When, UTC.</param>
public sealed record Finding(
    FindingReport Report,
    string DetectedBy,
    FindingState State,
    string? Reason,
    string? MergedInto,
    DateTimeOffset FoundAt
);
