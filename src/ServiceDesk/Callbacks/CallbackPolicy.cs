namespace ServiceLoop.ServiceDesk.Callbacks;

/// <summary>How callbacks are planned and tried again.</summary>
public sealed record CallbackPolicy
{
    /// <summary>The usual.</summary>
    public static readonly CallbackPolicy Default = new();

    /// <summary>Open hours within which a wrong number is to be put right.</summary>
    public TimeSpan FixWithin { get; init; } = TimeSpan.FromHours(4);

    /// <summary>Longest window that may be promised.</summary>
    public static readonly TimeSpan LongestWindow = TimeSpan.FromMinutes(60);

    /// <summary>Length of the promised window; at most an hour.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>A first attempt this late is still on time.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Somebody is reserved this long before the window.</summary>
    public TimeSpan ReserveBefore { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Attempts that count, at most.</summary>
    public int MaxAttempts { get; init; } = 3;

    /// <summary>All attempts are made within this time of the first.</summary>
    public TimeSpan Within { get; init; } = TimeSpan.FromHours(72);

    /// <summary>Busy lines that do not count, at most.</summary>
    public int MaxBusy { get; init; } = 2;

    /// <summary>After a busy line.</summary>
    public TimeSpan AfterBusy { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>After no answer; on other days this long around the same time of the day is left out.</summary>
    public TimeSpan AfterNoAnswer { get; init; } = TimeSpan.FromHours(2);

    /// <summary>After a voicemail.</summary>
    public TimeSpan AfterVoicemail { get; init; } = TimeSpan.FromHours(4);

    /// <summary>Nobody who refused is called again for this long.</summary>
    public TimeSpan SuppressRefused { get; init; } = TimeSpan.FromDays(90);

    /// <summary>How much less a slot is worth for each hour of waiting.</summary>
    public double DecayPerHour { get; init; } = 0.02;

    /// <summary>Share of slots without a wish that are chosen by chance, to learn from.</summary>
    public double Explore { get; init; } = 0.05;
}

/// <summary>How an attempt to call ended.</summary>
public enum CallOutcome
{
    /// <summary>Spoke with the customer.</summary>
    Reached,

    /// <summary>The line was busy.</summary>
    Busy,

    /// <summary>Nobody answered.</summary>
    NoAnswer,

    /// <summary>A machine answered.</summary>
    Voicemail,

    /// <summary>The call broke off.</summary>
    Dropped,

    /// <summary>Somebody else has the number.</summary>
    WrongNumber,

    /// <summary>The customer does not want to be called.</summary>
    Refused,
}

/// <summary>One attempt to call; with the id of the callback, its number says which.</summary>
/// <param name="No">From 1, without gaps.</param>
/// <param name="At">When, UTC.</param>
/// <param name="Outcome">How it ended.</param>
public sealed record CallAttempt(int No, DateTimeOffset At, CallOutcome Outcome);
