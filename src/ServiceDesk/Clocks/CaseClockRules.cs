using System.Collections.Immutable;
using ServiceLoop.ServiceDesk.Cases;

namespace ServiceLoop.ServiceDesk.Clocks;

/// <summary>
/// What an event of a case means for a clock beside the conditions of its policy: what its metric says of itself. Conditions come first; what they leave is
/// decided here. Pure.
/// </summary>
public static class CaseClockRules
{
    private const string NextResponse = "next_response";
    private const string QueueWait = "queue_wait";
    private const string ForceMajeure = "force-majeure";

    /// <summary>What the event asks of an open clock.</summary>
    /// <param name="metric">What it measures.</param>
    /// <param name="state">Where it stands.</param>
    /// <param name="pauseReason">Why it is paused; null while it is not.</param>
    /// <param name="news">The event.</param>
    public static ClockVerb Asked(string metric, ClockState state, string? pauseReason, CaseEvent news)
    {
        if (news.Is(CaseNewsNames.Cancelled) || news.Is(CaseNewsNames.Merged))
            return ClockVerb.Cancel;

        if (news.Is(CaseNewsNames.Closed))
            return ClockVerb.Stop;

        if (news.Is(CaseNewsNames.Resolved))
            return AtResolution(metric, news.Facts.GetValueOrDefault("mode"));

        if (news.Is(CaseNewsNames.Outbound) && IsAnswered(metric, news.Facts.GetValueOrDefault("by") == "human"))
            return ClockVerb.Stop;

        return state == ClockState.Paused && IsOver(pauseReason, news) ? ClockVerb.Resume : ClockVerb.None;
    }

    /// <summary>Why a clock pauses by the event: what the status says where the policy allows that, else what the policy says.</summary>
    public static string PauseReason(PolicyContent policy, CaseEvent news)
    {
        var reason = news.Facts.GetValueOrDefault("status") switch
        {
            "pending-customer" => "waiting-customer",
            "pending-third-party" => "waiting-third-party",
            _ => policy.Conditions.PauseReason,
        };
        return policy.PauseReasons.Contains(reason, StringComparer.Ordinal) ? reason : policy.Conditions.PauseReason;
    }

    /// <summary>True when the event may mean another target: priority or category were judged anew.</summary>
    public static bool MayRetarget(SlaClock clock, CaseEvent news) =>
        (news.Facts.GetValueOrDefault("priority") is { } priority && priority != clock.Priority)
        || news.Is(CaseNewsNames.Priority)
        || news.Is(CaseNewsNames.Category);

    // Who settles a case has answered; nobody has where it settled by itself.
    private static ClockVerb AtResolution(string metric, string? mode) =>
        metric switch
        {
            "resolution" or Metrics.FirstResponse or NextResponse or QueueWait => ClockVerb.Stop,
            "first_human_response" => mode == "auto" ? ClockVerb.Cancel : ClockVerb.Stop,
            _ => ClockVerb.None,
        };

    private static bool IsAnswered(string metric, bool isHuman) =>
        metric is Metrics.FirstResponse or NextResponse || (metric == "first_human_response" && isHuman);

    // What was approved as nobody's fault ends when it is over, not when a customer asks about it.
    private static bool IsOver(string? reason, CaseEvent news) =>
        (news.Is(CaseNewsNames.Inbound) && reason != ForceMajeure)
        || reason switch
        {
            "waiting-customer" => HasLeft(news, "pending-customer"),
            "waiting-third-party" => HasLeft(news, "pending-third-party"),
            _ => false,
        };

    private static bool HasLeft(CaseEvent news, string status) =>
        news.Facts.GetValueOrDefault("wasStatus") == status && news.Facts.GetValueOrDefault("status") != status;
}

/// <summary>The clocks of one case while events of the case pass by; gathers what is to be written. Pure.</summary>
/// <param name="known">Policies and calendars, read before.</param>
/// <param name="now">The moment of writing; the moments of the events count.</param>
internal sealed class CaseClockRound(CaseSurroundings known, DateTimeOffset now)
{
    private readonly List<SlaClock> clocks = [];
    private readonly List<CaseClockWrite> writes = [];

    /// <summary>What is to be written, in order.</summary>
    public IReadOnlyList<CaseClockWrite> Writes => writes;

    /// <summary>Policies that no calendar was there for.</summary>
    public HashSet<string> WithoutCalendar { get; } = new(StringComparer.Ordinal);

    /// <summary>A clock of the case, with the commands of steps that wait for it: those come first.</summary>
    public void Add(SlaClock clock, IReadOnlyList<ClockAsk> waiting)
    {
        var policy = known.PolicyOf(clock);
        var (changes, answers) = ClockDesk.Waiting(ref clock, waiting, known.TimeOf(clock.CalendarId)!, policy, now);
        writes.AddRange(changes.Select(c => new CaseClockWrite(c.Who, null, c.Change)));
        Answers.AddRange(answers);
        clocks.Add(clock);
    }

