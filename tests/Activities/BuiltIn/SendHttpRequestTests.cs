using System.Net;
using System.Net.Sockets;
using ServiceLoop.Activities.BuiltIn;
using ServiceLoop.Engine;
using ServiceLoop.Engine.Nodes;
using ServiceLoop.TestKit;

namespace ServiceLoop.Activities.Tests.BuiltIn;

public sealed class SendHttpRequestTests(LoopbackServer server) : IClassFixture<LoopbackServer>
{
    private static readonly OutgoingHttpOptions Hasty = new()
    {
        FirstDelay = TimeSpan.FromMilliseconds(1),
        Timeout = TimeSpan.FromMilliseconds(150),
        MaxRetries = 1,
    };

    [Fact]
    public async Task An_expected_code_is_the_outcome_and_JSON_becomes_a_value()
    {
        var run = await Get("/json");

        run.Outcomes.ShouldBe(["200", "Done"]);
        run.Output("StatusCode").ShouldBe(200L);
        run.Output("ParsedContent").ShouldBeEquivalentTo(new Dictionary<string, object?> { ["name"] = "Ann", ["age"] = 7L });
        run.Output("RetryAttemptsCount").ShouldBe(0L);
        run.Output("Error").ShouldBeNull();
        var result = run.Output("Result").ShouldBeOfType<Dictionary<string, object?>>();
        result["statusCode"].ShouldBe(200L);
        run.Output("ResponseHeaders").ShouldBeOfType<Dictionary<string, object?>>()["Content-Type"].ShouldBe(new[] { "application/json" });
    }

    [Theory]
    [InlineData("/text", "Grüße")]
    [InlineData("/lying", "{oops")]
    [InlineData("/empty", null)]
    public async Task Other_bodies_are_text_or_nothing(string path, string? content)
    {
        var run = await Get(path);

        run.Output("ParsedContent").ShouldBe(content);
    }

    [Fact]
    public async Task Bytes_stay_bytes()
    {
        var run = await Get("/bytes");

        run.Output("ParsedContent").ShouldBe(new byte[] { 1, 2, 3 });
    }

    [Fact]
    public async Task Another_code_is_unmatched()
    {
        var run = await Get("/status/404");

        run.Outcomes.ShouldBe(["Unmatched status code", "Done"]);
        run.Output("StatusCode").ShouldBe(404L);
    }

    [Theory]
    [InlineData("/status/404", "[404, 200]", "404")]
    [InlineData("/status/404", "[]", null)]
    public async Task The_author_chooses_the_codes(string path, string codes, string? outcome)
    {
        var run = await Run(
            new FlowSendHttpRequest { Url = server.Address + path, ExpectedStatusCodes = new(new Variable("Codes")) },
            codes
        );

        run.Outcomes.ShouldBe(outcome is null ? ["Done"] : [outcome, "Done"]);
    }

    [Fact]
    public async Task A_503_is_tried_again()
    {
        var run = await Get("/flaky/get");

        run.Outcomes.ShouldBe(["200", "Done"]);
        run.Output("RetryAttemptsCount").ShouldBe(2L);
        server.CallsOf("/flaky/get").ShouldBe(3);
    }

    [Fact]
    public async Task After_three_retries_the_code_stands()
    {
        var run = await Get("/always/500/a");

        run.Outcomes.ShouldBe(["Unmatched status code", "Done"]);
        run.Output("RetryAttemptsCount").ShouldBe(3L);
        server.CallsOf("/always/500/a").ShouldBe(4);
    }

    [Fact]
    public async Task A_code_that_is_expected_is_not_tried_again()
    {
        var run = await Run(new FlowSendHttpRequest { Url = server.Address + "/always/503/b", ExpectedStatusCodes = new([503]) });

        run.Outcomes.ShouldBe(["503", "Done"]);
        server.CallsOf("/always/503/b").ShouldBe(1);
    }

    [Theory]
    [InlineData(503, false, 4)]
    [InlineData(500, false, 1)]
    [InlineData(500, true, 4)]
    public async Task A_POST_is_repeated_only_when_that_does_no_harm(int code, bool resilient, int calls)
    {
        var path = $"/always/{code}/post-{resilient}";

        await Run(
            new FlowSendHttpRequest
            {
                Url = server.Address + path,
                Method = "POST",
                EnableResiliency = resilient,
            }
        );

        server.CallsOf(path).ShouldBe(calls);
    }

    [Fact]
    public async Task A_time_out_has_its_outcome()
    {
        var run = await Run(
            new FlowSendHttpRequest { Url = server.Address + "/slow/get?token=secret" },
            sender: LoopbackServer.Sender(Hasty)
        );

        run.Outcomes.ShouldBe(["Timeout"]);
        run.Output("RetryAttemptsCount").ShouldBe(1L);
        run.Output("Error").ShouldBe($"GET {server.Address}/slow/get did not answer within 0.15 s.");
        run.Output("StatusCode").ShouldBeNull();
    }

