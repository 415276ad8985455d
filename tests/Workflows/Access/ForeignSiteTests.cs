using System.Net;
using Microsoft.AspNetCore.Http;
using ServiceLoop.Identity.Users;

namespace ServiceLoop.Workflows.Tests.Access;

/// <summary>What another site makes a signed-in browser do, and where it would like to lead it.</summary>
public sealed class ForeignSiteTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Deed = "/elsa/api/events/attack/trigger";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Origin", "http://localhost.evil.example")]
    [InlineData("Origin", "http://localhost:81")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Sec-Fetch-Site", "nonsense")]
    public async Task A_call_with_somebodys_cookie_from_another_site_does_nothing(string header, string value)
    {
        using var client = await Crew.ClientAsync(await server.NodeAsync(Ct), "admin", Ct);

        (await SendAsync(client, HttpMethod.Post, Deed, (header, value))).ShouldBe(HttpStatusCode.Forbidden);
        (await SendAsync(client, HttpMethod.Delete, "/elsa/api/workflow-definitions/x", (header, value))).ShouldBe(
            HttpStatusCode.Forbidden
        );

        // Elsa starts workflows by GET too, which a link or a picture on another site would do.
        (await SendAsync(client, HttpMethod.Get, "/elsa/api/workflow-definitions/x/execute", (header, value))).ShouldBe(
            HttpStatusCode.Forbidden
        );
        (await SendAsync(client, HttpMethod.Get, "/workflows/x", (header, value))).ShouldBe(HttpStatusCode.Forbidden);
        (await SendAsync(client, HttpMethod.Get, "/elsa/api/workflow-definitions", (header, value))).ShouldBe(HttpStatusCode.OK);
        (await SendAsync(client, HttpMethod.Get, "/_blazor?id=x", (header, value), ("Upgrade", "websocket"))).ShouldBe(
            HttpStatusCode.Forbidden
        );
        (await SendAsync(client, HttpMethod.Get, "/elsa/hubs/workflow-instance", (header, value), ("Upgrade", "websocket"))).ShouldBe(
            HttpStatusCode.Forbidden
        );
    }

    [Theory]
    [InlineData("Origin", "http://localhost")]
    [InlineData("Sec-Fetch-Site", "same-origin")]
    [InlineData("Sec-Fetch-Site", "none")]
    public async Task A_call_from_our_own_pages_is_served(string header, string value)
    {
        using var client = await Crew.ClientAsync(await server.NodeAsync(Ct), "admin", Ct);

        (await SendAsync(client, HttpMethod.Post, Deed, (header, value))).ShouldBe(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task No_other_site_may_read_answers()
    {
        using var client = await Crew.ClientAsync(await server.NodeAsync(Ct), "admin", Ct);
        using var request = new HttpRequestMessage(HttpMethod.Options, "/elsa/api/workflow-definitions");
        request.Headers.Add("Origin", "https://evil.example");
        request.Headers.Add("Access-Control-Request-Method", "POST");

        using var answer = await client.SendAsync(request, Ct);

        answer.Headers.ShouldNotContain(h => h.Key.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Signing_out_and_choosing_a_password_want_the_token_of_the_form()
    {
        using var client = await Crew.ClientAsync(await server.NodeAsync(Ct), "agent", Ct);

        foreach (var address in new[] { "/sign-out", "/sign-in/new-password" })
        {
            using var form = new FormUrlEncodedContent([
                new("old", Crew.Password),
                new("new", "a stolen long password"),
                new("again", "a stolen long password"),
            ]);
            using var answer = await client.PostAsync(address, form, Ct);
            answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        }

        using var still = await client.GetAsync("/api/people/me", Ct);
        still.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("\\\\evil.example")]
    [InlineData("/\t/evil.example")]
    [InlineData("/\r\nLocation: https://evil.example")]
    [InlineData("javascript:alert(1)")]
    [InlineData(" https://evil.example")]
    [InlineData("http:evil.example")]
    public async Task Nobody_is_led_to_another_host(string back)
    {
        var node = await server.NodeAsync(Ct);
        using var stranger = Crew.Client(node, null);
        using var known = await Crew.ClientAsync(node, "agent", Ct);
        var value = Uri.EscapeDataString(back);

        using var culture = await stranger.GetAsync($"/culture?culture=en&redirectUri={value}", Ct);
        culture.Headers.Location!.ToString().ShouldBe("/");
        using var signIn = await known.GetAsync($"/sign-in?returnUrl={value}", Ct);
        signIn.Headers.Location!.ToString().ShouldBe("/");
        using var outThere = await stranger.GetAsync($"/sign-in/second-factor?returnUrl={value}", Ct);
        outThere.Headers.Location!.ToString().ShouldBe("/sign-in");
    }

    [Theory]
    [InlineData("/_content/ServiceLoop.Designer/../../../appsettings.json")]
    [InlineData("/_content/ServiceLoop.Designer/..\\..\\..\\appsettings.json")]
    [InlineData("/_content/ServiceLoop.Designer/%2e%2e/%2e%2e/appsettings.json")]
    [InlineData("/_content/ServiceLoop.Designer/%252e%252e/appsettings.json")]
    [InlineData("/_content/../appsettings.json")]
    [InlineData("/../../../../../../etc/passwd")]
    [InlineData("//etc/passwd")]
    [InlineData("/_framework/../appsettings.json")]
    [InlineData("/studio/../../../../../../etc/passwd")]
    [InlineData("/studio/..%2f..%2f..%2fetc%2fpasswd")]
    [InlineData("/studio/..\\..\\appsettings.json")]
    [InlineData("/studio/_content/../../appsettings.json")]
    [InlineData("/studio/_framework/..%5c..%5cappsettings.json")]
    [InlineData("/studio/_framework/\0/../../appsettings.json")]
    [InlineData("/appsettings.json")]
    [InlineData("/ServiceLoop.Workflows.dll")]
    [InlineData("/.git/config")]
    public async Task No_path_leads_out_of_the_files_of_the_pages(string path)
    {
        var node = await server.NodeAsync(Ct);
        await Crew.HireAsync(
            node.Services,
            $"walker{(uint)path.GetHashCode(StringComparison.Ordinal)}",
            new PersonRequest { Roles = ["admin"] },
            Ct
        );
        var session = await Crew.SignInAsync(node.Services, $"walker{(uint)path.GetHashCode(StringComparison.Ordinal)}", Ct);

        // Past the client, which would tidy the path up.
        var context = await node.Server.SendAsync(
            c =>
            {
                c.Request.Method = "GET";
                c.Request.Host = new HostString("localhost");
                c.Request.Path = new PathString(path);
                c.Request.Headers.Cookie = $"serviceloop={session}";
            },
            Ct
        );

        using var reader = new StreamReader(context.Response.Body);
        var text = await reader.ReadToEndAsync(Ct);
        context.Response.StatusCode.ShouldBeOneOf(400, 404, 302, 403);
        text.ShouldNotContain("ConnectionStrings");
        text.ShouldNotContain("root:");

        if (context.Response.StatusCode == 302)
            context.Response.Headers.Location.ToString().ShouldStartWith("/");
    }

    private static async Task<HttpStatusCode> SendAsync(
        HttpClient client,
        HttpMethod method,
        string address,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(method, address);

        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);

        if (method == HttpMethod.Post)
            request.Content = new StringContent("{}", System.Text.Encoding.UTF8, "application/json");

        using var answer = await client.SendAsync(request, Ct);
        return answer.StatusCode;
    }
}
