using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Definitions;
using static ServiceLoop.Workflows.Tests.Flows;

namespace ServiceLoop.Workflows.Tests.Api.Definitions;

/// <summary>Saving, publishing and taking back, as the editor does.</summary>
public sealed class DefinitionSavingTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Path = "/elsa/api/workflow-definitions";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_create_dialog_makes_a_draft()
    {
        var client = await server.ClientAsync(Ct);

        var response = await client.PostJsonAsync(
            Path,
            """
            { "model": { "definitionId": null, "id": null, "name": "Created", "description": "d", "toolVersion": "3.8.0.0", "version": 1, "isLatest": true,
              "isPublished": false, "createdAt": "0001-01-01T00:00:00+00:00", "variables": null, "inputs": null, "outputs": null, "outcomes": null,
              "customProperties": null, "options": null, "root": { "id": "4a2e", "type": "Elsa.Flowchart", "version": 1, "name": "Flowchart1" } }, "publish": null }
            """,
            Ct
        );

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var saved = await response.JsonAsync(Ct);
        saved.GetProperty("alreadyPublished").GetBoolean().ShouldBeFalse();
        saved.GetProperty("consumingWorkflowCount").GetInt32().ShouldBe(0);
        var definition = saved.GetProperty("workflowDefinition");
        definition.GetProperty("id").GetString().ShouldNotBeNullOrEmpty();
        definition.GetProperty("definitionId").GetString().ShouldNotBeNullOrEmpty();
        definition.GetProperty("createdAt").GetDateTimeOffset().ShouldBeGreaterThan(DateTimeOffset.UnixEpoch);
        definition.GetProperty("isLatest").GetBoolean().ShouldBeTrue();
        definition.GetProperty("root").GetProperty("nodeId").GetString().ShouldBe("Workflow1:4a2e");
        DefinitionViewTests.Rels(definition).ShouldContain("publish");
    }

    [Theory]
    [InlineData(
        "Elsa.FlowSendHttpRequest",
        "expectedStatusCodes",
        """{"expression":{"type":"Object","value":"[\"200\",\"404\",\"200\"]"}}""",
        "200"
    )]
    [InlineData("Elsa.FlowFork", "branches", """{"expression":{"type":"Object","value":["A","B","A"]}}""", "A")]
    [InlineData("Elsa.RunJavaScript", "possibleOutcomes", """{"expression":{"type":"Object","value":"[\"Done\"]"}}""", "Done")]
    [InlineData("Elsa.FlowSwitch", "cases", """[{"label":"Big"},{"label":"Big"}]""", "Big")]
    public async Task A_step_with_an_outcome_twice_is_refused_because_Studio_could_not_show_it_again(
        string type,
        string input,
        string value,
        string outcome
    )
    {
        var client = await server.ClientAsync(Ct);
        var id = $"repeated-{type}";

        using var response = await client.SaveAsync(Flowchart(id, type, input, value), publish: false, Ct);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var said = (await response.JsonAsync(Ct)).GetProperty("errors").EnumerateObject().Single().Value[0].GetString();
        said.ShouldBe($"Ask (s1), {input}: The outcome '{outcome}' is there twice. Remove all but one.");
        using var there = await client.GetAsync($"{Path}/by-definition-id/{id}".Local(), Ct);
        there.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_step_with_an_outcome_twice_comes_in_through_no_door()
    {
        const string Said = "Ask (s1), cases: The outcome 'Big' is there twice. Remove all but one.";
        var client = await server.ClientAsync(Ct);
        var file = Flowchart("smuggled", "Elsa.FlowSwitch", "cases", """[{"label":"Big"},{"label":"Big"}]""");
        using var form = new MultipartFormDataContent { { new StringContent(file), "files", "smuggled.json" } };

        using var one = await client.PostJsonAsync($"{Path}/import", file, Ct);
        using var several = await client.PostAsync($"{Path}/import-files".Local(), form, Ct);
        // As the page of definitions does with a file that is dropped on it.
        var services = await server.ServicesAsync(Ct);
        using var system = services.GetRequiredService<IAccess>().AsSystem();
        var page = await Should.ThrowAsync<WorkflowCompilationException>(() =>
            services.GetRequiredService<DefinitionService>().SaveDraftAsync(ElsaJson.Read(Encoding.UTF8.GetBytes(file)), Ct)
        );

        one.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await one.Content.ReadAsStringAsync(Ct)).ShouldContain("The outcome 'Big' is there twice");
        several.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await several.Content.ReadAsStringAsync(Ct)).ShouldContain("The outcome 'Big' is there twice");
        page.Errors.ShouldHaveSingleItem().Message.ShouldBe(Said);
        using var there = await client.GetAsync($"{Path}/by-definition-id/smuggled".Local(), Ct);
        there.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("Elsa.FlowFork", "branches", """{"expression":{"type":"Object","value":"[\"A\",\"B\"]"}}""")]
    [InlineData("Elsa.FlowFork", "branches", """{"expression":{"type":"Object","value":"[\"A\","}}""")]
    [InlineData("Elsa.FlowFork", "branches", """{"expression":{"type":"JavaScript","value":"['A','A']"}}""")]
    [InlineData("Elsa.Switch", "cases", """[{"label":"Big"},{"label":"Big"}]""")]
    [InlineData("Elsa.FlowSwitch", "cases", "null")]
    public async Task A_draft_with_other_outcomes_is_saved(string type, string input, string value)
    {
        var client = await server.ClientAsync(Ct);

        using var response = await client.SaveAsync(Flowchart($"other-{Guid.NewGuid():N}", type, input, value), publish: false, Ct);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static string Flowchart(string id, string type, string input, string value) =>
        $$"""
            { "definitionId": "{{id}}", "name": "{{id}}", "root": { "id": "f", "type": "Elsa.Flowchart", "version": 1, "connections": [],
              "activities": [ { "id": "s1", "name": "Ask", "type": "{{type}}", "version": 1, "{{input}}": {{value}} } ] } }
            """;

    [Fact]
    public async Task Saving_a_published_version_makes_one_draft_and_leaves_it_as_it_was()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Sequence("touched", RunTask("T", "t")));
        var published = await client.JsonAsync($"{Path}/by-definition-id/touched", Ct);
        var body = published.GetRawText().Replace("\"t\"", "\"changed\"", StringComparison.Ordinal);

        var first = await Definition(await client.SaveAsync(body, publish: false, Ct));
        var second = await Definition(await client.SaveAsync(body, publish: false, Ct));

        first.GetProperty("version").GetInt32().ShouldBe(2);
        second.GetProperty("version").GetInt32().ShouldBe(2);
        second.GetProperty("id").GetString().ShouldBe(first.GetProperty("id").GetString());
        second.GetProperty("isPublished").GetBoolean().ShouldBeFalse();
        var old = await client.JsonAsync($"{Path}/by-id/{published.GetProperty("id").GetString()}", Ct);
        old.GetProperty("root").GetRawText().ShouldBe(published.GetProperty("root").GetRawText());
        old.GetProperty("isPublished").GetBoolean().ShouldBeTrue();
        old.GetProperty("isLatest").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task Saves_of_one_draft_at_the_same_time_all_succeed()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Sequence("busy", RunTask("T", "t")));

        var responses = await Task.WhenAll(
            Enumerable.Range(0, 12).Select(n => client.SaveAsync(Sequence("busy", RunTask("T", $"t{n}")), publish: false, Ct))
        );

        responses.ShouldAllBe(r => r.StatusCode == HttpStatusCode.OK);
        var versions = await client.JsonAsync($"{Path}?versionOptions=AllVersions&DefinitionIds=busy", Ct);
        versions.GetProperty("totalCount").GetInt32().ShouldBe(2);
    }

    [Fact]
    public async Task A_save_of_an_old_version_changes_the_draft_and_never_the_old_version()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Sequence("stale", RunTask("T", "one")), Sequence("stale", RunTask("T", "two")));
        var versions = await client.JsonAsync($"{Path}?versionOptions=1&DefinitionIds=stale", Ct);
        var id = versions.GetProperty("items")[0].GetProperty("id").GetString()!;
        var old = await client.JsonAsync($"{Path}/by-id/{id}", Ct);

        var saved = await Definition(
            await client.SaveAsync(old.GetRawText().Replace("\"one\"", "\"three\"", StringComparison.Ordinal), publish: false, Ct)
        );

        saved.GetProperty("version").GetInt32().ShouldBe(3);
        saved.GetProperty("id").GetString().ShouldNotBe(id);
        (await client.JsonAsync($"{Path}/by-id/{id}", Ct)).GetProperty("root").GetRawText().ShouldBe(old.GetProperty("root").GetRawText());
    }

    [Fact]
    public async Task Errors_at_publishing_name_activity_and_input_and_keep_the_draft()
    {
        var client = await server.ClientAsync(Ct);

        var response = await client.SaveAsync(
            """
            { "definitionId": "faulty", "root": { "id": "root", "type": "Elsa.Sequence", "version": 1, "activities": [
              { "id": "greet", "type": "Elsa.WriteLine", "version": 1, "metadata": { "displayText": "Greet the customer" },
                "text": { "typeName": "String", "expression": { "type": "JavaScript", "value": "a +" } } } ] } }
            """,
            publish: true,
            Ct
        );

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var problem = await response.JsonAsync(Ct);
        problem.GetProperty("code").GetString().ShouldBe("definition.invalid");
        var error = problem.GetProperty("errors").EnumerateObject().ShouldHaveSingleItem();
        error.Name.ShouldStartWith("$.root.activities[0].text");
        error.Value[0].GetString()!.ShouldStartWith("Greet the customer (greet), text: ");
        (await client.JsonAsync($"{Path}/by-definition-id/faulty", Ct)).GetProperty("isPublished").GetBoolean().ShouldBeFalse();
    }

    [Theory]
    [InlineData("{ nonsense", "http.bad-request")]
    [InlineData("null", "http.bad-request")]
    [InlineData("""{ "model": 7 }""", "definition.invalid")]
    [InlineData("""{ "model": { "root": 7 } }""", "definition.invalid")]
    [InlineData("""{ "model": { "name": "\ud800", "root": null } }""", "definition.invalid")]
    public async Task What_is_no_definition_is_refused_with_errors(string body, string code)
    {
        var client = await server.ClientAsync(Ct);

        var response = await client.PostJsonAsync(Path, body, Ct);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var problem = await response.JsonAsync(Ct);
        problem.GetProperty("code").GetString().ShouldBe(code);
        problem.GetProperty("errors").EnumerateObject().First().Value[0].GetString().ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task What_is_read_only_is_not_saved_published_or_taken_back()
    {
        var client = await server.ClientAsync(Ct);
        await client.PostJsonAsync($"{Path}/import", Sequence("fixed", "", """ "isReadonly": true, """), Ct);

        var save = await client.SaveAsync(Sequence("fixed", RunTask("T", "t")), publish: false, Ct);
        var publish = await client.PostJsonAsync($"{Path}/fixed/publish", "{}", Ct);

        foreach (var response in new[] { save, publish })
        {
            response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
            (await response.JsonAsync(Ct)).GetProperty("errors").TryGetProperty("definition.read-only", out _).ShouldBeTrue();
        }

        DefinitionViewTests.Rels(await client.JsonAsync($"{Path}/by-definition-id/fixed", Ct)).ShouldNotContain("publish");
    }

    [Fact]
    public async Task Publishing_twice_and_taking_back_twice_say_what_is()
    {
        var client = await server.ClientAsync(Ct);
        await client.SaveAsync(Sequence("in-and-out", RunTask("T", "t")), publish: false, Ct);

        var first = await (await client.PostJsonAsync($"{Path}/in-and-out/publish", "{}", Ct)).JsonAsync(Ct);
        var second = await (await client.PostJsonAsync($"{Path}/in-and-out/publish", "{}", Ct)).JsonAsync(Ct);
        var back = await (await client.PostJsonAsync($"{Path}/in-and-out/retract", "{}", Ct)).JsonAsync(Ct);
        var again = await client.PostJsonAsync($"{Path}/in-and-out/retract", "{}", Ct);
        var unknown = await client.PostJsonAsync($"{Path}/nobody/publish", "{}", Ct);

        first.GetProperty("alreadyPublished").GetBoolean().ShouldBeFalse();
        second.GetProperty("alreadyPublished").GetBoolean().ShouldBeTrue();
        back.GetProperty("isPublished").GetBoolean().ShouldBeFalse();
        DefinitionViewTests.Rels(back).ShouldContain("publish");
        again.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        unknown.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await unknown.JsonAsync(Ct)).GetProperty("errors").TryGetProperty("definition.unknown", out _).ShouldBeTrue();
    }

    [Fact]
    public async Task A_duplicate_is_a_line_of_its_own_with_the_same_activities()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Sequence("twin", RunTask("T", "t"), """ "options": { "usableAsActivity": false }, """));
        var model = JsonNode
            .Parse(await client.GetStringAsync($"{Path}/by-definition-id/twin?versionOptions=Latest".Local(), Ct))!
            .AsObject();
        (model["id"], model["definitionId"], model["name"], model["links"]) = (null, null, "Workflow 2 - Duplicate of twin", null);

        var copy = await Definition(await client.SaveAsync(model.ToJsonString(), publish: false, Ct));

        copy.GetProperty("definitionId").GetString().ShouldNotBe("twin");
        copy.GetProperty("version").GetInt32().ShouldBe(1);
        copy.GetProperty("isPublished").GetBoolean().ShouldBeFalse();
        copy.GetProperty("root").GetProperty("activities")[0].GetProperty("id").GetString().ShouldBe("T");
        (await client.JsonAsync($"{Path}/by-definition-id/twin", Ct)).GetProperty("isPublished").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task What_was_opened_and_saved_without_a_change_stays_published()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(
            Ct,
            """
            { "definitionId": "untouched", "root": { "id": "chart", "type": "Elsa.Flowchart", "activities": [
              { "id": "a", "type": "Elsa.WriteLine", "text": "plain" }, { "id": "b", "type": "Elsa.WriteLine" } ],
              "connections": [ { "source": "a", "target": "b" } ] } }
            """
        );
        var opened = await client.GetStringAsync($"{Path}/by-definition-id/untouched".Local(), Ct);

        var saved = await Definition(await client.SaveAsync(opened, publish: false, Ct));
        var published = await (await client.SaveAsync(opened, publish: true, Ct)).JsonAsync(Ct);

        saved.GetProperty("version").GetInt32().ShouldBe(1);
        saved.GetProperty("isPublished").GetBoolean().ShouldBeTrue();
        published.GetProperty("alreadyPublished").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task A_chart_of_500_activities_is_saved_and_comes_back()
    {
        var client = await server.ClientAsync(Ct);
        var activities = string.Join(
            ',',
            Enumerable
                .Range(0, 500)
                .Select(n => $$"""{ "id": "a{{n}}", "type": "Elsa.WriteLine", "version": 1, "text": {{Literal($"{n}")}} }""")
        );
        var connections = string.Join(
            ',',
            Enumerable
                .Range(0, 499)
                .Select(n =>
                    $$"""{ "source": { "activity": "a{{n}}", "port": "Done" }, "target": { "activity": "a{{n + 1}}", "port": "In" } }"""
                )
        );
        var model =
            $$"""{ "definitionId": "large", "root": { "id": "chart", "type": "Elsa.Flowchart", "version": 1, "activities": [ {{activities}} ], "connections": [ {{connections}} ] } }""";

        var saved = await Definition(await client.SaveAsync(model, publish: true, Ct));

        var chart = saved.GetProperty("root");
        chart.GetProperty("activities").EnumerateArray().Select(a => a.GetProperty("nodeId").GetString()).Distinct().Count().ShouldBe(500);
        chart.GetProperty("connections").GetArrayLength().ShouldBe(499);
    }

    [Fact]
    public async Task A_revert_answers_the_summary_of_a_new_draft()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Sequence("back", RunTask("T", "one")), Sequence("back", RunTask("T", "two")));

        var summary = await (await client.PostJsonAsync($"{Path}/back/revert/1", "{}", Ct)).JsonAsync(Ct);

        summary.GetProperty("version").GetInt32().ShouldBe(3);
        summary.GetProperty("isLatest").GetBoolean().ShouldBeTrue();
        summary.GetProperty("isPublished").GetBoolean().ShouldBeFalse();
        var draft = await client.JsonAsync($"{Path}/by-id/{summary.GetProperty("id").GetString()}", Ct);
        draft.GetProperty("root").GetRawText().ShouldContain("one");
    }

    private static async Task<JsonElement> Definition(HttpResponseMessage response)
    {
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync(Ct));
        return (await response.JsonAsync(Ct)).GetProperty("workflowDefinition");
    }
}
