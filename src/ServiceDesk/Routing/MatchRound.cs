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

    public QueueView Queue => queue;

    public DateTimeOffset Now => now;

    public List<MatchChoice> Choices { get; } = [];

    public List<(WaitingItem Task, DateTimeOffset Until)> Held { get; } = [];

    /// <summary>How many of the choices could be kept to.</summary>
    public int Given { get; set; }

    /// <summary>True when anybody could take anything.</summary>
    public bool HasRoom => roster.Exists(a => a.Status == PresenceStatus.Available && a.Load.Free > 0);

    /// <summary>Whether anybody could take an item with a demand.</summary>
    public bool CanMeet(string demand)
    {
        var item = Demand.Read(demand);
        return roster.Exists(a => Eligibility.FirstFailing(a, item, now) is null);
    }

    /// <summary>Chooses an agent for a task; none when nobody fits, or somebody who knows it is waited for.</summary>
    public void Place(WaitingItem task)
    {
        var eligible = new List<Candidate>();
        var rejected = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        var known = task.Item.CaseOwner ?? task.Item.LastAgent;
        var isKnownFull = false;

        foreach (var agent in roster)
        {
            if (Eligibility.FirstFailing(agent, task.Item, now) is not { } why)
            {
                eligible.Add(agent);
                continue;
            }

            if (!rejected.TryGetValue(why.Rule.ToString(), out var others))
                rejected[why.Rule.ToString()] = others = [];

            others.Add(agent.Id);

            isKnownFull |= agent.Id == known && why.Rule is (EligibilityRule.Units or EligibilityRule.Concurrency);
        }

        if (isKnownFull && Waits(task))
            return;

        if (eligible.Count == 0)
            return;

        var ranked = Choice.Rank(eligible, task.Item, queue.Weights, now);
        var chosen = ranked[0].Agent;
        Take(chosen, task.Item);
        Choices.Add(new(task, chosen.Id, Told(ranked), JsonSerializer.Serialize(rejected)));
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

    private void Take(Candidate agent, RoutedItem item) =>
        roster[roster.IndexOf(agent)] = agent with
        {
            Load = agent.Load with { Reserved = agent.Load.Reserved + item.Weight },
            Open = agent.Open.SetItem(item.Channel, agent.Open.GetValueOrDefault(item.Channel) + 1),
            LastAssignedAt = now,
            AssignedToday = agent.AssignedToday + 1,
        };

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
