using System.Text.Json;
using ServiceLoop.Activities.BuiltIn;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Engine.Execution;
using ServiceLoop.TestKit;

namespace ServiceLoop.Activities.Tests.BuiltIn;

public sealed class CatalogTests
{
    private static readonly ActivityCatalog Catalog = BuiltInActivities.AddTo(ActivityCatalog.WithEngineActivities());

    [Theory]
    [InlineData("Elsa.DispatchWorkflow", "WorkflowDefinitionId,CorrelationId,Input,WaitForCompletion,ChannelName")]
    [InlineData("Elsa.ExecuteWorkflow", "WorkflowDefinitionId,CorrelationId,Input,WaitForCompletion")]
    [InlineData(
        "Elsa.BulkDispatchWorkflows",
        "WorkflowDefinitionId,Items,DefaultItemInputKey,CorrelationIdFunction,Input,WaitForCompletion,StartNewTrace,ChannelName"
    )]
    [InlineData(
        "Elsa.HttpEndpoint",
        "Path,SupportedMethods,Authorize,Policy,RequestTimeout,RequestSizeLimit,FileSizeLimit,AllowedFileExtensions,BlockedFileExtensions,AllowedMimeTypes,ExposeRequestTooLargeOutcome,ExposeFileTooLargeOutcome,ExposeInvalidFileExtensionOutcome,ExposeInvalidFileMimeTypeOutcome"
    )]
    [InlineData("Elsa.WriteHttpResponse", "StatusCode,Content,ContentType,ResponseHeaders")]
    [InlineData(
        "Elsa.SendHttpRequest",
        "Url,Method,Content,ContentType,Authorization,DisableAuthorizationHeaderValidation,RequestHeaders,EnableResiliency,ExpectedStatusCodes"
    )]
    [InlineData(
        "Elsa.FlowSendHttpRequest",
        "Url,Method,Content,ContentType,Authorization,DisableAuthorizationHeaderValidation,RequestHeaders,EnableResiliency,ExpectedStatusCodes"
    )]
    [InlineData("Elsa.Cron", "CronExpression")]
    public void Types_and_inputs_have_the_names_of_Elsa(string type, string inputs)
    {
        Catalog.Find(type).ShouldNotBeNull().Inputs.Select(i => i.Name).ShouldBe(inputs.Split(','));
    }

    [Fact]
    public void Ports_have_the_names_of_Elsa()
    {
        Catalog.Find("Elsa.BulkDispatchWorkflows")!.Ports.Select(p => p.Name).ShouldBe(["ChildCompleted", "ChildFaulted"]);
        Catalog.Find("Elsa.SendHttpRequest")!.Ports.Select(p => p.Name).ShouldBe(["UnmatchedStatusCode", "FailedToConnect", "Timeout"]);
    }

