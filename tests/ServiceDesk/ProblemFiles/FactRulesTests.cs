using ServiceLoop.ServiceDesk.ProblemFiles;

namespace ServiceLoop.ServiceDesk.Tests.ProblemFiles;

public sealed class FactRulesTests
{
    private static readonly DateTimeOffset Said = new(2026, 3, 4, 2, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("我的订单号是 JD20260304118 还没到", "order-number JD20260304118")]
    [InlineData("订单：1234567890", "order-number 1234567890")]
    [InlineData("order number: AB-12345", "order-number AB-12345")]
    [InlineData("about Order #556677 please", "order-number 556677")]
    [InlineData("see #A12345", "order-number A12345")]
    [InlineData("my order is still missing", "")]
    [InlineData("in order to understand", "")]
    [InlineData("写信到 Ann.Li@Example.org。", "email ann.li@example.org")]
    [InlineData("Mail ann@例え.jp", "")]
    [InlineData("电话 １３８ ００１３ ８０００", "phone +8613800138000")]
    [InlineData("call +44 20 7946 0958 today", "phone +442079460958")]
    [InlineData("身份证 110101199003078888", "")]
    [InlineData("扣了 ¥1,299.00 两次", "amount CNY 1299.00")]
    [InlineData("退我 88 块钱", "amount CNY 88.00")]
    [InlineData("I paid $19.9 and 20 euros", "amount USD 19.90; amount EUR 20.00")]
    [InlineData("2026年3月1日下单", "date 2026-03-01")]
    [InlineData("2月30日", "")]
    [InlineData("12月25日买的", "date 2025-12-25")]
    [InlineData("on March 3rd, 2026", "date 2026-03-03")]
    [InlineData("delivered 5 May", "date 2025-05-05")]
    [InlineData("by 2026-03-09 at the latest", "date 2026-03-09")]
    [InlineData("03/04/2026", "")]
    [InlineData("", "")]
    public void Facts_are_read_and_nothing_else(string text, string facts) =>
        string.Join("; ", FactRules.Of(text, Said, "86").Select(f => $"{f.Key} {f.Value}")).ShouldBe(facts);

    [Fact]
    public void What_may_be_wrong_says_so()
    {
        FactRules
            .Of("#A12345", Said, "86")
            .Single()
            .Confidence.ShouldBeLessThan(FactRules.Of("订单号A12345", Said, "86").Single().Confidence);
        FactRules
            .Of("3月1日", Said, "86")
            .Single()
            .Confidence.ShouldBeLessThan(FactRules.Of("2026年3月1日", Said, "86").Single().Confidence);
    }

    [Theory]
    [InlineData('a')]
    [InlineData('1')]
    [InlineData('@')]
    [InlineData('订')]
    [InlineData('-')]
    [InlineData('\ud83d')]
    public void A_text_of_one_letter_is_read_without_end_of_patience(char letter) =>
        Should.NotThrow(() => FactRules.Of(new string(letter, 100_000), Said, "86"));
}
