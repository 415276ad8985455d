using System.Collections.Immutable;
using System.Text.Json;
using ServiceLoop.ServiceDesk.Agents;

namespace ServiceLoop.ServiceDesk.Tasks;

/// <summary>Wanted skills as text: <c>{"lang-zh":1,"tv":3}</c>, as definitions, requests and tables have it; sorted by id.</summary>
public static class SkillJson
{
    private const int MostSkills = 20;

    /// <summary>As text.</summary>
    public static string ToText(ImmutableArray<WantedSkill> skills) =>
        skills.IsDefaultOrEmpty
            ? "{}"
            : JsonSerializer.Serialize(
                new SortedDictionary<string, int>(skills.ToDictionary(s => s.SkillId, s => s.Level), StringComparer.Ordinal)
            );

    /// <summary>From the text of a table.</summary>
    public static ImmutableArray<WantedSkill> Read(string text) =>
        text == "{}"
            ? []
            : [.. JsonSerializer.Deserialize<SortedDictionary<string, int>>(text)!.Select(p => new WantedSkill(p.Key, p.Value))];

    /// <summary>From what a definition or a caller gives: ids, or ids with levels; an id alone means level 1.</summary>
    /// <exception cref="DeskRefusedException">A level is none, or there are too many.</exception>
    public static ImmutableArray<WantedSkill> Read(IReadOnlyDictionary<string, object?>? given, string field)
    {
        if (given is null)
            return [];

        if (given.Count > MostSkills)
            throw DeskRefusedException.Invalid(
                "skills.too-many",
                field,
                $"'{field}' names {given.Count} skills, and {MostSkills} are allowed."
            );

        return
        [
            .. given.Select(p =>
                Convert.ToString(p.Value, System.Globalization.CultureInfo.InvariantCulture) is { } level
                && int.TryParse(level, System.Globalization.CultureInfo.InvariantCulture, out var number)
                && number is >= AgentSkill.LowestLevel and <= AgentSkill.HighestLevel
                    ? new WantedSkill(Routing.Queues.CheckedId(p.Key, field), number)
                    : throw DeskRefusedException.Invalid(
                        "skills.level",
                        field,
                        $"'{field}' asks for '{p.Key}' at level '{p.Value}'. Levels go from {AgentSkill.LowestLevel} to {AgentSkill.HighestLevel}."
                    )
            ),
        ];
    }
}
