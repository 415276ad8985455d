using System.Collections.Immutable;
using ServiceLoop.ServiceDesk.Agents;
using ServiceLoop.ServiceDesk.Routing;

namespace ServiceLoop.ServiceDesk.Tests.Routing;

/// <summary>Agents and items with good defaults.</summary>
internal static class An
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);

    public static Candidate Agent(string id, params AgentSkill[] skills) =>
        new(id, Membership.Primary, PresenceStatus.Available, new Load(100, 0, 0)) { Accepts = [.. Channels.All], Skills = [.. skills] };

    public static RoutedItem Item(string channel = Channels.Task, Priority priority = Priority.P3) =>
        new("item", channel, Channels.WeightOf(channel), priority);

    public static ImmutableArray<WantedSkill> Wanted(params (string Id, int Level)[] skills) =>
        [.. skills.Select(s => new WantedSkill(s.Id, s.Level))];
}
