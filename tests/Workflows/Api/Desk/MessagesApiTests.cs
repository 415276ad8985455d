using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ServiceLoop.ServiceDesk.Webhooks;
using static ServiceLoop.Workflows.Tests.Flows;

namespace ServiceLoop.Workflows.Tests.Api.Desk;

public sealed class MessagesApiTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_step_sends_an_email_by_a_template_in_the_language_of_the_customer()
    {
        await using var mail = new MailServer();
        await using var mailing = ServerWith(mail);
        var client = await mailing.ClientAsync(Ct);
        await SaveTemplateAsync(client, "promised", "en", "Your call", "Dear {{ name }}, we call at {{ at }}.");
        await SaveTemplateAsync(client, "promised", "zh-Hans", "您的回拨", "<p>{{ name }}，我们将在 {{ at }} 回电。</p>", format: "html");
        await client.PublishAsync(
            Ct,
            Sequence(
                "promise",
                $$"""
                { "id": "Tell", "type": "ServiceLoop.SendMessage", "channel": {{Literal("Email")}}, "recipient": {{Literal(
                    "li@example.com"
                )}},
                  "template": {{Literal("promised")}}, "language": {{Literal("zh-CN")}}, "caseId": {{Literal("C-7")}},
                  "values": {{Of("JavaScript", "({ name: '李 <b>娜</b>', at: '10:30' })")}} }
                """
            )
        );

        using var run = await client.PostJsonAsync("/elsa/api/workflow-definitions/promise/execute", "{}", Ct);
        var letter = MimeKit.MimeMessage.Load(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(await mail.NextAsync(Ct))), Ct);

        letter.Subject.ShouldBe("您的回拨");
        letter.To.ToString().ShouldBe("li@example.com");
        letter.HtmlBody!.Trim().ShouldBe("<p>李 &lt;b&gt;娜&lt;/b&gt;，我们将在 10:30 回电。</p>");
        letter.Headers["X-ServiceLoop-Case"].ShouldBe("C-7");
        var message = await UntilAsync(client, "C-7", "sent");
        message.GetProperty("instanceId").GetString().ShouldBe(run.InstanceId());
        message.GetProperty("templateVersion").GetInt32().ShouldBe(1);
        letter.MessageId!.ShouldStartWith(message.GetProperty("id").GetString()!.Replace(':', '.'));
        mail.Letters.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_step_whose_template_or_values_are_missing_fails_with_a_reason_and_sends_nothing()
    {
        var client = await server.ClientAsync(Ct);
        await SaveTemplateAsync(client, "needs-a-name", "en", null, "Dear {{ name }}", channel: "outbox");
        await client.PublishAsync(Ct, Sequence("unknown-template", Step("nosuch")), Sequence("missing-value", Step("needs-a-name")));

        foreach (var (flow, part) in new[] { ("unknown-template", "nosuch"), ("missing-value", "name") })
        {
            using var run = await client.PostJsonAsync($"/elsa/api/workflow-definitions/{flow}/execute", "{}", Ct);
            var instance = await client.UntilAsync(run.InstanceId(), "Faulted", Ct);
            instance.ToString().ShouldContain(part);
        }

        (await client.JsonAsync("/api/messages?caseId=C-none", Ct)).GetProperty("count").GetInt32().ShouldBe(0);

        static string Step(string template) =>
            $$"""{ "id": "Tell", "type": "ServiceLoop.SendMessage", "channel": {{Literal("Outbox")}}, "recipient": {{Literal("li")}}, "template": {{Literal(template)}}, "caseId": {{Literal("C-none")}} }""";
    }

    [Fact]
    public async Task A_message_that_the_mail_server_refuses_says_why_and_is_repeated_by_hand()
    {
        await using var mail = new MailServer { Refusal = "550 No such user here" };
        await using var mailing = ServerWith(mail);
        var client = await mailing.ClientAsync(Ct);
        using var sent = await client.PostJsonAsync(
            "/api/messages",
            """{ "channel": "email", "recipient": "gone@example.com", "subject": "Hello\r\nBcc: all@example.com", "body": "Hi", "caseId": "C-8" }""",
            Ct
        );
        sent.StatusCode.ShouldBe(HttpStatusCode.Accepted, await sent.Content.ReadAsStringAsync(Ct));
        var failed = await UntilAsync(client, "C-8", "failed");
        failed.GetProperty("error").GetString()!.ShouldContain("550 No such user here");

        mail.Refusal = null;
        using var repeated = await client.PostJsonAsync($"/api/messages/{failed.GetProperty("id").GetString()}/repeat", "{}", Ct);
        repeated.StatusCode.ShouldBe(HttpStatusCode.OK, await repeated.Content.ReadAsStringAsync(Ct));
        var letter = await mail.NextAsync(Ct);

        await UntilAsync(client, "C-8", "sent");
        letter.ShouldContain("Subject: Hello Bcc: all@example.com");
        letter.ShouldNotContain("\nBcc:");
        using var again = await client.PostJsonAsync($"/api/messages/{failed.GetProperty("id").GetString()}/repeat", "{}", Ct);
        again.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await again.CodeAsync(Ct)).ShouldBe("message.not-failed");
    }

    [Fact]
    public async Task A_wish_that_comes_twice_is_one_message()
    {
        var client = await server.ClientAsync(Ct);

        for (var time = 0; time < 2; time++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/messages")
            {
                Content = JsonContent.Create(
                    new
                    {
                        channel = "outbox",
                        recipient = "li",
                        body = "Once",
                        caseId = "C-9",
                    }
                ),
            };
            request.Headers.Add("Idempotency-Key", "once");
            using var answer = await client.SendAsync(request, Ct);
            answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        }

        (await client.JsonAsync("/api/messages?caseId=C-9", Ct)).GetProperty("count").GetInt32().ShouldBe(1);
        await UntilAsync(client, "C-9", "sent");
    }

    [Fact]
    public async Task A_message_to_a_webhook_is_signed_tried_again_and_can_be_replayed()
    {
        await using var receiver = new Receiver { Answer = 503 };
        var client = await server.ClientAsync(Ct);
        using var made = await client.PostJsonAsync(
            "/api/webhooks",
            $$"""{ "name": "crm", "url": "{{receiver.Address}}", "events": ["case.*"] }""",
            Ct
        );
        made.StatusCode.ShouldBe(HttpStatusCode.Created, await made.Content.ReadAsStringAsync(Ct));
        var webhook = await made.JsonAsync(Ct);
        var id = webhook.GetProperty("subscription").GetProperty("id").GetString();
        var secret = webhook.GetProperty("secret").GetString()!;
        (await client.GetStringAsync("/api/webhooks", Ct)).ShouldNotContain(secret);

        using var sent = await client.PostJsonAsync(
            "/api/messages",
            """{ "channel": "webhook", "recipient": "CRM", "body": "{{ 1 }} 你好", "caseId": "C-10" }""",
            Ct
        );
        sent.StatusCode.ShouldBe(HttpStatusCode.Accepted, await sent.Content.ReadAsStringAsync(Ct));
        await receiver.UntilAsync(1, Ct);
        receiver.Answer = 200;
        await receiver.UntilAsync(1, Ct);

        var requests = receiver.Requests.ToArray();
        var (body, headers) = requests[1];
        body.ShouldBe(requests[0].Body);
        headers["Idempotency-Key"].ShouldBe(requests[0].Headers["Idempotency-Key"]);
        JsonDocument.Parse(body).RootElement.GetProperty("about").GetProperty("body").GetString().ShouldBe("{{ 1 }} 你好");
        WebhookSignature
            .IsGenuine(secret, headers[WebhookSignature.Header], body, TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(5))
            .ShouldBeTrue();

        var delivery = await UntilDeliveredAsync(client, id!);
        using var replayed = await client.PostJsonAsync(
            $"/api/webhooks/deliveries/{delivery.GetProperty("id").GetString()}/replay",
            "{}",
            Ct
        );
        replayed.StatusCode.ShouldBe(HttpStatusCode.OK, await replayed.Content.ReadAsStringAsync(Ct));
        await receiver.UntilAsync(1, Ct);
        receiver.Requests.Last().Body.ShouldBe(body);
    }

    [Theory]
    [InlineData("/api/messages", """{ "channel": "pigeon", "recipient": "x", "body": "x" }""", "word.unknown", "channel")]
    [InlineData("/api/messages", """{ "channel": "email", "recipient": "nobody", "body": "x" }""", "message.recipient", "recipient")]
    [InlineData(
        "/api/messages",
        """{ "channel": "email", "recipient": "a@b.c\r\nBcc: d@e.f", "body": "x" }""",
        "message.recipient",
        "recipient"
    )]
    [InlineData("/api/messages", """{ "channel": "outbox", "recipient": "x" }""", "text.missing", "body")]
    [InlineData("/api/messages", """{ "channel": "outbox", "recipient": "x", "body": "a\u0000b" }""", "text.unreadable", "body")]
    [InlineData("/api/messages", """{ "channel": "outbox", "recipient": "x", "template": "t", "values": 7 }""", "message.values", "values")]
    [InlineData("/api/message-templates/preview", """{ "body": "{{ for }}" }""", "template.invalid", "body")]
    [InlineData("/api/message-templates/preview", """{ "body": "{{ x }}" }""", "template.failed", "body")]
    [InlineData("/api/webhooks", """{ "name": "x", "url": "file:///etc/passwd", "events": ["*"] }""", "webhook.url", "url")]
    [InlineData(
        "/api/webhooks",
        """{ "name": "x", "url": "https://x.example/", "events": ["'; drop table message --"] }""",
        "webhook.events",
        "events"
    )]
    [InlineData("/api/webhooks", """{ "name": "x", "url": "https://x.example/" }""", "webhook.events", "events")]
    public async Task What_cannot_be_used_is_refused_with_its_field(string path, string json, string code, string field)
    {
        var client = await server.ClientAsync(Ct);

        using var answer = await client.PostJsonAsync(path, json, Ct);
        var problem = await answer.JsonAsync(Ct);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, problem.ToString());
        problem.GetProperty("code").GetString().ShouldBe(code);
        problem.GetProperty("errors").EnumerateObject().Select(e => e.Name).ShouldBe([field]);
    }

    [Fact]
    public async Task A_template_is_never_overwritten_unseen_and_old_versions_stay()
    {
        var client = await server.ClientAsync(Ct);
        await SaveTemplateAsync(client, "kept", "en", null, "one", channel: "outbox");
        await SaveTemplateAsync(client, "kept", "en", null, "two", channel: "outbox", last: 1);

        using var late = await client.PutAsJsonAsync("/api/message-templates/kept/outbox/en", new { body = "three", lastVersion = 1 }, Ct);
        late.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await client.JsonAsync("/api/message-templates/kept/outbox/en", Ct))
            .GetProperty("items")
            .EnumerateArray()
            .Select(t => t.GetProperty("body").GetString())
            .ShouldBe(["two", "one"]);

        using var retired = await client.PostJsonAsync("/api/message-templates/kept/outbox/en/retire", "{}", Ct);
        retired.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var sent = await client.PostJsonAsync(
            "/api/messages",
            """{ "channel": "outbox", "recipient": "x", "template": "kept" }""",
            Ct
        );
        sent.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await sent.CodeAsync(Ct)).ShouldBe("template.unknown");
    }

    // A database of its own: any node takes work, and all of them must know the mail server.
    private static TestServer ServerWith(MailServer mail) =>
        new()
        {
            Settings =
            [
                ("Messages:Email:Host", "127.0.0.1"),
                ("Messages:Email:Port", $"{mail.Port}"),
                ("Messages:Email:Security", "None"),
                ("Messages:Email:From", "desk@example.com"),
            ],
        };

    private static async Task SaveTemplateAsync(
        HttpClient client,
        string name,
        string language,
        string? subject,
        string body,
        string format = "text",
        string channel = "email",
        int last = 0
    )
    {
        using var saved = await client.PutAsJsonAsync(
            $"/api/message-templates/{name}/{channel}/{language}",
            new
            {
                format,
                subject,
                body,
                lastVersion = last,
            },
            Ct
        );
        saved.StatusCode.ShouldBe(HttpStatusCode.OK, await saved.Content.ReadAsStringAsync(Ct));
    }

    private static Task<JsonElement> UntilAsync(HttpClient client, string caseId, string status) =>
        AskAsync(client, $"/api/messages?caseId={caseId}", status);

    private static Task<JsonElement> UntilDeliveredAsync(HttpClient client, string webhookId) =>
        AskAsync(client, $"/api/webhooks/{webhookId}/deliveries", "delivered");

    private static async Task<JsonElement> AskAsync(HttpClient client, string path, string status)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(TimeSpan.FromSeconds(180));

        while (true)
        {
            var items = (await client.JsonAsync(path, patience.Token)).GetProperty("items").EnumerateArray().ToList();

            if (items is [var only] && only.GetProperty("status").GetString() == status)
                return only;

            await Task.Delay(50, patience.Token);
        }
    }
}
