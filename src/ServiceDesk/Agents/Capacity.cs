using System.Collections.Frozen;
using System.Runtime.InteropServices;

namespace ServiceLoop.ServiceDesk.Agents;

/// <summary>Kinds of work, and how much of an agent each takes: units of <see cref="DefaultTotal"/>.</summary>
public static class Channels
{
    /// <summary>A phone call.</summary>
    public const string Voice = "voice";

    /// <summary>A chat, answered at once.</summary>
    public const string Chat = "chat";

    /// <summary>Messages, answered when there is time.</summary>
    public const string Messaging = "messaging";

    /// <summary>Mail.</summary>
    public const string Email = "email";

    /// <summary>Work without a customer on the line.</summary>
    public const string Task = "task";

    /// <summary>A promised call.</summary>
    public const string Callback = "callback";

    /// <summary>Units of an agent, unless said otherwise.</summary>
    public const int DefaultTotal = 100;

    private static readonly FrozenDictionary<string, int> Weights = new Dictionary<string, int>
    {
        [Voice] = 100,
        [Chat] = 35,
        [Messaging] = 20,
        [Email] = 10,
        [Task] = 15,
        [Callback] = 100,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>All kinds.</summary>
    public static IEnumerable<string> All => Weights.Keys.Order(StringComparer.Ordinal);

    /// <summary>True for a known kind.</summary>
    public static bool IsKnown(string channel) => Weights.ContainsKey(channel);

    /// <summary>Units that one piece of work takes, unless said otherwise.</summary>
    public static int WeightOf(string channel) =>
        Weights.TryGetValue(channel, out var weight)
            ? weight
            : throw new ArgumentOutOfRangeException(nameof(channel), channel, $"There are: {string.Join(", ", All)}.");

    /// <summary>True when a customer waits on the line.</summary>
    public static bool IsSync(string channel) => channel is Voice or Chat or Callback;

    /// <summary>How long an offer stands.</summary>
    public static TimeSpan OfferTime(string channel) =>
        channel switch
        {
            Voice or Callback => TimeSpan.FromSeconds(15),
            Chat => TimeSpan.FromSeconds(20),
            _ => TimeSpan.FromSeconds(120),
        };
}

/// <summary>How much an agent has to do, in units.</summary>
/// <param name="Total">What there is.</param>
/// <param name="Used">By work that was taken.</param>
/// <param name="Reserved">By offers that stand.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Load(int Total, int Used, int Reserved)
{
    /// <summary>What is left; below zero only after an assignment over the limit, which is journalled.</summary>
    public int Free => Total - Used - Reserved;

    /// <summary>Reserves units for an offer.</summary>
    /// <returns>Null when they do not fit.</returns>
    public Load? Reserve(int units) => units <= Free ? this with { Reserved = Reserved + units } : null;

    /// <summary>Takes work: the units of its offer are used from now on.</summary>
    public Load Accept(int units) => this with { Reserved = Reserved - units, Used = Used + units };

    /// <summary>Gives back the units of an offer.</summary>
    public Load Withdraw(int units) => this with { Reserved = Reserved - units };

    /// <summary>Takes work that was not offered.</summary>
    /// <param name="units">Its units.</param>
    /// <param name="isOverride">True: also over the limit; whoever asks for it may do so, and it is journalled.</param>
    /// <returns>Null when it does not fit.</returns>
    public Load? Take(int units, bool isOverride = false) => isOverride || units <= Free ? this with { Used = Used + units } : null;

    /// <summary>Gives back the units of work that is done or gone.</summary>
    public Load Release(int units) => this with { Used = Used - units };
}

/// <summary>How much of the last hour an agent had work at hand.</summary>
public static class Occupancy
{
    /// <summary>How far back it is looked at.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(60);

    /// <summary>The share, 0 to 1.</summary>
    /// <param name="busy">When there was work at hand, without overlap.</param>
    /// <param name="busySince">Since when there is work at hand; null when there is none.</param>
    /// <param name="now">The moment, UTC.</param>
    public static double Of(IEnumerable<(DateTimeOffset From, DateTimeOffset Until)> busy, DateTimeOffset? busySince, DateTimeOffset now)
    {
        var start = now - Window;
        var sum = TimeSpan.Zero;

        foreach (var (from, until) in busy)
            sum += Within(from, until, start, now);

        if (busySince is { } since)
            sum += Within(since, now, start, now);

        return Math.Clamp(sum / Window, 0, 1);
    }

    private static TimeSpan Within(DateTimeOffset from, DateTimeOffset until, DateTimeOffset start, DateTimeOffset end)
    {
        var (first, last) = (from > start ? from : start, until < end ? until : end);
        return last > first ? last - first : TimeSpan.Zero;
    }
}
