using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using ServiceLoop.ServiceDesk.Agents;
using ServiceLoop.ServiceDesk.Tasks;

namespace ServiceLoop.ServiceDesk.Routing;

/// <summary>
/// What an item asks of an agent, without who is excluded from this one item: items with the same demand find the same agents, so a queue looks only at
/// the demands that somebody free can meet, however many items wait.
/// </summary>
internal static class Demand
{
    private const char Divider = '|';

    /// <summary>As text, equal for equal demands.</summary>
    public static string Of(TaskRow task) =>
        new StringBuilder(64)
            .Append(task.Channel)
            .Append(Divider)
            .Append(task.Weight.ToString(CultureInfo.InvariantCulture))
            .Append(Divider)
            .Append(task.Priority <= Priority.P2 ? '1' : '0')
            .Append(Divider)
            .Append(task.Overflow >= OverflowStep.SecondaryMembers ? '1' : '0')
            .Append(Divider)
            .Append(task.Required.IsEmpty ? "" : SkillJson.ToText(task.Required))
            .Append(Divider)
            .Append(task.Language)
            .ToString();

    /// <summary>An item that stands for all with a demand.</summary>
    public static RoutedItem Read(string demand)
    {
        var parts = demand.Split(Divider);
        ImmutableArray<WantedSkill> required = parts[4].Length == 0 ? [] : SkillJson.Read(string.Join(Divider, parts[4..^1]));
        return new("", parts[0], int.Parse(parts[1], CultureInfo.InvariantCulture), parts[2] == "1" ? Priority.P2 : Priority.P4)
        {
            Overflow = parts[3] == "1" ? OverflowStep.SecondaryMembers : OverflowStep.None,
            Required = required,
            Language = parts[^1].Length == 0 ? null : parts[^1],
        };
    }
}
