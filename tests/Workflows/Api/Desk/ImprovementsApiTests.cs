using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ServiceLoop.Workflows.Tests.Api.Desk;

/// <summary>The doors of improvements and changes: the way through, what is refused, and what cannot be read.</summary>
public sealed class ImprovementsApiTests(TestServer server) : IClassFixture<TestServer>
{
    private readonly string team = Guid.NewGuid().ToString("N");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_finding_becomes_an_improvement_that_its_team_takes_and_analyses_once()
    {
        var client = await server.ClientAsync(Ct);
        var id = await RegisteredAsync(client, "too long");

        var taken = await SaidAsync(client, "/api/improvements/take", $$"""{ "team": "{{team}}", "limit": 1 }""");
        var analysis = Step(
            "once",
            """{ "fishbone": [{ "branch": "process", "cause": "too long", "isConfirmed": true, "counts": { "failedWith": 30, "failedWithout": 20, "fineWith": 70, "fineWithout": 180 } }], "hypothesis": "A shorter form lifts csat by 6 points." }"""
        );
        var analysed = await SaidAsync(client, $"/api/improvements/{id}/analysis", analysis);
        var again = await SaidAsync(client, $"/api/improvements/{id}/analysis", analysis);
        var parked = await SaidAsync(client, $"/api/improvements/{id}/send", Step("park", """{ "to": "parked", "reason": "later" }"""));
        var listed = await client.JsonAsync($"/api/improvements?team={team}&state=parked", Ct);

        taken.EnumerateArray().ShouldHaveSingleItem().GetProperty("id").GetString().ShouldBe(id);
        analysed.GetProperty("state").GetString().ShouldBe("analysing");
        analysed
            .GetProperty("improvement")
            .GetProperty("fishbone")[0]
            .GetProperty("measured")
            .GetProperty("share")
            .GetDouble()
            .ShouldBeGreaterThan(0);
        again.GetProperty("rev").GetInt64().ShouldBe(analysed.GetProperty("rev").GetInt64());
        parked.GetProperty("state").GetString().ShouldBe("parked");
        listed.GetProperty("items").EnumerateArray().ShouldHaveSingleItem().GetProperty("id").GetString().ShouldBe(id);
    }

    [Fact]
    public async Task The_same_problem_is_worked_on_once()
    {
        var client = await server.ClientAsync(Ct);

        var first = await RegisteredAsync(client, "same");
        var second = await RegisteredAsync(client, "same");

        second.ShouldBe(first);
        (await client.JsonAsync($"/api/improvements/{first}", Ct))
            .GetProperty("improvement")
            .GetProperty("findingIds")
            .GetArrayLength()
            .ShouldBe(2);
    }

