using System.Text;
using ServiceLoop.Activities.BuiltIn;
using ServiceLoop.Engine;
using ServiceLoop.TestKit;

namespace ServiceLoop.Activities.Tests.BuiltIn;

public sealed class WriteHttpResponseTests
{
    public static TheoryData<object?, string?, string, string?> Bodies =>
        new()
        {
            { "hello", null, "hello", "text/plain; charset=utf-8" },
            { "{}", "application/json", "{}", "application/json" },
            {
                new Dictionary<string, object?> { ["a"] = 1 },
                null,
                """{"a":1}""",
                "application/json"
            },
            {
                new Dictionary<string, object?> { ["a"] = "b c" },
                "application/x-www-form-urlencoded",
                "a=b+c",
                "application/x-www-form-urlencoded"
            },
            { new object[] { 1, true }, "", "[1,true]", "application/json" },
            { "bytes"u8.ToArray(), null, "bytes", "application/octet-stream" },
            { null, "text/plain", "", null },
        };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task The_body_goes_by_its_kind(object? content, string? asked, string body, string? contentType)
    {
        var reply = new Reply();

        var run = await Run(new WriteHttpResponse { Content = new(content), ContentType = new(asked) }, reply);

        var sent = reply.Sent.ShouldHaveSingleItem();
        Encoding.UTF8.GetString(sent.Body.Span).ShouldBe(body);
        sent.ContentType.ShouldBe(contentType);
        sent.StatusCode.ShouldBe(200);
        run.Outcomes.ShouldBe(["Done"]);
    }

    [Theory]
    [InlineData("Created", 201)]
    [InlineData("notfound", 404)]
    [InlineData(418, 418)]
    [InlineData("503", 503)]
    [InlineData(null, 200)]
    public async Task The_status_is_a_number_or_a_name(object? given, int status)
    {
        var reply = new Reply();

        await Run(new WriteHttpResponse { StatusCode = new(given) }, reply);

        reply.Sent.ShouldHaveSingleItem().StatusCode.ShouldBe(status);
    }

    [Theory]
    [InlineData("Fine")]
    [InlineData(99)]
    [InlineData(600)]
    public async Task Another_status_is_an_incident(object given)
    {
        var run = await Run(new WriteHttpResponse { StatusCode = new(given) }, new Reply());

        run.State.ShouldBeFaulted().Code.ShouldBe("http.status");
    }

    [Fact]
    public async Task Headers_go_along()
    {
        var reply = new Reply();

        await Run(
            new WriteHttpResponse
            {
                ResponseHeaders = new(new Dictionary<string, object?> { ["X-A"] = "1", ["Set-Cookie"] = new[] { "a=1", "b=2" } }),
            },
            reply
        );

        reply.Sent[0].Headers["x-a"].ShouldBe(["1"]);
        reply.Sent[0].Headers["Set-Cookie"].ShouldBe(["a=1", "b=2"]);
    }

    [Fact]
    public async Task A_header_cannot_smuggle_another_one()
    {
        var run = await Run(
            new WriteHttpResponse { ResponseHeaders = new(new Dictionary<string, object?> { ["Location"] = "/\r\nSet-Cookie: a=b" }) },
            new Reply()
        );

        run.State.ShouldBeFaulted().Code.ShouldBe("http.header");
    }

    [Fact]
    public async Task Without_a_live_request_it_is_an_incident_that_says_why()
    {
        var run = await Run(new WriteHttpResponse { Id = "answer" }, new Reply { IsOpen = false });

        var incident = run.State.ShouldBeFaulted();
        incident.Code.ShouldBe("http.no-request");
        incident.Message.ShouldStartWith("The HTTP request that 'answer' should answer is gone");
    }

    private static Task<ActivityRun> Run(Activity activity, IHttpReply reply) => ActivityTester.For(activity).With(reply).RunAsync();
}
