using ServiceLoop.ServiceDesk.Routing;

namespace ServiceLoop.ServiceDesk.Tests.Routing;

/// <summary>A week of a queue that gets more than it can do by day, and catches up at night: the order decides who waits, and nobody for ever.</summary>
public sealed class StarvationTests
{
    private static readonly DateTimeOffset Monday = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);
    private static readonly WaitingRules Rules = WaitingRules.Default;
    private static readonly TimeSpan LeastTarget = TimeSpan.FromMinutes(30);

    private sealed record Waiting(int Id, DateTimeOffset OpenedAt, DateTimeOffset VirtualDeadline, Priority Priority);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void In_a_simulated_week_nothing_that_came_after_the_bound_is_served_first_and_all_are_served(int seed)
    {
        var dice = new Random(seed);
        var waiting = new SortedSet<Waiting>(
            Comparer<Waiting>.Create((a, b) => (a.VirtualDeadline, a.OpenedAt, a.Id).CompareTo((b.VirtualDeadline, b.OpenedAt, b.Id)))
        );
        var arrived = 0;
        var served = 0;
        var longest = TimeSpan.Zero;
        var longestByPriority = new Dictionary<Priority, TimeSpan>();

        for (var minute = 0; minute < 9 * 24 * 60; minute++)
        {
            var now = Monday.AddMinutes(minute);

            // Five days with 1.4 a minute by day and next to nothing at night; then the rest is worked off.
            var rate =
                minute >= 7 * 24 * 60 ? 0
                : now.Hour is >= 8 and < 20 ? 1.4
                : 0.1;

            for (var more = rate; more > 0; more--)
                if (dice.NextDouble() < more)
                    waiting.Add(Open(++arrived, now, dice));

            // One a minute can be done.
            if (waiting.Min is not { } next)
                continue;

            waiting.Remove(next);
            served++;
            var wait = now - next.OpenedAt;
            longest = wait > longest ? wait : longest;
            var before = longestByPriority.GetValueOrDefault(next.Priority);
            longestByPriority[next.Priority] = wait > before ? wait : before;

            foreach (var passedOver in waiting)
                WaitingOrder
                    .NotOvertakenFrom(passedOver.VirtualDeadline, LeastTarget, Rules)
                    .ShouldBeGreaterThanOrEqualTo(next.OpenedAt, $"{passedOver} was passed over by {next}");
        }

        waiting.ShouldBeEmpty();
        served.ShouldBe(arrived);
        arrived.ShouldBeGreaterThan(6000);

        // What is passed over waits at most until its bound, and then for those that were there before it.
        longest.ShouldBeLessThan(TimeSpan.FromHours(36));
        longestByPriority[Priority.P1].ShouldBeLessThan(longestByPriority[Priority.P4]);
    }

    private static Waiting Open(int id, DateTimeOffset now, Random dice)
    {
        var priority = (Priority)(1 + Math.Min(3, (int)(dice.NextDouble() * dice.NextDouble() * 8)));
        var target = LeastTarget + TimeSpan.FromMinutes(dice.Next(0, 900));
        var place = new WaitingPlace(now, now + Rules.MaxWait, priority)
        {
            ClockDueAt = dice.Next(3) == 0 ? null : now + target,
            TierBoost = TimeSpan.FromMinutes(dice.Next(0, 60)),
            HasEarlyWarning = dice.Next(10) == 0,
        };
        return new(id, now, WaitingOrder.VirtualDeadline(place, Rules), priority);
    }
}
