namespace ServiceLoop.ServiceDesk.Tests;

public sealed class TextRulesTests
{
    [Theory]
    [InlineData("'; drop table task; --")]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("{{ 1 + 1 }} ${process.exit()}")]
    [InlineData("你好 👋🏽")]
    public void What_looks_like_code_stays_a_text(string text) => TextRules.Required($"  {text}\n", "note", 100).ShouldBe(text);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" \t\n")]
    public void A_text_that_must_be_there_is_asked_for(string? text)
    {
        TextRules.Optional(text, "note", 10).ShouldBeNull();
        Refusal(() => TextRules.Required(text, "note", 10)).Fields.Keys.ShouldBe(["note"]);
    }

    [Fact]
    public void A_text_that_is_too_long_is_refused_with_both_numbers()
    {
        var refusal = Refusal(() => TextRules.Optional(new string('x', 11), "note", 10));

        refusal.Code.ShouldBe("text.too-long");
        refusal.Message.ShouldContain("11");
        refusal.Message.ShouldContain("10");
    }

    [Theory]
    [InlineData(0x0000, 0)]
    [InlineData(0xD83D, 2)]
    [InlineData(0xDC4B, 1)]
    public void What_no_table_can_keep_is_refused_with_its_place(int unit, int place) =>
        Refusal(() => TextRules.Optional("ab".Insert(place, $"{(char)unit}"), "note", 10)).Message.ShouldContain($"place {place}");

    private static DeskRefusedException Refusal(Action act) => act.ShouldThrow<DeskRefusedException>();
}
