using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using ServiceLoop.ServiceDesk.Webhooks;

namespace ServiceLoop.Workflows.Tests.Api.Desk;

/// <summary>Contacts from the outside: by key, by form, signed; and what their customers see afterwards.</summary>
public sealed class IntakeApiTests(TestServer server) : IClassFixture<TestServer>
{
    private static int serial;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_contact_becomes_a_case_that_its_customer_follows_by_the_link_and_nobody_else()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(
            Ct,
            Flows.Sequence(
                "intake-flow",
                string.Join(
                    ", ",
                    """{ "id": "receive", "type": "ServiceLoop.ReceiveContact", "canStartWorkflow": true, "channels": { "typeName": "String[]", "expression": { "type": "Object", "value": "[\"app\"]" } } }""",
                    """{ "id": "file", "type": "ServiceLoop.AssembleProblemFile" }""",
                    """{ "id": "stage", "type": "ServiceLoop.UpdateStage", "status": { "typeName": "String", "expression": { "type": "Literal", "value": "in-diagnosis" } }, "reason": { "typeName": "String", "expression": { "type": "Literal", "value": "INTERNAL" } } }""",
                    """{ "id": "wait", "type": "Elsa.Event", "eventName": { "typeName": "String", "expression": { "type": "Literal", "value": "never" } } }"""
                )
            )
        );
        var contact = new
        {
            eventId = NewId(),
            userId = NewId(),
            text = "订单号 AB-12345 退款 ¥88",
        };

        using var sent = await SendAsync(client, "/api/intake/app", contact);
        sent.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var receipt = await JsonAsync(sent);
        var read = await UntilAsync(
            client,
            receipt.GetProperty("receiptUrl").GetString()!,
            r => r.GetProperty("caseId").ValueKind == JsonValueKind.String
        );
        using var again = await SendAsync(client, "/api/intake/app", contact);

