using System.Net;
using static ServiceLoop.Workflows.Tests.Flows;

namespace ServiceLoop.Workflows.Tests.Api.Descriptors;

public sealed class ScriptingApiTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Declarations_name_the_variables_inputs_and_outputs_of_the_latest_version()
    {
        var client = await server.ClientAsync(Ct);
        using var saved = await client.SaveAsync(
            Sequence(
                "typed",
                """
                { "id": "ask", "name": "Ask customer", "type": "Elsa.RunTask" },
                { "id": "inner", "type": "Elsa.Sequence", "activities": [], "variables": [ { "id": "v2", "name": "Local", "typeName": "Boolean" } ] }
                """,
                """
                "variables": [ { "id": "v1", "name": "Amount", "typeName": "Decimal" }, { "id": "v3", "name": "tags", "typeName": "String", "isArray": true } ],
                "inputs": [ { "name": "Due", "type": "DateTimeOffset" } ],
                """
            ),
            publish: false,
            Ct
        );
        saved.StatusCode.ShouldBe(HttpStatusCode.OK);

        using var response = await client.PostJsonAsync(
            "/elsa/api/scripting/javascript/type-definitions/typed",
            """{ "workflowDefinitionId": "typed", "activityTypeName": "Elsa.WriteLine", "propertyName": "Text" }""",
            Ct
        );

        response.Content.Headers.ContentType.ShouldNotBeNull().MediaType.ShouldBe("application/x-typescript");
        var text = await response.Content.ReadAsStringAsync(Ct);
        text.ShouldContain("declare function getAmount(): number;");
        text.ShouldContain("declare function setAmount(value: number): void;");
        text.ShouldContain("tags: string[];");
        text.ShouldContain("declare function getLocal(): boolean;");
        text.ShouldContain("declare function getDue(): Date;");
        text.ShouldContain("declare function getResultFromAskCustomer(): any;");
        text.ShouldContain("declare function getTaskIdFromAskCustomer(): string;");
        text.ShouldContain("declare function setOutcome(name: string): void;");
    }

    [Fact]
    public async Task An_unknown_workflow_is_404()
    {
        var client = await server.ClientAsync(Ct);

        using var response = await client.PostJsonAsync("/elsa/api/scripting/javascript/type-definitions/nobody", "{}", Ct);

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await response.CodeAsync(Ct)).ShouldBe("definition.unknown");
    }
}
