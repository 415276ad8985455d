using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization;
using ServiceLoop.ServiceDesk.Agents;

namespace ServiceLoop.ServiceDesk.Routing;

/// <summary>How an agent belongs to a queue.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Membership>))]
public enum Membership
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>From the beginning.</summary>
    Primary,

    /// <summary>Once an item has waited too long.</summary>
    Secondary,
}

/// <summary>An agent, as a decision sees one.</summary>
/// <param name="Id">Which.</param>
/// <param name="Membership">Of the queue that is served.</param>
/// <param name="Status">Presence.</param>
/// <param name="Load">Units.</param>
public sealed record Candidate(string Id, Membership Membership, PresenceStatus Status, Load Load)
{
    /// <summary>Channels that the agent takes work from.</summary>
    public ImmutableHashSet<string> Accepts { get; init; } = [];

    /// <summary>What the agent can do.</summary>
    public ImmutableArray<AgentSkill> Skills { get; init; } = [];

    /// <summary>Pieces of work by channel, those offered counted.</summary>
    public ImmutableDictionary<string, int> Open { get; init; } = ImmutableDictionary<string, int>.Empty;

    /// <summary>Most pieces of work by channel; a channel without a number has no limit besides the units.</summary>
    public ImmutableDictionary<string, int> Most { get; init; } = ImmutableDictionary<string, int>.Empty;

    /// <summary>When the shift ends, UTC; null when nobody knows.</summary>
    public DateTimeOffset? ShiftEndsAt { get; init; }

    /// <summary>Share of the last 60 minutes with work at hand, 0 to 1.</summary>
    public double Occupancy { get; init; }

    /// <summary>When work was assigned last, UTC; null when never.</summary>
    public DateTimeOffset? LastAssignedAt { get; init; }

    /// <summary>How much was assigned today.</summary>
    public int AssignedToday { get; init; }
}

/// <summary>A piece of work, as a decision sees it.</summary>
/// <param name="Id">Which.</param>
/// <param name="Channel">One of <see cref="Channels"/>.</param>
/// <param name="Weight">Units that it takes.</param>
/// <param name="Priority">Priority.</param>
public sealed record RoutedItem(string Id, string Channel, int Weight, Priority Priority)
{
    /// <summary>Skills without which nobody gets it; never dropped.</summary>
    public ImmutableArray<WantedSkill> Required { get; init; } = [];

    /// <summary>Skills that make somebody fitter; dropped when it has waited too long.</summary>
    public ImmutableArray<WantedSkill> Preferred { get; init; } = [];

    /// <summary>Language that must be spoken: id of a skill; null for any.</summary>
    public string? Language { get; init; }

    /// <summary>The only ones who may have it; empty for all members.</summary>
    public ImmutableHashSet<string> Only { get; init; } = [];

    /// <summary>Those who must not have it: they declined, missed it, or four eyes are needed.</summary>
    public ImmutableHashSet<string> Excluded { get; init; } = [];

    /// <summary>How far its overflow has gone.</summary>
    public OverflowStep Overflow { get; init; }

    /// <summary>How long it is expected to take.</summary>
    public TimeSpan HandleTime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The owner of its case, when that is not too long ago; null for none.</summary>
    public string? CaseOwner { get; init; }

    /// <summary>Who served its customer last, when that is not too long ago; null for none.</summary>
    public string? LastAgent { get; init; }
}

/// <summary>The rules of eligibility, in the order in which they are asked.</summary>
public enum EligibilityRule
{
    /// <summary>Member of the queue; a secondary one only after the first step of the overflow.</summary>
    Member,

    /// <summary>Is there and takes work from the channel.</summary>
    Presence,

    /// <summary>Has a required skill at the level, and it has not ended.</summary>
    Skill,

    /// <summary>Speaks the language.</summary>
    Language,

    /// <summary>Has the units free.</summary>
    Units,

    /// <summary>Has fewer pieces of work of the channel than allowed.</summary>
    Concurrency,

    /// <summary>Is neither excluded nor missing among those who alone may have it.</summary>
    Excluded,

    /// <summary>The shift ends later than the work, where a customer waits.</summary>
    ShiftEnd,

    /// <summary>Is not so busy that only what is important may come.</summary>
    Fairness,
}

/// <summary>Why an agent does not get a piece of work.</summary>
/// <param name="Rule">The first rule that is not met.</param>
/// <param name="Detail">The values, for people.</param>
public sealed record Rejection(EligibilityRule Rule, string Detail);

/// <summary>Who may get a piece of work.</summary>
public static class Eligibility
{
    /// <summary>Share of busy time from which on only P1 and P2 come.</summary>
    public const double FairnessCap = 0.85;

