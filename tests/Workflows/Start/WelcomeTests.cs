using System.Net;

namespace ServiceLoop.Workflows.Tests.Start;

public sealed class WelcomeTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("en-GB,en;q=0.9", "en", "Definitions", "Failed work")]
    [InlineData("zh-TW,zh;q=0.9,en;q=0.8", "zh-CN", "流程定义", "失败的任务")]
    [InlineData("fr-FR", "en", "Definitions", "Failed work")]
    public async Task The_address_that_was_printed_shows_a_page_in_the_language_of_the_browser(
        string wish,
        string language,
        params string[] texts
    )
    {
        var client = await server.ClientAsync(Ct);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Add("Accept-Language", wish);

        using var response = await client.SendAsync(request, Ct);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var page = WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync(Ct));
        page.ShouldContain($"<html lang=\"{language}\"");

        foreach (var text in texts)
            page.ShouldContain(text);
    }

    [Fact]
    public async Task A_body_that_is_no_json_is_refused_with_its_place()
    {
        var client = await server.ClientAsync(Ct);

        using var response = await client.PostJsonAsync("/elsa/api/workflow-definitions/any/execute", "{bad", Ct);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var problem = await response.Content.ReadAsStringAsync(Ct);
        problem.ShouldContain("\"code\":\"http.bad-request\"");
        problem.ShouldContain("LineNumber: 0");
    }

    [Fact]
    public async Task An_address_that_is_nothing_is_a_problem_and_not_an_empty_page()
    {
        var client = await server.ClientAsync(Ct);

        using var response = await client.GetAsync("/nothing/here".Local(), Ct);

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    [Fact]
    public async Task A_person_at_an_address_that_is_nothing_reads_it_in_the_own_language()
    {
        var client = await server.ClientAsync(Ct);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/nothing/here");
        request.Headers.Add("Accept", "text/html");
        request.Headers.Add("Accept-Language", "zh");

        using var response = await client.SendAsync(request, Ct);

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync(Ct)).ShouldContain("<h1>页面不存在</h1>");
    }

    [Theory]
    [InlineData("/_content/ServiceLoop.Designer/serviceloop.css", "text/css")]
    [InlineData("/_content/ServiceLoop.Designer/serviceloop.js", "text/javascript")]
    [InlineData("/_content/MudBlazor/MudBlazor.min.css", "text/css")]
    [InlineData("/_framework/blazor.web.js", "text/javascript")]
    public async Task The_files_of_the_pages_come_from_this_server(string file, string type)
    {
        var client = await server.ClientAsync(Ct);

        using var response = await client.GetAsync(file.Local(), Ct);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe(type);
        (await response.Content.ReadAsByteArrayAsync(Ct)).Length.ShouldBeGreaterThan(1000);
    }

    [Fact]
    public async Task A_page_may_load_from_this_server_only()
    {
        var client = await server.ClientAsync(Ct);

        using var response = await client.GetAsync("/".Local(), Ct);

        response.Headers.GetValues("Content-Security-Policy").ShouldHaveSingleItem().ShouldStartWith("default-src 'self';");
    }

    [Theory]
    [InlineData("zh-CN", "/admin/definitions?page=2", "/admin/definitions?page=2", "zh-CN")]
    [InlineData("en", "//evil.example/x", "/", "en")]
    [InlineData("en", "https://evil.example/x", "/", "en")]
    [InlineData("en", "/\\evil.example", "/", "en")]
    [InlineData("klingon", "/", "/", null)]
    public async Task The_language_is_switched_and_the_way_back_stays_on_this_server(
        string culture,
        string back,
        string goesTo,
        string? kept
    )
    {
        using var client = await server.ClientWithoutRedirectsAsync(Ct);

        using var response = await client.GetAsync($"/culture?culture={culture}&redirectUri={Uri.EscapeDataString(back)}".Local(), Ct);

        response.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        response.Headers.Location!.OriginalString.ShouldBe(goesTo);
        var cookies = response.Headers.TryGetValues("Set-Cookie", out var set) ? string.Join('\n', set) : "";

        if (kept is null)
            cookies.ShouldBeEmpty();
        else
            cookies.ShouldContain($"serviceloop-language={kept};");
    }
}
