using ServiceLoop.Activities.BuiltIn;
using ServiceLoop.Engine.State;
using ServiceLoop.TestKit;

namespace ServiceLoop.Activities.Tests.BuiltIn;

public sealed class HttpEndpointTests
{
    [Fact]
    public void As_trigger_it_gives_one_stimulus_for_each_method()
    {
        var triggers = ActivityTester
            .For(
                new HttpEndpoint
                {
                    Path = "/Orders/{OrderId}/",
                    SupportedMethods = new(["POST", "put", "Post"]),
                    Authorize = true,
                    RequestSizeLimit = 10,
                }
            )
            .Triggers(out var errors);

        errors.ShouldBeEmpty();
        triggers.Select(t => t.Name).ShouldBe(["Elsa.HttpEndpoint", "Elsa.HttpEndpoint"]);
        triggers[0]
            .Payload.ShouldBe([
                new("Path", "/orders/{OrderId}"),
                new("Method", "post"),
                new("Authorize", true),
                new("Policy", null),
                new("RequestTimeout", null),
                new("RequestSizeLimit", 10L),
            ]);
        var stimulus = HttpEndpoint.StimulusOf("orders/{OrderId}", "PUT");
        triggers[1].Hash.ShouldBe(StimulusHash.Of(stimulus.Name, stimulus.Payload));
        triggers[1]
            .Hash.ShouldBe(
                StimulusHash.Of("Elsa.HttpEndpoint", new Dictionary<string, object?> { ["Path"] = "/orders/{OrderId}", ["Method"] = "put" })
            );
    }

    [Fact]
    public void Without_a_path_it_is_not_published()
    {
        ActivityTester.For(new HttpEndpoint()).Triggers(out var errors);

        errors.ShouldHaveSingleItem().Message.ShouldContain("has no path");
    }

    [Fact]
    public async Task As_trigger_it_hands_on_the_request()
    {
        var run = await Triggered(
            new HttpEndpoint { Path = "orders/{id}" },
            Request("""{"amount": 5}""") with
            {
                RouteData = new Dictionary<string, object?> { ["id"] = "7" },
                Query = new Dictionary<string, object?> { ["q"] = new[] { "a", "b" } },
                Headers = new Dictionary<string, object?> { ["X-A"] = "1" },
            }
        );

        run.Outcomes.ShouldBe(["Done"]);
        run.Output("ParsedContent").ShouldBeEquivalentTo(new Dictionary<string, object?> { ["amount"] = 5L });
        run.Output("RouteData").ShouldBeEquivalentTo(new Dictionary<string, object?> { ["id"] = "7" });
        run.Output("Headers").ShouldBeEquivalentTo(new Dictionary<string, object?> { ["X-A"] = "1" });
        run.Output("QueryStringData").ShouldBeOfType<Dictionary<string, object?>>()["q"].ShouldBe(new[] { "a", "b" });
        run.Output("File").ShouldBeNull();
        run.Output("Result").ShouldBeOfType<Dictionary<string, object?>>()["method"].ShouldBe("POST");
    }

    [Fact]
    public async Task It_waits_at_one_bookmark_for_each_method_and_any_of_them_ends_the_wait()
    {
        var run = await Waiting(new HttpEndpoint { Path = "answer", SupportedMethods = new(["GET", "POST"]) });
        run.Bookmarks.Select(b => b.Payload[1].Value).ShouldBe(["get", "post"]);
        run.State.ShouldBeSuspendedAt<HttpEndpoint>();

        await Receive(run, Request("plain") with { ContentType = "text/plain" });

        run.Outcomes.ShouldBe(["Done"]);
        run.Output("ParsedContent").ShouldBe("plain");
        run.Bookmarks.ShouldBeEmpty();
    }

    [Fact]
    public async Task Resumed_by_hand_it_is_done()
    {
        var run = await Waiting(new HttpEndpoint { Path = "answer" });

        await run.ResumeAsync();

        run.Outcomes.ShouldBe(["Done"]);
        run.Output("Result").ShouldBeNull();
    }

    [Fact]
    public async Task A_form_gives_its_fields_and_files()
    {
        var run = await Triggered(
            new HttpEndpoint { Path = "upload" },
            Request(null) with
            {
                ContentType = "multipart/form-data",
                Form = new Dictionary<string, object?> { ["note"] = "hi" },
                Files = [Picture, Picture with { FileName = "b.png" }],
            }
        );

        run.Output("ParsedContent").ShouldBeEquivalentTo(new Dictionary<string, object?> { ["note"] = "hi" });
        var files = run.Output("Files").ShouldBeOfType<List<object?>>();
        files.Count.ShouldBe(2);
        var file = run.Output("File").ShouldBeOfType<Dictionary<string, object?>>();
        file["fileName"].ShouldBe("a.PNG");
        file["content"].ShouldBe(new byte[] { 1, 2, 3 });
    }

