using static ServiceLoop.Workflows.Tests.Flows;

namespace ServiceLoop.Workflows.Tests.Api.Desk;

/// <summary>Texts that steps of the desk are given by scripts, and no table can keep.</summary>
public sealed class StepTextTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("ServiceLoop.Escalate", "reason", "Reason")]
    [InlineData("ServiceLoop.Escalate", "cause", "Cause")]
    [InlineData("ServiceLoop.Escalate", "caseId", "CaseId")]
    [InlineData("ServiceLoop.PauseClock", "clockId", "ClockId")]
    [InlineData("ServiceLoop.StartClock", "queueCalendar", "QueueCalendar")]
    public async Task Are_an_incident_that_names_the_input(string type, string input, string name)
    {
        var client = await server.ClientAsync(Ct);
        var id = $"odd-{input}-{type[12..]}".ToLowerInvariant();
        await client.PublishAsync(
            Ct,
            Sequence(
                id,
                $$"""{ "id": "Odd", "type": "{{type}}", "{{input}}": {{Of("JavaScript", "'a' + String.fromCharCode(0) + 'b'")}} }"""
            )
        );

        using var run = await client.PostJsonAsync($"/elsa/api/workflow-definitions/{id}/execute", "{}", Ct);

        var instance = await client.UntilAsync(run.InstanceId(), "Faulted", Ct);
        instance.ToString().ShouldContain($"'{name}' holds the character U+0000");
    }

    [Fact]
    public async Task A_message_of_a_flow_that_is_about_a_case_is_about_it_too()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(
            Ct,
            Sequence(
                "about",
                $$"""{ "id": "Tell", "type": "ServiceLoop.SendMessage", "channel": {{Literal("Outbox")}}, "recipient": {{Literal("li")}}, "body": {{Literal("Hi")}} }"""
            )
        );

        using var run = await client.PostJsonAsync("/elsa/api/workflow-definitions/about/execute", """{ "correlationId": "C-77" }""", Ct);
        run.IsSuccessStatusCode.ShouldBeTrue(await run.Content.ReadAsStringAsync(Ct));

        (await client.JsonAsync("/api/messages?caseId=C-77", Ct)).GetProperty("count").GetInt32().ShouldBe(1);
    }
}
