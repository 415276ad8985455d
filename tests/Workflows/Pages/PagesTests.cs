using System.Net;

namespace ServiceLoop.Workflows.Tests.Pages;

public sealed class PagesTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/", "Overview", "总览")]
    [InlineData("/admin/definitions", "Definitions", "流程定义")]
    [InlineData("/admin/definitions?q=x&state=draft&page=2", "Definitions", "流程定义")]
    [InlineData("/admin/definitions/any-definition", "any-definition", "any-definition")]
    [InlineData("/admin/instances", "Instances", "流程实例")]
    [InlineData("/admin/instances?status=Faulted&incidents=true&from=2026-11-27T09:00&page=3", "Instances", "流程实例")]
    [InlineData("/admin/instances?status=nonsense&from=nonsense&order=nonsense", "Instances", "流程实例")]
    [InlineData("/admin/instances/any-instance", "Instance", "流程实例")]
    [InlineData("/admin/work", "Failed work", "失败的任务")]
    [InlineData("/admin/work?alive=true&after=7", "Failed work", "失败的任务")]
    [InlineData("/not-found", "There is no such page", "页面不存在")]
    public async Task Every_page_comes_in_both_languages(string page, string english, string chinese)
    {
        var client = await server.ClientAsync(Ct);

        (await HeadingAsync(client, page, "en")).ShouldBe(english);
        (await HeadingAsync(client, page, "zh-CN")).ShouldBe(chinese);
    }

    [Fact]
    public async Task The_cookie_counts_more_than_the_browser()
    {
        var client = await server.ClientAsync(Ct);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Add("Accept-Language", "en");
        request.Headers.Add("Cookie", "serviceloop-language=zh-CN");

        using var response = await client.SendAsync(request, Ct);

        (await response.Content.ReadAsStringAsync(Ct)).ShouldContain("<html lang=\"zh-CN\"");
    }

    [Fact]
    public async Task The_first_picture_is_dark_where_the_person_wants_it_so()
    {
        var client = await server.ClientAsync(Ct);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Add("Cookie", "serviceloop-appearance=dark; serviceloop-zone=Asia/Shanghai");

        using var response = await client.SendAsync(request, Ct);

        (await response.Content.ReadAsStringAsync(Ct)).ShouldContain("data-appearance=\"dark\"");
    }

    [Fact]
    public async Task A_page_comes_though_the_cookies_are_nonsense()
    {
        var client = await server.ClientAsync(Ct);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/admin/instances");
        request.Headers.Add("Cookie", "serviceloop-language=klingon; serviceloop-appearance=pink; serviceloop-zone=No/Where");
        request.Headers.Add("Accept-Language", "*;q=0.5, tlh, en-");

        using var response = await client.SendAsync(request, Ct);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Doors_for_programs_stay_in_the_invariant_culture()
    {
        var client = await server.ClientAsync(Ct);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/elsa/api/workflow-definitions/by-id/nosuch");
        request.Headers.Add("Accept-Language", "zh");

        using var response = await client.SendAsync(request, Ct);

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        response.Content.Headers.ContentLanguage.ShouldBeEmpty();
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    private static async Task<string> HeadingAsync(HttpClient client, string page, string language)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, page);
        request.Headers.Add("Accept-Language", language);

        using var response = await client.SendAsync(request, Ct);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var text = WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync(Ct));
        var start = text.IndexOf("<h1", StringComparison.Ordinal);
        start.ShouldBeGreaterThan(0);
        start = text.IndexOf('>', start) + 1;
        return text[start..text.IndexOf("</h1>", start, StringComparison.Ordinal)];
    }
}
