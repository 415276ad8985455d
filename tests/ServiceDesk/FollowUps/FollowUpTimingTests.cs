using ServiceLoop.ServiceDesk.FollowUps;

namespace ServiceLoop.ServiceDesk.Tests.FollowUps;

public sealed class FollowUpTimingTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(FollowUpCause.BotSolved, 1)]
    [InlineData(FollowUpCause.Conversation, 2)]
    [InlineData(FollowUpCause.Delivery, 24)]
    [InlineData(FollowUpCause.Advice, 72)]
    public void Each_cause_has_its_pause(FollowUpCause cause, int hours) =>
        FollowUpTiming.PlannedAt(cause, Noon, [new(Noon, Noon.AddDays(7))]).ShouldBe(Noon.AddHours(hours));

    [Fact]
    public void The_moment_is_moved_into_the_allowed_time() =>
        FollowUpTiming.PlannedAt(FollowUpCause.Conversation, Noon, [new(Noon.AddHours(20), Noon.AddHours(30))]).ShouldBe(Noon.AddHours(20));

    [Fact]
    public void It_expires_after_seven_days()
    {
        FollowUpTiming.PlannedAt(FollowUpCause.Advice, Noon, [new(Noon.AddDays(6.9), Noon.AddDays(8))]).ShouldBe(Noon.AddDays(6.9));
        FollowUpTiming.PlannedAt(FollowUpCause.Advice, Noon, [new(Noon.AddDays(7), Noon.AddDays(8))]).ShouldBeNull();
    }

    public static TheoryData<FollowUpFacts, SuppressionReason?> Facts =>
        new()
        {
            { new(), null },
            {
                new() { HasNoConsent = true },
                SuppressionReason.NoConsent
            },
            {
                new() { ContactSince = Noon },
                SuppressionReason.NewContact
            },
            {
                new() { HasOpenComplaint = true },
                SuppressionReason.OpenComplaint
            },
            {
                new() { LastSurveyedAt = Noon.AddDays(-13.9) },
                SuppressionReason.SurveyedRecently
            },
            {
                new() { LastSurveyedAt = Noon.AddDays(-14) },
                null
            },
            {
                new() { AsksOnCase = 1 },
                SuppressionReason.AskedAlready
            },
            {
                new() { HadNoContact = true },
                SuppressionReason.NoContact
            },
            {
                new() { MessageWindowUntil = Noon },
                SuppressionReason.WindowClosed
            },
            {
                new() { MessageWindowUntil = Noon, HasTemplate = true },
                null
            },
            {
                new() { MessageWindowUntil = Noon.AddMinutes(1) },
                null
            },
        };

    [Theory]
    [MemberData(nameof(Facts))]
    public void A_customer_is_spared_for_a_reason(FollowUpFacts facts, SuppressionReason? reason) =>
        Suppression.Of(facts, Noon).ShouldBe(reason);

    [Fact]
    public void No_moment_is_a_reason_too() => Suppression.Of(new(), null).ShouldBe(SuppressionReason.NoAllowedTime);
}
