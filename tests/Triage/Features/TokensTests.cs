using ServiceLoop.Triage.Features;

namespace ServiceLoop.Triage.Tests.Features;

public sealed class TokensTests
{
    [Theory]
    [InlineData("My card's PAYMENT was declined 15 times", "my cards payment was declined 7 times")]
    [InlineData("訂單還沒發貨", "订单还没发货")]
    [InlineData("ｉｎｖｏｉｃｅ", "invoice")]
    public void What_means_the_same_is_the_same(string one, string other)
    {
        Tokens.Of(one).ShouldBe(Tokens.Of(other));
    }

    [Theory]
    [InlineData("payments", "payment")]
    [InlineData("declined", "declin")]
    [InlineData("declines", "declin")]
    [InlineData("waiting", "wait")]
    [InlineData("class", "class")]
    [InlineData("pin", "pin")]
    public void Stems_lose_their_endings(string word, string stem)
    {
        Tokens.StemOf(word).ShouldBe(stem);
    }

    [Fact]
    public void Both_languages_give_tokens_of_their_groups()
    {
        var tokens = Tokens.Of("我的iPhone无法充电 please help");

        tokens.ShouldContain("z无法");
        tokens.ShouldContain("siphon");
        tokens.ShouldContain("cplea");
        tokens.ShouldContain("bhelp iphon");
        tokens.ShouldAllBe(t => Tokens.Groups.Contains(t[0]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\0")]
    [InlineData("\ud83d")]
    [InlineData("😀 !!! ---")]
    public void Odd_texts_have_nothing_to_go_by(string text)
    {
        Tokens.Of(text).ShouldBeEmpty();
    }

    [Fact]
    public void Huge_texts_are_bounded()
    {
        Tokens.Of(new string('很', 1_000_000)).Count.ShouldBeLessThan(20_000);
        Tokens
            .Of(string.Concat(Enumerable.Range(0, 100_000).Select(i => $"w{(char)('a' + i % 26)}x{(char)('a' + i / 26 % 26)} ")))
            .Count.ShouldBeLessThan(20_000);
        Tokens.Of(new string('a', 1_000_000)).Count.ShouldBeLessThan(1_000);
    }
}
