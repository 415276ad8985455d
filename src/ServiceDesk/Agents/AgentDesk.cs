using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.ServiceDesk.Routing;

namespace ServiceLoop.ServiceDesk.Agents;

/// <summary>A skill of the house.</summary>
/// <param name="Id">Which; lower-case letters, digits and hyphens.</param>
/// <param name="Name">For people.</param>
/// <param name="Kind">What kind.</param>
/// <param name="IsMandatory">True: work that asks for it must never go to somebody without it.</param>
public sealed record SkillView(string Id, string Name, SkillKind Kind, bool IsMandatory);

/// <summary>An agent.</summary>
/// <param name="Id">Id of the person, or the name under which another program acts for one.</param>
/// <param name="Name">For people.</param>
public sealed record AgentView(string Id, string Name)
{
    /// <summary>Units; 100 unless said otherwise.</summary>
    public int TotalUnits { get; init; } = Channels.DefaultTotal;

    /// <summary>Units of work that was taken.</summary>
    public int UsedUnits { get; init; }

    /// <summary>Units of offers that stand.</summary>
    public int ReservedUnits { get; init; }

    /// <summary>Most pieces of work by channel.</summary>
    public ImmutableDictionary<string, int> Most { get; init; } = ImmutableDictionary<string, int>.Empty;

    /// <summary>When the shift ends, UTC; null when nobody knows.</summary>
    public DateTimeOffset? ShiftEndsAt { get; init; }

    /// <summary>When the next shift starts, UTC; null when nobody knows.</summary>
    public DateTimeOffset? NextShiftAt { get; init; }

    /// <summary>Presence.</summary>
    public PresenceStatus Status { get; init; }

    /// <summary>Skills.</summary>
    public ImmutableArray<AgentSkill> Skills { get; init; } = [];
}

/// <summary>Agents and their skills.</summary>
/// <remarks>Safe for all threads and nodes.</remarks>
public sealed class AgentDesk
{
    private static readonly string SaveSql = SqlFile.Beside<AgentDesk>("agent.save");
    private static readonly string ListSql = SqlFile.Beside<AgentDesk>("agent.list");
    private static readonly string SkillSave = SqlFile.Beside<AgentDesk>("skill.save");
    private static readonly string SkillList = SqlFile.Beside<AgentDesk>("skill.list");
    private static readonly string HeldSave = SqlFile.Beside<AgentDesk>("agent_skill.save");
    private static readonly string HeldDelete = SqlFile.Beside<AgentDesk>("agent_skill.delete");

    private readonly Database database;
    private readonly IAccess access;
    private readonly TimeProvider clock;
    private readonly QueueBell bell;

    internal AgentDesk(Database database, IAccess access, TimeProvider clock, QueueBell bell) =>
        (this.database, this.access, this.clock, this.bell) = (database, access, clock, bell);

    /// <summary>Agents by id, a page.</summary>
    /// <param name="after">Id of the last one of the page before; null for the first page.</param>
    /// <param name="take">How many; 1 to 200.</param>
    /// <param name="ct">Cancels.</param>
    public Task<IReadOnlyList<AgentView>> ListAsync(string? after, int take, CancellationToken ct)
    {
        access.Demand(Permissions.AgentsRead);
        return database.ReadAsync(ListSql, Read, ct, Arg.Text(null), Arg.Text(after), Arg.Integer(Math.Clamp(take, 1, 200)));
    }

    /// <summary>An agent.</summary>
    /// <exception cref="DeskRefusedException">There is none.</exception>
    public async Task<AgentView> GetAsync(string id, CancellationToken ct)
    {
        access.Demand(Permissions.AgentsRead);
        return (await database.ReadAsync(ListSql, Read, ct, Arg.Text(id), Arg.Text(null), Arg.Integer(1))) is [var agent]
            ? agent
            : throw Unknown(id);
    }

    /// <summary>Makes or changes an agent. Units that are in use stay; the rest follows as work ends.</summary>
    /// <exception cref="DeskRefusedException">A value is wrong.</exception>
    public Task<AgentView> SaveAsync(AgentView agent, CancellationToken ct) =>
        access.ActAsync(
            new Deed(Permissions.AgentsManage, "agent.save", agent.Id)
            {
                Wanted = Facts.Of(("name", agent.Name), ("units", agent.TotalUnits.ToString(CultureInfo.InvariantCulture))),
            },
            async () =>
            {
                var wanted = Checked(agent);
                await database.RepeatableAsync(
                    SaveSql,
                    ct,
                    Arg.Text(wanted.Id),
                    Arg.Text(wanted.Name),
                    Arg.Text(JsonSerializer.Serialize(wanted.Most)),
                    Arg.Time(wanted.ShiftEndsAt),
                    Arg.Time(wanted.NextShiftAt),
                    Arg.Integer(wanted.TotalUnits),
                    Arg.Time(clock.GetUtcNow())
                );
                bell.RingAgent(wanted.Id);
                return (await database.ReadAsync(ListSql, Read, ct, Arg.Text(wanted.Id), Arg.Text(null), Arg.Integer(1)))[0];
            },
            ct
        );

    /// <summary>All skills of the house.</summary>
    public Task<IReadOnlyList<SkillView>> SkillsAsync(CancellationToken ct)
    {
        access.Demand(Permissions.AgentsRead);
        return database.ReadAsync(
            SkillList,
            static r => new SkillView(r.GetString(0), r.GetString(1), (SkillKind)r.GetInt16(2), r.GetBoolean(3)),
            ct
        );
    }

