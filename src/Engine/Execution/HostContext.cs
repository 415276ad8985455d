using System.Collections.Immutable;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.State;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.Engine.Execution;

/// <summary>Runs the code of a host activity and turns what it recorded into a stimulus.</summary>
public static class HostInvocation
{
    /// <summary>Runs the activity that an <see cref="Effect.Invoke"/> or <see cref="Effect.InvokeLater"/> asks for.</summary>
    /// <param name="graph">The graph of the instance.</param>
    /// <param name="state">The state that came with the effect.</param>
    /// <param name="frameId">The execution that the effect names.</param>
    /// <param name="services">Services for the activity.</param>
    /// <param name="now">The moment, UTC.</param>
    /// <param name="ct">Signals that the host stops; the activity should give up.</param>
    /// <returns><see cref="Stimulus.Returned"/> or <see cref="Stimulus.Threw"/>.</returns>
    /// <exception cref="OperationCanceledException">The host stops; nothing is to be taken from the call.</exception>
    public static async ValueTask<Stimulus> RunAsync(
        WorkflowGraph graph,
        WorkflowState state,
        long frameId,
        IServiceProvider services,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        var frame =
            Run.Look(graph, state, frameId, now)
            ?? throw new InvalidOperationException($"Execution {frameId} does not live in instance '{state.InstanceId}'.");
        var context = new HostContext(frame, services, state.NextId, ct);

        try
        {
            var activity = frame.Node.Activity;
            var call = frame.InvokeCallback is { } callback
                ? frame.Node.Descriptor.ResumePoints[callback].InHost!(activity, context)
                : activity.InvokeExecuteAsync(context);

            if (!call.IsCompletedSuccessfully)
                await call;

            return new Stimulus.Returned(frameId, context.Recorded);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return new Stimulus.Threw(frameId, FaultDetail.Of(e));
        }
    }
}

/// <summary>The context of an activity that runs in the host: reads from a private copy, records what is asked for.</summary>
internal sealed class HostContext(Frame frame, IServiceProvider services, long nextId, CancellationToken ct) : ActivityExecutionContext
{
    private readonly List<HostAction> recorded = [];
    private long predictedId = nextId;

    public ImmutableArray<HostAction> Recorded => [.. recorded];

    public override Activity Activity => frame.Activity;

    public override string WorkflowInstanceId => frame.WorkflowInstanceId;

    public override long ExecutionId => frame.Id;

    public override DateTimeOffset Now => frame.Now;

    public override CancellationToken CancellationToken => ct;

    public override bool IsTriggerOfWorkflow => frame.IsTriggerOfWorkflow;

    public override IReadOnlyDictionary<string, object?> ResumeInput => frame.ResumeInput;

    public override string? CorrelationId
    {
        get => frame.CorrelationId;
        set
        {
            frame.CorrelationId = value;
            recorded.Add(new HostAction.Correlate(value));
        }
    }

    public override string? WorkflowName
    {
        get => frame.WorkflowName;
        set
        {
            frame.WorkflowName = value;
            recorded.Add(new HostAction.Rename(value));
        }
    }

    public override T? Get<T>(Input<T>? input)
        where T : default => frame.Get(input);

    public override T? Evaluate<T>(Input<T>? input)
        where T : default => frame.Evaluate(input);

    public override T? Evaluate<T>(Input<T>? input, IReadOnlyDictionary<string, object?> arguments)
        where T : default => frame.Evaluate(input, arguments);

    public override void Set(Output? output, object? value)
    {
        if (output is { Index: >= 0 })
            recorded.Add(new HostAction.SetOutput(output.Index, PlainOrScalar(value)));
    }

    public override object? GetVariable(string name) => frame.GetVariable(name);

    public override void SetVariable(string name, object? value)
    {
        frame.SetVariable(name, value);
        recorded.Add(new HostAction.SetVariable(name, PlainOrScalar(value)));
    }

    public override object? GetWorkflowInput(string name) => frame.GetWorkflowInput(name);

    public override object? GetProperty(string name) => frame.GetProperty(name);

    public override void SetProperty(string name, object? value)
    {
        frame.SetProperty(name, value);
        recorded.Add(new HostAction.SetProperty(name, PlainOrScalar(value)));
    }

    public override Bookmark CreateBookmark(BookmarkRequest request)
    {
        recorded.Add(new HostAction.AddBookmark(request));
        return new Bookmark
        {
            Id = predictedId++,
            FrameId = frame.Id,
            Name = request.Name,
            Hash = StimulusHash.Of(
                request.Name,
                request.Payload,
                request.ExcludedFromHash,
                request.IncludeActivityInstanceId ? ActivityInstanceId : null
            ),
            DueAt = request.DueAt,
            CallbackName = request.CallbackName,
        };
    }

    public override void Schedule(
        Activity child,
        ActivityCompletionCallback? callback = null,
        long tag = 0,
        IReadOnlyDictionary<string, object?>? variables = null
    ) =>
        recorded.Add(
            new HostAction.Schedule(
                child.Node.Index,
                callback?.Method.Name,
                tag,
                variables is null ? [] : [.. variables.Select(v => new NamedValue(v.Key, PlainValue.Of(v.Value)))]
            )
        );

    public override void Complete(ImmutableArray<string> outcomes) => recorded.Add(new HostAction.Complete(outcomes));

    public override void Record(object row) => recorded.Add(new HostAction.Record(row));

    public override void Emit(Effect effect) => recorded.Add(new HostAction.Emit(effect));

    public override T GetRequiredService<T>() =>
        services.GetService(typeof(T)) is T service
            ? service
            : throw new InvalidOperationException(
                $"Activity '{frame.Node.Descriptor.Name}' asked for the service {typeof(T).Name}, which is not registered."
            );

    private static object? PlainOrScalar(object? value) => PlainValue.IsScalar(value) ? value : PlainValue.Of(value);
}
