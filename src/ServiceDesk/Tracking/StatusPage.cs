namespace ServiceLoop.ServiceDesk.Tracking;

/// <summary>A step that was taken.</summary>
/// <param name="Status">A word.</param>
/// <param name="Text">In plain words.</param>
/// <param name="At">When, UTC.</param>
public sealed record StatusStep(string Status, string Text, DateTimeOffset At);

/// <summary>Something that the customer was promised.</summary>
/// <param name="What">What.</param>
/// <param name="DueAt">Until when, UTC.</param>
/// <param name="State"><c>open</c>, <c>kept</c> or <c>broken</c>.</param>
/// <param name="KeptAt">When it was kept, UTC.</param>
public sealed record StatusPromise(string What, DateTimeOffset DueAt, string State, DateTimeOffset? KeptAt);

/// <summary>A callback that is to come.</summary>
/// <param name="Id">Id, for the doors of the page.</param>
/// <param name="From">Beginning of the window, UTC; null while it is being planned.</param>
/// <param name="To">End of the window, UTC.</param>
public sealed record StatusCallback(string Id, DateTimeOffset? From, DateTimeOffset? To);

/// <summary>What a customer sees of a case. No names, notes or reasons from within the house are in it.</summary>
/// <param name="CaseNumber">The number for people; null while the contact has no case yet.</param>
/// <param name="Language">Language of the texts: <c>zh</c> or <c>en</c>.</param>
/// <param name="Status">A word.</param>
/// <param name="Text">Where it stands, in plain words.</param>
/// <param name="Stage">Which of the five stages, 1 to 5: intake, diagnosis, solution, tracking, follow-up.</param>
/// <param name="OpenedAt">When it came in, UTC.</param>
/// <param name="ResolvedAt">When it was settled, UTC.</param>
/// <param name="NextActor">Who acts next.</param>
/// <param name="May">What the customer may do.</param>
/// <param name="Steps">What happened when, the oldest first.</param>
/// <param name="Promises">What was promised, the next one first.</param>
/// <param name="Callbacks">Callbacks that are to come.</param>
/// <param name="Questions">What we want to know of the customer.</param>
/// <param name="LinkExpiresAt">Until when this link is good, UTC.</param>
public sealed record StatusPage(
    string? CaseNumber,
    string Language,
    string Status,
    string Text,
    int Stage,
    DateTimeOffset OpenedAt,
    DateTimeOffset? ResolvedAt,
    NextActor NextActor,
    IReadOnlyList<StatusAction> May,
    IReadOnlyList<StatusStep> Steps,
    IReadOnlyList<StatusPromise> Promises,
    IReadOnlyList<StatusCallback> Callbacks,
    IReadOnlyList<string> Questions,
    DateTimeOffset LinkExpiresAt
);

/// <summary>How much the page is used, and how many customers ask all the same.</summary>
/// <param name="Views">Looks at status pages.</param>
/// <param name="Cases">Cases whose pages were looked at.</param>
/// <param name="Contacts">Contacts of customers.</param>
/// <param name="Asks">Contacts that only asked where things stand.</param>
public sealed record StatusFigures(long Views, long Cases, long Contacts, long Asks)
{
    /// <summary>Share of contacts that only asked where things stand, 0 to 1; null without contacts.</summary>
    public double? AskShare => Contacts == 0 ? null : Math.Round((double)Asks / Contacts, 4);
}
