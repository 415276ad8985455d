using System.Text;
using ServiceLoop.Runtime.Secrets;

namespace ServiceLoop.Runtime.Tests.Secrets;

public sealed class SecretMaskTests
{
    private static readonly SecretMask Mask = SecretMask.Of([
        "pass word&1",
        12345L,
        7L,
        "no",
        new Dictionary<string, object?>
        {
            ["pin"] = "98765",
            ["list"] = new List<object?> { "in a list" },
        },
    ]);

    [Theory]
    [InlineData("it is pass word&1.", "it is ••••••.")]
    [InlineData("https://h/?k=pass%20word%261", "https://h/?k=••••••")]
    [InlineData("cGFzcyB3b3JkJjE=", "••••••")]
    [InlineData("{\"k\":\"pass word\\u00261\"}", "{\"k\":\"••••••\"}")]
    [InlineData("number 12345!", "number ••••••!")]
    [InlineData("98765 and in a list", "•••••• and ••••••")]
    [InlineData("7", "••••••")]
    [InlineData("no", "••••••")]
    [InlineData("7 is short, no doubt", "7 is short, no doubt")]
    [InlineData("nothing", "nothing")]
    [InlineData("", "")]
    public void A_text_is_shown_without_secrets_in_whatever_spelling(string text, string shown) => Mask.Text(text).ShouldBe(shown);

    [Fact]
    public void Values_are_masked_within_lists_and_objects_and_numbers_too()
    {
        var value = new Dictionary<string, object?>
        {
            ["a"] = new List<object?> { "pass word&1", 12345L, 12346L, true, null },
        };

        var shown = Mask.Value(value).ShouldBeOfType<Dictionary<string, object?>>();

        shown["a"].ShouldBe(new List<object?> { SecretMask.Dots, SecretMask.Dots, 12346L, true, null });
    }

    [Fact]
    public void Json_is_masked_in_texts_names_and_numbers()
    {
        var shown = Encoding.UTF8.GetString(Mask.Json("""{"98765":[12345,"x 98765 y",7,false]}"""u8.ToArray()));

        shown.ShouldBe("""{"••••••":["••••••","x •••••• y",7,false]}""");
    }

    [Fact]
    public void Nothing_secret_masks_nothing()
    {
        SecretMask.Of([]).IsNone.ShouldBeTrue();
        SecretMask.None.Text("text").ShouldBe("text");
        SecretMask.None.Past("text").ShouldBe("text");
    }
}
