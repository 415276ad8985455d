using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ServiceLoop.Workflows.Tests.Api.Definitions;

/// <summary>A definition that is imported, opened and saved in Elsa Studio, and exported is what it was, but for what Studio itself writes.</summary>
public sealed class RoundTripTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Path = "/elsa/api/workflow-definitions";

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

            foreach (var definition in golden.RootElement.GetProperty("given").GetProperty("defs").EnumerateArray())
                if (await DifferenceAsync(client, definition.GetRawText()) is { } difference)
                    differences.Add($"{golden.RootElement.GetProperty("name")}: {difference}");
        }

        count.ShouldBeGreaterThanOrEqualTo(cases);
        differences.ShouldBeEmpty();
    }

    [Fact]
    public async Task Our_own_definitions_come_back_as_they_went()
    {
        var client = await server.ClientAsync(Ct);
        var files = Directory.GetFiles(
            System.IO.Path.Combine(AppContext.BaseDirectory, "definitions"),
            "*.json",
            SearchOption.AllDirectories
        );

        files.ShouldNotBeEmpty();

        foreach (var file in files)
            (await DifferenceAsync(client, await File.ReadAllTextAsync(file, Ct))).ShouldBeNull(file);
    }

    /// <summary>Null when there is none.</summary>
    private static async Task<string?> DifferenceAsync(HttpClient client, string original)
    {
        using var import = await client.PostJsonAsync($"{Path}/import", original, Ct);
        var view = JsonNode.Parse(await import.Content.ReadAsStringAsync(Ct))!.AsObject();

        if (import.StatusCode != HttpStatusCode.OK)
            return $"import refused: {view.ToJsonString()}";

        var definitionId = view["definitionId"]!.ToString();
        var opened = JsonNode.Parse(await client.GetStringAsync($"{Path}/by-id/{view["id"]}".Local(), Ct))!.AsObject();
        using var save = await client.PostJsonAsync(Path, StudioSave.BodyOf(opened), Ct);

        if (save.StatusCode != HttpStatusCode.OK)
            return $"save refused: {await save.Content.ReadAsStringAsync(Ct)}";

        var exported = JsonNode
            .Parse(await client.GetStringAsync($"{Path}/{Uri.EscapeDataString(definitionId)}/export".Local(), Ct))!
            .AsObject();
        return
            string.Join(
                "; ",
                RoundTripForm
                    .Differences(RoundTripForm.Of(JsonNode.Parse(original)!.AsObject()), RoundTripForm.Of(exported))
                    .Select(d => d.Length < 400 ? d : d[..400])
            )
                is { Length: > 0 } differences
            ? differences
            : null;
    }
}
