using CsCheck;
using ServiceLoop.ServiceDesk.Callbacks;
using ServiceLoop.ServiceDesk.Windows;

namespace ServiceLoop.ServiceDesk.Tests.Callbacks;

public sealed class NextAttemptTests
{
    private static readonly TimeZoneInfo Shanghai = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");
    private static readonly CallbackPolicy Policy = CallbackPolicy.Default;

    [Theory]
    [InlineData(CallOutcome.Busy, "10:00", "10:15")]
    [InlineData(CallOutcome.NoAnswer, "10:00", "12:00")]
    [InlineData(CallOutcome.NoAnswer, "09:05", "12:00")] // 11:05 is the same part of the day
    [InlineData(CallOutcome.NoAnswer, "12:30", "17:00")]
    [InlineData(CallOutcome.Voicemail, "10:00", "14:00")]
    [InlineData(CallOutcome.Voicemail, "12:00", "17:00")] // 16:00 is the same part of the day
    [InlineData(CallOutcome.Dropped, "10:00", "10:00")]
    public void Each_outcome_has_its_pause(CallOutcome outcome, string at, string next)
    {
        var again = After((at, outcome)).ShouldBeOfType<NextAttempt.Again>();

        again.At.ShouldBe(Wednesday(next));
        again.BySameAgent.ShouldBe(outcome == CallOutcome.Dropped);
    }

    [Fact]
    public void Other_days_leave_out_the_time_at_which_nobody_answered()
    {
        // Evening: the next part of a day is Thursday morning, and 09:00 to 11:00 is near neither; 09:30 on Wednesday blocks it until 11:30.
        var again = After(("09:30", CallOutcome.NoAnswer), ("17:30", CallOutcome.NoAnswer)).ShouldBeOfType<NextAttempt.Again>();

        again.At.ShouldBeGreaterThan(Wednesday("11:30").AddDays(1));
        again.At.ShouldBeLessThan(Wednesday("11:31").AddDays(1));
    }

    [Fact]
    public void Two_busy_lines_do_not_count_and_the_third_counts_as_no_answer()
    {
        After(("10:00", CallOutcome.Busy), ("10:15", CallOutcome.Busy)).ShouldBe(new NextAttempt.Again(Wednesday("10:30"), false));
        After(("10:00", CallOutcome.Busy), ("10:15", CallOutcome.Busy), ("10:30", CallOutcome.Busy))
            .ShouldBeOfType<NextAttempt.Again>()
            .At.ShouldBe(Wednesday("12:30"), TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void Reached_wrong_and_refused_end_it()
    {
        After(("10:00", CallOutcome.Reached)).ShouldBeOfType<NextAttempt.Done>();
        After(("10:00", CallOutcome.WrongNumber)).ShouldBeOfType<NextAttempt.FixContact>();
        After(("10:00", CallOutcome.Refused)).ShouldBe(new NextAttempt.Refused(Wednesday("10:00").AddDays(90)));
    }

    [Fact]
    public void Three_attempts_are_enough() =>
        After(("09:30", CallOutcome.NoAnswer), ("12:00", CallOutcome.Voicemail), ("17:00", CallOutcome.NoAnswer))
            .ShouldBe(new NextAttempt.Exhausted("max-attempts"));

    [Fact]
    public void Nothing_is_tried_after_three_days() =>
        NextAttempt
            .After(
                Policy,
                [new(1, Wednesday("18:30"), CallOutcome.NoAnswer)],
                [new(Wednesday("09:00").AddDays(5), Wednesday("20:00").AddDays(5))],
                Shanghai
            )
            .ShouldBe(new NextAttempt.Exhausted("no-time-left"));

    [Fact]
    public void Whatever_happens_attempts_stay_below_the_limit_and_inside_the_allowed_time()
    {
        var zone = AnyOf.These("Asia/Shanghai", "America/New_York", "Europe/Berlin").Select(TimeZoneInfo.FindSystemTimeZoneById);
        var outcomes = AnyOf.These(CallOutcome.Busy, CallOutcome.NoAnswer, CallOutcome.Voicemail, CallOutcome.Dropped).Array[12];
        var start = Gen.Int[0, 365 * 24].Select(h => new DateTimeOffset(2026, 1, 1, 0, 7, 0, TimeSpan.Zero).AddHours(h));
        var policy = Gen.Select(Gen.Int[1, 5], Gen.Int[0, 3], (max, busy) => Policy with { MaxAttempts = max, MaxBusy = busy });

        Gen.Select(zone, outcomes, start, policy)
            .Sample(
                (where, ends, from, rules) =>
                {
                    var range = new Span(from, from.AddDays(6));
                    var allowed = AllowedTime.Of(new() { Zone = where.Id }, LegalWindows.None, [range], where, range).Spans;
                    var attempts = new List<CallAttempt>();
                    DateTimeOffset? next = allowed[0].Start;

                    foreach (var end in ends)
                    {
                        if (next is not { } at)
                            break;

                        allowed.Hold(at).ShouldBeTrue($"{at:O} is outside the allowed time");
                        (at - (attempts.Count > 0 ? attempts[0].At : at)).ShouldBeLessThanOrEqualTo(rules.Within);
                        attempts.Add(new(attempts.Count + 1, at, end));
                        NextAttempt.Counted(rules, attempts).ShouldBeLessThanOrEqualTo(rules.MaxAttempts);
                        next = (NextAttempt.After(rules, attempts, allowed, where) as NextAttempt.Again)?.At;
                    }

                    next.ShouldBeNull("twelve outcomes must exhaust any policy");
                    attempts.Count.ShouldBeLessThanOrEqualTo(rules.MaxAttempts + rules.MaxBusy);
                },
                iter: 300
            );
    }

    private static NextAttempt After(params (string At, CallOutcome Outcome)[] attempts)
    {
        var range = new Span(Wednesday("00:00"), Wednesday("00:00").AddDays(5));
        var allowed = AllowedTime.Of(new() { Zone = "Asia/Shanghai" }, LegalWindows.None, [range], Shanghai, range).Spans;
        return NextAttempt.After(
            Policy,
            [.. attempts.Select((a, i) => new CallAttempt(i + 1, Wednesday(a.At), a.Outcome))],
            allowed,
            Shanghai
        );
    }

    private static DateTimeOffset Wednesday(string time) =>
        new DateTimeOffset(2026, 3, 4, 0, 0, 0, TimeSpan.FromHours(8)).Add(TimeSpan.Parse(time)).ToUniversalTime();
}
