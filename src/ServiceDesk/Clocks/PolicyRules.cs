using System.Collections.Immutable;
using System.Globalization;
using ServiceLoop.ServiceDesk.Calendars;

namespace ServiceLoop.ServiceDesk.Clocks;

/// <summary>What an event of a case asks of a clock.</summary>
public enum ClockVerb
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Begin.</summary>
    Start,

    /// <summary>Stop counting for a while.</summary>
    Pause,

    /// <summary>Count again.</summary>
    Resume,

    /// <summary>End.</summary>
    Stop,

    /// <summary>End without a result.</summary>
    Cancel,

    /// <summary>Begin anew.</summary>
    Reset,

    /// <summary>Another target.</summary>
    Retarget,

    /// <summary>Go on after the end.</summary>
    Reopen,

    /// <summary>More time.</summary>
    Extend,
}

/// <summary>What policies say about cases. Pure.</summary>
public static class PolicyRules
{
    /// <summary>Longest target: three years of minutes around the clock.</summary>
    public const int MaxMinutes = 3 * 366 * 24 * 60;

    /// <summary>Longest target in days.</summary>
    public const int MaxDays = 1000;

    private const int MaxRules = 50;
    private const int MaxWord = 100;

    /// <summary>The target for a case; null when none fits.</summary>
    public static SlaTarget? TargetFor(PolicyContent policy, IReadOnlyDictionary<string, string?> facts) =>
        policy.Targets.FirstOrDefault(rule => rule.When.All(test => Holds(test, facts)))?.Target;

    /// <summary>The calendar that counts: that of the policy, of the customer's contract, of the queue, of the company.</summary>
    public static string? CalendarFor(PolicyContent policy, string? ofContract, string? ofQueue, string? ofCompany) =>
        policy.CalendarId ?? ofContract ?? ofQueue ?? ofCompany;

    /// <summary>What an event asks of a clock as it stands; the first that holds of: cancel, stop, reset, pause or resume, start.</summary>
    /// <param name="policy">Its policy.</param>
    /// <param name="clock">Where it stands; null when the case has none of the policy.</param>
    /// <param name="names">Names of the event: one of them is enough.</param>
    /// <param name="facts">What is known of the case.</param>
    public static ClockVerb Asked(
        PolicyContent policy,
        ClockState? clock,
        ImmutableArray<string> names,
        IReadOnlyDictionary<string, string?> facts
    )
    {
        var conditions = policy.Conditions;
        var isOpen = clock is ClockState.Pending or ClockState.Running or ClockState.Paused;

        if (isOpen && Any(conditions.Cancel))
            return ClockVerb.Cancel;

        if (isOpen && Any(conditions.Stop))
            return ClockVerb.Stop;

        if (isOpen && Any(conditions.Reset))
            return ClockVerb.Reset;

        if (clock == ClockState.Running && Any(conditions.Pause))
            return ClockVerb.Pause;

        if (clock == ClockState.Paused && Any(conditions.Resume))
            return ClockVerb.Resume;

        if (!isOpen && Any(conditions.Start))
            return ClockVerb.Start;

        return clock == ClockState.Pending && Any(conditions.Start) ? ClockVerb.Resume : ClockVerb.None;

        bool Any(ImmutableArray<ClockCondition> list) =>
            list.Any(c =>
                (c.Events.IsEmpty || c.Events.Any(e => names.Contains(e, StringComparer.OrdinalIgnoreCase)))
                && c.Tests.All(test => Holds(test, facts))
            );
    }

    /// <summary>Whether a test holds. A fact that is not known is no value.</summary>
    public static bool Holds(FactTest test, IReadOnlyDictionary<string, string?> facts)
    {
        var fact = facts.GetValueOrDefault(test.Fact);
        return test.Comparison switch
        {
            FactComparison.Is => fact is not null && test.Values.Contains(fact, StringComparer.OrdinalIgnoreCase),
            FactComparison.IsNot => fact is null || !test.Values.Contains(fact, StringComparer.OrdinalIgnoreCase),
            FactComparison.AtLeast => Number(fact) >= Number(test.Values.FirstOrDefault()),
            FactComparison.AtMost => Number(fact) <= Number(test.Values.FirstOrDefault()),
            _ => throw new InvalidOperationException($"Unknown comparison {test.Comparison}."),
        };
    }

