using ServiceLoop.Engine;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.InMemory;

namespace ServiceLoop.Runtime.Tests.InMemory;

/// <summary>A host with a clock that stands at noon, and definitions written as short JSON.</summary>
internal sealed class HostUnderTest
{
    public static readonly DateTimeOffset Noon = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);

    public HostUnderTest(InMemoryOptions? options = null) =>
        Workflows = new InMemoryWorkflows(
            new WorkflowCompiler(ActivityCatalog.WithEngineActivities().Add<StartChild>().Add<RunInline>().Add<Slow>(), []),
            Clock,
            options
        );

    public SettableClock Clock { get; } = new(Noon);

    public InMemoryWorkflows Workflows { get; }

    public IEnumerable<string> Lines => Workflows.Lines.Select(l => l.Text);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Imports a definition: a sequence of activities.</summary>
    public HostUnderTest Import(string id, string activities, string envelope = "")
    {
        Workflows.Import(Definition(id, activities, envelope));
        return this;
    }

    /// <summary>Imports and publishes.</summary>
    public HostUnderTest Publish(string id, string activities, string envelope = "")
    {
        Import(id, activities, envelope);
        Workflows.Publish(id);
        return this;
    }

    public async Task<InMemoryInstance> StartAsync(string id, string? correlationId = null, params (string, object?)[] inputs) =>
        (await TryStartAsync(id, correlationId, inputs)).Instance.ShouldNotBeNull();

    public Task<StartResult> TryStartAsync(string id, string? correlationId = null, params (string Name, object? Value)[] inputs) =>
        Workflows.StartAsync(
            new StartRequest(id) { CorrelationId = correlationId, Inputs = inputs.ToDictionary(i => i.Name, i => i.Value) },
            Ct
        );

    public Task<StimulusResult> EventAsync(string name, object? payload = null, string? correlationId = null) =>
        Workflows.PublishAsync(name, payload, correlationId, Ct);

    public Task<int> PassAsync(TimeSpan span)
    {
        Clock.AdvanceTo(Clock.GetUtcNow() + span);
        return Workflows.FireDueAsync(Ct);
    }

    public static WorkflowDefinition Definition(string id, string activities, string envelope = "") =>
        ElsaJson.Read(
            System.Text.Encoding.UTF8.GetBytes(
                $$"""{ "definitionId": "{{id}}", "name": "{{id}}", {{envelope}} "root": { "type": "Elsa.Sequence", "activities": [ {{activities}} ] } }"""
            )
        );

    public static string Line(string text) => $$"""{ "type": "Elsa.WriteLine", "text": "{{text}}" }""";

    public static string Event(string name, bool starts = false) =>
        $$"""{ "type": "Elsa.Event", "id": "{{name}}", "eventName": "{{name}}", "canStartWorkflow": {{(starts ? "true" : "false")}} }""";

    public static string Delay(string span) => $$"""{ "type": "Elsa.Delay", "timeSpan": "{{span}}" }""";

    public static string Strategy(string name) =>
        $$"""
            "options": { "activationStrategyType": "Elsa.Workflows.Runtime.ActivationValidators.{{name}}, Elsa.Workflows.Runtime" },
            """;
}

/// <summary>Dispatches a child and waits for its end; then prints how it ended.</summary>
[Activity("Test")]
public sealed class StartChild : Activity
{
    [Input]
    public Input<string> Definition { get; set; } = new("");

    protected override void Execute(ActivityExecutionContext context)
    {
        var child = $"{context.WorkflowInstanceId}-{context.ExecutionId}";
        context.Emit(
            new Effect.Dispatch
            {
                DefinitionId = Definition.Get(context)!,
                ChildInstanceId = child,
                Inputs = [new NamedValue("From", context.WorkflowInstanceId)],
                Wait = true,
            }
        );
        context.CreateBookmark(
            new BookmarkRequest("Elsa.DispatchWorkflow") { Payload = new Dictionary<string, object?> { ["ChildInstanceId"] = child } },
            OnEnded
        );
    }

    private void OnEnded(ActivityExecutionContext context)
    {
        var output = (IReadOnlyDictionary<string, object?>)context.ResumeInput[ChildReport.OutputKey]!;
        context.Emit(
            new Effect.WriteLine(
                $"{context.ResumeInput[ChildReport.SubStatusKey]} {output.GetValueOrDefault("Answer")}{context.ResumeInput[ChildReport.FaultKey]}"
            )
        );
        context.Complete();
    }
}

/// <summary>Runs a workflow inside the burst.</summary>
[Activity("Test")]
public sealed class RunInline : CodeActivity
{
    [Input]
    public Input<string> Definition { get; set; } = new("");

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context) =>
        await context
            .GetRequiredService<InMemoryWorkflows>()
            .StartAsync(new StartRequest(Definition.Get(context)!), context.CancellationToken);
}

/// <summary>Services of a host whose activities call back into it.</summary>
internal sealed class OnlyService(object service) : IServiceProvider
{
    public object? GetService(Type serviceType) => serviceType.IsInstanceOfType(service) ? service : null;
}

/// <summary>Runs in the background of the host.</summary>
[Activity("Test", Kind = ActivityKind.Job)]
public sealed class Slow : CodeActivity
{
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        await Task.Yield();
        context.SetVariable("Done", true);
    }
}
