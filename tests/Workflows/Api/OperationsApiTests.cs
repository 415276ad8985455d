using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using ServiceLoop.Runtime.Store;
using static ServiceLoop.Workflows.Tests.Flows;

namespace ServiceLoop.Workflows.Tests.Api;

/// <summary>What operators do: repair, cancel, alter, look at work.</summary>
public sealed class OperationsApiTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static readonly string Picky = Sequence(
        "picky",
        $$"""{ "id": "Check", "type": "Elsa.RunJavaScript", "script": {{Of("JavaScript", "if (!variables.Ready) throw new Error('not ready'); 1")}} }, """
            + RunTask("T", "t"),
        """ "variables": [ { "id": "ready", "name": "Ready", "typeName": "Boolean", "value": "false" } ], """
    );

    [Fact]
    public async Task An_incident_is_repaired_by_setting_a_variable_and_trying_again()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Picky);
        var (id, incident) = await FailAsync(client);

        var set = await client.PutAsync($"/api/operations/instances/{id}/variables/Ready".Local(), Json("""{ "value": true }"""), Ct);
        var retried = await client.PostJsonAsync($"/api/operations/instances/{id}/incidents/{incident}/retry", "{}", Ct);

        set.StatusCode.ShouldBe(HttpStatusCode.OK, await set.Content.ReadAsStringAsync(Ct));
        retried.StatusCode.ShouldBe(HttpStatusCode.OK);
        var repaired = await client.UntilAsync(id, "Suspended", Ct);
        repaired.GetProperty("incidentCount").GetInt32().ShouldBe(0);
        var variables = (await client.JsonAsync($"/elsa/api/workflow-instances/{id}/variables", Ct)).GetProperty("items");
        variables.EnumerateArray().ShouldHaveSingleItem().GetProperty("value").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task An_incident_is_skipped_with_an_outcome()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Picky);
        var (id, incident) = await FailAsync(client);

        var skipped = await client.PostJsonAsync(
            $"/api/operations/instances/{id}/incidents/{incident}/skip",
            """{ "outcomes": ["Done"] }""",
            Ct
        );

        skipped.StatusCode.ShouldBe(HttpStatusCode.OK, await skipped.Content.ReadAsStringAsync(Ct));
        await client.UntilAsync(id, "Suspended", Ct);
    }

    [Fact]
    public async Task Repairs_that_cannot_be_are_refused_with_codes()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Picky);
        var (id, _) = await FailAsync(client);

        var noInstance = await client.PostJsonAsync("/api/operations/instances/nobody/retry", "{}", Ct);
        var noIncident = await client.PostJsonAsync($"/api/operations/instances/{id}/incidents/99/retry", "{}", Ct);
        var noVariable = await client.PutAsync($"/api/operations/instances/{id}/variables/Nothing".Local(), Json("""{ "value": 1 }"""), Ct);
        var noAction = await client.PostJsonAsync(
            "/api/operations/instances/bulk",
            """{ "action": "explode", "definitionId": "picky" }""",
            Ct
        );

        (await noInstance.CodeAsync(Ct)).ShouldBe("instance.unknown");
        (await noIncident.CodeAsync(Ct)).ShouldBe("incident.unknown");
        noVariable.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await noVariable.CodeAsync(Ct)).ShouldBe("alteration.impossible");
        (await noAction.CodeAsync(Ct)).ShouldBe("bulk.action");
    }

    [Fact]
    public async Task Many_are_cancelled_at_once()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Sequence("crowd", RunTask("T", "t")));
        var ids = new List<string>();

        for (var n = 0; n < 5; n++)
            ids.Add(await AnswersApiTests.StartAsync(client, "crowd"));

        var result = await client.PostJsonAsync(
            "/api/operations/instances/bulk",
            """{ "action": "cancel", "definitionId": "crowd" }""",
            Ct
        );

        (await result.JsonAsync(Ct)).GetProperty("done").GetInt32().ShouldBe(5);

        foreach (var id in ids)
            await client.UntilAsync(id, "Cancelled", Ct);
    }

    [Fact]
    public async Task Elsas_doors_cancel_retry_alter_journal_and_delete()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Picky);
        var (id, _) = await FailAsync(client);

        var altered = await client.PostJsonAsync(
            "/elsa/api/alterations/run",
            $$"""{ "workflowInstanceIds": ["{{id}}"], "alterations": [ { "type": "ModifyVariable", "variableId": "ready", "value": true } ] }""",
            Ct
        );
        var retried = await client.PostJsonAsync(
            "/elsa/api/alterations/workflows/retry",
            $$"""{ "workflowInstanceIds": ["{{id}}", "nobody"] }""",
            Ct
        );
        var cancelled = await client.PostAsync($"/elsa/api/cancel/workflow-instances/{id}".Local(), null, Ct);
        var journal = await client.JsonAsync($"/elsa/api/workflow-instances/{id}/journal", Ct);
        var deleted = await client.DeleteAsync($"/elsa/api/workflow-instances/{id}".Local(), Ct);

        (await altered.JsonAsync(Ct)).GetProperty("results")[0].GetProperty("isSuccessful").GetBoolean().ShouldBeTrue();
        var retries = (await retried.JsonAsync(Ct)).GetProperty("results");
        retries[0].GetProperty("isSuccessful").GetBoolean().ShouldBeTrue();
        retries[1].GetProperty("error").GetString()!.ShouldContain("nobody");
        cancelled.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        journal.GetProperty("items").EnumerateArray().Select(e => e.GetProperty("eventName").GetString()).ShouldContain("Faulted");
        deleted.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await client.GetAsync($"/elsa/api/workflow-instances/{id}".Local(), Ct)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Work_that_was_set_aside_is_listed_tried_again_and_discarded()
    {
        var client = await server.ClientAsync(Ct);
        var store = (await server.ServicesAsync(Ct)).GetRequiredService<IWorkflowStore>();
        var now = TimeProvider.System.GetUtcNow();
        await store.EnqueueAsync(
            [
                .. Enumerable
                    .Range(0, 2)
                    .Select(n => new NewWork
                    {
                        Key = $"m:test-{n}",
                        Kind = WorkKind.Message,
                        DueAt = now.AddDays(1),
                    }),
            ],
            Ct
        );
        var rows = (await store.ListWorkAsync(false, null, 0, 100, Ct)).Where(w => w.Key.StartsWith("m:test-")).ToList();

        foreach (var row in rows)
            await store.BuryWorkAsync(row.Id, now, "nobody handles it", Ct);

        var buried = (await client.JsonAsync("/api/operations/work/buried", Ct)).GetProperty("items").EnumerateArray().ToList();
        var discarded = await client.PostJsonAsync("/api/operations/work/discard", $$"""{ "ids": [{{rows[0].Id}}] }""", Ct);
        var retried = await client.PostJsonAsync("/api/operations/work/retry", $$"""{ "ids": [{{rows[1].Id}}] }""", Ct);
        var unnamed = await client.PostJsonAsync("/api/operations/work/retry", "{}", Ct);

        buried.Select(b => b.GetProperty("error").GetString()).ShouldAllBe(e => e == "nobody handles it");
        buried.Count.ShouldBeGreaterThanOrEqualTo(2);
        (await discarded.JsonAsync(Ct)).GetProperty("count").GetInt32().ShouldBe(1);
        (await retried.JsonAsync(Ct)).GetProperty("count").GetInt32().ShouldBe(1);
        (await unnamed.CodeAsync(Ct)).ShouldBe("work.unnamed");
        (await client.JsonAsync("/api/operations/work/depths", Ct)).GetProperty("buried").GetInt64().ShouldBe(buried.Count - 2);
    }

    private static StringContent Json(string json) => new(json, System.Text.Encoding.UTF8, "application/json");

    private static async Task<(string Id, long Incident)> FailAsync(HttpClient client)
    {
        var id = await AnswersApiTests.StartAsync(client, "picky");
        JsonElement instance = await client.UntilAsync(id, "Faulted", Ct);
        return (id, instance.GetProperty("workflowState").GetProperty("incidents")[0].GetProperty("id").GetInt64());
    }
}
