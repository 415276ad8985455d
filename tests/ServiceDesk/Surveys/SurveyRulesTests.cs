using ServiceLoop.ServiceDesk.Surveys;

namespace ServiceLoop.ServiceDesk.Tests.Surveys;

public sealed class SurveyRulesTests
{
    [Theory]
    [InlineData(SurveyMetric.Csat, 2, null, true)]
    [InlineData(SurveyMetric.Csat, 3, "bad", false)]
    [InlineData(SurveyMetric.Ces, 6, null, true)]
    [InlineData(SurveyMetric.Ces, 5, "hard", false)]
    [InlineData(SurveyMetric.Nps, 6, "slow", true)]
    [InlineData(SurveyMetric.Nps, 6, "  ", false)]
    [InlineData(SurveyMetric.Nps, 0, null, false)]
    [InlineData(SurveyMetric.Nps, 7, "slow", false)]
    public void Low_answers_call_for_a_recovery(SurveyMetric metric, int score, string? text, bool isLow) =>
        SurveyRules.IsLow(metric, score, text).ShouldBe(isLow);

    [Theory]
    [InlineData(SurveyMetric.Csat, 0)]
    [InlineData(SurveyMetric.Csat, 6)]
    [InlineData(SurveyMetric.Ces, 8)]
    [InlineData(SurveyMetric.Nps, -1)]
    [InlineData(SurveyMetric.Nps, 11)]
    public void Scores_outside_the_scale_are_refused(SurveyMetric metric, int score)
    {
        var refusal = Should.Throw<DeskRefusedException>(() => SurveyRules.Checked(metric, score, "score"));

        refusal.Fields.Keys.ShouldBe(["score"]);
        refusal.Message.ShouldContain(score.ToString());
    }

    [Fact]
    public void Indicators_are_shares_of_answers()
    {
        SurveyRules.Csat([5, 4, 3, 1]).ShouldBe(0.5);
        SurveyRules.Ces([1, 3, 4, 7]).ShouldBe(0.5);
        SurveyRules.Nps([10, 9, 8, 6]).ShouldBe(25);
        SurveyRules.Nps([]).ShouldBeNull();
    }
}
