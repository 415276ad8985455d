using System.Net;
using System.Text.RegularExpressions;

namespace ServiceLoop.Workflows.Tests.Access;

/// <summary>Hangfire's own pages: administrators act there, supervisors look, others stay out.</summary>
public sealed partial class DashboardTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Dashboard = "/admin/jobs";
    private const string Command = Dashboard + "/jobs/enqueued/delete";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_administrator_acts_there_with_the_token_of_the_page_only()
    {
        using var client = await Crew.ClientAsync(await server.NodeAsync(Ct), "admin", Ct);
        var token = await OpenAsync(client);

        (await PostAsync(client, token)).ShouldBe(HttpStatusCode.NoContent);
        (await PostAsync(client, null)).ShouldNotBe(HttpStatusCode.NoContent);
    }

    [Theory]
    [InlineData("supervisor")]
    [InlineData("auditor")]
    public async Task Others_who_may_look_may_not_act(string role)
    {
        using var client = await Crew.ClientAsync(await server.NodeAsync(Ct), role, Ct);
        var token = await OpenAsync(client);

        (await PostAsync(client, token)).ShouldBeOneOf(HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("agent")]
    [InlineData("process-owner")]
    [InlineData("integration")]
    public async Task Everybody_else_stays_out(string role)
    {
        using var client = await Crew.ClientAsync(await server.NodeAsync(Ct), role, Ct);

        using var look = await client.GetAsync(Dashboard, Ct);
        look.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await PostAsync(client, null)).ShouldBe(HttpStatusCode.Forbidden);
    }

    private static async Task<(string Cookie, string Name, string Value)?> OpenAsync(HttpClient client)
    {
        using var answer = await client.GetAsync(Dashboard, Ct);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var page = await answer.Content.ReadAsStringAsync(Ct);
        var header = Header().Match(page);
        var value = Token().Match(page);
        header.Success.ShouldBeTrue(page);
        var cookie = answer.Headers.GetValues("Set-Cookie").First(c => c.Contains("Antiforgery", StringComparison.Ordinal)).Split(';')[0];
        return (cookie, header.Groups["name"].Value, value.Groups["value"].Value);
    }

    private static async Task<HttpStatusCode> PostAsync(HttpClient client, (string Cookie, string Name, string Value)? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Command)
        {
            Content = new FormUrlEncodedContent([new("jobs[]", "987654321")]),
        };

        if (token is var (cookie, name, value))
        {
            request.Headers.Add("Cookie", client.DefaultRequestHeaders.GetValues("Cookie").Append(cookie));
            request.Headers.Add(name, value);
        }

        using var answer = await client.SendAsync(request, Ct);
        return answer.StatusCode;
    }

    [GeneratedRegex("""<meta name="csrf-header" content="(?<name>[^"]+)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Header();

    [GeneratedRegex("""<meta name="csrf-token" content="(?<value>[^"]+)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Token();
}
