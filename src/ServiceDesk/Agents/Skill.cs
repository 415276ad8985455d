using System.Text.Json.Serialization;

namespace ServiceLoop.ServiceDesk.Agents;

/// <summary>What kind of skill.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SkillKind>))]
public enum SkillKind
{
    /// <summary>A language.</summary>
    Language,

    /// <summary>Knowledge of a product.</summary>
    Product,

    /// <summary>A right, such as a licence or an amount that may be granted.</summary>
    Authority,

    /// <summary>A way of working, such as the phone.</summary>
    Channel,
}

/// <summary>What an agent can do.</summary>
/// <param name="SkillId">Which skill.</param>
/// <param name="Level">1 to 5.</param>
/// <param name="CertifiedUntil">When it ends, UTC; null for never.</param>
public sealed record AgentSkill(string SkillId, int Level, DateTimeOffset? CertifiedUntil = null)
{
    /// <summary>The lowest and the highest level.</summary>
    public const int LowestLevel = 1;

    /// <inheritdoc cref="LowestLevel"/>
    public const int HighestLevel = 5;

    /// <summary>Whether it has ended.</summary>
    public bool IsExpired(DateTimeOffset now) => CertifiedUntil is { } until && until <= now;
}

/// <summary>A skill that work asks for.</summary>
/// <param name="SkillId">Which.</param>
/// <param name="Level">From which level on; 1 to 5.</param>
public sealed record WantedSkill(string SkillId, int Level);