    /// <summary>Commands of steps that were applied, with what was refused.</summary>
    public List<(string Id, string? Refusal)> Answers { get; } = [];

    /// <summary>One event.</summary>
    public void Hear(CaseEvent news)
    {
        for (var i = 0; i < clocks.Count; i++)
            if (clocks[i].IsOpen)
                Move(i, news);

        if (news.Is(CaseNewsNames.Reopened))
            Reopen(news);

        // Open clocks keep the version that they began with; new ones begin with the active one.
        foreach (var policy in known.Active)
            if (
                !clocks.Exists(c => c.IsOpen && c.PolicyId == policy.PolicyId)
                && PolicyRules.Asked(policy.Content, null, news.Names, news.Facts) == ClockVerb.Start
            )
                Start(policy, news);
    }

    private void Move(int index, CaseEvent news)
    {
        var policy = known.PolicyOf(clocks[index]);
        var clock = clocks[index];
        var verb = PolicyRules.Asked(policy, clock.State, news.Names, news.Facts);

        if (verb == ClockVerb.None)
            verb = CaseClockRules.Asked(clock.Metric, clock.State, clock.PauseReason, news);

        if (verb != ClockVerb.None)
            Ask(index, verb, null, news);

        // By all that is known of the case: its priority alone may fit another target of the policy.
        if (clocks[index].IsOpen && CaseClockRules.MayRetarget(clocks[index], news))
            if (PolicyRules.TargetFor(policy, news.Facts) is { } target)
                Ask(index, ClockVerb.Retarget, target, news);
    }

    // Within the days of its policy the same clock goes on; after them a new one begins.
    private void Reopen(CaseEvent news)
    {
        var latest = clocks
            .Where(c => c.Metric == "resolution")
            .GroupBy(c => c.PolicyId, StringComparer.Ordinal)
            .Select(g => g.MaxBy(c => c.StartedAt)!)
            .Where(c => c.State is ClockState.Met or ClockState.Missed)
            .ToList();

        foreach (var clock in latest)
            if (
                !Ask(clocks.IndexOf(clock), ClockVerb.Reopen, null, news)
                && known.Active.FirstOrDefault(p => p.PolicyId == clock.PolicyId) is { } policy
            )
                Start(policy, news);
    }

    private bool Ask(int index, ClockVerb verb, SlaTarget? target, CaseEvent news)
    {
        var (before, policy) = (clocks[index], known.PolicyOf(clocks[index]));
        var time = known.TimeOf(before.CalendarId)!;
        var ask = new ClockAsk
        {
            Id = news.Key,
            Verb = verb,
            At = news.At,
            Target = target,
            Priority = news.Facts.GetValueOrDefault("priority"),
            Reason =
                verb == ClockVerb.Pause ? CaseClockRules.PauseReason(policy, news)
                : verb == ClockVerb.Cancel ? news.Name
                : null,
        };
        var step = ask.Apply(before, time, policy);

        if (step.Clock != before)
        {
            writes.Add(new("system", null, ClockChange.Of(before, step, [], time, policy, now)));
            clocks[index] = step.Clock;
        }

        return step.Refusal is null;
    }

    private void Start(SlaPolicy policy, CaseEvent news)
    {
        if (PolicyRules.TargetFor(policy.Content, news.Facts) is not { } target)
            return;

        var id = $"{news.Key}:{policy.PolicyId}";

        if (clocks.Exists(c => c.Id == id))
            return;

        var calendar = known.CalendarFor(policy.Content, news.Facts);

        if (calendar is null || known.TimeOf(calendar) is not { } time)
        {
            WithoutCalendar.Add(policy.Name);
            return;
        }

        var start = new ClockStart
        {
            Id = id,
            CaseId = news.CaseId,
            Metric = policy.Metric,
            At = news.At,
        };
        var started = ClockDesk.Prepared(start, policy, target, news.Facts.GetValueOrDefault("priority"), time);
        writes.Add(new("system", started, null));
        clocks.Add(started.Clock);
    }
}

/// <summary>One thing to write: a clock that has started, or a change of one.</summary>
internal sealed record CaseClockWrite(string Who, StartedClock? Started, ClockChange? Change)
{
    /// <summary>The commands that write it.</summary>
    public IEnumerable<Npgsql.NpgsqlBatchCommand> Commands(DateTimeOffset now) =>
        Started is not null ? ClockWrites.New([Started], Who, now) : ClockWrites.Changed([Change!], Who, now);
}
