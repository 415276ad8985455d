using System.Net;
using static ServiceLoop.Workflows.Tests.Flows;

namespace ServiceLoop.Workflows.Tests.HttpWorkflows;

public sealed class HttpWaitTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_waiting_workflow_is_resumed_by_its_correlation_id_and_answers()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(
            Ct,
            Sequence(
                "case",
                $"{Endpoint("Open", "cases")}, {Endpoint("Close", "cases/{number}/close", starts: false)}, {Reply("Out", "`closed ${getOutputFrom('Close','RouteData').number} of ${getCorrelationId()}`")}"
            )
        );
        var one = await client.PostAsync("/workflows/cases?correlationId=one".Local(), null, Ct);
        await client.PostAsync("/workflows/cases?correlationId=two".Local(), null, Ct);

        var ambiguous = await client.PostAsync("/workflows/cases/1/close".Local(), null, Ct);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/workflows/cases/1/close".Local());
        request.Headers.Add("X-Correlation-ID", "one");
        var closed = await client.SendAsync(request, Ct);

        one.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        ambiguous.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        (await ambiguous.CodeAsync(Ct)).ShouldBe("http.ambiguous");
        (await closed.Content.ReadAsStringAsync(Ct)).ShouldBe("closed 1 of one");
        closed.InstanceId().ShouldBe(one.InstanceId());
        await client.UntilAsync(one.InstanceId(), "Finished", Ct);
    }

    [Fact]
    public async Task An_instance_can_be_named_and_a_second_request_finds_nobody()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(
            Ct,
            Sequence("named", $"{Endpoint("Open", "named")}, {Endpoint("Go", "named/go", starts: false)}, {Reply("Out", "'gone'")}")
        );
        var opened = await client.PostAsync("/workflows/named".Local(), null, Ct);
        var path = $"/workflows/named/go?workflowInstanceId={opened.InstanceId()}";

        var first = await client.PostAsync(path.Local(), null, Ct);
        var second = await client.PostAsync(path.Local(), null, Ct);

        (await first.Content.ReadAsStringAsync(Ct)).ShouldBe("gone");
        second.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_path_that_a_script_has_made_is_found()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(
            Ct,
            Sequence(
                "scripted",
                $"{Endpoint("Open", "scripted")}, "
                    + $$"""{ "id": "Go", "type": "Elsa.HttpEndpoint", "path": {{Of("JavaScript", "`confirm/${getCorrelationId()}`")}}, "supportedMethods": {{Of("Object", "[\"GET\"]")}} }, """
                    + Reply("Out", "'confirmed'")
            )
        );
        await client.PostAsync("/workflows/scripted?correlationId=k7".Local(), null, Ct);

        (await client.GetStringAsync("/workflows/confirm/k7".Local(), Ct)).ShouldBe("confirmed");
    }

    [Fact]
    public async Task A_refused_body_is_answered_and_the_workflow_goes_on_waiting()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(
            Ct,
            Sequence(
                "careful",
                $"{Endpoint("Open", "careful")}, {Endpoint("Go", "careful/go", starts: false, more: $$""", "requestSizeLimit": {{Literal("5")}}""")}, {Reply("Out", "'taken'")}"
            )
        );
        await client.PostAsync("/workflows/careful".Local(), null, Ct);

        var large = await client.PostAsync("/workflows/careful/go".Local(), new StringContent("too large"), Ct);
        var small = await client.PostAsync("/workflows/careful/go".Local(), new StringContent("small"), Ct);

        large.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await small.Content.ReadAsStringAsync(Ct)).ShouldBe("taken");
    }
}
