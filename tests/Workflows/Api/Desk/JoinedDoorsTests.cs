using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using ServiceLoop.ServiceDesk;

namespace ServiceLoop.Workflows.Tests.Api.Desk;

/// <summary>Escalations, callbacks and surveys by their doors, on a whole server with its own workers.</summary>
public sealed class JoinedDoorsTests(TestServer server) : IClassFixture<TestServer>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_case_of_the_highest_priority_is_told_acknowledged_and_waived()
    {
        (
            await SendAsync(
                "PUT",
                "/api/escalations/contacts/supervisor",
                """{"recipients": [{"id": "boss", "isOnCall": true, "address": "no address"}]}"""
            )
        ).Status.ShouldBe(HttpStatusCode.BadRequest);
        (
            await SendAsync(
                "PUT",
                "/api/escalations/contacts/supervisor",
                """{"recipients": [{"id": "boss", "isOnCall": true, "language": "en"}]}"""
            )
        ).Status.ShouldBe(HttpStatusCode.NoContent);
        var about = Id(
            (await SendAsync("POST", "/api/cases", """{"impact": "many", "urgency": "urgent", "title": "Nothing works"}""")).Body
        );

        var raised = await UntilAsync($"/api/escalations?caseId={about}", b => b.GetProperty("items").GetArrayLength() == 1);
        var one = raised.GetProperty("items")[0];
        (one.GetProperty("level").GetInt32(), one.GetProperty("priority").GetString(), one.GetProperty("metric").GetString()).ShouldBe(
            (2, "P1", "priority")
        );
        var id = Id(one);
        var told = await UntilAsync(
            $"/api/escalations/{id}",
            b => b.GetProperty("notices").EnumerateArray().Any(n => n.GetProperty("sentAt").ValueKind == JsonValueKind.String)
        );
        told.GetProperty("notices")[0].GetProperty("recipient").GetString().ShouldBe("boss");
        var messages = await UntilAsync(
            "/api/messages?status=Sent",
            b => b.GetProperty("items").EnumerateArray().Any(m => m.GetProperty("recipient").GetString() == "boss")
        );
        messages.GetProperty("items").EnumerateArray().Count(m => m.GetProperty("recipient").GetString() == "boss").ShouldBe(1);

        (await SendAsync("POST", $"/api/escalations/{id}/extend", """{"minutes": 30}""")).Status.ShouldBe(
            HttpStatusCode.BadRequest,
            "without a reason"
        );
        (await SendAsync("POST", $"/api/escalations/{id}/extend", """{"minutes": 9999, "reason": "x"}""")).Status.ShouldBe(
            HttpStatusCode.BadRequest
        );
        (await SendAsync("POST", $"/api/escalations/{id}/acknowledge", null))
            .Body.GetProperty("state")
            .GetString()
            .ShouldBe("Acknowledged");
        (await SendAsync("POST", $"/api/escalations/{id}/acknowledge", null)).Status.ShouldBe(HttpStatusCode.OK, "again");
        (await SendAsync("POST", $"/api/escalations/{id}/extend", """{"minutes": 30, "reason": "x"}""")).Status.ShouldBe(
            HttpStatusCode.Gone,
            "nobody waits any more"
        );
        var status = (await SendAsync("GET", "/api/escalations/status", null)).Body;
        status.GetProperty("isDegraded").GetBoolean().ShouldBeFalse();
        status
            .GetProperty("levels")
            .EnumerateArray()
            .Single(l => l.GetProperty("level").GetInt32() == 2)
            .GetProperty("open")
            .GetInt64()
            .ShouldBeGreaterThan(0);
        (await SendAsync("POST", $"/api/escalations/{id}/waive", """{"reason": " "}""")).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await SendAsync("POST", $"/api/escalations/{id}/waive", """{"reason": "a drill'); drop table escalation; --"}""")).Status.ShouldBe(
            HttpStatusCode.OK
        );
        (await SendAsync("POST", $"/api/escalations/{id}/acknowledge", null)).Status.ShouldBe(HttpStatusCode.Gone);
        (await SendAsync("POST", "/api/escalations/nobody/acknowledge", null)).Status.ShouldBe(HttpStatusCode.NotFound);
        (
            await SendAsync(
                "POST",
                "/api/escalations",
                """{"kind": "asked", "level": 3, "subjectKind": "storm", "subjectId": "x", "metric": "x"}"""
            )
        ).Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Who_has_no_number_books_a_call_with_the_link_that_was_sent()
    {
        var customer = Id((await SendAsync("POST", "/api/customers", """{"customer": {"name": "Li", "zone": "Asia/Shanghai"}}""")).Body);
        var about = Id((await SendAsync("POST", "/api/cases", $$"""{"customerId": "{{customer}}"}""")).Body);
        (await SendAsync("POST", "/api/callbacks", "{}")).Status.ShouldBe(HttpStatusCode.BadRequest);
        var callback = Id((await SendAsync("POST", "/api/callbacks", $$"""{"caseId": "{{about}}"}""")).Body);

        await UntilAsync($"/api/callbacks/{callback}", b => b.GetProperty("needsBooking").GetBoolean());
        var sent = await UntilAsync($"/api/messages?customerId={customer}", b => b.GetProperty("items").GetArrayLength() == 1);
        var text = sent.GetProperty("items")[0].GetProperty("body").GetString()!;
        const string start = "/api/callbacks/bookings/";
        var link = text[text.IndexOf(start, StringComparison.Ordinal)..].Split('\n')[0].Trim();
        var slots = (await SendAsync("GET", link, null, isStranger: true)).Body.GetProperty("items");
        slots.GetArrayLength().ShouldBeGreaterThan(0);
        var at = slots[slots.GetArrayLength() - 1].GetProperty("start").GetString();

        (await SendAsync("POST", link, $$"""{"startsAt": "{{at}}"}""", isStranger: true)).Status.ShouldBe(
            HttpStatusCode.BadRequest,
            "no number"
        );
        (
            await SendAsync("POST", link, $$"""{"startsAt": "2001-01-01T00:00:00Z", "number": "13800138000"}""", isStranger: true)
        ).Status.ShouldBe(HttpStatusCode.Conflict);
        (await SendAsync("POST", link + "x", $$"""{"startsAt": "{{at}}", "number": "13800138000"}""", isStranger: true)).Status.ShouldBe(
            HttpStatusCode.NotFound
        );
        (await SendAsync("POST", link, $$"""{"startsAt": "{{at}}", "number": "13800138000"}""", isStranger: true)).Status.ShouldBe(
            HttpStatusCode.OK
        );
        var booked = (await SendAsync("GET", $"/api/callbacks/{callback}", null)).Body;
        (booked.GetProperty("state").GetString(), booked.GetProperty("numbers")[0].GetString()).ShouldBe(("scheduled", "+8613800138000"));
        (await SendAsync("POST", $"/api/callbacks/{callback}/attempts", """{"no": 1, "outcome": "sung"}""")).Status.ShouldBe(
            HttpStatusCode.BadRequest
        );
        (await SendAsync("POST", $"/api/callbacks/{callback}/cancel", """{"reason": "solved"}""")).Status.ShouldBe(HttpStatusCode.OK);
        (await SendAsync("POST", link, $$"""{"startsAt": "{{at}}"}""", isStranger: true)).Status.ShouldBe(HttpStatusCode.Gone);
    }

    [Fact]
    public async Task A_survey_is_answered_once_by_whoever_has_the_link()
    {
        var (id, over) = (await FollowUpAsync("+ interval '1 day'"), await FollowUpAsync("- interval '1 minute'"));
        var tokens = (await server.ServicesAsync(Ct)).GetRequiredService<LinkTokens>();
        var link = $"/api/surveys/{await tokens.IssueAsync("survey", id, Ct)}";

        (await SendAsync("GET", link, null, isStranger: true)).Body.GetProperty("metric").GetString()!.ToLowerInvariant().ShouldBe("csat");
        (await SendAsync("POST", link, """{"score": 6}""", isStranger: true)).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await SendAsync("POST", link, "{}", isStranger: true)).Status.ShouldBe(HttpStatusCode.BadRequest);
        (
            await SendAsync("POST", link, """{"score": 1, "text": "{{ 1 }}<script>'; drop table finding"}""", isStranger: true)
        ).Status.ShouldBe(HttpStatusCode.OK);
        (await SendAsync("POST", link, """{"score": 5}""", isStranger: true)).Status.ShouldBe(HttpStatusCode.Conflict);
        (await SendAsync("GET", $"/api/follow-ups/{id}/response", null))
            .Body.GetProperty("text")
            .GetString()
            .ShouldBe("{{ 1 }}<script>'; drop table finding");
        (
            await SendAsync("POST", $"/api/surveys/{await tokens.IssueAsync("survey", over, Ct)}", """{"score": 5}""", isStranger: true)
        ).Status.ShouldBe(HttpStatusCode.Gone);
        (
            await SendAsync(
                "POST",
                $"/api/surveys/{await tokens.IssueAsync("callback-booking", id, Ct)}",
                """{"score": 5}""",
                isStranger: true
            )
        ).Status.ShouldBe(HttpStatusCode.NotFound, "a link is for one thing");
    }

    private async Task<string> FollowUpAsync(string expires)
    {
        var id = Guid.NewGuid().ToString("N");
        await server.ServicesAsync(Ct);
        await using var command = (await server.DatabaseAsync(Ct)).CreateCommand(
            $"""
            insert into follow_up (id, kind, metric, cause, channel, settled_at, state, sent_at, expires_at, made_at)
            values ('{id}', 'survey', 'csat', 'conversation', 'web', now(), 'sent', now(), now() {expires}, now())
            """
        );
        await command.ExecuteNonQueryAsync(Ct);
        return id;
    }

    /// <summary>Asks until an answer is as wished; what the server does by itself takes a moment.</summary>
    private async Task<JsonElement> UntilAsync(string address, Func<JsonElement, bool> isSo)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        over.CancelAfter(Patience);
        using var beat = new PeriodicTimer(TimeSpan.FromMilliseconds(100));

        while (true)
        {
            var (status, body) = await SendAsync("GET", address, null);
            status.ShouldBe(HttpStatusCode.OK);

            if (isSo(body))
                return body;

            await beat.WaitForNextTickAsync(over.Token);
        }
    }

    private static string Id(JsonElement body) => body.GetProperty("id").GetString()!;

    private async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(
        string method,
        string address,
        string? body,
        bool isStranger = false
    )
    {
        using var client = isStranger ? await server.StrangerAsync(Ct) : await server.ClientAsync(Ct);
        using var request = new HttpRequestMessage(new(method), address);

        if (body is not null || method == "POST")
            request.Content = new StringContent(body ?? "{}", System.Text.Encoding.UTF8, "application/json");

        using var answer = await client.SendAsync(request, Ct);
        var text = await answer.Content.ReadAsStringAsync(Ct);
        return (answer.StatusCode, text.Length == 0 ? default : JsonElement.Parse(text));
    }
}
