using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace ServiceLoop.Workflows.Tests.Api.Desk;

public sealed class ContactsApiTests(TestServer server) : IClassFixture<TestServer>
{
    private static int serial;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_customer_is_made_found_merged_and_parted()
    {
        var mail = NewMail();
        var a = await PostAsync(
            "/api/customers",
            new { customer = new { name = "王" }, identities = new[] { new { kind = "email", value = mail } } }
        );
        var b = await PostAsync("/api/customers", new { customer = new { name = "Wang" } });
        var idOfA = a.GetProperty("id").GetString();

        var merge = await PostAsync($"/api/customers/{idOfA}/merges", new { loserId = b.GetProperty("id").GetString(), reason = "same" });
        var found = await PostAsync(
            "/api/customers/resolve",
            new { identities = new[] { new { kind = "email", value = mail.ToUpperInvariant() } } }
        );
        var undone = await PostAsync($"/api/customers/merges/{merge.GetProperty("id").GetString()}/undo", new { });

        found.GetProperty("customerId").GetString().ShouldBe(idOfA);
        undone.GetProperty("undoneAt").ValueKind.ShouldBe(JsonValueKind.String);
        var history = await GetAsync($"/api/customers/{idOfA}/history");
        history
            .GetProperty("items")
            .EnumerateArray()
            .Select(e => e.GetProperty("action").GetString())
            .ShouldBe(["create", "merged", "parted"]);
    }