    /// <summary>The first rule that an agent does not meet, with the values; null for an eligible one.</summary>
    public static Rejection? FirstFailing(Candidate agent, RoutedItem item, DateTimeOffset now) =>
        FirstFailingRule(agent, item, now) is { } rule ? new(rule, Detail(rule, agent, item, now)) : null;

    /// <summary>The first rule that an agent does not meet; null for an eligible one. Makes no garbage: it is asked for every member at every look.</summary>
    public static EligibilityRule? FirstFailingRule(Candidate agent, RoutedItem item, DateTimeOffset now) =>
        !IsMember(agent, item) ? EligibilityRule.Member
        : agent.Status != PresenceStatus.Available || !agent.Accepts.Contains(item.Channel) ? EligibilityRule.Presence
        : FirstMissing(agent, item, now) is not null ? EligibilityRule.Skill
        : item.Language is { } language && !Speaks(agent, language, now) ? EligibilityRule.Language
        : item.Weight > agent.Load.Free ? EligibilityRule.Units
        : agent.Most.TryGetValue(item.Channel, out var most) && agent.Open.GetValueOrDefault(item.Channel) >= most
            ? EligibilityRule.Concurrency
        : item.Excluded.Contains(agent.Id) || (!item.Only.IsEmpty && !item.Only.Contains(agent.Id)) ? EligibilityRule.Excluded
        : Channels.IsSync(item.Channel) && agent.ShiftEndsAt is { } end && end <= now + item.HandleTime ? EligibilityRule.ShiftEnd
        : agent.Occupancy >= FairnessCap && item.Priority > Priority.P2 ? EligibilityRule.Fairness
        : null;

    /// <summary>Whether anybody in the house holds a skill at a level; who does not work now counts too.</summary>
    public static bool IsHeld(WantedSkill wanted, IEnumerable<AgentSkill> all, DateTimeOffset now) =>
        all.Any(s => s.SkillId == wanted.SkillId && s.Level >= wanted.Level && !s.IsExpired(now));

    private static bool IsMember(Candidate agent, RoutedItem item) =>
        agent.Membership == Membership.Primary
        || (agent.Membership == Membership.Secondary && item.Overflow >= OverflowStep.SecondaryMembers);

    private static bool Speaks(Candidate agent, string language, DateTimeOffset now) =>
        Find(agent, language) is { } skill && !skill.IsExpired(now);

    private static WantedSkill? FirstMissing(Candidate agent, RoutedItem item, DateTimeOffset now)
    {
        foreach (var wanted in item.Required)
            if (Find(agent, wanted.SkillId) is not { } skill || skill.Level < wanted.Level || skill.IsExpired(now))
                return wanted;

        return null;
    }

    private static string Detail(EligibilityRule rule, Candidate agent, RoutedItem item, DateTimeOffset now) =>
        rule switch
        {
            EligibilityRule.Member => agent.Membership == Membership.Secondary
                ? "secondary member, and the overflow has not begun"
                : "not a member of the queue",
            EligibilityRule.Presence => agent.Status != PresenceStatus.Available
                ? $"is {agent.Status}"
                : $"does not take work from '{item.Channel}'",
            EligibilityRule.Skill => Missing(agent, FirstMissing(agent, item, now)!),
            EligibilityRule.Language => $"does not speak '{item.Language}'",
            EligibilityRule.Units => Text($"{agent.Load.Free} of {agent.Load.Total} units are free, {item.Weight} are needed"),
            EligibilityRule.Concurrency => Text(
                $"has {agent.Open.GetValueOrDefault(item.Channel)} of at most {agent.Most[item.Channel]} pieces of work of '{item.Channel}'"
            ),
            EligibilityRule.Excluded => item.Excluded.Contains(agent.Id)
                ? "is excluded: declined, missed it, or four eyes are needed"
                : "is not among the candidates of the task",
            EligibilityRule.ShiftEnd => Text($"the shift ends at {agent.ShiftEndsAt:u}, before the work would"),
            EligibilityRule.Fairness => Text($"was busy {agent.Occupancy:P0} of the last hour: only P1 and P2"),
            _ => throw new ArgumentOutOfRangeException(nameof(rule), rule, "Unknown rule."),
        };

    private static string Missing(Candidate agent, WantedSkill wanted) =>
        Find(agent, wanted.SkillId) is not { } skill ? $"lacks '{wanted.SkillId}'"
        : skill.Level < wanted.Level ? Text($"has '{wanted.SkillId}' at level {skill.Level}, {wanted.Level} is needed")
        : Text($"'{wanted.SkillId}' ended at {skill.CertifiedUntil:u}");

    private static AgentSkill? Find(Candidate agent, string skillId)
    {
        foreach (var skill in agent.Skills)
            if (skill.SkillId == skillId)
                return skill;

        return null;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
