using System.Globalization;
using System.Text;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Runtime.Bench.Server;

namespace ServiceLoop.Runtime.Bench.Flow;

/// <summary>A service case in five stages. Each waits, then sets two variables and decides by a JavaScript condition how to go on.</summary>
internal static class StageFlow
{
    public const string DefinitionId = "five-stages";

    /// <summary>The same with a secret variable.</summary>
    public const string SecretId = "five-secret-stages";

    /// <summary>Bursts of one flow: its start, and one for each wait.</summary>
    public const int Bursts = 6;

    private static readonly string[] Stages = ["Intake", "Diagnosis", "Solution", "Tracking", "FollowUp"];

    /// <summary>Publishes it.</summary>
    /// <param name="node">Where.</param>
    /// <param name="wait">"Elsa.Event" or "Elsa.RunTask".</param>
    /// <param name="ct">Cancels.</param>
    public static async Task PublishAsync(BenchNode node, string wait, CancellationToken ct) =>
        await ImportAsync(node, Definition(wait, DefinitionId, "Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core"), ct);

    /// <summary>Publishes the one with a secret, which waits for events.</summary>
    public static Task PublishSecretAsync(BenchNode node, CancellationToken ct) =>
        ImportAsync(node, Definition("Elsa.Event", SecretId, StorageDrivers.Encrypted), ct);

    private static async Task ImportAsync(BenchNode node, string definition, CancellationToken ct) =>
        await node.Definitions.ImportAsync(ElsaJson.Read(Encoding.UTF8.GetBytes(definition)), note: null, ct);

    private static string Definition(string wait, string definitionId, string driver)
    {
        var activities = new List<string>();
        var connections = new List<string>();

        for (var i = 0; i < Stages.Length; i++)
        {
            var stage = Stages[i];
            var name = wait == "Elsa.Event" ? "eventName" : "taskName";
            activities.Add($$"""{ "id": "{{stage}}Wait", "type": "{{wait}}", "{{name}}": "{{stage}}" }""");
            activities.Add(Set($"{stage}Stage", "Stage", $"\"{stage} is done by the second line\""));
            activities.Add(Set($"{stage}Score", "Score", (i + 1).ToString(CultureInfo.InvariantCulture)));
            activities.Add(
                $$"""{ "id": "{{stage}}Check", "type": "Elsa.FlowDecision", "condition": { "typeName": "Boolean", "expression": { "type": "JavaScript", "value": "getVariable('Score') % 7 < 6 && getVariable('Stage') != ''" } } }"""
            );
            connections.Add(Connection($"{stage}Wait", "Done", $"{stage}Stage"));
            connections.Add(Connection($"{stage}Stage", "Done", $"{stage}Score"));
            connections.Add(Connection($"{stage}Score", "Done", $"{stage}Check"));

            if (i + 1 < Stages.Length)
                connections.Add(Connection($"{stage}Check", "True", $"{Stages[i + 1]}Wait"));
        }

        return $$"""
            {
              "definitionId": "{{definitionId}}", "name": "Five stages",
              "variables": [
                { "id": "Stage", "name": "Stage", "typeName": "String" },
                { "id": "Score", "name": "Score", "typeName": "Int64" },
                { "id": "Customer", "name": "Customer", "typeName": "String", "storageDriverTypeName": "{{driver}}", "value": "A customer with a name and an address of usual length" }
              ],
              "root": { "id": "Flow", "type": "Elsa.Flowchart", "activities": [ {{string.Join(", ", activities)}} ], "connections": [ {{string.Join(
                ", ",
                connections
            )}} ] }
            }
            """;
    }

    private static string Set(string id, string variable, string value) =>
        $$"""{ "id": "{{id}}", "type": "Elsa.SetVariable", "variable": { "id": "{{variable}}", "name": "{{variable}}" }, "value": { "typeName": "Object", "expression": { "type": "Literal", "value": {{value}} } } }""";

    private static string Connection(string from, string port, string to) =>
        $$"""{ "source": { "activity": "{{from}}", "port": "{{port}}" }, "target": { "activity": "{{to}}", "port": "In" } }""";
}
