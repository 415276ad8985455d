using ServiceLoop.Engine;
using ServiceLoop.Runtime.Work;

namespace ServiceLoop.Runtime.Tests.Work;

/// <summary>The outside world: counts calls by idempotency key, and fails or waits when told to.</summary>
internal sealed class Outside : IMessageHandler
{
    private readonly Lock gate = new();
    private readonly List<string> calls = [];

    /// <summary>Keys of all calls, in order.</summary>
    public IReadOnlyList<string> Calls
    {
        get
        {
            lock (gate)
                return [.. calls];
        }
    }

    /// <summary>What a call does besides being counted; may fail, wait or change the world.</summary>
    public Func<string, CancellationToken, Task> OnCall { get; set; } = static (_, _) => Task.CompletedTask;

    public string Topic => "test";

    public async Task CallAsync(string key, CancellationToken ct)
    {
        lock (gate)
            calls.Add(key);

        await OnCall(key, ct);
    }

    public Task HandleAsync(Message message, CancellationToken ct) => CallAsync($"{message.Key} {message.Body}", ct);
}

/// <summary>Calls the outside world in the burst.</summary>
[Activity("Test")]
internal sealed class CallOutside : CodeActivity
{
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context) =>
        await context.GetRequiredService<Outside>().CallAsync(context.ActivityInstanceId, context.CancellationToken);
}

/// <summary>The same, but never twice.</summary>
[Activity("Test", Commit = CommitPoint.Before)]
internal sealed class CallOnce : CodeActivity
{
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context) =>
        await context.GetRequiredService<Outside>().CallAsync(context.ActivityInstanceId, context.CancellationToken);
}

/// <summary>Calls the outside world in the background.</summary>
[Activity("Test", Kind = ActivityKind.Job)]
internal sealed class CallLater : CodeActivity
{
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context) =>
        await context.GetRequiredService<Outside>().CallAsync(context.ActivityInstanceId, context.CancellationToken);
}

/// <summary>The same, but never twice.</summary>
[Activity("Test", Kind = ActivityKind.Job, Commit = CommitPoint.Before)]
internal sealed class CallOnceLater : CodeActivity
{
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context) =>
        await context.GetRequiredService<Outside>().CallAsync(context.ActivityInstanceId, context.CancellationToken);
}

/// <summary>Asks for itself again and again, in the host.</summary>
[Activity("Test")]
internal sealed class EndlessHost : Activity
{
    [Port]
    public Activity? Body { get; set; }

    protected override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        context.Schedule(Body!, OnBody);
        return default;
    }

    private void OnBody(ActivityExecutionContext context, ActivityCompletion completion) => context.Schedule(Body!, OnBody);
}

/// <summary>Asks for an effect that only the engine gives.</summary>
[Activity("Test")]
internal sealed class Intruder : CodeActivity
{
    protected override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        context.Emit(new Effect.Invoke(1, CommitPoint.Later));
        return default;
    }
}
