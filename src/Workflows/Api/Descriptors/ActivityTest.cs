using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Engine.Execution;
using ServiceLoop.Engine.State;
using ServiceLoop.Engine.Values;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.InMemory;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Workflows.Api.Instances;
using ServiceLoop.Workflows.CommandLine;

namespace ServiceLoop.Workflows.Api.Descriptors;

/// <summary>What became of a test run of one activity.</summary>
/// <param name="ActivityState">Its inputs as they were evaluated, without sensitive ones.</param>
/// <param name="Payload">Its outcomes, under <c>Outcomes</c>; empty when it did not complete.</param>
/// <param name="Outputs">Its outputs.</param>
/// <param name="Exception">Why it failed, or could not be tried; null when it did not.</param>
/// <param name="Status"><c>Completed</c>, <c>Running</c> when it waits, <c>Faulted</c> or <c>Canceled</c>.</param>
internal sealed record ActivityTestView(
    IReadOnlyDictionary<string, object?> ActivityState,
    IReadOnlyDictionary<string, object?> Payload,
    IReadOnlyDictionary<string, object?> Outputs,
    ExceptionView? Exception,
    string Status
)
{
    private static readonly IReadOnlyDictionary<string, object?> Nothing = new Dictionary<string, object?>(StringComparer.Ordinal);

    /// <summary>A test that could not begin. The designer shows the sentence; it has no place for a refusal of the call.</summary>
    public static ActivityTestView Refused(string code, string sentence) =>
        new(Nothing, Nothing, Nothing, ExceptionView.Of(code, sentence, null), nameof(ActivityStatus.Faulted));
}

