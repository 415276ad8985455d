namespace ServiceLoop.ServiceDesk.Escalations;

/// <summary>Storm control: many of one cause get one parent, and are silent. Within the transaction that raises one of them.</summary>
internal static class StormRules
{
    /// <summary>What becomes of one that was just raised, once others of its cause are counted.</summary>
    /// <param name="rows">The transaction; the cause is held.</param>
    /// <param name="raised">What was raised.</param>
    /// <param name="parentId">Id of a parent, should there be none.</param>
    /// <param name="ladder">The ladder.</param>
    /// <param name="planOf">Who is told of an escalation.</param>
    /// <param name="at">The moment, UTC.</param>
    public static async Task<EscalationStep> CalmedAsync(
        EscalationTransaction rows,
        EscalationStep raised,
        string parentId,
        Ladder ladder,
        Func<Escalation, IEnumerable<PlannedNotice>> planOf,
        DateTimeOffset at
    )
    {
        if (raised.After.Cause is not { Length: > 0 } cause)
            return raised;

        var since = at.AddMinutes(-ladder.Storm.Minutes);

        // A parent that cases have raised speaks for the escalations of the cause that stand already.
        if (raised.After.SubjectKind == EscalationTransaction.Storm)
        {
            await SilenceAsync(rows, raised.After, cause, since, ladder, at);
            return raised;
        }

        var parent = await rows.LockSubjectAsync(EscalationTransaction.Storm, cause, EscalationTransaction.Storm);

        if (parent is null)
        {
            var count = await rows.CountCauseAsync(cause, since) + 1;

            if (count <= ladder.Storm.MoreThan)
                return raised;

            var reason = $"{count} of the cause '{cause}' within {ladder.Storm.Minutes} min";
            var step = EscalationRules.Raise(null, parentId, StormOf(raised.After, cause, ladder, reason, at), ladder, time: null);
            parent = step.After;
            await rows.WriteAsync(null, step, ladder, planOf(parent), at);
        }
        else if (EscalationRules.Trouble(parent, ladder) is var troubled && troubled.After != parent)
        {
            await rows.WriteAsync(parent, troubled, ladder, [], at);
            parent = troubled.After;
        }

        await SilenceAsync(rows, parent, cause, since, ladder, at);
        var silent = EscalationRules.Silence(raised.After, ladder, parent.Id, at);
        var events = raised.Events.AddRange(silent.Events);

        if (parent is { State: EscalationState.Acknowledged, AckBy: { } who })
        {
            silent = EscalationRules.Acknowledge(silent.After, ladder, who, at);
            events = events.AddRange(silent.Events);
        }

        return silent with
        {
            Events = events,
        };
    }

    private static async Task SilenceAsync(
        EscalationTransaction rows,
        Escalation parent,
        string cause,
        DateTimeOffset since,
        Ladder ladder,
        DateTimeOffset at
    )
    {
        foreach (var other in await rows.LockCauseAsync(cause, since))
            await rows.WriteAsync(other, EscalationRules.Silence(other, ladder, parent.Id, at), ladder, [], at);
    }

    private static EscalationSignal StormOf(Escalation first, string cause, Ladder ladder, string reason, DateTimeOffset at) =>
        new()
        {
            Key = "",
            Kind = SignalKinds.Asked,
            Level = ladder.Top.Number,
            SubjectKind = EscalationTransaction.Storm,
            SubjectId = cause,
            Metric = EscalationTransaction.Storm,
            Cause = cause,
            QueueId = first.QueueId,
            Reason = reason,
            At = at,
        };
}