    public static TheoryData<HttpEndpoint, string, int> Refusing =>
        new()
        {
            {
                new HttpEndpoint { RequestSizeLimit = 2, ExposeRequestTooLargeOutcome = true },
                "Request too large",
                413
            },
            {
                new HttpEndpoint { FileSizeLimit = 2, ExposeFileTooLargeOutcome = true },
                "File too large",
                413
            },
            {
                new HttpEndpoint { AllowedFileExtensions = new([".pdf"]), ExposeInvalidFileExtensionOutcome = true },
                "Invalid file extension",
                415
            },
            {
                new HttpEndpoint { BlockedFileExtensions = new([".png"]), ExposeInvalidFileExtensionOutcome = true },
                "Invalid file extension",
                415
            },
            {
                new HttpEndpoint { AllowedMimeTypes = new(["application/pdf"]), ExposeInvalidFileMimeTypeOutcome = true },
                "Invalid file MIME type",
                415
            },
        };

    [Theory]
    [MemberData(nameof(Refusing))]
    public async Task A_refusal_that_is_exposed_has_its_outcome(HttpEndpoint endpoint, string outcome, int status)
    {
        _ = status;
        endpoint.Path = "upload";

        var run = await Triggered(endpoint, Request(null) with { Files = [Picture] });

        run.Outcomes.ShouldBe([outcome]);
        run.Output("Files").ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(Refusing))]
    public async Task A_refusal_that_is_not_exposed_is_answered_and_the_wait_goes_on(HttpEndpoint endpoint, string outcome, int status)
    {
        Hide(endpoint);
        endpoint.SupportedMethods = new(["GET", "POST"]);
        var reply = new Reply();
        var run = await Waiting(endpoint, reply);

        await Receive(run, Request(null) with { Files = [Picture] });

        reply.Sent.ShouldHaveSingleItem().StatusCode.ShouldBe(status, outcome);
        run.State.ShouldBeSuspendedAt<HttpEndpoint>();
        run.Bookmarks.Select(b => b.Payload[1].Value).ShouldBe(["get", "post"]);
        run.Incident.ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(Refusing))]
    public async Task A_refusal_that_is_not_exposed_fails_the_start_with_a_code(HttpEndpoint endpoint, string outcome, int status)
    {
        Hide(endpoint);

        var run = await Triggered(endpoint, Request(null) with { Files = [Picture] });

        HttpEndpoint.StatusOfRefusal(run.State.ShouldBeFaulted().Code).ShouldBe(status, outcome);
    }

    [Theory]
    [InlineData("{oops", "application/json")]
    [InlineData("{oops", "application/problem+json; charset=utf-8")]
    public async Task A_body_that_is_no_JSON_is_refused(string body, string contentType)
    {
        var started = await Triggered(new HttpEndpoint { Path = "x" }, Request(body) with { ContentType = contentType });
        var reply = new Reply();
        var waiting = await Waiting(new HttpEndpoint { Path = "x", SupportedMethods = new(["POST"]) }, reply);
        await Receive(waiting, Request(body) with { ContentType = contentType });

        HttpEndpoint.StatusOfRefusal(started.State.ShouldBeFaulted().Code).ShouldBe(400);
        reply.Sent.ShouldHaveSingleItem().StatusCode.ShouldBe(400);
        waiting.State.ShouldBeSuspendedAt<HttpEndpoint>();
    }

    [Fact]
    public async Task Bytes_are_read_by_their_type()
    {
        var json = await Triggered(new HttpEndpoint { Path = "x" }, Request("[1]"u8.ToArray()));
        var raw = await Triggered(new HttpEndpoint { Path = "x" }, Request(new byte[] { 9 }) with { ContentType = "image/png" });

        json.Output("ParsedContent").ShouldBe(new object[] { 1L });
        raw.Output("ParsedContent").ShouldBe(new byte[] { 9 });
    }

    private static IncomingFile Picture { get; } = new("photo", "a.PNG", "image/png", 3, [1, 2, 3]);

    private static IncomingRequest Request(object? body) =>
        new()
        {
            Method = "POST",
            Path = "/x",
            ContentType = "application/json",
            Body = body,
        };

    private static void Hide(HttpEndpoint endpoint)
    {
        endpoint.Path = "upload";
        endpoint.ExposeRequestTooLargeOutcome = endpoint.ExposeFileTooLargeOutcome = false;
        endpoint.ExposeInvalidFileExtensionOutcome = endpoint.ExposeInvalidFileMimeTypeOutcome = false;
    }

    private static Task<ActivityRun> Triggered(HttpEndpoint endpoint, IncomingRequest request)
    {
        endpoint.Id = "endpoint";
        return ActivityTester.For(endpoint).TriggeredBy((IncomingRequest.InputKey, request.ToPlain())).RunAsync();
    }

    private static Task<ActivityRun> Waiting(HttpEndpoint endpoint, Reply? reply = null) =>
        ActivityTester.For(endpoint).With<IHttpReply>(reply ?? new Reply()).RunAsync();

    private static Task Receive(ActivityRun run, IncomingRequest request) =>
        run.ResumeAsync(
            new Dictionary<string, object?> { [IncomingRequest.InputKey] = request.ToPlain() },
            run.Bookmarks.Single(b => Equals(b.Payload[1].Value, "post"))
        );
}

/// <summary>Keeps what was answered.</summary>
internal sealed class Reply : IHttpReply
{
    public List<HttpReply> Sent { get; } = [];

    public bool IsOpen { get; set; } = true;

    public ValueTask WriteAsync(HttpReply reply, CancellationToken ct)
    {
        Sent.Add(reply);
        IsOpen = false;
        return default;
    }
}
