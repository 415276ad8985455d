using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using ServiceLoop.Identity.Audit;
using ServiceLoop.Identity.Entrance;
using ServiceLoop.Identity.Users;
using ServiceLoop.Runtime.Access;
using SignInResult = ServiceLoop.Identity.Entrance.SignInResult;

namespace ServiceLoop.Workflows.Tests.Auth.OpenIdConnect;

/// <summary>People come in by way of an authority; against a real one, on a port of this machine.</summary>
public sealed class AuthoritySignInTests : IClassFixture<AuthorityHouse>
{
    private readonly AuthorityHouse house;

    public AuthoritySignInTests(AuthorityHouse house)
    {
        this.house = house;
        house.Authority.Reset();
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_sign_in_page_offers_the_authority_and_asks_it_for_a_code_with_a_proof()
    {
        using var browser = house.Browser();
        house.Seat("ask", "desk");

        var page = await browser.GetStringAsync("/sign-in?returnUrl=%2Fadmin%2Fpeople", Ct);
        await house.AskAsync(browser);

        page.ShouldContain("""href="/sign-in/elsewhere?returnUrl=%2Fadmin%2Fpeople">Sign in with Stadtwerke</a>""");
        var asked = house.Authority.Asked;
        asked["response_type"].ShouldBe("code");
        asked["scope"].ShouldBe("openid profile email");
        asked["code_challenge_method"].ShouldBe("S256");
        asked["code_challenge"].ShouldNotBeNullOrEmpty();
        asked["nonce"].ShouldNotBeNullOrEmpty();
        asked["redirect_uri"].ShouldBe("http://localhost/sign-in/elsewhere/return");
        asked["ui_locales"].ShouldBe("en");
    }

    [Fact]
    public async Task Whom_the_authority_has_proven_becomes_a_person_with_a_session_of_ours()
    {
        using var browser = house.Browser();
        house.Seat("anna", "desk", "of no meaning here");

        using var entered = await house.SignInAsync(browser, "/account?x=1");

        entered.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        entered.Headers.Location!.ToString().ShouldBe("/account?x=1");
        AuthorityHouse.HasSession(entered).ShouldBeTrue();
        entered.Headers.GetValues("Set-Cookie").ShouldContain("serviceloop-language=zh-CN; path=/; samesite=lax; httponly");

        var person = (await house.FindAsync("anna"))!;
        person.Roles.ShouldBe(["agent"]);
        person.DisplayName.ShouldBe("Name of anna");
        person.Email.ShouldBe("anna@example.org");
        person.Language.ShouldBe("zh-CN");
        person.TimeZone.ShouldBe("Asia/Shanghai");
        person.HasPassword.ShouldBeFalse();
        person.MustChangePassword.ShouldBeFalse();
        person.SignsInAt.ShouldBe(house.Authority.Address);

        var sessions = await browser.GetFromJsonAsync<JsonArray>($"/api/people/sessions?person={person.Id}", Ct);
        sessions!.Count.ShouldBe(1);
        (await AuditAsync("session.sign-in", person.Id))
            .ShouldHaveSingleItem()
            .Wanted!.ShouldContain($"OpenID Connect, {house.Authority.Address}");
        (await AuditAsync("person.create", person.Id)).ShouldHaveSingleItem().Wanted!.ShouldContain("\"subject\":\"anna\"");
    }

    [Fact]
    public async Task A_session_from_the_authority_is_ended_like_any_other()
    {
        using var browser = house.Browser();
        house.Seat("ends", "desk");
        using var entered = await house.SignInAsync(browser);
        var person = (await house.FindAsync("ends"))!;
        (await StatusAsync(browser)).ShouldBe(HttpStatusCode.OK);

        using (AsSystem())
            await house.Node.Services.GetRequiredService<Sessions>().EndAllAsync(person.Id, Ct);

        (await StatusAsync(browser)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Roles_are_those_of_the_latest_sign_in_and_count_in_open_sessions_at_once()
    {
        using var early = house.Browser();
        using var late = house.Browser();
        house.Seat("rosa", "urn:example:owners");
        using var first = await house.SignInAsync(early);
        (await house.FindAsync("rosa"))!.Roles.ShouldBe(["agent", "process-owner"]);
        (await StatusAsync(early, "/api/operations/work/")).ShouldBe(HttpStatusCode.OK);

        house.Seat("rosa", "desk");
        using var second = await house.SignInAsync(late);

        AuthorityHouse.HasSession(second).ShouldBeTrue();
        var person = (await house.FindAsync("rosa"))!;
        person.Roles.ShouldBe(["agent"]);
        (await StatusAsync(early, "/api/operations/work/")).ShouldBe(HttpStatusCode.Forbidden);
        var change = (await AuditAsync("person.change", person.Id)).ShouldHaveSingleItem();
        change.Before!.ShouldContain("agent process-owner");
        change.Actor.ShouldBe("system");
    }

    [Theory]
    [InlineData]
    [InlineData("a role that nobody mapped", "DESK")]
    public async Task Without_a_mapped_role_the_page_says_so_and_nobody_is_made(params string[] roles)
    {
        using var browser = house.Browser();
        house.Seat("norole", roles);

        await ShouldBeRefusedAsync(browser, await house.SignInAsync(browser, "/admin/people"), "none of your roles there lets you in here");

        (await house.FindAsync("norole")).ShouldBeNull();
    }

    [Fact]
    public async Task Who_has_lost_all_roles_does_not_come_in_and_may_nothing_where_they_are_in()
    {
        using var early = house.Browser();
        using var late = house.Browser();
        house.Seat("lost", "desk");
        using var first = await house.SignInAsync(early);
        (await StatusAsync(early)).ShouldBe(HttpStatusCode.OK);

        house.Seat("lost");
        await ShouldBeRefusedAsync(late, await house.SignInAsync(late), "none of your roles");

        (await house.FindAsync("lost"))!.Roles.ShouldBeEmpty();
        (await StatusAsync(early)).ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Somebody_disabled_here_does_not_come_in()
    {
        using var browser = house.Browser();
        house.Seat("shut", "desk");
        (await house.SignInAsync(browser)).Dispose();
        var person = (await house.FindAsync("shut"))!;

        using (AsSystem())
            await house.Node.Services.GetRequiredService<People>().DisableAsync(person.Id, true, Ct);

        using var again = house.Browser();
        await ShouldBeRefusedAsync(again, await house.SignInAsync(again), "your account here is disabled");
        (await StatusAsync(browser)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task An_account_here_with_the_same_name_and_address_stays_somebody_elses()
    {
        const string password = "eleven green lamps hum";
        NewPassword local;

        using (AsSystem())
            local = await house
                .Node.Services.GetRequiredService<People>()
                .CreateAsync("same", new() { Roles = ["admin"], Email = "same@example.org" }, password, Ct);

        using var browser = house.Browser();
        house.Seat("same", "desk");
        using var entered = await house.SignInAsync(browser);

        AuthorityHouse.HasSession(entered).ShouldBeTrue();
        var other = (await house.FindAsync("same-2"))!;
        other.Id.ShouldNotBe(local.Person.Id);
        other.Roles.ShouldBe(["agent"]);
        var kept = (await house.FindAsync("same"))!;
        kept.Version.ShouldBe(local.Person.Version);
        kept.SignsInAt.ShouldBeNull();
        var signIn = house.Node.Services.GetRequiredService<SignIn>();
        (await signIn.WithPasswordAsync("same", password, new Caller(null, null), Ct)).ShouldBeOfType<SignInResult.Done>();
        (await signIn.WithPasswordAsync("same-2", password, new Caller(null, null), Ct)).ShouldBeOfType<SignInResult.Refused>();
    }

    [Fact]
    public async Task A_password_here_would_be_a_way_past_the_authority_and_is_not_given()
    {
        using var browser = house.Browser();
        house.Seat("nopass", "desk");
        (await house.SignInAsync(browser)).Dispose();
        var person = (await house.FindAsync("nopass"))!;

        using var _ = AsSystem();
        var refused = await Should.ThrowAsync<Identity.IdentityRefusedException>(() =>
            house.Node.Services.GetRequiredService<People>().ResetPasswordAsync(person.Id, Ct)
        );

        refused.Code.ShouldBe("person.elsewhere");
    }

    [Fact]
    public async Task Two_first_sign_ins_at_once_make_one_person()
    {
        using var one = house.Browser();
        using var other = house.Browser();
        house.Seat("twin", "desk");
        var ways = new[] { await house.AskAsync(one), await house.AskAsync(other) };

        var answers = await Task.WhenAll(one.GetAsync(ways[0], Ct), other.GetAsync(ways[1], Ct));

        answers.ShouldAllBe(a => AuthorityHouse.HasSession(a));
        (await house.FindAsync("twin")).ShouldNotBeNull();
        (await house.FindAsync("twin-2")).ShouldBeNull();
    }

    [Fact]
    public async Task Roles_may_stand_in_the_answer_about_the_user_too()
    {
        using var browser = house.Browser();
        house.Seat("about");
        house.Authority.About = new() { ["roles"] = new JsonArray("desk") };

        using var entered = await house.SignInAsync(browser);

        AuthorityHouse.HasSession(entered).ShouldBeTrue();
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example")]
    [InlineData("javascript:alert(1)")]
    public async Task Nobody_is_led_to_another_site(string back)
    {
        using var browser = house.Browser();
        house.Seat("local", "desk");

        using var entered = await house.SignInAsync(browser, back);
        using var refusedBrowser = house.Browser();
        house.Seat("nowhere");
        using var refused = await house.SignInAsync(refusedBrowser, back);

        entered.Headers.Location!.ToString().ShouldBe("/");
        refused.Headers.Location!.ToString().ShouldBe("/sign-in?problem=NoRole");
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient browser, string address = "/api/definitions/")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Accept.ParseAdd("application/json");
        using var answer = await browser.SendAsync(request, Ct);
        return answer.StatusCode;
    }

    private static async Task ShouldBeRefusedAsync(HttpClient browser, HttpResponseMessage answer, string sentence)
    {
        using (answer)
        {
            AuthorityHouse.HasSession(answer).ShouldBeFalse();
            answer.StatusCode.ShouldBe(HttpStatusCode.Redirect);
            answer.Headers.Location!.ToString().ShouldStartWith("/sign-in?problem=");
            (await browser.GetStringAsync(answer.Headers.Location, Ct)).ShouldContain(sentence);
        }
    }

    private IDisposable AsSystem() => house.Node.Services.GetRequiredService<Acting>().As(Actor.System);

    private async Task<IReadOnlyList<AuditEntry>> AuditAsync(string action, Guid subject)
    {
        using var _ = AsSystem();
        var page = await house
            .Node.Services.GetRequiredService<AuditLog>()
            .ListAsync(
                new AuditFilter
                {
                    Action = action,
                    Subject = subject.ToString(),
                    End = DeedEnd.Begun,
                },
                null,
                10,
                Ct
            );
        return page.Items;
    }
}
