using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace ServiceLoop.Workflows.Tests.Api.Desk;

/// <summary>The doors of calendars, policies and clocks.</summary>
public sealed class ClocksApiTests(TestServer server) : IClassFixture<TestServer>
{
    private static readonly object[] AllWeek =
    [
        .. new[] { "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday" }.Select(day => new
        {
            day,
            from = "00:00",
            to = "24:00",
        }),
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_calendar_is_made_read_changed_as_it_was_seen_and_takes_in_holidays()
    {
        var id = await CalendarAsync();
        const string List =
            """[{"name":"国庆","date":"2031-10-01","isOffDay":true},{"name":"国庆","date":"2031-10-11","isOffDay":false}]""";

        var imported = await OkAsync(HttpMethod.Post, $"/api/calendars/{id}/holidays", new { list = List });
        var calendar = await OkAsync(HttpMethod.Get, $"/api/calendars/{id}", null);

        (imported.GetProperty("holidays").GetInt32(), imported.GetProperty("makeUpDays").GetInt32()).ShouldBe((1, 1));
        calendar.GetProperty("version").GetInt32().ShouldBe(2);
        calendar.GetProperty("versions")[1].GetProperty("exceptions").GetArrayLength().ShouldBe(2);
        await RefusedAsync(HttpMethod.Put, $"/api/calendars/{id}", Calendar("Late") with { Version = 1 }, HttpStatusCode.Conflict);
        (await OkAsync(HttpMethod.Put, $"/api/calendars/{id}", Calendar("Anew") with { Version = 2 }))
            .GetProperty("version")
            .GetInt32()
            .ShouldBe(3);
        (await OkAsync(HttpMethod.Get, $"/api/calendars/{id}/recomputes", null)).GetProperty("items").GetArrayLength().ShouldBe(2);
    }

    [Theory]
    [InlineData("Moon/Crater", "09:00", "zone")]
    [InlineData("Asia/Shanghai", "9 o'clock", "weekly[0].from")]
    [InlineData("Asia/Shanghai", "'); drop table sla_clock; --", "weekly[0].from")]
    public async Task A_calendar_that_cannot_be_is_refused_with_its_field(string zone, string from, string field)
    {
        var weekly = new[]
        {
            new
            {
                day = "Monday",
                from,
                to = "18:00",
            },
        };

        var problem = await RefusedAsync(
            HttpMethod.Post,
            "/api/calendars",
            new
            {
                name = "x",
                zone,
                weekly,
                reason = "test",
            },
            HttpStatusCode.BadRequest
        );

        problem.GetProperty("errors").EnumerateObject().Select(e => e.Name).ShouldContain(field);
    }

    [Fact]
    public async Task A_clock_is_started_asked_explained_and_listed_page_by_page()
    {
        var policy = await PolicyAsync(120);
        var caseId = Guid.NewGuid().ToString("N");
        var ids = new List<string>();

        for (var i = 0; i < 3; i++)
            ids.Add((await OkAsync(HttpMethod.Post, "/api/clocks", Start(caseId, policy))).GetProperty("id").GetString()!);

        var paused = await OkAsync(HttpMethod.Post, $"/api/clocks/{ids[0]}/pause", new { reason = "waiting-customer" });
        await OkAsync(HttpMethod.Post, $"/api/clocks/{ids[0]}/resume", new { });
        await OkAsync(HttpMethod.Post, $"/api/clocks/{ids[0]}/extend", new { reason = "agreed", minutes = 30 });
        var stopped = await OkAsync(HttpMethod.Post, $"/api/clocks/{ids[0]}/stop", new { });
        var told = await OkAsync(HttpMethod.Get, $"/api/clocks/{ids[0]}/explain", null);
        var history = await OkAsync(HttpMethod.Get, $"/api/clocks/{ids[0]}/history", null);
        var first = await OkAsync(HttpMethod.Get, $"/api/clocks?caseId={caseId}&take=2", null);
        var second = await OkAsync(
            HttpMethod.Get,
            $"/api/clocks?caseId={caseId}&take=2&before={first.GetProperty("next").GetString()}",
            null
        );

        (paused.GetProperty("state").GetString(), paused.GetProperty("dueAt").ValueKind).ShouldBe(("Paused", JsonValueKind.Null));
        stopped.GetProperty("state").GetString().ShouldBe("Met");
        told.GetProperty("targetMinutes").GetDecimal().ShouldBe(150);
        told.GetProperty("runs").GetArrayLength().ShouldBe(2);
        told.GetProperty("runs")
            .EnumerateArray()
            .Sum(r =>
                r.GetProperty("days")
                    .EnumerateArray()
                    .SelectMany(d => d.GetProperty("segments").EnumerateArray())
                    .Sum(s => s.GetProperty("minutes").GetDecimal())
            )
            .ShouldBe(told.GetProperty("consumedMinutes").GetDecimal(), 0.001m);
        history
            .GetProperty("items")
            .EnumerateArray()
            .Select(l => l.GetProperty("kind").GetString())
            .ShouldBe(["Started", "Paused", "Resumed", "Extended", "Met"]);
        var listed = first.GetProperty("items").EnumerateArray().Concat(second.GetProperty("items").EnumerateArray()).ToList();
        listed.Select(c => c.GetProperty("id").GetString()).ShouldBe(ids, ignoreOrder: true);
    }

    [Fact]
    public async Task What_a_clock_cannot_do_is_refused()
    {
        var policy = await PolicyAsync(120);
        var id = (await OkAsync(HttpMethod.Post, "/api/clocks", Start(Guid.NewGuid().ToString("N"), policy))).GetProperty("id").GetString();

        await RefusedAsync(HttpMethod.Post, $"/api/clocks/{id}/pause", new { reason = "tired" }, HttpStatusCode.Conflict);
        await RefusedAsync(HttpMethod.Post, $"/api/clocks/{id}/cancel", new { }, HttpStatusCode.BadRequest);
        await RefusedAsync(HttpMethod.Post, $"/api/clocks/{id}/extend", new { reason = "x", minutes = -5 }, HttpStatusCode.BadRequest);
        await RefusedAsync(HttpMethod.Post, $"/api/clocks/{id}/reprieve", new { reason = "x" }, HttpStatusCode.Conflict);
        await RefusedAsync(HttpMethod.Get, "/api/clocks/none", null, HttpStatusCode.NotFound);
        await RefusedAsync(HttpMethod.Get, "/api/clocks/none/explain", null, HttpStatusCode.NotFound);
        await RefusedAsync(HttpMethod.Get, "/api/clocks?state=Dancing", null, HttpStatusCode.BadRequest);
        await RefusedAsync(HttpMethod.Post, "/api/clocks", new { caseId = "c", metric = "{{ 7 * 7 }}" }, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_policy_is_drafted_put_in_force_previewed_and_its_clocks_are_moved_in_the_background()
    {
        var policy = await PolicyAsync(480);
        var clock = (await OkAsync(HttpMethod.Post, "/api/clocks", Start(Guid.NewGuid().ToString("N"), policy)))
            .GetProperty("id")
            .GetString();
        await OkAsync(HttpMethod.Put, $"/api/sla-policies/{policy}/draft", Policy("Shorter", 60));
        await RefusedAsync(HttpMethod.Post, $"/api/sla-policies/{policy}/versions/2/rebinding", new { }, HttpStatusCode.Conflict);
        await OkAsync(HttpMethod.Post, $"/api/sla-policies/{policy}/versions/2/activate", new { });

        var preview = await OkAsync(HttpMethod.Get, $"/api/sla-policies/{policy}/versions/2/rebinding", null);
        var begun = await OkAsync(HttpMethod.Post, $"/api/sla-policies/{policy}/versions/2/rebinding", new { });
        var done = await UntilAsync(
            () => OkAsync(HttpMethod.Get, $"/api/sla-policies/{policy}/rebindings", null),
            r => r.GetProperty("items")[0].GetProperty("finishedAt").ValueKind == JsonValueKind.String
        );

        (preview.GetProperty("clocks").GetInt32(), preview.GetProperty("changed").GetInt32()).ShouldBe((1, 1));
        preview.GetProperty("isPartial").GetBoolean().ShouldBeFalse();
        done.GetProperty("items")[0].GetProperty("id").GetString().ShouldBe(begun.GetProperty("id").GetString());
        done.GetProperty("items")[0].GetProperty("changed").GetInt32().ShouldBe(1);
        var after = await OkAsync(HttpMethod.Get, $"/api/clocks/{clock}", null);
        (after.GetProperty("policyVersion").GetInt32(), after.GetProperty("targetAmount").GetInt32()).ShouldBe((2, 60));
    }

    [Fact]
    public async Task A_policy_that_cannot_be_is_refused_and_an_unknown_one_is_not_found()
    {
        await RefusedAsync(HttpMethod.Post, "/api/sla-policies", Policy("x", 0), HttpStatusCode.BadRequest);
        await RefusedAsync(
            HttpMethod.Post,
            "/api/sla-policies",
            new
            {
                name = "x",
                metric = "happiness",
                targets = new[] { new { amount = 5 } },
            },
            HttpStatusCode.BadRequest
        );
        await RefusedAsync(HttpMethod.Get, "/api/sla-policies/none", null, HttpStatusCode.NotFound);
        await RefusedAsync(HttpMethod.Get, "/api/sla-policies/none/rebindings", null, HttpStatusCode.NotFound);
        await RefusedAsync(HttpMethod.Get, "/api/sla-policies/none/versions/1/rebinding", null, HttpStatusCode.NotFound);
    }

    private static CalendarBody Calendar(string name) => new(name, "Asia/Shanghai", AllWeek, "test", null);

    private static object Policy(string name, int minutes) =>
        new
        {
            name,
            metric = "resolution",
            targets = new[] { new { amount = minutes, unit = "Minutes" } },
        };

    private static object Start(string caseId, string policy) =>
        new
        {
            caseId,
            metric = "resolution",
            policy,
        };

    private async Task<string> CalendarAsync() =>
        (await OkAsync(HttpMethod.Post, "/api/calendars", Calendar(Guid.NewGuid().ToString("N")))).GetProperty("id").GetString()!;

    private async Task<string> PolicyAsync(int minutes)
    {
        await CalendarAsync();
        var policy = await OkAsync(HttpMethod.Post, "/api/sla-policies", Policy(Guid.NewGuid().ToString("N"), minutes));
        var id = policy.GetProperty("id").GetString()!;
        await OkAsync(HttpMethod.Post, $"/api/sla-policies/{id}/versions/1/activate", new { });
        return id;
    }

    private static async Task<JsonElement> UntilAsync(Func<Task<JsonElement>> read, Func<JsonElement, bool> isDone)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        timeout.CancelAfter(TimeSpan.FromSeconds(180));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));

        for (; ; )
        {
            var seen = await read();

            if (isDone(seen))
                return seen;

            await timer.WaitForNextTickAsync(timeout.Token);
        }
    }

    private async Task<JsonElement> OkAsync(HttpMethod method, string address, object? body)
    {
        using var answer = await SendAsync(method, address, body);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync(Ct));
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Ct);
    }

    private async Task<JsonElement> RefusedAsync(HttpMethod method, string address, object? body, HttpStatusCode status)
    {
        using var answer = await SendAsync(method, address, body);
        answer.StatusCode.ShouldBe(status, await answer.Content.ReadAsStringAsync(Ct));
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Ct);
        problem.GetProperty("code").GetString().ShouldNotBeNullOrEmpty();
        return problem;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string address, object? body)
    {
        var client = await server.ClientAsync(Ct);
        using var request = new HttpRequestMessage(method, address.Local());

        if (body is not null)
            request.Content = JsonContent.Create(body);

        return await client.SendAsync(request, Ct);
    }

    private sealed record CalendarBody(string Name, string Zone, object[] Weekly, string Reason, int? Version);
}