    /// <summary>All that is wrong with a policy; empty when it may be used.</summary>
    public static ImmutableArray<CalendarProblem> Check(string name, string metric, PolicyContent content)
    {
        var problems = ImmutableArray.CreateBuilder<CalendarProblem>();

        if (string.IsNullOrWhiteSpace(name) || name.Length > CalendarRules.MaxName || !SoundText.IsOneLine(name))
            problems.Add(new("name", $"The name of a policy is one line of 1 to {CalendarRules.MaxName} characters."));

        if (!Metrics.All.Contains(metric, StringComparer.Ordinal))
            problems.Add(new("metric", $"'{SoundText.Quoted(metric)}' is not measured. There are: {string.Join(", ", Metrics.All)}."));

        if (content.Targets.IsEmpty || content.Targets.Length > MaxRules)
            problems.Add(new("targets", $"A policy has 1 to {MaxRules} targets."));

        for (var i = 0; i < content.Targets.Length; i++)
        {
            var (most, target) = (content.Targets[i].Target.Unit == TargetUnit.Days ? MaxDays : MaxMinutes, content.Targets[i].Target);

            if (target.Amount < 1 || target.Amount > most)
                problems.Add(
                    new(
                        $"targets[{i}].amount",
                        $"{target.Amount} is not a target. Give 1 to {most} {target.Unit.ToString().ToLowerInvariant()}."
                    )
                );

            CheckTests($"targets[{i}].when", content.Targets[i].When, problems);
        }

        if (content.Thresholds.Length > 10 || content.Thresholds.Any(p => p is < 1 or > 1000) || !IsRising(content.Thresholds))
            problems.Add(new("thresholds", "Thresholds are at most ten numbers from 1 to 1000 per cent, rising."));

        if (content.PauseReasons.Except(PauseReasons.All, StringComparer.Ordinal).FirstOrDefault() is { } odd)
            problems.Add(new("pauseReasons", $"'{SoundText.Quoted(odd)}' is no reason. There are: {string.Join(", ", PauseReasons.All)}."));

        if (content.Conditions.Pause.Length > 0 && !content.PauseReasons.Contains(content.Conditions.PauseReason, StringComparer.Ordinal))
            problems.Add(
                new(
                    "conditions.pauseReason",
                    $"'{SoundText.Quoted(content.Conditions.PauseReason)}' is not among the policy's pause reasons."
                )
            );

        if (content.ReopenDays is < 0 or > 365)
            problems.Add(new("reopenDays", $"{content.ReopenDays} is not a number of days from 0 to 365."));

        if (content.LongPauseDays is < 1 or > 365)
            problems.Add(new("longPauseDays", $"{content.LongPauseDays} is not a number of days from 1 to 365."));

        foreach (var (list, conditions) in content.Conditions.All)
            CheckConditions(list, conditions, problems);

        return problems.ToImmutable();
    }

    private static void CheckConditions(
        string list,
        ImmutableArray<ClockCondition> conditions,
        ImmutableArray<CalendarProblem>.Builder problems
    )
    {
        if (conditions.Length > MaxRules)
            problems.Add(new($"conditions.{list}", $"There are {conditions.Length} conditions; {MaxRules} are the most."));

        for (var i = 0; i < conditions.Length; i++)
        {
            if (conditions[i].Events.IsEmpty && conditions[i].Tests.IsEmpty)
                problems.Add(new($"conditions.{list}[{i}]", "The condition always holds. Give it an event or a test."));

            if (conditions[i].Events.Length > MaxRules || conditions[i].Events.Any(e => !IsWord(e)))
                problems.Add(
                    new(
                        $"conditions.{list}[{i}].events",
                        $"Names of events are single lines of 1 to {MaxWord} characters, {MaxRules} at most."
                    )
                );

            CheckTests($"conditions.{list}[{i}].tests", conditions[i].Tests, problems);
        }
    }

    private static void CheckTests(string field, ImmutableArray<FactTest> tests, ImmutableArray<CalendarProblem>.Builder problems)
    {
        if (tests.Length > MaxRules)
            problems.Add(new(field, $"There are {tests.Length} tests; {MaxRules} are the most."));

        foreach (var test in tests)
        {
            var isNumeric = test.Comparison is FactComparison.AtLeast or FactComparison.AtMost;

            if (!IsWord(test.Fact) || test.Values.IsEmpty || test.Values.Length > MaxRules || test.Values.Any(v => !IsWord(v)))
                problems.Add(new(field, $"A test names a fact and 1 to {MaxRules} values, each one line of 1 to {MaxWord} characters."));
            else if (isNumeric && (test.Values.Length != 1 || Number(test.Values[0]) is null))
                problems.Add(new(field, $"'{SoundText.Quoted(test.Values[0])}' is not one number, which {test.Comparison} compares with."));
        }
    }

    private static bool IsWord(string? text) => text is { Length: > 0 and <= MaxWord } && SoundText.IsOneLine(text);

    private static bool IsRising(ImmutableArray<int> list) => list.Zip(list.Skip(1)).All(p => p.First < p.Second);

    private static decimal? Number(string? text) =>
        decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out var number) ? number : null;
}
