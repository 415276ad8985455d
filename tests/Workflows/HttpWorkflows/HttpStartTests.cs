using System.Net;
using System.Text;
using static ServiceLoop.Workflows.Tests.Flows;

namespace ServiceLoop.Workflows.Tests.HttpWorkflows;

public sealed class HttpStartTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_starts_a_workflow_with_its_route_query_body_and_gets_its_answer()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(
            Ct,
            Sequence(
                "greet",
                $"{Endpoint("In", "greet/{name}")}, {Reply("Out", "({ name: getOutputFrom('In','RouteData').name, mood: getOutputFrom('In','QueryStringData').mood, age: getOutputFrom('In','ParsedContent').age + 1 })", "201")}"
            )
        );

        var response = await client.PostJsonAsync("/workflows/greet/Ann?mood=good", """{ "age": 41 }""", Ct);

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        (await response.Content.ReadAsStringAsync(Ct)).ShouldBe("""{"name":"Ann","mood":"good","age":42}""");
        (await client.UntilAsync(response.InstanceId(), "Finished", Ct)).GetProperty("incidentCount").GetInt32().ShouldBe(0);
    }

    [Fact]
    public async Task Without_an_answer_a_finished_workflow_is_200_and_one_that_waits_is_202()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(
            Ct,
            Sequence("silent", Endpoint("In", "silent", methods: "GET")),
            Sequence("waiting", $"{Endpoint("In", "waiting", methods: "GET")}, {Event("Wait", "never")}")
        );

        var silent = await client.GetAsync("/workflows/silent".Local(), Ct);
        var waiting = await client.GetAsync("/workflows/waiting".Local(), Ct);

        silent.StatusCode.ShouldBe(HttpStatusCode.OK);
        waiting.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await client.UntilAsync(waiting.InstanceId(), "Suspended", Ct);
    }

    [Fact]
    public async Task An_unknown_path_is_404_and_a_wrong_method_405_with_the_right_ones()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Sequence("methods", Endpoint("In", "methods/{id}", methods: "GET,PUT")));

        var unknown = await client.GetAsync("/workflows/nowhere".Local(), Ct);
        var wrong = await client.DeleteAsync("/workflows/methods/7".Local(), Ct);

        unknown.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await unknown.CodeAsync(Ct)).ShouldBe("http.no-workflow");
        wrong.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        wrong.Content.Headers.Allow.ShouldBe(["GET", "PUT"]);
    }

    [Fact]
    public async Task A_literal_path_wins_over_one_with_parameters_and_a_retracted_one_is_gone()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(
            Ct,
            Sequence("any-order", $"{Endpoint("In", "orders/{id}", methods: "GET")}, {Reply("Out", "'any'")}"),
            Sequence("new-order", $"{Endpoint("In", "orders/new", methods: "GET")}, {Reply("Out", "'new'")}")
        );

        (await client.GetStringAsync("/workflows/orders/new".Local(), Ct)).ShouldBe("new");
        (await client.GetStringAsync("/workflows/Orders/4711".Local(), Ct)).ShouldBe("any");

        await client.PostJsonAsync("/elsa/api/workflow-definitions/new-order/retract", "{}", Ct);
        (await client.GetStringAsync("/workflows/orders/new".Local(), Ct)).ShouldBe("any");
    }

    [Fact]
    public async Task A_path_that_another_workflow_has_cannot_be_published()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Sequence("first-owner", Endpoint("In", "owned")));

        var response = await client.SaveAsync(Sequence("second-owner", Endpoint("In", "/Owned/")), publish: true, Ct);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.Content.ReadAsStringAsync(Ct)).ShouldContain("already in use by workflow 'first-owner'");
    }

    [Fact]
    public async Task A_fault_before_an_answer_is_500_with_its_code_and_without_a_stack_trace()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(
            Ct,
            Sequence("broken", $"{Endpoint("In", "broken")}, {Fault("Bang", "stock.empty", "Nothing is left.")}")
        );

        var response = await client.PostAsync("/workflows/broken".Local(), null, Ct);

        response.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        var problem = await response.JsonAsync(Ct);
        problem.GetProperty("code").GetString().ShouldBe("stock.empty");
        problem.GetProperty("detail").GetString()!.ShouldContain(response.InstanceId());
        problem.ToString().ShouldNotContain("   at ");
    }

    [Fact]
    public async Task An_answer_that_was_given_stands_even_if_the_workflow_fails_afterwards()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(
            Ct,
            Sequence("late-fault", $"{Endpoint("In", "late-fault")}, {Reply("Out", "'ok'")}, {Fault("Bang", "x", "y")}")
        );

        var response = await client.PostAsync("/workflows/late-fault".Local(), null, Ct);

        (await response.Content.ReadAsStringAsync(Ct)).ShouldBe("ok");
        await client.UntilAsync(response.InstanceId(), "Faulted", Ct);
    }

    [Fact]
    public async Task A_body_that_claims_to_be_json_and_is_not_is_400()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Sequence("json-only", Endpoint("In", "json-only")));

        var response = await client.PostJsonAsync("/workflows/json-only", "{ nonsense", Ct);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.CodeAsync(Ct)).ShouldBe("http.unreadable-body");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_over_the_endpoints_limit_is_413_or_takes_its_outcome(bool isExposed)
    {
        var client = await server.ClientAsync(Ct);
        var id = isExposed ? "limited-exposed" : "limited";
        var endpoint = Endpoint(
            "In",
            id,
            more: $$""", "requestSizeLimit": {{Literal("10")}}, "exposeRequestTooLargeOutcome": {{(isExposed ? "true" : "false")}}"""
        );
        await client.PublishAsync(
            Ct,
            $$"""
            { "definitionId": "{{id}}", "root": { "id": "chart", "type": "Elsa.Flowchart", "activities": [ {{endpoint}}, {{Reply("Fine", "'fine'")}}, {{Reply(
                "Big",
                "'too big'",
                "422"
            )}} ],
              "connections": [ { "source": { "activity": "In", "port": "Done" }, "target": { "activity": "Fine" } },
                               { "source": { "activity": "In", "port": "Request too large" }, "target": { "activity": "Big" } } ] } }
            """
        );

        var small = await client.PostAsync($"/workflows/{id}".Local(), new StringContent("0123456789"), Ct);
        var large = await client.PostAsync($"/workflows/{id}".Local(), new StringContent("0123456789+"), Ct);
        var chunked = await client.PostAsync($"/workflows/{id}".Local(), new Unsized(new byte[100_000]), Ct);

        (await small.Content.ReadAsStringAsync(Ct)).ShouldBe("fine");
        large.StatusCode.ShouldBe(isExposed ? HttpStatusCode.UnprocessableEntity : HttpStatusCode.RequestEntityTooLarge);
        chunked.StatusCode.ShouldBe(large.StatusCode);
    }

    [Fact]
    public async Task Files_of_a_form_arrive_and_a_refused_type_is_415()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(
            Ct,
            Sequence(
                "upload",
                $"{Endpoint("In", "upload", more: $$""", "allowedFileExtensions": {{Of("Object", "[\".txt\"]")}}""")}, "
                    + Reply(
                        "Out",
                        "`${getOutputFrom('In','ParsedContent').note}:${getOutputFrom('In','File').fileName}:${getOutputFrom('In','File').length}`"
                    )
            )
        );

        var good = await client.PostAsync("/workflows/upload".Local(), Form("a.txt"), Ct);
        var bad = await client.PostAsync("/workflows/upload".Local(), Form("a.exe"), Ct);

        (await good.Content.ReadAsStringAsync(Ct)).ShouldBe("hello:a.txt:3");
        bad.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        (await bad.CodeAsync(Ct)).ShouldBe("http.file-extension");
    }

    [Fact]
    public async Task Secrets_of_the_request_do_not_reach_the_workflow()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(
            Ct,
            Sequence("secrets", $"{Endpoint("In", "secrets")}, {Reply("Out", "toJson(getOutputFrom('In','Headers'))")}")
        );
        using var request = new HttpRequestMessage(HttpMethod.Post, "/workflows/secrets".Local());
        request.Headers.Add("X-Order", "7");

        var seen = await (await client.SendAsync(request, Ct)).Content.ReadAsStringAsync(Ct);

        seen.ShouldContain("X-Order");
        seen.ShouldNotContain(DeploymentKey.Value);
    }

    [Fact]
    public async Task A_workflow_that_takes_too_long_is_408_and_leaves_nothing()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(
            Ct,
            Sequence(
                "slow",
                $"{Endpoint("In", "slow", more: $$""", "requestTimeout": {{Literal("00:00:00.500")}}""")}, "
                    + $$"""{ "id": "Call", "type": "Elsa.SendHttpRequest", "url": {{Literal(Silence.Address)}}, "method": {{Literal("GET")}} }"""
            )
        );
        using var silence = new Silence();

        var response = await client.PostAsync("/workflows/slow".Local(), null, Ct);

        response.StatusCode.ShouldBe(HttpStatusCode.RequestTimeout);
        (await client.JsonAsync("/elsa/api/workflow-instances?definitionId=slow", Ct)).GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task An_endpoint_for_signed_in_senders_is_401()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Sequence("members", Endpoint("In", "members", more: $$""", "authorize": {{Literal("true")}}""")));

        var stranger = await server.StrangerAsync(Ct);
        var response = await stranger.PostAsync("/workflows/members".Local(), null, Ct);

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private static MultipartFormDataContent Form(string fileName) =>
        new() { { new StringContent("hello"), "note" }, { new ByteArrayContent(Encoding.UTF8.GetBytes("abc")), "file", fileName } };

    /// <summary>A body whose length nobody says.</summary>
    private sealed class Unsized(byte[] bytes) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => stream.WriteAsync(bytes).AsTask();

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