    [Fact]
    public async Task A_contact_is_taken_in_once()
    {
        var contact = new
        {
            channel = "web",
            externalId = NewMail(),
            subject = "Help",
        };

        var first = await PostAsync("/api/interactions", contact);
        var second = await PostAsync("/api/interactions", contact);
        using var other = await SendAsync(
            HttpMethod.Post,
            "/api/interactions",
            new
            {
                contact.channel,
                contact.externalId,
                subject = "Else",
            }
        );

        first.GetProperty("isNew").GetBoolean().ShouldBeTrue();
        second.GetProperty("isNew").GetBoolean().ShouldBeFalse();
        other.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await JsonAsync(other)).GetProperty("code").GetString().ShouldBe("interaction.differs");
    }

    [Fact]
    public async Task A_case_is_opened_listed_page_by_page_and_its_status_cannot_be_set()
    {
        var opened = new List<string>();

        for (var i = 0; i < 3; i++)
            opened.Add((
                    await PostAsync(
                        "/api/cases",
                        new
                        {
                            title = $"case {i}",
                            impact = "many",
                            status = "closed",
                        }
                    )
                ).GetProperty("id").GetString()!);

        var first = await GetAsync("/api/cases?take=2");
        var second = await GetAsync($"/api/cases?take=2&after={Uri.EscapeDataString(first.GetProperty("next").GetString()!)}");
        var one = await GetAsync($"/api/cases/{opened[0]}");
        using var changed = await SendAsync(
            HttpMethod.Put,
            $"/api/cases/{opened[0]}",
            new { @case = new { title = "x", status = "closed" }, expectedRev = one.GetProperty("rev").GetInt64() }
        );

        Ids(first).Concat(Ids(second)).Distinct().Count().ShouldBe(Ids(first).Count() + Ids(second).Count());
        Ids(first).ShouldBe([opened[2], opened[1]]);
        changed.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await JsonAsync(changed)).GetProperty("status").GetString().ShouldBe("new");
        (await GetAsync($"/api/cases/{one.GetProperty("number").GetString()}")).GetProperty("id").GetString().ShouldBe(opened[0]);
    }

    [Theory]
    [InlineData("GET", "/api/customers/nobody", null, HttpStatusCode.NotFound, "customer.unknown")]
    [InlineData("GET", "/api/cases/none", null, HttpStatusCode.NotFound, "case.unknown")]
    [InlineData("GET", "/api/cases?status=half-done", null, HttpStatusCode.BadRequest, "word.unknown")]
    [InlineData("GET", "/api/cases?take=0", null, HttpStatusCode.BadRequest, "page.take")]
    [InlineData("GET", "/api/cases?after=x", null, HttpStatusCode.BadRequest, "page.after")]
    [InlineData("GET", "/api/callbacks/none", null, HttpStatusCode.NotFound, "callback.unknown")]
    [InlineData("POST", "/api/callbacks", "{}", HttpStatusCode.BadRequest, "callback.nobody")]
    [InlineData("POST", "/api/callbacks", """{ "numbers": ["+86138' or 1=1"] }""", HttpStatusCode.BadRequest, "identity.phone")]
    [InlineData(
        "POST",
        "/api/callbacks",
        """{ "numbers": ["+8613800000000"], "wishFrom": "2001-01-01T00:00:00Z", "wishTo": "2001-01-01T01:00:00Z" }""",
        HttpStatusCode.BadRequest,
        "callback.wish"
    )]
    [InlineData(
        "POST",
        "/api/callbacks/none/attempts",
        """{ "no": 1, "outcome": "vanished" }""",
        HttpStatusCode.BadRequest,
        "word.unknown"
    )]
    [InlineData("POST", "/api/customers", """{ "customer": { "name": "a\u0000b" } }""", HttpStatusCode.BadRequest, "text.unreadable")]
    [InlineData("POST", "/api/customers", """{ "customer": { "zone": "Mars" } }""", HttpStatusCode.BadRequest, "zone.unknown")]
    [InlineData("POST", "/api/interactions", """{ "channel": "e mail", "externalId": "1" }""", HttpStatusCode.BadRequest, "channel.name")]
    [InlineData("POST", "/api/interactions", "[1]", HttpStatusCode.BadRequest, null)]
    [InlineData("POST", "/api/findings", "{}", HttpStatusCode.BadRequest, "text.missing")]
    [InlineData("POST", "/api/cases/none/reopen", """{ "reason": "x" }""", HttpStatusCode.NotFound, "case.unknown")]
    [InlineData("PUT", "/api/contact-windows/CHN", """{ "from": "09:00", "to": "20:00" }""", HttpStatusCode.BadRequest, "text.too-long")]
    [InlineData("PUT", "/api/contact-windows/CN", """{ "from": "nine", "to": "20:00" }""", HttpStatusCode.BadRequest, "window.time")]
    [InlineData("POST", "/api/surveys/forged.token", """{ "score": 5 }""", HttpStatusCode.NotFound, "link.unknown")]
    [InlineData("GET", "/api/callbacks/bookings/forged", null, HttpStatusCode.NotFound, "link.unknown")]
    [InlineData(
        "GET",
        "/api/contact-windows/allowed?from=2026-01-01T00:00:00Z&to=2036-01-01T00:00:00Z",
        null,
        HttpStatusCode.BadRequest,
        "window.range"
    )]
    public async Task Bad_requests_are_refused_with_a_code(string method, string address, string? body, HttpStatusCode status, string? code)
    {
        var client = await server.ClientAsync(Ct);
        using var request = new HttpRequestMessage(new(method), address.Local());

        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");

        using var answer = await client.SendAsync(request, Ct);

        answer.StatusCode.ShouldBe(status, await answer.Content.ReadAsStringAsync(Ct));

        if (code is not null)
            (await JsonAsync(answer)).GetProperty("code").GetString().ShouldBe(code);
    }

    [Theory]
    [InlineData("/api/cases?customerId=%00")]
    [InlineData("/api/callbacks?caseId=a%00b")]
    public async Task A_text_that_cannot_be_kept_is_refused_and_no_failure_of_the_server(string path)
    {
        using var answer = await SendAsync(HttpMethod.Get, path, null);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Longer_lists_than_are_kept_are_refused()
    {
        using var answer = await SendAsync(
            HttpMethod.Put,
            "/api/contact-windows/NZ",
            new
            {
                from = "09:00",
                to = "20:00",
                holidays = Enumerable.Repeat("2026-01-01", 1001),
            }
        );

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_stranger_sees_only_what_a_link_opens()
    {
        var stranger = await server.StrangerAsync(Ct);

        (await stranger.GetAsync("/api/customers".Local(), Ct)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await stranger.GetAsync("/api/surveys/forged.token".Local(), Ct)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_law_of_a_place_narrows_when_people_are_called()
    {
        using var set = await SendAsync(
            HttpMethod.Put,
            "/api/contact-windows/FR",
            new
            {
                from = "10:00",
                to = "13:00",
                daysOff = new[] { 0, 6 },
                holidays = new[] { "2026-03-05" },
            }
        );
        set.StatusCode.ShouldBe(HttpStatusCode.NoContent);

        var allowed = await GetAsync(
            "/api/contact-windows/allowed?number=%2B33123456789&from=2026-03-04T00:00:00Z&to=2026-03-07T00:00:00Z"
        );

        allowed
            .GetProperty("spans")
            .EnumerateArray()
            .Select(s => s.GetProperty("start").GetDateTimeOffset().UtcDateTime)
            .ShouldBe([new(2026, 3, 4, 9, 0, 0), new(2026, 3, 6, 9, 0, 0)]);
        allowed.GetProperty("zones")[0].GetProperty("isAssumed").GetBoolean().ShouldBeTrue();
    }

    private static IEnumerable<string> Ids(JsonElement page) =>
        page.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("id").GetString()!);

    private static string NewMail() => $"ann{Interlocked.Increment(ref serial)}@example.org";

    private async Task<JsonElement> GetAsync(string address)
    {
        using var answer = await SendAsync(HttpMethod.Get, address, null);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(Ct));
        return await JsonAsync(answer);
    }

    private async Task<JsonElement> PostAsync(string address, object body)
    {
        using var answer = await SendAsync(HttpMethod.Post, address, body);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync(Ct));
        return await JsonAsync(answer);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string address, object? body)
    {
        var client = await server.ClientAsync(Ct);
        using var request = new HttpRequestMessage(method, address.Local());

        if (body is not null)
            request.Content = JsonContent.Create(body);

        return await client.SendAsync(request, Ct);
    }

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage answer) => await answer.Content.ReadFromJsonAsync<JsonElement>(Ct);
}