        again.StatusCode.ShouldBe(HttpStatusCode.OK);
        var second = await JsonAsync(again);
        second.GetProperty("interactionId").GetString().ShouldBe(receipt.GetProperty("interactionId").GetString());
        second.GetProperty("caseNumber").GetString().ShouldBe(read.GetProperty("caseNumber").GetString());
        var stranger = await server.StrangerAsync(Ct);
        var url = receipt.GetProperty("statusUrl").GetString()!;
        var page = await UntilAsync(stranger, $"{url}?language=zh", p => p.GetProperty("status").GetString() == "in-diagnosis");
        page.GetProperty("text").GetString().ShouldBe("我们正在查找原因");
        page.GetProperty("nextActor").GetString().ShouldBe("bot");
        page.ToString().ShouldNotContain("INTERNAL");
        using var added = await SendAsync(stranger, $"{url}/information", new { text = "It is urgent" });
        added.StatusCode.ShouldBe(HttpStatusCode.OK, await added.Content.ReadAsStringAsync(Ct));
        added.Headers.CacheControl!.NoStore.ShouldBeTrue();
        using var forged = await stranger.GetAsync($"{url[..^2]}xx", Ct);
        forged.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var caseId = read.GetProperty("caseId").GetString();
        var file = await client.GetFromJsonAsync<JsonElement>($"/api/cases/{caseId}/problem-file", Ct);
        file.GetProperty("facts")
            .EnumerateArray()
            .Select(f => f.GetProperty("value").GetString())
            .ShouldBe(["CNY 88.00", "AB-12345"], ignoreOrder: true);
        using var revoked = await SendAsync(client, $"/api/cases/{caseId}/status-links/revoke", new { });
        revoked.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        using var over = await stranger.GetAsync(url, Ct);
        over.StatusCode.ShouldBe(HttpStatusCode.Gone);
    }

    [Fact]
    public async Task A_key_of_the_request_keeps_a_contact_once_and_refuses_another_one()
    {
        var client = await server.ClientAsync(Ct);
        var key = NewId();

        using var first = await SendAsync(client, "/api/intake/web", new { message = "One" }, key);
        using var same = await SendAsync(client, "/api/intake/web", new { message = "One" }, key);
        using var other = await SendAsync(client, "/api/intake/web", new { message = "Two" }, key);

        (await JsonAsync(first)).GetProperty("isNew").GetBoolean().ShouldBeTrue();
        (await JsonAsync(same)).GetProperty("isNew").GetBoolean().ShouldBeFalse();
        other.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await JsonAsync(other)).GetProperty("code").GetString().ShouldBe("interaction.differs");
    }

    [Fact]
    public async Task A_form_carries_files_beside_the_contact()
    {
        var client = await server.ClientAsync(Ct);
        using var form = new MultipartFormDataContent { { new StringContent("""{ "message": "See the log" }"""), "contact" } };
        var file = new ByteArrayContent("line 1"u8.ToArray());
        file.Headers.ContentType = new("text/plain");
        form.Add(file, "files", "log.txt");

        using var sent = await client.PostAsync("/api/intake/web", form, Ct);
        sent.StatusCode.ShouldBe(HttpStatusCode.Accepted, await sent.Content.ReadAsStringAsync(Ct));
        var id = (await JsonAsync(sent)).GetProperty("interactionId").GetString();
        var files = await client.GetFromJsonAsync<JsonElement>($"/api/interactions/{id}/files", Ct);
        using var content = await client.GetAsync($"/api/interactions/files/{files[0].GetProperty("id").GetString()}", Ct);

        files[0].GetProperty("name").GetString().ShouldBe("log.txt");
        (await content.Content.ReadAsStringAsync(Ct)).ShouldBe("line 1");
        content.Content.Headers.ContentDisposition!.DispositionType.ShouldBe("attachment");
        using var empty = new MultipartFormDataContent { { new StringContent("x"), "other" } };
        using var refused = await client.PostAsync("/api/intake/web", empty, Ct);
        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("fax", "{}", HttpStatusCode.NotFound, "intake.channel")]
    [InlineData("web", "{", HttpStatusCode.BadRequest, "json.malformed")]
    [InlineData("web", "[]", HttpStatusCode.BadRequest, "intake.payload")]
    [InlineData("web", """{ "message": "a\ud800b" }""", HttpStatusCode.BadRequest, null)]
    [InlineData("web", """{ "message": { "a": 1 } }""", HttpStatusCode.BadRequest, "json.malformed")]
    [InlineData("email", """{ "from": "a@b.example", "subject": "x\r\nBcc: y", "text": "t" }""", HttpStatusCode.BadRequest, "text.line")]
    [InlineData(
        "web",
        """{ "message": "x", "attachments": [{ "name": "a.png", "mediaType": "image/png", "content": "UEsDBA==" }] }""",
        HttpStatusCode.BadRequest,
        "file.content"
    )]
    public async Task A_hostile_request_is_refused_in_words(string channel, string body, HttpStatusCode status, string? code)
    {
        var client = await server.ClientAsync(Ct);
        using var content = new StringContent(body, Encoding.UTF8, "application/json");

        using var answer = await client.PostAsync($"/api/intake/{channel}", content, Ct);

        answer.StatusCode.ShouldBe(status, await answer.Content.ReadAsStringAsync(Ct));

        if (code is not null)
            (await JsonAsync(answer)).GetProperty("code").GetString().ShouldBe(code);
    }

    [Fact]
    public async Task A_source_without_a_key_signs_what_it_sends()
    {
        var client = await server.ClientAsync(Ct);
        using var made = await SendAsync(client, "/api/intake/sources", new { name = NewId(), channel = "social" });
        made.StatusCode.ShouldBe(HttpStatusCode.Created);
        var source = await JsonAsync(made);
        var (id, secret) = (source.GetProperty("source").GetProperty("id").GetString()!, source.GetProperty("secret").GetString()!);
        var stranger = await server.StrangerAsync(Ct);
        var body = $$"""{ "platform": "weibo", "postId": "{{NewId()}}", "authorId": "a", "text": "求助" }""";
        var signature = WebhookSignature.Of(secret, DateTimeOffset.UtcNow, body);

        using var taken = await SignedAsync(stranger, id, signature, body);
        using var replayed = await SignedAsync(stranger, id, signature, body);
        using var forged = await SignedAsync(stranger, id, WebhookSignature.Of("guess", DateTimeOffset.UtcNow, body), body);
        using var bare = await SendAsync(stranger, "/api/intake/web", new { message = "x" });
        var listed = await client.GetStringAsync("/api/intake/sources", Ct);

        taken.StatusCode.ShouldBe(HttpStatusCode.Accepted, await taken.Content.ReadAsStringAsync(Ct));
        replayed.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        forged.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        bare.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        listed.ShouldNotContain(secret);
        (await SecretAsync(id)).ShouldNotContain(secret);
    }

    [Fact]
    public async Task An_article_goes_through_its_doors_and_its_author_does_not_publish_it()
    {
        var client = await server.ClientAsync(Ct);
        var word = NewId();
        using var made = await SendAsync(
            client,
            "/api/knowledge/articles",
            new
            {
                language = "en",
                title = $"About {word}",
                body = "Text",
            }
        );
        made.StatusCode.ShouldBe(HttpStatusCode.Created);
        var article = await JsonAsync(made);
        var url = $"/api/knowledge/articles/{article.GetProperty("id").GetString()}";

        using var submitted = await SendAsync(client, $"{url}/submit", new { expectedRev = article.GetProperty("rev").GetInt64() });
        var rev = (await JsonAsync(submitted)).GetProperty("rev").GetInt64();
        using var approved = await SendAsync(client, $"{url}/approve", new { expectedRev = rev });

        approved.StatusCode.ShouldBe(HttpStatusCode.Forbidden, await approved.Content.ReadAsStringAsync(Ct));
        (await JsonAsync(approved)).GetProperty("code").GetString().ShouldBe("article.four-eyes");
        var automation = await client.GetFromJsonAsync<JsonElement>("/api/knowledge/automation", Ct);
        automation.GetProperty("all").GetProperty("total").GetInt64().ShouldBeGreaterThanOrEqualTo(0);
        (await client.GetFromJsonAsync<JsonElement>("/api/knowledge/figures", Ct)).GetProperty("published").GetInt64().ShouldBe(0);
        (await client.GetFromJsonAsync<JsonElement>($"/api/knowledge/search?text={word}", Ct)).GetArrayLength().ShouldBe(0);
    }

    private async Task<string> SecretAsync(string id)
    {
        var database = await server.DatabaseAsync(Ct);
        await using var command = database.CreateCommand("select encode(secret, 'escape') from intake_source where id = $1");
        command.Parameters.Add(new() { Value = id });
        return (string)(await command.ExecuteScalarAsync(Ct))!;
    }

    private static Task<HttpResponseMessage> SignedAsync(HttpClient client, string source, string signature, string body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/api/intake/signed/{source}")
        {
            Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json")),
        };
        request.Headers.Add(WebhookSignature.Header, signature);
        return client.SendAsync(request, Ct);
    }

    private static Task<HttpResponseMessage> SendAsync(HttpClient client, string url, object body, string? key = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = JsonContent.Create(body) };

        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);

        return client.SendAsync(request, Ct);
    }

    private static async Task<JsonElement> UntilAsync(HttpClient client, string url, Func<JsonElement, bool> isThere)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(TimeSpan.FromSeconds(180));

        for (; ; )
        {
            var read = await client.GetFromJsonAsync<JsonElement>(url, limit.Token);

            if (isThere(read))
                return read;

            await Task.Delay(200, limit.Token);
        }
    }

    private static Task<JsonElement> JsonAsync(HttpResponseMessage answer) => answer.Content.ReadFromJsonAsync<JsonElement>(Ct);

    private static string NewId() => $"api{Interlocked.Increment(ref serial)}";
}
