using System.Collections.Immutable;
using System.Globalization;

namespace ServiceLoop.ServiceDesk.Cases;

/// <summary>How two cases belong together.</summary>
public enum CaseLinkKind
{
    /// <summary>The customer came about the same category again.</summary>
    Repeat,

    /// <summary>The other one was over when the customer came back.</summary>
    Follows,

    /// <summary>Both are about the same thing.</summary>
    Duplicate,

    /// <summary>They have to do with each other.</summary>
    Related,
}

/// <summary>A link to another case.</summary>
/// <param name="OtherId">The other one.</param>
/// <param name="Kind">How they belong together.</param>
/// <param name="At">Since when, UTC.</param>
public sealed record CaseLink(string OtherId, CaseLinkKind Kind, DateTimeOffset At);

/// <summary>A line of the history of a case.</summary>
/// <param name="Seq">Grows.</param>
/// <param name="At">When, UTC.</param>
/// <param name="Actor">Who: a person, or the workflow instance.</param>
/// <param name="Action">What: <c>open</c>, <c>stage</c>, <c>resolve</c>, <c>reopen</c>, <c>close</c>, <c>merge</c>, <c>note</c>.</param>
/// <param name="Status">Where the workflow went; null where it stayed.</param>
/// <param name="Stage">Stage as the process calls it; null where it stayed.</param>
/// <param name="Reason">Why.</param>
/// <param name="MergedInto">The case that goes on.</param>
/// <param name="IsApplied">False: it came when it could not follow any more, and changed nothing.</param>
public sealed record CaseEvent(
    long Seq,
    DateTimeOffset At,
    string Actor,
    string Action,
    CaseStatus? Status,
    string? Stage,
    string? Reason,
    string? MergedInto,
    bool IsApplied
);

/// <summary>A customer's problem until it is settled.</summary>
public sealed record ServiceCase
{
    /// <summary>Id.</summary>
    public required string Id { get; init; }

    /// <summary>Number for people.</summary>
    public required long Number { get; init; }

    /// <summary>Grows with every change.</summary>
    public required long Rev { get; init; }

    /// <summary>Whose; null while it is not known.</summary>
    public string? CustomerId { get; init; }

    /// <summary>What it is about; null before it was judged.</summary>
    public string? Category { get; init; }

    /// <summary>One line for people.</summary>
    public string? Title { get; init; }

    /// <summary>How much is at stake.</summary>
    public CaseImpact Impact { get; init; }

    /// <summary>How soon it matters; raised already by anger and repeated contacts.</summary>
    public CaseUrgency Urgency { get; init; }

    /// <summary>1 to 4.</summary>
    public int Priority { get; init; }

    /// <summary>True once the customer was angry: it has raised the urgency, and does so once.</summary>
    internal bool IsAngry { get; init; }

    /// <summary>Which contact about the same this is, from 1: the third is told to whoever works on it.</summary>
    public int ContactNo { get; init; } = 1;

    /// <summary>Stage of the customer's journey.</summary>
    public string? JourneyStage { get; init; }

    /// <summary>Channel on which it came in.</summary>
    public required string Channel { get; init; }

    /// <summary>Definition of the workflow that works on it.</summary>
    public string? DefinitionId { get; init; }

    /// <summary>The version with which it began.</summary>
    public string? DefinitionVersionId { get; init; }

    /// <summary>The workflow that works on it.</summary>
    public string? InstanceId { get; init; }

    /// <summary>Stage as the process calls it.</summary>
    public string? Stage { get; init; }

    /// <summary>Where it stands.</summary>
    public CaseStatus Status { get; init; }

    /// <summary>Why it stands there.</summary>
    public string? StatusReason { get; init; }

    /// <summary>Until when it is put aside, UTC.</summary>
    public DateTimeOffset? HeldUntil { get; init; }

    /// <summary>How it ended.</summary>
    public ResolutionCode? ResolutionCode { get; init; }

    /// <summary>Who settled it.</summary>
    public ResolutionMode? ResolutionMode { get; init; }

    /// <summary>What was done, for people.</summary>
    public string? ResolutionNote { get; init; }

    /// <summary>The case that goes on with it.</summary>
    public string? MergedInto { get; init; }

    /// <summary>When it came in, UTC.</summary>
    public DateTimeOffset OpenedAt { get; init; }

    /// <summary>When the customer was answered first, UTC.</summary>
    public DateTimeOffset? FirstResponseAt { get; init; }

    /// <summary>When it was settled last, UTC.</summary>
    public DateTimeOffset? ResolvedAt { get; init; }

    /// <summary>When it ended, UTC.</summary>
    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>How often the customer came back.</summary>
    public int ReopenCount { get; init; }

    /// <summary>Links to others.</summary>
    public ImmutableArray<CaseLink> Links { get; init; } = [];

    /// <summary>The number as it is told to people: <c>C-000123</c>.</summary>
    public string Label => CaseNumber.Label(Number);
}

/// <summary>Numbers of cases for people.</summary>
public static class CaseNumber
{
    private const string Prefix = "C-";

    /// <summary>As it is told.</summary>
    public static string Label(long number) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{number:000000}");

    /// <summary>The number in a text, such as the subject of a mail: the first <c>C-000123</c>; null when there is none.</summary>
    public static long? FindIn(string? text)
    {
        for (
            var at = text?.IndexOf(Prefix, StringComparison.OrdinalIgnoreCase) ?? -1;
            at >= 0;
            at = text!.IndexOf(Prefix, at + 1, StringComparison.OrdinalIgnoreCase)
        )
        {
            var end = at + Prefix.Length;

            while (end < text!.Length && char.IsAsciiDigit(text[end]) && end - at < 18)
                end++;

            var isWord = at == 0 || !char.IsLetterOrDigit(text[at - 1]);

            if (isWord && end - at >= Prefix.Length + 6)
                return long.Parse(text.AsSpan(at + Prefix.Length, end - at - Prefix.Length), CultureInfo.InvariantCulture);
        }

        return null;
    }
}
