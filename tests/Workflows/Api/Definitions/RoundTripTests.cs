using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ServiceLoop.Workflows.Tests.Api.Definitions;

/// <summary>A definition that is imported, opened and saved in Elsa Studio, and exported is what it was, but for what Studio itself writes.</summary>
public sealed class RoundTripTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Path = "/elsa/api/workflow-definitions";

    /// <summary>Odd files, and the places where Studio and we write them as they should be: the list in <c>docs/elsa-differences.md</c>.</summary>
    private static readonly Dictionary<string, string[]> Mended = new(StringComparer.Ordinal)
    {
        // A plain value, an expression without type: the literal that both engines read.
        ["fmt:naked-input"] = ["$.root.activities[0].text"],
        ["sl:format-naked-inputs"] =
        [
            "$.root.activities[0].text",
            "$.root.activities[1].start",
            "$.root.activities[1].end",
            "$.root.activities[1].step",
            "$.root.activities[1].body.text",
            "$.root.activities[2].text",
        ],
        ["sl:format-expression-without-type"] = ["$.root.activities[0].text.expression.type"],
        // A version of an activity type that is not there: the one that is used instead.
        ["sl:sub-version-fallback"] = ["$.root.activities[0].version"],
        ["sl:format-activity-version-fallback"] = ["$.root.activities[0].version"],
        // A stand-in whose type is known here: the activity itself, with its connections.
        ["sl:format-not-found-restored"] =
        [
            "$.root.activities[2].type",
            "$.root.activities[2].missingTypeName",
            "$.root.activities[2].missingTypeVersion",
            "$.root.activities[2].originalActivityJson",
            "$.root.activities[2].text",
            "$.root.customProperties.notFoundConnections",
            "$.root.connections",
        ],
        // Lists that are wrapped, and one connection in place of a list.
        ["sl:format-type-items-wrapping"] = ["$.root.activities", "$.root.connections"],
        ["sl:format-single-connection-object"] = ["$.root.connections"],
        // Studio knows no places at the ends of a connection, and a connection from nowhere is lost.
        ["sl:format-vertices-and-positions"] = ["$.root.connections[0].source.position", "$.root.connections[0].target.position"],
        ["sl:format-connection-to-missing"] = ["$.root.connections"],
    };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("elsa-3.6.3.jsonl", 118)]
    [InlineData("own.jsonl", 263)]
    public async Task Golden_definitions_come_back_as_they_went(string file, int cases)
    {
        var client = await server.ClientAsync(Ct);
        var differences = new List<string>();
        var count = 0;

        foreach (var line in await File.ReadAllLinesAsync(System.IO.Path.Combine(AppContext.BaseDirectory, "Golden", file), Ct))
        {
            using var golden = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = 600 });
            count++;

            var name = golden.RootElement.GetProperty("name").GetString()!;

            var found = new List<string>();

            foreach (var definition in golden.RootElement.GetProperty("given").GetProperty("defs").EnumerateArray())
                found.AddRange(await DifferencesAsync(client, definition.GetRawText()));

            if (!found.Select(d => d.Split(':', 2)[0]).Order().SequenceEqual(Mended.GetValueOrDefault(name, []).Order()))
                differences.Add($"{name}: {string.Join("; ", found)}");
        }

        count.ShouldBeGreaterThanOrEqualTo(cases);
        differences.ShouldBeEmpty();
    }

    [Fact]
    public async Task Our_own_definitions_come_back_as_they_went()
    {
        var client = await server.ClientAsync(Ct);
        var files = Directory.GetFiles(System.IO.Path.Combine(AppContext.BaseDirectory, "definitions"), "*.json");

        files.ShouldNotBeEmpty();

        foreach (var file in files)
            (await DifferencesAsync(client, await File.ReadAllTextAsync(file, Ct))).ShouldBeEmpty(file);
    }

    private static async Task<List<string>> DifferencesAsync(HttpClient client, string original)
    {
        using var import = await client.PostJsonAsync($"{Path}/import", original, Ct);
        var view = JsonNode.Parse(await import.Content.ReadAsStringAsync(Ct))!.AsObject();

        if (import.StatusCode != HttpStatusCode.OK)
            return [$"import refused: {view.ToJsonString()}"];

        var definitionId = view["definitionId"]!.ToString();
        var opened = JsonNode.Parse(await client.GetStringAsync($"{Path}/by-id/{view["id"]}".Local(), Ct))!.AsObject();
        using var save = await client.PostJsonAsync(Path, StudioSave.BodyOf(opened), Ct);

        if (save.StatusCode != HttpStatusCode.OK)
            return [$"save refused: {await save.Content.ReadAsStringAsync(Ct)}"];

        var exported = JsonNode
            .Parse(await client.GetStringAsync($"{Path}/{Uri.EscapeDataString(definitionId)}/export".Local(), Ct))!
            .AsObject();
        return
        [
            .. RoundTripForm
                .Differences(RoundTripForm.Of(JsonNode.Parse(original)!.AsObject()), RoundTripForm.Of(exported))
                .Select(d => d.Length < 400 ? d : d[..400]),
        ];
    }
}
