using ServiceLoop.ServiceDesk.Interactions;

namespace ServiceLoop.ServiceDesk.Tests.Interactions;

public sealed class MoodTests
{
    [Theory]
    [InlineData("Thank you, that was helpful. It is solved.", "positive")]
    [InlineData("Great, it works fine now, thanks!", "positive")]
    [InlineData("Perfect, thank you", "positive")]
    [InlineData("非常感谢, 问题已经解决了", "positive")]
    [InlineData(
        "Great, that was helpful.\n\nOn Monday we wrote:\n> Choose a new password.\n> Did this help? That is bad and wrong.",
        "positive"
    )]
    // Politeness is no settlement.
    [InlineData("Thanks", "neutral")]
    [InlineData("Thanks, but my card is still not here", "neutral")]
    [InlineData("I have tried that, and it did not help.", "neutral")]
    [InlineData("Is there news?", "neutral")]
    // Who asks on is not served.
    [InlineData("Thank you, that was very helpful. And where is my card?", "neutral")]
    [InlineData("谢谢, 很好, 可是我的卡在哪里？", "neutral")]
    [InlineData("This is unacceptable", "angry")]
    [InlineData("That is wrong and the app is slow", "negative")]
    [InlineData(" ", null)]
    [InlineData(null, null)]
    public void A_text_has_the_mood_of_its_words(string? text, string? mood)
    {
        Mood.Of(text).ShouldBe(mood);
    }
}