    /// <summary>Makes or changes a skill.</summary>
    /// <exception cref="DeskRefusedException">A value is wrong.</exception>
    public Task<SkillView> SaveSkillAsync(SkillView skill, CancellationToken ct) =>
        access.ActAsync(
            new Deed(Permissions.AgentsManage, "skill.save", skill.Id)
            {
                Wanted = Facts.Of(("name", skill.Name), ("kind", skill.Kind.ToString())),
            },
            async () =>
            {
                var wanted = skill with { Id = Queues.CheckedId(skill.Id, "id"), Name = TextRules.Required(skill.Name, "name", 200) };

                if (!Enum.IsDefined(wanted.Kind))
                    throw DeskRefusedException.Invalid(
                        "skill.kind",
                        "kind",
                        $"'kind' is one of: {string.Join(", ", Enum.GetNames<SkillKind>())}."
                    );

                await database.RepeatableAsync(
                    SkillSave,
                    ct,
                    Arg.Text(wanted.Id),
                    Arg.Text(wanted.Name),
                    Arg.Small((short)wanted.Kind),
                    Arg.Flag(wanted.IsMandatory)
                );
                return wanted;
            },
            ct
        );

    /// <summary>Says that an agent can do something; alarms that nobody could are over then.</summary>
    /// <exception cref="DeskRefusedException">Agent or skill is unknown, or the level is none.</exception>
    public Task SetSkillAsync(string agentId, AgentSkill skill, string? source, CancellationToken ct) =>
        access.ActAsync(
            new Deed(Permissions.AgentsManage, "agent.skill", agentId)
            {
                Wanted = Facts.Of(
                    ("skill", skill.SkillId),
                    ("level", skill.Level.ToString(CultureInfo.InvariantCulture)),
                    ("source", source)
                ),
            },
            async () =>
            {
                if (skill.Level is < AgentSkill.LowestLevel or > AgentSkill.HighestLevel)
                    throw DeskRefusedException.Invalid(
                        "skill.level",
                        "level",
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"'level' is {skill.Level}. Levels go from {AgentSkill.LowestLevel} to {AgentSkill.HighestLevel}."
                        )
                    );

                var known = await database.RepeatableAsync(
                    HeldSave,
                    ct,
                    Arg.Text(agentId),
                    Arg.Text(skill.SkillId),
                    Arg.Small((short)skill.Level),
                    Arg.Time(skill.CertifiedUntil),
                    Arg.Text(TextRules.Optional(source, "source", 200)),
                    Arg.Time(clock.GetUtcNow())
                );

                if (known == 0)
                    throw DeskRefusedException.Unknown(
                        "agent.skill",
                        $"There is no agent '{agentId}' or no skill '{skill.SkillId}'. Create it first."
                    );

                bell.RingAgent(agentId);
            },
            ct
        );

    /// <summary>Takes a skill away; what the agent has stays.</summary>
    public Task RemoveSkillAsync(string agentId, string skillId, CancellationToken ct) =>
        access.ActAsync(
            new Deed(Permissions.AgentsManage, "agent.skill-out", agentId) { Wanted = Facts.Of(("skill", skillId)) },
            () => database.RepeatableAsync(HeldDelete, ct, Arg.Text(agentId), Arg.Text(skillId)),
            ct
        );

    internal static DeskRefusedException Unknown(string id) =>
        DeskRefusedException.Unknown("agent.unknown", $"There is no agent '{id}'. Create it first.");

    private static AgentView Checked(AgentView agent)
    {
        if (agent.TotalUnits is < 0 or > 10_000)
            throw DeskRefusedException.Invalid(
                "agent.units",
                "totalUnits",
                string.Create(CultureInfo.InvariantCulture, $"'totalUnits' is {agent.TotalUnits}. Give 0 to 10000.")
            );

        foreach (var (channel, most) in agent.Most)
            if (!Channels.IsKnown(channel) || most is < 0 or > 1000)
                throw DeskRefusedException.Invalid(
                    "agent.most",
                    "most",
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"'{channel}': {most} is no limit. Give 0 to 1000 for one of: {string.Join(", ", Channels.All)}."
                    )
                );

        return agent with
        {
            Id = TextRules.Required(agent.Id, "id", 100),
            Name = TextRules.Required(agent.Name, "name", 200),
        };
    }

    private static AgentView Read(Npgsql.NpgsqlDataReader r)
    {
        var ids = r.IsDBNull(9) ? [] : r.GetFieldValue<string[]>(9);
        var levels = r.IsDBNull(10) ? [] : r.GetFieldValue<short[]>(10);
        var ends = r.IsDBNull(11) ? [] : r.GetFieldValue<DateTime?[]>(11);
        return new(r.GetString(0), r.GetString(1))
        {
            Most = JsonSerializer.Deserialize<ImmutableDictionary<string, int>>(r.GetString(2))!,
            ShiftEndsAt = r.FindTime(3),
            NextShiftAt = r.FindTime(4),
            TotalUnits = r.GetInt32(5),
            UsedUnits = r.GetInt32(6),
            ReservedUnits = r.GetInt32(7),
            Status = (PresenceStatus)r.GetInt16(8),
            Skills =
            [
                .. ids.Select((id, i) => new AgentSkill(id, levels[i], ends[i] is { } end ? new DateTimeOffset(end, TimeSpan.Zero) : null)),
            ],
        };
    }
}
