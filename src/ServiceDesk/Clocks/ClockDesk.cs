using System.Collections.Immutable;
using ServiceLoop.Runtime.Work;
using ServiceLoop.ServiceDesk.Calendars;

namespace ServiceLoop.ServiceDesk.Clocks;

/// <summary>A clock that is wanted.</summary>
public sealed record ClockStart
{
    /// <summary>Id of the clock: a repeated start makes the same.</summary>
    public required string Id { get; init; }

    /// <summary>The case.</summary>
    public required string CaseId { get; init; }

    /// <summary>What is measured; the active policy that has a target for the case counts.</summary>
    public required string Metric { get; init; }

    /// <summary>A policy by name or id, when one is meant.</summary>
    public string? Policy { get; init; }

    /// <summary>What is known of the case: <c>priority</c>, <c>category</c>, <c>channel</c> …</summary>
    public IReadOnlyDictionary<string, string?> Facts { get; init; } = ImmutableSortedDictionary<string, string?>.Empty;

    /// <summary>Calendar of the customer's contract.</summary>
    public string? ContractCalendarId { get; init; }

    /// <summary>Calendar of the queue.</summary>
    public string? QueueCalendarId { get; init; }

    /// <summary>The workflow.</summary>
    public string? InstanceId { get; init; }

    /// <summary>When it starts, UTC.</summary>
    public required DateTimeOffset At { get; init; }
}

/// <summary>Moves clocks, whoever asks: services, steps of workflows, timers. Asks no gate.</summary>
internal sealed class ClockDesk(ClockStore store, PolicyStore policies, WorkingTimes times, IWorkSignal signal, TimeProvider wall)
{
    private const int MaxId = 200;

    public ClockStore Store => store;

    /// <summary>Works out a new clock; nothing is written.</summary>
    /// <returns>Null when no active policy has a target for the case.</returns>
    /// <exception cref="DeskRefusedException">A value is wrong, or there is no calendar.</exception>
    public async Task<StartedClock?> PrepareAsync(ClockStart start, CancellationToken ct)
    {
        TextRules.Required(start.CaseId, "caseId", MaxId);

        if (!Metrics.All.Contains(start.Metric, StringComparer.Ordinal))
            throw DeskRefusedException.Invalid(
                "clock.metric",
                "metric",
                $"'{SoundText.Quoted(start.Metric)}' is not measured. There are: {string.Join(", ", Metrics.All)}."
            );

        var facts = start.Facts.ToImmutableSortedDictionary(StringComparer.OrdinalIgnoreCase);

        foreach (var policy in await policies.ListAsync(null, PolicyState.Active, start.Metric, ct))
            if (start.Policy is not { Length: > 0 } wanted || wanted == policy.PolicyId || wanted == policy.Name)
                if (PolicyRules.TargetFor(policy.Content, facts) is { } target)
                    return await PrepareAsync(start, policy, target, facts, ct);

        return null;
    }

    private async Task<StartedClock> PrepareAsync(
        ClockStart start,
        SlaPolicy policy,
        SlaTarget target,
        ImmutableSortedDictionary<string, string?> facts,
        CancellationToken ct
    )
    {
        var calendarId =
            PolicyRules.CalendarFor(policy.Content, start.ContractCalendarId, start.QueueCalendarId, await times.DefaultAsync(ct))
            ?? throw DeskRefusedException.Conflict(
                "clock.no-calendar",
                $"Neither the policy '{policy.Name}' nor the company has a calendar. Make one and set it as the company's."
            );
        return Prepared(start, policy, target, facts.GetValueOrDefault("priority"), await times.GetAsync(calendarId, ct));
    }

    /// <summary>A new clock of a policy.</summary>
    public static StartedClock Prepared(ClockStart start, SlaPolicy policy, SlaTarget target, string? priority, WorkingTime time)
    {
        var step = ClockRules.Start(
            new SlaClock
            {
                Id = start.Id,
                CaseId = start.CaseId,
                InstanceId = start.InstanceId,
                Metric = start.Metric,
                PolicyId = policy.PolicyId,
                PolicyVersion = policy.Number,
                CalendarId = time.Calendar.Id,
                CalendarVersion = time.Calendar.Version,
                Priority = priority,
                Target = target,
                State = ClockState.Pending,
                StartedAt = start.At,
                Runs = [],
                Thresholds = policy.Content.Thresholds,
            },
            time
        );
        return new(step.Clock, step.Events);
    }

    /// <summary>Writes a new clock; one that stands already is left alone.</summary>
    public async Task BeginAsync(StartedClock started, string who, CancellationToken ct)
    {
        await store.WriteAsync(ClockWrites.New([started], who, wall.GetUtcNow()), ct);
        Ring(started.Clock);
    }

    /// <summary>Asks something of a clock, at once. What steps have asked before comes first.</summary>
    /// <returns>What became of it.</returns>
    /// <exception cref="DeskRefusedException">There is no such clock.</exception>
    public Task<ClockStep> AskAsync(string id, ClockAsk ask, string who, CancellationToken ct) =>
        ChangeAsync(id, (clock, time, policy, _) => (ask.Apply(clock, time, policy), []), who, ct);

