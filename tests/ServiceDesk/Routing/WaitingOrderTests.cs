using CsCheck;
using ServiceLoop.ServiceDesk.Routing;

namespace ServiceLoop.ServiceDesk.Tests.Routing;

public sealed class WaitingOrderTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);
    private static readonly WaitingRules Rules = WaitingRules.Default;

    private static WaitingPlace Place(Priority priority, DateTimeOffset? dueAt = null, int boost = 0, bool warned = false) =>
        new(Noon, Noon + Rules.MaxWait, priority)
        {
            ClockDueAt = dueAt,
            TierBoost = TimeSpan.FromMinutes(boost),
            HasEarlyWarning = warned,
        };

    [Theory]
    [InlineData(Priority.P1, null, 0, false, 0)]
    [InlineData(Priority.P2, null, 0, false, 360)]
    [InlineData(Priority.P3, null, 0, false, 450)]
    [InlineData(Priority.P4, null, 0, false, 480)]
    [InlineData(Priority.P4, 240, 0, false, 240)]
    [InlineData(Priority.P4, 900, 0, false, 480)]
    [InlineData(Priority.P4, null, 30, false, 450)]
    [InlineData(Priority.P4, null, 300, false, 450)]
    [InlineData(Priority.P4, null, 0, true, 420)]
    [InlineData(Priority.P3, 60, 10, true, -40)]
    public void The_virtual_deadline_follows_clock_wait_priority_tier_and_warning(
        Priority priority,
        int? due,
        int boost,
        bool warned,
        int expected
    ) =>
        WaitingOrder
            .VirtualDeadline(Place(priority, due is { } m ? Noon.AddMinutes(m) : null, boost, warned), Rules)
            .ShouldBe(Noon.AddMinutes(expected));

    [Fact]
    public void Nothing_that_is_opened_after_the_bound_comes_before_an_item()
    {
        var minutes = Gen.Int[0, 2000];
        var places = Gen.Select(Gen.Int[1, 4], minutes, Gen.Int[0, 60], Gen.Bool);

        Gen.Select(places, places, minutes, Gen.Int[1, 2000])
            .Sample(
                (item, newer, leastTarget, later) =>
                {
                    var waiting = Of(item, Noon);
                    var deadline = WaitingOrder.VirtualDeadline(waiting, Rules);
                    var bound = WaitingOrder.NotOvertakenFrom(deadline, TimeSpan.FromMinutes(leastTarget), Rules);
                    var opened = bound.AddMinutes(later);

                    // Whatever the newer one is, its target is no shorter than the shortest, and its queue lets it wait that long at least.
                    var rules = Rules with
                    {
                        MaxWait = TimeSpan.FromMinutes(Math.Max(leastTarget, 480)),
                    };
                    var target = Math.Max(newer.Item2, leastTarget);
                    var rival = new WaitingPlace(opened, opened + rules.MaxWait, (Priority)newer.Item1)
                    {
                        ClockDueAt = opened.AddMinutes(target),
                        TierBoost = TimeSpan.FromMinutes(newer.Item3),
                        HasEarlyWarning = newer.Item4,
                    };

                    WaitingOrder.VirtualDeadline(rival, rules).ShouldBeGreaterThan(deadline);
                }
            );
    }

    [Fact]
    public void The_order_of_two_items_does_not_depend_on_the_moment()
    {
        var places = Gen.Select(Gen.Int[1, 4], Gen.Int[0, 2000], Gen.Int[0, 60], Gen.Bool);

        Gen.Select(places, places, Gen.Int[-100_000, 100_000])
            .Sample(
                (one, other, shift) =>
                {
                    var before = WaitingOrder.VirtualDeadline(Of(one, Noon), Rules) - WaitingOrder.VirtualDeadline(Of(other, Noon), Rules);
                    var moved = Noon.AddMinutes(shift);
                    var after = WaitingOrder.VirtualDeadline(Of(one, moved), Rules) - WaitingOrder.VirtualDeadline(Of(other, moved), Rules);

                    after.ShouldBe(before);
                }
            );
    }

    private static WaitingPlace Of((int Priority, int Target, int Boost, bool Warned) given, DateTimeOffset at) =>
        new(at, at + Rules.MaxWait, (Priority)given.Priority)
        {
            ClockDueAt = at.AddMinutes(given.Target),
            TierBoost = TimeSpan.FromMinutes(given.Boost),
            HasEarlyWarning = given.Warned,
        };
}
