using System.Collections.Immutable;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceLoop.Runtime.Access;
using ServiceLoop.ServiceDesk;
using ServiceLoop.ServiceDesk.Agents;
using ServiceLoop.ServiceDesk.Routing;

namespace ServiceLoop.Workflows.Api.Desk;

/// <summary>Queues, skills, agents, presence and offers.</summary>
internal static class RoutingApi
{
    /// <summary>What a queue is to be.</summary>
    /// <param name="Name">For people.</param>
    /// <param name="State">Open, Paused or Closed.</param>
    /// <param name="CalendarId">Calendar of its business time.</param>
    /// <param name="OverflowTo">Queue in which items wait too that have waited too long.</param>
    /// <param name="MaxWait">Longest wait in business minutes; 480 when missing.</param>
    /// <param name="MaxWaiting">Items above which it counts as flooded.</param>
    /// <param name="AutoAccept">True: agents need not accept.</param>
    /// <param name="Weights">How much the terms of a choice count.</param>
    /// <param name="Rev">Revision that was seen; 0 for a new queue.</param>
    internal sealed record QueueRequest(
        string? Name,
        QueueState? State,
        string? CalendarId,
        string? OverflowTo,
        int? MaxWait,
        int? MaxWaiting,
        bool? AutoAccept,
        ChoiceWeights? Weights,
        long? Rev
    );

    /// <summary>How an agent belongs to a queue.</summary>
    /// <param name="Primary">False: only once an item has waited too long.</param>
    internal sealed record MemberRequest(bool? Primary);

    /// <summary>A member of a queue.</summary>
    internal sealed record MemberView(
        string AgentId,
        Membership Membership,
        PresenceStatus Status,
        int TotalUnits,
        int UsedUnits,
        int ReservedUnits,
        double Occupancy,
        int AssignedToday
    );

    /// <summary>What a look at a queue brought.</summary>
    internal sealed record LookView(int Offered);

    /// <summary>What a skill is to be.</summary>
    internal sealed record SkillRequest(string? Name, SkillKind? Kind, bool? Mandatory);

    /// <summary>What an agent is to be.</summary>
    internal sealed record AgentRequest(
        string? Name,
        int? TotalUnits,
        Dictionary<string, int>? Most,
        DateTimeOffset? ShiftEndsAt,
        DateTimeOffset? NextShiftAt
    );

    /// <summary>How well an agent can do something.</summary>
    internal sealed record AgentSkillRequest(int? Level, DateTimeOffset? CertifiedUntil, string? Source);

    /// <summary>Whether one takes work.</summary>
    internal sealed record PresenceRequest(PresenceStatus? Status, string[]? Accepts, string? Reason);

    /// <summary>Why an offer is not wanted.</summary>
    internal sealed record DeclineRequest(string? Reason);

    public static void MapRouting(this IEndpointRouteBuilder routes)
    {
        MapQueues(routes.MapGroup("/queues").WithTags("Desk"));
        MapAgents(routes);
        MapPresence(routes.MapGroup("/presence").WithTags("Desk"));
        MapOffers(routes.MapGroup("/offers").WithTags("Desk"));
    }

