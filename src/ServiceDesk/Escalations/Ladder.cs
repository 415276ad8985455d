using System.Collections.Immutable;

namespace ServiceLoop.ServiceDesk.Escalations;

/// <summary>What raises a level.</summary>
/// <param name="Kind">One of <see cref="SignalKinds"/>.</param>
/// <param name="AtLeast">The smallest value that does.</param>
/// <param name="Priorities">Only for these priorities; empty for all.</param>
public sealed record LadderTrigger(string Kind, decimal AtLeast, ImmutableArray<string> Priorities);

/// <summary>Who may take a level back or grant more time.</summary>
/// <param name="Waive">Permission that waiving needs.</param>
/// <param name="Extend">Permission that granting time needs.</param>
/// <param name="MaxExtendMinutes">Most minutes that may be granted at once.</param>
public sealed record LevelAuthority(string Waive, string Extend, int MaxExtendMinutes);

/// <summary>A level of the ladder.</summary>
public sealed record LadderLevel
{
    /// <summary>From 1, without gaps.</summary>
    public required int Number { get; init; }

    /// <summary>How people call it.</summary>
    public required string Name { get; init; }

    /// <summary>What raises it: any of these.</summary>
    public required ImmutableArray<LadderTrigger> Triggers { get; init; }

    /// <summary>Roles that are told.</summary>
    public required ImmutableArray<string> Audience { get; init; }

    /// <summary>What must happen, for those who are told.</summary>
    public ImmutableArray<string> Actions { get; init; } = [];

    /// <summary>Minutes in which somebody is to acknowledge.</summary>
    public required int AckMinutes { get; init; }

    /// <summary>The same for single priorities.</summary>
    public ImmutableSortedDictionary<string, int> AckMinutesByPriority { get; init; } = ImmutableSortedDictionary<string, int>.Empty;

    /// <summary>Per cent of the time that a clock has left, instead of minutes; null for minutes.</summary>
    public int? AckPercentOfRemaining { get; init; }

    /// <summary>True: by the wall, at any hour. False: in working time, and people are told in theirs unless they are on call.</summary>
    public bool IsAroundTheClock { get; init; }

    /// <summary>True: without acknowledgement it tells further people again and again.</summary>
    public bool RepeatsUntilAcknowledged { get; init; }

    /// <summary>The definition, published before, that the affected queue is switched to; null for none.</summary>
    public string? DegradedDefinitionId { get; init; }

    /// <summary>Who may waive and extend.</summary>
    public required LevelAuthority Authority { get; init; }
}

/// <summary>When many cases of one cause become one.</summary>
/// <param name="MoreThan">More than so many of the same cause …</param>
/// <param name="Minutes">… within so many minutes get one parent, and are silent themselves.</param>
public sealed record StormRule(int MoreThan, int Minutes);

/// <summary>The ladder of a company (升级阶梯): data, with as many levels as it likes.</summary>
/// <param name="Name">Name.</param>
/// <param name="Version">Rises with each change; 0 is the ladder of the product.</param>
/// <param name="Levels">From 1 upwards.</param>
/// <param name="Storm">Storms.</param>
/// <param name="HysteresisMinutes">For so long what has raised it must be below its threshold before it ends.</param>
public sealed record Ladder(string Name, int Version, ImmutableArray<LadderLevel> Levels, StormRule Storm, int HysteresisMinutes)
{
    private static readonly LevelAuthority Manage = new("escalations:manage", "escalations:manage", 480);

    /// <summary>The ladder of the product: early warning, emergency, disaster.</summary>
    public static readonly Ladder Standard = new(
        "预警 → 应急 → 灾备",
        0,
        [
            new()
            {
                Number = 1,
                Name = "Early warning 预警",
                Triggers =
                [
                    new(SignalKinds.ClockPercent, 80, []),
                    new(SignalKinds.QueueForecast, 1, []),
                    new(SignalKinds.Sigma, 2, []),
                    new(SignalKinds.LowScores, 2, []),
                ],
                Audience = ["assignee", "team-lead"],
                Actions = ["nudge", "show-plan", "offer-help"],
                AckMinutes = 30,
                AckPercentOfRemaining = 25,
                Authority = Manage with { Extend = "escalations:acknowledge", MaxExtendMinutes = 60 },
            },
            new()
            {
                Number = 2,
                Name = "Emergency 应急",
                Triggers =
                [
                    new(SignalKinds.ClockPercent, 100, []),
                    new(SignalKinds.Opened, 1, ["P1"]),
                    new(SignalKinds.Declines, 3, []),
                    new(SignalKinds.Complaint, 1, []),
                    new(SignalKinds.Sigma, 3, []),
                ],
                Audience = ["supervisor", "process-owner"],
                Actions = ["name-commander", "tell-customer", "tag-root-cause"],
                AckMinutes = 30,
                AckMinutesByPriority = ImmutableSortedDictionary<string, int>.Empty.Add("P1", 10),
                Authority = Manage,
            },
            new()
            {
                Number = 3,
                Name = "Disaster 灾备",
                Triggers =
                [
                    new(SignalKinds.ClockPercent, 150, ["P1", "P2"]),
                    new(SignalKinds.SameCause, 10, []),
                    new(SignalKinds.ChannelDown, 1, []),
                    new(SignalKinds.EngineDown, 1, []),
                    new(SignalKinds.Security, 1, []),
                    new(SignalKinds.PilotHalt, 1, []),
                ],
                Audience = ["duty-manager", "management", "it-security"],
                Actions = ["open-major-incident", "switch-degraded", "stop-pilots", "banner", "mass-notice"],
                AckMinutes = 15,
                IsAroundTheClock = true,
                RepeatsUntilAcknowledged = true,
                Authority = Manage,
            },
        ],
        new(10, 15),
        10
    );

    /// <summary>The highest level.</summary>
    public LadderLevel Top => Levels[^1];

    /// <summary>A level; one beyond the ends is the one at the end.</summary>
    public LadderLevel Level(int number) => Levels[Math.Clamp(number, 1, Levels.Length) - 1];
}

/// <summary>What may raise a level.</summary>
public static class SignalKinds
{
    public const string ClockPercent = "clock-percent";
    public const string QueueForecast = "queue-forecast";
    public const string Sigma = "kpi-sigma";
    public const string LowScores = "low-scores";
    public const string Opened = "case-opened";
    public const string Declines = "decline-chain";
    public const string Complaint = "regulator-complaint";
    public const string SameCause = "same-cause";
    public const string ChannelDown = "channel-down";
    public const string EngineDown = "engine-down";
    public const string Security = "data-security";
    public const string PilotHalt = "pilot-halt";

    /// <summary>Somebody, or a workflow, names the level.</summary>
    public const string Asked = "asked";

    /// <summary>All that a ladder may name.</summary>
    public static readonly ImmutableArray<string> All =
    [
        ClockPercent,
        QueueForecast,
        Sigma,
        LowScores,
        Opened,
        Declines,
        Complaint,
        SameCause,
        ChannelDown,
        EngineDown,
        Security,
        PilotHalt,
    ];
}
