using System.Collections.Immutable;
using System.Data.Common;
using System.Text.Json;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.ServiceDesk.Agents;
using ServiceLoop.ServiceDesk.Tasks;

namespace ServiceLoop.ServiceDesk.Routing;

/// <summary>A waiting task as a look at a queue reads it.</summary>
internal sealed record WaitingItem(RoutedItem Item, DateTimeOffset VirtualDeadline, DateTimeOffset EnqueuedAt, int OfferNo)
{
    /// <summary>When it should be taken at the latest, UTC; null when nobody knows yet.</summary>
    public DateTimeOffset? TargetAt { get; init; }

    /// <summary>Until when it waits for somebody who knows it, UTC; null when it does not, or has not begun to.</summary>
    public DateTimeOffset? StickyUntil { get; init; }

    public static WaitingItem Read(DbDataReader r)
    {
        var (due, clock, latest) = (r.FindTime(16), r.FindTime(17), r.FindTime(18));
        var item = new RoutedItem(r.GetString(0), r.GetString(1), r.GetInt32(2), (Priority)r.GetInt16(3))
        {
            Required = SkillJson.Read(r.GetString(4)),
            Preferred = SkillJson.Read(r.GetString(5)),
            Language = r.FindText(6),
            Only = [.. r.GetFieldValue<string[]>(7)],
            Excluded = [.. r.GetFieldValue<string[]>(8), .. r.GetFieldValue<string[]>(9)],
            Overflow = (OverflowStep)r.GetInt16(10),
            CaseOwner = r.FindText(11),
            LastAgent = r.FindText(12),
        };
        return new(item, r.GetTime(14), r.GetTime(15), r.GetInt32(19))
        {
            StickyUntil = r.FindTime(13),
            TargetAt = new[] { due, clock, latest }.Min(),
        };
    }
}

/// <summary>Who was chosen for a task.</summary>
/// <param name="Task">The task.</param>
/// <param name="Agent">Who.</param>
/// <param name="Candidates">The best five, as JSON.</param>
/// <param name="Rejected">All others by the first rule that they fail, as JSON.</param>
internal sealed record MatchChoice(WaitingItem Task, string Agent, string Candidates, string Rejected);

/// <summary>The decisions of one look at a queue: each sees the units that those before it took.</summary>
internal sealed class MatchRound(List<Candidate> roster, QueueView queue, DateTimeOffset now)
{
    private const int Best = 5;

    private static readonly string[] Names = Enum.GetNames<EligibilityRule>();

    // Demands that somebody free can still meet. Units only become fewer during a look, so what cannot be met stays so.
    private readonly Dictionary<string, RoutedItem> able = [];

    // Places in the roster of those who can take the lightest task; the others are looked at only to tell why not.
    private readonly List<int> free = [];

    public QueueView Queue => queue;

    public DateTimeOffset Now => now;

    public List<MatchChoice> Choices { get; } = [];

    public List<(WaitingItem Task, DateTimeOffset Until)> Held { get; } = [];

    /// <summary>How many of the choices could be kept to.</summary>
    public int Given { get; set; }

    /// <summary>Demands of waiting tasks that somebody free can meet.</summary>
    public IReadOnlyCollection<string> Able => able.Keys;

    /// <summary>Looks which demands can be met at all.</summary>
    public void Begin(IReadOnlyList<string> demands)
    {
        foreach (var demand in demands)
            able[demand] = Demand.Read(demand);

        if (able.Count == 0)
            return;

        var lightest = able.Values.Min(d => d.Weight);

        for (var i = 0; i < roster.Count; i++)
            if (roster[i].Status == PresenceStatus.Available && roster[i].Load.Free >= lightest)
                free.Add(i);

        Narrow();
    }

    /// <summary>Whether anything that waits can still be met.</summary>
    public bool Narrow()
    {
        foreach (var (demand, item) in able)
            if (!free.Exists(place => Eligibility.FirstFailingRule(roster[place], item, now) is null))
                able.Remove(demand);

        return able.Count > 0;
    }

    /// <summary>Chooses an agent for a task; none when nobody fits, or somebody who knows it is waited for.</summary>
    public void Place(WaitingItem task)
    {
        if (Knows(task.Item) && Waits(task))
            return;

        var eligible = new List<Candidate>();

        foreach (var place in free)
            if (Eligibility.FirstFailingRule(roster[place], task.Item, now) is null)
                eligible.Add(roster[place]);

        if (eligible.Count == 0)
            return;

        var ranked = Choice.Rank(eligible, task.Item, queue.Weights, now);
        var rejected = Rejected(task.Item);
        Take(ranked[0].Agent, task.Item);
        Choices.Add(new(task, ranked[0].Agent.Id, Told(ranked), rejected));
    }

    /// <summary>Whether somebody who knows the item is there, and only too full at the moment.</summary>
    private bool Knows(RoutedItem item) =>
        (item.CaseOwner ?? item.LastAgent) is { } known
        && roster.Find(a => a.Id == known) is { } agent
        && Eligibility.FirstFailingRule(agent, item, now) is EligibilityRule.Units or EligibilityRule.Concurrency;

    /// <summary>All who do not fit, by the first rule that they fail.</summary>
    private string Rejected(RoutedItem item)
    {
        var others = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);

        foreach (var agent in roster)
            if (Eligibility.FirstFailingRule(agent, item, now) is { } rule)
            {
                if (!others.TryGetValue(Names[(int)rule], out var some))
                    others[Names[(int)rule]] = some = [];

                some.Add(agent.Id);
            }

        return JsonSerializer.Serialize(others);
    }

    private bool Waits(WaitingItem task)
    {
        if (task.StickyUntil is { } until)
            return now < until;

        var hold = StickyHold.Until(now, Channels.IsSync(task.Item.Channel), task.TargetAt);

        if (hold <= now)
            return false;

        Held.Add((task, hold));
        return true;
    }

    private void Take(Candidate agent, RoutedItem item)
    {
        var place = roster.IndexOf(agent);
        roster[place] = agent with
        {
            Load = agent.Load with { Reserved = agent.Load.Reserved + item.Weight },
            Open = agent.Open.SetItem(item.Channel, agent.Open.GetValueOrDefault(item.Channel) + 1),
            LastAssignedAt = now,
            AssignedToday = agent.AssignedToday + 1,
        };

        if (able.Values.All(d => d.Weight > roster[place].Load.Free))
            free.Remove(place);
    }

    private static string Told(ImmutableArray<RankedCandidate> ranked) =>
        JsonSerializer.Serialize(
            ranked
                .Take(Best)
                .Select(r => new WhyCandidate(
                    r.Agent.Id,
                    Math.Round(r.Terms.Fit, 4),
                    Math.Round(r.Terms.Free, 4),
                    Math.Round(r.Terms.Sticky, 4),
                    Math.Round(r.Terms.Idle, 4),
                    Math.Round(r.Terms.Sum, 4)
                ))
        );
}
