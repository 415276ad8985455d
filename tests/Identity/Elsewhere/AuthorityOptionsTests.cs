using ServiceLoop.Identity.Elsewhere;

namespace ServiceLoop.Identity.Tests.Elsewhere;

public sealed class AuthorityOptionsTests
{
    private static readonly AuthorityOptions Right = new()
    {
        Authority = "https://login.example.org/realms/main",
        ClientId = "serviceloop",
        RoleMap = new Dictionary<string, string>(StringComparer.Ordinal) { ["desk"] = "agent", ["lead"] = "supervisor , agent" },
    };

    [Fact]
    public void Roles_there_become_roles_here_in_order_and_once()
    {
        Right.Validated().Map(["lead", "desk", "unknown", "LEAD"]).ShouldBe(["agent", "supervisor"]);
        Right.Map([]).ShouldBeEmpty();
    }

    [Fact]
    public void Without_a_name_the_host_stands_on_the_button()
    {
        Right.Title.ShouldBe("login.example.org");
        (Right with { Name = " Stadtwerke " }).Title.ShouldBe("Stadtwerke");
    }

    [Fact]
    public void The_secret_is_in_no_text_of_the_settings() => (Right with { ClientSecret = "hush" }).ToString().ShouldNotContain("hush");

    public static readonly TheoryData<string> Odd =
    [
        "",
        "login.example.org",
        "http://login.example.org",
        "https://login.example.org?x=1",
        "https://user:pw@login.example.org",
        "ftp://localhost",
    ];

    [Theory]
    [MemberData(nameof(Odd))]
    public void An_authority_is_an_https_address(string address) =>
        Should.Throw<IdentityRefusedException>(() => (Right with { Authority = address }).Validated()).Message.ShouldContain("Authority");

    [Fact]
    public void On_this_machine_an_authority_may_speak_http() =>
        (Right with { Authority = "http://localhost:8080/" }).Validated().Authority.ShouldBe("http://localhost:8080/");

    [Fact]
    public void What_is_missing_is_named()
    {
        Refusal(Right with { ClientId = " " }).ShouldContain("ClientId");
        Refusal(Right with { RoleClaim = "" }).ShouldContain("RoleClaim");
        Refusal(Right with { Scope = "profile" }).ShouldContain("openid");
        Refusal(Right with { Name = new string('x', 61) }).ShouldContain("Name");
        Refusal(Right with { RoleMap = new Dictionary<string, string>(StringComparer.Ordinal) }).ShouldContain("RoleMap");
        Refusal(Right with { RoleMap = new Dictionary<string, string>(StringComparer.Ordinal) { ["desk"] = " , " } })
            .ShouldContain("RoleMap:desk");
    }

    private static string Refusal(AuthorityOptions options) => Should.Throw<IdentityRefusedException>(() => options.Validated()).Message;
}
