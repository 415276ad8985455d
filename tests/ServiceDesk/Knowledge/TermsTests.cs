using ServiceLoop.ServiceDesk.Knowledge;

namespace ServiceLoop.ServiceDesk.Tests.Knowledge;

public sealed class TermsTests
{
    [Theory]
    [InlineData("退款多久到账", "退款 款多 多久 久到 到账")]
    [InlineData("退", "退")]
    [InlineData("买A1退B", "买 a1 退")]
    [InlineData("Refunds, refunded & refunding", "refund refund refund")]
    [InlineData("The parcels were delayed", "parcel delay")]
    [InlineData("ＲＥＦＵＮＤ　退款", "refund 退款")]
    [InlineData("don't", "dont")]
    [InlineData("您好 请问", "")]
    [InlineData("", "")]
    public void Texts_are_cut_into_what_they_are_found_by(string text, string terms) => string.Join(' ', Terms.Of(text)).ShouldBe(terms);

    [Theory]
    [InlineData("batteries", "battery")]
    [InlineData("stopped", "stop")]
    [InlineData("status", "status")]
    [InlineData("address", "address")]
    [InlineData("payment", "pay")]
    [InlineData("cancellation", "cancell")]
    [InlineData("bed", "bed")]
    [InlineData("sing", "sing")]
    public void Words_are_cut_lightly(string word, string stem) => Terms.Stem(word).ShouldBe(stem);

    [Fact]
    public void A_text_without_end_or_of_broken_characters_is_cut_all_the_same()
    {
        Terms.Of(new string('x', 1_000_000)).ShouldBeEmpty();
        Terms.Of(string.Concat(Enumerable.Repeat("退款", 100_000))).Count.ShouldBeLessThanOrEqualTo(5001);
        Should.NotThrow(() => Terms.Of("a\ud800 b\udc00\0c"));
    }

    [Fact]
    public void A_term_of_the_title_counts_more_and_none_counts_more_than_one()
    {
        var weights = TermWeights.Of(new() { Title = "Refund", Body = "How refund money is paid back by the bank" });

        weights["refund"].ShouldBeGreaterThan(weights["money"]);
        weights.Values.ShouldAllBe(w => w > 0 && w < 1);
    }
}
