using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace ServiceLoop.Workflows.Tests.Auth.OpenIdConnect;

/// <summary>What is not from the authority, not for us, not now or not asked for lets nobody in.</summary>
public sealed class AuthorityAttackTests : IClassFixture<AuthorityHouse>
{
    private readonly AuthorityHouse house;

    public AuthorityAttackTests(AuthorityHouse house)
    {
        this.house = house;
        house.Authority.Reset();
        house.Seat("mallory", "desk");
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static long Ago(int minutes) => DateTimeOffset.UtcNow.AddMinutes(-minutes).ToUnixTimeSeconds();

    public static readonly TheoryData<string> Twists =
    [
        "another nonce",
        "no nonce",
        "another audience",
        "another issuer",
        "expired",
        "not yet",
        "no subject",
    ];

    [Theory]
    [MemberData(nameof(Twists))]
    public async Task A_token_with_a_wrong_claim_lets_nobody_in(string twist)
    {
        house.Authority.Twist = claims => Bend(claims, twist);
        using var browser = house.Browser();

        await ShouldFailAsync(browser, await house.SignInAsync(browser));
    }

    [Fact]
    public async Task The_same_token_without_a_twist_lets_in()
    {
        house.Seat("honest", "desk");
        using var browser = house.Browser();

        using var answer = await house.SignInAsync(browser);

        AuthorityHouse.HasSession(answer).ShouldBeTrue();
    }

    public static readonly TheoryData<string> Forgeries = ["another key", "no signature", "the client's secret", "changed claims"];

    [Theory]
    [MemberData(nameof(Forgeries))]
    public async Task A_token_that_the_authority_has_not_signed_lets_nobody_in(string forgery)
    {
        using var foreign = RSA.Create(2048);
        house.Authority.Sign = text => Forge(text, forgery, foreign);
        using var browser = house.Browser();

        await ShouldFailAsync(browser, await house.SignInAsync(browser));
    }

    [Fact]
    public async Task A_state_that_was_changed_or_is_missing_lets_nobody_in()
    {
        using var browser = house.Browser();
        var way = await house.AskAsync(browser);
        var state = way.IndexOf("state=", StringComparison.Ordinal) + "state=".Length;
        var changed = way[..(state + 20)] + (way[state + 20] == 'A' ? 'B' : 'A') + way[(state + 21)..];

        await ShouldFailAsync(browser, await browser.GetAsync(changed, Ct), "took too long");
        await ShouldFailAsync(browser, await browser.GetAsync("/sign-in/elsewhere/return?code=1", Ct), "took too long");
        await ShouldFailAsync(browser, await browser.GetAsync("/sign-in/elsewhere/return", Ct), "took too long");
    }

    [Fact]
    public async Task A_way_back_that_was_begun_in_another_browser_lets_nobody_in()
    {
        using var mallory = house.Browser();
        using var victim = house.Browser();
        var way = await house.AskAsync(mallory);

        // Otherwise a link would sign somebody in as somebody else.
        await ShouldFailAsync(victim, await victim.GetAsync(way, Ct), "took too long");
    }

    [Fact]
    public async Task A_way_back_is_good_once()
    {
        house.Seat("once", "desk");
        using var browser = house.Browser();
        var way = await house.AskAsync(browser);
        using var first = await browser.GetAsync(way, Ct);
        AuthorityHouse.HasSession(first).ShouldBeTrue();

        using var second = await browser.GetAsync(way, Ct);

        AuthorityHouse.HasSession(second).ShouldBeFalse();
        second.Headers.Location!.ToString().ShouldStartWith("/sign-in?problem=");
    }

    [Fact]
    public async Task An_answer_about_another_user_lets_nobody_in()
    {
        house.Authority.About = new() { ["sub"] = "admin", ["roles"] = new JsonArray("urn:example:owners") };
        using var browser = house.Browser();

        await ShouldFailAsync(browser, await house.SignInAsync(browser));
    }

    [Fact]
    public async Task Who_calls_it_off_reads_that_and_nothing_that_an_address_brings()
    {
        house.Authority.Error = "access_denied";
        using var browser = house.Browser();

        await ShouldFailAsync(browser, await house.SignInAsync(browser), "was cancelled");
        house.Authority.Error = "server_error";
        await ShouldFailAsync(browser, await house.SignInAsync(browser));

        var page = await browser.GetStringAsync("/sign-in?problem=" + Uri.EscapeDataString("<b>Call 555</b>"), Ct);
        page.ShouldNotContain("555");
        page.ShouldNotContain("sign-in-problem");
    }

    [Fact]
    public async Task Who_fails_too_often_must_wait()
    {
        // A node of its own: the count is the node's.
        await using var node = await house.OpenAsync();
        house.Authority.Twist = claims => claims["nonce"] = "another";

        for (var i = 0; i < 60; i++)
        {
            using var guesser = AuthorityHouse.Browser(node);
            (await house.SignInAsync(guesser)).Dispose();
        }

        house.Authority.Twist = null;
        using var browser = AuthorityHouse.Browser(node);
        using var refused = await browser.GetAsync("/sign-in/elsewhere", Ct);

        refused.Headers.Location!.ToString().ShouldBe("/sign-in?problem=TooMany");
        (await browser.GetStringAsync(refused.Headers.Location, Ct)).ShouldContain("Wait some minutes");
    }

    private static void Bend(JsonObject claims, string twist)
    {
        switch (twist)
        {
            case "another nonce":
                claims["nonce"] = "638000000000000000.bm90IHlvdXJz";
                break;
            case "no nonce":
                claims.Remove("nonce");
                break;
            case "another audience":
                claims["aud"] = "another-client";
                break;
            case "another issuer":
                claims["iss"] = "https://evil.example";
                break;
            case "expired":
                (claims["iat"], claims["exp"]) = (Ago(20), Ago(10));
                break;
            case "not yet":
                (claims["nbf"], claims["exp"]) = (Ago(-10), Ago(-20));
                break;
            case "no subject":
                claims.Remove("sub");
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(twist), twist, null);
        }
    }

    private static string Forge(string text, string forgery, RSA foreign)
    {
        var claims = (JsonObject)JsonNode.Parse(Base64Url.DecodeFromChars(text.Split('.')[1]))!;

        switch (forgery)
        {
            case "another key":
                return Authority.Signed(text, foreign);
            case "no signature":
                return Authority.Unsigned(new() { ["alg"] = "none" }, claims) + ".";
            case "the client's secret":
                var plain = Authority.Unsigned(new() { ["alg"] = "HS256", ["typ"] = "JWT" }, claims);
                var mac = HMACSHA256.HashData(Encoding.UTF8.GetBytes(Authority.ClientSecret), Encoding.ASCII.GetBytes(plain));
                return $"{plain}.{Base64Url.EncodeToString(mac)}";
            case "changed claims":
                var signature = Authority.Signed(text, foreign).Split('.')[2];
                claims["roles"] = new JsonArray("urn:example:owners");
                return $"{text.Split('.')[0]}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims.ToJsonString()))}.{signature}";
            default:
                throw new ArgumentOutOfRangeException(nameof(forgery), forgery, null);
        }
    }

    private async Task ShouldFailAsync(HttpClient browser, HttpResponseMessage answer, string sentence = "did not work")
    {
        using (answer)
        {
            AuthorityHouse.HasSession(answer).ShouldBeFalse();
            answer.StatusCode.ShouldBe(HttpStatusCode.Redirect);
            (await browser.GetStringAsync(answer.Headers.Location, Ct)).ShouldContain(sentence);
        }

        (await house.FindAsync("mallory")).ShouldBeNull();
    }
}
