using System.Net;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.SignalR.Client;
using ServiceLoop.Workflows.Api.Live;
using ServiceLoop.Workflows.Tests.HttpWorkflows;
using static ServiceLoop.Workflows.Tests.Flows;

namespace ServiceLoop.Workflows.Tests.Auth;

public sealed class DoorLimitsTests(TestServer server) : IClassFixture<TestServer>
{
    private const int Allowed = 10;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Strangers_call_a_public_door_so_often_and_then_wait_while_others_are_served()
    {
        var node = await server.AnotherNodeAsync(Ct, ("Http:Anonymous", "true"), ("People:CallsOfStrangersPerMinute", $"{Allowed}"));
        var known = node.CreateClient();
        await known.PublishAsync(Ct, Sequence("counted", Endpoint("In", "counted", methods: "GET")));
        var stranger = node.CreateClient();
        stranger.DefaultRequestHeaders.Authorization = null;

        for (var call = 0; call < Allowed; call++)
            (await stranger.GetAsync("/workflows/counted".Local(), Ct)).StatusCode.ShouldBe(HttpStatusCode.OK);

        var refused = await stranger.GetAsync("/workflows/counted".Local(), Ct);

        refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        (await refused.CodeAsync(Ct)).ShouldBe("access.too-many-calls");
        refused.Headers.RetryAfter!.Delta!.Value.ShouldBeInRange(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
        (await known.GetAsync("/workflows/counted".Local(), Ct)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await stranger.GetAsync("/health/live".Local(), Ct)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_request_that_takes_too_long_is_given_up_and_what_stays_open_on_purpose_is_not()
    {
        var node = await server.AnotherNodeAsync(Ct, ("Requests:Timeout", "00:00:01"));
        var client = node.CreateClient();
        // By the other node, which has all the time.
        await (await server.ClientAsync(Ct)).PublishAsync(
            Ct,
            Sequence(
                "endless",
                $$"""{ "id": "Call", "type": "Elsa.SendHttpRequest", "url": {{Literal(Silence.Address)}}, "method": {{Literal("GET")}} }"""
            )
        );
        using var silence = new Silence();
        await using var hub = ConnectionTo(node);
        await hub.StartAsync(Ct);

        var response = await client.PostJsonAsync("/elsa/api/workflow-definitions/endless/execute", "{}", Ct);

        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await response.CodeAsync(Ct)).ShouldBe("http.timeout");
        // It was open for longer than the request that was given up.
        await hub.InvokeAsync("ObserveInstanceAsync", "nobody", Ct);
    }

    private static HubConnection ConnectionTo(WebApplicationFactory<Program> node)
    {
        var sockets = node.Server.CreateWebSocketClient();
        sockets.ConfigureRequest = request => request.Headers.Authorization = $"ApiKey {DeploymentKey.Value}";
        return new HubConnectionBuilder()
            .WithUrl(
                new Uri(node.Server.BaseAddress, InstanceHub.Path),
                options =>
                {
                    options.Headers["Authorization"] = $"ApiKey {DeploymentKey.Value}";
                    options.HttpMessageHandlerFactory = _ => node.Server.CreateHandler();
                    options.WebSocketFactory = async (context, ct) => await sockets.ConnectAsync(context.Uri, ct);
                }
            )
            .Build();
    }
}