    private static void MapQueues(RouteGroupBuilder queues)
    {
        queues
            .MapGet("", async (Queues desk, CancellationToken ct) => ListOf(await desk.ListAsync(ct)))
            .Needs(Permissions.AgentsRead)
            .WithSummary("All queues, with how much waits.");
        queues
            .MapGet("/alarms", async (Queues desk, CancellationToken ct) => ListOf(await desk.AlarmsAsync(ct)))
            .Needs(Permissions.AgentsRead)
            .WithSummary("What is set up so that work cannot be done in time.");
        queues
            .MapGet("/{id}", (string id, Queues desk, CancellationToken ct) => desk.GetAsync(id, ct))
            .Needs(Permissions.AgentsRead)
            .WithSummary("A queue.");
        queues
            .MapPut(
                "/{id}",
                (string id, QueueRequest? request, Queues desk, CancellationToken ct) => desk.SaveAsync(QueueOf(id, request), ct)
            )
            .Needs(Permissions.AgentsManage)
            .WithSummary("Makes or changes a queue.");
        queues.MapGet("/{id}/members", MembersAsync).Needs(Permissions.AgentsRead).WithSummary("The members of a queue, with their load.");
        queues
            .MapPut(
                "/{id}/members/{agentId}",
                async (string id, string agentId, MemberRequest? request, Queues desk, CancellationToken ct) =>
                {
                    await desk.SetMemberAsync(id, agentId, request?.Primary ?? true, ct);
                    return TypedResults.NoContent();
                }
            )
            .Needs(Permissions.AgentsManage)
            .WithSummary("Makes an agent a member of a queue.");
        queues
            .MapDelete(
                "/{id}/members/{agentId}",
                async (string id, string agentId, Queues desk, CancellationToken ct) =>
                {
                    await desk.RemoveMemberAsync(id, agentId, ct);
                    return TypedResults.NoContent();
                }
            )
            .Needs(Permissions.AgentsManage)
            .WithSummary("Takes an agent out of a queue.");
        queues
            .MapPost("/{id}/look", async (string id, Queues desk, CancellationToken ct) => new LookView(await desk.LookAsync(id, ct)))
            .Needs(Permissions.AgentsManage)
            .WithSummary("Brings what waits and who is free together now.");
    }

    private static void MapAgents(IEndpointRouteBuilder routes)
    {
        var skills = routes.MapGroup("/skills").WithTags("Desk");
        skills
            .MapGet("", async (AgentDesk desk, CancellationToken ct) => ListOf(await desk.SkillsAsync(ct)))
            .Needs(Permissions.AgentsRead)
            .WithSummary("All skills.");
        skills
            .MapPut(
                "/{id}",
                (string id, SkillRequest? request, AgentDesk desk, CancellationToken ct) =>
                    desk.SaveSkillAsync(
                        new SkillView(id, request?.Name ?? "", request?.Kind ?? SkillKind.Product, request?.Mandatory ?? false),
                        ct
                    )
            )
            .Needs(Permissions.AgentsManage)
            .WithSummary("Makes or changes a skill.");

        var agents = routes.MapGroup("/agents").WithTags("Desk");
        agents
            .MapGet(
                "",
                async (string? after, int? take, AgentDesk desk, CancellationToken ct) =>
                    ListOf(await desk.ListAsync(after, take ?? 50, ct))
            )
            .Needs(Permissions.AgentsRead)
            .WithSummary("Agents by id, page by page.");
        agents
            .MapGet("/{id}", (string id, AgentDesk desk, CancellationToken ct) => desk.GetAsync(id, ct))
            .Needs(Permissions.AgentsRead)
            .WithSummary("An agent with load and skills.");
        agents
            .MapPut(
                "/{id}",
                (string id, AgentRequest? request, AgentDesk desk, CancellationToken ct) => desk.SaveAsync(AgentOf(id, request), ct)
            )
            .Needs(Permissions.AgentsManage)
            .WithSummary("Makes or changes an agent.");
        agents
            .MapPut("/{id}/skills/{skillId}", SetSkillAsync)
            .Needs(Permissions.AgentsManage)
            .WithSummary("Says that an agent can do something.");
        agents
            .MapDelete(
                "/{id}/skills/{skillId}",
                async (string id, string skillId, AgentDesk desk, CancellationToken ct) =>
                {
                    await desk.RemoveSkillAsync(id, skillId, ct);
                    return TypedResults.NoContent();
                }
            )
            .Needs(Permissions.AgentsManage)
            .WithSummary("Takes a skill away.");
    }

