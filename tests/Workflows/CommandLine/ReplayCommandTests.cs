using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Runtime;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.TestKit;
using ServiceLoop.Workflows.CommandLine;

namespace ServiceLoop.Workflows.Tests.CommandLine;

public sealed class ReplayCommandTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_instance_that_lived_comes_out_equal()
    {
        await LiveAsync("replayed", "r-1");

        var run = await CommandRun.Of("replay-instance", "r-1", "--database", await postgres.AddressAsync(Ct));

        run.Error.ShouldBeEmpty();
        run.ExitCode.ShouldBe(0);
        run.Lines.ShouldBe(["r-1 equal: 2 bursts, 2 stimuli"]);
    }

    [Fact]
    public async Task A_history_that_was_tampered_with_is_found()
    {
        await LiveAsync("forged", "f-1");
        await using var forge = (await postgres.OpenAsync(Ct)).CreateCommand(
            "update journal set state_hash = state_hash + 1 where instance_id = 'f-1' and sequence = 2"
        );
        await forge.ExecuteNonQueryAsync(Ct);

        var run = await CommandRun.Of("replay-instance", "f-1", "none", "--database", await postgres.AddressAsync(Ct));

        run.ExitCode.ShouldBe(1);
        run.Lines[0].ShouldStartWith("f-1 differs after 1 bursts, 2 stimuli: Burst 2 of ");
        run.Lines[1].ShouldBe("none differs: There is no instance 'none'.");
    }

    [Fact]
    public async Task A_call_without_an_instance_is_told_how_it_is_done()
    {
        var run = await CommandRun.Of("replay-instance");

        run.ExitCode.ShouldBe(1);
        run.Error.ShouldContain("Name at least one instance.");
    }

    private async Task LiveAsync(string definitionId, string instanceId)
    {
        NpgsqlDataSource database = await postgres.OpenAsync(Ct);
        await using var services = new ServiceCollection()
            .AddSingleton(database)
            .AddSingleton(Parts.Compiler())
            .AddPostgresStore()
            .AddServiceLoopRuntime()
            .BuildServiceProvider();
        var definitions = services.GetRequiredService<DefinitionService>();
        var runtime = services.GetRequiredService<WorkflowRuntime>();
        var definition = ElsaJson.Read(
            Encoding.UTF8.GetBytes(
                $$"""
                { "definitionId": "{{definitionId}}", "root": { "type": "Elsa.Sequence", "activities": [
                  { "type": "Elsa.Event", "eventName": "go" },
                  { "type": "Elsa.RunJavaScript", "script": "newGuid() + Math.random() + new Date()" } ] } }
                """
            )
        );
        await definitions.ImportAsync(definition, null, Ct);
        var started = await runtime.StartAsync(new StartInstanceRequest(definitionId) { InstanceId = instanceId }, Ct);
        await runtime.ResumeAsync(instanceId, started.State!.Bookmarks[0].Id, null, null, Ct);
    }
}
