using System.Collections.Immutable;
using System.Globalization;
using Npgsql;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Store;
using ServiceLoop.ServiceDesk.Calendars;
using ServiceLoop.ServiceDesk.Escalations;
using ServiceLoop.ServiceDesk.Routing;

namespace ServiceLoop.ServiceDesk.Clocks;

/// <summary>A change of a clock with all that follows from it.</summary>
/// <param name="Before">The clock before; null for a new one.</param>
/// <param name="After">The clock after.</param>
/// <param name="Events">What happened.</param>
/// <param name="Work">What is to be done about it.</param>
internal sealed record ClockChange(SlaClock? Before, SlaClock After, ImmutableArray<ClockEvent> Events, ImmutableArray<NewWork> Work)
{
    /// <summary>A change with what follows: news of thresholds, a watch over a pause, the end of an escalation.</summary>
    public static ClockChange Of(
        SlaClock before,
        ClockStep step,
        ImmutableArray<int> reached,
        WorkingTime time,
        PolicyContent policy,
        DateTimeOffset now
    )
    {
        var (after, work) = (step.Clock, ImmutableArray.CreateBuilder<NewWork>());

        foreach (var percent in reached)
        {
            work.Add(ClockWork.Told(after, percent, now));
            work.Add(EscalationWork.OfClock(after, percent, now));
        }

        if (after.State == ClockState.Paused && before.State != ClockState.Paused)
            work.Add(ClockWork.PauseWatch(after, policy.LongPauseDays));

        // Nothing that was told holds any more: it ended, or it got more time.
        if (!before.Fired.IsEmpty && reached.IsEmpty && !step.Events.IsEmpty)
            if (!after.IsOpen || before.Fired.All(p => ClockMath.ThresholdMoment(after, time, p) is not { } at || at > now))
                work.Add(EscalationWork.ClockIsFine(after, now));

        return new(before, after, step.Events, work.ToImmutable());
    }
}

/// <summary>The commands that write changes of clocks, set-based.</summary>
internal static class ClockWrites
{
    private static readonly string Insert = SqlFile.Beside<ClockStore>("sla_clock.insert");
    private static readonly string Update = SqlFile.Beside<ClockStore>("sla_clock.update");
    private static readonly string InsertEvents = SqlFile.Beside<ClockStore>("clock_event.insert");

    /// <summary>New clocks with their history and timers.</summary>
    public static IEnumerable<NpgsqlBatchCommand> New(IReadOnlyList<StartedClock> clocks, string who, DateTimeOffset now)
    {
        yield return Command(Insert, ClockRows.Write(clocks.Select(c => c.Clock)));
        yield return Events([.. clocks.SelectMany(c => c.Events.Select(e => (c.Clock.Id, e)))], who, now);

        if (clocks.Select(c => ClockWork.TimerOf(c.Clock)).OfType<NewWork>().ToList() is { Count: > 0 } timers)
            yield return WorkRowsCommand.Adding(timers);

        yield return CasePlacing.Asking([.. clocks.Select(c => PlaceOf(c.Clock))], now);
    }

    /// <summary>Changes of clocks that are locked: the old timers go, the new ones come.</summary>
    public static IEnumerable<NpgsqlBatchCommand> Changed(IReadOnlyList<ClockChange> changes, string who, DateTimeOffset now)
    {
        if (changes.Count == 0)
            yield break;

        yield return Command(Update, ClockRows.Write(changes.Select(c => c.After)));

        if (changes.SelectMany(c => c.Events.Select(e => (c.After.Id, e))).ToList() is { Count: > 0 } events)
            yield return Events(events, who, now);

        var timed = changes.Where(c => c.Before!.Generation != c.After.Generation).ToList();

        if (timed.Select(c => ClockWork.TimerOf(c.Before!)).OfType<NewWork>().ToList() is { Count: > 0 } old)
            yield return WorkRowsCommand.Removing(old);

        List<NewWork> work = [.. timed.Select(c => ClockWork.TimerOf(c.After)).OfType<NewWork>(), .. changes.SelectMany(c => c.Work)];

        if (work.Count > 0)
            yield return WorkRowsCommand.Adding(work);

        // What waits in queues goes by the earliest due moment of the clocks that run.
        if (changes.Where(c => RunsUntil(c.Before!) != RunsUntil(c.After)).Select(c => PlaceOf(c.After)).ToList() is { Count: > 0 } moved)
            yield return CasePlacing.Asking(moved, now);
    }

    private static DateTimeOffset? RunsUntil(SlaClock clock) => clock.State == ClockState.Running ? clock.DueAt : null;

    private static (string CaseId, string Key) PlaceOf(SlaClock clock) =>
        (clock.CaseId, string.Create(CultureInfo.InvariantCulture, $"clock:{clock.Id}:{clock.Rev}"));

    /// <summary>A line of history, and news of it.</summary>
    public static IEnumerable<NpgsqlBatchCommand> Noted(SlaClock clock, ClockEvent line, NewWork news, DateTimeOffset now) =>
        [Events([(clock.Id, line)], "system", now), WorkRowsCommand.Adding([news])];

    /// <summary>A command with parameters.</summary>
    public static NpgsqlBatchCommand Command(string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlBatchCommand(sql);

        foreach (var parameter in parameters)
            command.Parameters.Add(parameter);

        return command;
    }

    private static NpgsqlBatchCommand Events(IReadOnlyList<(string Clock, ClockEvent Event)> events, string who, DateTimeOffset now) =>
        Command(
            InsertEvents,
            Arg.Texts(events.Select(e => e.Clock)),
            Arg.Times(events.Select(e => (DateTimeOffset?)e.Event.At)),
            Arg.Texts(events.Select(e => e.Event.Kind)),
            Arg.Texts(events.Select(e => e.Event.Detail)),
            Arg.Texts(events.Select(_ => who)),
            Arg.Time(now)
        );
}
