using System.Collections.Immutable;
using CsCheck;
using ServiceLoop.ServiceDesk.Windows;

namespace ServiceLoop.ServiceDesk.Tests.Windows;

public sealed class SpansTests
{
    private static readonly DateTimeOffset Zero = DateTimeOffset.UnixEpoch;

    private static readonly Gen<ImmutableArray<Span>> Sets = Gen.Select(Gen.Int[0, 40], Gen.Int[-2, 9])
        .Array[0, 8]
        .Select(a => Spans.Of(a.Select(p => new Span(Zero.AddHours(p.Item1), Zero.AddHours(p.Item1 + p.Item2)))));

    [Fact]
    public void Sets_of_spans_behave_like_sets_of_moments() =>
        Gen.Select(Sets, Sets)
            .Sample(
                (left, right) =>
                {
                    var both = Spans.Both(left, right);
                    var without = Spans.Without(left, right);

                    for (var at = Zero; at < Zero.AddHours(52); at = at.AddMinutes(30))
                    {
                        both.Hold(at).ShouldBe(left.Hold(at) && right.Hold(at));
                        without.Hold(at).ShouldBe(left.Hold(at) && !right.Hold(at));
                    }

                    Spans.Of(both).ShouldBe(both);
                    Spans.Of(without).ShouldBe(without);
                },
                iter: 500
            );

    [Fact]
    public void The_first_moment_is_now_inside_and_the_next_opening_outside()
    {
        ImmutableArray<Span> spans = [new(Zero.AddHours(2), Zero.AddHours(4))];

        spans.FirstFrom(Zero).ShouldBe(Zero.AddHours(2));
        spans.FirstFrom(Zero.AddHours(3)).ShouldBe(Zero.AddHours(3));
        spans.FirstFrom(Zero.AddHours(4)).ShouldBeNull();
    }

    [Fact]
    public void Five_business_days_leave_out_the_weekend_and_today()
    {
        var shanghai = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");
        var wednesday = new DateTimeOffset(2026, 3, 4, 10, 0, 0, TimeSpan.FromHours(8)).ToUniversalTime();
        var range = new Span(wednesday, wednesday.AddDays(30));
        var hours = LocalTimes.In(
            shanghai,
            [new(new(9, 0), new(18, 0))],
            d => d.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday,
            range
        );

        BookingHorizon.EndOf(hours, shanghai, wednesday).ShouldBe(new DateTimeOffset(2026, 3, 11, 18, 0, 0, TimeSpan.FromHours(8)));
    }

    [Fact]
    public void A_service_that_never_closes_has_business_days_too()
    {
        var berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        var friday = new DateTimeOffset(2026, 3, 27, 12, 0, 0, TimeSpan.FromHours(1)).ToUniversalTime();

        // Over the night in which an hour is left out.
        BookingHorizon
            .EndOf([new(friday, friday.AddDays(90))], berlin, friday, days: 3)
            .ShouldBe(new DateTimeOffset(2026, 3, 31, 0, 0, 0, TimeSpan.FromHours(2)));
    }
}
