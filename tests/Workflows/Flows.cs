using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace ServiceLoop.Workflows.Tests;

/// <summary>Definitions as JSON, and their way into a server.</summary>
internal static class Flows
{
    /// <summary>A definition whose root is a sequence.</summary>
    public static string Sequence(string id, string activities, string envelope = "") =>
        $$"""{ "definitionId": "{{id}}", "name": "{{id}}", {{envelope}} "root": { "id": "root", "type": "Elsa.Sequence", "activities": [ {{activities}} ] } }""";

    /// <summary>An HTTP endpoint.</summary>
    public static string Endpoint(string id, string path, bool starts = true, string methods = "POST", string more = "") =>
        $$"""{ "id": "{{id}}", "type": "Elsa.HttpEndpoint", "canStartWorkflow": {{(starts ? "true" : "false")}}, "path": {{Literal(path)}}, "supportedMethods": {{Of("Object", $"[\"{methods.Replace(",", "\",\"")}\"]")}} {{more}} }""";

    /// <summary>An HTTP response with a script for its content.</summary>
    public static string Reply(string id, string script, string status = "200") =>
        $$"""{ "id": "{{id}}", "type": "Elsa.WriteHttpResponse", "statusCode": {{Literal(status)}}, "content": {{Of("JavaScript", script)}} }""";

    /// <summary>An event wait.</summary>
    public static string Event(string id, string name, bool starts = false) =>
        $$"""{ "id": "{{id}}", "type": "Elsa.Event", "canStartWorkflow": {{(starts ? "true" : "false")}}, "eventName": {{Literal(name)}} }""";

    /// <summary>A task.</summary>
    public static string RunTask(string id, string name) =>
        $$"""{ "id": "{{id}}", "type": "Elsa.RunTask", "taskName": {{Literal(name)}} }""";

    /// <summary>A wait for a time.</summary>
    public static string Delay(string id, TimeSpan time) =>
        $$"""{ "id": "{{id}}", "type": "Elsa.Delay", "timeSpan": {{Literal(time.ToString("c"))}} }""";

    /// <summary>A fault.</summary>
    public static string Fault(string id, string code, string message) =>
        $$"""{ "id": "{{id}}", "type": "Elsa.Fault", "code": {{Literal(code)}}, "message": {{Literal(message)}} }""";

    /// <summary>An input with a literal.</summary>
    public static string Literal(string value) => Of("Literal", value);

    /// <summary>An input with an expression.</summary>
    public static string Of(string type, string value) =>
        $$"""{ "typeName": "Object", "expression": { "type": "{{type}}", "value": {{JsonSerializer.Serialize(value)}} } }""";

    /// <summary>Imports and publishes definitions.</summary>
    public static async Task PublishAsync(this HttpClient client, CancellationToken ct, params string[] definitions)
    {
        foreach (var definition in definitions)
        {
            using var response = await client.SaveAsync(definition, publish: true, ct);
            response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync(ct));
        }
    }

    /// <summary>Saves a definition as Elsa Studio does.</summary>
    public static Task<HttpResponseMessage> SaveAsync(this HttpClient client, string definition, bool publish, CancellationToken ct) =>
        client.PostAsync(
            "/elsa/api/workflow-definitions".Local(),
            new StringContent(
                $$"""{ "model": {{definition}}, "publish": {{(publish ? "true" : "false")}} }""",
                Encoding.UTF8,
                "application/json"
            ),
            ct
        );

    /// <summary>A path on the server under test.</summary>
    public static Uri Local(this string path) => new(path, UriKind.Relative);

    /// <summary>Posts JSON text.</summary>
    public static Task<HttpResponseMessage> PostJsonAsync(this HttpClient client, string path, string json, CancellationToken ct) =>
        client.PostAsync(path.Local(), new StringContent(json, Encoding.UTF8, "application/json"), ct);

    /// <summary>The JSON of an answer.</summary>
    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage response, CancellationToken ct) =>
        await response.Content.ReadFromJsonAsync<JsonElement>(ct);

    /// <summary>The JSON of a GET.</summary>
    public static Task<JsonElement> JsonAsync(this HttpClient client, string path, CancellationToken ct) =>
        client.GetFromJsonAsync<JsonElement>(path.Local(), ct);

    /// <summary>The stable code of a refusal.</summary>
    public static async Task<string?> CodeAsync(this HttpResponseMessage response, CancellationToken ct)
    {
        response.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json");
        return (await response.JsonAsync(ct)).GetProperty("code").GetString();
    }

    /// <summary>Id of the instance that served a request.</summary>
    public static string InstanceId(this HttpResponseMessage response) =>
        response.Headers.GetValues("x-elsa-workflow-instance-id").ShouldHaveSingleItem();

    /// <summary>Waits until an instance has a sub-status.</summary>
    public static async Task<JsonElement> UntilAsync(this HttpClient client, string instanceId, string subStatus, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(TimeSpan.FromSeconds(180));

        while (true)
        {
            using var response = await client.GetAsync($"/elsa/api/workflow-instances/{instanceId}".Local(), patience.Token);

            if (response.IsSuccessStatusCode)
            {
                var instance = await response.JsonAsync(patience.Token);

                if (instance.GetProperty("subStatus").GetString() == subStatus)
                    return instance;
            }

            // The server tells nobody yet when an instance moves.
            await Task.Delay(50, patience.Token);
        }
    }
}
