using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using ServiceLoop.Runtime.Store;
using static ServiceLoop.Workflows.Tests.Flows;

namespace ServiceLoop.Workflows.Tests.Api;

/// <summary>Running instances are moved to another version, and back, over HTTP.</summary>
public sealed class MigrationsApiTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_plan_is_made_looked_at_run_and_undone()
    {
        var client = await server.ClientAsync(Ct);
        var (first, second) = await VersionsAsync(
            client,
            "whole",
            Event("W", "whole-go"),
            Event("W", "whole-go") + ", " + RunTask("T", "t")
        );
        var ids = await StartAsync("whole", first, 3);

        var compared = await OkAsync(
            client.PostJsonAsync("/api/migrations/compare", $$"""{ "fromVersionId": "{{first}}", "toVersionId": "{{second}}" }""", Ct)
        );
        var run = await OkAsync(
            client.PostJsonAsync(
                "/api/migrations",
                $$"""{ "targetVersionId": "{{second}}", "sourceVersionIds": ["{{first}}"], "note": "try" }""",
                Ct
            )
        );
        var id = run.GetProperty("id").GetString();
        var summary = await client.JsonAsync($"/api/migrations/{id}/dry-run", Ct);
        var page = await client.JsonAsync($"/api/migrations/{id}/dry-run/instances?take=2", Ct);
        var rest = await client.JsonAsync(
            $"/api/migrations/{id}/dry-run/instances?take=2&after={page.GetProperty("next").GetString()}",
            Ct
        );

        compared
            .GetProperty("activities")
            .EnumerateArray()
            .Single(a => a.GetProperty("activityId").GetString() == "W")
            .GetProperty("to")
            .GetString()!
            .ShouldEndWith(":W");
        run.GetProperty("status").GetString().ShouldBe("Draft");
        summary.GetProperty("total").GetInt32().ShouldBe(3);
        summary.GetProperty("verdicts").GetProperty("Ready").GetInt32().ShouldBe(3);
        summary.GetProperty("waits")[0].GetProperty("count").GetInt32().ShouldBe(3);
        var forecasts = page.GetProperty("items").EnumerateArray().Concat(rest.GetProperty("items").EnumerateArray()).ToList();
        forecasts.Select(f => f.GetProperty("instanceId").GetString()).ShouldBe(ids.Order(StringComparer.Ordinal));
        forecasts[0].GetProperty("verdict").GetString().ShouldBe("Ready");
        forecasts[0]
            .GetProperty("moves")
            .EnumerateArray()
            .Single(m => m.GetProperty("waits").GetArrayLength() > 0)
            .GetProperty("to")
            .GetString()!
            .ShouldEndWith(":W");

        (await client.PostJsonAsync($"/api/migrations/{id}/start", """{ "batchSize": 2 }""", Ct)).StatusCode.ShouldBe(HttpStatusCode.OK);
        var done = await UntilAsync(client, id!, "Finished");
        done.GetProperty("counts").GetProperty("Migrated").GetInt32().ShouldBe(3);
        (await VersionOfAsync(client, ids[0])).ShouldBe(second);
        var items = (await client.JsonAsync($"/api/migrations/{id}/instances?status=migrated", Ct)).GetProperty("items");
        items.GetArrayLength().ShouldBe(3);
        (await client.JsonAsync("/api/migrations?definitionId=whole", Ct)).EnumerateArray().ShouldHaveSingleItem();

        (await client.PostJsonAsync($"/api/migrations/{id}/instances/{ids[0]}/undo", "{}", Ct)).StatusCode.ShouldBe(
            HttpStatusCode.NoContent
        );
        (await VersionOfAsync(client, ids[0])).ShouldBe(first);
        (await CodeAsync(client.PostJsonAsync($"/api/migrations/{id}/instances/nobody/undo", "{}", Ct), HttpStatusCode.NotFound)).ShouldBe(
            "migration.unknown"
        );
        (await client.PostJsonAsync($"/api/migrations/{id}/undo", "{}", Ct)).StatusCode.ShouldBe(HttpStatusCode.OK);
        await UntilAsync(client, id!, "Undone");
        (await VersionOfAsync(client, ids[2])).ShouldBe(first);
    }

    [Fact]
    public async Task What_waits_without_a_place_blocks_until_the_plan_names_one()
    {
        var client = await server.ClientAsync(Ct);
        var (first, second) = await VersionsAsync(client, "renamed", Event("W", "renamed-go"), Event("Ask", "renamed-go"));
        var ids = await StartAsync("renamed", first, 1);
        var run = await OkAsync(client.PostJsonAsync("/api/migrations", $$"""{ "targetVersionId": "{{second}}" }""", Ct));
        var id = run.GetProperty("id").GetString();

        var blocked = (await client.JsonAsync($"/api/migrations/{id}/dry-run/instances", Ct)).GetProperty("items")[0];
        var edited = await client.PutAsync(
            $"/api/migrations/{id}".Local(),
            Json("""{ "plan": { "activities": [ { "from": "W", "to": "Ask" } ] } }"""),
            Ct
        );
        var ready = await client.JsonAsync($"/api/migrations/{id}/dry-run", Ct);
        await client.PostJsonAsync($"/api/migrations/{id}/start", "{}", Ct);
        await UntilAsync(client, id!, "Finished");

        blocked.GetProperty("verdict").GetString().ShouldBe("Blocked");
        var refusal = blocked.GetProperty("refusals")[0];
        (refusal.GetProperty("code").GetString(), refusal.GetProperty("activityId").GetString()).ShouldBe(("migration.no-place", "W"));
        edited.StatusCode.ShouldBe(HttpStatusCode.OK, await edited.Content.ReadAsStringAsync(Ct));
        ready.GetProperty("verdicts").GetProperty("Ready").GetInt32().ShouldBe(1);
        (await VersionOfAsync(client, ids[0])).ShouldBe(second);
        (await CodeAsync(client.PutAsync($"/api/migrations/{id}".Local(), Json("{}"), Ct), HttpStatusCode.Conflict)).ShouldBe(
            "migration.status"
        );
    }

    [Fact]
    public async Task Elsas_alteration_Migrate_moves_one_instance()
    {
        var client = await server.ClientAsync(Ct);
        var (first, second) = await VersionsAsync(
            client,
            "single",
            Event("W", "single-go"),
            Event("W", "single-go") + ", " + RunTask("T", "t")
        );
        var ids = await StartAsync("single", first, 1);

        var moved = await OkAsync(
            client.PostJsonAsync(
                "/elsa/api/alterations/run",
                $$"""{ "workflowInstanceIds": ["{{ids[0]}}"], "alterations": [ { "type": "Migrate", "targetVersion": 2 } ] }""",
                Ct
            )
        );
        var mixed = client.PostJsonAsync(
            "/elsa/api/alterations/run",
            $$"""{ "workflowInstanceIds": ["{{ids[0]}}"], "alterations": [ { "type": "Migrate", "targetVersion": 2 }, { "type": "Skip", "executionId": 1 } ] }""",
            Ct
        );

        moved.ToString().ShouldNotContain("\"error\":\"");
        (await VersionOfAsync(client, ids[0])).ShouldBe(second);
        (await CodeAsync(mixed, HttpStatusCode.BadRequest)).ShouldBe("alteration.migrate-alone");
    }

    [Fact]
    public async Task What_cannot_be_is_refused_with_a_code()
    {
        var client = await server.ClientAsync(Ct);
        var (first, second) = await VersionsAsync(
            client,
            "refused",
            Event("W", "refused-go"),
            Event("W", "refused-go") + ", " + RunTask("T", "t")
        );
        var run = await OkAsync(client.PostJsonAsync("/api/migrations", $$"""{ "targetVersionId": "{{second}}" }""", Ct));
        var id = run.GetProperty("id").GetString();

        (await CodeAsync(client.PostJsonAsync("/api/migrations", "{}", Ct), HttpStatusCode.BadRequest)).ShouldBe("migration.target");
        (
            await CodeAsync(client.PostJsonAsync("/api/migrations", """{ "targetVersionId": "none" }""", Ct), HttpStatusCode.NotFound)
        ).ShouldBe("definition.unknown");
        (
            await CodeAsync(
                client.PostJsonAsync("/api/migrations", $$"""{ "targetVersionId": "{{second}}", "plan": { "timers": "later" } }""", Ct),
                HttpStatusCode.BadRequest
            )
        ).ShouldBe("migration.plan");
        (
            await CodeAsync(
                client.PostJsonAsync("/api/migrations", $$"""{ "targetVersionId": "{{second}}", "plan": { "accepted": ["all"] } }""", Ct),
                HttpStatusCode.BadRequest
            )
        ).ShouldBe("migration.plan");
        (await CodeAsync(client.GetAsync("/api/migrations/none".Local(), Ct), HttpStatusCode.NotFound)).ShouldBe("migration.unknown");
        (
            await CodeAsync(client.PostJsonAsync($"/api/migrations/{id}/start", """{ "lanes": 99 }""", Ct), HttpStatusCode.BadRequest)
        ).ShouldBe("migration.pace");
        (await CodeAsync(client.PostJsonAsync($"/api/migrations/{id}/pause", "{}", Ct), HttpStatusCode.Conflict)).ShouldBe(
            "migration.status"
        );
        (await CodeAsync(client.PostJsonAsync($"/api/migrations/{id}/undo", "{}", Ct), HttpStatusCode.Conflict)).ShouldBe(
            "migration.status"
        );
        (await CodeAsync(client.GetAsync($"/api/migrations/{id}/instances?status=odd".Local(), Ct), HttpStatusCode.BadRequest)).ShouldBe(
            "filter.value"
        );
        first.ShouldNotBe(second);
    }

    private async Task<(string First, string Second)> VersionsAsync(HttpClient client, string id, string first, string second)
    {
        await client.PublishAsync(Ct, Sequence(id, first));
        await client.PublishAsync(Ct, Sequence(id, second));
        var store = (await server.ServicesAsync(Ct)).GetRequiredService<IWorkflowStore>();
        return (
            (await store.FindDefinitionAsync(id, 1, Ct)).ShouldNotBeNull().Id,
            (await store.FindDefinitionAsync(id, 2, Ct)).ShouldNotBeNull().Id
        );
    }

    private async Task<List<string>> StartAsync(string id, string version, int count)
    {
        var services = await server.ServicesAsync(Ct);
        using var system = services.GetRequiredService<Runtime.Access.IAccess>().AsSystem();
        var runtime = services.GetRequiredService<Runtime.Instances.WorkflowRuntime>();
        var ids = new List<string>();

        for (var i = 0; i < count; i++)
            ids.Add((await runtime.StartAsync(new(id) { VersionId = version }, Ct)).InstanceId!);

        return ids;
    }

    private static async Task<string> VersionOfAsync(HttpClient client, string id) =>
        (await client.JsonAsync($"/elsa/api/workflow-instances/{id}", Ct)).GetProperty("definitionVersionId").GetString()!;

    private static async Task<JsonElement> UntilAsync(HttpClient client, string id, string status)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(TimeSpan.FromSeconds(180));

        while (true)
        {
            var run = await client.JsonAsync($"/api/migrations/{id}", limit.Token);

            if (run.GetProperty("status").GetString() == status)
                return run;

            await Task.Delay(50, limit.Token);
        }
    }

    private static StringContent Json(string text) => new(text, System.Text.Encoding.UTF8, "application/json");

    private static async Task<JsonElement> OkAsync(Task<HttpResponseMessage> call)
    {
        using var response = await call;
        var text = await response.Content.ReadAsStringAsync(Ct);
        response.IsSuccessStatusCode.ShouldBeTrue(text);
        return JsonDocument.Parse(text).RootElement.Clone();
    }

    private static async Task<string?> CodeAsync(Task<HttpResponseMessage> call, HttpStatusCode status)
    {
        using var response = await call;
        var text = await response.Content.ReadAsStringAsync(Ct);
        response.StatusCode.ShouldBe(status, text);
        return JsonDocument.Parse(text).RootElement.GetProperty("code").GetString();
    }
}
