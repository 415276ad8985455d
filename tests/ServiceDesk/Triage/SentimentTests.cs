using ServiceLoop.ServiceDesk.Triage;

namespace ServiceLoop.ServiceDesk.Tests.Triage;

public sealed class SentimentTests
{
    [Theory]
    [InlineData("Where is my order?", 0, false)]
    [InlineData("Thank you, that was really helpful!", 1, false)]
    [InlineData("I love it, great service", 1, false)]
    [InlineData("I am not happy with this", -1, false)]
    [InlineData("The parcel arrived late and damaged", -1, false)]
    [InlineData("It is good, but the delivery was terrible", -1, false)]
    [InlineData("The delivery was not bad", 1, false)]
    [InlineData("This is ridiculous, I am fed up with you", -1, true)]
    [InlineData("WHERE IS MY PARCEL?! STILL NOT HERE, TERRIBLE SERVICE!!!", -1, true)]
    [InlineData("You are thieves", -1, true)]
    [InlineData("我的订单到哪里了？", 0, false)]
    [InlineData("谢谢，客服很专业，问题解决了", 1, false)]
    [InlineData("我对这个处理结果不满意", -1, false)]
    [InlineData("快递太慢了，等了一个星期还没到", -1, false)]
    [InlineData("东西不错，但是客服态度恶劣", -1, true)]
    [InlineData("你们就是骗子，我要投诉", -1, true)]
    [InlineData("氣死我了，沒人管嗎！！", -1, true)]
    public void A_text_sounds_as_a_person_would_say(string text, int sign, bool isAngry)
    {
        var score = Sentiment.Of(text);

        (Math.Abs(score.Score) < 0.15 ? 0 : Math.Sign(score.Score)).ShouldBe(sign, $"{score}");
        score.IsAngry.ShouldBe(isAngry, $"{score}");
    }

    [Fact]
    public void A_stressed_word_counts_more()
    {
        Sentiment.Of("very disappointed").Score.ShouldBeLessThan(Sentiment.Of("disappointed").Score);
        Sentiment.Of("非常失望").Score.ShouldBeLessThan(Sentiment.Of("失望").Score);
    }

    [Fact]
    public void Every_score_lies_between_minus_one_and_one_whatever_the_text()
    {
        CsCheck.Check.Sample(
            CsCheck.Gen.String[CsCheck.Gen.Char, 0, 300],
            text =>
            {
                var score = Sentiment.Of(text);
                return score.Score is >= -1 and <= 1;
            }
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("\0")]
    [InlineData("\ud83d")]
    [InlineData("😀😀😀")]
    [InlineData("'; drop table triage_result; --")]
    public void Odd_texts_sound_like_nothing(string text)
    {
        Sentiment.Of(text).ShouldBe(new SentimentScore(0, false));
    }

    [Fact]
    public void A_huge_text_is_judged_by_its_beginning()
    {
        Sentiment.Of(new string('很', 1_000_000)).Score.ShouldBe(0);
        Sentiment.Of("垃圾" + new string('啊', 1_000_000)).IsAngry.ShouldBeTrue();
    }
}
