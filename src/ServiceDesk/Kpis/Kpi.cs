using System.Collections.Immutable;

namespace ServiceLoop.ServiceDesk.Kpis;

/// <summary>In what a key figure is measured.</summary>
public enum KpiUnit
{
    /// <summary>A number of things.</summary>
    Count,

    /// <summary>Hits among n, 0 to 1; with an interval.</summary>
    Share,

    /// <summary>Seconds.</summary>
    Seconds,

    /// <summary>A number by itself: a mean score, an index.</summary>
    Number,
}

/// <summary>What a key figure means. A formula that changes is a new version: figures of two versions are not compared.</summary>
/// <param name="Name">Stable name.</param>
/// <param name="Version">Version of the formula, from 1.</param>
/// <param name="Unit">In what it is measured.</param>
/// <param name="Formula">The formula, in words.</param>
public sealed record KpiDefinition(string Name, int Version, KpiUnit Unit, string Formula);

/// <summary>A key figure.</summary>
/// <param name="Name">Of its definition.</param>
/// <param name="Version">Of its definition.</param>
/// <param name="Segment">What of it: a percentile, a metric, a channel; empty for all.</param>
/// <param name="Unit">In what it is measured.</param>
/// <param name="Value">The figure; null when n is 0.</param>
/// <param name="N">Of how many.</param>
/// <param name="Low">Lower end of the 95 % interval; for shares.</param>
/// <param name="High">Its upper end.</param>
public sealed record Kpi(string Name, int Version, string Segment, KpiUnit Unit, double? Value, long N, double? Low, double? High);

/// <summary>All key figures of a window.</summary>
/// <param name="From">Its beginning, UTC.</param>
/// <param name="To">Its end, UTC; exclusive.</param>
/// <param name="At">When they were computed, UTC.</param>
/// <param name="Items">Key figures, in the order of their definitions.</param>
public sealed record KpiReport(DateTimeOffset From, DateTimeOffset To, DateTimeOffset At, IReadOnlyList<Kpi> Items)
{
    /// <summary>A figure; null when there is none.</summary>
    public Kpi? Find(string name, string segment = "") => Items.FirstOrDefault(k => k.Name == name && k.Segment == segment);
}

/// <summary>The definitions of key figures, in the order of reports.</summary>
public static class KpiDefinitions
{
    /// <summary>All.</summary>
    public static readonly ImmutableArray<KpiDefinition> All =
    [
        new("cases-opened", 1, KpiUnit.Count, "cases opened in the window"),
        new("cases-ended", 1, KpiUnit.Count, "cases closed, cancelled or merged in the window"),
        new("contacts", 1, KpiUnit.Count, "interactions received in the window, without spam"),
        new("tasks-done", 1, KpiUnit.Count, "tasks of people completed in the window"),
        new("messages-sent", 1, KpiUnit.Count, "messages to customers sent in the window"),
        new(
            "first-response",
            2,
            KpiUnit.Seconds,
            "first answer in substance, as the clock of the first response has it - opening of the case"
        ),
        new("first-response-within", 2, KpiUnit.Share, "cases whose first answer came within the time / cases with an answer"),
        new("lead-time", 1, KpiUnit.Seconds, "end of the case - its opening"),
        new("resolution-time", 1, KpiUnit.Seconds, "resolution of the case - its opening"),
        new("stage-time", 1, KpiUnit.Seconds, "from the line that names a stage to the line that names another, or the end"),
        new("touch-time", 1, KpiUnit.Seconds, "time between taking and completing tasks, summed for a case; of cases with tasks"),
        new("flow-efficiency", 1, KpiUnit.Number, "touch time / lead time, of all cases that ended"),
        new("sla-attainment", 1, KpiUnit.Share, "clocks met / (met + missed), for each metric"),
        new("paused-share", 1, KpiUnit.Number, "time paused / time from start to stop, of clocks that stopped"),
        new("triage-accuracy", 1, KpiUnit.Share, "cases never corrected in intent or queue / cases triaged"),
        new("triage-asked", 1, KpiUnit.Share, "cases where a person was asked / cases triaged"),
        new(
            "automation",
            2,
            KpiUnit.Share,
            "resolved by a bot, no task taken, no triage put right and no call made by a person / resolved cases; standard: of intents that the taxonomy names so"
        ),
        new("knowledge-reuse", 1, KpiUnit.Share, "resolved cases that were answered from an article / resolved cases"),
        new("hand-over-latency", 1, KpiUnit.Seconds, "a person takes the next task of the case - hand-over"),
        new("repeat-contact", 1, KpiUnit.Share, "cases with an earlier one of the customer about the same within 7 days / cases"),
        new("first-contact-resolution", 1, KpiUnit.Share, "resolved with one contact, no next case within 7 days, not reopened / resolved"),
        new("reopened", 1, KpiUnit.Share, "resolved cases that were opened again / resolved cases"),
        new("escalations-per-100-cases", 1, KpiUnit.Number, "escalations that stand at or ended at a level, for 100 cases opened"),
        new("escalation-ack-in-time", 1, KpiUnit.Share, "escalations acknowledged by their deadline / escalations with one"),
        new(
            "callback-on-time",
            1,
            KpiUnit.Share,
            "callbacks whose first attempt fell into the promised window / callbacks that ended and were due"
        ),
        new("reach-rate", 2, KpiUnit.Share, "callbacks that reached the customer / callbacks that were tried, and reached or exhausted"),
        new("promise-kept", 1, KpiUnit.Share, "promises kept in time / promises due and settled"),
        new("survey-response", 1, KpiUnit.Share, "surveys answered / surveys sent"),
        new("csat", 1, KpiUnit.Share, "scores 4 and 5 / scores"),
        new("csat-mean", 1, KpiUnit.Number, "mean of scores 1 to 5"),
        new("ces-mean", 1, KpiUnit.Number, "mean of scores 1 to 7; low is easy"),
        new("nps", 1, KpiUnit.Number, "per cent of 9 and 10 - per cent of 0 to 6"),
        new("queue-wait", 1, KpiUnit.Seconds, "an agent takes the task - it entered the queue"),
        new("offer-answers", 1, KpiUnit.Count, "offers by what became of them"),
        new("handle-time", 1, KpiUnit.Seconds, "completion of a task - its acceptance; mean"),
        new("offers-accepted", 1, KpiUnit.Count, "offers accepted, for each agent"),
        new("offer-gini", 1, KpiUnit.Number, "Gini index of accepted offers over agents: 0 is even"),
        new("timer-lateness", 1, KpiUnit.Seconds, "done - due, of offers, notices and follow-ups; 99th percentile"),
        new("lost-work", 1, KpiUnit.Count, "work that was set aside after its last attempt; must be 0"),
        new("overdue-work", 1, KpiUnit.Count, "work due for more than a minute that nobody has; must be 0"),
        new("double-tasks", 1, KpiUnit.Count, "open tasks beyond the first of a waiting step; must be 0"),
        new("double-surveys", 1, KpiUnit.Count, "cases whose customer was asked more often than the case was settled; must be 0"),
        new("orphans", 1, KpiUnit.Count, "waiting things that nothing will wake; must be 0"),
        new("incidents", 1, KpiUnit.Count, "workflow instances with an incident"),
    ];

    private static readonly Dictionary<string, (KpiDefinition Definition, int Place)> ByName = All.Select((d, i) => (d, i))
        .ToDictionary(p => p.d.Name, p => p, StringComparer.Ordinal);

    /// <summary>The definition of a name, and its place in reports.</summary>
    internal static (KpiDefinition Definition, int Place) Get(string name) => ByName[name];
}