    [Fact]
    public async Task A_pilot_without_an_approved_change_is_refused_and_changes_nothing()
    {
        var client = await server.ClientAsync(Ct);
        var id = await RegisteredAsync(client, "no change");
        await SaidAsync(client, $"/api/improvements/{id}/analysis", Step("a", """{ "fishbone": [], "hypothesis": "h" }"""));

        using var pilot = await client.PostJsonAsync(
            $"/api/improvements/{id}/pilot",
            Step("p", """{ "kpi": "csat", "cases": 900, "days": 14, "guardrails": ["csat"], "isSupportTold": true }"""),
            Ct
        );

        pilot.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await pilot.CodeAsync(Ct)).ShouldBeOneOf("improvement.state", "improvement.gate");
        (await client.JsonAsync($"/api/improvements/{id}", Ct)).GetProperty("state").GetString().ShouldBe("analysing");
    }

    [Theory]
    [InlineData("/api/improvements", "{}", HttpStatusCode.BadRequest, "findingIds")]
    [InlineData(
        "/api/improvements",
        """{ "findingIds": ["f"], "problem": "p", "category": "c", "rootCause": "r", "kpi": "k", "score": { "impact": 9, "frequency": 1, "ease": 1, "confidence": 1 } }""",
        HttpStatusCode.BadRequest,
        "score.impact"
    )]
    [InlineData("/api/improvements/nobody/analysis", """{ "value": {} }""", HttpStatusCode.BadRequest, "operationId")]
    [InlineData(
        "/api/improvements/nobody/send",
        """{ "operationId": "o", "value": { "to": "closed", "reason": "r" } }""",
        HttpStatusCode.BadRequest,
        "to"
    )]
    [InlineData("/api/improvements/nobody/analysis", """{ "operationId": "o", "value": {} }""", HttpStatusCode.NotFound, "nobody")]
    [InlineData("/api/changes", "{}", HttpStatusCode.BadRequest, "title")]
    [InlineData(
        "/api/changes/nobody/steps",
        """{ "operationId": "o", "value": { "to": "assessed" } }""",
        HttpStatusCode.NotFound,
        "nobody"
    )]
    [InlineData("/api/changes/nobody/steps", """{ "operationId": "o", "value": { "to": "done" } }""", HttpStatusCode.NotFound, "nobody")]
    public async Task What_cannot_be_meant_is_refused_by_name(string path, string body, HttpStatusCode status, string named)
    {
        var client = await server.ClientAsync(Ct);

        using var refused = await client.PostJsonAsync(path, body, Ct);

        var text = await refused.Content.ReadAsStringAsync(Ct);
        refused.StatusCode.ShouldBe(status, text);
        text.ShouldContain(named);
    }

    [Theory]
    [InlineData("/api/improvements?state=happy")]
    [InlineData("/api/changes?state=happy")]
    public async Task A_state_that_does_not_exist_is_told_with_those_that_do(string path)
    {
        var client = await server.ClientAsync(Ct);

        using var refused = await client.GetAsync(path.Local(), Ct);

        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await refused.Content.ReadAsStringAsync(Ct)).ShouldContain("'happy'");
    }

    [Fact]
    public async Task A_change_is_assessed_and_approved_by_another_than_its_author()
    {
        var client = await server.ClientAsync(Ct);
        using var drafted = await client.PostJsonAsync("/api/changes", """{ "title": "A shorter form" }""", Ct);
        drafted.StatusCode.ShouldBe(HttpStatusCode.Created, await drafted.Content.ReadAsStringAsync(Ct));
        var id = (await drafted.JsonAsync(Ct)).GetProperty("id").GetString();
        drafted.Headers.Location!.ToString().ShouldEndWith($"/api/changes/{id}");
        using var early = await client.PostJsonAsync($"/api/changes/{id}/steps", Step("early", """{ "to": "implemented" }"""), Ct);
        var assessed = await SaidAsync(
            client,
            $"/api/changes/{id}/steps",
            Step(
                "assess",
                """{ "to": "assessed", "assessment": { "necessity": 4, "impact": 3, "feasibility": 4, "reason": "needed" }, "plan": { "steps": "s", "times": "in May", "owner": "ann", "testEvidence": "tests", "pilotShare": "20 %", "rollbackTrigger": "csat falls" }, "rollbackPlan": "the old one" }"""
            )
        );

        using var own = await client.PostJsonAsync($"/api/changes/{id}/steps", Step("own", """{ "to": "approved" }"""), Ct);
        var rejected = await SaidAsync(client, $"/api/changes/{id}/steps", Step("no", """{ "to": "rejected", "reason": "not now" }"""));

        (await early.CodeAsync(Ct)).ShouldBe("change.state");
        assessed.GetProperty("state").GetString().ShouldBe("assessed");
        own.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await own.CodeAsync(Ct)).ShouldBe("change.gate");
        rejected.GetProperty("state").GetString().ShouldBe("rejected");
        (await client.JsonAsync($"/api/changes/{id}", Ct)).GetProperty("change").GetProperty("reason").GetString().ShouldBe("not now");
        (await client.JsonAsync("/api/changes?state=rejected", Ct))
            .GetProperty("items")
            .EnumerateArray()
            .ShouldContain(c => c.GetProperty("id").GetString() == id);
    }

    private static string Step(string operation, string value) =>
        new JsonObject { ["operationId"] = operation, ["value"] = JsonNode.Parse(value) }.ToJsonString();

    private async Task<string> RegisteredAsync(HttpClient client, string cause)
    {
        var finding = await SaidAsync(client, "/api/findings", $$"""{ "source": "staff", "title": "{{cause}}" }""");
        var findingId = finding.GetProperty("id").GetString();
        var made = await SaidAsync(
            client,
            "/api/improvements",
            $$"""{ "findingIds": ["{{findingId}}"], "problem": "Customers give up.", "category": "{{team}}", "rootCause": "{{cause}}", "kpi": "csat", "team": "{{team}}" }"""
        );
        return made.GetProperty("id").GetString()!;
    }

    private static async Task<JsonElement> SaidAsync(HttpClient client, string path, string body)
    {
        using var answer = await client.PostJsonAsync(path, body, Ct);
        answer.IsSuccessStatusCode.ShouldBeTrue($"{path}: {await answer.Content.ReadAsStringAsync(Ct)}");
        return await answer.JsonAsync(Ct);
    }
}
