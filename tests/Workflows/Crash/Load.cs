using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;

namespace ServiceLoop.Workflows.Tests.Crash;

/// <summary>Callers that start instances and answer their tasks, and ask again whenever they got no answer.</summary>
/// <param name="nodes">Who is asked.</param>
/// <param name="database">Where open tasks are looked up.</param>
/// <param name="seed">Chooses the nodes.</param>
internal sealed class Load(Nodes nodes, Database database, int seed)
{
    /// <summary>The definition that is started; see <see cref="Definition"/>.</summary>
    public const string DefinitionId = "crash-course";

    /// <summary>Outside effect, timer, task, outside effect, timer.</summary>
    public const string Definition = """
        {
          "definitionId": "crash-course", "name": "Crash course",
          "inputs": [ { "name": "World", "type": "String" } ],
          "root": { "type": "Elsa.Sequence", "id": "Steps", "activities": [
            { "type": "Elsa.FlowSendHttpRequest", "id": "Before", "method": { "typeName": "String", "expression": { "type": "Literal", "value": "POST" } },
              "url": { "typeName": "Uri", "expression": { "type": "JavaScript", "value": "getInput('World') + 'effects/before'" } } },
            { "type": "Elsa.Delay", "id": "Wait", "timeSpan": { "typeName": "TimeSpan", "expression": { "type": "Literal", "value": "00:00:01" } } },
            { "type": "Elsa.RunTask", "id": "Ask", "taskName": { "typeName": "String", "expression": { "type": "Literal", "value": "approve" } } },
            { "type": "Elsa.FlowSendHttpRequest", "id": "After", "method": { "typeName": "String", "expression": { "type": "Literal", "value": "POST" } },
              "url": { "typeName": "Uri", "expression": { "type": "JavaScript", "value": "getInput('World') + 'effects/after'" } } },
            { "type": "Elsa.Delay", "id": "Rest", "timeSpan": { "typeName": "TimeSpan", "expression": { "type": "Literal", "value": "00:00:00.5" } } }
          ] }
        }
        """;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<string, bool> started = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> answered = new(StringComparer.Ordinal);
    private int number;

    /// <summary>Instances whose start was accepted.</summary>
    public ICollection<string> Started => started.Keys;

    /// <summary>Tasks whose answer was accepted.</summary>
    public ICollection<string> Answered => answered.Keys;

    /// <summary>Calls that got no answer or a 503.</summary>
    public int Repeated { get; private set; }

    /// <summary>Answers that should not be: anything but success, 503, or a task that was answered already.</summary>
    public ConcurrentQueue<string> Strange { get; } = [];

    /// <summary>One caller, until it is told to stop; it then still finishes the call that it is in.</summary>
    public async Task StartInstancesAsync(Uri world, CancellationToken stop, CancellationToken ct)
    {
        while (!stop.IsCancellationRequested)
        {
            var id = $"crash-{Interlocked.Increment(ref number)}";
            var body = new { instanceId = id, input = new { World = world.ToString() } };

            if (await AskAsync($"/elsa/api/workflow-definitions/{DefinitionId}/dispatch", body, _ => false, ct))
                started[id] = true;

            await Task.Delay(Pause, ct);
        }
    }

    /// <summary>Answers open tasks, each until it is accepted, as long as instances may still ask.</summary>
    public async Task AnswerTasksAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            foreach (var task in await OpenTasksAsync(ct))
                // A task that is gone was answered by the call whose answer was lost.
                if (await AskAsync($"/elsa/api/tasks/{Uri.EscapeDataString(task)}/complete", new { result = "yes" }, IsGone, ct))
                    answered[task] = true;

            await Task.Delay(Pause, ct);
        }
    }

    private static bool IsGone(HttpStatusCode status) =>
        status is HttpStatusCode.NotFound or HttpStatusCode.Conflict or HttpStatusCode.Gone;

    private async Task<List<string>> OpenTasksAsync(CancellationToken ct)
    {
        try
        {
            return await database.ListAsync("select task_id from run_task limit 200", ct);
        }
        catch (Npgsql.NpgsqlException)
        {
            return []; // Being killed or starting.
        }
    }

    private async Task<bool> AskAsync(string path, object body, Func<HttpStatusCode, bool> isDone, CancellationToken ct)
    {
        var dice = new Random(HashCode.Combine(seed, path.GetHashCode(StringComparison.Ordinal)));

        while (true)
        {
            try
            {
                using var answer = await nodes.Any(dice).PostAsJsonAsync(new Uri(path, UriKind.Relative), body, ct);

                if (answer.IsSuccessStatusCode || isDone(answer.StatusCode))
                    return true;

                if (answer.StatusCode != HttpStatusCode.ServiceUnavailable)
                    Strange.Enqueue($"{path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(ct)}");
            }
            catch (Exception e) when (e is HttpRequestException or IOException or ObjectDisposedException)
            {
                // Its node died.
            }
            catch (TaskCanceledException) when (!ct.IsCancellationRequested) { }

            Repeated++;
            await Task.Delay(Pause, ct);
        }
    }
}
