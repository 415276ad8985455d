using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Workflows.Import;
using ServiceLoop.Workflows.Tests.CommandLine;
using static ServiceLoop.Workflows.Tests.Flows;

namespace ServiceLoop.Workflows.Tests.Import;

public sealed class DefinitionImportTests(TestServer server) : IClassFixture<TestServer>, IDisposable
{
    private readonly ScratchFolder folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_new_file_is_published_and_an_unchanged_one_is_left_alone()
    {
        folder.WriteFlow("import-new", RunTask("T", "t"));

        (await ImportAsync()).Published.ShouldBe(1);
        (await ImportAsync()).Published.ShouldBe(0);

        (await VersionsAsync("import-new")).ShouldBe([(1, true)]);
    }

    [Fact]
    public async Task A_changed_file_becomes_the_next_version()
    {
        folder.WriteFlow("import-changed", RunTask("T", "t"));
        await ImportAsync();
        folder.WriteFlow("import-changed", RunTask("T", "other"));

        (await ImportAsync()).Published.ShouldBe(1);

        (await VersionsAsync("import-changed")).ShouldBe([(1, false), (2, true)]);
    }

    [Fact]
    public async Task What_people_did_since_counts_more_than_a_file_that_did_not_change()
    {
        var client = await server.ClientAsync(Ct);
        folder.WriteFlow("import-edited", RunTask("T", "t"));
        folder.WriteFlow("import-retracted", RunTask("T", "t"));
        await ImportAsync();
        await client.PublishAsync(Ct, Sequence("import-edited", RunTask("T", "by hand")));
        await client.PostJsonAsync("/elsa/api/workflow-definitions/import-retracted/retract", "{}", Ct);

        (await ImportAsync()).Published.ShouldBe(0);

        (await VersionsAsync("import-edited")).ShouldBe([(1, false), (2, true)]);
        (await VersionsAsync("import-retracted")).ShouldBe([(1, false)]);
    }

    [Fact]
    public async Task A_draft_of_somebody_is_not_overwritten()
    {
        var client = await server.ClientAsync(Ct);
        folder.WriteFlow("import-draft", RunTask("T", "t"));
        await ImportAsync();
        await client.SaveAsync(Sequence("import-draft", RunTask("T", "half done")), publish: false, Ct);
        folder.WriteFlow("import-draft", RunTask("T", "file"));

        var (published, lines) = await ImportAsync();

        published.ShouldBe(0);
        lines.ShouldContain(l => l.Contains("has a draft (version 2)"));
        (await VersionsAsync("import-draft")).ShouldBe([(1, true), (2, false)]);
    }

    [Fact]
    public async Task Files_with_errors_are_told_of_with_path_and_cure_and_the_others_are_imported()
    {
        folder.Write("broken.json", "{ nonsense");
        folder.WriteFlow(
            "import-cron",
            $$"""{ "id": "C", "type": "Elsa.Cron", "canStartWorkflow": true, "cronExpression": {{Literal("now and then")}} }"""
        );
        folder.WriteFlow("import-good", RunTask("T", "t"));

        var (published, lines) = await ImportAsync();

        published.ShouldBe(1);
        lines.ShouldContain(l => l.Contains("broken.json") && l.Contains("json.malformed"));
        lines.ShouldContain(l => l.Contains("import-cron.json") && l.Contains("now and then"));
    }

    [Fact]
    public async Task One_that_uses_another_waits_for_it_whatever_the_files_are_called()
    {
        folder.WriteFlow("a-user", """{ "type": "B-part", "workflowDefinitionId": "b-part" }""");
        folder.WriteFlow("b-part", RunTask("T", "t"), """ "options": { "usableAsActivity": true }, """);

        (await ImportAsync()).Published.ShouldBe(2);
    }

    [Fact]
    public async Task What_was_exported_is_imported_again_without_a_change()
    {
        var client = await server.ClientAsync(Ct);
        folder.WriteFlow("import-kept", RunTask("T", "t"), """ "id": "kept-1", "customProperties": { "owner": "后台" }, """);
        folder.WriteFlow("import-moved", RunTask("T", "t"));
        await ImportAsync();
        await client.PublishAsync(Ct, Sequence("import-moved", RunTask("T", "by hand")), Sequence("export/new one", RunTask("T", "t")));
        var kept = await File.ReadAllTextAsync(Path.Combine(folder.Path, "import-kept.json"), Ct);

        var run = await ExportAsync();

        run.ExitCode.ShouldBe(0, run.Error);
        run.Lines.ShouldContain("import-moved.json: version 2 of import-moved");
        run.Lines.ShouldContain("export~2f~new~20~one.json: version 1 of export/new one");
        // Says the same: it stays as it was written.
        (await File.ReadAllTextAsync(Path.Combine(folder.Path, "import-kept.json"), Ct)).ShouldBe(kept);
        (await File.ReadAllTextAsync(Path.Combine(folder.Path, "import-moved.json"), Ct)).ShouldStartWith(
            "{\n  \"definitionId\": \"import-moved\",\n  \"name\": \"import-moved\",\n  \"version\": 2,\n"
        );

        (await ImportAsync()).Published.ShouldBe(0);
        (await ExportAsync()).Lines.ShouldHaveSingleItem().ShouldStartWith("0 written, ");
        (await VersionsAsync("import-moved")).ShouldBe([(1, false), (2, true)]);
    }

