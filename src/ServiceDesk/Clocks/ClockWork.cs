using System.Collections.Immutable;
using System.Globalization;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Work;

namespace ServiceLoop.ServiceDesk.Clocks;

/// <summary>Work for later that clocks ask for: the next threshold, and what follows from one.</summary>
internal static class ClockWork
{
    public const string Threshold = "clocks.threshold";
    public const string Command = "clocks.command";
    public const string CaseEvent = "clocks.case-event";
    public const string LongPause = "clocks.long-pause";
    public const string Recompute = "clocks.recompute";
    public const string Rebind = "clocks.rebind";

    /// <summary>The event that workflows may wait for when a threshold is reached; its correlation is the case.</summary>
    public const string ThresholdEvent = "ServiceDesk.SlaThreshold";

    /// <summary>The event that says that a clock has been paused for very long.</summary>
    public const string LongPauseEvent = "ServiceDesk.SlaLongPause";

    /// <summary>The one timer of a clock: its next threshold, by generation. Null for none.</summary>
    public static NewWork? TimerOf(SlaClock clock) =>
        clock.NextAt is { } at
            ? AskedWork.Message(
                Threshold,
                Body(("clock", clock.Id), ("generation", clock.Generation)),
                string.Create(CultureInfo.InvariantCulture, $"clock:{clock.Id}:{clock.Generation}"),
                at
            )
            : null;

    /// <summary>A step has asked something of a clock.</summary>
    public static NewWork Commanded(string commandId, DateTimeOffset now) =>
        AskedWork.Message(Command, Body(("command", commandId)), $"clock-command:{commandId}", now);

    /// <summary>A look at a pause that may last too long.</summary>
    public static NewWork PauseWatch(SlaClock clock, int days) =>
        AskedWork.Message(
            LongPause,
            Body(("clock", clock.Id), ("runs", clock.Runs.Length), ("days", days)),
            string.Create(CultureInfo.InvariantCulture, $"clock-pause:{clock.Id}:{clock.Runs.Length}"),
            clock.Runs[^1].To!.Value.AddDays(days)
        );

    /// <summary>A batch of clocks is to be reckoned again.</summary>
    public static NewWork Reckoning(string recomputeId, int step, DateTimeOffset at) =>
        AskedWork.Message(
            Recompute,
            Body(("recompute", recomputeId), ("step", step)),
            string.Create(CultureInfo.InvariantCulture, $"recompute:{recomputeId}:{step}"),
            at
        );

    /// <summary>A batch of clocks is to get another version of its policy.</summary>
    public static NewWork Rebinding(string rebindId, int step, DateTimeOffset at) =>
        AskedWork.Message(
            Rebind,
            Body(("rebind", rebindId), ("step", step)),
            string.Create(CultureInfo.InvariantCulture, $"rebind:{rebindId}:{step}"),
            at
        );

    /// <summary>Tells workflows about a threshold.</summary>
    public static NewWork Told(SlaClock clock, int percent, DateTimeOffset now) =>
        AskedWork.Publish(
            ThresholdEvent,
            Body(
                ("clockId", clock.Id),
                ("caseId", clock.CaseId),
                ("metric", clock.Metric),
                ("percent", percent),
                ("dueAt", clock.DueAt?.ToString("O", CultureInfo.InvariantCulture))
            ),
            correlationId: clock.CaseId,
            instanceId: null,
            string.Create(CultureInfo.InvariantCulture, $"clock-told:{clock.Id}:{clock.Generation}:{percent}"),
            now
        );

    public static Dictionary<string, object?> Body(params ReadOnlySpan<(string Name, object? Value)> members)
    {
        var body = new Dictionary<string, object?>(StringComparer.Ordinal);

        foreach (var (name, value) in members)
            body[name] = value is int number ? (long)number : value;

        return body;
    }
}

/// <summary>What comes with a message of the desk.</summary>
internal static class MessageBody
{
    public static string Text(this Message message, string member) =>
        Find(message, member) as string ?? throw new InvalidOperationException($"The message '{message.Key}' has no text '{member}'.");

    public static long Number(this Message message, string member) =>
        Find(message, member) is { } value
            ? Convert.ToInt64(value, CultureInfo.InvariantCulture)
            : throw new InvalidOperationException($"The message '{message.Key}' has no number '{member}'.");

    public static string? FindText(this Message message, string member) => Find(message, member) as string;

    public static ImmutableSortedDictionary<string, string?> Facts(this Message message, string member) =>
        (Find(message, member) as IDictionary<string, object?>)?.ToImmutableSortedDictionary(
            f => f.Key,
            f => f.Value as string,
            StringComparer.OrdinalIgnoreCase
        ) ?? ImmutableSortedDictionary<string, string?>.Empty;

    private static object? Find(Message message, string member) =>
        (message.Body as IDictionary<string, object?>)?.TryGetValue(member, out var value) == true ? value : null;
}