/// <summary>
/// Runs one activity of a version alone, in memory: with its inputs, the variables around it at their defaults, and no trace in the database. What it
/// does to the outside world, such as an HTTP request, it does.
/// </summary>
/// <param name="definitions">Where definitions are.</param>
/// <param name="compiler">Compiles the definition that is made for the test.</param>
/// <param name="clock">Tells the moment of the test.</param>
internal sealed class ActivityTest(DefinitionService definitions, WorkflowCompiler compiler, TimeProvider clock)
{
    private const string TestId = "activity-test";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Runs it until it has ended or waits.</summary>
    /// <param name="version">The version that it is in.</param>
    /// <param name="isMeant">Finds it.</param>
    /// <param name="called">What the caller calls it, for messages.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<ActivityTestView> RunAsync(
        DefinitionRow version,
        Func<OutlinedActivity, bool> isMeant,
        string called,
        CancellationToken ct
    )
    {
        var outline = await definitions.OutlineAsync(version, ct);
        var all = All(outline.Workflow).ToList();

        if (all.FirstOrDefault(isMeant) is not { } activity)
            return ActivityTestView.Refused(
                "activity.unknown",
                $"Version {version.Version} of '{version.DefinitionId}' has no activity '{called}'. Save the workflow first, then test again."
            );

        var around = Around(activity).ToList();

        if (around.Any(a => a.Uses is not null))
            return ActivityTestView.Refused(
                "activity.elsewhere",
                $"'{activity.Id}' stands in another workflow, '{around.First(a => a.Uses is not null).Uses!.DefinitionId}'. Open that one and test it there."
            );

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);

        try
        {
            return await RunAsync(Alone(StoredDefinition.Read(version), activity, around), activity, limit.Token);
        }
        catch (WorkflowCompilationException e)
        {
            return ActivityTestView.Refused(e.Errors[0].Code, string.Join(" ", e.Errors.Select(x => x.Message)));
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return ActivityTestView.Refused(
                "activity.too-slow",
                $"'{activity.Id}' did not end within {Patience.TotalSeconds:0} s, and was given up."
            );
        }
    }

    private async Task<ActivityTestView> RunAsync(WorkflowDefinition alone, OutlinedActivity activity, CancellationToken ct)
    {
        var values = new ExecutionValues(static _ => true);
        ServiceProvider? services = null;

        try
        {
            var host = new InMemoryWorkflows(
                compiler,
                new SettableClock(clock.GetUtcNow()),
                new InMemoryOptions { Values = values, Services = h => services = InMemoryHost.Services(h) }
            );

            foreach (var used in All(activity).Select(a => a.Uses).OfType<WorkflowDefinition>().DistinctBy(d => d.Id))
                host.Import(used);

            host.Import(alone);
            host.Publish(TestId);
            var result = await host.StartAsync(new StartRequest(TestId), ct);
            return ViewOf(result.Instance!, activity.Id, values);
        }
        finally
        {
            if (services is not null)
                await services.DisposeAsync();
        }
    }

    private static ActivityTestView ViewOf(InMemoryInstance instance, string activityId, ExecutionValues values)
    {
        var execution = instance.Executions.FirstOrDefault(e => e.Node.Id == activityId);
        var frame = execution?.FrameId ?? 0;
        var outcomes = instance.Journal.LastOrDefault(j => j.FrameId == frame && j.Event == JournalEvent.Completed).Detail
            is ImmutableArray<string> names
            ? names
            : [];
        var fault = instance.State.Incidents.FirstOrDefault();
        return new ActivityTestView(
            Shown(values.InputsOf(frame)),
            outcomes.IsDefaultOrEmpty
                ? new Dictionary<string, object?>(StringComparer.Ordinal)
                : new Dictionary<string, object?>(StringComparer.Ordinal) { ["Outcomes"] = outcomes },
            Shown(values.OutputsOf(frame)),
            fault is null ? null : ExceptionView.Of(fault.ExceptionType, fault.Message, fault.Detail),
            (fault is null ? execution?.Status ?? ActivityStatus.Pending : ActivityStatus.Faulted).ToString()
        );
    }

    /// <summary>A definition of the activity alone, with all that its expressions may name.</summary>
    private static WorkflowDefinition Alone(
        WorkflowDefinition definition,
        OutlinedActivity activity,
        IReadOnlyList<OutlinedActivity> around
    )
    {
        var root = JsonPlace.Find(definition.Json, activity.Path);
        var variables = new JsonArray();

        foreach (var place in around.Where(a => a.Path != "$").Select(a => a.Path).Append("$"))
        foreach (var variable in JsonPlace.ItemsAt(definition.Json, $"{place}.variables"))
            variables.Add((JsonNode?)JsonNode.Parse(variable.GetRawText()));

        var alone = new JsonObject
        {
            ["id"] = $"{TestId}-1",
            ["definitionId"] = TestId,
            ["name"] = definition.Name,
            ["toolVersion"] = definition.ToolVersion?.ToString(),
            ["variables"] = variables,
            ["root"] = JsonNode.Parse(root.GetRawText()),
        };

        foreach (var member in new[] { "inputs", "outputs", "outcomes", "customProperties" })
            if (JsonPlace.Find(definition.Json, $"$.{member}") is { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } value)
                alone[member] = JsonNode.Parse(value.GetRawText());

        // Whatever would start a workflow waits here instead.
        if (alone["root"] is JsonObject json)
        {
            json.Remove("canStartWorkflow");
            (json["customProperties"] as JsonObject)?.Remove("canStartWorkflow");
        }

        return ElsaJson.Read(JsonSerializer.SerializeToElement(alone));
    }

    private static IEnumerable<OutlinedActivity> Around(OutlinedActivity activity)
    {
        for (var place = activity.Parent; place is not null; place = place.Parent)
            yield return place;
    }

    private static IEnumerable<OutlinedActivity> All(OutlinedActivity activity) => activity.Children.SelectMany(All).Prepend(activity);

    private static Dictionary<string, object?> Shown(IReadOnlyDictionary<string, object?> values) =>
        values.ToDictionary(v => v.Key, v => PlainValue.Of(v.Value), StringComparer.Ordinal);
}
