using System.Net;
using static ServiceLoop.Workflows.Tests.Flows;

namespace ServiceLoop.Workflows.Tests.Api;

public sealed class ExecutionsApiTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Execute_runs_the_first_burst_and_tells_the_instance()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(
            Ct,
            Sequence(
                "echo",
                $$"""{ "id": "Set", "type": "Elsa.SetOutput", "outputName": {{Literal("said")}}, "outputValue": {{Of("JavaScript", "getInput('word') + '!'")}} }""",
                """ "inputs": [ { "name": "word", "type": "String" } ], "outputs": [ { "name": "said", "type": "String" } ], """
            )
        );

        var response = await client.PostJsonAsync(
            "/elsa/api/workflow-definitions/echo/execute",
            """{ "correlationId": "c1", "input": { "word": "hey" } }""",
            Ct
        );

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var state = (await response.JsonAsync(Ct)).GetProperty("workflowState");
        state.GetProperty("subStatus").GetString().ShouldBe("Finished");
        state.GetProperty("output").GetProperty("said").GetString().ShouldBe("hey!");
        state.GetProperty("correlationId").GetString().ShouldBe("c1");
        state.GetProperty("id").GetString().ShouldBe(response.InstanceId());
    }

    [Fact]
    public async Task An_unknown_definition_is_404_and_bad_input_400_with_codes()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Sequence("plain", RunTask("T", "t")));

        var unknown = await client.PostJsonAsync("/elsa/api/workflow-definitions/nobody/execute", "{}", Ct);
        var wrong = await client.PostJsonAsync("/elsa/api/workflow-definitions/plain/execute", """{ "input": 7 }""", Ct);
        var version = await client.PostJsonAsync("/elsa/api/workflow-definitions/plain/execute", """{ "versionOptions": "Newest" }""", Ct);
        var malformed = await client.PostJsonAsync("/elsa/api/workflow-definitions/plain/execute", "{ nonsense", Ct);

        unknown.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await unknown.CodeAsync(Ct)).ShouldBe("definition.unknown");
        (await wrong.CodeAsync(Ct)).ShouldBe("input.not-an-object");
        (await version.CodeAsync(Ct)).ShouldBe("version-options.unknown");
        malformed.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await malformed.CodeAsync(Ct)).ShouldBe("http.bad-request");
    }

    [Fact]
    public async Task Run_in_studio_reads_headers_alone()
    {
        const string Body = """{ "correlationId": null, "triggerActivityId": null, "versionOptions": "Latest", "input": null }""";
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Sequence("run-by-studio", RunTask("T", "t")));

        var started = await client.PostJsonAsync("/elsa/api/workflow-definitions/run-by-studio/execute", Body, Ct);
        var unknown = await client.PostJsonAsync("/elsa/api/workflow-definitions/run-by-nobody/execute", Body, Ct);

        // It comes back as soon as the instance waits.
        await client.UntilAsync(started.InstanceId(), "Suspended", Ct);
        started.Headers.Contains("x-elsa-workflow-cannot-start").ShouldBeFalse();
        unknown.Headers.GetValues("x-elsa-workflow-cannot-start").ShouldBe(["true"]);
        unknown.Headers.Contains("x-elsa-workflow-instance-id").ShouldBeFalse();
    }

    [Fact]
    public async Task A_singleton_that_runs_refuses_a_second_with_409()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(
            Ct,
            Sequence(
                "only-one",
                RunTask("T", "t"),
                """ "options": { "activationStrategyType": "Elsa.Workflows.ActivationValidators.SingletonStrategy, Elsa.Workflows.Core" }, """
            )
        );
        await client.PostJsonAsync("/elsa/api/workflow-definitions/only-one/execute", "{}", Ct);

        var second = await client.PostJsonAsync("/elsa/api/workflow-definitions/only-one/execute", "{}", Ct);

        second.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        second.Headers.GetValues("x-elsa-workflow-cannot-start").ShouldBe(["true"]);
        (await second.CodeAsync(Ct)).ShouldBe("workflow.refused");
    }

    [Fact]
    public async Task A_workflow_may_answer_the_execute_call_itself()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Sequence("self-answer", Reply("Out", "'mine'", "418")));

        var response = await client.PostJsonAsync("/elsa/api/workflow-definitions/self-answer/execute", "{}", Ct);

        ((int)response.StatusCode).ShouldBe(418);
        (await response.Content.ReadAsStringAsync(Ct)).ShouldBe("mine");
    }

    [Fact]
    public async Task Dispatch_starts_soon_and_once()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Sequence("later", RunTask("T", "t")));

        var response = await client.PostJsonAsync("/elsa/api/workflow-definitions/later/dispatch", """{ "instanceId": "later-1" }""", Ct);
        await client.PostJsonAsync("/elsa/api/workflow-definitions/later/dispatch", """{ "instanceId": "later-1" }""", Ct);

        (await response.JsonAsync(Ct)).GetProperty("workflowInstanceId").GetString().ShouldBe("later-1");
        await client.UntilAsync("later-1", "Suspended", Ct);
        (await client.JsonAsync("/elsa/api/workflow-instances?definitionId=later", Ct)).GetProperty("items").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task Bulk_dispatch_starts_as_many_as_asked_for_each_with_the_input()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(
            Ct,
            Sequence(
                "many",
                $$"""{ "id": "Set", "type": "Elsa.SetOutput", "outputName": {{Literal("said")}}, "outputValue": {{Of("JavaScript", "getInput('word')")}} }""",
                """ "inputs": [ { "name": "word", "type": "String" } ], "outputs": [ { "name": "said", "type": "String" } ], """
            )
        );

        var response = await client.PostJsonAsync(
            "/elsa/api/workflow-definitions/many/bulk-dispatch",
            """{ "count": 3, "input": { "word": "hey" } }""",
            Ct
        );
        var one = await client.PostJsonAsync("/elsa/api/workflow-definitions/many/bulk-dispatch", "{}", Ct);

        var ids = (await response.JsonAsync(Ct)).GetProperty("workflowInstanceIds").EnumerateArray().Select(id => id.GetString()!).ToList();
        ids.Distinct().Count().ShouldBe(3);
        (await one.JsonAsync(Ct)).GetProperty("workflowInstanceIds").GetArrayLength().ShouldBe(1);

        foreach (var id in ids)
        {
            await client.UntilAsync(id, "Finished", Ct);
            (await client.JsonAsync($"/elsa/api/workflow-instances/{id}", Ct))
                .GetProperty("workflowState")
                .GetProperty("output")
                .GetProperty("said")
                .GetString()
                .ShouldBe("hey");
        }
    }

    [Theory]
    [InlineData("many-refused", """{ "count": 0 }""", HttpStatusCode.BadRequest, "dispatch.count")]
    [InlineData("many-refused", """{ "count": 1001 }""", HttpStatusCode.BadRequest, "dispatch.count")]
    [InlineData("nobody", """{ "count": 2 }""", HttpStatusCode.NotFound, "definition.unknown")]
    public async Task Bulk_dispatch_refuses_and_starts_none(string definition, string body, HttpStatusCode status, string code)
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Sequence("many-refused", RunTask("T", "t")));

        var response = await client.PostJsonAsync($"/elsa/api/workflow-definitions/{definition}/bulk-dispatch", body, Ct);

        response.StatusCode.ShouldBe(status);
        (await response.CodeAsync(Ct)).ShouldBe(code);
        (await client.JsonAsync("/elsa/api/workflow-instances?definitionId=many-refused", Ct))
            .GetProperty("items")
            .GetArrayLength()
            .ShouldBe(0);
    }

    [Fact]
    public async Task An_address_alone_starts_a_workflow_with_what_it_says()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(
            Ct,
            Sequence(
                "by-address",
                $$"""{ "id": "Set", "type": "Elsa.SetOutput", "outputName": {{Literal("said")}}, "outputValue": {{Of("JavaScript", "getInput('word') + '!'")}} }""",
                """ "inputs": [ { "name": "word", "type": "String" } ], "outputs": [ { "name": "said", "type": "String" } ], """
            )
        );
        const string Path = "/elsa/api/workflow-definitions/by-address/execute";
        var input = Uri.EscapeDataString("""{ "word": "hey" }""");

        var response = await client.GetAsync($"{Path}?CorrelationId=c7&Name=Called&VersionOptions=Published&Input={input}".Local(), Ct);
        var wrong = await client.GetAsync($"{Path}?input=nonsense".Local(), Ct);

        var state = (await response.JsonAsync(Ct)).GetProperty("workflowState");
        state.GetProperty("output").GetProperty("said").GetString().ShouldBe("hey!");
        state.GetProperty("correlationId").GetString().ShouldBe("c7");
        state.GetProperty("id").GetString().ShouldBe(response.InstanceId());
        wrong.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await wrong.CodeAsync(Ct)).ShouldBe("input.invalid");
    }

    [Fact]
    public async Task A_page_of_another_site_starts_nothing_by_an_address()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Sequence("lured", RunTask("T", "t")));
        using var signedIn = await Access.Crew.ClientAsync(await server.NodeAsync(Ct), "admin", Ct);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/elsa/api/workflow-definitions/lured/execute".Local());
        request.Headers.Add("Sec-Fetch-Site", "cross-site");

        var response = await signedIn.SendAsync(request, Ct);

        (await response.CodeAsync(Ct)).ShouldBe("access.foreign");
        (await client.JsonAsync("/elsa/api/workflow-instances?definitionId=lured", Ct)).GetProperty("items").GetArrayLength().ShouldBe(0);
    }
}
