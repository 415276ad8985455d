using System.Collections.Immutable;
using ServiceLoop.ServiceDesk.Escalations;

namespace ServiceLoop.Workflows.Api.Desk;

/// <summary>The ladder as it is sent and read.</summary>
/// <param name="Name">Name.</param>
/// <param name="Version">Its version; for a change, the one that was seen. 0 is the ladder of the product.</param>
/// <param name="Levels">Levels from 1 upwards.</param>
/// <param name="StormMoreThan">More than so many of one cause …</param>
/// <param name="StormMinutes">… within so many minutes become one.</param>
/// <param name="HysteresisMinutes">How long what raised it must be over before it ends.</param>
internal sealed record LadderView(
    string? Name,
    int Version,
    LadderView.LevelView[]? Levels,
    int StormMoreThan,
    int StormMinutes,
    int HysteresisMinutes
)
{
    /// <summary>What raises a level.</summary>
    internal sealed record TriggerView(string? Kind, decimal AtLeast, string[]? Priorities);

    /// <summary>A level.</summary>
    internal sealed record LevelView(
        int Number,
        string? Name,
        TriggerView[]? Triggers,
        string[]? Audience,
        string[]? Actions,
        int AckMinutes,
        Dictionary<string, int>? AckMinutesByPriority,
        int? AckPercentOfRemaining,
        bool IsAroundTheClock,
        bool RepeatsUntilAcknowledged,
        string? DegradedDefinitionId,
        string? MayWaive,
        string? MayExtend,
        int MaxExtendMinutes
    );

    public static LadderView Of(Ladder ladder) =>
        new(
            ladder.Name,
            ladder.Version,
            [.. ladder.Levels.Select(Of)],
            ladder.Storm.MoreThan,
            ladder.Storm.Minutes,
            ladder.HysteresisMinutes
        );

    public Ladder Read() => new(Name ?? "", Version, [.. (Levels ?? []).Select(Read)], new(StormMoreThan, StormMinutes), HysteresisMinutes);

    private static LevelView Of(LadderLevel level) =>
        new(
            level.Number,
            level.Name,
            [.. level.Triggers.Select(t => new TriggerView(t.Kind, t.AtLeast, [.. t.Priorities]))],
            [.. level.Audience],
            [.. level.Actions],
            level.AckMinutes,
            level.AckMinutesByPriority.ToDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal),
            level.AckPercentOfRemaining,
            level.IsAroundTheClock,
            level.RepeatsUntilAcknowledged,
            level.DegradedDefinitionId,
            level.Authority.Waive,
            level.Authority.Extend,
            level.Authority.MaxExtendMinutes
        );

    private static LadderLevel Read(LevelView level) =>
        new()
        {
            Number = level.Number,
            Name = level.Name ?? "",
            Triggers = [.. (level.Triggers ?? []).Select(t => new LadderTrigger(t.Kind ?? "", t.AtLeast, [.. t.Priorities ?? []]))],
            Audience = [.. level.Audience ?? []],
            Actions = [.. level.Actions ?? []],
            AckMinutes = level.AckMinutes,
            AckMinutesByPriority =
                level.AckMinutesByPriority?.ToImmutableSortedDictionary() ?? ImmutableSortedDictionary<string, int>.Empty,
            AckPercentOfRemaining = level.AckPercentOfRemaining,
            IsAroundTheClock = level.IsAroundTheClock,
            RepeatsUntilAcknowledged = level.RepeatsUntilAcknowledged,
            DegradedDefinitionId = string.IsNullOrWhiteSpace(level.DegradedDefinitionId) ? null : level.DegradedDefinitionId,
            Authority = new(level.MayWaive ?? "", level.MayExtend ?? "", level.MaxExtendMinutes),
        };
}
