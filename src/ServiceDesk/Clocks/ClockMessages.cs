using System.Globalization;
using ServiceLoop.Runtime.Work;
using ServiceLoop.ServiceDesk.Cases;
using ServiceLoop.ServiceDesk.Escalations;

namespace ServiceLoop.ServiceDesk.Clocks;

/// <summary>The next threshold of a clock is due.</summary>
internal sealed class ThresholdMessage(ClockDesk desk) : IMessageHandler
{
    public string Topic => ClockWork.Threshold;

    public Task HandleAsync(Message message, CancellationToken ct) =>
        desk.FireAsync(message.Text("clock"), (int)message.Number("generation"), ct);
}

/// <summary>A step has asked something of a clock.</summary>
internal sealed class ClockCommandMessage(ClockDesk desk) : IMessageHandler
{
    public string Topic => ClockWork.Command;

    public Task HandleAsync(Message message, CancellationToken ct) => desk.CommandAsync(message.Text("command"), ct);
}

/// <summary>A clock may have been paused for too long.</summary>
internal sealed class LongPauseMessage(ClockDesk desk, EscalationStore escalations, IWorkSignal signal, TimeProvider wall) : IMessageHandler
{
    public string Topic => ClockWork.LongPause;

    public async Task HandleAsync(Message message, CancellationToken ct)
    {
        var (id, runs, days) = (message.Text("clock"), (int)message.Number("runs"), message.Number("days"));

        // Another pause has runs of its own, and its own watch.
        if (await desk.Store.FindAsync(id, ct) is not { State: ClockState.Paused } clock || clock.Runs.Length != runs)
            return;

        var now = wall.GetUtcNow();
        var facts = await escalations.FindCaseAsync(clock.CaseId, ct);
        var news = AskedWork.Publish(
            ClockWork.LongPauseEvent,
            ClockWork.Body(
                ("clockId", id),
                ("caseId", clock.CaseId),
                ("metric", clock.Metric),
                ("priority", clock.Priority),
                ("days", days),
                ("reason", clock.PauseReason),
                ("since", clock.Runs[^1].To?.ToString("O", CultureInfo.InvariantCulture)),
                ("queueId", facts?.QueueId),
                ("assignee", facts?.Assignee),
                ("category", facts?.Category)
            ),
            correlationId: clock.CaseId,
            instanceId: null,
            $"clock-pause:{id}:{runs}",
            now
        );
        var line = new ClockEvent(now, "PausedLong", $"more than {days} days: {clock.PauseReason}");
        await desk.Store.WriteAsync(ClockWrites.Noted(clock, line, news, now), ct);
        signal.Ring(now);
    }
}

/// <summary>A batch of clocks is to be reckoned again.</summary>
internal sealed class RecomputeMessage(Recomputes recomputes) : IMessageHandler
{
    public string Topic => ClockWork.Recompute;

    public Task HandleAsync(Message message, CancellationToken ct) =>
        recomputes.StepAsync(message.Text("recompute"), (int)message.Number("step"), ct);
}

/// <summary>Something has happened to a case.</summary>
internal sealed class CaseEventMessage(CaseClocks clocks) : IMessageHandler
{
    public string Topic => ClockWork.CaseEvent;

    public Task HandleAsync(Message message, CancellationToken ct) => clocks.TellAsync(CaseEvent.Of(message), ct);
}

/// <summary>A case has a line of its history that was not heard.</summary>
internal sealed class CaseNewsMessage(CaseClocks clocks) : IMessageHandler
{
    public string Topic => CaseTelling.Topic;

    public Task HandleAsync(Message message, CancellationToken ct) => clocks.CatchUpAsync((string)message.Body!, ct);
}

/// <summary>A batch of clocks is to get another version of its policy.</summary>
internal sealed class RebindMessage(Rebinds rebinds) : IMessageHandler
{
    public string Topic => ClockWork.Rebind;

    public Task HandleAsync(Message message, CancellationToken ct) =>
        rebinds.StepAsync(message.Text("rebind"), (int)message.Number("step"), ct);
}
