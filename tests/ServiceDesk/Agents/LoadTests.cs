using CsCheck;
using ServiceLoop.ServiceDesk.Agents;

namespace ServiceLoop.ServiceDesk.Tests.Agents;

public sealed class LoadTests
{
    /// <summary>Invariant 2: used + reserved ≤ total, unless somebody overrode it, and then by no more than that.</summary>
    [Fact]
    public void Used_and_reserved_units_never_exceed_the_total_unless_overridden()
    {
        var acts = Gen.Select(Gen.Int[0, 5], Gen.Int[1, 100]).Array[0, 60];

        acts.Sample(drawn =>
        {
            var load = new Load(Channels.DefaultTotal, 0, 0);
            var offers = new List<int>();
            var held = new List<(int Units, bool IsOverride)>();

            foreach (var (act, units) in drawn)
            {
                switch (act)
                {
                    case 0 when load.Reserve(units) is { } reserved:
                        load = reserved;
                        offers.Add(units);
                        break;
                    case 1 when offers.Count > 0:
                        load = load.Accept(offers[0]);
                        held.Add((offers[0], false));
                        offers.RemoveAt(0);
                        break;
                    case 2 when offers.Count > 0:
                        load = load.Withdraw(offers[^1]);
                        offers.RemoveAt(offers.Count - 1);
                        break;
                    case 3 when load.Take(units) is { } taken:
                        load = taken;
                        held.Add((units, false));
                        break;
                    case 4:
                        load = load.Take(units, isOverride: true)!.Value;
                        held.Add((units, true));
                        break;
                    case 5 when held.Count > 0:
                        load = load.Release(held[0].Units);
                        held.RemoveAt(0);
                        break;
                }

                load.Used.ShouldBe(held.Sum(h => h.Units));
                load.Reserved.ShouldBe(offers.Sum());

                if (!held.Exists(h => h.IsOverride))
                    (load.Used + load.Reserved).ShouldBeLessThanOrEqualTo(load.Total);
            }
        });
    }

    [Theory]
    [InlineData(59, false)]
    [InlineData(60, true)]
    public void Silence_of_a_minute_disconnects(int seconds, bool expected) =>
        Heartbeats.IsSilent(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddSeconds(seconds)).ShouldBe(expected);

    [Theory]
    [InlineData(119, false)]
    [InlineData(120, true)]
    public void Two_minutes_later_the_work_goes_to_others(int seconds, bool expected) =>
        Heartbeats.IsGone(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddSeconds(seconds)).ShouldBe(expected);

    [Theory]
    [InlineData(true, null, 8, false, true)]
    [InlineData(false, 4, 8, false, true)]
    [InlineData(false, 9, 8, false, false)]
    [InlineData(false, null, 8, false, false)]
    [InlineData(false, 9, null, false, true)]
    [InlineData(false, 9, 8, true, true)]
    public void Work_of_who_has_gone_is_requeued_when_it_cannot_wait(
        bool isSync,
        int? dueInHours,
        int? shiftInHours,
        bool replied,
        bool expected
    )
    {
        var now = DateTimeOffset.UnixEpoch;

        Heartbeats
            .IsRequeued(
                isSync,
                dueInHours is { } due ? now.AddHours(due) : null,
                shiftInHours is { } shift ? now.AddHours(shift) : null,
                replied
            )
            .ShouldBe(expected);
    }

    [Theory]
    [InlineData(-120, -70, null, 0.0)]
    [InlineData(-90, -30, null, 0.5)]
    [InlineData(-60, 0, null, 1.0)]
    [InlineData(-60, -30, -15, 0.75)]
    [InlineData(-70, -65, -90, 1.0)]
    public void Occupancy_is_the_share_of_the_last_hour_with_work_at_hand(int from, int until, int? since, double expected)
    {
        var now = DateTimeOffset.UnixEpoch.AddDays(1);

        Occupancy
            .Of([(now.AddMinutes(from), now.AddMinutes(until))], since is { } s ? now.AddMinutes(s) : null, now)
            .ShouldBe(expected, 1e-9);
    }
}