    /// <summary>Applies a command of a step, and those that wait for the same clock, in order.</summary>
    public async Task CommandAsync(string commandId, CancellationToken ct)
    {
        if (await store.FindCommandAsync(commandId, ct) is not { } ask)
            return;

        var id = ask.ClockId ?? await store.FindOfCaseAsync(ask.CaseId ?? "", ask.Metric ?? "", ct);
        var isApplied =
            id is not null && await TryChangeAsync(id, static (clock, _, _, _) => (new(clock, []), []), "workflow", ct) is not null;

        if (!isApplied)
            await store.AnswerAsync(
                commandId,
                $"There is no clock '{ask.ClockId ?? $"{ask.Metric} of {ask.CaseId}"}'.",
                wall.GetUtcNow(),
                ct
            );
    }

    /// <summary>Tells the thresholds of a clock that are reached. A timer of an older generation does nothing.</summary>
    public Task FireAsync(string id, int generation, CancellationToken ct) =>
        TryChangeAsync(
            id,
            (clock, time, _, now) =>
            {
                if (clock.Generation != generation)
                    return (new(clock, []), []);

                // A clock of another machine may be ahead: what it took for due is told when it is.
                if (clock.NextAt > now)
                    return (new(clock with { Generation = clock.Generation + 1, Rev = clock.Rev + 1 }, []), []);

                return ClockRules.Fire(clock, time, now);
            },
            "system",
            ct
        );

    /// <summary>Changes a clock under a lock, together with the commands that wait for it.</summary>
    public async Task<ClockStep> ChangeAsync(
        string id,
        Func<SlaClock, WorkingTime, PolicyContent, DateTimeOffset, (ClockStep Step, ImmutableArray<int> Reached)> change,
        string who,
        CancellationToken ct
    ) =>
        await TryChangeAsync(id, change, who, ct)
        ?? throw DeskRefusedException.Unknown("clock.unknown", $"There is no clock '{SoundText.Quoted(id)}'. Look at the list of clocks.");

    private async Task<ClockStep?> TryChangeAsync(
        string id,
        Func<SlaClock, WorkingTime, PolicyContent, DateTimeOffset, (ClockStep Step, ImmutableArray<int> Reached)> change,
        string who,
        CancellationToken ct
    )
    {
        for (; ; )
        {
            if (!SoundText.IsSound(id) || await store.FindAsync(id, ct) is not { } seen)
                return null;

            // Read before the lock: while it is held, no other connection is needed.
            var time = await times.GetAsync(seen.CalendarId, ct);
            var policy =
                await policies.FindAsync(seen.PolicyId, seen.PolicyVersion, ct)
                ?? throw new InvalidOperationException(
                    $"Clock '{id}' has version {seen.PolicyVersion} of policy '{seen.PolicyId}', which is gone."
                );
            ClockStep? result = null;
            SlaClock? after = null;

            var isFound = await store.LockedAsync(
                id,
                (clock, asks) =>
                {
                    if (clock.PolicyVersion != seen.PolicyVersion)
                        return [];

                    var now = ClockMath.Whole(wall.GetUtcNow());
                    var (changes, answers) = Waiting(ref clock, asks, time, policy.Content, now);
                    var (step, reached) = change(clock, time, policy.Content, now);
                    result = step;
                    after = step.Clock;

                    if (step.Clock != clock)
                        changes.Add((who, ClockChange.Of(clock, step, reached, time, policy.Content, now)));

                    return Commands(changes, answers, now);
                },
                ct
            );

            if (!isFound)
                return null;

            if (result is not null)
            {
                Ring(after!);
                return result;
            }
        }
    }

    /// <summary>Applies what waits for a clock: first another version of its calendar, then the commands of steps.</summary>
    internal static (List<(string Who, ClockChange Change)> Changes, List<(string, string?)> Answers) Waiting(
        ref SlaClock clock,
        IReadOnlyList<ClockAsk> asks,
        WorkingTime time,
        PolicyContent policy,
        DateTimeOffset now
    )
    {
        var changes = new List<(string, ClockChange)>();
        var answers = new List<(string, string?)>();

        if (clock.IsOpen && clock.CalendarVersion < time.Calendar.Version)
        {
            var step = ClockRules.Recompute(clock, time, now);
            changes.Add(("system", ClockChange.Of(clock, step, [], time, policy, now)));
            clock = step.Clock;
        }

        foreach (var ask in asks)
        {
            var step = ask.Apply(clock, time, policy);
            answers.Add((ask.Id, step.Refusal));

            if (step.Clock == clock)
                continue;

            changes.Add(("workflow", ClockChange.Of(clock, step, [], time, policy, now)));
            clock = step.Clock;
        }

        return (changes, answers);
    }

    private static IEnumerable<Npgsql.NpgsqlBatchCommand> Commands(
        List<(string Who, ClockChange Change)> changes,
        List<(string, string?)> answers,
        DateTimeOffset now
    )
    {
        foreach (var (who, change) in changes)
        foreach (var command in ClockWrites.Changed([change], who, now))
            yield return command;

        if (answers.Count > 0)
            yield return ClockStore.Answers(answers, now);
    }

    private void Ring(SlaClock clock) => signal.Ring(clock.NextAt is { } next && next > wall.GetUtcNow() ? next : wall.GetUtcNow());
}
