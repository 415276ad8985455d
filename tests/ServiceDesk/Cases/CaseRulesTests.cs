using CsCheck;
using ServiceLoop.ServiceDesk.Cases;

namespace ServiceLoop.ServiceDesk.Tests.Cases;

public sealed class CaseRulesTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(CaseImpact.Many, CaseUrgency.Urgent, 1)]
    [InlineData(CaseImpact.Many, CaseUrgency.Normal, 2)]
    [InlineData(CaseImpact.Many, CaseUrgency.Low, 3)]
    [InlineData(CaseImpact.One, CaseUrgency.Urgent, 2)]
    [InlineData(CaseImpact.One, CaseUrgency.Normal, 3)]
    [InlineData(CaseImpact.One, CaseUrgency.Low, 3)]
    [InlineData(CaseImpact.Minor, CaseUrgency.Urgent, 3)]
    [InlineData(CaseImpact.Minor, CaseUrgency.Normal, 4)]
    [InlineData(CaseImpact.Minor, CaseUrgency.Low, 4)]
    public void Priority_is_impact_by_urgency(CaseImpact impact, CaseUrgency urgency, int priority) =>
        CasePriority.Of(impact, urgency).ShouldBe(priority);

    [Theory]
    [InlineData(CaseUrgency.Low, true, 1, CaseUrgency.Normal)]
    [InlineData(CaseUrgency.Low, false, 3, CaseUrgency.Normal)]
    [InlineData(CaseUrgency.Low, true, 3, CaseUrgency.Normal)]
    [InlineData(CaseUrgency.Low, false, 2, CaseUrgency.Low)]
    [InlineData(CaseUrgency.Urgent, true, 9, CaseUrgency.Urgent)]
    public void Anger_and_the_third_contact_raise_the_urgency_by_one(CaseUrgency urgency, bool isAngry, int contact, CaseUrgency raised) =>
        CasePriority.Raised(urgency, isAngry, contact).ShouldBe(raised);

    [Theory]
    [InlineData(CaseStatus.New, CaseStatus.Triaged, true)]
    [InlineData(CaseStatus.New, CaseStatus.Resolved, true)]
    [InlineData(CaseStatus.InSolution, CaseStatus.InDiagnosis, true)]
    [InlineData(CaseStatus.InDiagnosis, CaseStatus.PendingCustomer, true)]
    [InlineData(CaseStatus.PendingCustomer, CaseStatus.InDiagnosis, true)]
    [InlineData(CaseStatus.Triaged, CaseStatus.New, false)]
    [InlineData(CaseStatus.InSolution, CaseStatus.Closed, false)]
    [InlineData(CaseStatus.Resolved, CaseStatus.InSolution, false)]
    [InlineData(CaseStatus.Closed, CaseStatus.InSolution, false)]
    [InlineData(CaseStatus.Cancelled, CaseStatus.Triaged, false)]
    [InlineData(CaseStatus.Merged, CaseStatus.Closed, false)]
    public void Not_every_status_follows_every_other(CaseStatus before, CaseStatus after, bool isAllowed) =>
        CaseTransitions.Allows(before, after).ShouldBe(isAllowed);

    [Fact]
    public void A_settled_case_is_reopened_for_seven_days_and_then_linked()
    {
        Reopening.Of(CaseStatus.Resolved, Noon, Noon.AddDays(7)).ShouldBe(ReopenAnswer.Reopen);
        Reopening.Of(CaseStatus.InFollowUp, Noon, Noon.AddDays(7).AddSeconds(1)).ShouldBe(ReopenAnswer.LinkedCase);
        Reopening.Of(CaseStatus.Closed, Noon, Noon.AddDays(1)).ShouldBe(ReopenAnswer.LinkedCase);
        Reopening.Of(CaseStatus.PendingCustomer, null, Noon).ShouldBe(ReopenAnswer.Correlate);
    }

    [Fact]
    public void Whatever_a_history_says_what_is_over_stays_over() =>
        Gen.Select(Gen.Enum<CaseStatus>(), Gen.Bool)
            .Array[0, 30]
            .Sample(
                (lines) =>
                {
                    var history = lines.Select((l, i) => new CasePosition(l.Item1, Noon.AddHours(i), l.Item2 && l.Item1.IsOpen())).ToList();
                    var standing = CaseStanding.Fresh;

                    foreach (var position in history)
                    {
                        var before = standing;
                        standing = standing.After(position);

                        if (before.Status.IsTerminal())
                            standing.ShouldBe(before);
                    }

                    CaseStanding.Of(history).ShouldBe(standing);
                    (standing.ClosedAt is not null).ShouldBe(standing.Status.IsTerminal());
                },
                iter: 500
            );
}
