using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using ServiceLoop.ServiceDesk.Windows;

namespace ServiceLoop.ServiceDesk.Callbacks;

/// <summary>How often people were called in an hour of the week, and how often they answered.</summary>
/// <param name="Attempts">Calls.</param>
/// <param name="Answers">Calls that were answered.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct HourRecord(long Attempts, long Answers);

/// <summary>What is known about answers: by the hour of the customer's week, for one segment.</summary>
/// <param name="Mean">Mean of all, 0 to 1: what is believed of an hour without calls.</param>
/// <param name="Hours">Hour of the week (0 is Monday 00:00 to 01:00) → what was seen.</param>
public sealed record AnswerRates(double Mean, ImmutableDictionary<int, HourRecord> Hours)
{
    /// <summary>How many calls the mean is worth beside what was seen.</summary>
    public const double PriorWeight = 4;

    /// <summary>Nothing is known.</summary>
    public static readonly AnswerRates Unknown = new(0.5, ImmutableDictionary<int, HourRecord>.Empty);

    /// <summary>How likely an answer is in an hour of the week.</summary>
    public double Of(int hourOfWeek)
    {
        var seen = Hours.GetValueOrDefault(hourOfWeek);
        return (seen.Answers + (PriorWeight * Mean)) / (seen.Attempts + PriorWeight);
    }

    /// <summary>The hour of the week of a moment, by a clock on a wall.</summary>
    public static int HourOf(DateTime wall) => ((((int)wall.DayOfWeek + 6) % 7) * 24) + wall.Hour;
}

/// <summary>Why a slot was chosen.</summary>
public enum SlotReason
{
    /// <summary>The customer wished it.</summary>
    Wish,

    /// <summary>An answer is most likely, soon enough.</summary>
    Best,

    /// <summary>By chance, to learn.</summary>
    Explored,
}

/// <summary>A slot that was chosen.</summary>
/// <param name="Slot">The window to promise.</param>
/// <param name="Reason">Why.</param>
/// <param name="Value">What the slot was worth: likelihood of an answer, less for waiting.</param>
/// <param name="Propensity">How likely this slot was to be chosen, 0 to 1: needed by whoever learns from it.</param>
/// <param name="Among">Slots that were free.</param>
public sealed record ChosenSlot(Span Slot, SlotReason Reason, double Value, double Propensity, int Among);

/// <summary>Chooses when to call.</summary>
public static class SlotChoice
{
    /// <summary>Slots of one length on a fixed grid that lie wholly in the allowed time.</summary>
    /// <param name="allowed">When the customer may be contacted.</param>
    /// <param name="length">Length of a slot; the grid counts from 1970 in UTC.</param>
    /// <param name="earliest">No slot begins before, UTC.</param>
    public static IEnumerable<Span> Slots(ImmutableArray<Span> allowed, TimeSpan length, DateTimeOffset earliest)
    {
        foreach (var span in allowed)
        {
            var from = span.Start > earliest ? span.Start : earliest;
            var since = from.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks;
            var start = DateTimeOffset.UnixEpoch.AddTicks((since + length.Ticks - 1) / length.Ticks * length.Ticks);

            for (; start + length <= span.End; start += length)
                yield return new(start, start + length);
        }
    }

    /// <summary>Chooses one of the slots.</summary>
    /// <param name="free">Slots with room, all allowed; in their order.</param>
    /// <param name="rates">What is known about answers.</param>
    /// <param name="zone">Zone of the customer.</param>
    /// <param name="policy">Rules.</param>
    /// <param name="now">Now, UTC.</param>
    /// <param name="wish">When the customer wants to be called; it always wins. Null for no wish.</param>
    /// <param name="seed">The id of the callback: the same seed chooses the same slot.</param>
    /// <returns>Null when no slot is free, or none within the wish.</returns>
    public static ChosenSlot? Choose(
        IReadOnlyCollection<Span> free,
        AnswerRates rates,
        TimeZoneInfo zone,
        CallbackPolicy policy,
        DateTimeOffset now,
        Span? wish,
        string seed
    )
    {
        var slots = wish is { } wanted ? [.. free.Where(wanted.Holds)] : free.ToList();

        if (slots.Count == 0)
            return null;

        var values = slots.ConvertAll(s => Value(s, rates, zone, policy, now));
        var best = 0;

        for (var i = 1; i < slots.Count; i++)
            if (values[i] > values[best])
                best = i;

        if (wish is not null)
            return new(slots[best], SlotReason.Wish, values[best], 1, slots.Count);

        var byChance = policy.Explore / slots.Count;

        if (Share(seed, "explore") >= policy.Explore)
            return new(slots[best], SlotReason.Best, values[best], 1 - policy.Explore + byChance, slots.Count);

        var any = (int)(Share(seed, "slot") * slots.Count);
        return new(slots[any], SlotReason.Explored, values[any], any == best ? 1 - policy.Explore + byChance : byChance, slots.Count);
    }

    /// <summary>What a slot is worth.</summary>
    public static double Value(Span slot, AnswerRates rates, TimeZoneInfo zone, CallbackPolicy policy, DateTimeOffset now) =>
        rates.Of(AnswerRates.HourOf(LocalTimes.Wall(zone, slot.Start)))
        * Math.Exp(-policy.DecayPerHour * Math.Max(0, (slot.Start - now).TotalHours));

    /// <summary>A number from 0 up to 1 that depends on the seed only.</summary>
    private static double Share(string seed, string purpose) =>
        BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{seed}:{purpose}"))) / Math.Pow(2, 64);
}
