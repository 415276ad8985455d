using System.Collections.Immutable;
using CsCheck;
using ServiceLoop.ServiceDesk.Callbacks;
using ServiceLoop.ServiceDesk.Windows;

namespace ServiceLoop.ServiceDesk.Tests.Callbacks;

public sealed class SlotChoiceTests
{
    private static readonly TimeZoneInfo Utc = TimeZoneInfo.Utc;
    private static readonly DateTimeOffset Monday = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);
    private static readonly CallbackPolicy NoChance = CallbackPolicy.Default with { Explore = 0 };
    private static readonly Span[] Slots = [.. SlotChoice.Slots([new(Monday, Monday.AddHours(8))], TimeSpan.FromMinutes(30), Monday)];

    [Fact]
    public void Slots_lie_on_the_grid_and_wholly_inside()
    {
        var allowed = new Span(Monday.AddMinutes(10), Monday.AddMinutes(119));

        SlotChoice
            .Slots([allowed], TimeSpan.FromMinutes(30), Monday)
            .Select(s => s.Start)
            .ShouldBe([Monday.AddMinutes(30), Monday.AddMinutes(60)]);
    }

    [Fact]
    public void Without_knowledge_the_soonest_is_best() => Choose(AnswerRates.Unknown, NoChance)!.Slot.ShouldBe(Slots[0]);

    [Theory]
    [InlineData(0, 0, 0.4)]
    [InlineData(10, 9, (9 + 1.6) / 14)]
    [InlineData(1, 0, 1.6 / 5)]
    public void An_hour_with_few_calls_stays_near_the_mean(long attempts, long answers, double likely) =>
        Rates(0.4, (9, new(attempts, answers))).Of(9).ShouldBe(likely, 1e-12);

    [Fact]
    public void A_good_hour_is_worth_some_waiting_but_not_any()
    {
        var rates = Rates(0.3, (14, new(96, 90)));

        Choose(rates, NoChance)!.Slot.Start.ShouldBe(Monday.AddHours(5));
        Choose(rates, NoChance with { DecayPerHour = 1 })!.Slot.ShouldBe(Slots[0]);
    }

    [Fact]
    public void What_a_slot_is_worth_is_likelihood_less_waiting() =>
        SlotChoice
            .Value(new(Monday.AddHours(5), Monday.AddHours(5.5)), Rates(0.5, (14, new(4, 4))), Utc, CallbackPolicy.Default, Monday)
            .ShouldBe(6.0 / 8 * Math.Exp(-0.02 * 5), 1e-12);

    [Fact]
    public void A_wish_wins_over_every_number()
    {
        var wish = new Span(Monday.AddHours(6), Monday.AddHours(7));

        var chosen = SlotChoice.Choose(
            Slots,
            Rates(0.3, (9, new(100, 100))),
            Utc,
            CallbackPolicy.Default with
            {
                Explore = 1,
            },
            Monday,
            wish,
            "c1"
        );

        chosen!.Reason.ShouldBe(SlotReason.Wish);
        wish.Holds(chosen.Slot).ShouldBeTrue();
        chosen.Propensity.ShouldBe(1);
    }

    [Fact]
    public void A_wish_without_a_free_slot_is_not_bent() =>
        SlotChoice
            .Choose(Slots, AnswerRates.Unknown, Utc, NoChance, Monday, new Span(Monday.AddHours(20), Monday.AddHours(21)), "c1")
            .ShouldBeNull();

    [Fact]
    public void One_slot_in_twenty_is_tried_by_chance_and_its_likelihood_is_told()
    {
        var chosen = Enumerable
            .Range(0, 20_000)
            .Select(i => SlotChoice.Choose(Slots, AnswerRates.Unknown, Utc, CallbackPolicy.Default, Monday, null, $"callback-{i}")!)
            .ToList();

        var explored = chosen.Where(c => c.Reason == SlotReason.Explored).ToList();
        (explored.Count / 20_000.0).ShouldBe(0.05, 0.005);
        explored.Where(c => c.Slot != Slots[0]).ShouldAllBe(c => Math.Abs(c.Propensity - (0.05 / 16)) < 1e-12);
        chosen.Where(c => c.Slot == Slots[0]).ShouldAllBe(c => Math.Abs(c.Propensity - (0.95 + (0.05 / 16))) < 1e-12);

        // Weighted by what is told, every slot counts as often as any other.
        Slots.ShouldAllBe(s => Math.Abs((chosen.Where(c => c.Slot == s).Sum(c => 1 / c.Propensity) / 20_000) - 1) < 0.5);
    }

    [Fact]
    public void The_same_seed_chooses_the_same_free_slot_of_the_allowed_time() =>
        Gen.Select(Gen.String, Gen.Double[0, 1], Gen.Int[0, 15])
            .Sample(
                (seed, explore, skipped) =>
                {
                    var free = Slots.Skip(skipped).ToArray();
                    var policy = CallbackPolicy.Default with { Explore = explore };

                    var first = SlotChoice.Choose(free, AnswerRates.Unknown, Utc, policy, Monday, null, seed)!;

                    free.ShouldContain(first.Slot);
                    SlotChoice.Choose(free, AnswerRates.Unknown, Utc, policy, Monday, null, seed).ShouldBe(first);
                },
                iter: 300
            );

    private static ChosenSlot? Choose(AnswerRates rates, CallbackPolicy policy) =>
        SlotChoice.Choose(Slots, rates, Utc, policy, Monday, null, "c1");

    private static AnswerRates Rates(double mean, params (int Hour, HourRecord Seen)[] hours) =>
        new(mean, hours.ToImmutableDictionary(h => h.Hour, h => h.Seen));
}