    [Fact]
    public async Task Secrets_stand_in_files_so_that_Elsa_can_read_them_and_stay_secret_here()
    {
        const string Variables = """
            "variables": [ { "id": "v", "name": "card", "typeName": "String", "storageDriverTypeName": "ServiceLoop.EncryptedStorageDriver, ServiceLoop" } ],
            """;
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Sequence("export-secret", RunTask("T", "t"), Variables));

        (await ExportAsync()).ExitCode.ShouldBe(0);

        var file = await File.ReadAllTextAsync(Path.Combine(folder.Path, "export-secret.json"), Ct);
        file.ShouldNotContain("Encrypted");
        file.ShouldContain("\"isSensitive\": true");
        (await ImportAsync()).Published.ShouldBe(0);
        (await ExportAsync()).Lines.ShouldHaveSingleItem().ShouldStartWith("0 written, ");
        await client.PostJsonAsync("/elsa/api/workflow-definitions/export-secret/retract", "{}", Ct);
        await client.DeleteAsync("/elsa/api/workflow-definitions/export-secret".Local(), Ct);

        (await ImportAsync()).Published.ShouldBe(1);

        var services = await server.ServicesAsync(Ct);
        using var system = services.GetRequiredService<IAccess>().AsSystem();
        var row = await services.GetRequiredService<DefinitionService>().FindAsync("export-secret", 0, Ct);
        StoredDefinition.Read(row.ShouldNotBeNull()).Variables.ShouldHaveSingleItem().IsSensitive.ShouldBeTrue();
    }

    [Fact]
    public async Task A_file_that_changed_again_wins_over_what_people_published_since()
    {
        var client = await server.ClientAsync(Ct);
        folder.WriteFlow("import-contest", RunTask("T", "t"));
        await ImportAsync();
        await client.PublishAsync(Ct, Sequence("import-contest", RunTask("T", "by hand")));
        folder.WriteFlow("import-contest", RunTask("T", "new file"));

        (await ImportAsync()).Published.ShouldBe(1);

        (await VersionsAsync("import-contest")).ShouldBe([(1, false), (2, false), (3, true)]);
    }

    [Fact]
    public async Task A_node_that_imports_waits_for_another_that_takes_long()
    {
        folder.WriteFlow("import-turn", RunTask("T", "t"));
        var store = (await server.ServicesAsync(Ct)).GetRequiredService<IWorkflowStore>();
        var now = TimeProvider.System.GetUtcNow();
        // Longer than one wish to enter is patient.
        (await store.TryGuardAsync("d:import-turn", "another node", now, now.AddSeconds(6), Ct)).ShouldBeTrue();

        (await ImportAsync()).Published.ShouldBe(1);

        TimeProvider.System.GetUtcNow().ShouldBeGreaterThanOrEqualTo(now.AddSeconds(6));
        (await VersionsAsync("import-turn")).ShouldBe([(1, true)]);
    }

    [Fact]
    public async Task Nodes_that_import_at_once_publish_each_file_once()
    {
        folder.WriteFlow("import-race-a", RunTask("T", "t"));
        folder.WriteFlow("import-race-b", RunTask("T", "t"));

        var published = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => ImportAsync()));

        published.Sum(p => p.Published).ShouldBe(2);
        (await VersionsAsync("import-race-a")).ShouldBe([(1, true)]);
    }

    [Fact]
    public async Task The_shipped_definitions_are_imported_by_default()
    {
        var services = await server.ServicesAsync(Ct);
        using var system = services.GetRequiredService<IAccess>().AsSystem();
        var import = new DefinitionImport(
            services.GetRequiredService<DefinitionService>(),
            new(
                new ConfigurationBuilder().Build(),
                new Environment(AppContext.BaseDirectory),
                services.GetRequiredService<ILogger<DefinitionImport>>()
            ),
            services.GetRequiredService<ILogger<DefinitionImport>>()
        );

        await import.RunAsync(Ct);

        (await VersionsAsync("service-contact")).ShouldBe([(1, true)]);
    }

    private async Task<CommandRun> ExportAsync() =>
        await CommandRun.Of("export-definitions", folder.Path, "--database", await server.AddressAsync(Ct));

    private async Task<(int Published, List<string> Lines)> ImportAsync()
    {
        var lines = new Lines();
        var services = await server.ServicesAsync(Ct);
        using var system = services.GetRequiredService<IAccess>().AsSystem();
        var settings = new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create(DefinitionPlace.PathSetting, (string?)folder.Path)])
            .Build();
        var import = new DefinitionImport(
            services.GetRequiredService<DefinitionService>(),
            new(settings, services.GetRequiredService<IHostEnvironment>(), lines),
            lines
        );
        return (await import.RunAsync(Ct), lines);
    }

    private async Task<List<(int Version, bool IsPublished)>> VersionsAsync(string definitionId)
    {
        var client = await server.ClientAsync(Ct);
        var list = await client.JsonAsync($"/elsa/api/workflow-definitions?definitionIds={definitionId}", Ct);
        return
        [
            .. list.GetProperty("items")
                .EnumerateArray()
                .Select(i => (i.GetProperty("version").GetInt32(), i.GetProperty("isPublished").GetBoolean())),
        ];
    }

    private sealed class Lines : List<string>, ILogger<DefinitionImport>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => Add(formatter(state, exception));
    }

    private sealed class Environment(string root) : IHostEnvironment
    {
        public string ApplicationName { get; set; } = "test";

        public Microsoft.Extensions.FileProviders.IFileProvider ContentRootFileProvider { get; set; } = null!;

        public string ContentRootPath { get; set; } = root;

        public string EnvironmentName { get; set; } = "Test";
    }
}
