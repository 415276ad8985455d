using ServiceLoop.Identity.Elsewhere;
using ServiceLoop.Identity.Users;

namespace ServiceLoop.Identity.Tests.Elsewhere;

public sealed class AuthorityPersonTests
{
    private static readonly AuthorityProof Proof = new("https://login.example.org", "0a1b");

    [Theory]
    [InlineData("ann", 1, "ann")]
    [InlineData("ann", 3, "ann-3")]
    [InlineData("EXAMPLE\\ann", 1, "EXAMPLE-ann")]
    [InlineData("  ann b\r\nSet-Cookie: x ", 1, "ann-b--Set-Cookie--x")]
    [InlineData("张伟", 1, "张伟")]
    [InlineData("@", 1, "person")]
    [InlineData("x", 1, "person-x")]
    [InlineData("\ud83d\ude00\ud83d", 1, "---")]
    public void A_name_is_made_to_fit(string theirs, int number, string ours)
    {
        var name = AuthorityPerson.Name(Proof with { Name = theirs }, number);

        if (ours != "---")
            name.ShouldBe(ours);

        Should.NotThrow(() => PersonRules.CheckName(name));
    }

    [Fact]
    public void A_name_of_any_length_is_made_to_fit() =>
        Should.NotThrow(() => PersonRules.CheckName(AuthorityPerson.Name(Proof with { Name = new string('n', 5000) }, 100)));

    [Fact]
    public void Without_a_name_the_address_and_then_the_subject_serve()
    {
        AuthorityPerson.Name(Proof with { Email = "ann@example.org" }, 1).ShouldBe("ann@example.org");
        AuthorityPerson.Name(Proof, 1).ShouldBe("0a1b");
    }

    [Fact]
    public void What_does_not_fit_is_left_out()
    {
        var odd = Proof with
        {
            DisplayName = "  Ann\r\n\0B " + new string('n', 200),
            Email = "not an address",
            Language = "fr-FR",
            TimeZone = "Mars/Olympus",
        };

        var person = AuthorityPerson.New(odd, ["agent"], "ann");

        person.DisplayName!.Length.ShouldBe(100);
        person.DisplayName.ShouldStartWith("AnnB n");
        person.Email.ShouldBeNull();
        person.Language.ShouldBeNull();
        person.TimeZone.ShouldBeNull();
        person.Roles.ShouldBe(["agent"]);
    }

    // Half a character cannot stand in an attribute.
    public static readonly TheoryData<char> Unstorable = ['\0', '\u001b', '\ud800'];

    [Theory]
    [MemberData(nameof(Unstorable))]
    public void An_address_that_cannot_be_stored_keeps_nobody_out(char odd)
    {
        var address = $"ann{odd}@example.org";
        var person = new Person
        {
            Id = Guid.NewGuid(),
            Name = "ann",
            DisplayName = "Ann",
            Email = "ann@example.org",
        };

        AuthorityPerson.New(Proof with { Email = address }, ["agent"], "ann").Email.ShouldBeNull();
        AuthorityPerson.Renewed(person, Proof with { Email = address }, ["agent"]).Email.ShouldBe("ann@example.org");
    }

    [Fact]
    public void What_the_authority_no_longer_tells_stays_as_it_was()
    {
        var person = new Person
        {
            Id = Guid.NewGuid(),
            Name = "ann",
            DisplayName = "Ann",
            Email = "ann@example.org",
            Teams = ["north"],
        };

        var renewed = AuthorityPerson.Renewed(person, Proof, ["agent"]);

        renewed.DisplayName.ShouldBe("Ann");
        renewed.Email.ShouldBe("ann@example.org");
        renewed.Teams.ShouldBe(["north"]);
        renewed.Roles.ShouldBe(["agent"]);
    }
}
