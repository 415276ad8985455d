using System.Net;

namespace ServiceLoop.Workflows.Tests.Start;

public sealed class WelcomeTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_address_that_was_printed_tells_in_both_languages_what_is_there()
    {
        var client = await server.ClientAsync(Ct);

        var text = await client.GetStringAsync("/".Local(), Ct);

        text.ShouldContain("ServiceLoop is running.");
        text.ShouldContain("正在运行");
        text.ShouldContain("/elsa/api/");
    }

    [Fact]
    public async Task A_body_that_is_no_json_is_refused_with_its_place()
    {
        var client = await server.ClientAsync(Ct);

        using var response = await client.PostJsonAsync("/elsa/api/workflow-definitions/any/execute", "{bad", Ct);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var problem = await response.Content.ReadAsStringAsync(Ct);
        problem.ShouldContain("\"code\":\"http.bad-request\"");
        problem.ShouldContain("LineNumber: 0");
    }

    [Fact]
    public async Task An_address_that_is_nothing_is_a_problem_and_not_an_empty_page()
    {
        var client = await server.ClientAsync(Ct);

        using var response = await client.GetAsync("/nothing/here".Local(), Ct);

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }
}
