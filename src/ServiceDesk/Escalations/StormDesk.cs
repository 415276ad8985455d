using System.Globalization;
using ServiceLoop.Runtime.Work;
using ServiceLoop.ServiceDesk.Clocks;

namespace ServiceLoop.ServiceDesk.Escalations;

/// <summary>Storms: many cases of one category within a short time are one, and that one ends by itself when its causes have.</summary>
internal sealed class StormDesk(EscalationDesk desk, TimeProvider clock)
{
    /// <summary>Counts the cases of a category; enough of them raise the parent, or say that it is not over.</summary>
    /// <param name="caseId">The case that came last: it counts once.</param>
    /// <param name="category">The category.</param>
    /// <param name="ct">Cancels.</param>
    public async Task CountAsync(string caseId, string category, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var ladder = await desk.Store.LadderAsync(ct);
        var (count, queue) = await desk.Store.CountCasesAsync(category, now.AddMinutes(-ladder.Storm.Minutes), now, Most(ladder), ct);
        var signal = SignalOf(category, $"cause:{caseId}:{category}", count, queue, ladder, now);

        if (LadderRules.LevelFor(ladder, signal) > 0)
            await desk.HeedAsync(signal, ct);
    }

    /// <summary>Looks whether the storm of a cause is over; nothing when there is none.</summary>
    public async Task CheckCauseAsync(string cause, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var ladder = await desk.Store.LadderAsync(ct);
        await desk.WithinAsync(
            async rows =>
            {
                // Whoever raises one of the cause waits meanwhile, or is seen here.
                await rows.HoldAsync($"cause:{cause}");

                if (
                    await rows.LockSubjectAsync(EscalationTransaction.Storm, cause, EscalationTransaction.Storm) is not { } parent
                    || await rows.CountChildrenAsync(parent.Id) > 0
                )
                    return;

                var since = parent.RaisedAt.AddMinutes(-ladder.Storm.Minutes);
                var (count, queue) = await desk.Store.CountCasesAsync(cause, since, now, Most(ladder), ct);

                if (LadderRules.LevelFor(ladder, SignalOf(cause, "", count, queue, ladder, now)) == 0)
                    await rows.WriteAsync(parent, EscalationRules.Clear(parent, ladder, now), ladder, [], now);
            },
            ct
        );
    }

    /// <summary>As many as the highest level asks for: one more makes no difference, however many come.</summary>
    private static int Most(Ladder ladder) =>
        (int)
            Math.Clamp(
                Math.Ceiling(
                    ladder.Levels.SelectMany(l => l.Triggers).Where(t => t.Kind == SignalKinds.SameCause).Max(t => (decimal?)t.AtLeast) ?? 1
                ),
                1,
                int.MaxValue
            );

    private static EscalationSignal SignalOf(string cause, string key, long count, string? queue, Ladder ladder, DateTimeOffset now) =>
        new()
        {
            Key = key,
            Kind = SignalKinds.SameCause,
            Value = count,
            SubjectKind = EscalationTransaction.Storm,
            SubjectId = cause,
            Metric = EscalationTransaction.Storm,
            Cause = cause,
            QueueId = queue,
            Reason = string.Create(
                CultureInfo.InvariantCulture,
                $"{count}{(count == Most(ladder) ? " or more" : "")} cases of '{cause}' within {ladder.Storm.Minutes} min"
            ),
            At = now,
        };
}

/// <summary>Something that a storm stood for has ended.</summary>
internal sealed class StormMessage(StormDesk storms) : IMessageHandler
{
    public string Topic => EscalationWork.Storm;

    public Task HandleAsync(Message message, CancellationToken ct) => storms.CheckCauseAsync(message.Text("cause"), ct);
}

/// <summary>Somebody cares for a parent, and so for all that it speaks for.</summary>
internal sealed class ParentAcknowledgedMessage(EscalationDesk desk) : IMessageHandler
{
    public string Topic => EscalationWork.ParentAcknowledged;

    public async Task HandleAsync(Message message, CancellationToken ct)
    {
        var who = message.Text("who");

        foreach (var child in await desk.Store.ChildrenAsync(message.Text("parent"), ct))
            await desk.ChangeAsync(
                child,
                (e, ladder, _, now) => e.IsSilent ? EscalationRules.Acknowledge(e, ladder, who, now) : new(e, [], []),
                ct
            );
    }
}
