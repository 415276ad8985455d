using System.Net;
using System.Text.Json;

namespace ServiceLoop.Workflows.Tests.Api.Descriptors;

/// <summary>What each editor of Elsa Studio writes into a definition runs; tried with the designer's own test of one activity.</summary>
public sealed class StoredValueTests(TestServer server) : IClassFixture<TestServer>
{
    // Nobody listens there.
    private const string Nowhere = """ "url": { "typeName": "String", "expression": { "type": "Literal", "value": "nowhere" } } """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("singleline", "WriteLine", "text", "Literal", "hi", "activityState.Text", "\"hi\"")]
    [InlineData("singleline for a number", "For", "end", "Literal", "5", "activityState.End", "5")]
    [InlineData("multiline", "PublishEvent", "payload", "Literal", "two\nlines", "activityState.Payload", "\"two\\nlines\"")]
    [InlineData("checkbox", "For", "outerBoundInclusive", "Literal", "False", "activityState.OuterBoundInclusive", "false")]
    [InlineData("dropdown", "FlowSwitch", "mode", "Literal", "MatchAny", "activityState.Mode", "\"MatchAny\"")]
    [InlineData(
        "checklist",
        "HttpEndpoint",
        "supportedMethods",
        "Object",
        "[\"POST\",\"PUT\"]",
        "activityState.SupportedMethods",
        "[\"POST\",\"PUT\"]"
    )]
    [InlineData("multitext", "ForEach", "items", "Object", "[\"a\",\"b\"]", "activityState.Items", "[\"a\",\"b\"]")]
    [InlineData("code-editor", "RunJavaScript", "script", "JavaScript", "6 * 7", "outputs.Result", "42")]
    [InlineData("dynamic-outcomes", "FlowFork", "branches", "Object", "[\"A\",\"B\"]", "payload.Outcomes", "[\"A\",\"B\"]")]
    [InlineData("output-picker", "SetOutput", "outputName", "Literal", "Answer", "activityState.OutputName", "\"Answer\"")]
    [InlineData("outcome-picker", "Complete", "outcomes", "Literal", "Approved", "activityState.Outcomes", "\"Approved\"")]
    [InlineData(
        "workflow-definition-picker",
        "DispatchWorkflow",
        "workflowDefinitionId",
        "Literal",
        "other",
        "activityState.WorkflowDefinitionId",
        "\"other\""
    )]
    [InlineData(
        "datetime-picker",
        "StartAt",
        "dateTime",
        "Literal",
        "1/5/2026 10:30:00\u202FPM",
        "activityState.DateTime",
        "\"2026-01-05T22:30:00+00:00\""
    )]
    [InlineData(
        "a variable from the menu",
        "WriteLine",
        "text",
        "Variable",
        "{\"id\":\"v1\",\"name\":\"Customer\"}",
        "activityState.Text",
        "\"Ada\""
    )]
    [InlineData("Liquid", "WriteLine", "text", "Liquid", "Hello {{ Variables.Customer }}", "activityState.Text", "\"Hello Ada\"")]
    public async Task A_wrapped_value_runs(
        string editor,
        string type,
        string input,
        string language,
        string value,
        string place,
        string expected
    )
    {
        var result = await TryAsync(
            $$"""
            { "id": "A", "type": "Elsa.{{type}}", "version": 1, "{{input}}": { "typeName": "Object", "expression": { "type": "{{language}}", "value": {{JsonSerializer.Serialize(
                value
            )}} }, "memoryReference": null } }
            """
        );

        At(result, place).GetRawText().ShouldBe(expected, editor);
    }

    [Fact]
    public async Task Names_with_values_may_be_texts_scripts_and_variables()
    {
        var stored = JsonSerializer.Serialize(
            """{"plain":"x","sum":{"type":"JavaScript","value":"1 + 1"},"who":{"Type":"Variable","Value":"{\"id\":\"v1\",\"name\":\"Customer\"}"},"kept":{"type":"circle","value":3}}"""
        );

        var result = await TryAsync(
            $$"""{ "id": "A", "type": "Elsa.RunTask", "version": 1, "payload": { "typeName": "ObjectDictionary", "expression": { "type": "Object", "value": {{stored}} } } }"""
        );

        At(result, "activityState.Payload")
            .GetRawText()
            .ShouldBe("""{"plain":"x","sum":2,"who":"Ada","kept":{"type":"circle","value":3}}""");
        result.GetProperty("status").GetString().ShouldBe("Running");
    }

    [Fact]
    public async Task JSON_text_and_lists_of_numbers_written_as_texts_become_what_the_input_needs()
    {
        var result = await TryAsync(
            $$"""
            { "id": "A", "type": "Elsa.FlowSendHttpRequest", "version": 1, {{Nowhere}},
              "requestHeaders": { "typeName": "ObjectDictionary", "expression": { "type": "Literal", "value": "{ \"X-Case\": \"7\" }" } },
              "expectedStatusCodes": { "typeName": "Int32[]", "expression": { "type": "Object", "value": "[\"200\",\"404\"]" } } }
            """
        );

        At(result, "activityState.RequestHeaders").GetRawText().ShouldBe("""{"X-Case":"7"}""");
        At(result, "activityState.ExpectedStatusCodes").GetRawText().ShouldBe("[200,404]");
        At(result, "exception.message").GetString()!.ShouldContain("nowhere");
    }

    [Theory]
    [InlineData(
        "flow-switch-editor",
        """ "type": "Elsa.FlowSwitch", "cases": [ { "label": "Big", "condition": { "type": "JavaScript", "value": "2 > 1" }, "activity": null } ] """,
        "payload.Outcomes",
        "[\"Big\"]"
    )]
    [InlineData(
        "switch-editor",
        """ "type": "Elsa.Switch", "cases": [ { "label": "Big", "condition": { "type": "JavaScript", "value": "2 > 1" }, "activity": null } ] """,
        "status",
        "\"Completed\""
    )]
    [InlineData(
        "variable-picker",
        """ "type": "Elsa.SetVariable", "variable": { "id": "v1", "name": "Customer", "typeName": "String", "isArray": false, "value": "" }, "value": { "typeName": "Object", "expression": { "type": "Literal", "value": "Bob" } } """,
        "status",
        "\"Completed\""
    )]
    [InlineData("dropdown of a plain value", """ "type": "Elsa.Fork", "joinMode": "WaitAny" """, "status", "\"Completed\"")]
    [InlineData(
        "checkbox of a plain value",
        """ "type": "Elsa.HttpEndpoint", "path": "a", "exposeFileTooLargeOutcome": true """,
        "status",
        "\"Running\""
    )]
    public async Task A_plain_value_runs(string editor, string members, string place, string expected)
    {
        var result = await TryAsync($$"""{ "id": "A", "version": 1, {{members}} }""");

        At(result, place).GetRawText().ShouldBe(expected, $"{editor}: {result}");
    }

    [Fact]
    public async Task A_list_of_status_codes_is_read_as_it_is_written()
    {
        var result = await TryAsync(
            $$"""{ "id": "A", "type": "Elsa.SendHttpRequest", "version": 1, {{Nowhere}}, "expectedStatusCodes": [ { "statusCode": 200, "activity": null }, { "statusCode": 404 } ] }"""
        );

        // It went as far as the address.
        At(result, "exception.message").GetString()!.ShouldContain("nowhere");
    }

    [Fact]
    public async Task A_new_activity_without_any_value_has_the_defaults_that_the_designer_shows()
    {
        var result = await TryAsync("""{ "id": "A", "type": "Elsa.FlowSendHttpRequest", "version": 1 }""");

        At(result, "activityState.Method").GetString().ShouldBe("GET");
        At(result, "activityState.ExpectedStatusCodes").GetRawText().ShouldBe("[200]");
    }

    private static JsonElement At(JsonElement json, string place) =>
        place
            .Split('.')
            .Aggregate(
                json,
                (value, name) => value.TryGetProperty(name, out var member) ? member : throw new ShouldAssertException($"{place} in {json}")
            );

    private async Task<JsonElement> TryAsync(string activity)
    {
        var client = await server.ClientAsync(Ct);
        using var saved = await client.SaveAsync(
            $$"""
            { "definitionId": "stored", "name": "stored",
              "variables": [ { "id": "v1", "name": "Customer", "typeName": "String", "value": "Ada" } ],
              "outputs": [ { "name": "Answer", "type": "String" } ], "outcomes": [ "Approved" ],
              "root": { "id": "main", "type": "Elsa.Flowchart", "version": 1, "activities": [ {{activity}} ], "connections": [] } }
            """,
            publish: false,
            Ct
        );
        saved.StatusCode.ShouldBe(HttpStatusCode.OK, await saved.Content.ReadAsStringAsync(Ct));
        var definition = (await saved.JsonAsync(Ct)).GetProperty("workflowDefinition");
        var nodeId = definition.GetProperty("root").GetProperty("activities")[0].GetProperty("nodeId").GetString();
        using var response = await client.PostJsonAsync(
            "/elsa/api/tests/activities",
            $$"""
            { "workflowDefinitionHandle": { "definitionId": null, "versionOptions": null, "definitionVersionId": "{{definition
                .GetProperty("id")
                .GetString()}}" },
              "activityHandle": { "activityId": null, "activityNodeId": "{{nodeId}}", "activityInstanceId": null, "activityHash": null } }
            """,
            Ct
        );
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync(Ct));
        return await response.JsonAsync(Ct);
    }
}