    private static void MapPresence(RouteGroupBuilder presence)
    {
        presence
            .MapGet("", async (PresenceDesk desk, CancellationToken ct) => ListOf(await desk.ListAsync(ct)))
            .Needs(Permissions.AgentsRead)
            .WithSummary("Who is there.");
        presence
            .MapPut("", (PresenceRequest? request, PresenceDesk desk, CancellationToken ct) => SetAsync(null, request, desk, ct))
            .Needs(Permissions.TasksComplete)
            .WithSummary("Says whether one takes work oneself.");
        presence
            .MapPut(
                "/{agentId}",
                (string agentId, PresenceRequest? request, PresenceDesk desk, CancellationToken ct) => SetAsync(agentId, request, desk, ct)
            )
            .Needs(Permissions.AgentsManage)
            .WithSummary("Says whether another agent takes work.");
        presence
            .MapPost(
                "/heartbeat",
                async Task<Results<Ok<PresenceView>, NoContent>> (PresenceDesk desk, CancellationToken ct) =>
                    await desk.HeartbeatAsync(ct) is { } heard ? TypedResults.Ok(heard) : TypedResults.NoContent()
            )
            .Needs(Permissions.TasksComplete)
            .WithSummary("Tells that one is still there; every 15 seconds.");
    }

    private static void MapOffers(RouteGroupBuilder offers)
    {
        offers
            .MapGet("", async (string? agentId, Offers desk, CancellationToken ct) => ListOf(await desk.ListAsync(agentId, ct)))
            .Needs(Permissions.TasksRead)
            .WithSummary("Offers that stand for oneself, or for another agent.");
        offers
            .MapPost(
                "/{taskId}/{offerNo:int}/accept",
                (string taskId, int offerNo, Offers desk, CancellationToken ct) => desk.AcceptAsync(taskId, offerNo, ct)
            )
            .Needs(Permissions.TasksComplete)
            .WithSummary("Takes an offer.");
        offers
            .MapPost(
                "/{taskId}/{offerNo:int}/decline",
                (string taskId, int offerNo, DeclineRequest? request, Offers desk, CancellationToken ct) =>
                    desk.DeclineAsync(taskId, offerNo, request?.Reason, ct)
            )
            .Needs(Permissions.TasksComplete)
            .WithSummary("Gives an offer back.");
    }

    private static Task<PresenceView> SetAsync(string? agentId, PresenceRequest? request, PresenceDesk desk, CancellationToken ct) =>
        desk.SetAsync(
            agentId,
            request?.Status ?? throw DeskRefusedException.Invalid("presence.status", "status", "'status' is missing."),
            request.Accepts,
            request.Reason,
            ct
        );

    private static async Task<NoContent> SetSkillAsync(
        string id,
        string skillId,
        AgentSkillRequest? request,
        AgentDesk desk,
        CancellationToken ct
    )
    {
        await desk.SetSkillAsync(id, new AgentSkill(skillId, request?.Level ?? 0, request?.CertifiedUntil), request?.Source, ct);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<ListView<MemberView>>> MembersAsync(string id, Queues desk, CancellationToken ct) =>
        ListOf<MemberView>([
            .. (await desk.MembersAsync(id, ct)).Select(m => new MemberView(
                m.Id,
                m.Membership,
                m.Status,
                m.Load.Total,
                m.Load.Used,
                m.Load.Reserved,
                Math.Round(m.Occupancy, 4),
                m.AssignedToday
            )),
        ]);

    private static QueueView QueueOf(string id, QueueRequest? request) =>
        new(id, request?.Name ?? "")
        {
            State = request?.State ?? QueueState.Open,
            CalendarId = request?.CalendarId,
            OverflowTo = request?.OverflowTo,
            MaxWait = request?.MaxWait ?? 480,
            MaxWaiting = request?.MaxWaiting,
            AutoAccept = request?.AutoAccept ?? false,
            Weights = request?.Weights ?? ChoiceWeights.Default,
            Rev = request?.Rev ?? 0,
        };

    private static AgentView AgentOf(string id, AgentRequest? request) =>
        new(id, request?.Name ?? "")
        {
            TotalUnits = request?.TotalUnits ?? Channels.DefaultTotal,
            Most = (request?.Most ?? []).ToImmutableDictionary(),
            ShiftEndsAt = request?.ShiftEndsAt,
            NextShiftAt = request?.NextShiftAt,
        };

    private static Ok<ListView<T>> ListOf<T>(IReadOnlyList<T> items) => TypedResults.Ok(new ListView<T>(items, items.Count));
}
