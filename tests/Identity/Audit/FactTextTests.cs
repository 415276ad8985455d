using ServiceLoop.Identity.Audit;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Identity.Tests.Audit;

public sealed class FactTextTests
{
    [Fact]
    public void Facts_come_back_as_they_were()
    {
        var facts = Facts.Of(("b", "\"quoted\" <b> & 汉字"), ("a", ""), ("C", "line\nline")).SetItem("none", null);

        var json = FactText.Write(facts)!;

        AuditFacts.Read(json).ShouldBe(facts);
        json.ShouldContain("汉字");
        json.ShouldNotContain('\n');
    }

    [Fact]
    public void No_facts_are_nothing()
    {
        FactText.Write(Facts.None).ShouldBeNull();
        AuditFacts.Read(null).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("no json")]
    [InlineData("[1]")]
    [InlineData("{")]
    public void What_is_none_of_ours_is_shown_as_it_is(string text)
    {
        AuditFacts.Read(text)[""].ShouldBe(text);
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a\0b", "a\uFFFDb")]
    [InlineData("𝒳🙂", "𝒳🙂")]
    public void What_the_database_refuses_is_replaced(string text, string clean)
    {
        FactText.Clean(text, 100).ShouldBe(clean);
    }

    [Fact]
    public void Half_a_character_is_replaced()
    {
        FactText.Clean("a\uD83D", 100).ShouldBe("a\uFFFD");
        FactText.Clean("\uDE00b", 100).ShouldBe("\uFFFDb");
    }

    [Fact]
    public void A_long_text_is_cut_between_characters_and_says_so()
    {
        FactText.Clean("ab🙂cd", 3).ShouldBe("ab… (6 characters)");
        FactText.Clean("abc", 3).ShouldBe("abc");
    }

    [Fact]
    public void Too_many_facts_are_counted()
    {
        var facts = Facts.Of([.. Enumerable.Range(0, 250).Select(n => ($"f{n:000}", (string?)"x"))]);

        var read = AuditFacts.Read(FactText.Write(facts));

        read.Count.ShouldBe(201);
        read["…"].ShouldBe("50 more");
    }
}
