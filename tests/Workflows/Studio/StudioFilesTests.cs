using System.Net;
using System.Text.RegularExpressions;

namespace ServiceLoop.Workflows.Tests.Studio;

public sealed class StudioFilesTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("br", "br")]
    [InlineData("gzip, deflate", "gzip")]
    [InlineData("gzip, br", "br")]
    [InlineData("br;q=0, gzip", "gzip")]
    [InlineData("*", "br")]
    [InlineData("identity", null)]
    [InlineData("", null)]
    public async Task A_file_goes_out_as_the_package_compressed_it(string accepted, string? encoding)
    {
        var response = await GetAsync("_framework/dotnet.js", accepted);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentEncoding.ShouldBe(encoding is null ? [] : [encoding]);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/javascript");
        response.Headers.Vary.ShouldBe(["Accept-Encoding"]);
    }

    [Fact]
    public async Task Every_coding_has_an_entity_tag_of_its_own_and_an_unchanged_file_is_not_sent_again()
    {
        var plain = await GetAsync("_framework/dotnet.js", "identity");
        var packed = await GetAsync("_framework/dotnet.js", "br");

        var again = await GetAsync("_framework/dotnet.js", "br", packed.Headers.ETag!.Tag);

        plain.Headers.ETag!.Tag.ShouldNotBe(packed.Headers.ETag.Tag);
        packed.Headers.CacheControl!.NoCache.ShouldBeTrue();
        again.StatusCode.ShouldBe(HttpStatusCode.NotModified);
    }

    [Fact]
    public async Task What_the_page_and_the_runtime_load_has_the_right_type_and_is_kept_if_its_name_carries_its_hash()
    {
        var boot = await (await GetAsync("_framework/dotnet.js", "identity")).Content.ReadAsStringAsync(Ct);
        var icu = Name(boot, "icudt", "dat");
        var native = Name(boot, "dotnet.native", "wasm");

        foreach (var (file, type) in new[] { (icu, "application/octet-stream"), (native, "application/wasm") })
        {
            var response = await GetAsync($"_framework/{file}", "br");

            response.StatusCode.ShouldBe(HttpStatusCode.OK, file);
            response.Content.Headers.ContentType!.MediaType.ShouldBe(type);
            response.Headers.CacheControl!.ToString().ShouldBe("public, max-age=31536000, immutable");
        }
    }

    [Theory]
    [InlineData("_framework/nothing.js")]
    [InlineData("_content/nothing.css")]
    [InlineData("nothing.css")]
    [InlineData("index.html")]
    [InlineData("package.json")]
    [InlineData("_framework/dotnet.js.br")]
    [InlineData("_content/Elsa.Studio.Workflows.Designer/designer.entry.js.map")]
    [InlineData("_content/../package.json")]
    [InlineData("_content/%2e%2e/package.json")]
    [InlineData("frame/frame.0000000000.css")]
    [InlineData("frame/page.html")]
    public async Task What_is_no_file_for_browsers_is_not_found(string file)
    {
        var response = await GetAsync(file, "br");

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_settings_of_the_package_which_name_a_foreign_host_are_not_served()
    {
        var settings = await (await GetAsync("appsettings.json", "br")).Content.ReadAsStringAsync(Ct);

        settings.ShouldBe("{}");
    }

    private static string Name(string boot, string start, string ending) =>
        Regex.Match(boot, $"{Regex.Escape(start)}\\w*\\.[a-z0-9]{{10}}\\.{ending}", RegexOptions.None, TimeSpan.FromSeconds(1)).Value;

    private async Task<HttpResponseMessage> GetAsync(string file, string accepted, string? known = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/studio/{file}");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", accepted);
        request.Headers.TryAddWithoutValidation("If-None-Match", known ?? "\"something-else\"");
        return await (await server.ClientAsync(Ct)).SendAsync(request, Ct);
    }
}
