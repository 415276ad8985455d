using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using static ServiceLoop.Workflows.Tests.Flows;

namespace ServiceLoop.Workflows.Tests.Access;

/// <summary>Small things that become large, and work that never ends.</summary>
public sealed class BombTests(TestServer server) : IClassFixture<TestServer>
{
    private const int Depth = 10_000;
    private const long Unpacked = 128L * 1024 * 1024;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static string Deep => string.Concat(Enumerable.Repeat("""{"a":""", Depth)) + "1" + new string('}', Depth);

    [Theory]
    [InlineData("/elsa/api/workflow-definitions", """{ "model": $ }""")]
    [InlineData("/elsa/api/workflow-definitions", """{ "model": { "definitionId": "deep", "root": $ } }""")]
    [InlineData("/elsa/api/workflow-definitions/import", "$")]
    [InlineData("/elsa/api/events/deep/trigger", """{ "input": $ }""")]
    [InlineData("/elsa/api/workflow-instances", "$")]
    [InlineData("/elsa/api/tests/activities", "$")]
    [InlineData("/api/people/users", """{ "name": "deep", "person": $ }""")]
    [InlineData("/elsa/api/identity/login", "$")]
    public async Task JSON_of_ten_thousand_levels_is_refused(string address, string body)
    {
        var client = await server.ClientAsync(Ct);

        using var answer = await client.PostJsonAsync(address, body.Replace("$", Deep, StringComparison.Ordinal), Ct);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        await LivesAsync(client);
    }

    [Theory]
    [InlineData("/elsa/api/workflow-definitions/import-files")]
    [InlineData("/elsa/api/bulk-actions/import/workflow-instances")]
    public async Task A_deep_file_is_refused(string address)
    {
        var client = await server.ClientAsync(Ct);

        using var answer = await SendFileAsync(client, address, "deep.json", Encoding.UTF8.GetBytes(Deep));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        await LivesAsync(client);
    }

    [Theory]
    [InlineData("/elsa/api/workflow-definitions/import-files")]
    [InlineData("/elsa/api/bulk-actions/import/workflow-instances")]
    public async Task A_zip_bomb_is_refused_before_it_is_unpacked(string address)
    {
        var client = await server.ClientAsync(Ct);
        var bomb = Bomb();
        bomb.Length.ShouldBeLessThan(4 * 1024 * 1024);
        var before = GC.GetTotalAllocatedBytes();

        using var answer = await SendFileAsync(client, address, "bomb.zip", bomb);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync(Ct)).ShouldContain("bomb.zip");

        // All that was ever asked for, kept or not; other tests run beside this one, so there is some room.
        (GC.GetTotalAllocatedBytes() - before).ShouldBeLessThan(Unpacked);
        await LivesAsync(client);
    }

    [Fact]
    public async Task A_pattern_that_would_take_years_ends_in_time()
    {
        var client = await server.ClientAsync(Ct);
        var activity =
            $$"""{ "id": "S", "type": "Elsa.SetOutput", "outputName": {{Literal("x")}}, "outputValue": {{Of("JavaScript", "/^(a+)+$/.test('" + new string('a', 60) + "!')")}} }""";
        using var saved = await client.SaveAsync(Sequence("years", activity), publish: true, Ct);
        saved.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(Limit);

        using var answer = await client.PostJsonAsync("/elsa/api/workflow-definitions/years/execute", "{}", limit.Token);

        var text = await answer.Content.ReadAsStringAsync(Ct);
        text.ShouldContain("Faulted", customMessage: text);
        await LivesAsync(client);
    }

    [Theory]
    [InlineData("/api/audit?text=")]
    [InlineData("/api/people/users?text=")]
    [InlineData("/elsa/api/workflow-definitions?searchTerm=")]
    public async Task What_is_searched_for_is_text_and_no_pattern(string address)
    {
        var client = await server.ClientAsync(Ct);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(Limit);

        foreach (var text in new[] { "^(a+)+$", "%_%_%_%_%_%_%_%_%_%_%", "'; drop table person; --", new string('%', 4000) })
        {
            using var answer = await client.GetAsync(address + Uri.EscapeDataString(text), limit.Token);
            ((int)answer.StatusCode).ShouldBeLessThan(500, text);
        }
    }

    private static async Task LivesAsync(HttpClient client)
    {
        using var answer = await client.GetAsync("/elsa/api/workflow-definitions", Ct);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static byte[] Bomb()
    {
        using var buffer = new MemoryStream();

        using (var zip = new ZipArchive(buffer, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var entry = zip.CreateEntry("bomb.json", CompressionLevel.Fastest).Open();
            var zeros = new byte[1024 * 1024];

            for (var i = 0; i < 128; i++)
                entry.Write(zeros);
        }

        return buffer.ToArray();
    }

    private static async Task<HttpResponseMessage> SendFileAsync(HttpClient client, string address, string name, byte[] content)
    {
        using var form = new MultipartFormDataContent();
        var file = new ByteArrayContent(content);
        file.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        form.Add(file, "files", name);
        return await client.PostAsync(address, form, Ct);
    }
}
