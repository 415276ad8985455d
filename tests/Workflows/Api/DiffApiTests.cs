using System.Net;
using static ServiceLoop.Workflows.Tests.Flows;

namespace ServiceLoop.Workflows.Tests.Api;

public sealed class DiffApiTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_versions_are_compared()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Sequence("diff-a", Line("A", "one")));
        await client.PublishAsync(Ct, Sequence("diff-a", Line("A", "two") + "," + Line("B", "new")));

        var diff = await client.JsonAsync("/api/definitions/diff-a/diff?from=1&to=2", Ct);

        diff.GetProperty("isEmpty").GetBoolean().ShouldBeFalse();
        diff.GetProperty("activities")
            .EnumerateArray()
            .Select(a => $"{a.GetProperty("activityId")} {a.GetProperty("kind")}")
            .ShouldBe(["A changed", "B added"]);
        var value = diff.GetProperty("activities")[0].GetProperty("values")[0];
        value.GetProperty("before").GetProperty("text").GetString().ShouldBe("one");
        value.GetProperty("after").GetProperty("text").GetString().ShouldBe("two");
        diff.GetProperty("json").GetArrayLength().ShouldBeGreaterThan(1);

        // Without numbers: what is published, and what is newest.
        (await client.JsonAsync("/api/definitions/diff-a/diff", Ct))
            .GetProperty("isEmpty")
            .GetBoolean()
            .ShouldBeTrue();
    }

    [Theory]
    [InlineData("/api/definitions/diff-nobody/diff?from=1&to=2", HttpStatusCode.NotFound, "definition.unknown")]
    [InlineData("/api/definitions/diff-nobody/diff?from=first", HttpStatusCode.BadRequest, "version-options.unknown")]
    public async Task What_cannot_be_compared_is_refused(string path, HttpStatusCode status, string code)
    {
        var client = await server.ClientAsync(Ct);

        using var response = await client.GetAsync(path.Local(), Ct);

        response.StatusCode.ShouldBe(status);
        (await response.CodeAsync(Ct)).ShouldBe(code);
    }

    private static string Line(string id, string text) =>
        $$"""{ "id": "{{id}}", "type": "Elsa.WriteLine", "version": 1, "text": { "typeName": "String", "expression": { "type": "Literal", "value": "{{text}}" } } }""";
}