    [Fact]
    public void A_definition_as_Studio_writes_it_compiles_and_indexes()
    {
        using var json = JsonDocument.Parse(
            """
            {
              "id": "v1", "definitionId": "intake", "version": 1,
              "root": { "id": "main", "type": "Elsa.Flowchart", "version": 1, "connections": [], "activities": [
                { "id": "http", "type": "Elsa.HttpEndpoint", "version": 1, "customProperties": { "canStartWorkflow": true },
                  "path": { "typeName": "String", "expression": { "type": "Literal", "value": "cases/{id}" } },
                  "supportedMethods": { "typeName": "String[]", "expression": { "type": "Object", "value": "[\"POST\",\"PUT\"]" } },
                  "requestTimeout": null, "fileSizeLimit": null, "allowedFileExtensions": null,
                  "exposeFileTooLargeOutcome": true, "parsedContent": null },
                { "id": "send", "type": "Elsa.FlowSendHttpRequest", "version": 1,
                  "url": { "typeName": "Uri", "expression": { "type": "Literal", "value": "https://example.org/x" } },
                  "requestHeaders": { "typeName": "HttpHeaders", "expression": { "type": "Object", "value": "{\"X-A\":[\"1\"]}" } },
                  "expectedStatusCodes": { "typeName": "Int32[]", "expression": { "type": "Object", "value": "[200,404]" } } },
                { "id": "sibling", "type": "Elsa.SendHttpRequest", "version": 1,
                  "expectedStatusCodes": [ { "statusCode": 200, "activity": null },
                    { "StatusCode": "409", "Activity": { "id": "taken", "type": "Elsa.WriteLine", "version": 1 } }, 404 ],
                  "timeout": { "id": "late", "type": "Elsa.WriteLine", "version": 1 } },
                { "id": "reply", "type": "Elsa.WriteHttpResponse", "version": 1,
                  "statusCode": { "typeName": "HttpStatusCode", "expression": { "type": "Literal", "value": "Accepted" } } },
                { "id": "bulk", "type": "Elsa.BulkDispatchWorkflows", "version": 1,
                  "items": { "typeName": "Object", "expression": { "type": "Object", "value": "[1,2]" } },
                  "input": { "typeName": "ObjectDictionary", "expression": { "type": "Object", "value": "{\"a\":1}" } },
                  "childCompleted": { "id": "each", "type": "Elsa.WriteLine", "version": 1 } },
                { "id": "cron", "type": "Elsa.Cron", "version": 1, "customProperties": { "canStartWorkflow": true },
                  "cronExpression": { "typeName": "String", "expression": { "type": "Literal", "value": "0 0 8 * * *" } } }
              ] }
            }
            """
        );

        var graph = new WorkflowCompiler(Catalog, []).Compile(ElsaJson.Read(json.RootElement)).GraphOrThrow();
        var triggers = TriggerIndex.Of(graph, ActivityTester.Noon, out var errors);

        errors.ShouldBeEmpty();
        triggers.Select(t => t.ActivityId).ShouldBe(["http", "http", "cron"]);
        triggers[0].Payload[0].Value.ShouldBe("/cases/{id}");
        graph.FindByActivityId("late").ShouldNotBeNull();
        graph.FindByActivityId("each").ShouldNotBeNull();
        ((HttpEndpoint)graph.FindByActivityId("http")!.Activity).ExposeFileTooLargeOutcome.ShouldBeTrue();
        ((SendHttpRequest)graph.FindByActivityId("sibling")!.Activity)
            .ExpectedStatusCodes.Select(c => (c.StatusCode, c.Activity?.Id))
            .ShouldBe([(200, null), (409, "taken"), (404, null)]);
        graph.FindByActivityId("taken").ShouldNotBeNull().Parent!.Id.ShouldBe("sibling");
    }

    [Theory]
    [InlineData("{ \"activity\": null }")]
    [InlineData("\"ok\"")]
    [InlineData("7")]
    public void A_case_without_a_status_code_is_an_error(string item)
    {
        var text =
            $$"""{ "definitionId": "d", "root": { "id": "s", "type": "Elsa.SendHttpRequest", "expectedStatusCodes": [ 200, {{item}} ] } }""";
        using var json = JsonDocument.Parse(text);

        new WorkflowCompiler(Catalog, [])
            .Compile(ElsaJson.Read(json.RootElement))
            .Errors.ShouldHaveSingleItem()
            .Path.ShouldBe("$.root.expectedStatusCodes[1]");
    }

    [Fact]
    public void An_activity_in_a_case_is_written_like_any_other()
    {
        using var json = JsonDocument.Parse(
            """{ "definitionId": "d", "root": { "type": "Elsa.SendHttpRequest", "ExpectedStatusCodes": [ { "statusCode": 404, "activity": { "type": "Elsa.WriteLine", "text": "lost" } } ] } }"""
        );

        var written = ElsaModel.Write(ElsaJson.Read(json.RootElement), Catalog, DefinitionSet.Empty);

        using var model = JsonDocument.Parse(written);
        var @case = model.RootElement.GetProperty("root").GetProperty("expectedStatusCodes")[0];
        @case.GetProperty("statusCode").GetInt32().ShouldBe(404);
        @case.GetProperty("activity").GetProperty("nodeId").GetString().ShouldBe("Workflow1:SendHttpRequest1:WriteLine1");
        @case.GetProperty("activity").GetProperty("text").GetProperty("expression").GetProperty("value").GetString().ShouldBe("lost");
    }
}
