using System.Net.Http.Json;
using ServiceLoop.TestKit;
using static ServiceLoop.Workflows.Tests.Flows;

namespace ServiceLoop.Workflows.Tests.Secrets;

/// <summary>
/// An instance with secret values lives through all that can happen to one, on the real server with all logs on; then the whole database, all logs and all
/// answers are searched for the secrets. A second instance does the same with values that are not secret: those must be found, or the search is blind.
/// </summary>
public sealed class LeakTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string Driver = "ServiceLoop.EncryptedStorageDriver, ServiceLoop";
    private const string Plain = "Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_secret_stands_nowhere_in_the_database_the_logs_or_the_answers()
    {
        await using var server = ServerProcess.Start(
            ("ConnectionStrings__Default", await postgres.AddressAsync(Ct)),
            ("Logging__LogLevel__Default", "Trace"),
            ("Logging__LogLevel__Microsoft", "Debug"),
            ("Logging__LogLevel__Hangfire", "Trace"),
            ("Logging__LogLevel__Npgsql", "Trace")
        );
        using var client = await server.ConnectAsync(Ct);

        var secret = new Life("secret", Driver);
        var open = new Life("open", Plain);
        await secret.LiveAsync(client);
        await open.LiveAsync(client);

        var database = await postgres.OpenAsync(Ct);
        var dump = await DatabaseDump.ReadAsync(database, Ct);

        // Hangfire writes down how a job ended after it has.
        for (var tries = 0; tries < 900 && !InHangfire(dump, open); tries++)
        {
            await Task.Delay(200, Ct);
            dump = await DatabaseDump.ReadAsync(database, Ct);
        }

        var logs = server.Output;

        dump.Tables.ShouldContain(t => t.StartsWith("hangfire.", StringComparison.Ordinal));
        dump.Tables.ShouldContain("public.workflow_instance");

        foreach (var marker in secret.Markers)
        {
            dump.Holding(marker).ShouldBeEmpty($"'{marker}' stands in the database");
            logs.ShouldNotContain(marker);
            secret.Answers.ShouldNotContain(a => a.Contains(marker, StringComparison.Ordinal), $"'{marker}' is in an answer");
        }

        // The control: the same life with open values leaves them in all these places.
        var found = open.Markers.SelectMany(dump.Holding).ToHashSet();
        found
            .IsSupersetOf(["public.migration_item", "public.run_task", "public.work", "public.workflow_instance"])
            .ShouldBeTrue(string.Join(' ', found));
        found.ShouldContain(t => t.StartsWith("public.journal_", StringComparison.Ordinal));
        InHangfire(dump, open).ShouldBeTrue();
        logs.ShouldContain(open.Markers[0]);
        open.Answers.ShouldContain(a => a.Contains(open.Markers[0], StringComparison.Ordinal));
    }

    private static bool InHangfire(DatabaseDump dump, Life life) =>
        life.Markers.Any(m => dump.Holding(m).Any(t => t.StartsWith("hangfire.", StringComparison.Ordinal)));

    /// <summary>One instance, its values, and all that the server said about it.</summary>
    private sealed class Life(string name, string driver)
    {
        private readonly List<string> answers = [];

        /// <summary>The values: as input, as event, set by hand.</summary>
        public IReadOnlyList<string> Markers { get; } = [.. Enumerable.Range(1, 3).Select(n => $"{name}-{n}-{Guid.NewGuid():N}")];

        public IReadOnlyList<string> Answers => answers;

        public async Task LiveAsync(HttpClient client)
        {
            await client.PublishAsync(Ct, Definition(1));
            var started = await client.PostJsonAsync(
                $"/elsa/api/workflow-definitions/{name}/execute",
                $$"""{ "input": { "Pin": "{{Markers[0]}}" } }""",
                Ct
            );
            var id = started.InstanceId();
            await ReadAsync(started);
            await client.UntilAsync(id, "Suspended", Ct);
            await LookAsync(client, id);
            await TaskAsync(client, id);

            // It is moved to another version while it waits.
            await client.PublishAsync(Ct, Definition(2));
            var version = (await client.JsonAsync($"/elsa/api/workflow-definitions/by-definition-id/{name}?versionOptions=Published", Ct))
                .GetProperty("id")
                .GetString();
            var run = await (
                await client.PostJsonAsync("/api/migrations", $$"""{ "targetVersionId": "{{version}}", "instanceIds": ["{{id}}"] }""", Ct)
            ).JsonAsync(Ct);
            await ReadAsync(await client.GetAsync($"/api/migrations/{run.GetProperty("id").GetString()}/dry-run/instances".Local(), Ct));
            await ReadAsync(await client.PostJsonAsync($"/api/migrations/{run.GetProperty("id").GetString()}/start", "{}", Ct));
            await UntilAsync(async () =>
                (await client.JsonAsync($"/elsa/api/workflow-instances/{id}", Ct)).GetProperty("definitionVersionId").GetString() == version
            );

            // An event brings another value; then it fails, is retried and fails again.
            await client.PostJsonAsync($"/elsa/api/events/{name}-card/trigger", $$"""{ "input": "{{Markers[1]}}" }""", Ct);
            await client.UntilAsync(id, "Faulted", Ct);
            await FailedAsync(client, id);
            await LookAsync(client, id);
            await ReadAsync(await client.PostJsonAsync($"/api/operations/instances/{id}/retry", "{}", Ct));
            await ReadAsync(
                await client.PutAsJsonAsync($"/api/operations/instances/{id}/variables/card".Local(), new { value = Markers[2] }, Ct)
            );
            await LookAsync(client, id);
        }

        /// <summary>Everything that tells of an instance.</summary>
        private async Task LookAsync(HttpClient client, string id)
        {
            foreach (
                var path in new[]
                {
                    $"/elsa/api/workflow-instances/{id}",
                    $"/elsa/api/workflow-instances/{id}/variables",
                    $"/elsa/api/workflow-instances/{id}/journal",
                    $"/elsa/api/workflow-instances/{id}/export",
                    $"/elsa/api/activity-executions/list?workflowInstanceId={id}",
                    $"/elsa/api/workflow-instances?definitionId={name}",
                    "/api/operations/work",
                    "/api/operations/work/buried",
                }
            )
                await ReadAsync(await client.GetAsync(path.Local(), Ct));
        }

        private async Task ReadAsync(HttpResponseMessage response)
        {
            var text = await response.Content.ReadAsStringAsync(Ct);
            ((int)response.StatusCode).ShouldBeLessThan(300, text);
            answers.Add(text);
        }

        private static Task TaskAsync(HttpClient client, string id) =>
            UntilAsync(async () =>
                (await client.GetStringAsync($"/elsa/api/workflow-instances/{id}".Local(), Ct)).Contains("Elsa.RunTask")
            );

        /// <summary>Waits until the background activity has failed twice, the second time in a job of its own: its error stands with its work, and in Hangfire's tables.</summary>
        private static Task FailedAsync(HttpClient client, string id) =>
            UntilAsync(async () =>
                (await client.JsonAsync($"/api/operations/work?instanceId={id}", Ct))
                    .GetProperty("items")
                    .EnumerateArray()
                    .Any(w => w.GetProperty("attempts").GetInt32() > 1)
            );

        private static async Task UntilAsync(Func<Task<bool>> isSo)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
            patience.CancelAfter(TimeSpan.FromSeconds(180));

            while (!await isSo())
                await Task.Delay(100, patience.Token);
        }

        private string Definition(int version) =>
            $$"""
                {
                  "definitionId": "{{name}}", "name": "{{name}}",
                  "inputs": [ { "name": "Pin", "type": "String", "storageDriverType": "{{driver}}" } ],
                  "variables": [ { "id": "card", "name": "card", "typeName": "String", "storageDriverTypeName": "{{driver}}" } ],
                  "root": { "id": "root", "type": "Elsa.Flowchart", "activities": [
                    { "id": "Set", "type": "Elsa.SetVariable", "variable": { "id": "card", "name": "card" }, "value": {{Of(
                    "JavaScript",
                    "getInput('Pin')"
                )}} },
                    { "id": "Name", "type": "Elsa.SetName", "value": {{Of("JavaScript", "'card ' + getVariable('card')")}} },
                    { "id": "Say", "type": "Elsa.WriteLine", "text": {{Of(
                    "JavaScript",
                    "'It is ' + getVariable('card') + ' v" + version + "'"
                )}} },
                    { "id": "Later", "type": "Elsa.SendHttpRequest", "customProperties": { "runAsynchronously": true }, "url": {{Of(
                    "JavaScript",
                    "'no scheme ' + getVariable('card')"
                )}}, "method": {{Literal("GET")}} },
                    { "id": "Task", "type": "Elsa.RunTask", "taskName": {{Literal("ask")}}, "payload": {{Of(
                    "JavaScript",
                    "({ card: getVariable('card') })"
                )}} },
                    { "id": "Wait", "type": "Elsa.Event", "eventName": {{Literal(
                    name + "-card"
                )}}, "result": { "typeName": "Object", "memoryReference": { "id": "card" } } },
                    { "id": "Break", "type": "Elsa.Fault", "message": {{Of("JavaScript", "'cannot use ' + getVariable('card')")}} }
                  ], "connections": [
                    {{Edge("Set", "Name")}}, {{Edge("Name", "Say")}}, {{Edge("Wait", "Later")}}, {{Edge("Say", "Task")}}, {{Edge(
                    "Say",
                    "Wait"
                )}}, {{Edge("Wait", "Break")}}
                  ] }
                }
                """;

        private static string Edge(string from, string to) =>
            $$"""{ "source": { "activity": "{{from}}", "port": "Done" }, "target": { "activity": "{{to}}", "port": "In" } }""";
    }
}
