using System.Collections.Immutable;
using ServiceLoop.ServiceDesk.Agents;
using ServiceLoop.ServiceDesk.Routing;

namespace ServiceLoop.ServiceDesk.Tests.Routing;

public sealed class EligibilityTests
{
    private static readonly DateTimeOffset Noon = An.Noon;

    [Fact]
    public void An_agent_who_meets_all_rules_is_eligible() => Ask(An.Agent("a"), An.Item()).ShouldBeNull();

    [Fact]
    public void The_first_rule_that_fails_is_told()
    {
        var agent = An.Agent("a") with { Membership = Membership.None, Status = PresenceStatus.Break, Load = new Load(100, 100, 0) };

        Ask(agent, An.Item()).ShouldBe(EligibilityRule.Member);
        Ask(agent with { Membership = Membership.Primary }, An.Item()).ShouldBe(EligibilityRule.Presence);
        Ask(agent with { Membership = Membership.Primary, Status = PresenceStatus.Available }, An.Item()).ShouldBe(EligibilityRule.Units);
    }

    [Theory]
    [InlineData(OverflowStep.None, EligibilityRule.Member)]
    [InlineData(OverflowStep.SecondaryMembers, null)]
    [InlineData(OverflowStep.Supervisor, null)]
    public void Secondary_members_come_with_the_first_step_of_the_overflow(OverflowStep step, EligibilityRule? expected) =>
        Ask(An.Agent("a") with { Membership = Membership.Secondary }, An.Item() with { Overflow = step }).ShouldBe(expected);

    [Theory]
    [InlineData(PresenceStatus.Available, null)]
    [InlineData(PresenceStatus.Offline, EligibilityRule.Presence)]
    [InlineData(PresenceStatus.Busy, EligibilityRule.Presence)]
    [InlineData(PresenceStatus.AfterContactWork, EligibilityRule.Presence)]
    [InlineData(PresenceStatus.Break, EligibilityRule.Presence)]
    [InlineData(PresenceStatus.Training, EligibilityRule.Presence)]
    [InlineData(PresenceStatus.Away, EligibilityRule.Presence)]
    [InlineData(PresenceStatus.Missed, EligibilityRule.Presence)]
    [InlineData(PresenceStatus.Disconnected, EligibilityRule.Presence)]
    public void Only_who_is_available_gets_work(PresenceStatus status, EligibilityRule? expected) =>
        Ask(An.Agent("a") with { Status = status }, An.Item()).ShouldBe(expected);

    [Fact]
    public void A_channel_that_is_not_accepted_excludes() =>
        Ask(An.Agent("a") with { Accepts = ["email"] }, An.Item(Channels.Chat)).ShouldBe(EligibilityRule.Presence);

    [Theory]
    [InlineData(2, 3, null, EligibilityRule.Skill)]
    [InlineData(3, 3, null, null)]
    [InlineData(5, 3, null, null)]
    [InlineData(5, 3, 1, null)]
    [InlineData(5, 3, 0, EligibilityRule.Skill)]
    [InlineData(5, 3, -1, EligibilityRule.Skill)]
    public void A_required_skill_must_be_at_its_level_and_valid(int level, int wanted, int? endsInMinutes, EligibilityRule? expected)
    {
        var skill = new AgentSkill("tv", level, endsInMinutes is { } m ? Noon.AddMinutes(m) : null);

        Ask(An.Agent("a", skill), An.Item() with { Required = An.Wanted(("tv", wanted)) }).ShouldBe(expected);
    }

    [Fact]
    public void A_required_skill_is_never_dropped_by_the_overflow() =>
        Ask(An.Agent("a"), An.Item() with { Required = An.Wanted(("zh", 1)), Overflow = OverflowStep.Supervisor })
            .ShouldBe(EligibilityRule.Skill);

    [Fact]
    public void The_language_must_be_spoken()
    {
        Ask(An.Agent("a"), An.Item() with { Language = "lang-zh" }).ShouldBe(EligibilityRule.Language);
        Ask(An.Agent("a", new AgentSkill("lang-zh", 1)), An.Item() with { Language = "lang-zh" }).ShouldBeNull();
    }

    [Theory]
    [InlineData(Channels.Voice, 0, 0, null)]
    [InlineData(Channels.Voice, 10, 0, EligibilityRule.Units)]
    [InlineData(Channels.Chat, 65, 0, null)]
    [InlineData(Channels.Chat, 50, 16, EligibilityRule.Units)]
    [InlineData(Channels.Messaging, 60, 20, null)]
    [InlineData(Channels.Email, 90, 0, null)]
    [InlineData(Channels.Task, 85, 0, null)]
    [InlineData(Channels.Task, 86, 0, EligibilityRule.Units)]
    [InlineData(Channels.Callback, 1, 0, EligibilityRule.Units)]
    public void The_units_must_be_free(string channel, int used, int reserved, EligibilityRule? expected) =>
        Ask(An.Agent("a") with { Load = new Load(100, used, reserved) }, An.Item(channel)).ShouldBe(expected);

    [Fact]
    public void No_more_pieces_of_a_channel_than_allowed()
    {
        var agent = An.Agent("a") with { Most = Two(Channels.Chat, 2), Open = Two(Channels.Chat, 2) };

        Ask(agent, An.Item(Channels.Chat)).ShouldBe(EligibilityRule.Concurrency);
        Ask(agent, An.Item(Channels.Email)).ShouldBeNull();
    }

    [Fact]
    public void Who_is_excluded_or_no_candidate_does_not_get_it()
    {
        Ask(An.Agent("a"), An.Item() with { Excluded = ["a"] }).ShouldBe(EligibilityRule.Excluded);
        Ask(An.Agent("a"), An.Item() with { Only = ["b"] }).ShouldBe(EligibilityRule.Excluded);
        Ask(An.Agent("b"), An.Item() with { Only = ["b"] }).ShouldBeNull();
    }

    [Theory]
    [InlineData(Channels.Voice, 5, EligibilityRule.ShiftEnd)]
    [InlineData(Channels.Voice, 6, null)]
    [InlineData(Channels.Email, 1, null)]
    public void Where_a_customer_waits_the_shift_must_last(string channel, int endsInMinutes, EligibilityRule? expected) =>
        Ask(An.Agent("a") with { ShiftEndsAt = Noon.AddMinutes(endsInMinutes) }, An.Item(channel)).ShouldBe(expected);

    [Theory]
    [InlineData(0.84, Priority.P4, null)]
    [InlineData(0.85, Priority.P4, EligibilityRule.Fairness)]
    [InlineData(0.85, Priority.P3, EligibilityRule.Fairness)]
    [InlineData(0.99, Priority.P2, null)]
    [InlineData(1.0, Priority.P1, null)]
    public void A_busy_agent_gets_only_what_is_important(double occupancy, Priority priority, EligibilityRule? expected) =>
        Ask(An.Agent("a") with { Occupancy = occupancy }, An.Item(priority: priority)).ShouldBe(expected);

    private static ImmutableDictionary<string, int> Two(string channel, int count) =>
        ImmutableDictionary<string, int>.Empty.Add(channel, count);

    private static EligibilityRule? Ask(Candidate agent, RoutedItem item) => Eligibility.FirstFailing(agent, item, Noon)?.Rule;
}
