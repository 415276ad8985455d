using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace ServiceLoop.Workflows.Tests.Api.Desk;

public sealed class KpisApiTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_report_tells_every_figure_with_its_n_and_the_version_of_its_formula()
    {
        await using var server = new TestServer();
        using var client = await server.ClientAsync(Ct);
        using var opened = await client.PostAsJsonAsync("/api/cases", new { channel = "web", title = "No light" }, Ct);
        opened.EnsureSuccessStatusCode();

        var report = await client.GetFromJsonAsync<JsonElement>("/api/kpis", Ct);
        var definitions = await client.GetFromJsonAsync<JsonElement>("/api/kpis/definitions", Ct);

        var figures = report.GetProperty("items").EnumerateArray().ToList();
        var volume = figures.Single(f => Name(f) == "cases-opened" && f.GetProperty("segment").GetString() == "");
        volume.GetProperty("n").GetInt64().ShouldBe(1);
        volume.GetProperty("version").GetInt32().ShouldBe(1);
        volume.GetProperty("unit").GetString().ShouldBe("count");
        figures.Select(Name).Distinct().ShouldBeSubsetOf(definitions.GetProperty("items").EnumerateArray().Select(Name));
    }

    [Fact]
    public async Task A_window_that_ends_before_it_begins_is_refused_by_its_field()
    {
        await using var server = new TestServer();
        using var client = await server.ClientAsync(Ct);

        using var refused = await client.GetAsync("/api/kpis?from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z", Ct);

        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await refused.Content.ReadAsStringAsync(Ct)).ShouldContain("\"from\"");
    }

    private static string Name(JsonElement figure) => figure.GetProperty("name").GetString()!;
}
