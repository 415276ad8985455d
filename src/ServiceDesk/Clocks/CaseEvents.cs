using System.Collections.Immutable;
using System.Globalization;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Work;

namespace ServiceLoop.ServiceDesk.Clocks;

/// <summary>Something that has happened to a case, for the conditions of policies.</summary>
public sealed record CaseEvent
{
    /// <summary>Unique: the same event told twice moves clocks once.</summary>
    public required string Key { get; init; }

    /// <summary>The case.</summary>
    public required string CaseId { get; init; }

    /// <summary>What happened, for example <c>case.opened</c>, <c>interaction.inbound</c>, <c>case.stage</c>.</summary>
    public required string Name { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What is known of the case after it: <c>priority</c>, <c>stage</c>, <c>status</c> …</summary>
    public ImmutableSortedDictionary<string, string?> Facts { get; init; } = ImmutableSortedDictionary<string, string?>.Empty;

    /// <summary>The event as work of the transaction that causes it (<c>WorkRowsCommand</c>).</summary>
    public NewWork AsWork() =>
        AskedWork.Message(
            ClockWork.CaseEvent,
            ClockWork.Body(
                ("key", Key),
                ("case", CaseId),
                ("name", Name),
                ("at", At.ToString("O", CultureInfo.InvariantCulture)),
                ("facts", Facts.ToDictionary(f => f.Key, f => (object?)f.Value, StringComparer.Ordinal))
            ),
            $"case-event:{Key}",
            At
        );

    internal static CaseEvent Of(Message message) =>
        new()
        {
            Key = message.Text("key"),
            CaseId = message.Text("case"),
            Name = message.Text("name"),
            At = DateTimeOffset.Parse(message.Text("at"), CultureInfo.InvariantCulture),
            Facts = message.Facts("facts"),
        };
}

/// <summary>Moves the clocks of cases as the conditions of active policies say.</summary>
internal sealed class CaseEvents(ClockDesk desk, PolicyStore policies)
{
    /// <summary>What an inbound contact on any channel is called: it resumes every clock that waits for the customer.</summary>
    public const string Inbound = "interaction.inbound";

    public async Task HandleAsync(CaseEvent news, CancellationToken ct)
    {
        var clocks = await desk.Store.OfCaseAsync(news.CaseId, ct);
        var active = await policies.ListAsync(null, PolicyState.Active, null, ct);

        // Open clocks keep the version that they began with; new ones begin with the active one.
        foreach (var clock in clocks.Where(c => c.IsOpen))
            if (await policies.FindAsync(clock.PolicyId, clock.PolicyVersion, ct) is { } policy)
                await MoveAsync(clock, policy.Content, news, ct);

        foreach (var policy in active)
            if (!clocks.Any(c => c.IsOpen && c.PolicyId == policy.PolicyId))
                if (PolicyRules.Asked(policy.Content, null, news.Name, news.Facts) == ClockVerb.Start)
                    await StartAsync(policy, news, ct);
    }

    private async Task MoveAsync(SlaClock clock, PolicyContent policy, CaseEvent news, CancellationToken ct)
    {
        var verb = PolicyRules.Asked(policy, clock.State, news.Name, news.Facts);

        if (verb == ClockVerb.None && news.Name == Inbound && clock is { State: ClockState.Paused, PauseReason: "waiting-customer" })
            verb = ClockVerb.Resume;

        if (verb != ClockVerb.None)
            await AskAsync(clock, verb, null, news, ct);

        // By all that is known of the case: its priority alone may fit another target of the policy.
        if (news.Facts.GetValueOrDefault("priority") is { } priority && priority != clock.Priority)
            await AskAsync(clock, ClockVerb.Retarget, PolicyRules.TargetFor(policy, news.Facts), news, ct);
    }

    private Task AskAsync(SlaClock clock, ClockVerb verb, SlaTarget? target, CaseEvent news, CancellationToken ct) =>
        desk.AskAsync(
            clock.Id,
            new()
            {
                Id = news.Key,
                Verb = verb,
                At = news.At,
                Target = target,
                Priority = news.Facts.GetValueOrDefault("priority"),
            },
            "system",
            ct
        );

    private async Task StartAsync(SlaPolicy policy, CaseEvent news, CancellationToken ct)
    {
        var started = await desk.PrepareAsync(
            new()
            {
                Id = $"{news.Key}:{policy.PolicyId}",
                CaseId = news.CaseId,
                Metric = policy.Metric,
                Policy = policy.PolicyId,
                Facts = news.Facts,
                ContractCalendarId = news.Facts.GetValueOrDefault("contractCalendar"),
                QueueCalendarId = news.Facts.GetValueOrDefault("queueCalendar"),
                At = news.At,
            },
            ct
        );

        if (started is not null)
            await desk.BeginAsync(started, "system", ct);
    }
}
