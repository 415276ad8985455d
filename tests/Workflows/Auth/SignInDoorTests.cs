using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using ServiceLoop.Identity.Users;

namespace ServiceLoop.Workflows.Tests.Auth;

/// <summary>The forms of sign-in, as a browser fills them in.</summary>
public sealed partial class SignInDoorTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Password = "four quiet green lamps";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Somebody_signs_in_chooses_a_password_and_signs_out()
    {
        var first = await HireAsync("ann");
        using var browser = await BrowserAsync();

        using var signedIn = await SendAsync(browser, "/sign-in?returnUrl=/admin/work", ("name", "ann"), ("password", first));
        signedIn.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        signedIn.Headers.Location!.ToString().ShouldBe("/sign-in/new-password?returnUrl=%2Fadmin%2Fwork");
        var cookie = signedIn.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("serviceloop=", StringComparison.Ordinal));
        cookie.ShouldContain("httponly");
        cookie.ShouldContain("samesite=lax");
        cookie.ShouldNotContain("expires");

        using var sentBack = await GetPageAsync(browser, "/admin/instances?status=Running&x=1");
        sentBack.Headers.Location!.ToString().ShouldBe("/sign-in/new-password?returnUrl=%2Fadmin%2Finstances%3Fstatus%3DRunning%26x%3D1");

        using var chosen = await SendAsync(
            browser,
            "/sign-in/new-password?returnUrl=/admin/work",
            ("old", first),
            ("new", Password),
            ("again", Password)
        );
        chosen.Headers.Location!.ToString().ShouldBe("/admin/work");

        using var known = await GetPageAsync(browser, "/sign-in?returnUrl=/admin/work");
        known.Headers.Location!.ToString().ShouldBe("/admin/work");

        using var signedOut = await SendAsync(browser, "/sign-out");
        signedOut.Headers.Location!.ToString().ShouldBe("/sign-in");
        using var stranger = await GetPageAsync(browser, "/sign-in");
        stranger.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("javascript:alert(1)")]
    public async Task Nobody_is_led_to_another_host(string back)
    {
        var name = $"bob{(uint)back.GetHashCode(StringComparison.Ordinal)}";
        var first = await HireAsync(name);
        using var browser = await BrowserAsync();

        using var signedIn = await SendAsync(
            browser,
            $"/sign-in?returnUrl={Uri.EscapeDataString(back)}",
            ("name", name),
            ("password", first)
        );

        signedIn.Headers.Location!.ToString().ShouldBe("/sign-in/new-password");
    }

    [Fact]
    public async Task A_wrong_password_and_an_unknown_name_look_alike()
    {
        await HireAsync("carol");
        using var browser = await BrowserAsync();

        using var wrong = await SendAsync(browser, "/sign-in", ("name", "carol"), ("password", "not the one"));
        using var unknown = await SendAsync(browser, "/sign-in", ("name", "carla"), ("password", "not the one"));

        wrong.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        unknown.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        Plain(await wrong.Content.ReadAsStringAsync(Ct)).ShouldBe(Plain(await unknown.Content.ReadAsStringAsync(Ct)));
    }

    [Fact]
    public async Task A_form_that_another_site_sends_is_refused()
    {
        var first = await HireAsync("dora");
        using var browser = await BrowserAsync();
        using var form = new FormUrlEncodedContent([new("name", "dora"), new("password", first)]);

        using var answer = await browser.PostAsync("/sign-in", form, Ct);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        answer.Headers.TryGetValues("Set-Cookie", out var cookies);
        (cookies ?? []).ShouldNotContain(c => c.StartsWith("serviceloop=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_session_that_an_attacker_brought_along_is_not_taken_over()
    {
        var first = await HireAsync("erik");
        using var browser = await BrowserAsync();
        browser.DefaultRequestHeaders.Add("Cookie", "serviceloop=0123456789abcdef0123456789abcdef.fixed");

        using var signedIn = await SendAsync(browser, "/sign-in", ("name", "erik"), ("password", first));

        signedIn
            .Headers.GetValues("Set-Cookie")
            .ShouldContain(c => c.StartsWith("serviceloop=", StringComparison.Ordinal) && !c.Contains("fixed"));
    }

    [Fact]
    public async Task What_was_typed_as_a_name_comes_back_as_text_and_the_password_not_at_all()
    {
        using var browser = await BrowserAsync();

        using var answer = await SendAsync(browser, "/sign-in", ("name", "\"><script>alert(1)</script>"), ("password", "my-typed-secret"));

        var page = await answer.Content.ReadAsStringAsync(Ct);
        page.ShouldNotContain("<script>alert");
        page.ShouldNotContain("my-typed-secret");
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
    }

    [Fact]
    public async Task The_form_speaks_Chinese_to_who_reads_Chinese()
    {
        using var browser = await BrowserAsync();
        browser.DefaultRequestHeaders.Add("Accept-Language", "zh-CN");

        var page = WebUtility.HtmlDecode(await browser.GetStringAsync("/sign-in", Ct));

        page.ShouldContain("用户名");
    }

    [Fact]
    public async Task Pages_speak_the_language_of_the_person_unless_one_was_chosen_in_the_browser()
    {
        var first = await HireAsync("fang", "zh-CN");
        using var fresh = await BrowserAsync();
        using var chosen = await BrowserAsync();
        chosen.DefaultRequestHeaders.Add("Cookie", "serviceloop-language=en");

        using var suggested = await SendAsync(fresh, "/sign-in", ("name", "fang"), ("password", first));
        using var kept = await SendAsync(chosen, "/sign-in", ("name", "fang"), ("password", first));

        Languages(suggested).ShouldBe(["serviceloop-language=zh-CN"]);
        Languages(kept).ShouldBeEmpty();
    }

    private static IEnumerable<string> Languages(HttpResponseMessage answer) =>
        answer
            .Headers.GetValues("Set-Cookie")
            .Where(c => c.StartsWith("serviceloop-language", StringComparison.Ordinal))
            .Select(c => c.Split(';')[0]);

    private async Task<string> HireAsync(string name, string? language = null)
    {
        var services = await server.ServicesAsync(Ct);
        using var _ = services.GetRequiredService<Runtime.Access.Acting>().As(Runtime.Access.Actor.System);
        return (
            await services.GetRequiredService<People>().CreateAsync(name, new() { Roles = ["admin"], Language = language }, null, Ct)
        ).Password;
    }

    private Task<HttpClient> BrowserAsync() => server.StrangerAsync(Ct);

    private static async Task<HttpResponseMessage> GetPageAsync(HttpClient browser, string address)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Add("Accept", "text/html");
        return await browser.SendAsync(request, Ct);
    }

    // Opens the page, fills its form in, and sends it with the hidden fields.
    private static async Task<HttpResponseMessage> SendAsync(HttpClient browser, string address, params (string Name, string Value)[] typed)
    {
        using var shown = await GetPageAsync(browser, address);
        shown.StatusCode.ShouldBe(HttpStatusCode.OK);
        var page = await shown.Content.ReadAsStringAsync(Ct);
        var hidden = Hidden().Matches(page).Select(m => (m.Groups["name"].Value, WebUtility.HtmlDecode(m.Groups["value"].Value)));
        using var form = new FormUrlEncodedContent(hidden.Concat(typed).Select(f => KeyValuePair.Create(f.Item1, f.Item2)));
        return await browser.PostAsync(address.Split('?')[0], form, Ct);
    }

    private static string Plain(string page) => Varying().Replace(page, "");

    [GeneratedRegex("""<input type="hidden" name="(?<name>[^"]+)" value="(?<value>[^"]*)" */?>""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Hidden();

    [GeneratedRegex("""value="[^"]*"|<!--.*?-->""", RegexOptions.ExplicitCapture | RegexOptions.Singleline, 1000)]
    private static partial Regex Varying();
}
