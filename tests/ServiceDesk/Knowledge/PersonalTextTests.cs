using ServiceLoop.ServiceDesk.Knowledge;

namespace ServiceLoop.ServiceDesk.Tests.Knowledge;

public sealed class PersonalTextTests
{
    [Theory]
    [InlineData("请打我的手机13800138000谢谢", "13800138000")]
    [InlineData("卡号是6222021234567890123吧", "6222021234567890123")]
    [InlineData("身份证11010119900307888X已提供", "11010119900307888")]
    [InlineData("订单号AB-12345还没到", "12345")]
    [InlineData("電話０９１２３４５６７８，请回电", "０９１２３４５６７８")]
    [InlineData("call 138-0013-8000 or +86 138 0013 8000", "8000")]
    [InlineData("call 138.0013.8000 please", "8000")]
    [InlineData("写信到ann.lee@example.org吧", "example.org")]
    [InlineData("see https://example.org/u/ann?token=1 there", "token")]
    public void What_looks_like_a_number_or_an_address_is_taken_out_also_right_beside_chinese(string text, string personal) =>
        PersonalText.Clean(text, []).ShouldNotContain(personal);

    [Theory]
    [InlineData("洗衣机门漏水，清洁密封圈后正常")]
    [InlineData("The washer W7 leaks at the door, error E12")]
    [InlineData("等3天，再试2次")]
    public void What_helps_others_stays(string text) => PersonalText.Clean(text, ["Li"]).ShouldBe(text);

    [Theory]
    [InlineData("a ")]
    [InlineData("1a")]
    [InlineData("(+- ")]
    [InlineData("a@")]
    [InlineData("I am A")]
    public void A_long_text_of_a_hostile_kind_is_cleaned_within_its_time(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, 20_000 / piece.Length));

        Should.NotThrow(() => PersonalText.Clean(text, PersonalText.Names(text).Take(20)));
    }
}
