using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using ServiceLoop.Identity.Users;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Workflows.Tests.Auth.OpenIdConnect;

/// <summary>An authority, and a server whose people sign in there.</summary>
public sealed class AuthorityHouse : IAsyncLifetime
{
    private readonly TestServer server = new();
    private readonly HttpClient outside = new(new HttpClientHandler { AllowAutoRedirect = false });
    private WebApplicationFactory<Program>? node;

    internal Authority Authority { get; } = new();

    public WebApplicationFactory<Program> Node => node!;

    public async ValueTask InitializeAsync()
    {
        await Authority.StartAsync(CancellationToken.None);
        node = await OpenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        outside.Dispose();
        await server.DisposeAsync();
        await Authority.DisposeAsync();
    }

    /// <summary>A node whose people sign in at the authority.</summary>
    public Task<WebApplicationFactory<Program>> OpenAsync(params (string Key, string Value)[] more) =>
        server.AnotherNodeAsync(
            CancellationToken.None,
            [
                ("People:OpenIdConnect:Authority", Authority.Address),
                ("People:OpenIdConnect:ClientId", Authority.ClientId),
                ("People:OpenIdConnect:ClientSecret", Authority.ClientSecret),
                ("People:OpenIdConnect:Name", "Stadtwerke"),
                ("People:OpenIdConnect:RoleMap:desk", "agent"),
                ("People:OpenIdConnect:RoleMap:urn:example:owners", "process-owner, agent"),
                .. more,
            ]
        );

    /// <summary>A browser that nobody has signed in with.</summary>
    public static HttpClient Browser(WebApplicationFactory<Program> node)
    {
        var client = node.CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false });
        client.DefaultRequestHeaders.Authorization = null;
        client.DefaultRequestHeaders.Add("Accept", "text/html");
        client.DefaultRequestHeaders.Add("Accept-Language", "en");
        return client;
    }

    public HttpClient Browser() => Browser(Node);

    /// <summary>Who sits before the authority.</summary>
    public void Seat(string subject, params string[] roles) =>
        Authority.Guest = new JsonObject
        {
            ["sub"] = subject,
            ["preferred_username"] = subject,
            ["name"] = $"Name of {subject}",
            ["email"] = $"{subject}@example.org",
            ["locale"] = "zh-Hans-CN",
            ["zoneinfo"] = "Asia/Shanghai",
            ["roles"] = new JsonArray([.. roles.Select(r => (JsonNode)r)]),
        };

    /// <summary>From the sign-in page to the authority; where it would send the browser back to.</summary>
    public async Task<string> AskAsync(HttpClient browser, string back = "/")
    {
        using var start = await browser.GetAsync($"/sign-in/elsewhere?returnUrl={Uri.EscapeDataString(back)}");
        start.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        start.Headers.Location!.ToString().ShouldStartWith(Authority.Address);
        using var there = await outside.GetAsync(start.Headers.Location);
        there.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        there.Headers.Location!.AbsolutePath.ShouldBe("/sign-in/elsewhere/return");
        return there.Headers.Location.PathAndQuery;
    }

    /// <summary>The whole way; the answer with which the browser comes back.</summary>
    public async Task<HttpResponseMessage> SignInAsync(HttpClient browser, string back = "/") =>
        await browser.GetAsync(await AskAsync(browser, back));

    /// <summary>The person of a name; null for none.</summary>
    public async Task<PersonView?> FindAsync(string name)
    {
        using var _ = Node.Services.GetRequiredService<Acting>().As(Actor.System);
        var found = await Node.Services.GetRequiredService<People>().ListAsync(new PeopleFilter(name), CancellationToken.None);
        return found.SingleOrDefault(p => p.Name == name);
    }

    /// <summary>Whether an answer lets somebody in.</summary>
    public static bool HasSession(HttpResponseMessage answer) =>
        answer.Headers.TryGetValues("Set-Cookie", out var cookies)
        && cookies.Any(c =>
            c.StartsWith("serviceloop=", StringComparison.Ordinal) && !c.StartsWith("serviceloop=;", StringComparison.Ordinal)
        );
}
