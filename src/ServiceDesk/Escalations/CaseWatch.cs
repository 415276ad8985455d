using System.Globalization;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Work;
using ServiceLoop.ServiceDesk.Cases;

namespace ServiceLoop.ServiceDesk.Escalations;

/// <summary>A case as the ladder sees it.</summary>
/// <param name="Status">Where it stands.</param>
/// <param name="Priority">1 to 4.</param>
/// <param name="Category">What it is about.</param>
/// <param name="QueueId">Where its work waits.</param>
/// <param name="Assignee">Who works on it.</param>
/// <param name="OpenedAt">Since when it is there, UTC.</param>
/// <param name="Number">Number for people.</param>
internal sealed record WatchedCase(
    CaseStatus Status,
    int Priority,
    string? Category,
    string? QueueId,
    string? Assignee,
    DateTimeOffset OpenedAt,
    long Number
)
{
    /// <summary>The priority as the ladder calls it.</summary>
    public string PriorityName => string.Create(CultureInfo.InvariantCulture, $"P{Priority}");

    /// <summary>True when nothing is to be done any more.</summary>
    public bool IsSettled =>
        Status is CaseStatus.Resolved or CaseStatus.InFollowUp or CaseStatus.Closed or CaseStatus.Cancelled or CaseStatus.Merged;
}

/// <summary>Tells the ladder of cases: the highest priority, many of one cause, and that one is settled.</summary>
/// <remarks>It looks at the case as it is, so a look that comes twice, late or in another order makes no difference.</remarks>
internal sealed class CaseWatch(EscalationDesk desk, StormDesk storms, TimeProvider clock) : IMessageHandler
{
    private const string LookTopic = "escalations.case";
    private const string PriorityMetric = "priority";

    private static readonly string CountResolved = SqlFile.Beside<CaseWatch>("escalation.count_resolved");
    private static readonly string OfCase = SqlFile.Beside<CaseWatch>("escalation.of_case");

    public string Topic => LookTopic;

    /// <summary>A look at a case, as work of the transaction that changes its priority, category or status.</summary>
    /// <param name="caseId">The case.</param>
    /// <param name="change">Unique for the change.</param>
    /// <param name="now">The moment, UTC.</param>
    public static NewWork Look(string caseId, string change, DateTimeOffset now) =>
        AskedWork.Message(LookTopic, caseId, $"escalation-case:{caseId}:{change}", now);

    public async Task HandleAsync(Message message, CancellationToken ct)
    {
        var id = (string)message.Body!;

        if (await desk.Store.FindCaseAsync(id, ct) is not { } seen)
            return;

        if (seen.IsSettled)
        {
            foreach (var open in await desk.Store.Database.ReadAsync(OfCase, r => r.GetString(0), ct, Arg.Text(id)))
                await desk.ChangeAsync(open, (e, ladder, _, now) => EscalationRules.Clear(e, ladder, now), ct);

            if (seen.Category is { } over)
                await storms.CheckCauseAsync(over, ct);

            return;
        }

        await TellPriorityAsync(id, seen, ct);

        if (seen.Category is { } category)
            await storms.CountAsync(id, category, ct);
    }

    private async Task TellPriorityAsync(string id, WatchedCase seen, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var (resolved, open, clearSince) = (
            await desk.Store.Database.ReadAsync(
                CountResolved,
                r => (r.GetInt64(0), r.FindText(1), r.FindTime(2)),
                ct,
                Arg.Text(id),
                Arg.Text("case"),
                Arg.Text(id),
                Arg.Text(PriorityMetric)
            )
        )[0];
        var signal = new EscalationSignal
        {
            // One that came to its end may be raised again; one that somebody has waived may not.
            Key = string.Create(CultureInfo.InvariantCulture, $"case:{id}:{seen.PriorityName}:{resolved}:{clearSince?.UtcTicks}"),
            Kind = SignalKinds.Opened,
            SubjectKind = "case",
            SubjectId = id,
            Metric = PriorityMetric,
            CaseId = id,
            Priority = seen.PriorityName,
            Reason = $"{CaseNumber.Label(seen.Number)} has priority {seen.PriorityName}",
            At = now,
        };

        if (LadderRules.LevelFor(await desk.Store.LadderAsync(ct), signal) > 0)
            await desk.HeedAsync(signal, ct);
        else if (open is not null)
            await desk.ChangeAsync(open, (e, ladder, _, at) => EscalationRules.Clear(e, ladder, at), ct);
    }
}
