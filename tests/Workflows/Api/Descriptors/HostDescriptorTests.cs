using System.Net;
using System.Text.Json;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.Workflows.Tests.Api.Descriptors;

public sealed class HostDescriptorTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("descriptors/expression-descriptors", "type", "displayName", "isSerializable", "isBrowsable", "properties")]
    [InlineData("descriptors/variables", "typeName", "displayName", "category", "description")]
    [InlineData("descriptors/storage-drivers", "typeName", "displayName", "priority", "deprecated")]
    [InlineData("descriptors/workflow-activation-strategies", "typeName", "displayName", "description")]
    [InlineData("descriptors/incident-strategies", "typeName", "displayName", "description")]
    [InlineData("descriptors/log-persistence-strategies", "typeName", "displayName", "description")]
    [InlineData("descriptors/commit-strategies/workflows", "name", "displayName", "description")]
    [InlineData("descriptors/commit-strategies/activities", "name", "displayName", "description")]
    [InlineData("resilience/strategies?category=HTTP", "id", "displayName")]
    [InlineData("features/installed", "name", "namespace", "fullName", "displayName", "description")]
    public async Task A_list_has_items_with_the_members_that_the_designer_reads(string path, params string[] members)
    {
        var list = await GetAsync(path);

        var items = list.GetProperty("items").EnumerateArray().ToList();
        list.GetProperty("count").GetInt32().ShouldBe(items.Count);
        items.ShouldNotBeEmpty();

        foreach (var item in items)
        foreach (var member in members)
            item.TryGetProperty(member, out _).ShouldBeTrue($"{path}: {item} lacks {member}");
    }

    [Theory]
    [InlineData("workflow-contexts/provider-descriptors")]
    [InlineData("descriptors/output-converters?sourceType=String&destinationType=String")]
    [InlineData("resilience/strategies?category=Default")]
    public async Task What_there_is_none_of_is_an_empty_list(string path)
    {
        (await GetAsync(path)).GetRawText().ShouldBe("""{"items":[],"count":0}""");
    }

    [Fact]
    public async Task A_new_variable_is_kept_with_the_instance_unless_one_says_otherwise()
    {
        var drivers = (await GetAsync("descriptors/storage-drivers")).GetProperty("items").EnumerateArray().ToList();

        // Elsa Studio offers the first of the list for an input, and the highest priority for a variable.
        var highest = drivers.MaxBy(d => d.GetProperty("priority").GetDouble());
        highest.GetProperty("deprecated").GetBoolean().ShouldBeFalse();
        highest.GetProperty("typeName").GetString().ShouldBe(drivers[0].GetProperty("typeName").GetString());
    }

    [Fact]
    public async Task Types_are_kept_by_the_browser_for_a_minute_and_known_to_the_compiler()
    {
        var client = await server.ClientAsync(Ct);

        using var response = await client.GetAsync("/elsa/api/descriptors/variables".Local(), Ct);

        var caching = response.Headers.CacheControl.ShouldNotBeNull();
        caching.Private.ShouldBeTrue();
        caching.MaxAge.ShouldBe(TimeSpan.FromSeconds(60));
        var names = Names(await response.JsonAsync(Ct), "typeName");
        names.ShouldContain("String");
        names.ShouldAllBe(name => WorkflowTypes.Find(name) != null);
    }

    [Fact]
    public async Task Languages_are_those_that_the_engine_has()
    {
        var languages = (await GetAsync("descriptors/expression-descriptors")).GetProperty("items").EnumerateArray().ToList();

        languages
            .Select(l => (l.GetProperty("type").GetString(), l.GetProperty("isBrowsable").GetBoolean()))
            .ShouldBe([("Literal", false), ("Object", false), ("Variable", true), ("Input", true), ("JavaScript", true), ("Liquid", true)]);
        languages
            .Single(l => l.GetProperty("type").GetString() == "JavaScript")
            .GetProperty("properties")
            .GetProperty("MonacoLanguage")
            .GetString()
            .ShouldBe("javascript");
    }

    [Theory]
    [InlineData("workflow-activation-strategies", "activationStrategyType")]
    [InlineData("incident-strategies", "incidentStrategyType")]
    public async Task Every_strategy_can_be_saved_and_published(string list, string option)
    {
        var client = await server.ClientAsync(Ct);

        foreach (var name in Names(await GetAsync($"descriptors/{list}"), "typeName"))
            await client.PublishAsync(
                Ct,
                Flows.Sequence(
                    $"with-{list}",
                    Flows.RunTask("T", "t"),
                    $$""" "options": { "{{option}}": {{JsonSerializer.Serialize(name)}} }, """
                )
            );
    }

    [Fact]
    public async Task Every_commit_strategy_is_one_that_the_compiler_knows()
    {
        var client = await server.ClientAsync(Ct);

        foreach (var name in Names(await GetAsync("descriptors/commit-strategies/workflows"), "name"))
        {
            using var saved = await client.SaveAsync(
                Flows.Sequence(
                    "with-commit",
                    Flows.RunTask("T", "t"),
                    $$""" "options": { "commitStrategyName": {{JsonSerializer.Serialize(name)}} }, """
                ),
                publish: true,
                Ct
            );

            (await saved.Content.ReadAsStringAsync(Ct)).ShouldNotContain("options.commit-strategy");
        }
    }

    [Fact]
    public async Task An_unknown_type_of_a_converter_is_refused_with_those_that_exist()
    {
        var client = await server.ClientAsync(Ct);

        using var response = await client.GetAsync(
            "/elsa/api/descriptors/output-converters?sourceType=Strng&destinationType=String".Local(),
            Ct
        );

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.CodeAsync(Ct)).ShouldBe("type.unknown");
        (await response.Content.ReadAsStringAsync(Ct)).ShouldContain("Strng");
    }

    [Fact]
    public async Task A_feature_is_found_by_its_full_name_and_alterations_are_not_claimed()
    {
        var client = await server.ClientAsync(Ct);

        var found = await client.JsonAsync("/elsa/api/features/installed/Elsa.Resilience", Ct);
        using var missing = await client.GetAsync("/elsa/api/features/installed/Elsa.Alterations.ShellFeatures.Alterations".Local(), Ct);

        found.GetProperty("name").GetString().ShouldBe("Resilience");
        missing.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await missing.CodeAsync(Ct)).ShouldBe("feature.unknown");
        Names(await GetAsync("features/installed"), "fullName")
            .ShouldNotContain(name => name.Contains("Alteration", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_version_is_one_that_the_designer_can_parse()
    {
        var version = (await GetAsync("package/version")).GetProperty("packageVersion").GetString();

        Version.TryParse(version, out var parsed).ShouldBeTrue(version);
        parsed.ShouldNotBeNull().Major.ShouldBe(3);
    }

    private static List<string> Names(JsonElement list, string member) =>
        [.. list.GetProperty("items").EnumerateArray().Select(i => i.GetProperty(member).GetString()!)];

    private async Task<JsonElement> GetAsync(string path) => await (await server.ClientAsync(Ct)).JsonAsync($"/elsa/api/{path}", Ct);
}
