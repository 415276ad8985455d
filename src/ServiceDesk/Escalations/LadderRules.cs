using System.Collections.Immutable;
using ServiceLoop.Runtime.Access;
using ServiceLoop.ServiceDesk.Calendars;

namespace ServiceLoop.ServiceDesk.Escalations;

/// <summary>What a ladder says, and what it must be. Pure.</summary>
public static class LadderRules
{
    private const int MaxLevels = 9;
    private const int MaxMinutes = 60 * 24 * 30;
    private const int MaxWord = 100;
    private const int MaxList = 50;

    /// <summary>The level that a signal raises; 0 for none. The highest of those that it may.</summary>
    public static int LevelFor(Ladder ladder, EscalationSignal signal)
    {
        if (signal.Kind == SignalKinds.Asked)
            return Math.Clamp(signal.Level, 1, ladder.Levels.Length);

        var level = 0;

        foreach (var candidate in ladder.Levels)
        foreach (var trigger in candidate.Triggers)
            if (trigger.Kind == signal.Kind && signal.Value >= trigger.AtLeast)
                if (trigger.Priorities.IsEmpty || trigger.Priorities.Contains(signal.Priority ?? "", StringComparer.OrdinalIgnoreCase))
                    level = candidate.Number;

        return level;
    }

    /// <summary>Until when a level is to be acknowledged.</summary>
    /// <param name="level">The level.</param>
    /// <param name="priority">Priority of the case.</param>
    /// <param name="remaining">Working time that a clock has left; null when none is known.</param>
    /// <param name="time">Working time; null: by the wall.</param>
    /// <param name="now">From when on.</param>
    public static DateTimeOffset AckDeadline(
        LadderLevel level,
        string? priority,
        TimeSpan? remaining,
        WorkingTime? time,
        DateTimeOffset now
    )
    {
        var span = TimeSpan.FromMinutes(
            priority is not null && level.AckMinutesByPriority.TryGetValue(priority, out var own) ? own : level.AckMinutes
        );

        if (level.AckPercentOfRemaining is { } percent && remaining > TimeSpan.Zero)
            span = TimeSpan.FromMinutes(Math.Max(1, Math.Floor(remaining.Value.TotalMinutes * percent / 100)));

        // P1 is served around the clock.
        return level.IsAroundTheClock || priority == "P1" || time is null ? now + span : time.Add(now, span) ?? now + span;
    }

    /// <summary>When somebody is told: at once, or when their working time begins.</summary>
    public static DateTimeOffset ToldAt(LadderLevel level, string? priority, Recipient recipient, WorkingTime? time, DateTimeOffset now) =>
        level.IsAroundTheClock || priority == "P1" || recipient.IsOnCall || time is null ? now : time.NextOpening(now) ?? now;

    /// <summary>All that is wrong with a ladder; empty when it may be used.</summary>
    public static ImmutableArray<CalendarProblem> Check(Ladder ladder)
    {
        var problems = ImmutableArray.CreateBuilder<CalendarProblem>();

        if (string.IsNullOrWhiteSpace(ladder.Name) || ladder.Name.Length > MaxWord || !SoundText.IsOneLine(ladder.Name))
            problems.Add(new("name", $"The name of a ladder is one line of 1 to {MaxWord} characters."));

        if (
            ladder.Levels.Length is 0 or > MaxLevels
            || ladder.Levels.Select(l => l.Number).SequenceEqual(Enumerable.Range(1, ladder.Levels.Length)) is false
        )
            problems.Add(new("levels", $"A ladder has 1 to {MaxLevels} levels, numbered 1, 2, 3 … in order."));

        if (ladder.Storm.MoreThan is < 1 or > 10_000 || ladder.Storm.Minutes is < 1 or > 1440)
            problems.Add(new("storm", "A storm is more than 1 to 10000 escalations within 1 to 1440 minutes."));

        if (ladder.HysteresisMinutes is < 0 or > 1440)
            problems.Add(new("hysteresisMinutes", $"{ladder.HysteresisMinutes} is not a number of minutes from 0 to 1440."));

        foreach (var level in ladder.Levels)
            CheckLevel($"levels[{level.Number}]", level, problems);

        return problems.ToImmutable();
    }

    private static void CheckLevel(string field, LadderLevel level, ImmutableArray<CalendarProblem>.Builder problems)
    {
        if (!IsWord(level.Name))
            problems.Add(new($"{field}.name", $"The name of a level is one line of 1 to {MaxWord} characters."));

        if (level.Audience.Length is 0 or > MaxList || !level.Audience.All(IsWord))
            problems.Add(new($"{field}.audience", $"A level tells 1 to {MaxList} roles, each one line of 1 to {MaxWord} characters."));

        if (level.Actions.Length > MaxList || !level.Actions.All(IsWord))
            problems.Add(new($"{field}.actions", $"Actions are {MaxList} at most, each one line of 1 to {MaxWord} characters."));

        if (level.AckMinutesByPriority.Values.Append(level.AckMinutes).Any(m => m is < 1 or > MaxMinutes))
            problems.Add(new($"{field}.ackMinutes", $"Minutes to acknowledge are 1 to {MaxMinutes}."));

        if (level.AckPercentOfRemaining is < 1 or > 100)
            problems.Add(new($"{field}.ackPercentOfRemaining", $"{level.AckPercentOfRemaining} is not a share from 1 to 100 per cent."));

        if (
            level.Triggers.Length > MaxList
            || level.Triggers.FirstOrDefault(t => !SignalKinds.All.Contains(t.Kind, StringComparer.Ordinal)) is { } odd
        )
            problems.Add(
                new(
                    $"{field}.triggers",
                    $"There is a trigger that nothing gives, or too many. There are: {string.Join(", ", SignalKinds.All)}."
                )
            );

        if (level.DegradedDefinitionId is { } definition && !IsWord(definition))
            problems.Add(new($"{field}.degradedDefinitionId", $"The id of a definition is one line of 1 to {MaxWord} characters."));

        foreach (var permission in new[] { level.Authority.Waive, level.Authority.Extend })
            if (!Permissions.All.Contains(permission, StringComparer.Ordinal))
                problems.Add(new($"{field}.authority", $"'{SoundText.Quoted(permission)}' is no permission."));

        if (level.Authority.MaxExtendMinutes is < 1 or > MaxMinutes)
            problems.Add(new($"{field}.authority", $"Minutes that may be granted are 1 to {MaxMinutes}."));
    }

    private static bool IsWord(string? text) => text is { Length: > 0 and <= MaxWord } && SoundText.IsOneLine(text);
}