    [Fact]
    public async Task A_POST_that_timed_out_is_not_repeated()
    {
        var run = await Run(
            new FlowSendHttpRequest { Url = server.Address + "/slow/post", Method = "POST" },
            sender: LoopbackServer.Sender(Hasty)
        );

        run.Outcomes.ShouldBe(["Timeout"]);
        run.Output("RetryAttemptsCount").ShouldBe(0L);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    public async Task A_refused_connection_has_its_outcome(string method)
    {
        var run = await Run(new FlowSendHttpRequest { Url = $"http://127.0.0.1:{ClosedPort()}/x", Method = method });

        run.Outcomes.ShouldBe(["Failed to connect"]);
        run.Output("RetryAttemptsCount").ShouldBe(3L);
        run.Output("Error").ShouldBeOfType<string>().ShouldContain("could not be reached");
    }

    [Fact]
    public async Task A_connection_that_breaks_has_its_outcome()
    {
        var run = await Get("/broken");

        run.Outcomes.ShouldBe(["Failed to connect"]);
        server.CallsOf("/broken").ShouldBe(4);
    }

    [Theory]
    [InlineData("/large")]
    [InlineData("/endless")]
    public async Task A_response_that_is_too_large_is_an_incident(string path)
    {
        var run = await Get(path);

        var incident = run.State.ShouldBeFaulted();
        incident.Code.ShouldBe("http.response-too-large");
        incident.Message.ShouldContain("10000 bytes");
    }

    [Fact]
    public async Task A_redirect_is_followed_a_loop_of_them_is_not()
    {
        var followed = await Get("/redirect");
        var loop = await Get("/loop");
        var elsewhere = await Get("/elsewhere/ftp");
        var nowhere = await Get("/elsewhere/file");

        followed.Outcomes.ShouldBe(["200", "Done"]);
        loop.Outcomes.ShouldBe(["Unmatched status code", "Done"]);
        loop.Output("StatusCode").ShouldBe(302L);
        server.CallsOf("/loop").ShouldBe(4);
        elsewhere.Output("StatusCode").ShouldBe(302L);
        nowhere.Output("StatusCode").ShouldBe(302L);
    }

    [Theory]
    [InlineData(302, "GET", "")]
    [InlineData(303, "GET", "")]
    [InlineData(307, "POST", "order")]
    [InlineData(308, "POST", "order")]
    public async Task A_redirected_POST_keeps_its_body_only_where_the_code_says_so(int code, string method, string body)
    {
        var run = await Run(Redirected(code, server.Address));

        Body(run)["method"].ShouldBe(method);
        Body(run)["body"].ShouldBe(body);
        Echoed(run, "Authorization").ShouldBe("Bearer abc");
    }

    [Fact]
    public async Task A_redirect_to_another_host_takes_no_secrets_along()
    {
        var run = await Run(Redirected(307, server.Address.Replace("127.0.0.1", "localhost", StringComparison.Ordinal)));

        Echoed(run, "Authorization").ShouldBeNull();
        Echoed(run, "Idempotency-Key").ShouldBe("wf-1:2");
    }

    [Fact]
    public async Task The_execution_is_the_idempotency_key()
    {
        var run = await Get("/echo");

        Echoed(run, "Idempotency-Key").ShouldBe("wf-1:2");
    }

    [Fact]
    public async Task Headers_of_the_author_win()
    {
        var run = await Run(
            new FlowSendHttpRequest
            {
                Url = server.Address + "/echo",
                Method = "post",
                Authorization = "Bearer abc",
                Content = "<a/>",
                ContentType = "application/xml",
                RequestHeaders = new(
                    new Dictionary<string, object?>
                    {
                        ["idempotency-key"] = "mine",
                        ["X-List"] = new[] { "a", "b" },
                        ["Content-Language"] = "de",
                    }
                ),
            }
        );

        Echoed(run, "Idempotency-Key").ShouldBe("mine");
        Echoed(run, "X-List").ShouldBe("a, b");
        Echoed(run, "Content-Language").ShouldBe("de");
        Echoed(run, "Content-Type").ShouldBe("application/xml");
        Echoed(run, "Authorization").ShouldBe("Bearer abc");
        Body(run)["method"].ShouldBe("POST");
        Body(run)["body"].ShouldBe("<a/>");
    }

    [Theory]
    [InlineData(null, "application/json", """{"a":"x y","b":2}""")]
    [InlineData("application/json", "application/json", """{"a":"x y","b":2}""")]
    [InlineData("application/x-www-form-urlencoded", "application/x-www-form-urlencoded", "a=x+y&b=2")]
    public async Task Objects_go_as_JSON_or_as_a_form(string? asked, string contentType, string body)
    {
        var content = new Dictionary<string, object?> { ["a"] = "x y", ["b"] = 2 };

        var run = await Run(
            new FlowSendHttpRequest
            {
                Url = server.Address + "/echo",
                Method = "PUT",
                Content = new(content),
                ContentType = new(asked),
            }
        );

        Echoed(run, "Content-Type").ShouldBe(contentType);
        Body(run)["body"].ShouldBe(body);
    }

    [Theory]
    [InlineData("ftp://example.org/x", "http.url")]
    [InlineData("/relative", "http.url")]
    [InlineData("file:///etc/hostname", "http.url")]
    [InlineData(null, "http.url")]
    public async Task Only_http_addresses_are_called(string? url, string code)
    {
        var run = await Run(new FlowSendHttpRequest { Url = new(url) });

        run.State.ShouldBeFaulted().Code.ShouldBe(code);
    }

    [Theory]
    [InlineData("Bad Name", "x")]
    [InlineData("X-A", "line\r\nSet-Cookie: a=b")]
    [InlineData("X-A", "ü")]
    [InlineData("Content-Length", "3")]
    public async Task Headers_that_cannot_be_sent_are_an_incident(string name, string value)
    {
        var run = await Run(
            new FlowSendHttpRequest
            {
                Url = server.Address + "/echo",
                RequestHeaders = new(new Dictionary<string, object?> { [name] = value }),
            }
        );

        run.State.ShouldBeFaulted().Code.ShouldBe("http.header");
    }

    [Fact]
    public async Task A_malformed_authorization_is_refused_without_showing_it()
    {
        var refused = await Run(new FlowSendHttpRequest { Url = server.Address + "/echo", Authorization = "s3cret, x y z" });
        var sent = await Run(
            new FlowSendHttpRequest
            {
                Url = server.Address + "/echo",
                Authorization = "s3cret, x y z",
                DisableAuthorizationHeaderValidation = true,
            }
        );

        refused.State.ShouldBeFaulted().Message.ShouldNotContain("s3cret");
        Echoed(sent, "Authorization").ShouldBe("s3cret, x y z");
    }

    [Theory]
    [InlineData("G T", null, "http.method")]
    [InlineData("POST", "nonsense", "http.content-type")]
    public async Task Bad_methods_and_types_are_incidents(string method, string? contentType, string code)
    {
        var run = await Run(
            new FlowSendHttpRequest
            {
                Url = server.Address + "/echo",
                Method = method,
                Content = "x",
                ContentType = new(contentType),
            }
        );

        run.State.ShouldBeFaulted().Code.ShouldBe(code);
    }

    [Fact]
    public async Task A_request_stops_when_the_host_stops()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));

        await Should.ThrowAsync<OperationCanceledException>(() =>
            ActivityTester
                .For(new FlowSendHttpRequest { Url = server.Address + "/slow/stop" })
                .With(LoopbackServer.Sender())
                .RunAsync(stop.Token)
        );
    }

    [Theory]
    [InlineData("/status/404", "unmatched")]
    [InlineData("/status/409", "taken")]
    [InlineData("/json", null)]
    public async Task Its_sibling_runs_the_activity_of_the_case(string path, string? started)
    {
        var run = await Run(
            new SendHttpRequest
            {
                Id = "send",
                Url = server.Address + path,
                ExpectedStatusCodes = [new(200), new(409, new WriteLine { Id = "taken" })],
                UnmatchedStatusCode = new WriteLine { Id = "unmatched" },
            }
        );

        run.Started.ShouldBe(started is null ? ["send"] : ["send", started]);
        run.Outcomes.ShouldBe(["Done"]);
    }

    [Fact]
    public async Task Its_sibling_runs_the_activities_for_failures()
    {
        var refused = await Run(
            new SendHttpRequest
            {
                Url = $"http://127.0.0.1:{ClosedPort()}",
                FailedToConnect = new WriteLine { Id = "refused" },
            }
        );
        var late = await Run(
            new SendHttpRequest
            {
                Url = server.Address + "/slow/sibling",
                Timeout = new WriteLine { Id = "late" },
            },
            sender: LoopbackServer.Sender(Hasty)
        );

        refused.Started.ShouldContain("refused");
        late.Started.ShouldContain("late");
    }

    private FlowSendHttpRequest Redirected(int code, string host) =>
        new()
        {
            Url = $"{server.Address}/redirect/{code}?to={Uri.EscapeDataString(host + "/echo")}",
            Method = "POST",
            Content = "order",
            Authorization = "Bearer abc",
        };

    private Task<ActivityRun> Get(string path) => Run(new FlowSendHttpRequest { Url = server.Address + path });

    private static Task<ActivityRun> Run(Activity activity, string? codes = null, OutgoingHttp? sender = null) =>
        ActivityTester.For(activity).With(sender ?? LoopbackServer.Sender()).Variable("Codes", codes).RunAsync();

    private static Dictionary<string, object?> Body(ActivityRun run) =>
        run.Output("ParsedContent").ShouldBeOfType<Dictionary<string, object?>>(run.Incident?.Message);

    private static object? Echoed(ActivityRun run, string header) =>
        Body(run)["headers"]
            .ShouldBeOfType<Dictionary<string, object?>>()
            .FirstOrDefault(h => h.Key.Equals(header, StringComparison.OrdinalIgnoreCase))
            .Value;

    private static int ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
