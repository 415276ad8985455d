using Npgsql;
using ServiceLoop.ServiceDesk.Customers;
using ServiceLoop.ServiceDesk.Messages.Letters;
using ServiceLoop.ServiceDesk.Windows;

namespace ServiceLoop.ServiceDesk.Callbacks;

/// <summary>What may follow from an attempt, found before its transaction.</summary>
/// <param name="FixBy">When a wrong number is to be put right, UTC.</param>
/// <param name="Unreachable">The message that nobody was reached; null where nobody is known who could be written to.</param>
internal sealed record AttemptFollowers(DateTimeOffset FixBy, Messages.Message? Unreachable);

/// <summary>Writes an attempt that has ended, with what follows from it, in one transaction.</summary>
internal sealed class AttemptEnd(
    NpgsqlConnection db,
    Callback callback,
    MadeAttempt attempt,
    CallbackPlans plans,
    AllowedTime allowed,
    AttemptFollowers followers,
    DateTimeOffset now
)
{
    public async Task WriteAsync(CancellationToken ct)
    {
        await CallbackStore.AddAttemptAsync(db, callback.Id, attempt, ct);
        var zone = plans.ZoneOf(allowed);
        var isAnswered = attempt.Outcome is CallOutcome.Reached or CallOutcome.Dropped or CallOutcome.Refused or CallOutcome.WrongNumber;
        await CallbackStore.CountAsync(db, callback.Segment, AnswerRates.HourOf(LocalTimes.Wall(zone, now)), isAnswered, ct);
        var all = callback.Attempts.Append(attempt).Select(a => new CallAttempt(a.No, a.At, a.Outcome)).ToList();

        switch (NextAttempt.After(plans.Policy, all, allowed.Spans, zone))
        {
            case NextAttempt.Done:
                await EndAsync(CallbackState.Reached, "Reached", "reached", ct);
                break;
            case NextAttempt.Again again:
                var sameAgent = again.BySameAgent ? attempt.Agent : null;
                var generation = await CallbackStore.RetryAsync(db, callback.Id, again.At, sameAgent, IsOnTime, now, ct);
                await db.AskAsync([CallbackWork.Due(callback.Id, generation, again.At)], ct);
                break;
            case NextAttempt.Exhausted exhausted:
                await EndAsync(CallbackState.Exhausted, "Unreachable", exhausted.Why, ct);

                if (followers.Unreachable is { } letter)
                    await LetterDesk.SendAsync(db, letter, ct);

                break;
            case NextAttempt.FixContact:
                await EndAsync(CallbackState.Exhausted, "Unreachable", "wrong-number", ct);
                await db.AskAsync(
                    [
                        CallbackWork.Event(
                            CallbackWork.FixContactEvent,
                            callback,
                            $"{attempt.No}",
                            now,
                            dueAt: followers.FixBy,
                            attempt: attempt
                        ),
                    ],
                    ct
                );
                break;
            case NextAttempt.Refused refused:
                await EndAsync(CallbackState.Cancelled, "Refused", "refused", ct);

                if (callback.CustomerId is { } customer)
                    await CustomerStore.SuppressAsync(db, customer, refused.SuppressUntil, ct);

                break;
            case var next:
                throw new InvalidOperationException($"Nothing is known to follow {next}.");
        }
    }

    /// <summary>The first attempt decides; null for all others.</summary>
    private bool? IsOnTime =>
        callback.Attempts.IsEmpty && callback.Window is { } window ? now >= window.Start && now <= window.End + plans.Policy.Grace : null;

    private async Task EndAsync(CallbackState state, string outcome, string why, CancellationToken ct)
    {
        await CallbackStore.EndAsync(db, callback.Id, state, why, now, IsOnTime, now, ct);

        if (callback.Window is { } window && window.Start > now)
            await CallbackStore.ReleaseAsync(db, window.Start, ct);

        await db.AskAsync(CallbackWork.Wake(callback, outcome, why, attempt.No, now), ct);
    }
}
