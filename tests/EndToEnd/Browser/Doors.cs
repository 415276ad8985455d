using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ServiceLoop.EndToEnd.Tests.Browser;

/// <summary>The server's REST doors, for what a test prepares or checks behind the browser's back.</summary>
/// <param name="client">Client of the server.</param>
internal sealed class Doors(HttpClient client)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Saves a flowchart.</summary>
    /// <param name="definitionId">Its id and name.</param>
    /// <param name="root">The flowchart.</param>
    /// <param name="publish">Publishes it too.</param>
    /// <param name="variables">Its variables; null for none.</param>
    /// <returns>The version as saved.</returns>
    public async Task<JsonElement> SaveAsync(string definitionId, JsonObject root, bool publish = true, JsonArray? variables = null)
    {
        var model = new JsonObject
        {
            ["definitionId"] = definitionId,
            ["name"] = definitionId,
            ["variables"] = variables ?? [],
            ["root"] = root,
        };
        return await SaveAsync(model, publish);
    }

    /// <summary>Saves a definition.</summary>
    /// <param name="model">The definition.</param>
    /// <param name="publish">Publishes it too.</param>
    /// <returns>The version as saved.</returns>
    public async Task<JsonElement> SaveAsync(JsonObject model, bool publish)
    {
        var answer = await PostAsync("/elsa/api/workflow-definitions", new JsonObject { ["model"] = model, ["publish"] = publish });
        return answer.GetProperty("workflowDefinition");
    }

    /// <summary>Starts an instance of the latest version.</summary>
    /// <param name="definitionId">Its definition.</param>
    /// <param name="input">Its inputs; null for none.</param>
    /// <returns>Its id.</returns>
    public async Task<string> RunAsync(string definitionId, JsonObject? input = null)
    {
        var request = new JsonObject { ["input"] = input };
        using var response = await client.PostAsJsonAsync($"/elsa/api/workflow-definitions/{definitionId}/execute", request, Ct);
        return response.Headers.GetValues("x-elsa-workflow-instance-id").Single();
    }

    /// <summary>Reads a document.</summary>
    public async Task<JsonElement> GetAsync(string path)
    {
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative), Ct);
        var text = await response.Content.ReadAsStringAsync(Ct);
        response.IsSuccessStatusCode.ShouldBeTrue($"GET {path}: {(int)response.StatusCode} {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>Sends a document.</summary>
    public async Task<JsonElement> PostAsync(string path, JsonNode? body = null)
    {
        using var response = await client.PostAsJsonAsync(path, body ?? new JsonObject(), Ct);
        return await AnswerAsync(response, $"POST {path}");
    }

    /// <summary>Sends a document that replaces another.</summary>
    public async Task<JsonElement> PutAsync(string path, JsonNode body)
    {
        using var response = await client.PutAsJsonAsync(path, body, Ct);
        return await AnswerAsync(response, $"PUT {path}");
    }

    private static async Task<JsonElement> AnswerAsync(HttpResponseMessage response, string what)
    {
        var text = await response.Content.ReadAsStringAsync(Ct);
        response.IsSuccessStatusCode.ShouldBeTrue($"{what}: {(int)response.StatusCode} {text}");
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
    }

    /// <summary>An instance as Studio sees it.</summary>
    public Task<JsonElement> InstanceAsync(string id) => GetAsync($"/elsa/api/workflow-instances/{id}");

    /// <summary>The latest version of a definition as Studio sees it.</summary>
    public Task<JsonElement> LatestAsync(string definitionId) =>
        GetAsync($"/elsa/api/workflow-definitions/by-definition-id/{definitionId}?versionOptions=Latest");

    /// <summary>What the steps of an instance were given, by their names; of a step that ran often the last counts.</summary>
    public async Task<Dictionary<string, JsonElement>> GivenAsync(string id)
    {
        var list = await GetAsync($"/elsa/api/activity-executions/list?WorkflowInstanceId={id}");
        var given = new Dictionary<string, JsonElement>(StringComparer.Ordinal);

        foreach (var execution in list.GetProperty("items").EnumerateArray())
            if (execution.GetProperty("activityName").GetString() is { } name)
                given[name] = execution.GetProperty("activityState");

        return given;
    }

    /// <summary>The lines that an instance wrote.</summary>
    public async Task<IReadOnlyList<string?>> WrittenAsync(string id)
    {
        var list = await GetAsync($"/elsa/api/activity-executions/list?WorkflowInstanceId={id}");
        return
        [
            .. list.GetProperty("items")
                .EnumerateArray()
                .Where(e => e.GetProperty("activityType").GetString() == "Elsa.WriteLine")
                .Select(e => e.GetProperty("activityState").GetProperty("Text").GetString()),
        ];
    }

    /// <summary>Values of the variables of an instance, by their names.</summary>
    public async Task<Dictionary<string, JsonElement>> VariablesAsync(string id) =>
        (await GetAsync($"/elsa/api/workflow-instances/{id}/variables"))
            .GetProperty("items")
            .EnumerateArray()
            .ToDictionary(v => v.GetProperty("name").GetString()!, v => v.GetProperty("value"), StringComparer.Ordinal);

    /// <summary>Waits until an instance has a sub status.</summary>
    public Task<JsonElement> WaitAsync(string id, string subStatus) =>
        UntilAsync(() => InstanceAsync(id), instance => instance.GetProperty("subStatus").GetString() == subStatus);

    /// <summary>Asks until the answer is as wished; under half a minute.</summary>
    public async Task<JsonElement> UntilAsync(Func<Task<JsonElement>> ask, Func<JsonElement, bool> isWished)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(TimeSpan.FromSeconds(180));
        var answer = default(JsonElement);

        try
        {
            while (!isWished(answer = await ask()))
                await Task.Delay(100, patience.Token);

            return answer;
        }
        catch (OperationCanceledException e) when (!Ct.IsCancellationRequested)
        {
            throw new TimeoutException($"The answer did not become as wished. The last one: {answer}", e);
        }
    }
}
