namespace ServiceLoop.ServiceDesk.Agents;

/// <summary>Settings of who counts as there: section <c>Presence</c>.</summary>
public sealed record PresenceOptions
{
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Most = TimeSpan.FromDays(7);

    /// <summary>Silence after which an agent gets no new work; longer than a heartbeat, 20 s to 7 days. Default: a minute.</summary>
    public TimeSpan SilenceLimit { get; init; } = Heartbeats.SilenceLimit;

    /// <summary>Time after that until the agent's work is given to others; at most 7 days. Default: two minutes.</summary>
    public TimeSpan Grace { get; init; } = Heartbeats.Grace;

    /// <summary>What is wrong with the settings, with value and cure; null when they can be used.</summary>
    public string? Fault() =>
        SilenceLimit < Least || SilenceLimit > Most ? $"Presence:SilenceLimit is {SilenceLimit}. Give {Least} to {Most}."
        : Grace < TimeSpan.Zero || Grace > Most ? $"Presence:Grace is {Grace}. Give {TimeSpan.Zero} to {Most}."
        : null;
}
