using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;

namespace ServiceLoop.Workflows.Tests.Studio;

public sealed partial class StudioPagesTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/studio/", "Definitions")]
    [InlineData("/studio/workflows/instances", "Instances")]
    public async Task Lists_are_pages(string address, string title)
    {
        var response = await GetAsync(address, "en");

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.ToString().ShouldBe("text/html; charset=utf-8");
        var page = await response.Content.ReadAsStringAsync(Ct);
        page.ShouldContain($"<title>{title} · ServiceLoop</title>");
        page.ShouldContain("<base href=\"/studio/\">");
        page.ShouldNotContain("{{");
    }

    [Fact]
    public async Task Everything_that_a_page_names_is_there_and_on_this_server()
    {
        var page = await (await GetAsync("/studio/", "en")).Content.ReadAsStringAsync(Ct);

        var addresses = Address().Matches(page).Select(m => m.Groups["address"].Value).Where(a => a.Length > 0).ToList();

        addresses.Count.ShouldBeGreaterThan(15);
        addresses.ShouldAllBe(a => !a.Contains("//", StringComparison.Ordinal));

        foreach (var file in addresses.Where(a => Path.HasExtension(a) && !a.Contains('?', StringComparison.Ordinal)))
            (await GetAsync(file.StartsWith('/') ? file : $"/studio/{file}", "en")).StatusCode.ShouldBe(HttpStatusCode.OK, file);
    }

    [Fact]
    public async Task Editor_and_viewer_are_pages_of_what_exists()
    {
        var id = await SaveAsync("studio-pages");
        var client = await server.ClientAsync(Ct);
        var started = await client.PostAsJsonAsync($"/elsa/api/workflow-definitions/{id}/execute", new { }, Ct);
        var instance = started.Headers.GetValues("x-elsa-workflow-instance-id").Single();

        (await GetAsync($"/studio/workflows/definitions/{id}/edit", "en")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await GetAsync($"/studio/workflows/instances/{instance}/view", "en")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("/studio/workflows/definitions/no-such/edit", "en", "There is no such workflow")]
    [InlineData("/studio/workflows/definitions/no-such/edit", "zh-CN", "没有这个流程")]
    [InlineData("/studio/workflows/instances/no-such/view", "en", "There is no such instance")]
    [InlineData("/studio/workflows/instances/no-such/view", "zh-TW,zh;q=0.9,en;q=0.8", "没有这个实例")]
    [InlineData("/studio/no-such-page", "zh-CN", "没有这个页面")]
    public async Task What_does_not_exist_is_said_in_the_language_of_the_browser(string address, string language, string title)
    {
        var response = await GetAsync(address, language);

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var page = WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync(Ct));
        page.ShouldContain($"<h1>{title}</h1>");
        page.ShouldNotContain("blazor.webassembly.js");
    }

    [Fact]
    public async Task An_address_cannot_write_into_the_page()
    {
        var page = await (
            await GetAsync("/studio/workflows/definitions/%3Cscript%3Ealert(1)%3C%2Fscript%3E/edit", "en")
        ).Content.ReadAsStringAsync(Ct);

        page.ShouldNotContain("<script>alert");
        page.ShouldContain("&lt;script&gt;alert");
    }

    [Theory]
    [InlineData("/studio", "/studio/")]
    [InlineData("/studio/workflows/definitions", "/studio/")]
    [InlineData("/studio/alterations/instances/i1", "/admin/instances/i1")]
    [InlineData("/diagnostics/structured-logs?workflowInstanceId=i1", "/admin/instances/i1")]
    [InlineData("/studio/diagnostics/structured-logs", "/admin/instances")]
    public async Task Other_places_that_Studio_leads_to_are_ours(string from, string to)
    {
        var response = await GetAsync(from, "en");

        response.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        response.Headers.Location!.OriginalString.ShouldBe(to);
    }

    [Fact]
    public async Task A_page_allows_scripts_of_this_server_only()
    {
        var policy = (await GetAsync("/studio/", "en")).Headers.GetValues("Content-Security-Policy").Single();

        policy.ShouldContain("default-src 'self'");
        policy.ShouldContain("connect-src 'self'");
        policy.ShouldNotContain("script-src 'self' 'unsafe-inline'");
        policy.ShouldNotContain("'unsafe-eval'");
    }

    [Fact]
    public async Task The_language_switch_comes_back_to_the_page()
    {
        var response = await GetAsync("/studio/workflows/instances?page=2", "zh-CN");

        var page = WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync(Ct));
        page.ShouldContain("<html lang=\"zh-CN\"");
        page.ShouldContain("/culture?culture=en&redirectUri=%2Fstudio%2Fworkflows%2Finstances%3Fpage%3D2");
    }

    private async Task<string> SaveAsync(string definitionId)
    {
        var root = new
        {
            id = "flow",
            type = "Elsa.Flowchart",
            version = 1,
            activities = Array.Empty<object>(),
            connections = Array.Empty<object>(),
        };
        var client = await server.ClientAsync(Ct);
        var body = new
        {
            model = new
            {
                definitionId,
                name = definitionId,
                root,
            },
            publish = true,
        };
        (await client.PostAsJsonAsync("/elsa/api/workflow-definitions", body, Ct)).EnsureSuccessStatusCode();
        return definitionId;
    }

    private async Task<HttpResponseMessage> GetAsync(string address, string language)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.TryAddWithoutValidation("Accept-Language", language);
        return await (await server.PlainClientAsync(Ct)).SendAsync(request, Ct);
    }

    [GeneratedRegex("(?:href|src)=\"(?<address>[^\"]*)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Address();
}
