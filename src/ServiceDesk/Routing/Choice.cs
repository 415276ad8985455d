using System.Collections.Immutable;

namespace ServiceLoop.ServiceDesk.Routing;

/// <summary>How much each term of a choice counts; per queue.</summary>
/// <param name="Fit">How well the skills fit.</param>
/// <param name="Free">How much of the agent is free.</param>
/// <param name="Sticky">How well the agent knows the case or the customer.</param>
/// <param name="Idle">How long the agent has had nothing new.</param>
public sealed record ChoiceWeights(double Fit = 0.35, double Free = 0.25, double Sticky = 0.25, double Idle = 0.15)
{
    /// <summary>The defaults.</summary>
    public static readonly ChoiceWeights Default = new();
}

/// <summary>The terms of one agent, each from 0 to 1, and their weighted sum.</summary>
public sealed record ChoiceTerms(double Fit, double Free, double Sticky, double Idle, double Sum);

/// <summary>An eligible agent with the terms that place it.</summary>
public sealed record RankedCandidate(Candidate Agent, ChoiceTerms Terms);

/// <summary>Who of the eligible agents gets a piece of work.</summary>
public static class Choice
{
    /// <summary>Since when an owner of a case is no longer the one to ask.</summary>
    public static readonly TimeSpan OwnerMemory = TimeSpan.FromHours(72);

    /// <summary>Since when somebody who served a customer is no longer the one to ask.</summary>
    public static readonly TimeSpan AgentMemory = TimeSpan.FromDays(30);

    private const double OwnerSticky = 1.0;
    private const double LastAgentSticky = 0.6;
    private const double ExpertDiscount = 0.1;
    private static readonly TimeSpan FullyIdle = TimeSpan.FromMinutes(15);

    /// <summary>All eligible agents, the chosen one first.</summary>
    public static ImmutableArray<RankedCandidate> Rank(
        IEnumerable<Candidate> eligible,
        RoutedItem item,
        ChoiceWeights weights,
        DateTimeOffset now
    )
    {
        var seen = Overflow.Applied(item);
        return
        [
            .. eligible
                .Select(a => new RankedCandidate(a, TermsOf(a, seen, weights, now)))
                .OrderByDescending(r => r.Terms.Sum)
                .ThenBy(r => r.Agent.AssignedToday)
                .ThenBy(r => r.Agent.LastAssignedAt ?? DateTimeOffset.MinValue)
                .ThenBy(r => r.Agent.Id, StringComparer.Ordinal),
        ];
    }

    /// <summary>The terms of one agent.</summary>
    public static ChoiceTerms TermsOf(Candidate agent, RoutedItem item, ChoiceWeights weights, DateTimeOffset now)
    {
        var fit = FitOf(agent, item);
        var free = agent.Load.Total <= 0 ? 0 : Math.Clamp((double)agent.Load.Free / agent.Load.Total, 0, 1);
        var sticky =
            agent.Id == item.CaseOwner ? OwnerSticky
            : agent.Id == item.LastAgent ? LastAgentSticky
            : 0;
        var idle = agent.LastAssignedAt is { } last ? Math.Clamp((now - last) / FullyIdle, 0, 1) : 1;
        // Rounded, so that sums that are equal on paper are equal here, and the ties decide.
        var sum = Math.Round(weights.Fit * fit + weights.Free * free + weights.Sticky * sticky + weights.Idle * idle, 12);
        return new(fit, free, sticky, idle, sum);
    }

    /// <summary>How well an agent fits: levels that are reached count, those above are kept for harder work. 1 when no skill is asked for.</summary>
    public static double FitOf(Candidate agent, RoutedItem item)
    {
        double reached = 0;
        double above = 0;
        var count = 0;

        foreach (var wanted in item.Required.Concat(item.Preferred))
        {
            var level = 0;

            foreach (var skill in agent.Skills)
                if (skill.SkillId == wanted.SkillId)
                    level = skill.Level;

            count++;
            reached += Math.Min(1, (double)level / wanted.Level);
            above += Math.Max(0, level - wanted.Level);
        }

        return count == 0 ? 1 : reached / count - ExpertDiscount * (above / count) / 4;
    }
}

/// <summary>How long an item waits for somebody who knows it and is full at the moment.</summary>
public static class StickyHold
{
    private static readonly TimeSpan MostSync = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan MostAsync = TimeSpan.FromMinutes(15);
    private const double ShareOfRest = 0.25;

    /// <summary>Until when to wait, UTC; then the agent is forgotten.</summary>
    /// <param name="since">When the agent was found full, UTC.</param>
    /// <param name="isSync">A customer waits on the line.</param>
    /// <param name="dueAt">When the item should be taken at the latest, UTC; null for never.</param>
    public static DateTimeOffset Until(DateTimeOffset since, bool isSync, DateTimeOffset? dueAt)
    {
        var most = isSync ? MostSync : MostAsync;

        if (dueAt is { } due)
        {
            var share = due > since ? (due - since) * ShareOfRest : TimeSpan.Zero;
            most = share < most ? share : most;
        }

        return since + most;
    }
}
