using static ServiceLoop.Workflows.Tests.Flows;

namespace ServiceLoop.Workflows.Tests.Secrets;

public sealed class ChildFaultTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Secret = "4711-swordfish-0815";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Why_a_child_failed_in_the_burst_of_its_parent_is_told_without_the_secrets_of_the_child()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(
            Ct,
            Sequence(
                "secret-child",
                $$"""{ "id": "Break", "type": "Elsa.Fault", "message": {{Of("JavaScript", "'cannot use ' + getInput('Pin')")}} }""",
                """ "inputs": [ { "name": "Pin", "type": "String", "storageDriverType": "ServiceLoop.EncryptedStorageDriver, ServiceLoop" } ], """
            ),
            Sequence(
                "open-parent",
                $$"""
                { "id": "Call", "type": "Elsa.ExecuteWorkflow", "workflowDefinitionId": {{Literal("secret-child")}},
                  "input": {{Of("Object", $$"""{ "Pin": "{{Secret}}" }""")}},
                  "childFault": { "typeName": "String", "memoryReference": { "id": "why" } } },
                {{Event("Hold", "never")}}
                """,
                """ "variables": [ { "id": "why", "name": "why", "typeName": "String" } ], """
            )
        );

        var started = await client.PostJsonAsync("/elsa/api/workflow-definitions/open-parent/execute", "{}", Ct);
        var variables = await client.JsonAsync($"/elsa/api/workflow-instances/{started.InstanceId()}/variables", Ct);

        var why = variables.GetProperty("items").EnumerateArray().ShouldHaveSingleItem().GetProperty("value").GetString();
        why.ShouldNotBeNull().ShouldStartWith("cannot use ");
        why.ShouldNotContain(Secret);
    }
}
