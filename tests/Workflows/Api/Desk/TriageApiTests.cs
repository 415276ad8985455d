using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace ServiceLoop.Workflows.Tests.Api.Desk;

/// <summary>The doors of triage: what contacts may want, what people correct, and what is refused.</summary>
public sealed class TriageApiTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_taxonomy_is_changed_in_versions_and_by_one_at_a_time()
    {
        var client = await server.ClientAsync(Ct);

        var made = await WithIntentsAsync(client, "refund", "delivery");
        using var late = await client.PutAsJsonAsync(
            "/api/triage/taxonomy",
            new { expectedVersion = made - 1, intents = new[] { new { name = "x" } } },
            Ct
        );

        late.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await late.CodeAsync(Ct)).ShouldBe("taxonomy.changed");
        (await client.JsonAsync("/api/triage/taxonomy", Ct)).GetProperty("version").GetInt32().ShouldBe(made);
        (await client.JsonAsync($"/api/triage/taxonomy/versions/{made}", Ct))
            .GetProperty("intents")
            .EnumerateArray()
            .Select(i => i.GetProperty("name").GetString())
            .ShouldBe(["refund", "delivery"]);
        (await client.JsonAsync("/api/triage/taxonomy/versions", Ct)).GetProperty("items")[0].GetProperty("intents").GetInt32().ShouldBe(2);
        using var unknown = await client.GetAsync("/api/triage/taxonomy/versions/99999".Local(), Ct);
        unknown.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("""{ "expectedVersion": 0 }""", "intents")]
    [InlineData("""{ "expectedVersion": 0, "intents": [{}] }""", "intents[0].name")]
    [InlineData("""{ "expectedVersion": 0, "intents": [{ "name": "a", "urgency": "soonish" }] }""", "intents[0].urgency")]
    [InlineData("""{ "expectedVersion": 0, "intents": [{ "name": "a" }, { "name": "a" }] }""", "'a' 2 times")]
    public async Task A_wrong_rule_is_told_by_its_place(string body, string named)
    {
        var client = await server.ClientAsync(Ct);
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");

        using var refused = await client.PutAsync("/api/triage/taxonomy".Local(), content, Ct);

        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await refused.Content.ReadAsStringAsync(Ct)).ShouldContain(named);
    }

    [Fact]
    public async Task A_correction_by_a_person_moves_the_case_and_is_kept()
    {
        var client = await server.ClientAsync(Ct);
        await WithIntentsAsync(client, "refund", "delivery");
        var id = await CaseAsync(client);

        using var corrected = await client.PostJsonAsync(
            $"/api/cases/{id}/triage/correction",
            """{ "intent": "refund", "reason": "they want their money" }""",
            Ct
        );
        using var wrong = await client.PostJsonAsync($"/api/cases/{id}/triage/correction", """{ "intent": "moonshine" }""", Ct);
        using var empty = await client.PostJsonAsync($"/api/cases/{id}/triage/correction", "{}", Ct);
        using var nobody = await client.PostJsonAsync("/api/cases/nobody/triage/correction", """{ "intent": "refund" }""", Ct);

        corrected.StatusCode.ShouldBe(HttpStatusCode.OK, await corrected.Content.ReadAsStringAsync(Ct));
        var seen = await client.JsonAsync($"/api/cases/{id}/triage", Ct);
        var correction = seen.GetProperty("corrections").EnumerateArray().ShouldHaveSingleItem();
        correction.GetRawText().ShouldContain("they want their money");
        (await client.JsonAsync($"/api/cases/{id}", Ct)).GetRawText().ShouldContain("refund");
        wrong.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await wrong.CodeAsync(Ct)).ShouldBe("triage.intent");
        (await wrong.Content.ReadAsStringAsync(Ct)).ShouldContain("moonshine");
        empty.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        nobody.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_trial_keeps_nothing_and_figures_need_a_span_that_goes_forward()
    {
        var client = await server.ClientAsync(Ct);

        using var trial = await client.PostJsonAsync("/api/triage/trial", """{ "text": "这太糟糕了, 我非常生气!" }""", Ct);
        var figures = await client.JsonAsync("/api/triage/figures", Ct);
        using var backwards = await client.GetAsync(
            "/api/triage/figures?since=2026-03-02T00:00:00Z&until=2026-03-01T00:00:00Z".Local(),
            Ct
        );

        var said = await trial.JsonAsync(Ct);
        (
            said.GetProperty("language").GetString(),
            said.GetProperty("isAngry").GetBoolean(),
            said.GetProperty("isSure").GetBoolean()
        ).ShouldBe(("zh", true, false));
        figures.GetProperty("intents").ValueKind.ShouldBe(JsonValueKind.Array);
        backwards.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await backwards.CodeAsync(Ct)).ShouldBe("triage.time");
    }

    [Fact]
    public async Task Without_a_model_none_is_listed_put_in_force_or_gone_back_to()
    {
        var client = await server.ClientAsync(Ct);

        var models = await client.JsonAsync("/api/triage/models", Ct);
        using var one = await client.GetAsync("/api/triage/models/7".Local(), Ct);
        using var activated = await client.PostJsonAsync("/api/triage/models/7/activation", "{}", Ct);
        using var back = await client.PostJsonAsync("/api/triage/models/back", "{}", Ct);

        models.GetProperty("items").GetArrayLength().ShouldBe(0);
        one.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await activated.CodeAsync(Ct)).ShouldBe("triage-model.unknown");
        back.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await back.CodeAsync(Ct)).ShouldBe("triage-model.first");
    }

    private static async Task<int> WithIntentsAsync(HttpClient client, params string[] names)
    {
        var version = (await client.JsonAsync("/api/triage/taxonomy", Ct)).GetProperty("version").GetInt32();
        using var made = await client.PutAsJsonAsync(
            "/api/triage/taxonomy",
            new
            {
                expectedVersion = version,
                intents = names.Select(n => new { name = n, category = n }),
                note = "for a test",
            },
            Ct
        );
        made.StatusCode.ShouldBe(HttpStatusCode.OK, await made.Content.ReadAsStringAsync(Ct));
        return (await made.JsonAsync(Ct)).GetProperty("version").GetInt32();
    }

    private static async Task<string> CaseAsync(HttpClient client)
    {
        using var opened = await client.PostAsJsonAsync("/api/cases", new { channel = "web", title = "Where is it?" }, Ct);
        opened.EnsureSuccessStatusCode();
        return (await opened.JsonAsync(Ct)).GetProperty("id").GetString()!;
    }
}
